"""What pages list and show: one file a noun, filtered by permissions."""
