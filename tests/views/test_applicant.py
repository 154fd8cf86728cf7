"""The applicant's pages: nothing typed is lost, all errors at once, and one's own applications only."""

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from registry.clock import now
from registry.extensions import db, writing
from registry.models import Case, CorrectionFault, CorrectionNotice, User
from registry.queries import applications as ask
from registry.security import sessions
from registry.services import drafts
from tests.services.test_storage import EXE, PDF
from tests.world import World
from workflows.states import ProjectState

BASICS = {
    "name": "North slope",
    "scheme": "ccer",
    "activity": "afforestation",
    "summary": "Planting pines",
    "contact_name": "Wang",
    "contact_phone": "０５３８－１２３４５６７",
    "asked": "name scheme activity summary contact_name contact_phone",
}


@pytest.fixture
def world(client: FlaskClient) -> World:
    with client.application.app_context():
        return World()


@pytest.fixture
def owner(client: FlaskClient, world: World) -> FlaskClient:
    return signed_in(client, world.people["owner"])


def signed_in(client: FlaskClient, user_id: int) -> FlaskClient:
    with client.application.test_request_context():
        client.set_cookie("sid", sessions.start(user_id))
    with client.session_transaction() as session:
        session["language"] = "en"
    return client


def opened(client: FlaskClient, world: World) -> int:
    response = client.post("/my/start", data={"who": f"org-{world.org}"})
    assert response.status_code == 302
    return int(response.location.rpartition("/")[2])


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.text
    return response.text


def version(html: str) -> str:
    found = re.search(r'name="version" value="([^"]*)"', html)
    assert found
    return found[1]


def kept(client: FlaskClient, case_id: int) -> dict[str, dict[str, Any]]:
    with client.application.app_context():
        return ask.data_of(ask.prepared(db.session.get_one(Case, case_id)))


def full(client: FlaskClient, world: World, **more: Any) -> int:
    with client.application.app_context():
        return world.draft(**more)


def test_my_projects_says_what_to_do_when_there_is_none(owner: FlaskClient) -> None:
    html = page(owner, "/my")
    assert "You have not applied for any project yet" in html
    assert 'href="/my/start"' in html


def test_a_draft_opened_for_my_organisation_stands_in_my_list(owner: FlaskClient, world: World) -> None:
    case_id = opened(owner, world)
    owner.post(f"/my/{case_id}/basics", data=BASICS | {"version": "0"})
    assert "North slope" in page(owner, "/my")
    assert "North slope" in page(owner, f"/my/{case_id}")


def test_what_waits_for_an_applicant_is_counted_and_named(owner: FlaskClient, world: World) -> None:
    assert "Your turn" not in page(owner, "/my")
    case_id = opened(owner, world)
    html = page(owner, "/my")
    assert "Your turn" in html
    assert "1 project waits for you." in html
    assert re.search(r'href="/my"[^>]*>My projects<span class="count">1<', html)
    assert html.count(f'href="/my/{case_id}"') == 2  # its name, and what is to be done


def test_only_who_belongs_to_an_organisation_is_asked_whom_they_file_for(owner: FlaskClient, world: World) -> None:
    assert "Only for agents" in page(owner, "/my/start")
    signed_in(owner, world.people["stranger"])
    with owner.application.app_context():
        alone = not ask.my_organisations(db.session.get(User, world.people["stranger"]))
    assert ("Only for agents" in page(owner, "/my/start")) is not alone


def test_an_agent_must_name_whom_it_files_for(owner: FlaskClient, world: World) -> None:
    wrong = owner.post("/my/start", data={"who": f"agent-{world.org}", "credit_code": "91370900MA3C0TNX00"})
    assert wrong.status_code == 422
    assert "Fill in the name of the organisation you file for" in wrong.text
    assert "check digit" in wrong.text
    data = {"name": "Village", "credit_code": "9137 0900 MA3C 0TNX 0E", "kind": "collective"}
    good = owner.post("/my/start", data={"who": f"agent-{world.org}"} | data)
    assert good.status_code == 302


