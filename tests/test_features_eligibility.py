"""Binds the features on eligibility and title to their steps (`tests/steps/eligibility.py`)."""

from pytest_bdd import scenarios

scenarios("eligibility.feature", "contract_title.feature")
