"""Expert panels through the door: who is drawn, who sees the case, what an opinion and an end leave behind."""

import pytest

from registry.extensions import db
from registry.models import Panel, PanelDeparture, PanelEnd, PanelOpinion
from registry.permissions import roles_on
from registry.services import acts, panel_facts
from registry.services.policy import current
from tests import factories
from tests.world import World
from workflows import panels
from workflows.roles import Role
from workflows.states import Bar, PanelResult, Relation


@pytest.fixture
def world(app, clock):
    return World()


@pytest.fixture
def case_id(world):
    return world.advance(world.draft("local_ticket"), "methodology_screening")


def stopped(world, case_id, action, who, **data):
    with pytest.raises(acts.Refused) as refused:
        world.act(case_id, action, who, **data)
    return [o.clause for o in refused.value.stopping]


def asked(size=5):
    return {"size": size, "expected_days": 10, "words": "请评审", "wanted": []}


def panel_of(case_id):
    db.session.rollback()
    return db.session.query(Panel).filter_by(case_id=case_id).order_by(Panel.id.desc()).first()


def test_the_way_of_a_ticket_goes_over_a_panel(world, case_id):
    world.screen(case_id)
    assert stopped(world, case_id, "pass_screening", "officer") == ["T07"]
    world.draw(case_id)
    assert stopped(world, case_id, "pass_screening", "officer") == ["T07"]
    world.advise(case_id, "accept", "not_accept")
    assert stopped(world, case_id, "pass_screening", "officer") == ["T07"]
    world.act(case_id, "close_panel", "secretary")
    world.act(case_id, "pass_screening", "officer")
    assert panel_of(case_id).end.result is PanelResult.ACCEPTED


@pytest.mark.parametrize(("against", "clauses"), [(1, []), (2, ["T07"]), (5, ["T07"])])
def test_a_ticket_needs_two_thirds_of_all_seats(world, case_id, against, clauses):
    world.screen(case_id)
    world.draw(case_id)
    world.advise(case_id, "accept_with_conditions", *["not_accept"] * against)
    world.act(case_id, "close_panel", "secretary")
    if clauses:
        assert stopped(world, case_id, "pass_screening", "officer") == clauses
    else:
        world.act(case_id, "pass_screening", "officer")


def test_a_panel_can_be_repeated_from_what_is_on_record(world, case_id):
    world.draw(case_id, 7, "law")
    panel = panel_of(case_id)
    again = panels.draw(
        panel.seed, panel_facts.recorded(panel), [f.field for f in panel.wanted], panel_facts.terms_of(panel)
    )
    assert [c.user_id for c in again.order] == [c.user_id for c in panel.candidates]
    assert list(again.chosen) == [s.user_id for s in panel.seats]
    assert [c.sort_key for c in panel.candidates] == [panels.key(panel.seed, c.user_id) for c in panel.candidates]


@pytest.mark.parametrize(("size", "fits"), [(4, False), (5, True), (6, False), (7, True), (3, False), (11, False)])
def test_a_panel_is_odd_five_or_more_and_what_the_register_allows(world, case_id, size, fits):
    if fits:
        assert len(world.draw(case_id, size)) == size
    else:
        assert stopped(world, case_id, "draw_panel", "secretary", **asked(size)) == ["S55"]


def tie_of(world, who, why):
    match why:
        case Bar.MEMBER_OF_PARTY:
            factories.belongs(world.people[who], world.org)
        case Bar.WORKS_FOR_PARTY:
            factories.tied(world.people[who], world.vvb_org, Relation.OWN_EMPLOYER)
        case Bar.WORKED_FOR_PARTY:
            factories.tied(world.people[who], world.org, Relation.FORMER_EMPLOYER)
        case Bar.RELATIVE_AT_PARTY:
            factories.tied(world.people[who], world.org, Relation.SPOUSE)


