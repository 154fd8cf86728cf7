"""The demo: played through the door, loaded once, and what every one of its people finds waiting."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from stdnum.cn import uscc

from registry import application, demo, permissions
from registry.clock import day_of, today
from registry.demo import paper, people, story
from registry.extensions import db
from registry.models import (
    Answers,
    AuditEvent,
    Case,
    CaseClock,
    Document,
    ExpertTie,
    Inventory,
    Meeting,
    Organisation,
    PolicyChange,
    PolicyReplay,
    Reconsideration,
    User,
)
from registry.queries import calendar, clocks, minutes, sitting_views, sittings
from registry.queries.inbox import Item, waiting
from registry.queries.inbox_questions import undelivered
from registry.services import audit, facts, panel_facts, policy_changes, requests
from registry.services import minutes as minutes_services
from registry.services.policy import current
from registry.services.tick import tick
from registry.storage import open_file
from registry.views.desk import TASKS, kept_off
from tests.clock import FIXED, Clock
from tests.databases import Databases, let_go, test_settings
from workflows import deliberation, gates, machine
from workflows.project import PROJECT
from workflows.roles import Role
from workflows.rules import RULES
from workflows.states import ENDED, ChangeState, ProjectState, Tenure, Verdict

S = ProjectState


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One demo for all tests here: they only read it."""
    from registry import create_app

    folder = tmp_path_factory.mktemp("demo")
    pool = Databases("sqlite", folder)
    app = create_app(test_settings(folder, pool.copy(), DEMO=True))
    with app.app_context():
        assert demo.load(FIXED)
    yield app
    let_go(app)
    pool.close()


@pytest.fixture
def city(loaded: Flask, clock: Clock) -> Iterator[Flask]:
    with loaded.app_context():
        yield loaded
        db.session.rollback()


def everybody() -> list[User]:
    return list(db.session.scalars(select(User).order_by(User.id)))


def somebody(login: str) -> User:
    return db.session.scalars(select(User).where(User.login == login)).one()


def meeting(state: str, *, last: bool = False) -> Meeting:
    """The demo's meeting in a state, the last where there are several."""
    found = db.session.scalars(select(Meeting).where(Meeting.state == state).order_by(Meeting.held_on)).all()
    assert last or len(found) == 1
    return found[-1]


def waits_for(login: str) -> dict[str, set[str]]:
    """Act → names of the cases that wait for it."""
    found: dict[str, set[str]] = {}
    for item in waiting(somebody(login)):
        found.setdefault(item.act, set()).add(item.name)
    return found


def test_loading_twice_changes_nothing(city: Flask) -> None:
    before = db.session.scalar(select(func.count()).select_from(AuditEvent))
    assert demo.load(FIXED) is False
    assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == before


def test_the_command_loads_only_in_demo_mode(make_app) -> None:
    refused = make_app().test_cli_runner().invoke(args=["load-demo"])
    assert refused.exit_code == 1
    assert "DEMO=1" in refused.output


def test_the_chain_holds_and_is_in_the_order_of_time(city: Flask) -> None:
    rows, bad = audit.verify()
    assert bad is None
    assert rows > 150
    instants = list(db.session.scalars(select(AuditEvent.at).order_by(AuditEvent.seq)))
    assert instants == sorted(instants)


def test_everything_happened_on_working_days_before_the_day_of_loading(city: Flask) -> None:
    events = db.session.scalars(select(AuditEvent.at).where(AuditEvent.subject_kind == "project"))
    days = {day_of(at) for at in events}
    assert max(days) < day_of(FIXED)
    assert all(calendar.current().works(day) for day in days)


def test_the_cases_stand_at_every_stage(city: Flask) -> None:
    counted = dict(db.session.execute(select(Case.state, func.count()).group_by(Case.state)).all())
    assert counted[S.DRAFT] == 2
    for stage in (S.SUBMITTED, S.METHODOLOGY_SCREENING, S.RISK_REVIEW, S.VALIDATION, S.REGISTRATION, S.REGISTERED):
        assert counted.get(stage, 0) >= 1, stage
    for aside in (S.CORRECTION_REQUESTED, S.SUSPENDED, S.DECLINED, S.REJECTED, S.WITHDRAWN, S.AMENDMENT_REVIEW):
        assert counted.get(aside, 0) == 1, aside


