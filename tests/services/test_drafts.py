"""Applications in preparation: nothing typed is lost, nothing submitted changes."""

import io
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from registry import storage
from registry.clock import now
from registry.extensions import db, writing
from registry.models import Answers, Case, Document, Organisation, Round, User
from registry.queries import applications as ask
from registry.queries import changes
from registry.services import documents as papers
from registry.services import drafts
from registry.services.drafts import Applicant, DraftConflict, NotEditable, NothingThere
from registry.services.policy import current
from tests import factories as make
from tests.services.test_storage import PDF
from workflows.states import Activity, ProjectState, Scheme

BASICS = {"name": "North slope", "scheme": "ccer", "activity": "afforestation"}
PARCEL = {
    "name": "North",
    "district_code": "370911",
    "area": "15",
    "unit": "mu",
    "area_mu": "15",
    "tenure": "household",
    "title_document": "none",
    "disputed": False,
    "coowner_consent": "not_needed",
}


@pytest.fixture
def people(app: Flask) -> tuple[User, User, int]:
    """Two colleagues and their organisation; there is a body to apply to."""
    make.a_body()
    org = make.an_organisation()
    one, two = make.a_member(org), make.a_member(org)
    return db.session.get_one(User, one), db.session.get_one(User, two), org


@pytest.fixture
def draft(people: tuple[User, User, int]) -> int:
    return drafts.create(Applicant(organisation_id=people[2]), by=people[0], at=now())


def case_of(case_id: int) -> Case:
    return db.session.get_one(Case, case_id)


def hand_in(case_id: int) -> None:
    """As the door leaves a submission behind; the tests of the door use the door."""
    with writing():
        case = db.session.get_one(Case, case_id)
        db.session.add(Round(case_id=case_id, no=case.round + 1, opened_by="submit", opened_at=now()))
        db.session.flush()
        case.round += 1
        case.number = case.number or f"TL2026{case_id:06}"
        case.state, case.submitted_at = ProjectState.SUBMITTED, now()
        case.scheme, case.activity = Scheme.CCER, Activity.AFFORESTATION


def save(case_id: int, by: User, data: dict[str, Any], seen: int, section: str = "basics", done: bool = True) -> int:
    return drafts.save_section(case_id, section, data, done, seen, by=by, at=now())


def stored(content: bytes, name: str = "plan.pdf") -> storage.Stored:
    return storage.put(io.BytesIO(content), name)


def upload(case_id: int, by: User, name: str = "plan.pdf", content: bytes = PDF, **more: Any) -> int:
    paper = papers.Upload("application_form", name, stored(content, name), **more)
    (filed,) = papers.add(case_id, [paper], by=by, at=now())
    return filed.id


def stored_answers(case_id: int) -> dict[str, dict[str, Any]]:
    db.session.rollback()
    return ask.data_of(ask.prepared(case_of(case_id)))


def test_two_people_on_one_page_lose_nothing(people: tuple[User, User, int], draft: int) -> None:
    one, two, _org = people
    seen = save(draft, one, BASICS, 0)
    save(draft, two, BASICS | {"name": "South slope"}, seen)
    with pytest.raises(DraftConflict) as conflict:
        save(draft, one, BASICS | {"name": "East slope"}, seen)
    assert conflict.value.current["name"] == "South slope"
    assert conflict.value.by == db.session.get_one(User, two.id).name
    assert stored_answers(draft)["basics"]["name"] == "South slope"
    save(draft, one, BASICS | {"name": "East slope"}, int(conflict.value.version))
    assert stored_answers(draft)["basics"]["name"] == "East slope"


def test_saving_what_stands_there_conflicts_with_nothing(people: tuple[User, User, int], draft: int) -> None:
    one, two, _org = people
    seen = save(draft, one, BASICS, 0)
    later = save(draft, two, BASICS | {"name": "South slope"}, seen)
    assert save(draft, one, BASICS | {"name": "South slope"}, seen) == later


def test_two_people_on_two_parcels_do_not_meet(people: tuple[User, User, int], draft: int) -> None:
    one, two, _org = people
    first, seen_first = drafts.save_parcel(draft, None, {"unit": "mu"}, "", by=one, at=now())
    second, seen_second = drafts.save_parcel(draft, None, {"unit": "mu"}, "", by=two, at=now())
    drafts.save_parcel(draft, first, PARCEL, seen_first, by=one, at=now())
    drafts.save_parcel(draft, second, PARCEL | {"name": "South"}, seen_second, by=two, at=now())
    names = [p["name"] for p in stored_answers(draft)["parcels"]["parcels"]]
    assert names == ["North", "South"]
    with pytest.raises(DraftConflict):
        drafts.save_parcel(draft, first, PARCEL | {"name": "East"}, seen_first, by=two, at=now())


