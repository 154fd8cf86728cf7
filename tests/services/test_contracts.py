"""The contract of a case as the rules see it: from answers and papers, and from what the partner has elsewhere."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from registry.clock import now, today
from registry.extensions import db
from registry.models import AuditEvent, Case, Organisation, TieKind
from registry.queries import partners
from registry.queries.inbox import turns, waiting
from registry.services import acts, contract_book, drafts, facts, organisation_ties
from registry.services.people import NotDone
from registry.services.policy import current
from tests import factories
from tests.contract_answers import OTHER_CODE, PARTNER_CODE, with_partner
from tests.world import PARCEL, World, beside_partner
from workflows.contract_class import extent
from workflows.contract_words import Cost, Party, RequiredTerm
from workflows.facts import ContractFacts
from workflows.gates import findings
from workflows.rules import RULES, standing
from workflows.states import Severity, Verdict


@pytest.fixture
def world(app, clock) -> World:
    return World()


def contract_of(world: World, case_id: int) -> ContractFacts:
    found = facts.project_facts(world.case(case_id), current(), today()).contract
    assert found is not None
    return found


def weight(world: World, case_id: int, clause: str) -> Severity | None:
    """How heavy a failed clause weighs; None where it did not fail."""
    known = facts.project_facts(world.case(case_id), current(), today())
    found = [o for o in findings(known, current()) if o.clause == clause and o.verdict is Verdict.FAIL]
    return found[0].severity if found else None


def tie(world: World, one: int, other: int, **changed) -> int:
    said = {"kind": TieKind.SAME_CONTROLLER, "source": "企业信用信息公示系统", "since": date(2020, 1, 1), "until": None}
    told = said | {"by": world.user("officer"), "at": now()} | changed
    return organisation_ties.add(one, other, told.pop("kind"), told.pop("source"), **told)


def organisation(code: str) -> int:
    return db.session.query(Organisation.id).filter_by(credit_code=code).scalar()


def test_a_case_without_a_partner_has_no_finding_on_its_contract(world):
    case_id = world.advance(world.draft(), "risk_review")
    known = facts.project_facts(world.case(case_id), current(), today())
    assert [o.clause for o in findings(known, current())] == []


def test_answers_and_papers_become_the_facts_of_the_contract(world):
    case_id = world.draft(**with_partner())
    said = contract_of(world, case_id)
    assert (said.area_mu, said.price_yuan, said.owner_share_pct) == (600, 180_000, 70)
    assert (said.start_on, said.end_on) == (date(2026, 1, 1), date(2035, 12, 31))
    assert [item.cost for item in said.cost_bearers or ()] == list(Cost)
    assert said.terms_present == tuple(RequiredTerm)
    assert said.cost_items == ()
    assert said.other_contracts == ()
    assert said.appraisal_on_file is False
    assert said.text is not None


def test_who_is_not_stated_to_bear_a_cost_bears_none(world):
    case_id = world.draft(**with_partner(contract_costs={"bearer_pdd": "not_stated"}))
    bearers = {item.cost: item.bearer for item in contract_of(world, case_id).cost_bearers or ()}
    assert bearers[Cost.PDD] is None
    assert weight(world, case_id, "R13") is Severity.BLOCK


def test_votes_without_their_record_on_file_are_not_known(world):
    voted = {"votes_entitled": "100", "votes_for": "80", "partner_outside": True, "capacity_check": True}
    land = {"parcels": [{**PARCEL, "tenure": "collective_managed"}]}
    case_id = world.draft(papers=False, parcels=land, **with_partner(contract_terms=voted))
    assert contract_of(world, case_id).votes_for is None
    world.upload(case_id, "members_vote")
    assert contract_of(world, case_id).votes_for == 80


def test_contracts_of_one_partner_are_added_up_across_cases(world):
    first = world.advance(world.draft(**with_partner(contract={"area_mu": "3000"})), "submitted")
    assert weight(world, first, "R24") is Severity.WARN
    second = world.advance(world.draft(**with_partner(contract={"area_mu": "3000"})), "submitted")
    for case_id in (first, second):
        assert weight(world, case_id, "R24") is Severity.LEADING_GROUP
        assert extent(contract_of(world, case_id)).total_mu == 6000


def test_a_draft_and_an_ended_case_hold_no_land(world):
    world.draft(**with_partner(contract={"area_mu": "3000"}))
    gone = world.advance(world.draft(**with_partner(contract={"area_mu": "3000"})), "submitted")
    world.act(gone, "withdraw", "owner", words="不再合作")
    case_id = world.advance(world.draft(**with_partner()), "submitted")
    assert contract_of(world, case_id).other_contracts == ()


def test_contracts_of_tied_organisations_count_over_however_many_others_until_the_tie_ends(world):
    beside_partner(world, "ccer", 4800)
    case_id = world.advance(world.draft(**with_partner()), "submitted")
    assert weight(world, case_id, "R24") is Severity.LEADING_GROUP
    assert extent(contract_of(world, case_id)).total_mu == 5400
    far = factories.an_organisation(credit_code="91370900MA0000003F")
    tie(world, far, organisation(OTHER_CODE), kind=TieKind.SHAREHOLDER)
    world.advance(world.draft(**with_partner(contract={"partner_credit_code": "91370900MA0000003F"})), "submitted")
    assert extent(contract_of(world, case_id)).total_mu == 6000
    first = db.session.query(Organisation).filter_by(credit_code=PARTNER_CODE).one()
    (tie_id,) = [t.id for t in partners.ties(first.id)]
    organisation_ties.end(tie_id, until=today() - timedelta(days=1), by=world.user("officer"), at=now())
    assert contract_of(world, case_id).other_contracts == ()


def test_a_contract_in_two_districts_counts_in_each_with_its_part(world):
    elsewhere = {"district_code": "370983", "area_mu": "400"}
    north = {**PARCEL, "key": "p2", "name": "北坡", "title_number": "示例-北", **elsewhere}
    both = {"parcels": [PARCEL, north]}
    world.advance(world.draft(parcels=both, **with_partner(contract={"area_mu": "1500"})), "submitted")
    case_id = world.advance(world.draft(**with_partner()), "submitted")
    held = extent(contract_of(world, case_id))
    assert held.total_mu == 2100
    assert held.by_district == {"370911": Decimal(1200), "370983": Decimal(400)}


def test_a_validation_body_tied_to_the_partner_is_not_independent(world):
    case_id = world.advance(world.draft(**with_partner()), "submitted")
    assert contract_of(world, case_id).validator_related_to == ()
    tie(world, organisation(PARTNER_CODE), world.vvb_org)
    assert contract_of(world, case_id).validator_related_to == (Party.PARTNER,)
    assert weight(world, case_id, "R32") is Severity.BLOCK


def test_a_partner_nobody_knew_is_entered_when_the_application_is_handed_in(world):
    case_id = world.advance(world.draft(**with_partner()), "submitted")
    partner = db.session.get_one(Organisation, world.case(case_id).partner_org_id)
    assert (partner.name, partner.credit_code) == ("示例合作方", PARTNER_CODE)


def test_a_block_on_the_contract_keeps_the_case_off_the_agenda(world):
    case_id = world.advance(world.draft(**with_partner(contract_terms={"retransfer": "free"})), "risk_review")
    world.table(case_id)  # for the leading group, not a block
    other = world.draft(**with_partner(contract_costs={"bearer_pdd": "not_stated"}))
    world.advance(other, "risk_review")
    with pytest.raises(acts.Refused) as refused:
        world.table(other)
    assert [o.clause for o in refused.value.stopping] == ["S14"]


def told(world: World, case_id: int) -> str:
    """What the secretary's inbox says of tabling a case."""
    items = waiting(world.user("secretary"), None, kept_off)
    return next(i.why for i in items if i.case_id == case_id and i.act == "table")


