"""The expert register, the draw and the panel on the screens: who keeps, sees and says what."""

import re

import pytest

from registry.extensions import db
from registry.models import AuditEvent, ExpertProfile, ExpertTie, Organisation, Panel
from tests import factories
from tests.town import Town, problems
from tests.world import World
from workflows.states import Relation

DRAW = {"size": "5", "expected_days": "10", "words": "Look at the baseline"}


@pytest.fixture
def town(client, clock):
    with client.application.app_context():
        world = World()
    return Town(client, world)


@pytest.fixture
def case(town):
    return town.case("methodology_screening", scheme="local_ticket")


def new_expert(**changed):
    typed = {"name": "示例新专家", "login": "zhuanjia", "fields": ["law", "finance"], "district": "370983"}
    return typed | {"since": "2026-03-01"} | changed


def drawn(town, case_id):
    with town.inside():
        return town.world.draw(case_id)


# The register -----------------------------------------------------------------------------------------------


def test_the_secretary_enters_an_expert_who_then_signs_in_by_the_link(town):
    shown = town.be("secretary").post("/experts/new", data=new_expert())
    assert shown.status_code == 200, shown.text
    link = re.search(r"<code>(http[^<]+)</code>", shown.text)[1]
    assert town.client.get(link).status_code == 200
    listed = town.page("secretary", "/experts")
    assert "示例新专家" in listed
    assert "Law, Finance and economics" in listed or "Finance and economics, Law" in listed


def test_a_form_that_lacks_something_says_what_and_keeps_what_was_typed(town):
    answer = town.be("secretary").post("/experts/new", data=new_expert(fields=[], since="next week"))
    assert answer.status_code == 422
    assert "Choose at least one field" in answer.text
    assert "示例新专家" in answer.text
    again = town.be("secretary").post("/experts/new", data=new_expert(login="USER1"))
    with town.inside():
        taken = town.world.user("owner").login
    again = town.be("secretary").post("/experts/new", data=new_expert(login=taken))
    assert "This sign-in name is taken" in again.text


def test_others_read_the_register_but_do_not_keep_it(town):
    number = town.world.people["expert1"]
    assert "Record a tie" in town.page("secretary", f"/experts/{number}")
    for who in ("officer", "supervisor", "auditor"):
        assert "Record a tie" not in town.page(who, f"/experts/{number}")
        assert town.be(who).post(f"/experts/{number}/ties", data={}).status_code == 403
    for who in ("owner", "expert1", "chair", "administrator"):
        assert town.be(who).get("/experts").status_code == 403


def test_a_tie_names_a_relation_and_an_organisation_and_nobody_else(town):
    number = town.world.people["expert1"]
    tie = {
        "tie-relation": "spouse",
        "tie-organisation": "",
        "tie-organisation_name": "示例大学",
        "tie-since": "2020-05-01",
    }
    assert town.be("secretary").post(f"/experts/{number}/ties", data=tie).status_code == 302
    with town.inside():
        (row,) = db.session.query(ExpertTie).all()
        assert (row.relation, row.organisation.name) == (Relation.SPOUSE, "示例大学")
        assert {c.name for c in ExpertTie.__table__.columns if "name" in c.name} == set()
        assert db.session.query(Organisation).filter_by(name="示例大学").count() == 1
    again = town.be("secretary").post(f"/experts/{number}/ties", data=tie)
    assert again.status_code == 422
    assert "This tie is recorded for the same time already" in again.text
    nothing = town.be("secretary").post(f"/experts/{number}/ties", data=tie | {"tie-organisation_name": ""})
    assert "write the name of one that is not in the list" in nothing.text


def test_a_tie_is_ended_once_and_a_change_leaves_what_was_before(town):
    number = town.world.people["expert1"]
    with town.inside():
        tie = factories.tied(number, town.world.vvb_org, Relation.OWN_EMPLOYER)
    end = {f"t{tie}-until": "2026-01-31"}
    assert town.be("secretary").post(f"/experts/ties/{tie}/end", data=end).status_code == 302
    later = town.be("secretary").post(f"/experts/ties/{tie}/end", data={f"t{tie}-until": "2026-02-28"})
    assert "The last day of this tie is recorded already" in later.text
    change = {"profile-fields": ["ecology"], "profile-district": "elsewhere", "profile-since": "2026-03-01"}
    assert town.be("secretary").post(f"/experts/{number}/profile", data=change).status_code == 302
    with town.inside():
        rows = db.session.query(ExpertProfile).filter_by(user_id=number).order_by(ExpertProfile.id).all()
        assert [r.district_code for r in rows] == ["370902", ""]
        noted = [e.action for e in db.session.query(AuditEvent).order_by(AuditEvent.seq)]
        assert [a for a in noted if a != "sign_in"][-2:] == ["end_tie", "change_expert"]


