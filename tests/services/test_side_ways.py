"""The side ways: corrections, refusals, pauses, withdrawal, amendment, reconsideration, revocation, closing."""

import pytest

from registry.extensions import db
from registry.models import CorrectionNotice, GateDecision, Registration
from registry.queries import applications, changes
from registry.services import acts, audit, drafts, facts
from tests.world import PARCEL, PDF, World
from workflows.states import GateName, GateResult
from workflows.states import ProjectState as S

OTHER_PDF = PDF.replace(b"1.4", b"1.5")


@pytest.fixture
def world(app, clock):
    return World()


def stopped(world, case_id, action, who, **data):
    with pytest.raises(acts.Refused) as refused:
        world.act(case_id, action, who, **data)
    return [o.clause for o in refused.value.stopping]


def fault(*fields):
    return [{"field": f, "what": "请改正"} for f in fields]


def state(world, case_id):
    case = world.case(case_id)
    return case.state, case.returns_to


def gates(case_id, round_no):
    rows = db.session.query(GateDecision).filter_by(case_id=case_id, round_no=round_no)
    return {r.gate: r.result for r in rows}


def change_contact(world, case_id):
    world.save(case_id, "basics", {**facts.answers_of(case_id, 1)["basics"], "contact_phone": "0538-1111111"})


def test_a_correction_that_changes_nothing_judged_comes_back_to_its_stage(world):
    case_id = world.advance(world.draft(), "risk_review")
    world.act(case_id, "request_correction", "officer", faults=fault("basics.contact_phone"))
    assert state(world, case_id) == (S.CORRECTION_REQUESTED, S.RISK_REVIEW)
    change_contact(world, case_id)
    world.act(case_id, "resubmit", "owner")
    case = world.case(case_id)
    assert (case.state, case.returns_to, case.round) == (S.RISK_REVIEW, None, 2)
    assert gates(case_id, 2) == {GateName.ACCEPTANCE: GateResult.CARRIED, GateName.SCREENING: GateResult.CARRIED}
    world.advance(case_id, "registered")
    assert db.session.get(Registration, (case_id, 2)).round_no == 2


def asked_to_correct(world):
    case_id = world.advance(world.draft(), "submitted")
    world.act(case_id, "request_correction", "officer", faults=fault("basics.contact_phone"))
    return case_id


def test_corrections_that_change_nothing_are_refused(world):
    case_id = asked_to_correct(world)
    drafts.prepare(case_id)
    assert stopped(world, case_id, "resubmit", "owner") == ["S50"]
    assert stopped(world, case_id, "resubmit", "owner", words="   ") == ["S50"]
    change_contact(world, case_id)
    world.act(case_id, "resubmit", "owner")
    assert world.case(case_id).round == 2


def test_what_is_changed_there_and_back_or_uploaded_again_is_no_change(world):
    case_id = asked_to_correct(world)
    before = facts.answers_of(case_id, 1)
    change_contact(world, case_id)
    world.save(case_id, "basics", before["basics"])
    world.save(case_id, "parcels", {**before["parcels"], "last_key": 7})
    world.save(case_id, "parcels", {"parcels": [{**PARCEL, "area": "40", "unit": "ha", "subcompartment": "0012"}]})
    world.upload(case_id, "pdd")
    assert stopped(world, case_id, "resubmit", "owner") == ["S50"]
    world.upload(case_id, "pdd", content=OTHER_PDF)
    world.act(case_id, "resubmit", "owner")


def test_a_notice_may_be_answered_in_words(world):
    case_id = asked_to_correct(world)
    drafts.prepare(case_id)
    world.act(case_id, "resubmit", "owner", words="电话无误，已重新接通")
    case = world.case(case_id)
    assert (case.state, case.round) == (S.SUBMITTED, 2)
    assert changes.explained(case, 2) == "电话无误，已重新接通"
    assert changes.explained(case, 1) == ""


@pytest.mark.parametrize("stage", ["validation", "registration", "registered"])
def test_an_amendment_that_changes_nothing_is_refused_whatever_it_says(world, stage):
    case_id = world.advance(world.draft(), stage)
    drafts.prepare(case_id)
    assert stopped(world, case_id, "amend", "owner", words="理由") == ["S50"]
    change_contact(world, case_id)
    world.act(case_id, "amend", "owner", words="理由")