def kept_off(cases, on):
    return contract_book.kept_off_the_agenda(cases, current(), on)


def test_the_inbox_says_that_a_block_on_the_contract_holds_a_case_up(world):
    sound = world.advance(world.draft(**with_partner()), "risk_review")
    blocked = world.advance(world.draft(**with_partner(contract_costs={"bearer_pdd": "not_stated"})), "risk_review")
    assert (told(world, sound), told(world, blocked)) == ("", "finding")
    turn = next(t for t in turns(world.case(blocked), agenda=kept_off) if t.act == "table")
    assert turn.why == "finding"
    # Who only counts asks nobody and finds as many.
    assert len(waiting(world.user("secretary"))) == 2


def test_what_many_cases_are_judged_by_is_what_each_is_judged_by_alone(world):
    beside_partner(world, "ccer", 4800)
    far = factories.an_organisation(credit_code="91370900MA0000003F")
    tie(world, far, organisation(OTHER_CODE), kind=TieKind.SHAREHOLDER)
    world.advance(world.draft(**with_partner(contract={"partner_credit_code": "91370900MA0000003F"})), "submitted")
    world.advance(world.draft(**with_partner(contract_terms={"retransfer": "free"})), "risk_review")
    world.advance(world.draft(), "risk_review")
    revoked = world.advance(world.draft("local_ticket"), "registered")
    world.vote(revoked, 8, question="revocation")
    world.act(revoked, "revoke", "chair", words="权属证明系伪造")
    land = {"parcels": {"parcels": [{**PARCEL, "village": "青石峪"}]}}
    for _ in range(2):
        world.advance(world.draft(**land), "submitted")
    cases = list(db.session.scalars(select(Case).order_by(Case.id)))
    book = contract_book._Book(cases)
    alone = {case.id: facts.project_facts(case, current(), today()) for case in cases}
    for case in cases:
        together = book.project(case, today())
        assert together.contract == alone[case.id].contract
        assert standing.judged(together, current()) == standing.judged(alone[case.id], current())
        assert ("S26a" in {o.clause for o in findings(together, current())}) is (case.id != revoked)
    stopped = [case_id for case_id, known in alone.items() if RULES["S14"](known, current()).finding]
    assert "S20" in {o.clause for o in findings(alone[stopped[0]], current())}
    assert kept_off(cases, today()) == set(stopped)