@pytest.mark.parametrize("why", [Bar.MEMBER_OF_PARTY, Bar.WORKS_FOR_PARTY, Bar.WORKED_FOR_PARTY, Bar.RELATIVE_AT_PARTY])
def test_whoever_is_tied_to_a_party_is_left_out_with_the_reason(world, why):
    tie_of(world, "expert4", why)
    case_id = world.advance(world.draft(), "methodology_screening")
    sitting = world.draw(case_id, 7)
    left_out = {c.user_id: c.bar for c in panel_of(case_id).candidates if c.bar}
    assert left_out == {world.people["expert4"]: why}
    assert "expert4" not in sitting


def test_whoever_acted_on_the_case_or_holds_another_office_is_left_out(world):
    case_id = world.advance(world.draft(), "submitted")
    for who in ("expert1", "expert2"):
        factories.office(world.people[who], world.body, Role.CASE_OFFICER)
    world.act(case_id, "accept", "expert1")
    factories.end_office(world.people["expert1"], Role.CASE_OFFICER)
    world.draw(case_id, 5)
    left_out = {c.user_id: c.bar for c in panel_of(case_id).candidates if c.bar}
    assert left_out == {world.people["expert1"]: Bar.EARLIER_PART, world.people["expert2"]: Bar.OTHER_OFFICE}


def test_a_tie_bars_for_three_years_after_its_end(world, clock):
    early, late = factories.SINCE.replace(year=2022), factories.SINCE.replace(year=2024)
    factories.tied(world.people["expert1"], world.org, Relation.OWN_EMPLOYER, until=early)
    factories.tied(world.people["expert2"], world.org, Relation.OWN_EMPLOYER, until=late)
    case_id = world.advance(world.draft(), "methodology_screening")
    world.draw(case_id)
    left_out = {c.user_id: c.bar for c in panel_of(case_id).candidates if c.bar}
    assert left_out == {world.people["expert2"]: Bar.WORKED_FOR_PARTY}


def test_an_expert_sees_the_case_only_while_on_its_panel(world, case_id):
    def sees(who):
        return Role.EXPERT in roles_on(case_id, world.user(who))

    assert not any(sees(f"expert{n}") for n in range(1, 10))
    sitting = world.draw(case_id)
    assert {w for w in world.people if w.startswith("expert") and sees(w)} == set(sitting)
    world.act(case_id, "refuse_seat", sitting[0], words="没有时间")
    assert not sees(sitting[0])
    now = world.sitting(case_id)
    assert len(now) == 5
    assert all(sees(w) for w in now)
    world.advise(case_id)
    world.act(case_id, "close_panel", "secretary")
    assert not any(sees(w) for w in now)
    with pytest.raises(acts.NotVisible):
        world.act(case_id, "give_expert_opinion", now[0], conclusion="accept", words="x", independent=True)


def test_whoever_refuses_is_replaced_by_the_next_of_the_order_who_fits(world, case_id):
    sitting = world.draw(case_id)
    panel = panel_of(case_id)
    order, of = panel_facts.recorded(panel), panel_facts.terms_of(panel)
    rest = [world.people[w] for w in sitting[1:]]
    follows = panels.replacement(order, rest, {world.people[sitting[0]]}, [], of)
    world.act(case_id, "refuse_seat", sitting[0], words="没有时间")
    assert panel_of(case_id).seats[-1].user_id == follows.user_id
    assert panel_of(case_id).seats[-1].replaces_id == world.people[sitting[0]]
    facts = panel_facts.panel_facts(world.case(case_id), current(), clock_day(world), None)
    assert (facts.seats, facts.outside >= of.outside_needed) == (5, True)


def clock_day(world):
    from registry.clock import today

    return today()


def test_one_next_in_order_who_is_tied_by_now_is_passed_over_and_that_is_written_down(world, case_id):
    sitting = world.draw(case_id)
    panel = panel_of(case_id)
    order, of = panel_facts.recorded(panel), panel_facts.terms_of(panel)
    rest, gone = [world.people[w] for w in sitting[1:]], world.people[sitting[0]]
    follows = panels.replacement(order, rest, {gone}, [], of)
    factories.tied(follows.user_id, world.org, Relation.CHILD)
    world.act(case_id, "refuse_seat", sitting[0], words="没有时间")
    passed = db.session.query(PanelDeparture).filter_by(user_id=follows.user_id).one()
    assert passed.reason is Bar.RELATIVE_AT_PARTY
    assert follows.user_id not in [s.user_id for s in panel_of(case_id).seats]


