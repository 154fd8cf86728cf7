"""Rules on the partnership contract and the land it is made over."""
