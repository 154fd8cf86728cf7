"""Every address × method × kind of person × relation to the case × state: the answer comes from the table alone.

The quick walk takes four states; the long one all of them.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from registry.clock import now, today
from registry.extensions import db, writing
from registry.models import Appointment, User
from registry.permissions import ENTRIES, SEES, Entry
from registry.security import sessions
from registry.services import drafts
from tests import factories
from tests.clock import Clock
from tests.world import PARCEL, World
from workflows.roles import VOTING, Role
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
    "deputy": Role.DEPUTY_CHAIR,
    "member1": Role.MEMBER,
    "conflicted": Role.CASE_OFFICER,
    "expert1": Role.EXPERT,
}
"""What the world's people are by appointment; owner, agent, vvb, stranger and removed hold no office."""

ON_THE_CASE = {
    "owner": {Role.PROPONENT},
    "agent": {Role.AGENT},
    "vvb": {Role.VVB},
    "stranger": set(),  # applies too, for another organisation
    **{who: {role} for who, role in OFFICES.items()},
    "administrator": set(),
    "member1": set(),  # until a sitting seats them
    "deputy": set(),
    "eco": set(),  # the case is under CCER; the environment bureau only has tickets
    "expert1": set(),  # until a draw seats the expert
    "conflicted": {Role.PROPONENT},  # an officer of the applicant's own organisation is no officer here
    "removed": set(),  # an officer at sign-in, no longer one now
}
"""What each is to the owner's case."""

SEATED = {S.VALIDATION, S.REGISTRATION, S.REGISTERED, S.AMENDMENT_REVIEW, S.REJECTED, S.REVOKED, S.CLOSED}
"""The states whose cases below have come before the group."""

PEOPLE = (None, "disabled", *ON_THE_CASE)
QUICK = (S.DRAFT, S.SUBMITTED, S.VALIDATION)
DRAWN = 3
"""For how many people the quick walk draws an open page; whoever is kept out is always tried."""
OTHER_ARGUMENTS = {
    "section": "basics",
    "action": "accept",
    "key": "p1",
    "old": 1,
    "new": 1,
    "code": "en",
    "size": "large",
    "name": "o5",
}
ENDS_THE_WALK = {"account.sign_out", "account.end_session"}
"""Addresses that would end the walk's own sessions."""
VOLATILE = {"user_sessions", "sign_in_attempts"}


def carried_to(world: World, state: ProjectState) -> int:
    """The owner's case, filed by an agent, in a state."""
    applicant = drafts.Applicant(organisation_id=world.org, agent_org_id=world.agent_org)
    case_id = drafts.create(applicant, by=world.user("owner"), at=now())
    world.answer(case_id)
    world.upload_required(case_id)
    fault = [{"field": "contract.note", "what": "请改正"}]

    def act(action: str, who: str, **more: Any) -> Any:
        return world.act(case_id, action, who, words="理由", **more)

    ways = {
        S.CORRECTION_REQUESTED: ("submitted", lambda: act("request_correction", "officer", faults=fault)),
        S.DECLINED: ("submitted", lambda: act("decline", "officer", right_way="other")),
        S.WITHDRAWN: ("submitted", lambda: act("withdraw", "owner")),
        S.SUSPENDED: ("submitted", lambda: act("suspend", "officer")),
        S.REJECTED: ("risk_review", lambda: (world.vote(case_id, 1, 7), act("reject", "chair"))),
        S.AMENDMENT_REVIEW: ("registered", lambda: (_changed(world, case_id), act("amend", "owner"))),
        S.REVOKED: ("registered", lambda: (world.vote(case_id, 8, question="revocation"), act("revoke", "chair"))),
        S.CLOSED: ("registered", lambda: act("close", "officer")),
        S.LAPSED: ("submitted", lambda: (act("request_correction", "officer", faults=fault), _lapse(world, case_id))),
    }
    stage, way = ways.get(state, (state.value, lambda: None))
    world.advance(case_id, stage)
    way()
    assert world.case(case_id).state is state
    return case_id


def _changed(world: World, case_id: int) -> None:
    world.save(case_id, "parcels", {"parcels": [{**PARCEL, "area": "500", "area_mu": "500"}]})


def _lapse(world: World, case_id: int) -> None:
    """The time for corrections passes; the clocks of the other cases are left alone."""
    db.session.rollback()
    Clock.telling.move(days=60)
    world.act(case_id, "lapse", None)