def test_the_last_who_can_be_replaced_leaves_a_panel_that_is_broken_off_and_drawn_anew(world, case_id):
    world.draw(case_id, 9)
    first = world.sitting(case_id)[0]
    world.act(case_id, "refuse_seat", first, words="没有时间")
    assert len(world.sitting(case_id)) == 8
    world.advise(case_id)
    assert stopped(world, case_id, "close_panel", "secretary") == ["S58"]
    assert stopped(world, case_id, "draw_panel", "secretary", **asked()) == ["S56"]
    world.act(case_id, "close_panel", "secretary", words="人数不足，重新抽取")
    assert panel_of(case_id).end.result is PanelResult.BROKEN_OFF
    assert len(world.draw(case_id)) == 5
    assert panel_of(case_id).no == 2


def test_a_tie_that_comes_after_the_draw_keeps_the_panel_from_being_counted(world, case_id):
    sitting = world.draw(case_id)
    world.advise(case_id)
    factories.tied(world.people[sitting[2]], world.org, Relation.PARENT)
    assert stopped(world, case_id, "close_panel", "secretary") == ["S58"]


def test_an_expert_speaks_once_and_declares_independence(world, case_id):
    sitting = world.draw(case_id)
    said = {"conclusion": "accept", "words": "论证充分"}
    assert stopped(world, case_id, "give_expert_opinion", sitting[0], **said) == ["S57"]
    world.act(case_id, "give_expert_opinion", sitting[0], **said, independent=True)
    assert stopped(world, case_id, "give_expert_opinion", sitting[0], **said, independent=True) == ["S57"]
    assert stopped(world, case_id, "refuse_seat", sitting[0], words="后悔") == ["S57"]
    assert db.session.query(PanelOpinion).count() == 1


@pytest.mark.parametrize("way", ["suspend", "withdraw", "request_correction"])
def test_a_case_that_moves_on_leaves_no_panel_at_work(world, case_id, way):
    sitting = world.draw(case_id)
    who, data = {
        "suspend": ("officer", {"words": "理由"}),
        "withdraw": ("owner", {"words": "不做了"}),
        "request_correction": ("officer", {"faults": [{"field": "contract.note", "what": "请改正"}]}),
    }[way]
    world.act(case_id, way, who, **data)
    ended = db.session.query(PanelEnd).one()
    assert (ended.result, ended.action) == (PanelResult.BROKEN_OFF, way)
    assert Role.EXPERT not in roles_on(case_id, world.user(sitting[0]))


def test_the_days_of_a_panel_are_on_record(world, case_id, clock):
    world.draw(case_id)
    clock.move(days=16)
    world.advise(case_id)
    world.act(case_id, "close_panel", "secretary")
    panel = panel_of(case_id)
    assert (panel.drawn_on.isoformat(), panel.end.ended_on.isoformat()) == ("2026-03-02", "2026-03-18")
    assert panel_facts.days(case_id) == [(panel.drawn_on, panel.end.ended_on)]


def test_argued_additionality_needs_the_panel_and_an_exemption_does_not(world):
    argued = world.advance(world.draft(), "methodology_screening")
    world.screen(argued, X01="not_met", X02="not_met", X03="not_met")
    assert stopped(world, argued, "pass_screening", "officer") == ["X01", "X02", "X03", "S16"]
    world.draw(argued)
    world.advise(argued, "accept", "not_accept", "not_accept")
    world.act(argued, "close_panel", "secretary")
    world.act(argued, "pass_screening", "officer")
    exempt = world.advance(world.draft(), "methodology_screening")
    world.screen(exempt)
    world.act(exempt, "pass_screening", "officer")
