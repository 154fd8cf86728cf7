"""Every scenario of `features/`. A story of a case runs twice: through the services, and on the screens."""

import pytest
from pytest_bdd import scenarios
from pytest_bdd.parser import ScenarioTemplate
from pytest_bdd.scenario import scenario_wrapper_template_registry

from tests.steps import minutes
from tests.steps.acts import Said, said
from tests.ways import WAYS

pytestmark = pytest.mark.usefixtures("way")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The ways of a story: both, but for what the system does by itself and what a form asks before the door."""
    scenario = scenario_wrapper_template_registry.get(metafunc.function)
    what = scenario and told(scenario)
    if what:
        alone = what.who is None or what.of_meeting
        ways = ["services"] if alone else ["screens"] if what.screens_only else list(WAYS)
        metafunc.parametrize("way", ways, indirect=True)


def told(scenario: ScenarioTemplate) -> Said | None:
    """The act a story is about, by its first example; None for a scenario on one clause alone."""
    example = next((row for table in scenario.examples for row in table.as_contexts()), {})
    found = [said(step.name) or minutes.said(step.name) for step in scenario.render(example).steps]
    return next((what for what, _words in filter(None, found)), None)


scenarios(".")
