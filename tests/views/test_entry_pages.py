"""The pages of amendments, entries and the conditions of an approval: posted through to the new state."""

import html
import re
from datetime import date

import pytest
from sqlalchemy import select

from registry.extensions import db
from registry.models import ApprovalCondition
from registry.services import facts
from tests.town import Town, faults, problems
from tests.world import PARCEL

# Amendments -----------------------------------------------------------------------------------------------


def amend(town: Town, case_id: int, status: int = 302, **data: str) -> str:
    check = town.page("owner", f"/my/{case_id}/check")
    fields = dict(re.findall(r'name="(seen|answers_seen)" value="([^"]*)"', check))
    answer = town.client.post(f"/my/{case_id}/check", data={**fields, **data})
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def smaller(town: Town, case_id: int) -> None:
    with town.inside():
        town.world.save(case_id, "parcels", {"parcels": [{**PARCEL, "area": "500", "area_mu": "500"}]})


@pytest.mark.parametrize(
    ("state", "to"), [("registration", "methodology_screening"), ("registered", "amendment_review")]
)
def test_a_change_is_prepared_and_handed_in_with_its_reason(town: Town, state: str, to: str) -> None:
    case_id, number = town.case(state)
    shown = town.page("owner", f"/cases/{number}")
    assert "Prepare an amendment" in shown
    assert f'href="/my/{case_id}" data-action="amend"' in shown
    assert town.be("owner").get(f"/cases/{number}/act/amend").location == f"/my/{case_id}"
    smaller(town, case_id)
    assert problems(amend(town, case_id, 422)) == ["Say what changes, and why"]
    amend(town, case_id, words="A road was built")
    assert town.state(case_id) == to
    assert "A road was built" in town.page("officer", f"/cases/{number}")


def test_an_amendment_goes_from_desk_to_desk_until_it_is_decided(town: Town) -> None:
    case_id, number = town.case("registered")
    smaller(town, case_id)
    amend(town, case_id, words="A road was built")
    assert (town.waits("officer"), town.waits("vvb"), town.waits("chair")) == (
        ["sign_screening"], ["file_validation"], [],
    )  # fmt: skip
    with town.inside():
        town.world.screen(case_id)
    assert town.waits("officer") == ["open_notice"]
    with town.inside():
        town.world.validate(case_id)
        town.world.put_on_notice(case_id)
    assert town.waits("secretary") == ["table"]
    with town.inside():
        meeting_id = town.world.meeting()
    town.send("secretary", case_id, "table", question="amendment", meeting=meeting_id)
    with town.inside():
        town.world.convene(meeting_id, *town.world.voters[:7])
        town.world.act(case_id, "call_vote", "chair")
    assert town.waits("member1") == ["vote"]
    with town.inside():
        for who in [*town.world.voters[1:7], "chair"]:
            town.world.act(case_id, "vote", who, choice="for", reasons="ok")
    assert town.waits("chair") == ["decide_amendment"]
    assert problems(town.send("chair", case_id, "decide_amendment", 422)) == [
        "Choose the decision", "Give the reasons",
    ]  # fmt: skip
    town.send("chair", case_id, "decide_amendment", approved="yes", words="Agreed")
    assert town.state(case_id) == "registered"
    assert "The amendment was approved" in town.page("owner", f"/cases/{number}")


def test_a_refused_amendment_leaves_no_trace_in_what_the_page_and_the_next_change_start_from(town: Town) -> None:
    case_id, number = town.case("registered")
    smaller(town, case_id)
    amend(town, case_id, words="A road was built")
    with town.inside():
        town.world.vote(case_id, 1, 7, question="amendment")
    town.send("chair", case_id, "decide_amendment", approved="no", words="No")
    assert '<td class="right">600</td>' in town.page("owner", f"/cases/{number}")
    with town.inside():
        basics = {**facts.answers_of(case_id, 1)["basics"], "contact_phone": "0538-3"}
        town.world.save(case_id, "basics", basics)
        assert facts.answers_of(case_id, 3)["parcels"]["parcels"][0]["area"] == "600"
    changes = town.page("owner", f"/my/{case_id}/check").partition("What you have changed")[2].partition("</table>")[0]
    assert "0538-3" in changes
    assert "500" not in changes


def test_an_amendment_is_withdrawn_by_the_proponent(town: Town) -> None:
    case_id, _number = town.case("registered")
    smaller(town, case_id)
    amend(town, case_id, words="A road was built")
    town.send("owner", case_id, "withdraw_amendment")
    assert town.state(case_id) == "registered"