def test_invented_people_and_cases_say_that_they_are_examples(city: Flask) -> None:
    assert all(u.is_example and "示例" in u.name and u.password_hash is None for u in everybody())
    for case in db.session.scalars(select(Case)):
        assert case.is_example
        assert case.state is S.DRAFT or "示例" in case.name
    for version in db.session.scalars(select(Inventory)):
        assert version.is_example
        assert "示例数据" in version.title


def test_units_of_the_plan_have_real_names_and_no_code(city: Flask) -> None:
    units = list(db.session.scalars(select(Organisation).where(Organisation.unit_key.is_not(None))))
    assert {u.unit_key for u in units} == {
        "370902", "370911", "370921", "370923", "370982", "370983", "TA-GX", "TA-TS", "TA-CLS", "TA-LKY",
    }  # fmt: skip
    assert all(u.credit_code is None and not u.is_example and "示例" not in u.name for u in units)


def test_codes_of_examples_pass_the_check_and_look_invented() -> None:
    codes = [o["credit_code"] for o in people.organisations().values() if o["credit_code"]]
    assert len(codes) == len(set(codes)) == 12
    assert all(uscc.is_valid(code) and "000000" in code for code in codes)


def test_removals_stay_within_what_public_cases_show(city: Flask) -> None:
    for case in db.session.scalars(select(Case).where(Case.area_mu.is_not(None))):
        data = db.session.get_one(Answers, (case.id, 1, "crediting")).data
        assert 0.4 <= float(data["expected_annual_t"]) / float(case.area_mu) <= 1.336, case.name
        assert "量级参考" in db.session.get_one(Answers, (case.id, 1, "basics")).data["summary"]


def test_a_submitted_case_lacks_no_answer(city: Flask) -> None:
    for case in db.session.scalars(select(Case).where(Case.round > 0)):
        rows = db.session.scalars(select(Answers).where(Answers.case_id == case.id, Answers.round_no == case.round))
        found = {row.section: row for row in rows}
        missing = application.missing({s: r.data for s, r in found.items()}, {s: r.done for s, r in found.items()})
        assert missing == [], case.name


def test_papers_on_file_are_real_files(city: Flask) -> None:
    for digest in set(db.session.scalars(select(Document.sha256))):
        with open_file(digest) as file:
            assert file.read(5) == b"%PDF-"


def test_the_example_paper_is_a_pdf_whose_table_points_to_its_objects() -> None:
    raw = paper.pdf("权属证明", "示例")
    table = int(re.search(rb"startxref\n(\d+)", raw)[1])
    assert raw[table:].startswith(b"xref")
    places = [int(line[:10]) for line in raw[table:].splitlines() if line.endswith(b"00000 n ")]
    assert all(raw[place:].startswith(b"%d 0 obj" % n) for n, place in enumerate(places, 1))


def test_the_member_from_the_farm_is_left_out_of_the_farms_case(city: Flask) -> None:
    case = db.session.scalars(select(Case).where(Case.name.contains("大寺"))).one()
    sitting = facts.open_sitting(case.id)
    assert sitting is not None
    assert {e.user.login for e in sitting.electors}.isdisjoint({"member2"})
    assert sitting.members == 8
    assert case.name not in waits_for("member2").get("vote", set())


def test_an_interest_declared_beforehand_is_found_when_a_case_is_tabled(city: Flask) -> None:
    tie = db.session.scalars(select(ExpertTie).where(ExpertTie.user_id == somebody("member7").id)).one()
    assert tie.relation == "spouse"
    case = db.session.scalars(select(Case).where(Case.name.contains("陶山"))).one()
    assert ("胡月明（示例）", "relatives_employer") in {
        (a.name, a.ground) for a in sittings.of_case(case.id)[0].excluded
    }


