"""The pages of the side ways: open to the right person, posted through to the new state, nothing refused by halves."""

import html
import io
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.extensions import db
from registry.models import ApprovalCondition, Case, Document
from registry.queries.inbox import waiting
from registry.security import sessions
from registry.services import facts
from registry.views.desk import TASKS
from tests.world import PARCEL, PDF, World

OTHER_PDF = PDF.replace(b"1.4", b"1.5")


class Town:
    """A world, and a browser in which one person after the other signs in."""

    def __init__(self, client: FlaskClient, world: World) -> None:
        self.client, self.world = client, world

    def inside(self):
        """The application's context, to look behind the pages."""
        return self.client.application.app_context()

    def case(self, state: str, **changed) -> tuple[int, str]:
        """(id, number) of a case carried to a state."""
        with self.inside():
            case_id = self.world.advance(self.world.draft(**changed), state)
            return case_id, self.world.case(case_id).number

    def be(self, who: str) -> FlaskClient:
        with self.client.application.test_request_context():
            self.client.set_cookie("sid", sessions.start(self.world.people[who]))
        with self.client.session_transaction() as session:
            session["language"] = "en"
        return self.client

    def page(self, who: str, path: str, status: int = 200) -> str:
        answer = self.be(who).get(path)
        assert answer.status_code == status, answer.text
        return html.unescape(answer.text)

    def send(self, who: str, case_id: int, action: str, status: int = 302, **data) -> str:
        """Open the page of an act, then send it; the page that came back."""
        with self.inside():
            case = self.world.case(case_id)
            number, seen = case.number, case.version
        path = f"/cases/{number}/act/{action}"
        self.page(who, path)
        answer = self.client.post(path, data={"seen": seen, **data})
        assert answer.status_code == status, answer.text
        return html.unescape(answer.text)

    def behind(self, case_id: int, action: str, who: str, **data) -> None:
        with self.inside():
            self.world.act(case_id, action, who, **data)

    def state(self, case_id: int) -> str:
        with self.inside():
            return self.world.case(case_id).state.value

    def waits(self, who: str) -> list[str]:
        with self.inside():
            items = waiting(self.world.user(who))
            assert all((i.act, i.why) in TASKS for i in items)
            return [i.act for i in items]


@pytest.fixture
def town(client: FlaskClient, clock) -> Town:
    with client.application.app_context():
        return Town(client, World())


def problems(text: str) -> list[str]:
    """The lines of the error summary."""
    summary = text.partition('class="error-summary"')[2].partition("</ul>")[0]
    return re.findall(r"<li>(?:<a [^>]*>)?([^<]+)", summary)


def place_of(text: str, label: str) -> str:
    """The number of a box on the correction sheet."""
    found = re.findall(r'id="tick_(\d+)".*?> ([^<]+)</label>', text)
    return next(place for place, words in found if words.endswith(label))


def faults(*fields: str) -> list[dict[str, str]]:
    return [{"field": f, "what": f"Wrong: {f}"} for f in fields]


# Corrections ----------------------------------------------------------------------------------------------


def correct(town: Town, case_id: int, number: str, status: int = 302, **boxes: str) -> str:
    """Send a notice; keyword = label of the box with _ for spaces."""
    sheet = town.page("officer", f"/cases/{number}/act/request_correction")
    late = boxes.pop("late_reason", None)
    data = {f"what_{place_of(sheet, label.replace('_', ' '))}": words for label, words in boxes.items()}
    return town.send(
        "officer", case_id, "request_correction", status, **data, **({"late_reason": late} if late else {})
    )


def test_a_first_notice_asks_for_no_late_reason_and_needs_a_fault(town: Town) -> None:
    case_id, number = town.case("submitted")
    assert "The chair’s written reason" not in town.page("officer", f"/cases/{number}/act/request_correction")
    assert problems(town.send("officer", case_id, "request_correction", 422)) == ["Name at least one fault"]
    assert town.state(case_id) == "submitted"


def test_the_applicant_sees_each_fault_beside_its_field_and_hands_the_corrections_in(town: Town) -> None:
    case_id, number = town.case("submitted")
    correct(
        town, case_id, number,
        Telephone="One digit is missing", Number_of_the_title_document="Not on the certificate",
        Project_design_document="Page 3 is missing",
    )  # fmt: skip
    assert town.state(case_id) == "correction_requested"
    assert town.waits("owner") == ["resubmit"]
    assert "One digit is missing" in town.page("owner", f"/my/{case_id}/basics")
    assert "Not on the certificate" in town.page("owner", f"/my/{case_id}/parcels/p1")
    assert "Page 3 is missing" in town.page("owner", f"/my/{case_id}/documents")
    tasks = town.page("owner", f"/my/{case_id}")
    assert "3 things to correct" in tasks
    assert "Make the corrections" in town.page("owner", f"/cases/{number}")
    with town.inside():
        basics = {**facts.answers_of(case_id, 1)["basics"], "contact_phone": "0538-1111111"}
        town.world.save(case_id, "basics", basics)
        town.world.upload(case_id, "pdd", content=OTHER_PDF)
    check = town.page("owner", f"/my/{case_id}/check")
    assert "0538-1111111" in check
    assert "Submit the corrections" in check
    fields = dict(re.findall(r'name="(seen|answers_seen)" value="([^"]*)"', check))
    assert town.client.post(f"/my/{case_id}/check", data=fields).status_code == 302
    assert town.state(case_id) == "submitted"
    shown = town.page("officer", f"/cases/{number}")
    assert "What changed since the last round" in shown
    assert "Page 3 is missing" in shown  # the notice stays
    changed = town.page("officer", f"/cases/{number}/changes")
    assert "<del>0538-0000000</del>" in changed
    assert "<ins>0538-1111111</ins>" in changed


