"""Every address × every kind of person × own, foreign and missing cases: the answer comes from the table alone."""

import re
from itertools import product

import pytest
from flask import Flask

from registry.permissions import ENTRIES, SEES, Entry
from registry.security import sessions
from tests import factories
from tests.world import World
from workflows.roles import Role
from workflows.states import ProjectState

S = ProjectState
OFFICES = {
    "officer": Role.CASE_OFFICER,
    "secretary": Role.SECRETARY,
    "legal": Role.LEGAL_REVIEWER,
    "eco": Role.ECO_ENV,
    "supervisor": Role.SUPERVISOR,
    "auditor": Role.AUDITOR,
    "administrator": Role.ADMINISTRATOR,
    "chair": Role.CHAIR,
    "member1": Role.MEMBER,
}
"""What the world's people are by appointment; owner, vvb and stranger hold no office."""

ON_THE_CASE = {
    "owner": {Role.PROPONENT},
    "vvb": {Role.VVB},
    "stranger": set(),
    **{who: {role} for who, role in OFFICES.items()},
    "administrator": set(),
    "member1": set(),  # until a sitting seats them, which it has by validation
}
"""What each is to the owner's case under CCER, not tabled; the environment bureau only has tickets."""
ON_THE_CASE["eco"] = set()

PEOPLE = (None, "disabled", *ON_THE_CASE)
STATES = (S.DRAFT, S.SUBMITTED, S.VALIDATION)
OTHER_ARGUMENTS = {
    "section": "basics",
    "action": "accept",
    "key": "p1",
    "old": 1,
    "new": 1,
    "code": "en",
    "size": "large",
}


@pytest.fixture
def site(client, clock):
    with client.application.app_context():
        world = World()
        disabled = factories.an_appointee(world.body, Role.CASE_OFFICER)
        cases = {}
        for state in STATES:
            case_id = world.advance(world.draft(), state.value)
            cases[state] = (case_id, world.case(case_id).number)
    with client.application.test_request_context():
        cookies = {who: sessions.start(user) for who, user in world.people.items()}
        cookies["disabled"] = sessions.start(disabled)
    with client.application.app_context():
        from registry.extensions import db, writing
        from registry.models import User

        with writing():
            db.session.get_one(User, disabled).active = False
    return client, cookies, cases


def addresses(app: Flask):
    """(endpoint, URL with the case's number and id left open, methods)."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        url = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda m, e=rule.endpoint: _argument(m[1], e), rule.rule)
        yield rule.endpoint, url, "GET" if "GET" in rule.methods else "POST"


def _argument(name: str, endpoint: str) -> str:
    if name in ("number", "case_id") and ENTRIES[endpoint].case:
        return "{" + name + "}"
    return str(OTHER_ARGUMENTS.get(name, 1))


def expected(entry: Entry, who: str | None, state: ProjectState) -> str:
    """open, sign_in, refused or missing: what the table says."""
    if entry.public:
        return "open"
    if who in (None, "disabled"):
        return "sign_in"
    if entry.offices and OFFICES.get(who) not in entry.offices:
        return "refused"
    if entry.case:
        roles = ON_THE_CASE[who] | ({Role.MEMBER} if who == "member1" and state is S.VALIDATION else set())
        seen = any(role in entry.case and state in SEES[role] for role in roles)
        return "open" if seen else "missing"
    return "open"


def answered(response) -> str:
    if response.status_code in (401, 302, 303) and "/sign-in" in response.headers.get("Location", "/sign-in"):
        return "sign_in"
    return {403: "refused", 404: "missing"}.get(response.status_code, "open")


def test_every_endpoint_has_an_entry_and_every_entry_an_endpoint(make_app):
    endpoints = {rule.endpoint for rule in make_app().url_map.iter_rules()}
    assert endpoints == set(ENTRIES)


def test_an_endpoint_without_an_entry_is_refused(make_app, monkeypatch):
    app = make_app()
    monkeypatch.delitem(ENTRIES, "public.help")
    assert app.test_client().get("/help").status_code == 403


def test_the_whole_walk_answers_as_the_table_says(site):
    client, cookies, cases = site
    wrong, cells = [], 0
    for (endpoint, url, method), who in product(list(addresses(client.application)), PEOPLE):
        entry = ENTRIES[endpoint]
        if entry.public and who not in (None, "disabled", "owner", "administrator"):
            continue
        for state in STATES if entry.case else STATES[:1]:
            case_id, number = cases[state]
            path = url.format(case_id=case_id, number=number or "TL2026999999")
            if "{number}" in url and number is None:
                continue  # a draft has no number to be asked for
            client.delete_cookie("sid")
            if who:
                client.set_cookie("sid", cookies[who])
            if endpoint in ("account.sign_out", "account.end_session"):
                continue  # would end the walk's own sessions
            got = answered(client.open(path, method=method))
            want = expected(entry, who, state)
            cells += 1
            # Beyond the guard a view may still find nothing (a parcel, a paper): an open address may answer "missing".
            if got != want and not (want == "open" and got in ("missing", "sign_in") and _may_find_nothing(endpoint)):
                wrong.append((endpoint, who, state.value, want, got))
    assert wrong == []
    assert cells > 1000


def _may_find_nothing(endpoint: str) -> bool:
    return endpoint.partition(".")[0] in {"case", "applicant", "public", "admin", "account"} and endpoint not in {
        "case.show",
        "case.application",
        "applicant.task_list",
        "applicant.check",
        "admin.users",
        "admin.organisations",
    }


def test_a_foreign_case_answers_exactly_like_a_missing_one(site):
    client, cookies, cases = site
    client.set_cookie("sid", cookies["stranger"])
    ids = r"\b[0-9a-f]{32}\b|TL\d{10}|csrf_token\" value=\"[^\"]+"
    for state in STATES[1:]:
        foreign = client.get(f"/cases/{cases[state][1]}")
        missing = client.get("/cases/TL2026999999")
        assert foreign.status_code == missing.status_code == 404
        assert re.sub(ids, "", foreign.text) == re.sub(ids, "", missing.text)
