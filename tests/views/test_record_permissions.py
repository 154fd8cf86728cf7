"""Meetings, changes of the rules, pilots, reports, completed area: every address and act × person × relation × state.

What is expected comes from the page table (`ENTRIES`), from the tables the proofs keep for themselves
(`tests/proof/other_tables.py`), and from who reads what, written down here. The quick walk takes a few states.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from registry.extensions import Base, db
from registry.permissions import ENTRIES
from registry.security import sessions
from tests.proof.other_tables import ROWS, STATES
from tests.views.record_states import FAR, all_of
from tests.views.test_permissions import OFFICES as OF_THE_CITY
from tests.views.test_permissions import VOLATILE, addresses
from tests.world import World
from workflows.roles import Role

BUREAU = frozenset({"case_officer", "secretary", "supervisor", "auditor", "member", "deputy_chair", "chair"})
READS = {
    "meeting": BUREAU | {"legal_reviewer"},
    "policy": BUREAU | {"legal_reviewer"},
    "pilot": BUREAU | {"legal_reviewer", "farm_reporter"},
    "report": BUREAU | {"legal_reviewer", "farm_reporter"},
    "greening": BUREAU | {"district_reporter"},
}
"""Who reads a record of their own body; reporters those of their own farm or unit."""
DRAFTS = {"policy": {"case_officer"}, "greening": {"district_reporter"}}
"""Who alone reads a draft, where it is not everybody's who reads the rest."""
REPORTS_FOR = {"reporter": {"pilot", "report"}, "daiyue": {"greening"}}
"""Whose farm and whose unit the records are; the other reporters have another."""
CITY = {
    **{who: role for who, role in OF_THE_CITY.items() if who not in {"conflicted"}},
    **dict.fromkeys(("reporter", "reporter2"), Role.FARM_REPORTER),
    **dict.fromkeys(("daiyue", "xintai"), Role.DISTRICT_REPORTER),
}
PEOPLE = (None, "owner", "vvb", "stranger", "forester", *CITY, *FAR)
FEW = (
    None,
    "owner",
    "officer",
    "secretary",
    "chair",
    "administrator",
    "reporter",
    "reporter2",
    "xintai",
    "far_officer",
)
"""Whom the quick walk takes."""
ARGUMENT = {"meeting_id": "meeting", "change_id": "policy", "pilot_id": "pilot", "report_id": "report"}
PATH = {
    "meeting": "/meetings/{id}/{page}/{action}",
    "policy": "/policy/changes/{id}/act/{action}",
    "pilot": "/farm/pilots/{id}/act/{action}",
    "report": "/reports/{id}/act/{action}",
    "greening": "/greening/reports/{id}/act/{action}",
}
ALWAYS_THERE = {"meeting.show", "meeting.history", "policy.show", "farm.pilot", "reports.show", "greening.show"}
"""Addresses at which whoever may read the record finds it; the others may have nothing to show."""
QUICK = {
    "meeting": ("planned",),
    "policy": ("draft", "proposed"),
    "pilot": ("submitted",),
    "report": ("submitted",),
    "greening": ("draft", "reported"),
}


def office(who: str | None) -> str | None:
    return (CITY | FAR).get(who or "")


def role_on(kind: str, who: str | None) -> str | None:
    """What somebody is to a record, in one word; None where the record is nothing of theirs."""
    role = office(who)
    if who in FAR or role is None:
        return None
    if role in {"farm_reporter", "district_reporter"} and kind not in REPORTS_FOR.get(str(who), ()):
        return None
    return str(role)


def sees(kind: str, who: str | None, state: str) -> bool:
    readers = DRAFTS.get(kind, READS[kind]) if state == "draft" else READS[kind]
    return role_on(kind, who) in readers


def answer_to(endpoint: str, kind: str, who: str | None, state: str) -> str:
    """open, sign_in, refused or missing: what the tables say."""
    entry = ENTRIES[endpoint]
    if who is None:
        return "sign_in"
    if entry.offices and office(who) not in entry.offices and not (entry.presided and who == "chair"):
        return "refused"
    return "open" if sees(kind, who, state) else "missing"


@dataclass
class Site:
    """A browser, a cookie for everybody, and the records: kind → state → id."""

    client: FlaskClient
    cookies: Mapping[str, str]
    records: Mapping[str, Mapping[str, int]]
    models: Mapping[str, type[Base]]

    def ask(self, who: str | None, method: str, path: str, data: Any = None) -> str:
        """What was answered, in a word."""
        self.client.delete_cookie("sid")
        if who:
            self.client.set_cookie("sid", self.cookies[who])
        response = self.client.open(path, method=method, data=data)
        response.close()
        assert response.status_code < 500, f"{method} {path} as {who}: {response.status_code}"
        if response.status_code in (401, 302, 303) and "/sign-in" in response.headers.get("Location", "/sign-in"):
            return "sign_in"
        return {403: "refused", 404: "missing", 409: "not_open"}.get(response.status_code, "open")

    def rows(self) -> dict[str, list[str]]:
        """Every row but those of signing in."""
        with self.client.application.app_context():
            tables = [t.name for t in db.metadata.sorted_tables if t.name not in VOLATILE]
            found = {t: sorted(map(repr, db.session.execute(text(f"SELECT * FROM {t}")))) for t in tables}
            db.session.rollback()
        return found

    def versions(self) -> dict[tuple[str, int], int]:
        """(kind, id) → version."""
        with self.client.application.app_context():
            found = {(kind, row.id): row.version for kind, m in self.models.items() for row in db.session.query(m)}
            db.session.rollback()
        return found