def test_a_later_notice_that_names_something_new_asks_for_the_chairs_reason(town: Town) -> None:
    case_id, number = town.case("submitted")
    correct(town, case_id, number, Telephone="One digit is missing")
    with town.inside():
        town.world.save(case_id, "basics", {**facts.answers_of(case_id, 1)["basics"], "contact_phone": "0538-2"})
        town.world.act(case_id, "resubmit", "owner")
    assert "Named before: One digit is missing" in town.page("officer", f"/cases/{number}/act/request_correction")
    refused = correct(town, case_id, number, 422, Number_of_the_title_document="Not on the certificate")
    assert "Named for the first time: " in refused
    assert "Give the chair’s written reason" in refused
    assert 'value="Not on the certificate"' in refused
    correct(town, case_id, number, Number_of_the_title_document="Not there", late_reason="The chair agreed on 2 March")
    shown = town.page("owner", f"/cases/{number}")
    assert "Named late because: The chair agreed on 2 March" in shown
    assert shown.count("One digit is missing") == 1


# Refusals and reconsideration -----------------------------------------------------------------------------


def test_declining_needs_reasons_and_the_right_way_and_tells_the_ways_of_redress(town: Town) -> None:
    case_id, number = town.case("submitted")
    wrong = problems(town.send("officer", case_id, "decline", 422))
    assert wrong == ["Give the reasons", "Say where the applicant should turn"]
    assert "within 15 working days" in town.page("officer", f"/cases/{number}/act/decline")
    town.send("officer", case_id, "decline", words="Roadside trees", right_way="local_ticket")
    assert town.state(case_id) == "declined"
    shown = town.page("owner", f"/cases/{number}")
    assert "The right way: A new application for a forestry carbon ticket" in shown
    assert "within 15 working days" in shown
    assert "within 60 days" in shown
    assert "within 6 months" in shown


def test_a_refusal_needs_a_sitting_and_reasons(town: Town) -> None:
    case_id, _number = town.case("risk_review")
    assert "Not possible yet" in town.send("chair", case_id, "reject", 422, words="No basis for the yield")
    with town.inside():
        town.world.vote(case_id, 2, 6)
    assert problems(town.send("chair", case_id, "reject", 422)) == ["Give the reasons"]
    town.send("chair", case_id, "reject", words="No basis for the yield")
    assert town.state(case_id) == "rejected"


def rejected(town: Town) -> tuple[int, str]:
    case_id, number = town.case("risk_review")
    with town.inside():
        town.world.vote(case_id, 2, 6)
    town.behind(case_id, "reject", "chair", words="No basis")
    return case_id, number


def ids(town: Town, *names: str) -> list[str]:
    return [str(town.world.people[n]) for n in names]


def test_reconsideration_is_asked_for_and_answered_by_three_who_had_no_part(town: Town) -> None:
    case_id, number = rejected(town)
    assert town.waits("secretary") == []
    assert problems(town.send("owner", case_id, "request_reconsideration", 422)) == ["Give the reasons"]
    town.send("owner", case_id, "request_reconsideration", words="The yield table is official")
    assert town.waits("secretary") == ["uphold"]
    offered = re.findall(r'name="people"[^>]*value="(\d+)"', town.page("secretary", f"/cases/{number}/act/reopen"))
    assert set(ids(town, "legal", "officer3", "eco")) <= set(offered)
    assert not set(ids(town, "officer", "chair", "member1", "administrator", "owner", "vvb")) & set(offered)
    assert problems(town.send("secretary", case_id, "reopen", 422)) == [
        "Choose three people", "Give the reasons", "Choose what they decided",
    ]  # fmt: skip
    people = ids(town, "legal", "officer3", "eco")
    town.send("secretary", case_id, "reopen", people=people, words="The table is official", outcome="annulled")
    assert town.state(case_id) == "risk_review"
    assert town.waits("secretary") == []
    shown = town.page("owner", f"/cases/{number}")
    assert "The decision is annulled" in shown
    assert "The table is official" in shown
    with town.inside():
        assert town.world.user("officer3").name in shown


