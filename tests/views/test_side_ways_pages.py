"""The pages of corrections, refusals and pauses: open to the right person, posted through, refused by no halves."""

import io
import re

from sqlalchemy import select

from registry.extensions import db
from registry.models import Case, Document
from registry.services import facts
from tests.town import OTHER_PDF, Town, problems
from tests.world import PDF


def place_of(text: str, label: str) -> str:
    """The number of a box on the correction sheet."""
    found = re.findall(r'id="tick_(\d+)".*?> ([^<]+)</label>', text)
    return next(place for place, words in found if words.endswith(label))


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
    assert town.waits("secretary") == ["table"]
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
    assert "request_reconsideration" not in town.page("owner", f"/cases/{number}")  # a second time


def test_who_has_asked_for_reconsideration_is_told_so_and_not_invited_to_ask_again(town: Town) -> None:
    case_id, number = rejected(town)
    assert 'data-action="request_reconsideration"' in town.page("owner", f"/cases/{number}")
    town.send("owner", case_id, "request_reconsideration", words="The yield table is official")
    shown = town.page("owner", f"/cases/{number}")
    assert "request_reconsideration" not in shown
    assert "has been asked for and is under way" in shown
    assert "ask within" not in shown


def test_who_may_reconsider_who_did_and_who_decided_are_named_with_their_office(town: Town) -> None:
    case_id, number = rejected(town)
    town.behind(case_id, "request_reconsideration", "owner", words="Again please")
    form = town.page("secretary", f"/cases/{number}/act/uphold")
    with town.inside():
        named = {who: town.world.user(who).name for who in ("legal", "officer3", "eco", "chair")}
    assert f"{named['legal']}, Legal reviewer" in form
    town.send("secretary", case_id, "uphold", people=ids(town, "legal", "officer3", "eco"), words="Rightly so")
    shown = town.page("secretary", f"/cases/{number}")
    assert f"{named['officer3']}, Case officer" in shown
    assert f"{named['chair']}, Chair of the leading group" in shown


# Pauses, withdrawal, flaws --------------------------------------------------------------------------------


def test_the_chair_suspends_and_only_the_chair_resumes(town: Town) -> None:
    case_id, number = town.case("validation")
    assert problems(town.send("chair", case_id, "suspend", 422)) == ["Give the reasons"]
    town.send("chair", case_id, "suspend", words="Pine wilt disease")
    assert town.state(case_id) == "suspended"
    assert (town.waits("chair"), town.waits("officer")) == (["resume"], ["record_delivery"])
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