def test_an_amendment_is_compared_with_the_entry_and_not_with_one_taken_back(world):
    case_id = amended(world)
    world.act(case_id, "withdraw_amendment", "owner", words="不改了")
    drafts.prepare(case_id)
    assert stopped(world, case_id, "amend", "owner", words="理由") == ["S50"]
    world.save(case_id, "parcels", {"parcels": [{**PARCEL, "area": "500", "area_mu": "500"}]})
    world.act(case_id, "amend", "owner", words="理由")


def test_a_correction_of_what_a_gate_judged_goes_back_to_that_gate(world):
    case_id = world.advance(world.draft(), "risk_review")
    world.act(case_id, "request_correction", "officer", faults=fault("parcels.p1.area"))
    world.save(case_id, "parcels", {"parcels": [{**PARCEL, "area": "500", "area_mu": "500"}]})
    world.act(case_id, "resubmit", "owner")
    assert world.case(case_id).state is S.METHODOLOGY_SCREENING
    assert gates(case_id, 2) == {GateName.ACCEPTANCE: GateResult.CARRIED}


def test_a_new_paper_is_accepted_anew_and_the_clock_starts_from_it(world, clock):
    case_id = world.advance(world.draft(), "methodology_screening")
    world.act(case_id, "request_correction", "officer", faults=fault("documents.pdd"))
    clock.move(days=3)
    world.upload(case_id, "pdd", content=OTHER_PDF)
    world.act(case_id, "resubmit", "owner")
    case = world.case(case_id)
    assert (case.state, case.accepted_on) == (S.SUBMITTED, None)
    clock.move(days=1)
    world.act(case_id, "accept", "officer")
    assert world.case(case_id).accepted_on.isoformat() == "2026-03-05"


def test_a_later_notice_names_nothing_new_without_the_chairs_reason(world):
    case_id = world.advance(world.draft(), "submitted")
    world.act(case_id, "request_correction", "officer", faults=fault("basics.contact_phone"))
    change_contact(world, case_id)
    world.act(case_id, "resubmit", "owner")
    assert stopped(world, case_id, "request_correction", "officer", faults=fault("method.start_on")) == ["S02"]
    world.act(case_id, "request_correction", "officer", faults=fault("basics.contact_phone"))
    change = {**facts.answers_of(case_id, 2)["method"], "start_on": "2024-04-01"}
    world.save(case_id, "method", change)
    world.act(case_id, "resubmit", "owner")
    world.act(case_id, "request_correction", "officer", faults=fault("method.start_on"))
    assert db.session.query(CorrectionNotice).filter_by(case_id=case_id).count() == 3


def test_a_new_fault_is_told_with_the_chairs_written_reason(world):
    case_id = world.advance(world.draft(), "submitted")
    world.act(case_id, "request_correction", "officer", faults=fault("basics.contact_phone"))
    change_contact(world, case_id)
    world.act(case_id, "resubmit", "owner")
    world.act(case_id, "request_correction", "officer", faults=fault("method.start_on"), late_reason="组长同意")
    assert world.case(case_id).state is S.CORRECTION_REQUESTED


def test_a_case_out_of_scope_is_declined_with_reasons(world):
    case_id = world.advance(world.draft(), "submitted")
    world.act(case_id, "decline", "officer", words="不属于本市范围", right_way="other")
    assert state(world, case_id) == (S.DECLINED, S.SUBMITTED)


def test_the_group_refuses_with_reasons_and_the_gate_says_so(world):
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 2, 6)
    world.act(case_id, "reject", "chair", words="收益测算没有依据")
    assert state(world, case_id) == (S.REJECTED, S.RISK_REVIEW)
    assert gates(case_id, 1)[GateName.RISK_REVIEW] is GateResult.REJECT


def test_without_a_quorum_nothing_is_refused_either(world):
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 0, 5)
    assert stopped(world, case_id, "reject", "chair", words="理由") == ["S11"]


def test_whoever_suspended_resumes(world):
    case_id = world.advance(world.draft(), "validation")
    world.act(case_id, "suspend", "chair", words="疫情")
    assert state(world, case_id) == (S.SUSPENDED, S.VALIDATION)
    assert stopped(world, case_id, "resume", "officer", words="恢复") == ["S42"]
    world.act(case_id, "resume", "chair", words="恢复")
    assert state(world, case_id) == (S.VALIDATION, None)