@dataclass
class Site:
    """A browser, a cookie for everybody, and the case of each state: (id, number)."""

    client: FlaskClient
    cookies: dict[str, str]
    cases: dict[ProjectState, tuple[int, str | None]]
    world: World

    def ask(self, who: str | None, method: str, path: str) -> str:
        """open, sign_in, refused or missing: what was answered."""
        self.client.delete_cookie("sid")
        if who:
            self.client.set_cookie("sid", self.cookies[who])
        response = self.client.open(path, method=method)
        response.close()
        assert response.status_code < 500, f"{method} {path} as {who}: {response.status_code}"
        if response.status_code in (401, 302, 303) and "/sign-in" in response.headers.get("Location", "/sign-in"):
            return "sign_in"
        return {403: "refused", 404: "missing"}.get(response.status_code, "open")

    def rows(self) -> dict[str, list[str]]:
        """Every row but those of signing in."""
        with self.client.application.app_context():
            tables = [t.name for t in db.metadata.sorted_tables if t.name not in VOLATILE]
            found = {t: sorted(map(repr, db.session.execute(text(f"SELECT * FROM {t}")))) for t in tables}
            db.session.rollback()
        return found


@pytest.fixture
def make_site(client: FlaskClient, clock):
    def make(states: tuple[ProjectState, ...]) -> Site:
        with client.application.app_context():
            world = World()
            world.agent_org = factories.an_organisation()
            world.people["agent"] = factories.a_member(world.agent_org)
            world.people["conflicted"] = factories.an_appointee(world.body, Role.CASE_OFFICER)
            factories.belongs(world.people["conflicted"], world.org)
            for who in ("removed", "disabled"):
                world.people[who] = factories.an_appointee(world.body, Role.CASE_OFFICER)
            found = {state: carried_to(world, state) for state in states}
            cases = {state: (case_id, world.case(case_id).number) for state, case_id in found.items()}
        with client.application.test_request_context():
            cookies = {who: sessions.start(user) for who, user in world.people.items()}
        with client.application.app_context(), writing():
            db.session.get_one(User, world.people["disabled"]).active = False
            seat = db.session.query(Appointment).filter_by(user_id=world.people["removed"]).one()
            seat.until = today().replace(year=today().year - 1)
        return Site(client, cookies, cases, world)

    return make