def test_somebody_elses_application_looks_like_a_missing_one(client: FlaskClient, world: World) -> None:
    signed_in(client, world.people["owner"])
    case_id = opened(client, world)
    signed_in(client, world.people["stranger"])
    for path in ("", "/basics", "/parcels", "/documents", "/check", "/receipt", "/discard"):
        assert client.get(f"/my/{case_id}{path}").status_code == 404
        assert client.get(f"/my/{case_id + 99}{path}").status_code == 404


def test_all_errors_stand_at_once_and_in_the_fields_own_words(owner: FlaskClient, world: World) -> None:
    case_id = opened(owner, world)
    typed = {"name": "", "contact_phone": "abc", "version": "0", "asked": BASICS["asked"]}
    response = owner.post(f"/my/{case_id}/basics", data=typed)
    assert response.status_code == 422
    assert "Error:" in response.text.partition("</title>")[0]
    for words in ("Fill in “Name of the project”", "activity", ">Enter a telephone number"):
        assert words in response.text
    assert 'href="#contact_phone"' in response.text
    assert 'value="abc"' in response.text


def test_what_cannot_be_read_is_kept_as_it_was_typed(owner: FlaskClient, world: World) -> None:
    case_id = opened(owner, world)
    typed = {"name": "North", "contact_phone": "ring at the gate", "asked": BASICS["asked"], "version": "0"}
    response = owner.post(f"/my/{case_id}/basics", data=typed | {"then": "later"})
    assert response.status_code == 302
    assert kept(owner, case_id)["basics"] == {"name": "North", "_raw": {"contact_phone": "ring at the gate"}}
    assert 'value="ring at the gate"' in page(owner, f"/my/{case_id}/basics")
    assert "In progress" in page(owner, f"/my/{case_id}")


def test_full_width_digits_are_read(owner: FlaskClient, world: World) -> None:
    case_id = opened(owner, world)
    owner.post(f"/my/{case_id}/basics", data=BASICS | {"version": "0"})
    owner.post(f"/my/{case_id}/parcels")
    seen = version(page(owner, f"/my/{case_id}/parcels/p1"))
    data = {
        "name": "East",
        "district_code": "370911",
        "area": "１２．５",
        "unit": "ha",
        "tenure": "household",
        "title_document": "contract",
        "title_number": "鲁 2020-1",
        "title_end": "2049年12月31日",
        "disputed": "no",
        "coowner_consent": "not_needed",
        "version": seen,
    }
    response = owner.post(f"/my/{case_id}/parcels/p1", data=data, follow_redirects=True)
    assert "187.5\u00a0mu (12.5\u00a0ha)" in response.text
    (parcel,) = kept(owner, case_id)["parcels"]["parcels"]
    assert (parcel["area"], parcel["area_mu"], parcel["title_end"]) == ("12.5", "187.5", "2049-12-31")


def test_only_the_questions_the_method_asks_are_asked(owner: FlaskClient, world: World) -> None:
    case_id = opened(owner, world)
    assert owner.get(f"/my/{case_id}/method").status_code == 302
    owner.post(f"/my/{case_id}/basics", data=BASICS | {"version": "0"})
    first = page(owner, f"/my/{case_id}/method")
    assert "CCER-14-001-V01" in first
    assert "CCER-14-002" in first.partition("Methods that cannot be used")[2]
    assert "shrub_removed_pct" not in first
    chosen = {"method": "CCER-14-001", "asked": "method", "version": "0"}
    assert owner.post(f"/my/{case_id}/method", data=chosen).status_code == 302
    assert "shrub_removed_pct" in page(owner, f"/my/{case_id}/method")
    owner.post(f"/my/{case_id}/basics", data=BASICS | {"scheme": "local_ticket", "version": "1"})
    ticket = page(owner, f"/my/{case_id}/method")
    assert "TA-TICKET" in ticket
    assert "CCER-14-001" not in ticket


def test_autosave_keeps_what_is_typed_and_says_when(owner: FlaskClient, world: World) -> None:
    case_id = opened(owner, world)
    typed = {"name": "Nor", "asked": BASICS["asked"], "version": "0"}
    answer = owner.post(f"/my/{case_id}/basics/autosave", data=typed)
    assert answer.json is not None
    assert answer.json["version"] == 1
    assert answer.json["saved"].startswith("Saved ")
    assert kept(owner, case_id)["basics"] == {"name": "Nor"}