@pytest.fixture
def make_site(client: FlaskClient, clock):
    from registry.models import CompletionReport, Meeting, Pilot, PilotReport, PolicyChange

    def make(wanted: Mapping[str, tuple[str, ...]]) -> Site:
        with client.application.app_context():
            world = World()
            records = all_of(world, wanted)
        with client.application.test_request_context():
            cookies = {who: sessions.start(user) for who, user in world.people.items()}
        models = {
            "meeting": Meeting,
            "policy": PolicyChange,
            "pilot": Pilot,
            "report": PilotReport,
            "greening": CompletionReport,
        }
        return Site(client, cookies, records, models)

    return make


def kind_of(endpoint: str, rule: str) -> str | None:
    """What kind of record an address shows; acts, and what is public, are looked at for themselves."""
    if ENTRIES[endpoint].public or "<action>" in rule:
        return None
    kind = next((kind for name, kind in ARGUMENT.items() if f"{name}>" in rule), None)
    return "greening" if endpoint.startswith("greening.") and kind else kind


def pages(site: Site, whole: bool) -> Iterator[tuple[str, str | None, str, str, str, str]]:
    """(endpoint, who, method, path, state, what the tables say) of every address of a record."""
    kinds = {r.endpoint: kind_of(r.endpoint, r.rule) for r in site.client.application.url_map.iter_rules()}
    for endpoint, _url, methods in addresses(site.client.application):
        if (kind := kinds[endpoint]) is None:
            continue
        (rule,) = (r for r in site.client.application.url_map.iter_rules() if r.endpoint == endpoint)
        for state, record_id in site.records[kind].items():
            adapter = site.client.application.url_map.bind("localhost")
            given = dict.fromkeys(rule.arguments, 1) | {n: record_id for n in ARGUMENT if n in rule.arguments}
            path = adapter.build(endpoint, given, method=methods[0])
            for who in PEOPLE if whole else FEW:
                want = answer_to(endpoint, kind, who, state)
                # What is open may change things: there an address is only looked at, where it can be.
                tried = methods[:1] if "GET" in methods else ()
                for method in tried if want == "open" else methods if whole else methods[-1:]:
                    yield endpoint, who, method, path, state, want


def acts(site: Site, whole: bool) -> Iterator[tuple[str, str, str | None, str, int, str, str]]:
    """(kind, action, who, state, id, path, what the tables say) of every act on every record by everybody."""
    for kind, found in site.records.items():
        for action in dict.fromkeys(name for name, _ in ROWS[kind]):
            if action.startswith("remind"):
                continue  # the system's; it has no page
            page = "minutes" if action.endswith("minutes") else "act"
            endpoint = {"pilot": "farm.act", "report": "reports.act"}.get(kind, f"{kind}.act")
            endpoint = "minutes.act" if page == "minutes" else endpoint
            for state, record_id in found.items():
                path = PATH[kind].format(id=record_id, page=page, action=action)
                for who in PEOPLE if whole else FEW:
                    want = answer_to(endpoint, kind, who, state)
                    row = ROWS[kind].get((action, state))
                    if want == "open" and (row is None or role_on(kind, who) not in row.by):
                        want = "not_open"
                    yield kind, action, who, state, record_id, path, want


def walked(site: Site, whole: bool = False) -> tuple[int, list[Any]]:
    """How many cells were tried, and those that answered otherwise; whoever was kept out changed nothing."""
    tried, wrong, before, versions = 0, [], site.rows(), site.versions()
    for endpoint, who, method, path, state, want in pages(site, whole):
        got = site.ask(who, method, path)
        tried += 1
        nothing = want == "open" and got == "missing" and endpoint not in ALWAYS_THERE
        if got != want and not nothing:
            wrong.append((endpoint, method, who, state, want, got))
    for kind, action, who, state, record_id, path, want in acts(site, whole):
        typed = {"seen": versions[kind, record_id], "words": "理由", "held_on": "2026-03-05", "item": "0"}
        for method in ("GET",) if want == "open" else ("GET", "POST") if whole else ("POST",):
            got = site.ask(who, method, path, typed if method == "POST" else None)
            tried += 1
            if got != want:
                wrong.append((action, method, who, state, want, got))
    after = site.rows()
    assert [t for t in before if before[t] != after[t]] == [], "somebody who was kept out changed something"
    return tried, wrong


def test_the_walk_answers_as_the_tables_say(make_site):
    tried, wrong = walked(make_site(QUICK))
    assert wrong == []
    assert tried > 600


@pytest.mark.long
def test_the_whole_walk_over_every_state_answers_as_the_tables_say(make_site, capsys):
    site = make_site(STATES)
    assert {kind: set(found) for kind, found in site.records.items()} == {k: set(s) for k, s in STATES.items()}
    tried, wrong = walked(site, whole=True)
    assert wrong == []
    with capsys.disabled():
        print(f"\npermission walk over records: {tried} cells")
    assert tried >= 8000