def test_an_expert_who_leaves_the_register_is_not_drawn_and_may_come_back(town, case):
    case_id, _number = case
    number = town.world.people["expert4"]
    gone = town.be("secretary").post(f"/experts/{number}/end", data={"end-until": "2026-02-28"})
    assert gone.status_code == 302
    drawn(town, case_id)
    with town.inside():
        panel = db.session.query(Panel).one()
        assert number not in [c.user_id for c in panel.candidates]
    back = town.be("secretary").post(f"/experts/{number}/appoint", data={"again-since": "2026-03-01"})
    assert back.status_code == 302
    twice = town.be("secretary").post(f"/experts/{number}/appoint", data={"again-since": "2026-03-02"})
    assert "This person is an expert already" in twice.text


def test_a_field_narrows_the_register_and_nonsense_does_not_break_it(town):
    assert town.page("secretary", "/experts?field=law").count('href="/experts/') < 9
    assert "Nobody in the register knows this field" in town.page("secretary", "/experts?field=finance")
    assert "示例专家1" in town.page("secretary", "/experts?field=x%00")
    assert town.be("secretary").get("/experts/999999").status_code == 404
    assert town.be("secretary").get(f"/experts/{town.world.people['owner']}").status_code == 404


# The draw ---------------------------------------------------------------------------------------------------


def test_before_the_draw_the_page_says_who_is_left_out_and_why(town, case):
    case_id, number = case
    with town.inside():
        factories.tied(town.world.people["expert4"], town.world.org, Relation.CHILD)
    shown = town.page("secretary", f"/cases/{number}/act/draw_panel")
    assert (
        "8 experts of the register can be drawn, 6 of them from outside the applicant’s area; 1 are left out." in shown
    )
    assert "A near relative works for a party of the case" in shown
    refused = town.send("secretary", case_id, "draw_panel", 422, **DRAW | {"size": "6"})
    assert "6 experts are asked for; a panel has an odd number, 5 or more" in refused
    assert problems(town.send("secretary", case_id, "draw_panel", 422, size="five", words="x")) != []


def test_after_the_draw_the_page_shows_seed_order_and_result(town, case):
    case_id, number = case
    town.send("secretary", case_id, "draw_panel", **DRAW, wanted=["law", "finance"])
    shown = town.page("officer", f"/cases/{number}")
    with town.inside():
        panel = db.session.query(Panel).one()
        seed, names = panel.seed, [s.user.name for s in panel.seats]
    assert seed in shown
    assert "not covered: Finance and economics" in shown
    assert all(name in shown for name in names)
    assert "0 of 5 opinions are in." in shown
    assert f"flask panel repeat {panel.id}" in shown
    assert seed in town.page("officer", f"/cases/{number}/screening")


def test_the_applicant_reads_what_is_asked_and_how_long_but_no_name_before_the_end(town, case):
    case_id, number = case
    town.send("secretary", case_id, "draw_panel", **DRAW)
    names = [f"示例专家{n}" for n in range(1, 10)]
    shown = town.page("owner", f"/cases/{number}")
    assert "Expected to take 10 working days." in shown
    assert "Look at the baseline" in shown
    assert not any(name in shown for name in names)
    assert "An expert panel was drawn" in town.page("owner", "/notices")
    with town.inside():
        town.world.advise(case_id, "accept", "not_accept")
        town.world.act(case_id, "close_panel", "secretary")
    after = town.page("owner", f"/cases/{number}")
    assert "4 accept (0 of them with conditions), 1 do not." in after
    assert sum(name in after for name in names) == 5
    assert "论证充分" not in after
    assert "Does not accept" not in after


