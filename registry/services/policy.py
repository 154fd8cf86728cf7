"""The policy in force, built once per revision of the application."""

from functools import cache

from workflows.policy import Policy


@cache
def current() -> Policy:
    """The policy of the TOML files; raises PolicyError when they contradict themselves."""
    return Policy.base()