def addresses(app: Flask) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(endpoint, URL with the case's number and id left open, methods)."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            url = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda m, e=rule.endpoint: _argument(m[1], e), rule.rule)
            yield rule.endpoint, url, tuple(m for m in ("GET", "POST") if m in rule.methods)


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
        office = OFFICES.get(who)
        roles = ON_THE_CASE[who] | ({office} if office in VOTING and state in SEATED else set())
        seen = any(role in entry.case and state in SEES[role] for role in roles)
        return "open" if seen else "missing"
    return "open"


Cell = tuple[str, str | None, str, str, str, str]


def cells(site: Site, whole: bool) -> Iterator[Cell]:
    """(endpoint, who, method, path, state, what the table says)."""
    drawn: Counter[str] = Counter()
    for (endpoint, url, methods), who in product(list(addresses(site.client.application)), PEOPLE):
        entry = ENTRIES[endpoint]
        if endpoint in ENDS_THE_WALK or (entry.public and who not in (None, "disabled", "owner", "administrator")):
            continue
        for state in site.cases if entry.case else list(site.cases)[:1]:
            case_id, number = site.cases[state]
            if "{number}" in url and number is None:
                continue  # a draft has no number to be asked for
            want = expected(entry, who, state)
            if want == "open" and entry.case and not whole and state is not list(site.cases)[-1]:
                continue  # drawing pages takes the time; the quick walk draws those of one state …
            if want == "open" and not whole and drawn[endpoint] >= DRAWN:
                continue  # … and each for some people only
            drawn[endpoint] += want == "open"
            # What is open may change things: there an address is only looked at, where it can be.
            for method in methods[:1] if want == "open" else methods if whole else methods[-1:]:
                yield endpoint, who, method, url.format(case_id=case_id, number=number), state.value, want


def walked(site: Site, whole: bool = False) -> tuple[int, list[Any]]:
    """How many cells were tried, and those that answered otherwise; whoever was kept out changed nothing."""
    listed = list(cells(site, whole))
    shut = [c for c in listed if c[5] != "open"]
    before = site.rows()
    wrong = [(*c[:3], c[4], c[5], got) for c in shut if (got := site.ask(c[1], c[2], c[3])) != c[5]]
    after = site.rows()
    assert [t for t in before if before[t] != after[t]] == [], "somebody who was kept out changed something"
    for endpoint, who, method, path, state, want in (c for c in listed if c[5] == "open"):
        got = site.ask(who, method, path)
        # Beyond the guard a view may still find nothing (a parcel, a paper): an open address may answer "missing".
        if got != want and not (got in ("missing", "sign_in") and _may_find_nothing(endpoint)):
            wrong.append((endpoint, who, method, state, want, got))
    return len(listed), wrong


def _may_find_nothing(endpoint: str) -> bool:
    return endpoint not in {
        "case.show",
        "case.application",
        "case.methods",
        "case.contract",
        "partners.index",
        "applicant.task_list",
        "applicant.check",
        "admin.users",
        "admin.organisations",
        "desk.inbox",
        "desk.cases",
    }


def test_every_endpoint_has_an_entry_and_every_entry_an_endpoint(make_app):
    endpoints = {rule.endpoint for rule in make_app().url_map.iter_rules()}
    assert endpoints == set(ENTRIES)


def test_an_endpoint_without_an_entry_is_refused(make_app, monkeypatch):
    app = make_app()
    monkeypatch.delitem(ENTRIES, "public.help")
    assert app.test_client().get("/help").status_code == 403


def test_the_walk_answers_as_the_table_says(make_site):
    tried, wrong = walked(make_site(QUICK))
    assert wrong == []
    assert tried > 1200


@pytest.mark.long
def test_the_whole_walk_over_every_state_answers_as_the_table_says(make_site, capsys):
    tried, wrong = walked(make_site(tuple(S)), whole=True)
    assert wrong == []
    with capsys.disabled():
        print(f"\npermission walk: {tried} cells")
    assert tried >= 8000


def test_a_role_given_up_in_mid_session_opens_nothing_more(make_site):
    site = make_site((S.SUBMITTED,))
    number = site.cases[S.SUBMITTED][1]
    assert site.ask("removed", "GET", f"/cases/{number}") == "missing"
    assert site.ask("removed", "GET", "/desk/cases") in {"refused", "missing"}


def test_who_stands_aside_reaches_no_page_of_the_case_any_more(make_site):
    site = make_site((S.RISK_REVIEW,))
    app, world, (case_id, number) = site.client.application, site.world, site.cases[S.RISK_REVIEW]
    with app.app_context():
        world.table(case_id)
    of_the_case = [(url, m) for endpoint, url, m in addresses(app) if ENTRIES[endpoint].case]
    paths = [(m, url.format(case_id=case_id, number=number)) for url, methods in of_the_case for m in methods]
    assert "open" in {site.ask("member1", "GET", path) for method, path in paths if method == "GET"}
    with app.app_context():
        world.act(case_id, "declare_recusal", "member1", ground="other_tie", words="")
    assert {site.ask("member1", method, path) for method, path in paths} == {"missing"}
    assert number not in page_of(site, "member1", "/cases")
    assert number in page_of(site, "deputy", "/cases")


def page_of(site: Site, who: str, path: str) -> str:
    with _as(site, who) as client:
        return client.get(path).text


@contextmanager
def _as(site: Site, who: str) -> Iterator[FlaskClient]:
    site.client.delete_cookie("sid")
    site.client.set_cookie("sid", site.cookies[who])
    yield site.client


def test_a_foreign_case_answers_exactly_like_a_missing_one(make_site):
    site = make_site((S.SUBMITTED, S.VALIDATION))
    ids = r"\b[0-9a-f]{32}\b|TL\d{10}|csrf_token\" value=\"[^\"]+"
    with _as(site, "stranger") as client:
        for state, method in product(site.cases, ("GET", "POST")):
            for under in ("", "/act/accept", "/application", "/documents/1"):
                if method == "POST" and not under.startswith("/act"):
                    continue
                foreign = client.open(f"/cases/{site.cases[state][1]}{under}", method=method)
                missing = client.open(f"/cases/TL2026999999{under}", method=method)
                assert foreign.status_code == missing.status_code == 404
                assert re.sub(ids, "", foreign.text) == re.sub(ids, "", missing.text)


def test_a_paper_is_handed_out_with_its_own_case_only(make_site):
    site = make_site((S.SUBMITTED, S.VALIDATION))
    with site.client.application.app_context():
        query = "SELECT id FROM documents WHERE case_id = :case ORDER BY id LIMIT 1"
        mine, other = (db.session.scalar(text(query), {"case": site.cases[s][0]}) for s in (S.SUBMITTED, S.VALIDATION))
    number = site.cases[S.SUBMITTED][1]
    with _as(site, "owner") as client:
        with client.get(f"/cases/{number}/documents/{mine}") as handed_out:
            assert handed_out.status_code == 200
        assert client.get(f"/cases/{number}/documents/{other}").status_code == 404
        case_id = site.cases[S.SUBMITTED][0]
        assert client.get(f"/my/{case_id}/documents/{other}").status_code == 404