def test_postponing_ends_the_sitting(world):
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 4)
    world.act(case_id, "suspend", "chair", words="暂缓")
    assert facts.open_sitting(case_id) is None
    world.act(case_id, "resume", "chair", words="恢复")
    world.advance(case_id, "validation")


@pytest.mark.parametrize("stage", ["submitted", "methodology_screening", "risk_review", "validation", "registration"])
def test_the_proponent_withdraws_from_any_stage(world, stage):
    case_id = world.advance(world.draft(), stage)
    world.act(case_id, "withdraw", "owner", words="不做了")
    assert state(world, case_id) == (S.WITHDRAWN, None)


def test_a_tabled_case_is_not_withdrawn(world):
    case_id = world.advance(world.draft(), "risk_review")
    world.table(case_id)
    assert stopped(world, case_id, "withdraw", "owner") == ["S43"]


def test_an_entry_is_not_withdrawn_though_suspended(world):
    case_id = world.advance(world.draft(), "registered")
    suspend_entry(world, case_id)
    assert stopped(world, case_id, "withdraw", "owner") == ["S45"]


def suspend_entry(world, case_id):
    world.vote(case_id, 8, question="suspension")
    world.act(case_id, "suspend", "chair", words="核查")


def test_a_longer_term_is_reviewed_again(world):
    case_id = world.advance(world.draft(), "registration")
    world.save(case_id, "contract", {"has_partner": False, "note": "期限由10年改为20年"})
    world.act(case_id, "amend", "owner")
    assert world.case(case_id).state is S.RISK_REVIEW
    world.advance(case_id, "registered")


def test_an_amendment_of_nothing_judged_still_goes_back_to_risk_review(world):
    case_id = world.advance(world.draft(), "validation")
    change_contact(world, case_id)
    world.act(case_id, "amend", "owner")
    assert world.case(case_id).state is S.RISK_REVIEW


def amended(world):
    case_id = world.advance(world.draft(), "registered")
    world.save(case_id, "parcels", {"parcels": [{**PARCEL, "area": "500", "area_mu": "500"}]})
    world.act(case_id, "amend", "owner")
    return case_id


def test_an_entry_stays_valid_while_its_amendment_is_reviewed(world):
    case_id = amended(world)
    case = world.case(case_id)
    assert (case.state, case.area_mu) == (S.AMENDMENT_REVIEW, 600)


def test_an_approved_amendment_writes_the_entry_of_its_round(world):
    case_id = amended(world)
    world.screen(case_id)
    world.validate(case_id)
    world.put_on_notice(case_id)
    world.vote(case_id, 8, question="amendment")
    world.act(case_id, "decide_amendment", "chair", approved=True, words="同意")
    case = world.case(case_id)
    assert (case.state, case.area_mu, case.round) == (S.REGISTERED, 500, 2)
    assert db.session.get(Registration, (case_id, 2)).project_number == case.project_number


def test_an_amendment_is_not_approved_past_its_gates(world):
    case_id = amended(world)
    world.vote(case_id, 8, question="amendment")
    assert {"S08a", "S31"} <= set(stopped(world, case_id, "decide_amendment", "chair", approved=True, words="同意"))


def test_a_refused_amendment_leaves_the_old_entry_in_force(world):
    case_id = amended(world)
    world.vote(case_id, 1, 7, question="amendment")
    world.act(case_id, "decide_amendment", "chair", approved=False, words="不同意")
    case = world.case(case_id)
    assert (case.state, case.area_mu, facts.round_shown(case)) == (S.REGISTERED, 600, 1)


def test_papers_of_a_refused_amendment_stay_with_it(world):
    case_id = world.advance(world.draft(), "registered")
    world.upload(case_id, "pdd", content=OTHER_PDF)
    world.save(case_id, "contract", {"has_partner": False, "note": "改"})
    world.act(case_id, "amend", "owner")
    old, new = (pdd(case_id, n) for n in (1, 2))
    assert old != new
    world.act(case_id, "withdraw_amendment", "owner", words="不改了")
    assert pdd(case_id, 3) == old


