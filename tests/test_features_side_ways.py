"""The scenarios of the side ways."""

from pytest_bdd import scenarios

scenarios("corrections.feature", "pauses.feature", "reconsideration.feature")