def test_how_many_cases_the_inbox_judges_does_not_change_how_often_it_asks(world):
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", note := lambda *args: asked.append(str(args[2])))
    counts = []
    try:
        for _ in range(2):
            for terms in ({}, {"retransfer": "free"}):
                world.advance(world.draft(**with_partner(contract_terms=terms)), "risk_review")
            asked.clear()
            waiting(world.user("secretary"), None, kept_off)
            counts.append(len(asked))
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert counts[0] == counts[1]
    assert counts[1] <= 29, asked


def test_pages_on_the_contract_must_be_complete_before_it_is_handed_in(world):
    case_id = world.draft(**with_partner())
    answers = facts.answers_of(case_id, 1)["contract_costs"]
    drafts.save_section(case_id, "contract_costs", answers, False, 1, by=world.user("owner"), at=now())
    with pytest.raises(acts.Refused) as refused:
        world.act(case_id, "submit", "owner")
    assert refused.value.outcomes[0].facts["sections"] == ("contract_costs",)


def test_only_officers_and_the_secretary_keep_ties_and_each_leaves_a_link(world):
    one, other = factories.an_organisation(), factories.an_organisation()
    for who in ("auditor", "member1", "owner"):
        with pytest.raises(NotDone):
            tie(world, one, other, by=world.user(who))
    tie_id = tie(world, one, other, by=world.user("secretary"))
    organisation_ties.end(tie_id, until=today(), by=world.user("officer"), at=now())
    links = db.session.query(AuditEvent).filter_by(subject_kind="organisation", subject_id=one).all()
    assert [link.action for link in links] == ["tie_organisations", "untie_organisations"]


def test_a_tie_stands_once_and_is_ended_once(world):
    one, other = factories.an_organisation(), factories.an_organisation()
    tie_id = tie(world, one, other)
    for sides in ((one, other), (other, one), (one, one)):
        with pytest.raises(NotDone):
            tie(world, *sides)
    with pytest.raises(NotDone):
        organisation_ties.end(tie_id, until=date(2019, 1, 1), by=world.user("officer"), at=now())
    organisation_ties.end(tie_id, until=today(), by=world.user("officer"), at=now())
    with pytest.raises(NotDone):
        organisation_ties.end(tie_id, until=today(), by=world.user("officer"), at=now())
