"""Binds the features on procedure to their steps (`tests/steps/`: application, gate, sheet, sitting, opinion)."""

from pytest_bdd import scenarios

scenarios(
    "acceptance.feature",
    "screening.feature",
    "deliberation.feature",
    "validation.feature",
    "registration.feature",
)
