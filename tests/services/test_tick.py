"""What the clock does by itself: on its day, once, whoever runs it and however late; and whom it tells."""

from datetime import UTC, date, datetime

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from registry.clock import now
from registry.extensions import db
from registry.models import AuditEvent, Case, ClockReminder, Notice, Opinion
from registry.services import acts, audit, facts
from registry.services import tick as ticking
from registry.services.tick import tick
from tests.world import World
from workflows.clocks import Reminder

D = date.fromisoformat


@pytest.fixture
def world(app, clock):
    return World()


@pytest.fixture
def go(clock):
    """Go to nine in the morning of a day."""
    return lambda day: clock.set(datetime.combine(D(day), datetime.min.time(), UTC).replace(hour=1))


def state(case_id):
    db.session.rollback()
    return db.session.get_one(Case, case_id).state


def told(world, *who):
    """The last notice's action of each person, None without one."""
    db.session.rollback()
    found = []
    for name in who:
        query = select(Notice.action).where(Notice.user_id == world.people[name]).order_by(Notice.id.desc())
        found.append(db.session.scalars(query).first())
    return found


def reminders():
    query = select(ClockReminder.kind).order_by(ClockReminder.sent_at, ClockReminder.clock_id)
    return list(db.session.scalars(query))


def everything():
    counted = (AuditEvent, Notice, ClockReminder, Opinion)
    return [db.session.scalar(select(func.count()).select_from(t)) for t in counted]


def conditional(world, due_on="2026-06-01"):
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 8)
    condition = {"words": "补办流转登记", "evidence": "登记证明", "due_on": D(due_on)}
    world.act(case_id, "approve_risk", "chair", words="同意", conditions=[condition])
    return case_id


# On its day ---------------------------------------------------------------------------------------------


def test_nobody_answered_in_five_days_and_on_the_sixth_it_is_deemed_accepted(world, go):
    case_id = world.advance(world.draft(), "submitted")
    go("2026-03-09")
    tick(now())
    assert state(case_id) == "submitted"
    go("2026-03-10")
    assert tick(now()).done == {"deem_accepted": 1}
    assert state(case_id) == "methodology_screening"
    assert db.session.get_one(Case, case_id).accepted_on == D("2026-03-02")
    assert told(world, "owner", "officer", "supervisor") == ["deem_accepted"] * 3
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "project:deem_accepted")).one()
    assert all(str(world.people[w]) in event.detail for w in ("officer", "officer2", "officer3"))


def test_days_late_it_does_the_same(world, go):
    case_id = world.advance(world.draft(), "submitted")
    go("2026-03-20")
    assert tick(now()).done["deem_accepted"] == 1
    assert db.session.get_one(Case, case_id).accepted_on == D("2026-03-02")


def test_without_corrections_it_lapses_and_the_answers_stay(world, go):
    case_id = world.advance(world.draft(), "submitted")
    world.act(case_id, "request_correction", "officer", faults=[{"field": "basics.contact_phone", "what": "改"}])
    go("2026-03-16")  # the 10th working day
    assert tick(now()).done == {"remind": 1}
    assert state(case_id) == "correction_requested"
    go("2026-03-17")
    assert tick(now()).done == {"lapse": 1}
    assert state(case_id) == "lapsed"
    assert told(world, "owner", "officer") == ["lapse"] * 2


def test_a_condition_not_met_suspends_the_case_until_it_is(world, go):
    case_id = conditional(world)
    go("2026-06-01")
    tick(now())
    assert state(case_id) == "validation"
    go("2026-06-02")
    assert tick(now()).done == {"suspend": 1}
    assert state(case_id) == "suspended"
    assert told(world, "owner", "officer") == ["suspend"] * 2
    assert tick(now()).done == {"remind": 1}  # overdue, told once
    assert tick(now()).done == {}
    with pytest.raises(acts.Refused) as refused:
        world.act(case_id, "resume", "officer", words="恢复")
    assert [o.clause for o in refused.value.stopping] == ["S54"]
    from registry.models import ApprovalCondition

    condition = db.session.scalars(select(ApprovalCondition.id)).one()
    world.act(case_id, "report_condition", "owner", condition_id=condition, words="已办妥")
    world.act(case_id, "confirm_condition", "officer", condition_id=condition)
    world.act(case_id, "resume", "officer", words="恢复")
    assert state(case_id) == "validation"
    assert tick(now()).done == {}


def test_a_reported_condition_waits_for_the_officer_not_for_its_day(world, go):
    case_id = conditional(world)
    from registry.models import ApprovalCondition

    condition = db.session.scalars(select(ApprovalCondition.id)).one()
    world.act(case_id, "report_condition", "owner", condition_id=condition, words="已办妥")
    world.act(case_id, "confirm_receipt", "owner")
    go("2026-07-01")
    assert tick(now()).done == {}
    assert state(case_id) == "validation"


def test_a_project_is_closed_at_the_end_of_its_crediting_period(world, go):
    case_id = world.draft(crediting={"start_on": "2024-03-12", "end_on": "2044-03-11"})
    world.advance(case_id, "registered")
    go("2044-03-11")
    tick(now())
    assert state(case_id) == "registered"
    go("2044-03-12")
    assert tick(now()).done == {"close": 1}
    assert state(case_id) == "closed"


