"""The straight way: draft → 已入库, with all its gates, on both engines."""

from datetime import date

import pytest

from registry.clock import now
from registry.extensions import db
from registry.models import Registration
from registry.services import acts, audit, facts
from tests import factories
from tests.world import PARCEL, World
from workflows.states import ProjectState


@pytest.fixture
def world(app, clock):
    return World()


@pytest.mark.parametrize("scheme", ["ccer", "local_ticket"])
def test_a_project_goes_from_an_empty_form_to_its_entry(world, scheme):
    case_id = world.advance(world.draft(scheme), "registered")
    case = world.case(case_id)
    assert case.state is ProjectState.REGISTERED
    assert case.number == "TL2026000001"
    assert case.project_number.endswith("-370911-2026-0001")
    assert db.session.get(Registration, (case_id, 1)).project_number == case.project_number
    rows, bad = audit.verify()
    assert bad is None
    assert rows >= 20


def stopped(world, case_id, action, who, **data):
    with pytest.raises(acts.Refused) as refused:
        world.act(case_id, action, who, **data)
    return [o.clause for o in refused.value.stopping]


def test_an_incomplete_document_list_is_not_accepted(world):
    case_id = world.draft(papers=False)
    world.upload_required(case_id, leave_out="pdd")
    world.act(case_id, "submit", "owner")
    assert stopped(world, case_id, "accept", "officer") == ["S01"]


def test_a_natural_person_cannot_submit_under_ccer(world):
    case_id = world.draft(person=True)
    assert stopped(world, case_id, "submit", "owner") == ["R34"]


def test_four_sides_planting_does_not_enter_the_ccer_way(world):
    case_id = world.draft(method={"land_setting": "four_sides"})
    assert stopped(world, case_id, "submit", "owner") == ["A02"]


def test_a_disputed_title_keeps_a_case_off_the_agenda_whoever_asks(world):
    parcel = {**PARCEL, "disputed": True}
    case_id = world.advance(world.draft(parcels={"parcels": [parcel]}), "risk_review")
    assert stopped(world, case_id, "table", "secretary", meeting=world.meeting()) == ["S14"]


def test_one_officer_is_not_two(world):
    case_id = world.advance(world.draft(), "methodology_screening")
    world.screen(case_id, "officer")
    assert "S08a" in stopped(world, case_id, "pass_screening", "officer")


def test_two_officers_who_differ_have_not_answered(world):
    case_id = world.advance(world.draft(), "methodology_screening")
    world.screen(case_id, "officer")
    world.screen(case_id, "officer2", A05="not_met")
    assert stopped(world, case_id, "pass_screening", "officer") == ["A05"]


def test_a_changed_answer_voids_the_signature(world):
    case_id = world.advance(world.draft(), "methodology_screening")
    world.screen(case_id)
    world.act(case_id, "answer_condition", "officer", answers={"A05": {"verdict": "met", "evidence": "再看"}})
    assert "S08a" in stopped(world, case_id, "pass_screening", "officer")


def test_collective_land_needs_a_legal_opinion_before_it_is_tabled(world):
    parcel = {**PARCEL, "tenure": "collective_managed"}
    case_id = world.advance(world.draft(parcels={"parcels": [parcel]}), "risk_review")
    assert stopped(world, case_id, "table", "secretary", meeting=world.meeting()) == ["S18"]
    world.act(case_id, "give_legal_opinion", "legal", conclusion="favourable", words="程序齐全")
    held = world.meeting()
    assert stopped(world, case_id, "table", "secretary", meeting=held) == ["S18"], "nobody says how long the review had"
    world.act(case_id, "give_legal_opinion", "legal", conclusion="favourable", words="齐全", time_sufficient=True)
    world.table(case_id)


@pytest.mark.parametrize(
    ("cast", "clauses"),
    [((5,), ["S11"]), ((4, 4), ["S15"]), ((3, 0, 5), ["S15"]), ((0, 6), ["S15"])],
)
def test_a_count_that_does_not_carry_approves_nothing(world, cast, clauses):
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, *cast)
    assert stopped(world, case_id, "approve_risk", "chair") == clauses


def test_a_member_votes_once(world):
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 1)
    assert stopped(world, case_id, "vote", "deputy", choice="against", reasons="改") == ["S39"]


def test_a_member_of_the_applicant_is_not_on_the_electorate(world):
    factories.belongs(world.people["member1"], world.org)
    case_id = world.advance(world.draft(), "risk_review")
    world.table(case_id)
    sitting = facts.open_sitting(case_id)
    assert sitting.members == 8
    with pytest.raises(acts.NotOpen):
        world.act(case_id, "vote", "member1", choice="for", reasons="同意")


def test_a_validation_with_an_unmet_matter_does_not_pass(world):
    case_id = world.advance(world.draft(), "validation")
    world.validate(case_id, "unfavourable")
    world.put_on_notice(case_id)
    assert stopped(world, case_id, "pass_validation", "officer") == ["S31"]


def test_a_ticket_needs_the_environment_bureau(world):
    case_id = world.advance(world.draft("local_ticket"), "validation")
    world.validate(case_id)
    world.put_on_notice(case_id)
    assert stopped(world, case_id, "pass_validation", "officer") == ["S30"]


def test_conditions_of_an_approval_are_met_before_registration(world):
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 8)
    condition = {"words": "补办流转登记", "evidence": "登记证明", "due_on": date(2026, 6, 1)}
    world.act(case_id, "approve_risk", "chair", conditions=[condition])
    world.advance(case_id, "registration")
    world.vote(case_id, 8)
    assert stopped(world, case_id, "register", "chair") == ["S25"]


def test_a_refused_act_leaves_no_trace(world):
    case_id = world.draft(method={"land_setting": "four_sides"})
    before, version = audit.verify(), world.case(case_id).version
    stopped(world, case_id, "submit", "owner")
    case = world.case(case_id)
    assert (audit.verify(), case.version, case.number) == (before, version, None)


def test_a_stale_page_learns_what_happened_since(world):
    case_id = world.advance(world.draft(), "submitted")
    seen = world.case(case_id).version
    world.act(case_id, "accept", "officer")
    with pytest.raises(acts.Stale) as stale:
        acts.act(("project", case_id), "accept", by=world.user("officer2"), at=now(), seen=seen)
    assert [e.action for e in stale.value.since] == ["project:accept"]


@pytest.mark.parametrize("who", ["stranger", "administrator"])
def test_a_foreign_case_is_no_case(world, who):
    case_id = world.advance(world.draft(), "submitted")
    with pytest.raises(acts.NotVisible):
        world.act(case_id, "accept", who)


def test_numbers_have_no_gaps_though_acts_are_refused(world):
    first = world.advance(world.draft(), "submitted")
    stopped(world, world.draft(method={"land_setting": "corridor"}), "submit", "owner")
    second = world.advance(world.draft(), "submitted")
    assert [world.case(c).number for c in (first, second)] == ["TL2026000001", "TL2026000002"]