def test_two_people_on_a_page_get_both_texts(client: FlaskClient, world: World) -> None:
    signed_in(client, world.people["owner"])
    case_id = opened(client, world)
    client.post(f"/my/{case_id}/basics", data=BASICS | {"version": "0"})
    client.post(f"/my/{case_id}/basics", data=BASICS | {"version": "1", "name": "Theirs"})
    late = {"version": "1", "name": "Mine & <mine>"}
    answer = client.post(f"/my/{case_id}/basics/autosave", data=BASICS | late)
    assert answer.status_code == 409
    assert answer.json is not None
    assert "Not saved" in answer.json["message"]
    response = client.post(f"/my/{case_id}/basics", data=BASICS | late)
    assert response.status_code == 409
    assert "Theirs" in response.text
    assert 'value="Mine &amp; &lt;mine&gt;"' in response.text
    assert kept(client, case_id)["basics"]["name"] == "Theirs"
    client.post(f"/my/{case_id}/basics", data=BASICS | late | {"version": version(response.text)})
    assert kept(client, case_id)["basics"]["name"] == "Mine & <mine>"


def test_a_refused_file_does_not_take_the_good_ones_with_it(owner: FlaskClient, world: World) -> None:
    case_id = opened(owner, world)
    owner.post(f"/my/{case_id}/basics", data=BASICS | {"version": "0"})
    files = [(io.BytesIO(PDF), "good.pdf"), (io.BytesIO(EXE), "bad.pdf"), (io.BytesIO(b""), "empty.pdf")]
    data = MultiDict([("kind", "application_form"), ("parcel", "")] + [("files", f) for f in files])
    response = owner.post(f"/my/{case_id}/documents/upload", data=data, content_type="multipart/form-data")
    assert response.status_code == 422
    assert "bad.pdf: the content is not what the name says" in response.text
    assert "empty.pdf: the file is empty" in response.text
    assert response.text.count("bad.pdf: the content") == 2  # in the summary and at its line
    found = re.search(rf"/my/{case_id}/documents/(\d+)\"", response.text)
    assert found
    with owner.get(f"/my/{case_id}/documents/{found[1]}") as paper:
        assert paper.data == PDF
        assert paper.headers["Content-Disposition"].startswith("attachment")


def test_another_applications_paper_cannot_be_read_through_mine(client: FlaskClient, world: World) -> None:
    signed_in(client, world.people["owner"])
    theirs = full(client, world)
    with client.application.app_context():
        paper = ask.papers(theirs, 1)[0].id
    signed_in(client, world.people["stranger"])
    mine = int(client.post("/my/start", data={"who": "person"}).location.rpartition("/")[2])
    assert client.get(f"/my/{mine}/documents/{paper}").status_code == 404
    assert client.post(f"/my/{mine}/documents/{paper}/remove").status_code == 302
    with client.application.app_context():
        assert paper in [d.id for d in ask.papers(theirs, 1)]


def test_the_check_page_names_what_is_missing_with_links(owner: FlaskClient, world: World) -> None:
    case_id = opened(owner, world)
    html = page(owner, f"/my/{case_id}/check")
    assert "At least one parcel" in html
    assert f'href="/my/{case_id}/basics#name"' in html
    assert 'name="seen"' not in html


def hand_in(client: FlaskClient, case_id: int, html: str | None = None) -> Any:
    html = html or page(client, f"/my/{case_id}/check")
    seen = dict(re.findall(r'name="(seen|answers_seen)" value="([^"]*)"', html))
    return client.post(f"/my/{case_id}/check", data=seen)


def test_a_full_application_gets_its_number_and_a_receipt(owner: FlaskClient, world: World) -> None:
    case_id = full(owner, world)
    response = hand_in(owner, case_id)
    assert response.location == f"/my/{case_id}/receipt"
    receipt = page(owner, response.location)
    assert re.search(r"TL20\d{8}", receipt)
    assert owner.get(f"/my/{case_id}/basics").status_code == 302