# Entries --------------------------------------------------------------------------------------------------


def test_an_entry_is_revoked_in_a_sitting_and_closed_without_one(town: Town) -> None:
    case_id, number = town.case("registered")
    assert "Revocation of an entry" in town.page("secretary", f"/cases/{number}/act/table")
    with town.inside():
        town.world.vote(case_id, 8, question="revocation")
    assert town.waits("chair") == ["revoke"]
    assert problems(town.send("chair", case_id, "revoke", 422)) == ["Give the reasons"]
    town.send("chair", case_id, "revoke", words="The title was forged")
    assert town.state(case_id) == "revoked"
    other, _number = town.case("registered")
    assert problems(town.send("officer", other, "close", 422)) == ["Give the reasons"]
    town.send("officer", other, "close", words="The crediting period has ended")
    assert town.state(other) == "closed"


def test_a_lost_vote_on_an_entry_is_taken_off_so_that_the_entry_is_not_stuck(town: Town) -> None:
    case_id, _number = town.case("registered")
    with town.inside():
        town.world.sit_and_speak(case_id, *town.world.voters[1:4], question="suspension")
        for who in town.world.voters[4:8]:
            town.world.act(case_id, "vote", who, choice="against", reasons="no")
    assert town.waits("secretary") == []  # two more votes in favour would carry it
    with town.inside():
        town.world.act(case_id, "vote", town.world.voters[8], choice="against", reasons="no")
    assert town.waits("secretary") == ["untable"]
    town.send("secretary", case_id, "untable", words="No majority")
    assert town.waits("secretary") == []


def test_conditions_are_reported_by_name_and_then_confirmed(town: Town) -> None:
    case_id, number = town.case("risk_review")
    with town.inside():
        town.world.vote(case_id, 8)
    condition = {"words": "Fence the east", "evidence": "Photographs", "due_on": date(2026, 6, 1)}
    town.behind(case_id, "approve_risk", "chair", words="Yes", conditions=[condition])
    with town.inside():
        key = db.session.scalars(select(ApprovalCondition.id)).one()
    assert "report_condition" in town.waits("owner")
    assert "There is no such condition" in town.page("officer", f"/cases/{number}")
    assert problems(town.send("owner", case_id, "report_condition", 422)) == [
        "Choose the condition", "Say what was done",
    ]  # fmt: skip
    town.send("owner", case_id, "report_condition", condition_id=key, words="Done, see the photographs")
    assert "Reported" in town.page("officer", f"/cases/{number}")
    assert "confirm_condition" in town.waits("officer")
    assert problems(town.send("officer", case_id, "confirm_condition", 422)) == ["Choose the condition"]
    town.send("officer", case_id, "confirm_condition", condition_id=key)
    assert "Confirmed" in town.page("owner", f"/cases/{number}")


def test_conditions_of_an_approval_that_carried_over_still_hold(town: Town) -> None:
    case_id, number = town.case("risk_review")
    with town.inside():
        town.world.vote(case_id, 8)
    condition = {"words": "Fence the east", "evidence": "Photographs", "due_on": date(2026, 6, 1)}
    town.behind(case_id, "approve_risk", "chair", words="Yes", conditions=[condition])
    town.behind(case_id, "request_correction", "officer", faults=faults("basics.contact_phone"))
    with town.inside():
        town.world.save(case_id, "basics", {**facts.answers_of(case_id, 1)["basics"], "contact_phone": "0538-4"})
        town.world.act(case_id, "resubmit", "owner")
        assert town.world.case(case_id).state == "validation"
    assert "Fence the east" in town.page("owner", f"/cases/{number}")
    assert "report_condition" in town.waits("owner")


def test_a_legal_opinion_holds_as_long_as_the_risk_review_it_was_given_for(town: Town) -> None:
    parcel = {**PARCEL, "tenure": "state", "title_document": "real_estate_certificate"}
    with town.inside():
        case_id = town.world.advance(town.world.draft(parcels={"parcels": [parcel]}), "risk_review")
        town.world.act(
            case_id, "give_legal_opinion", "legal", conclusion="favourable", words="ok", time_sufficient=True
        )
        town.world.advance(case_id, "validation")
        town.world.act(case_id, "request_correction", "officer", faults=faults("basics.contact_phone"))
        town.world.save(case_id, "basics", {**facts.answers_of(case_id, 1)["basics"], "contact_phone": "0538-4"})
        town.world.act(case_id, "resubmit", "owner")
        town.world.advance(case_id, "registered")