def pdd(case_id, round_no):
    return next(p.sha256 for p in applications.papers(case_id, round_no) if p.kind == "pdd")


def test_an_amendment_is_taken_back(world):
    case_id = amended(world)
    world.act(case_id, "withdraw_amendment", "owner", words="不改了")
    assert world.case(case_id).state is S.REGISTERED


def test_an_entry_gained_by_deceit_is_revoked_by_the_group(world):
    case_id = world.advance(world.draft(), "registered")
    world.vote(case_id, 8, question="suspension")
    assert "S11" in stopped(world, case_id, "revoke", "chair", words="虚假权属")
    world.act(case_id, "suspend", "chair", words="核查")
    world.vote(case_id, 8, question="revocation")
    world.act(case_id, "revoke", "chair", words="虚假权属证明")
    assert world.case(case_id).state is S.REVOKED


def test_an_entry_is_closed_by_the_officer(world):
    case_id = world.advance(world.draft(), "registered")
    world.act(case_id, "close", "officer", words="计入期届满")
    assert world.case(case_id).state is S.CLOSED


@pytest.mark.parametrize(("stage", "action"), [("submitted", "deem_accepted"), ("registered", "close")])
def test_the_system_does_nothing_by_a_clock_that_does_not_run(world, stage, action):
    case_id = world.advance(world.draft(), stage)
    assert stopped(world, case_id, action, None) == ["S40"]


def test_a_flaw_repeats_the_count_in_a_new_round(world):
    case_id = world.advance(world.draft(), "validation")
    world.act(case_id, "find_flaw", "supervisor", gate="risk_review", words="应回避未回避")
    assert state(world, case_id) == (S.SUSPENDED, S.RISK_REVIEW)
    world.act(case_id, "resume", "officer", words="重新审议")
    case = world.case(case_id)
    assert (case.state, case.round) == (S.RISK_REVIEW, 2)
    world.advance(case_id, "registered")


def rejected(world):
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 2, 6)
    world.act(case_id, "reject", "chair", words="理由")
    return case_id


def others(world, *names):
    return [world.people[n] for n in names]


def test_others_reconsider_and_the_case_goes_back_once(world):
    case_id = rejected(world)
    fresh = others(world, "eco", "legal", "officer3")
    assert stopped(world, case_id, "reopen", "secretary", people=fresh, outcome="annulled", words="撤销") == ["S46"]
    world.act(case_id, "request_reconsideration", "owner", words="请复核")
    biased = others(world, "officer", "legal", "officer3")
    assert stopped(world, case_id, "reopen", "secretary", people=biased, outcome="annulled", words="撤销") == ["S24"]
    world.act(case_id, "reopen", "secretary", people=fresh, outcome="annulled", words="撤销")
    case = world.case(case_id)
    assert (case.state, case.round) == (S.RISK_REVIEW, 2)
    world.vote(case_id, 2, 6)
    world.act(case_id, "reject", "chair", words="理由")
    assert stopped(world, case_id, "request_reconsideration", "owner", words="再请") == ["S46"]


def test_a_decision_upheld_stands(world):
    case_id = rejected(world)
    world.act(case_id, "request_reconsideration", "owner", words="请复核")
    world.act(case_id, "uphold", "secretary", people=others(world, "legal", "eco", "officer3"), words="维持")
    assert world.case(case_id).state is S.REJECTED


def test_a_condition_is_reported_then_confirmed(world):
    from datetime import date

    from registry.models import ApprovalCondition

    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 8)
    condition = {"words": "补办流转登记", "evidence": "登记证明", "due_on": date(2026, 6, 1)}
    world.act(case_id, "approve_risk", "chair", conditions=[condition])
    (key,) = [c.id for c in db.session.query(ApprovalCondition).filter_by(case_id=case_id)]
    assert stopped(world, case_id, "confirm_condition", "officer", condition_id=key) == ["S49"]
    world.act(case_id, "report_condition", "owner", condition_id=key, words="已办")
    world.act(case_id, "confirm_condition", "officer", condition_id=key)
    world.advance(case_id, "registered")


def test_the_chain_holds_after_all_this(world):
    case_id = rejected(world)
    world.act(case_id, "request_reconsideration", "owner", words="请复核")
    assert audit.verify()[1] is None