def test_what_an_expert_says_is_shut_to_everybody_else_until_the_end(town, case):
    case_id, number = case
    first, second, *_rest = drawn(town, case_id)
    said = {"conclusion": "not_accept", "words": "The baseline is not shown", "independent": "y"}
    town.send(first, case_id, "give_expert_opinion", **said)
    assert "The baseline is not shown" in town.page(first, f"/cases/{number}")
    for who in (second, "officer", "secretary", "chair", "owner", "auditor"):
        shown = town.page(who, f"/cases/{number}")
        assert "The baseline is not shown" not in shown
        assert "Does not accept" not in shown
    with town.inside():
        for who in town.world.sitting(case_id)[1:]:
            opinion = {"conclusion": "accept", "words": "x", "independent": True}
            town.world.act(case_id, "give_expert_opinion", who, **opinion)
        town.world.act(case_id, "close_panel", "secretary")
    assert "The baseline is not shown" in town.page("officer", f"/cases/{number}")
    assert town.be(first).get(f"/cases/{number}").status_code == 404
    mine = town.page(first, "/my/panels")
    assert "The baseline is not shown" in mine
    assert f'href="/cases/{number}"' not in mine


def test_an_opinion_without_the_declaration_is_sent_back_with_what_was_typed(town, case):
    case_id, _number = case
    first = drawn(town, case_id)[0]
    assert "请评审" in town.page(first, f"/cases/{_number}/act/give_expert_opinion")
    said = {"conclusion": "accept", "words": "Typed with care"}
    back = town.send(first, case_id, "give_expert_opinion", 422, **said)
    assert "Declare your independence" in back
    assert "Typed with care" in back


def test_inbox_and_turn_follow_the_panel(town, case):
    case_id, number = case
    assert town.waits("secretary") == ["draw_panel"]
    assert "Secretary of the task force" in town.page("owner", f"/cases/{number}")
    sitting = drawn(town, case_id)
    assert town.waits("secretary") == []
    assert all(town.waits(who) == ["give_expert_opinion"] for who in sitting)
    town.behind(case_id, "refuse_seat", sitting[0], words="没有时间")
    assert town.waits(sitting[0]) == []
    with town.inside():
        now = town.world.sitting(case_id)
        town.world.advise(case_id)
    assert town.waits(now[-1]) == []
    assert town.waits("secretary") == ["close_panel"]
    town.behind(case_id, "close_panel", "secretary")
    assert town.waits("secretary") == []


def test_a_panel_broken_off_is_drawn_again(town, case):
    case_id, _number = case
    drawn(town, case_id)
    assert "Needed where the panel is broken off" in town.page("secretary", f"/cases/{case[1]}/act/close_panel")
    refused = town.send("secretary", case_id, "close_panel", 422)
    assert "0 opinions for 5 seats are in" in refused
    town.send("secretary", case_id, "close_panel", words="An expert is away")
    assert town.waits("secretary") == ["draw_panel"]


def test_only_argued_additionality_asks_a_ccer_case_for_a_panel(town):
    town.case("methodology_screening")
    assert town.waits("secretary") == []
    _case_id, number = town.case("methodology_screening", method={"additionality": "argued"})
    assert town.waits("secretary") == ["draw_panel"]
    assert "S16 rests on the record of an expert panel" in town.page("officer", f"/cases/{number}/screening")


# The proof --------------------------------------------------------------------------------------------------


def test_the_command_repeats_a_draw_and_tells_a_record_that_was_tampered_with(town, case, monkeypatch):
    case_id, _number = case
    sitting = drawn(town, case_id)
    town.behind(case_id, "refuse_seat", sitting[1], words="没有时间")
    runner = town.client.application.test_cli_runner()
    with town.inside():
        panel_id = db.session.query(Panel).one().id
    good = runner.invoke(args=["panel", "repeat", str(panel_id)])
    assert good.exit_code == 0, good.output
    assert "The repetition equals the record." in good.output
    monkeypatch.setattr("workflows.panels.key", lambda seed, user_id: f"{user_id:064}")
    bad = runner.invoke(args=["panel", "repeat", str(panel_id)])
    assert bad.exit_code == 1
    assert "differs from the record" in bad.output
    assert runner.invoke(args=["panel", "repeat", "999"]).exit_code == 1
