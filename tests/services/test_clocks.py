"""The clocks of a case: which act starts, stops, extends and ends them, and what stands in the chain of it."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from registry.clock import now, today
from registry.extensions import db
from registry.models import ApprovalCondition, AuditEvent, CaseClock
from registry.queries import clocks
from registry.services import acts, calendar
from registry.services import clocks as service
from registry.services.tick import tick
from tests.services.test_calendar import notice
from tests.world import METHOD, World
from workflows.clocks import ClockKind as K
from workflows.clocks import Reminder

D = date.fromisoformat


@pytest.fixture
def world(app, clock):
    return World()


@pytest.fixture
def go(clock):
    """Go to nine in the morning of a day."""
    return lambda day: clock.set(datetime.combine(D(day), datetime.min.time(), UTC).replace(hour=1))


def running(case_id):
    """Kind → reading of every clock that runs or stands still."""
    db.session.rollback()
    return {r.kind: r for r in clocks.readings(case_id, today())}


def due(case_id):
    return {kind: str(r.due_on) if r.due_on else None for kind, r in running(case_id).items()}


def told():
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    return json.loads(event.detail)


def asked(world, case_id):
    world.act(case_id, "request_correction", "officer", faults=[{"field": "basics.contact_phone", "what": "改"}])


def test_a_submission_starts_the_acceptance_clock_and_the_chain_says_until_when(world):
    case_id = world.advance(world.draft(), "submitted")
    assert due(case_id) == {K.ACCEPTANCE: "2026-03-09"}
    assert told()["clocks"] == {"acceptance": "2026-03-09"}


def test_acceptance_ends_it_and_starts_the_decision_clock_from_the_day_the_material_came_in(world, go):
    case_id = world.advance(world.draft(), "submitted")
    go("2026-03-05")
    world.act(case_id, "accept", "officer")
    assert due(case_id) == {K.RISK_DECISION: "2026-03-30"}  # 20 working days from 2 March


def test_screening_to_risk_review_is_one_clock_and_the_approval_ends_it(world):
    case_id = world.advance(world.draft(), "risk_review")
    assert set(due(case_id)) == {K.RISK_DECISION}
    world.advance(case_id, "validation")
    assert due(case_id) == {K.VALIDATION: "2026-06-10", K.DELIVERY: "2026-03-16"}


def test_the_entry_is_decided_within_twenty_days_and_the_crediting_period_runs_from_then(world):
    case_id = world.advance(world.draft(), "registration")
    assert due(case_id)[K.REGISTRATION_DECISION] == "2026-04-10"  # the notice ran out first
    world.advance(case_id, "registered")
    assert due(case_id)[K.CREDITING] == "2044-03-11"
    assert K.REGISTRATION_DECISION not in due(case_id)


def test_a_suspension_stops_the_clock_and_what_was_left_is_left_afterwards(world, go):
    case_id = world.advance(world.draft(), "risk_review")
    go("2026-03-12")  # the 8th working day
    world.act(case_id, "suspend", "chair", words="疫情")
    stopped = running(case_id)[K.RISK_DECISION]
    assert (stopped.due_on, stopped.left, stopped.stopped_by) == (None, 12, "suspend")
    go("2026-05-20")
    assert running(case_id)[K.RISK_DECISION].left == 12
    world.act(case_id, "resume", "chair", words="已消除")
    assert running(case_id)[K.RISK_DECISION].left == 12
    assert due(case_id)[K.RISK_DECISION] == "2026-06-05"


def test_a_correction_stops_the_decision_clock_and_starts_its_own(world, go):
    case_id = world.advance(world.draft(), "risk_review")
    go("2026-03-04")
    asked(world, case_id)
    assert due(case_id) == {K.CORRECTION: "2026-03-18", K.RISK_DECISION: None}
    go("2026-03-11")
    world.save(case_id, "basics", {**_basics(case_id), "contact_phone": "0538-1111111"})
    world.act(case_id, "resubmit", "owner")
    assert due(case_id) == {K.RISK_DECISION: "2026-04-07"}  # 18 left from 11 March; 6 April is a holiday


def _basics(case_id):
    from registry.services import facts

    return facts.answers_of(case_id, 1)["basics"]


def test_a_correction_before_acceptance_starts_acceptance_anew(world, go):
    case_id = world.advance(world.draft(), "submitted")
    go("2026-03-06")
    asked(world, case_id)
    assert set(due(case_id)) == {K.CORRECTION}
    go("2026-03-10")
    world.save(case_id, "basics", {**_basics(case_id), "contact_phone": "0538-1111111"})
    world.act(case_id, "resubmit", "owner")
    assert due(case_id) == {K.ACCEPTANCE: "2026-03-17"}
    go("2026-03-12")
    world.act(case_id, "accept", "officer")
    assert due(case_id) == {K.RISK_DECISION: "2026-04-08"}  # from 10 March, the day the corrections came in


def test_more_time_is_asked_for_once_and_given_once(world, go):
    case_id = world.advance(world.draft(), "submitted")
    asked(world, case_id)
    with pytest.raises(acts.Refused):
        world.act(case_id, "extend", "officer", granted=True, words="未申请")
    world.act(case_id, "ask_extension", "owner", words="等登记机关出证")
    with pytest.raises(acts.Refused):
        world.act(case_id, "ask_extension", "owner", words="再次申请")
    world.act(case_id, "extend", "officer", granted=True, words="理由成立")
    assert due(case_id) == {K.CORRECTION: "2026-03-30"}
    assert told()["due_on"] == "2026-03-30"
    with pytest.raises(acts.Refused):
        world.act(case_id, "extend", "officer", granted=True, words="再延长")


def test_more_time_for_corrections_leaves_the_clock_that_stands_still_alone(world, go):
    case_id = world.advance(world.draft(), "risk_review")
    asked(world, case_id)
    assert due(case_id) == {K.CORRECTION: "2026-03-16", K.RISK_DECISION: None}
    world.act(case_id, "ask_extension", "owner", words="等登记机关出证")
    world.act(case_id, "extend", "officer", granted=True, words="理由成立")
    assert due(case_id) == {K.CORRECTION: "2026-03-30", K.RISK_DECISION: None}


def test_a_refusal_of_more_time_leaves_the_window_and_then_it_lapses(world, go):
    case_id = world.advance(world.draft(), "submitted")
    asked(world, case_id)
    world.act(case_id, "ask_extension", "owner", words="等")
    go("2026-03-20")
    assert tick(now()).done == {"remind": 1}  # the request waits for an answer: it does not lapse
    world.act(case_id, "extend", "officer", granted=False, words="理由不足")
    assert tick(now()).done == {"lapse": 1}


def test_the_chair_extends_a_decision_once_also_when_it_is_overdue(world, go):
    case_id = world.advance(world.draft(), "risk_review")
    go("2026-04-01")
    with pytest.raises(acts.NotOpen):
        world.act(case_id, "extend", "officer", words="延长")
    world.act(case_id, "extend", "chair", words="需要补充评估")
    assert due(case_id) == {K.RISK_DECISION: "2026-04-14"}
    with pytest.raises(acts.Refused):
        world.act(case_id, "extend", "chair", words="再延长")


def test_each_condition_has_its_own_day(world):
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 8)
    conditions = [{"words": "甲", "evidence": "证", "due_on": D(day)} for day in ("2026-06-01", "2026-07-01")]
    world.act(case_id, "approve_risk", "chair", words="同意", conditions=conditions)
    assert [str(r.due_on) for r in clocks.readings(case_id, today()) if r.kind is K.CONDITION] == [
        "2026-06-01",
        "2026-07-01",
    ]
    first = db.session.scalars(select(ApprovalCondition.id).order_by(ApprovalCondition.no)).first()
    world.act(case_id, "report_condition", "owner", condition_id=first, words="已办妥")
    world.act(case_id, "confirm_condition", "officer", condition_id=first)
    assert [str(r.due_on) for r in clocks.readings(case_id, today()) if r.kind is K.CONDITION] == ["2026-07-01"]


def test_reconsideration_is_asked_for_in_time_and_answered_in_time(world, go):
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 2, 6)
    world.act(case_id, "reject", "chair", words="没有依据")
    assert set(due(case_id)) == {K.DELIVERY}
    world.act(case_id, "confirm_receipt", "owner")
    assert due(case_id) == {K.RECONSIDERATION_ASK: "2026-03-23"}
    go("2026-03-24")
    with pytest.raises(acts.Refused) as refused:
        world.act(case_id, "request_reconsideration", "owner", words="有依据")
    assert [o.clause for o in refused.value.stopping] == ["S46"]
    go("2026-03-23")
    world.act(case_id, "request_reconsideration", "owner", words="有依据")
    assert due(case_id) == {K.RECONSIDERATION_ANSWER: "2026-05-08"}


def refused(world):
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 2, 6)
    world.act(case_id, "reject", "chair", words="没有依据")
    return case_id


def test_the_time_to_ask_runs_from_the_day_of_delivery_not_of_its_record(world, go):
    case_id = refused(world)
    go("2026-03-12")
    world.act(case_id, "record_delivery", "officer", way="post", delivered_on=D("2026-03-09"))
    assert due(case_id) == {K.RECONSIDERATION_ASK: "2026-03-30"}
    assert told() == {
        "delivery": "post",
        "on": "2026-03-09",
        "clocks": {"reconsideration_ask": "2026-03-30"},
    }


def test_a_decision_delivered_after_it_was_asked_about_starts_no_time_to_ask(world):
    case_id = refused(world)
    world.act(case_id, "request_reconsideration", "owner", words="有依据")
    world.act(case_id, "record_delivery", "officer", way="in_person", delivered_on=today())
    assert set(due(case_id)) == {K.RECONSIDERATION_ANSWER}


def test_a_delivery_of_an_entry_starts_nothing(world):
    case_id = world.advance(world.draft(), "registered")
    world.act(case_id, "confirm_receipt", "owner")
    assert set(due(case_id)) == {K.CREDITING}


def test_each_objection_has_a_clock_of_its_own_that_the_officers_answer_ends(world, go):
    case_id = world.advance(world.draft(), "validation")
    world.act(case_id, "confirm_receipt", "owner")
    world.act(case_id, "open_notice", "officer")
    for day in ("2026-03-02", "2026-03-04"):
        go(day)
        world.act(case_id, "object", "anybody", kind="comment", about="other", words="请说明")
    db.session.rollback()
    first, second = [r for r in clocks.readings(case_id, today()) if r.kind is K.OBJECTION]
    assert (str(first.due_on), str(second.due_on)) == ("2026-03-09", "2026-03-11")
    world.act(case_id, "answer_objection", "owner", objection_id=first.ref, words="说明")
    world.act(case_id, "answer_objection", "officer", objection_id=str(first.ref), outcome="noted", words="已阅")
    db.session.rollback()
    assert [r.ref for r in clocks.readings(case_id, today()) if r.kind is K.OBJECTION] == [second.ref]


def test_an_ended_case_has_no_clock_left_but_the_delivery(world):
    case_id = world.advance(world.draft(), "risk_review")
    world.act(case_id, "withdraw", "owner")
    assert due(case_id) == {}


def test_a_record_that_touches_no_clock_changes_none(world, go):
    case_id = world.advance(world.draft(), "methodology_screening")
    before = due(case_id)
    world.screen(case_id)
    assert due(case_id) == before


def test_dates_are_provisional_until_the_notice_comes_and_then_counted_again(world, go):
    go("2026-12-14")
    case_id = world.advance(world.draft(), "methodology_screening")
    assert due(case_id) == {K.RISK_DECISION: "2027-01-11"}
    assert running(case_id)[K.RISK_DECISION].provisional
    assert tick(now()).done == {}
    calendar.keep(calendar.read(notice()), by=None, at=now())
    assert tick(now()).done == {"recount": 1}
    row = db.session.scalars(select(CaseClock).where(CaseClock.case_id == case_id, CaseClock.ended_on.is_(None))).one()
    assert (row.due_on, row.provisional) == (D("2027-01-12"), False)  # 1 January is off
    assert told()["counted"] == {"risk_decision": ["2027-01-11", "2027-01-12", 0]}
    assert tick(now()).done == {}


def test_a_corrected_notice_moves_dates_that_were_not_provisional(world, go):
    calendar.keep(calendar.read(notice()), by=None, at=now())
    go("2027-01-04")
    case_id = world.advance(world.draft(), "submitted")
    assert due(case_id) == {K.ACCEPTANCE: "2027-01-11"}
    days = json.loads(notice())["days"] + [{"name": "抗疫", "date": "2027-01-11", "isOffDay": True}]
    calendar.keep(calendar.read(notice(days=days)), by=None, at=now())
    assert tick(now(), after_a_notice=True).done == {"recount": 1}
    assert due(case_id) == {K.ACCEPTANCE: "2027-01-12"}


def test_nobody_but_the_system_reminds_or_counts_again(world):
    case_id = world.advance(world.draft(), "submitted")
    row = service.open_clocks(case_id)[0].id
    for who in ("officer", "chair", "owner"):
        with pytest.raises(acts.NotOpen):
            world.act(case_id, "remind", who, clock=row, kind=Reminder.NEAR)
        with pytest.raises(acts.NotOpen):
            world.act(case_id, "recount", who)


def test_the_system_itself_is_held_to_the_clock(world, go):
    case_id = world.advance(world.draft(), "submitted")
    for day in ("2026-03-02", "2026-03-09"):
        go(day)
        with pytest.raises(acts.Refused):
            world.act(case_id, "deem_accepted", None)
    with pytest.raises(acts.Refused):
        world.act(case_id, "remind", None, clock=service.open_clocks(case_id)[0].id, kind=Reminder.NEAR)
    with pytest.raises(acts.Refused):
        world.act(case_id, "recount", None)


@pytest.mark.parametrize("way", ["corrections", "suspension"])
def test_a_panel_that_is_broken_off_lets_the_clock_go_on(world, clock, way):
    case_id = world.advance(world.draft("local_ticket"), "methodology_screening")
    world.draw(case_id)
    clock.move(days=7)
    if way == "corrections":
        world.act(case_id, "request_correction", "officer", faults=[{"field": "method.note", "what": "请改正"}])
        clock.move(days=7)
        world.save(case_id, "method", {**METHOD["local_ticket"], "note": "已改正"})
        world.act(case_id, "resubmit", "owner", words="已改正")
    else:
        world.act(case_id, "suspend", "officer", words="疫情")
        clock.move(days=7)
        world.act(case_id, "resume", "officer", words="已查清")
    (decision,) = (c for c in service.open_clocks(case_id) if c.kind is K.RISK_DECISION)
    assert decision.due_on is not None
    assert next(p.until_on for p in decision.pauses) == today() - timedelta(days=7)
