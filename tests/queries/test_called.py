"""What people are called: with the office held on the day, without one with the employer."""

from datetime import date, timedelta

import pytest

from registry.clock import today
from registry.extensions import db, writing
from registry.models import Organisation
from registry.queries.called import Called
from tests.factories import tied
from tests.world import World
from workflows.states import Relation


@pytest.fixture
def world(app, clock):
    return World()


def test_an_office_given_up_is_named_on_the_days_it_was_held(app, world):
    person = world.people["legal"]
    name = world.user("legal").name
    with writing():
        for term in world.user("legal").appointments:
            term.since, term.until = date(2020, 1, 1), today()
    with app.test_request_context(headers={"Accept-Language": "en"}):
        called = Called([person])
        assert called(person, today()) == f"{name}, Legal reviewer"
        assert called(person, today() + timedelta(days=1)) == name


def test_without_an_office_the_employer_is_named_and_nobody_is_nobody(app, world):
    person = world.people["owner"]
    employer = world.user("owner").memberships[0].organisation
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        called = Called([person, None])
        assert called(person, today()) == f"{world.user('owner').name}，{employer.name}"
        assert called(None, today()) == ""


def test_an_expert_is_named_with_the_employer_too(app, world):
    """The office alone would not tell nine experts apart."""
    person = world.people["expert1"]
    tied(person, world.org, Relation.OWN_EMPLOYER)
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        employer = db.session.get_one(Organisation, world.org).name
        assert Called([person])(person, today()).endswith(f"，专家，{employer}")