def test_a_suspended_project_on_an_agenda_is_closed_at_the_end_of_its_crediting_period(world, go):
    case_id = world.draft(crediting={"start_on": "2024-03-12", "end_on": "2044-03-11"})
    world.advance(case_id, "registered")
    world.vote(case_id, 8, question="suspension")
    world.act(case_id, "suspend", "chair", words="查明情况")
    world.table(case_id, question="revocation")
    go("2044-03-12")
    came = tick(now())
    assert (came.done["close"], came.failed) == (1, [])
    assert facts.open_sitting(case_id) is None


# Reminders ----------------------------------------------------------------------------------------------


def test_a_decision_is_reminded_of_at_half_time_three_days_before_on_the_day_and_once_overdue(world, go):
    world.advance(world.draft(), "risk_review")
    sent = {}
    for day in range(3, 31):
        go(f"2026-03-{day:02}")
        before = len(reminders())
        tick(now())
        if len(reminders()) > before:
            sent[day] = reminders()[-1]
    go("2026-03-31")
    tick(now())
    assert sent == {16: Reminder.HALF, 25: Reminder.NEAR, 30: Reminder.DUE}
    assert reminders()[-1] is Reminder.OVERDUE
    assert told(world, "officer", "chair", "supervisor", "owner") == ["remind", "remind", "remind", "pass_screening"]


def test_days_late_only_the_latest_reminder_is_sent(world, go):
    world.advance(world.draft(), "risk_review")
    go("2026-03-27")
    assert tick(now()).done == {"remind": 1}
    assert reminders() == [Reminder.NEAR]


def test_an_extension_begins_its_own_reminders(world, go):
    case_id = world.advance(world.draft(), "risk_review")
    go("2026-03-31")
    tick(now())
    world.act(case_id, "extend", "chair", words="需要补充评估")  # until 14 April
    assert tick(now()).done == {"remind": 1}  # past half time of the thirty days
    go("2026-04-15")
    tick(now())
    assert reminders() == [Reminder.OVERDUE, Reminder.HALF, Reminder.OVERDUE]


def test_a_clock_that_stands_still_reminds_nobody(world, go):
    case_id = world.advance(world.draft(), "risk_review")
    world.act(case_id, "suspend", "officer", words="疫情")
    go("2026-08-03")
    assert tick(now()).done == {}


# Twice, and with something wrong ------------------------------------------------------------------------


def test_a_second_tick_does_nothing_and_reminds_nobody_twice(world, go):
    world.advance(world.draft(), "submitted")
    world.advance(world.draft(), "risk_review")
    conditional(world, "2026-03-20")
    go("2026-03-26")
    assert sum(tick(now()).done.values()) >= 3
    tick(now())  # what the first one made due, such as the overdue condition of a suspended case
    before = everything()
    again = tick(now())
    assert (dict(again.done), again.failed) == ({}, [])
    assert everything() == before
    assert audit.verify()[1] is None


def test_a_reminder_cannot_be_kept_twice_even_past_the_rule(world, go):
    world.advance(world.draft(), "risk_review")
    go("2026-03-25")
    tick(now())
    with db.engine.connect() as connection, pytest.raises(Exception, match=r"append-only|duplicate|UNIQUE"):
        connection.execute(text("INSERT INTO clock_reminders SELECT * FROM clock_reminders"))


def test_one_case_that_fails_does_not_stop_the_others(world, go, monkeypatch):
    cases = [world.advance(world.draft(), "submitted") for _ in range(3)]
    go("2026-03-10")
    real = ticking.acts.act

    def fails_on_the_second(subject, *rest, **more):
        if subject[1] == cases[1]:
            raise RuntimeError("示例故障")
        return real(subject, *rest, **more)

    monkeypatch.setattr(ticking.acts, "act", fails_on_the_second)
    came = tick(now())
    assert (came.done["deem_accepted"], came.failed) == (2, [cases[1]])
    monkeypatch.undo()
    assert tick(now()).done["deem_accepted"] == 1
    assert {state(c) for c in cases} == {"methodology_screening"}


@pytest.mark.parametrize("times", [1, 2])
def test_a_case_that_somebody_held_for_too_long_is_tried_once_more(world, go, monkeypatch, times):
    cases = [world.advance(world.draft(), "submitted") for _ in range(2)]
    go("2026-03-10")
    real, tried = ticking.acts.act, []

    def is_busy(subject, *rest, **more):
        tried.append(subject[1])
        if subject[1] == cases[0] and tried.count(cases[0]) <= times:
            raise OperationalError("SELECT 1", {}, LockNotAvailable())
        return real(subject, *rest, **more)

    monkeypatch.setattr(ticking.acts, "act", is_busy)
    came = tick(now())
    assert tried == [cases[0], cases[1], cases[0]]
    assert (came.done["deem_accepted"], came.failed) == ((2, []) if times == 1 else (1, [cases[0]]))


def test_a_person_who_was_faster_leaves_nothing_to_do(world, go):
    case_id = world.advance(world.draft(), "submitted")
    go("2026-03-10")
    due = list(ticking._passed_and_reminders(D("2026-03-10")))
    world.act(case_id, "accept", "officer")
    came = ticking.Ticked()
    for each in due:
        ticking._take(each, now(), came)
    assert (dict(came.done), came.failed) == ({}, [])
