"""The door under faults of our own making: an act that breaks late leaves nothing, a round takes nothing half-made."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from registry.clock import now, today
from registry.extensions import db
from registry.models import Answers
from registry.services import acts, facts, notices
from tests import factories
from tests.world import PARCEL, PDF, World
from workflows.states import ProjectState as S

pytestmark = pytest.mark.both_engines


@pytest.fixture
def world(app, clock):
    return World()


def rows() -> dict[str, list[Any]]:
    """Every row of every table of the models."""
    db.session.rollback()
    tables = db.metadata.sorted_tables
    found = {t.name: sorted(map(repr, db.session.execute(text(f"SELECT * FROM {t.name}")))) for t in tables}
    db.session.rollback()
    return found


def voted(world: World, state: str) -> int:
    case_id = world.advance(world.draft(), state)
    world.vote(case_id, 8)
    return case_id


LATE: dict[str, tuple[Callable[[World], int], str, dict[str, Any]]] = {
    "submit": (lambda w: w.draft(), "owner", {}),
    "accept": (lambda w: w.advance(w.draft(), "submitted"), "officer", {}),
    "withdraw": (lambda w: w.advance(w.draft(), "submitted"), "owner", {"words": "不做了"}),
    "approve_risk": (lambda w: voted(w, "risk_review"), "chair", {}),
    "register": (lambda w: voted(w, "registration"), "chair", {}),
}


@pytest.mark.parametrize("action", LATE)
def test_an_act_that_breaks_in_its_last_line_leaves_no_row_and_no_number(world, monkeypatch, action):
    prepare, who, data = LATE[action]
    case_id = prepare(world)
    before = rows()

    def broken(*_: Any) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(notices, "write", broken)
        with pytest.raises(RuntimeError, match="broken"):
            world.act(case_id, action, who, **data)
    after = rows()
    assert [t for t in before if before[t] != after[t]] == []
    world.act(case_id, action, who, **data)


def test_an_act_no_table_offers_here_is_shut_not_broken(world):
    case_id = world.advance(world.draft(), "submitted")
    for action in ("reject", "register", "approve_risk", "suspend", "revoke", "decide_amendment"):
        for who in ("chair", "owner", "officer3"):
            if (action, who) != ("suspend", "chair") and (action, who) != ("suspend", "officer3"):
                with pytest.raises(acts.NotOpen):
                    world.act(case_id, action, who, words="理由", approved=True)


def answers(case_id: int, round_no: int, section: str) -> Any:
    row = db.session.get(Answers, (case_id, round_no, section))
    return row and dict(row.data)


@pytest.mark.parametrize("way", ["flaw", "reconsidered"])
def test_a_round_the_bureau_opens_takes_nothing_the_applicant_is_still_preparing(world, way):
    case_id = world.advance(world.draft(), "validation")
    world.save(case_id, "parcels", {"parcels": [{**PARCEL, "area": "500", "area_mu": "500"}]})
    half_made = answers(case_id, 2, "parcels")
    assert half_made["parcels"][0]["area"] == "500"
    world.upload(case_id, "pdd", content=PDF.replace(b"1.4", b"1.5"))
    if way == "flaw":
        world.act(case_id, "find_flaw", "supervisor", gate="risk_review", words="应回避未回避")
        world.act(case_id, "resume", "officer", words="重新审议")
    else:
        world.sit_and_speak(case_id, question="validation")
        world.act(case_id, "reject", "chair", words="理由")
        world.act(case_id, "request_reconsideration", "owner", words="请复核")
        others = [world.people[w] for w in ("legal", "officer3", "eco")]
        world.act(case_id, "reopen", "secretary", people=others, outcome="annulled", words="撤销")
    case = world.case(case_id)
    assert case.round == 2
    assert answers(case_id, 2, "parcels") == answers(case_id, 1, "parcels")
    assert {g.value for g in facts.gates_passed(case_id, 2)} >= {"acceptance", "screening"}
    assert answers(case_id, 3, "parcels") == half_made, "what was being prepared waits for the round after"
    world.advance(case_id, "registered")
    assert world.case(case_id).area_mu == 600


@pytest.mark.parametrize("who", ["officer", "chair", "secretary", "legal"])
def test_whoever_joins_the_applicant_holds_no_office_on_its_cases(world, who):
    case_id = world.advance(world.draft(), "methodology_screening")
    factories.belongs(world.people[who], world.org, since=today())
    for action in ("accept", "answer_condition", "reject", "give_legal_opinion", "suspend"):
        with pytest.raises(acts.NotOpen):
            world.act(case_id, action, who, answers={}, words="x", conclusion="favourable")


@pytest.mark.parametrize("late", [1, -1])
def test_a_page_of_another_version_takes_no_act(world, late):
    case_id = world.advance(world.draft(), "submitted")
    seen = world.case(case_id).version - late
    before = rows()
    with pytest.raises(acts.Stale):
        acts.act(("project", case_id), "accept", by=world.user("officer"), at=now(), seen=seen)
    assert rows() == before
    assert world.case(case_id).state is S.SUBMITTED
