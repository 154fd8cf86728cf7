"""The policy in force, for whoever judges by it."""

from registry.queries.policy import current

__all__ = ["current"]