def test_a_parcels_key_is_never_used_again(people: tuple[User, User, int], draft: int) -> None:
    one = people[0]
    first, _seen = drafts.save_parcel(draft, None, PARCEL, "", by=one, at=now())
    drafts.remove_parcel(draft, first, by=one, at=now())
    second, _seen = drafts.save_parcel(draft, None, PARCEL, "", by=one, at=now())
    assert (first, second) == ("p1", "p2")
    with pytest.raises(NothingThere):
        drafts.save_parcel(draft, first, PARCEL, "", by=one, at=now())


def test_the_parcels_are_done_when_every_parcel_is(people: tuple[User, User, int], draft: int) -> None:
    one = people[0]
    drafts.save_parcel(draft, None, PARCEL, "", by=one, at=now())
    key, _seen = drafts.save_parcel(draft, None, {"unit": "mu"}, "", by=one, at=now())
    assert not ask.prepared(case_of(draft))["parcels"].done
    drafts.remove_parcel(draft, key, by=one, at=now())
    assert ask.prepared(case_of(draft))["parcels"].done


def test_another_scheme_opens_the_pages_that_depend_on_it(people: tuple[User, User, int], draft: int) -> None:
    one = people[0]
    seen = save(draft, one, BASICS, 0)
    save(draft, one, {"method": "CCER-14-001"}, 0, "method")
    save(draft, one, BASICS | {"name": "Other name"}, seen)
    assert ask.prepared(case_of(draft))["method"].done
    save(draft, one, BASICS | {"scheme": "local_ticket"}, seen + 1)
    assert not ask.prepared(case_of(draft))["method"].done


def test_a_submitted_application_cannot_be_edited(people: tuple[User, User, int], draft: int) -> None:
    one = people[0]
    seen = save(draft, one, BASICS, 0)
    paper = upload(draft, one)
    hand_in(draft)
    with pytest.raises(NotEditable):
        save(draft, one, BASICS | {"name": "Other"}, seen)
    with pytest.raises(NotEditable):
        drafts.save_parcel(draft, None, PARCEL, "", by=one, at=now())
    with pytest.raises(NotEditable):
        upload(draft, one)
    with pytest.raises(NotEditable):
        papers.remove(draft, paper, at=now())
    with pytest.raises(NotEditable):
        drafts.discard(draft)
    assert stored_answers(draft)["basics"] == BASICS


def test_a_correction_works_on_a_copy_and_says_what_changed(people: tuple[User, User, int], draft: int) -> None:
    one = people[0]
    seen = save(draft, one, BASICS, 0)
    upload(draft, one)
    hand_in(draft)
    with writing():
        case = case_of(draft)
        case.state, case.returns_to = ProjectState.CORRECTION_REQUESTED, ProjectState.SUBMITTED
    with force_locale("en"):
        assert changes.changes(case_of(draft), 1, 2) == []
    save(draft, one, BASICS | {"name": "South slope"}, seen)
    upload(draft, one, content=PDF + b"%second\n")
    assert ask.data_of(ask.answers_of(draft, 1))["basics"] == BASICS
    with force_locale("en"):
        changed = {c.field: (c.old, c.new) for c in changes.changes(case_of(draft), 1, 2)}
        rows = {row.field_id: row.value for view in ask.answers_view(case_of(draft), 1) for row in view.rows}
    assert set(changed) == {"basics.name", "documents.application_form"}
    assert changed["basics.name"] == ("North slope", "South slope")
    assert rows["basics.name"] == "North slope"


def test_a_paper_of_an_earlier_round_cannot_be_taken_out(people: tuple[User, User, int], draft: int) -> None:
    one = people[0]
    paper = upload(draft, one)
    hand_in(draft)
    with writing():
        case = case_of(draft)
        case.state, case.returns_to = ProjectState.CORRECTION_REQUESTED, ProjectState.SUBMITTED
    with pytest.raises(NotEditable):
        papers.remove(draft, paper, at=now())
    second = upload(draft, one, content=PDF + b"%second\n")
    assert [d.id for d in ask.papers(draft, 2)] == [second]
    assert [d.id for d in ask.papers(draft, 1)] == [paper]
    papers.remove(draft, second, at=now())
    assert [d.id for d in ask.papers(draft, 2)] == [paper]


def test_the_very_same_file_makes_no_new_version_of_the_same_paper(people: tuple[User, User, int], draft: int) -> None:
    one = people[0]
    first = upload(draft, one, "a.pdf")
    assert upload(draft, one, "a.pdf") == first
    assert upload(draft, one, "b.pdf") == first
    (filed,) = papers.add(draft, [papers.Upload("application_form", "b.pdf", stored(PDF))], by=one, at=now())
    assert (filed.new, filed.filename) == (False, "a.pdf")
    assert [(d.no, d.filename) for d in ask.papers(draft, 1)] == [(1, "a.pdf")]


