"""The rules of the registry: pure, without web, database or clock."""