def test_a_panel_is_at_work_on_an_amendment(city: Flask) -> None:
    (case,) = db.session.scalars(select(Case).where(Case.state == S.AMENDMENT_REVIEW))
    panel = panel_facts.at_work(case)
    assert len(panel.opinions) == 2
    assert any("give_expert_opinion" in waits_for(f"expert{n}") for n in range(1, 10))


def test_days_are_counted_over_holidays_and_weekends_that_are_worked(city: Flask) -> None:
    """2026: 28 and 14 February are Saturdays that are worked, 15 to 23 February is the Spring Festival."""
    assert [story.workday(FIXED, -n).isoformat() for n in (0, 1, 2, 5, 6)] == [
        "2026-03-02", "2026-02-28", "2026-02-27", "2026-02-24", "2026-02-14",
    ]  # fmt: skip


# What waits for whom -------------------------------------------------------------------------------------


def test_everything_that_waits_is_open_to_the_person_in_the_table(city: Flask) -> None:
    for user in everybody():
        for item in waiting(user):
            roles = permissions.roles_on(item.case_id, user)
            assert item.act in {a.name for a in PROJECT.actions(item.state, roles)}, (user.login, item.name)
            assert permissions.find_case(user, frozenset(permissions.SEES), number=None, case_id=item.case_id)
            assert (item.act, item.why) in TASKS


def judged(user: User, item: Item) -> None:
    """Take the act as the door would, and throw it away; raises what the door would raise."""
    case = db.session.get_one(Case, item.case_id)
    policy = current()
    roles = permissions.roles_on(case.id, user)
    said = {"meeting": meeting("planned").id} if item.act == "table" else {}
    known = facts.project_facts(case, policy, today(), user)
    known = requests.with_request(known, case, item.act, roles, said, today(), user)
    PROJECT.take(machine.Case(case.state, roles, known, returns_to=case.returns_to), item.act, policy, gates.judge)


READY = {"vote", "call_vote", "table", "pass_validation", "give_legal_opinion", "file_validation", "register"}


def test_what_waits_without_a_but_would_pass_the_door(city: Flask) -> None:
    tried = set()
    for user in everybody():
        for item in waiting(user, None, kept_off):
            if item.act in READY and not item.why.startswith(("title", "finding", "no_majority")):
                judged(user, item)
                tried.add(item.act)
    assert tried >= {"vote", "table", "pass_validation", "file_validation", "register", "give_legal_opinion"}


def test_a_case_whose_title_is_in_question_is_named_so_and_the_door_agrees(city: Flask) -> None:
    item = next(i for i in waiting(somebody("secretary")) if i.act == "table" and "西山" in i.name)
    assert item.why == "title"
    with pytest.raises(machine.RefusedError) as refused:
        judged(somebody("secretary"), item)
    assert {o.clause for o in refused.value.stopping} == {"S14"}


def test_every_open_case_waits_for_somebody(city: Flask) -> None:
    somewhere = {item.case_id for user in everybody() for item in waiting(user)}
    still_open = set(db.session.scalars(select(Case.id).where(Case.state.not_in((S.REGISTERED, *ENDED)))))
    asked = set(db.session.scalars(select(Reconsideration.case_id)))
    assert asked
    # What is tabled for a day that has not come waits for that day, and nobody need do anything.
    coming = {s.case_id for s in sittings.of_meeting(meeting("planned").id)}
    assert len(coming) == 2
    # A decision that was taken waits to be delivered, wherever the case stands.
    decided = set(db.session.scalars(select(CaseClock.case_id).where(undelivered())))
    assert somewhere | coming == still_open | asked | decided
    assert somewhere.isdisjoint(coming - decided - {i.case_id for i in waiting(somebody("chair"))})


def test_a_registered_case_whose_decision_was_delivered_waits_for_nothing(city: Flask) -> None:
    assert not [item for user in everybody() for item in waiting(user) if item.state is S.REGISTERED]