def test_answers_changed_behind_the_check_page_are_not_submitted(owner: FlaskClient, world: World) -> None:
    case_id = full(owner, world)
    html = page(owner, f"/my/{case_id}/check")
    with owner.application.app_context():
        world.save(case_id, "contract", {"has_partner": False, "note": "new"})
    response = hand_in(owner, case_id, html)
    assert response.status_code == 409
    assert "The answers have changed since you opened this page" in response.text
    with owner.application.app_context():
        assert db.session.get_one(Case, case_id).state is ProjectState.DRAFT


def test_a_refused_submission_says_why_and_where_to_cure_it(owner: FlaskClient, world: World) -> None:
    case_id = full(owner, world, person=True)
    response = hand_in(owner, case_id)
    assert response.status_code == 422
    assert "R34" in response.text
    assert f'href="/my/{case_id}/basics"' in response.text


def test_a_fault_stands_beside_its_field_and_the_changes_on_the_check_page(owner: FlaskClient, world: World) -> None:
    case_id = full(owner, world)
    hand_in(owner, case_id)
    with owner.application.app_context(), writing():
        case = db.session.get_one(Case, case_id)
        notice = CorrectionNotice(case_id=case_id, round_no=1, sent_at=now(), sent_by_id=world.people["officer"])
        notice.faults = [
            CorrectionFault(field="basics.summary", what="Say who plants."),
            CorrectionFault(field="parcels.p1.area", what="The certificate says 500 mu."),
            CorrectionFault(field="documents.title_proof", what="Illegible."),
        ]
        db.session.add(notice)
        case.state, case.returns_to = ProjectState.CORRECTION_REQUESTED, ProjectState.SUBMITTED
    listed = page(owner, f"/my/{case_id}")
    assert "3 things to correct" in listed
    assert listed.count("To be corrected") == 3
    assert "Say who plants." in page(owner, f"/my/{case_id}/basics")
    assert "The certificate says 500 mu." in page(owner, f"/my/{case_id}/parcels/p1")
    assert "Illegible." in page(owner, f"/my/{case_id}/documents")
    data = BASICS | {"summary": "The village plants.", "version": version(page(owner, f"/my/{case_id}/basics"))}
    assert owner.post(f"/my/{case_id}/basics", data=data).status_code == 302
    check = page(owner, f"/my/{case_id}/check")
    assert "The village plants." in check.partition("What you have changed")[2].partition("</table>")[0]
    assert page(owner, f"/my/{case_id}").count("To be corrected") == 2


def test_a_draft_can_be_copied_and_discarded(owner: FlaskClient, world: World) -> None:
    case_id = full(owner, world)
    copy = owner.post(f"/my/{case_id}/copy").location
    assert "Discard this draft?" in page(owner, f"/my/{case_id}/discard")
    assert owner.post(f"/my/{case_id}/discard").location == "/my"
    assert owner.get(f"/my/{case_id}").status_code == 404
    assert "declarations" in page(owner, copy)
    assert owner.get(f"{copy}/documents").status_code == 200


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_every_page_of_a_full_application_opens_in_both_languages(
    owner: FlaskClient, world: World, language: str
) -> None:
    case_id = full(owner, world)
    with owner.session_transaction() as session:
        session["language"] = language
    for path in (
        "",
        "/basics",
        "/parcels",
        "/parcels/p1",
        "/method",
        "/contract",
        "/crediting",
        "/documents",
        "/check",
    ):
        html = page(owner, f"/my/{case_id}{path}")
        assert " style=" not in html
        assert not re.search(r"<script(?! src)", html)


def test_a_person_signed_out_in_between_comes_back_to_the_same_page(client: FlaskClient, world: World) -> None:
    signed_in(client, world.people["owner"])
    case_id = opened(client, world)
    client.delete_cookie("sid")
    assert client.post(f"/my/{case_id}/basics/autosave", data=BASICS).status_code in (302, 401)
    away = client.get(f"/my/{case_id}/basics")
    assert f"/my/{case_id}/basics" in (away.location or away.text).replace("%2F", "/")


def test_the_service_and_the_page_agree_on_what_may_be_edited(owner: FlaskClient, world: World) -> None:
    case_id = full(owner, world)
    hand_in(owner, case_id)
    with owner.application.app_context():
        assert not drafts.editable(db.session.get_one(Case, case_id))
        assert db.session.get(User, world.people["owner"]) is not None
    assert "The application is with the bureau" in page(owner, f"/my/{case_id}")
