"""Changes of the policy through the one door: who, in which order, what is refused, and from when a figure holds."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event, select

from registry.clock import today
from registry.extensions import db
from registry.models import AuditEvent, Notice, PolicyReplay
from registry.queries import policy as ask
from registry.services import acts, audit, facts, policy_changes, replay
from registry.services.policy import current
from tests import factories
from tests.revisions import KEY, SOON, act, confirmed, draft, longer_review, proposed, row, run, stopped
from tests.world import World
from workflows import policy as policy_files
from workflows.facts import ProjectFacts
from workflows.machine import NotOpenError
from workflows.policy import Policy, PolicyError
from workflows.policy.changes import MethodEnds
from workflows.roles import Role
from workflows.states import ChangeState, Scheme

BASE = Policy.base()
BEFORE = date(2026, 3, 31)


@pytest.fixture
def world(app, clock) -> World:
    return World()


# The way of a change ----------------------------------------------------------------------------------


def test_a_change_is_proposed_replayed_confirmed_and_in_force_from_its_day(world):
    change_id = confirmed(world)
    assert row(change_id).state is ChangeState.CONFIRMED
    assert current().number(KEY, BEFORE) == 7
    assert current().number(KEY, SOON) == 10
    decision = current().figure(KEY, SOON).decision
    assert decision is not None
    assert (decision.no, decision.on) == (row(change_id).number, today())
    assert decision.document == "关于延长合法性审查时间的通知 泰林碳办〔2026〕3号"


def test_before_the_chair_confirms_nothing_holds(world):
    proposed(world)
    db.session.rollback()
    assert current() == BASE


def test_a_case_accepted_before_the_change_keeps_the_figure_of_its_day(world, clock):
    early = world.advance(world.draft(), "methodology_screening")
    confirmed(world)
    clock.move(days=40)
    late = world.advance(world.draft(), "methodology_screening")

    def days(case_id: int) -> int:
        known: ProjectFacts = facts.project_facts(world.case(case_id), current(), today())
        return int(current().number(KEY, known.on))

    assert (days(early), days(late)) == (7, 10)


def test_a_method_that_ends_can_be_named_to_the_day_before(world):
    confirmed(world, MethodEnds("CCER-14-001", SOON, "通知", "A notice"))
    on = {day: {m.id for m in current().methods_in_force(Scheme.CCER, day)} for day in (BEFORE, SOON)}
    assert "CCER-14-001" in on[BEFORE]
    assert "CCER-14-001" not in on[SOON]


def test_every_act_leaves_a_link_that_names_no_person_and_keeps_the_words_beside(world):
    change_id = proposed(world)
    act(world, change_id, "refuse_change", "chair", words="条件还不成熟。")
    db.session.rollback()
    links = db.session.scalars(
        select(AuditEvent).where(AuditEvent.subject_kind == "policy").order_by(AuditEvent.seq)
    ).all()
    assert [(e.action, e.from_state, e.to_state) for e in links] == [
        ("policy:propose_change", "draft", "proposed"),
        ("policy:refuse_change", "proposed", "refused"),
    ]
    assert json.loads(links[0].detail)["content"] == row(change_id).content_digest
    assert links[1].words_digest
    assert audit.verify()[1] is None


def test_officers_and_chair_are_told_but_not_who_acted(world):
    change_id = proposed(world)
    told = set(
        db.session.scalars(select(Notice.user_id).where(Notice.record_kind == "policy", Notice.record_id == change_id))
    )
    assert told == {world.people[w] for w in ("officer2", "officer3", "chair")}


def test_two_changes_are_one_history_in_the_order_of_confirmation(world):
    first = confirmed(world)
    second = confirmed(world, longer_review(12, date(2026, 6, 1)))
    assert [row(c).history_no for c in (first, second)] == [1, 2]
    assert [f.number for f in current().figures[KEY]] == [7, 10, 12]
    assert Policy.parse(ask.base().written(current().changes)) == current()


# Files that say it too ------------------------------------------------------------------------------------


@pytest.fixture
def files(monkeypatch, tmp_path):
    """Takes the policy from a copy of the files with something more in one of them."""

    def written(file: str, more: str, **changed: str) -> None:
        place = tmp_path / "policy"
        shutil.copytree(Path(policy_files.__file__).parent, place)
        text = (place / file).read_text("utf-8")
        for old, new in changed.items():
            assert old in text
            text = text.replace(old, new)
        (place / file).write_text(text + more, "utf-8")
        edited = Policy.read(place)
        monkeypatch.setattr(ask.Policy, "base", lambda: edited)
        ask._of_revision.cache_clear()

    yield written
    ask._of_revision.cache_clear()


FIGURE = """
[[figure]]
key = "legal_review_days"
title_zh = "甲"
title_en = "A"
value = {value}
unit = "working days"
since = 2026-04-01
source_zh = "乙"
source_en = "B"
confidence = "seen"
"""


def doctors_word(app) -> str:
    return app.test_cli_runner().invoke(args=["doctor"]).output


@pytest.mark.parametrize(("value", "says"), [(10, "repeat"), (12, "contradict")])
def test_the_doctor_names_a_confirmed_change_that_the_files_repeat_or_contradict(world, app, files, value, says):
    change_id = confirmed(world)
    number = row(change_id).number
    db.session.rollback()
    assert "workflows/policy" not in doctors_word(app)
    files("parameters.toml", FIGURE.format(value=value))
    with pytest.raises(PolicyError):
        current()
    db.session.rollback()
    assert f"workflows/policy: the files {says} change {number} of {KEY} in the database" in doctors_word(app)


def test_the_doctor_names_each_such_change_and_no_other(world, files):
    confirmed(world)
    confirmed(world, longer_review(12, date(2026, 6, 1)))
    ends = confirmed(world, MethodEnds("CCER-14-001", SOON, "通知", "A notice"))
    db.session.rollback()
    assert ask.clashes() == []
    files("methodologies/CCER-14-001.toml", "until = 2026-02-28\n")
    found = ask.clashes()
    assert [(c.number, c.subject, c.said_already) for c in found] == [(row(ends).number, "CCER-14-001", False)]


# Who ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["secretary", "chair", "member1", "auditor", "supervisor", "legal"])
def test_nobody_but_an_officer_proposes(world, who):
    with pytest.raises(NotOpenError):
        act(world, draft(world), "propose_change", who)


@pytest.mark.parametrize("who", ["officer", "officer2", "secretary", "deputy", "member1", "auditor"])
def test_nobody_but_the_chair_decides(world, who):
    change_id = proposed(world)
    for action in ("confirm_change", "refuse_change"):
        with pytest.raises(NotOpenError):
            act(world, change_id, action, who, words="x")


@pytest.mark.parametrize("who", ["administrator", "owner", "stranger", "vvb", "eco"])
def test_for_others_and_the_administrator_there_is_no_change(world, who):
    world.people.setdefault("administrator", factories.an_appointee(world.body, Role.ADMINISTRATOR))
    change_id = proposed(world)
    for action in ("propose_change", "confirm_change", "refuse_change", "withdraw_change"):
        with pytest.raises(acts.NotVisible):
            act(world, change_id, action, who)
    assert ask.one(world.user(who), change_id) is None


def test_an_officer_of_another_body_sees_no_change_of_this_one(world):
    elsewhere = factories.a_body(key="county", jurisdiction="370983")
    world.people["county"] = factories.an_appointee(elsewhere, Role.CASE_OFFICER)
    with pytest.raises(acts.NotVisible):
        act(world, draft(world), "propose_change", "county")


def test_a_draft_is_seen_by_officers_alone(world):
    change_id = draft(world)
    assert ask.one(world.user("officer2"), change_id)
    for who in ("chair", "secretary", "auditor"):
        assert ask.one(world.user(who), change_id) is None


def test_the_person_who_proposed_does_not_decide_even_as_chair(world):
    factories.office(world.people["officer"], world.body, Role.CHAIR)
    assert stopped(world, proposed(world), "confirm_change", "officer") == ["S83"]


def test_a_proposal_is_taken_back_by_who_made_it(world):
    change_id = proposed(world)
    assert stopped(world, change_id, "withdraw_change", "officer2") == ["S85"]
    assert stopped(world, change_id, "withdraw_change", "officer") == []
    assert row(change_id).state is ChangeState.WITHDRAWN


# What stops ---------------------------------------------------------------------------------------------


def test_a_change_without_document_or_reasons_is_not_proposed(world):
    assert stopped(world, draft(world, paper=False), "propose_change", "officer") == ["S80"]
    assert stopped(world, draft(world, reasons=""), "propose_change", "officer") == ["S80"]
    assert stopped(world, draft(world, document_number=""), "propose_change", "officer") == ["S80"]


def test_a_change_that_contradicts_the_policy_is_not_proposed(world):
    assert stopped(world, draft(world, longer_review(0)), "propose_change", "officer") == ["S81"]


def test_a_change_for_today_is_not_proposed_and_one_for_tomorrow_is(world):
    assert stopped(world, draft(world, longer_review(since=today())), "propose_change", "officer") == ["S82"]
    assert stopped(world, draft(world, longer_review(since=date(2026, 3, 3))), "propose_change", "officer") == []


def test_a_change_whose_day_has_come_while_it_waited_is_not_confirmed(world, clock):
    change_id = proposed(world)
    clock.move(days=30)
    assert stopped(world, change_id, "confirm_change", "chair") == ["S82"]


def test_a_change_that_was_never_replayed_is_not_confirmed(world):
    assert stopped(world, proposed(world, replays=False), "confirm_change", "chair") == ["S84"]


def test_a_replay_of_the_draft_before_it_was_edited_counts_for_nothing(world):
    change_id = draft(world)
    run(world, change_id)
    again = policy_changes.Draft((longer_review(12),), "理由", "号", "题")
    policy_changes.save(
        again, body_id=world.body, by=world.user("officer2"), at=row(change_id).drafted_at, change_id=change_id
    )
    act(world, change_id, "propose_change", "officer")
    assert stopped(world, change_id, "confirm_change", "chair") == ["S84"]
    run(world, change_id, "chair")
    assert stopped(world, change_id, "confirm_change", "chair") == []


def test_another_change_confirmed_meanwhile_asks_for_a_new_replay(world):
    waiting = proposed(world)
    confirmed(world, longer_review(12, date(2026, 6, 1)))
    assert stopped(world, waiting, "confirm_change", "chair") == ["S84"]
    run(world, waiting, "chair")
    assert stopped(world, waiting, "confirm_change", "chair") == []


def test_a_second_value_for_the_same_day_is_not_confirmed(world):
    first, second = proposed(world), proposed(world, longer_review(12))
    act(world, first, "confirm_change", "chair")
    assert stopped(world, second, "confirm_change", "chair") == ["S84", "S81"]
    with pytest.raises(replay.NotReplayable):
        run(world, second)


def test_a_page_made_before_somebody_decided_is_stale(world):
    change_id = proposed(world)
    seen = row(change_id).version
    act(world, change_id, "withdraw_change", "officer")
    with pytest.raises(acts.Stale) as moved:
        acts.act(
            ("policy", change_id), "confirm_change", by=world.user("chair"), at=row(change_id).drafted_at, seen=seen
        )
    assert [e.action for e in moved.value.since] == ["policy:withdraw_change"]


def test_a_refused_confirmation_leaves_no_trace(world):
    change_id = proposed(world, replays=False)
    before = audit.verify()[0]
    assert stopped(world, change_id, "confirm_change", "chair") == ["S84"]
    assert audit.verify()[0] == before
    assert row(change_id).history_no is None
    run(world, change_id)
    act(world, change_id, "confirm_change", "chair")
    assert row(change_id).history_no == 1


def test_what_was_proposed_is_neither_edited_nor_thrown_away(world):
    change_id = proposed(world)
    made = policy_changes.Draft((longer_review(12),), "理由", "号", "题")
    at = row(change_id).drafted_at
    with pytest.raises(policy_changes.NotEditable):
        policy_changes.save(made, body_id=world.body, by=world.user("officer"), at=at, change_id=change_id)
    with pytest.raises(policy_changes.NotEditable):
        policy_changes.discard(change_id, body_id=world.body)


def test_a_draft_is_thrown_away_with_its_replays(world):
    change_id = draft(world)
    run(world, change_id)
    policy_changes.discard(change_id, body_id=world.body)
    assert db.session.get(PolicyReplay, 1) is None
    assert ask.one(world.user("officer"), change_id) is None


# The policy in force ------------------------------------------------------------------------------------


def test_the_policy_is_read_once_a_transaction_and_built_once_a_revision(world):
    confirmed(world)
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        asked.append(statement)

    db.session.rollback()
    first = current()
    db.session.rollback()
    event.listen(db.engine, "before_cursor_execute", note)
    assert current() is first
    assert current() is first
    event.remove(db.engine, "before_cursor_execute", note)
    assert len([s for s in asked if "policy_changes" in s]) == 1


def test_what_another_process_confirmed_holds_from_the_next_transaction(world):
    change_id = proposed(world)
    here = current()
    with db.engine.connect() as other:
        assert current() is here
        other.rollback()
    act(world, change_id, "confirm_change", "chair")
    assert current() is not here
    assert current().number(KEY, SOON) == 10


def test_the_digest_of_a_revision_covers_what_was_decided_and_how(world):
    first = confirmed(world)
    digests = {row(first).history_digest}
    second = confirmed(world, replace(longer_review(11), since=date(2026, 8, 1)))
    digests.add(row(second).history_digest)
    assert len(digests) == 2
    assert ask.revision() == row(second).history_digest