def test_a_decision_upheld_stands_and_the_page_says_so(town: Town) -> None:
    case_id, number = rejected(town)
    town.behind(case_id, "request_reconsideration", "owner", words="Again please")
    assert problems(town.send("secretary", case_id, "uphold", 422)) == ["Choose three people", "Give the reasons"]
    town.send("secretary", case_id, "uphold", people=ids(town, "legal", "officer3", "eco"), words="Rightly so")
    assert town.state(case_id) == "rejected"
    assert "has been reconsidered once and stands" in town.page("owner", f"/cases/{number}")
    assert "Not possible yet" in town.page("owner", f"/cases/{number}")  # to ask a second time


# Pauses, withdrawal, flaws --------------------------------------------------------------------------------


def test_the_chair_suspends_and_only_the_chair_resumes(town: Town) -> None:
    case_id, number = town.case("validation")
    assert problems(town.send("chair", case_id, "suspend", 422)) == ["Give the reasons"]
    town.send("chair", case_id, "suspend", words="Pine wilt disease")
    assert town.state(case_id) == "suspended"
    assert (town.waits("chair"), town.waits("officer")) == (["resume"], [])
    assert "Not possible yet" in town.page("officer", f"/cases/{number}")
    assert "Not possible yet" in town.send("officer", case_id, "resume", 422, words="It is over")
    town.send("chair", case_id, "resume", words="It is over")
    assert town.state(case_id) == "validation"


def test_what_an_officer_suspended_waits_for_the_officers(town: Town) -> None:
    case_id, _number = town.case("submitted")
    town.send("officer", case_id, "suspend", words="The land is being surveyed")
    assert (town.waits("chair"), town.waits("officer2")) == ([], ["resume"])


def test_the_proponent_withdraws_without_having_to_say_why(town: Town) -> None:
    case_id, _number = town.case("methodology_screening")
    town.send("owner", case_id, "withdraw")
    assert town.state(case_id) == "withdrawn"
    assert town.waits("officer") == []


def test_a_flaw_names_the_decision_and_the_officer_lets_it_be_taken_again(town: Town) -> None:
    case_id, number = town.case("validation")
    assert problems(town.send("supervisor", case_id, "find_flaw", 422)) == [
        "Choose the decision", "Say what was wrong",
    ]  # fmt: skip
    assert "Risk review: Passed" in town.page("supervisor", f"/cases/{number}/act/find_flaw")
    town.send("supervisor", case_id, "find_flaw", gate="risk_review", words="A member had to be excluded")
    assert town.state(case_id) == "suspended"
    assert "resume" in town.waits("officer")
    town.send("officer", case_id, "resume", words="To be counted again")
    assert town.state(case_id) == "risk_review"


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
    assert "Prepare a change" in shown
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
    assert town.waits("officer") == []
    with town.inside():
        town.world.validate(case_id)
    assert town.waits("officer") == ["table"]
    town.send("officer", case_id, "table", question="amendment")
    assert town.waits("member1") == ["vote"]
    with town.inside():
        for who in town.world.voters[:7]:
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
    assert "Revocation of an entry" in town.page("officer", f"/cases/{number}/act/table")
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
        town.world.vote(case_id, 3, 4, question="suspension")
    assert town.waits("officer") == []  # two more votes in favour would carry it
    with town.inside():
        town.world.act(case_id, "vote", town.world.voters[7], choice="against", reasons="no")
    assert town.waits("officer") == ["untable"]
    town.send("officer", case_id, "untable", words="No majority")
    assert town.waits("officer") == []


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
        town.world.act(case_id, "give_legal_opinion", "legal", conclusion="favourable", words="ok")
        town.world.advance(case_id, "validation")
        town.world.act(case_id, "request_correction", "officer", faults=faults("basics.contact_phone"))
        town.world.save(case_id, "basics", {**facts.answers_of(case_id, 1)["basics"], "contact_phone": "0538-4"})
        town.world.act(case_id, "resubmit", "owner")
        town.world.advance(case_id, "registered")


# What stays inside ----------------------------------------------------------------------------------------


def test_the_bureaus_own_papers_are_no_part_of_the_application(town: Town) -> None:
    case_id, number = town.case("risk_review")
    data = {"conclusion": "favourable", "words": "ok", "file": (io.BytesIO(PDF), "strictly-inside.pdf")}
    town.send("legal", case_id, "give_legal_opinion", **data)
    with town.inside():
        paper = db.session.scalars(select(Document.id).where(Document.kind == "legal_opinion")).one()
    assert "strictly-inside" in town.page("chair", f"/cases/{number}")
    town.page("owner", f"/my/{case_id}/documents/{paper}", 404)
    for path in (f"/cases/{number}", f"/cases/{number}/application", f"/my/{case_id}/receipt"):
        assert "strictly-inside" not in town.page("owner", path), path
    copied = town.be("owner").post(f"/my/{case_id}/copy")
    assert copied.status_code == 302
    with town.inside():
        new = db.session.scalars(select(Case.id).where(Case.copied_from_id == case_id)).one()
        assert not db.session.scalars(
            select(Document).where(Document.case_id == new, Document.kind == "legal_opinion")
        ).all()