def test_the_same_file_may_be_another_paper_another_parcels_and_an_earlier_version_again(
    people: tuple[User, User, int], draft: int
) -> None:
    one = people[0]
    upload(draft, one, "a.pdf")
    upload(draft, one, "a.pdf", PDF + b"%2\n")
    upload(draft, one, "a.pdf")
    assert [(d.no, d.sha256) for d in ask.papers(draft, 1)] == [(3, stored(PDF).sha256)]
    both = [papers.Upload("title_proof", "title.pdf", stored(PDF), parcel) for parcel in ("p1", "p2")]
    assert [f.new for f in papers.add(draft, both, by=one, at=now())] == [True, True]


def test_a_file_of_the_same_name_is_a_new_version_and_another_a_second_paper(
    people: tuple[User, User, int], draft: int
) -> None:
    one = people[0]
    upload(draft, one, "a.pdf")
    upload(draft, one, "a.pdf", PDF + b"%2\n")
    upload(draft, one, "b.pdf")
    upload(draft, one, "c.pdf", PDF + b"%3\n", slot="2")
    assert [(d.slot, d.no, d.filename) for d in ask.papers(draft, 1)] == [("", 2, "a.pdf"), ("2", 2, "c.pdf")]
    assert len(ask.versions(draft, 1)) == 4
    with pytest.raises(NothingThere):
        upload(draft, one, "d.pdf", slot="77")


def test_each_parcel_needs_its_own_title_document(people: tuple[User, User, int], draft: int) -> None:
    one = people[0]
    answers = {"basics": BASICS, "parcels": {"parcels": [PARCEL | {"key": "p1"}, PARCEL | {"key": "p2"}]}}
    rules = papers.required(current(), case_of(draft), answers)
    stored = storage.put(io.BytesIO(PDF), "title.pdf")
    papers.add(draft, [papers.Upload("title_proof", "title.pdf", stored, "p1")], by=one, at=now())
    lacking = papers.missing(rules, ask.papers(draft, 1), answers)
    assert "title_proof/p2" in lacking
    assert "title_proof/p1" not in lacking
    assert "organisation_certificate" in lacking
    assert "identity_proof" not in lacking


def test_a_copy_has_the_answers_and_papers_but_no_declarations(people: tuple[User, User, int], draft: int) -> None:
    one, two, _org = people
    save(draft, one, BASICS, 0)
    save(draft, one, {"true": True, "unique": True, "consent": True}, 0, "declarations")
    upload(draft, one)
    hand_in(draft)
    new = drafts.copy_case(case_of(draft), by=two, at=now())
    assert stored_answers(new) == {"basics": BASICS}
    assert [(d.filename, d.no, d.round_no) for d in ask.papers(new, 1)] == [("plan.pdf", 1, 1)]
    assert case_of(new).copied_from_id == draft
    assert case_of(new).state is ProjectState.DRAFT
    save(new, two, BASICS | {"name": "Copy"}, 1)
    assert stored_answers(draft)["basics"] == BASICS


def test_a_discarded_draft_is_gone_and_its_copy_stays(people: tuple[User, User, int], draft: int) -> None:
    one = people[0]
    save(draft, one, BASICS, 0)
    upload(draft, one)
    copy = drafts.copy_case(case_of(draft), by=one, at=now())
    drafts.discard(draft)
    assert db.session.get(Case, draft) is None
    assert db.session.scalars(select(Answers).where(Answers.case_id == draft)).all() == []
    assert db.session.scalars(select(Document).where(Document.case_id == draft)).all() == []
    assert stored_answers(copy) == {"basics": BASICS}


def test_an_agent_files_for_an_organisation_found_by_its_code(people: tuple[User, User, int]) -> None:
    one, _two, org = people
    applicant = Applicant(agent_org_id=org, name="Village", credit_code="91370900MA3C0TNX0E")
    first = drafts.create(applicant, by=one, at=now())
    second = drafts.create(applicant, by=one, at=now())
    assert case_of(first).proponent_org_id == case_of(second).proponent_org_id
    assert case_of(first).agent_org_id == org
    known = db.session.get_one(Organisation, case_of(first).proponent_org_id)
    assert (known.name, known.credit_code) == ("Village", "91370900MA3C0TNX0E")


def test_a_natural_person_applies_without_an_organisation(people: tuple[User, User, int]) -> None:
    case_id = drafts.create(Applicant(), by=people[0], at=now())
    assert case_of(case_id).proponent_user_id == people[0].id
    assert case_of(case_id).proponent_org_id is None