def test_officers_find_their_stage_and_who_signed_does_not_find_the_sheet(city: Flask) -> None:
    signed = "新泰市莲花山南坡碳汇造林项目（示例）"
    assert signed not in waits_for("officer1").get("sign_screening", set())
    assert signed in waits_for("officer2")["sign_screening"]
    assert len(waits_for("officer1")["accept"]) == 5


def test_public_land_sent_for_review_waits_for_the_legal_reviewer_and_private_land_does_not(city: Flask) -> None:
    waits = waits_for("legal")["give_legal_opinion"]
    for case in db.session.scalars(select(Case).where(Case.state == S.METHODOLOGY_SCREENING)):
        parcels = db.session.get_one(Answers, (case.id, case.round, "parcels")).data["parcels"]
        public = any(p["tenure"] in (Tenure.STATE, Tenure.COLLECTIVE_MANAGED) for p in parcels)
        assert (case.name in waits) == public


def test_a_record_of_a_site_check_waits_for_a_second_officer(city: Flask) -> None:
    ridge = "肥城市牛山村东岭碳汇造林项目（示例）"
    assert waits_for("officer2")["sign_site_check"] == {ridge}
    case = db.session.scalars(select(Case).where(Case.name == ridge)).one()
    user = somebody("officer1")
    here = machine.Case(case.state, permissions.roles_on(case.id, user), facts.project_facts(case, current(), today()))
    with pytest.raises(machine.RefusedError) as refused:
        PROJECT.take(here, "pass_screening", current(), gates.judge)
    assert "S08b" in {o.clause for o in refused.value.stopping}


def test_the_ticket_waits_for_the_environment_bureau_and_not_yet_for_the_officer(city: Flask) -> None:
    ticket = "东平县腊山抚育碳票项目（示例）"
    assert waits_for("ecoenv") == {"give_environment_opinion": {ticket}}
    assert ticket not in waits_for("officer2").get("pass_validation", set())


def test_the_chair_votes_and_decides_where_the_votes_are_in(city: Flask) -> None:
    waits = waits_for("chair")
    assert "vote" not in waits  # who presides speaks last, and two have not spoken yet
    assert waits["register"] == {"岱岳区祝阳镇碳汇造林项目（示例）"}
    assert waits["decide_recusal"] == {"新泰市寺山碳汇造林项目（示例）"}
    assert waits_for("deputy") == {"vote": {"徂徕山林场大寺片区碳汇造林项目（示例）"}}


def test_a_meeting_was_held_with_every_kind_of_end_and_one_is_to_come(city: Flask) -> None:
    held = {s.item: s for s in sittings.of_meeting(meeting("held", last=True).id)}
    assert [held[n].end.action for n in sorted(held)] == ["adjourn", "approve_risk", "suspend"]
    short = held[1]
    assert len(short.here) < deliberation.quorum_needed(short.facts())
    assert [(a.ground.value, a.by) for a in short.asides] == [("own_organisation", None)]
    assert [(a.ground.value, a.by) for a in held[3].asides] == [("relatives_employer", somebody("member5").id)]
    assert meeting("planned").held_on > today()


def test_minutes_of_old_meetings_are_issued_and_those_of_the_last_wait_for_whoever_presided(city: Flask) -> None:
    last = meeting("held", last=True)
    issued = list(db.session.scalars(select(Meeting).where(Meeting.state == "minuted")))
    assert len(issued) == 7
    for old in issued:
        sheet = minutes_services.last_paper(old.id)
        assert sheet is not None
        assert day_of(sheet.issued_at) > old.held_on
    waits = {u.login for u in everybody() if any(w.meeting.id == last.id for w in minutes.waiting(u))}
    assert "chair" in waits


def test_a_member_who_stands_aside_reads_no_name_of_the_case_on_the_agenda(city: Flask) -> None:
    items = sittings.of_meeting(meeting("in_session").id)
    with city.test_request_context():
        farm, other = (sitting_views.agenda(items, somebody(who)) for who in ("member2", "member1"))
    assert sorted(line.case is None for line in farm) == [False, True]
    assert all(line.case is not None for line in other)
    assert sum(bool(line.mine) for line in farm) == 1


def test_the_nearest_deadline_comes_first_then_the_longest_wait(city: Flask) -> None:
    for user in everybody():
        order = [(item.due_on, item.since) for item in waiting(user)]
        assert order == sorted(order)


def test_the_inbox_asks_a_bounded_number_of_questions(city: Flask) -> None:
    asked: list[str] = []

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    officer, secretary = somebody("officer1"), somebody("secretary")
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert len(waiting(officer, None, kept_off)) > 4
        as_officer = len(asked)
        assert waiting(secretary, None, kept_off)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert as_officer <= 19, asked
    assert len(asked) - as_officer <= 30, asked[as_officer:]


def test_side_ways_wait_for_whoever_can_go_on(city: Flask) -> None:
    assert waits_for("chair")["resume"] == {"新泰市太平山碳汇造林项目（示例）"}
    assert waits_for("secretary") == {
        "uphold": {"岱岳区青石峪村北坡碳汇造林项目（示例）"},
        "table": {"岱岳区青石峪村西山碳汇造林项目（示例）", "东平县凤山碳汇造林项目（示例）"},
    }
    assert waits_for("company1")["resubmit"] == {"新泰市羊流镇碳汇造林项目（示例）"}
    amendment = "新泰市新甫山碳汇造林项目（示例）"
    assert amendment in waits_for("officer2")["sign_screening"]
    assert amendment in waits_for("vvb1")["file_validation"]


def test_the_corrected_case_is_in_its_second_round_with_its_acceptance_carried_over(city: Flask) -> None:
    case = db.session.scalars(select(Case).where(Case.name.contains("东岭"))).one()
    assert (case.state, case.round) == (S.METHODOLOGY_SCREENING, 2)
    assert {g.value for g in facts.gates_passed(case.id, 2)} == {"acceptance"}


def test_a_vote_takes_the_case_out_of_the_members_inbox(city: Flask) -> None:
    assert waits_for("member1") == {}
    assert "vote" in waits_for("member7")


def test_the_demo_took_no_way_round_the_door() -> None:
    source = "".join(file.read_text() for file in Path(demo.__file__).parent.glob("*.py"))
    for forbidden in ("state=", ".state =", "AuditEvent", "GateDecision(", "Vote(", "Registration(", "Opinion("):
        assert forbidden not in source
    assert "acts.act(" in source


# The clocks ----------------------------------------------------------------------------------------------


def test_the_first_tick_after_loading_reminds_people_and_moves_no_case(city: Flask) -> None:
    before = dict(db.session.execute(select(Case.id, Case.state)).all())
    came = tick(FIXED)
    assert (set(came.done), came.failed) == ({"remind"}, [])
    assert dict(db.session.execute(select(Case.id, Case.state)).all()) == before


def test_the_demo_shows_clocks_of_every_standing(city: Flask) -> None:
    chair = db.session.scalars(select(User).where(User.login == "chair")).one()
    late = clocks.overdue(chair, frozenset({Role.CHAIR}), day_of(FIXED))
    rows = db.session.scalars(select(CaseClock).where(CaseClock.ended_on.is_(None))).all()
    assert late
    assert any(r.due_on is None for r in rows)
    assert any(r.extended for r in rows)


def test_a_proposed_change_of_the_rules_waits_for_the_chair_with_its_replay(city: Flask) -> None:
    (change,) = db.session.scalars(select(PolicyChange))
    assert change.state is ChangeState.PROPOSED
    assert change.is_example
    assert change.effective_on > day_of(FIXED)
    (found,) = db.session.scalars(select(PolicyReplay).where(PolicyReplay.change_id == change.id))
    assert found.cases > 20
    assert set(json.loads(found.result)["always"]["clauses"]) == {"R01"}
    known = policy_changes.facts(change, today(), somebody("chair"))
    judged = [RULES[clause](known, current()).verdict for clause in ("S80", "S81", "S82", "S83", "S84")]
    assert judged == [Verdict.PASS] * 5
