"""The public notice as anybody meets it: without an account, with what is kept from whom."""

import io
import re

import pytest
from sqlalchemy import func, select

from registry.clock import today
from registry.extensions import db
from registry.models import Objection, ObjectionContact, PublicNotice, StoredFile
from tests.steps.story import TENURE, WEST
from tests.town import Town, problems
from tests.world import PARCEL, PDF, World

SAID = {k: v for k, v in TENURE.items() if k != "parcel_key"}
PERSON = ("王村民", "0538-7777777")


@pytest.fixture
def town(client, clock):
    with client.application.app_context():
        return Town(client, World())


@pytest.fixture
def noticed(town):
    """(case, number, path of the notice) of a case of two parcels that was put on notice today."""
    case_id, number = town.case("validation", parcels={"parcels": [PARCEL, WEST]})
    town.behind(case_id, "open_notice", "officer")
    with town.inside():
        return case_id, number, f"/public-notices/{db.session.scalar(select(func.max(PublicNotice.id)))}"


def anybody(town, path, status=200, **data):
    town.client.delete_cookie("sid")
    answer = town.client.post(path, data=data) if data else town.client.get(path)
    assert answer.status_code == status, answer.text
    return answer


def test_the_list_and_the_front_page_say_what_is_open(town, noticed, clock):
    _case, number, path = noticed
    assert path in anybody(town, "/public-notices").text.partition('id="earlier"')[0]
    assert number in anybody(town, "/public-notices").text
    assert "1 project is on public notice" in in_english(town, "/")
    clock.move(days=10)
    assert path in anybody(town, "/public-notices").text.partition('id="earlier"')[2]
    assert "0 projects are on public notice" in in_english(town, "/")
    assert "示例造林项目" in anybody(town, path).text, "an ended notice stays readable"


def in_english(town, path):
    with town.client.session_transaction() as session:
        session["language"] = "en"
    return anybody(town, path).text


def test_nothing_is_taken_without_the_token_of_the_form(town, noticed):
    town.client.application.config["WTF_CSRF_ENABLED"] = True
    anybody(town, f"{noticed[2]}/object", 400, **SAID)
    with town.inside():
        assert db.session.query(Objection).count() == 0


def test_a_form_with_faults_says_them_all_and_keeps_what_was_typed(town, noticed):
    in_english(town, "/")
    answer = anybody(town, f"{noticed[2]}/object", 422, words="我有话说", file=(io.BytesIO(b"MZ"), "a.exe"))
    assert problems(answer.text) == ["Say whether it is an objection or a comment", "Say what it is about"]
    assert "我有话说" in answer.text
    wrong = anybody(town, f"{noticed[2]}/object", 422, **SAID, file=(io.BytesIO(b"MZ"), "a.exe"))
    assert "this type is not taken" in problems(wrong.text)[0]
    assert SAID["words"] in wrong.text
    with town.inside():
        assert db.session.query(Objection).count() == 0


def test_the_receipt_leads_to_the_answers_and_only_officers_see_who_it_was(town, noticed):
    case_id, number, path = noticed
    data = {**TENURE, "file": (io.BytesIO(PDF), "使用证.pdf")}
    sent = anybody(town, f"{path}/object", 302, **data)
    receipt = re.search(r"/objections/\w{12}", sent.headers["Location"])[0]
    assert TENURE["words"] in anybody(town, receipt).text
    public = anybody(town, path).text
    assert TENURE["words"] not in public
    applicant, officer = town.page("owner", f"/cases/{number}"), town.page("officer", f"/cases/{number}")
    assert TENURE["words"] in applicant
    for known in PERSON:
        assert known in officer
        assert known not in applicant + public + anybody(town, receipt).text
    with town.inside():
        key = db.session.query(Objection.id).scalar()
        assert db.session.query(StoredFile).join(Objection, Objection.sha256 == StoredFile.sha256).count() == 1
    file = f"/cases/{number}/objections/{key}/file"
    with town.be("officer").get(file) as answer:
        assert answer.data == PDF
    for who in ("owner", "vvb", "chair"):
        assert town.be(who).get(file).status_code == 404
    for side in ("owner", "officer"):
        assert TENURE["words"] in town.page(side, f"/cases/{number}/act/answer_objection"), "read, then answered"
    town.send("owner", case_id, "answer_objection", objection_id=str(key), words="四至清楚")
    assert "四至清楚" in anybody(town, receipt).text
    assert "四至清楚" in anybody(town, path).text
    again = town.page("owner", f"/cases/{number}/act/answer_objection")
    assert ("Nothing is left for you to answer" in again, 'name="words"' in again) == (True, False), "answered once"


def test_an_officer_does_not_merely_note_an_objection_to_the_tenure(town, noticed):
    case_id, _number, path = noticed
    anybody(town, f"{path}/object", 302, **TENURE)
    with town.inside():
        key = str(db.session.query(Objection.id).scalar())
    refused = town.send("officer", case_id, "answer_objection", 422, objection_id=key, outcome="noted", words="已阅")
    assert problems(refused) == ["An objection to the tenure is founded or not: look into it first"]
    assert "已阅" in refused


def test_who_objected_can_be_erased_and_the_chain_holds(town, noticed):
    from registry.extensions import writing
    from registry.services import audit

    anybody(town, f"{noticed[2]}/object", 302, **TENURE)
    with town.inside():
        with writing():
            db.session.delete(db.session.query(ObjectionContact).one())
        assert audit.verify()[1] is None
    assert "王村民" not in town.page("officer", f"/cases/{noticed[1]}")


def test_many_at_once_from_one_place_are_asked_to_wait_and_lose_nothing(town, noticed, clock):
    in_english(town, "/")
    for _n in range(5):
        anybody(town, f"{noticed[2]}/object", 302, **SAID)
    late = anybody(town, f"{noticed[2]}/object", 429, **SAID)
    assert SAID["words"] in late.text
    assert "Try again after" in problems(late.text)[0]
    clock.move(minutes=6)
    anybody(town, f"{noticed[2]}/object", 302, **SAID)


@pytest.mark.parametrize("path", ["/objections?code=abc", "/objections/ABC", "/objections/222222222222"])
def test_a_number_nobody_got_is_said_to_be_none(town, path):
    answer = town.client.get(path)
    assert answer.status_code in (404, 422)
    assert "error-summary" in answer.text


def test_a_notice_of_a_case_that_was_withdrawn_is_stopped_and_takes_nothing(town, noticed):
    case_id, _number, path = noticed
    town.behind(case_id, "withdraw", "owner", words="不做了")
    in_english(town, "/")
    assert "This notice has been stopped" in anybody(town, path).text
    assert "takes nothing any more" in anybody(town, f"{path}/object", 409, **SAID).text


def test_a_notice_there_is_none_of_is_not_found(town):
    for path in ("/public-notices/1", "/public-notices/1/object", f"/public-notices/{2**40}"):
        anybody(town, path, 404)


def test_whose_turn_it_is_follows_the_notice(town, noticed, clock):
    case_id, _number, path = noticed
    anybody(town, f"{path}/object", 302, **SAID)
    assert town.waits("officer") == ["answer_objection"]
    assert town.waits("owner") == ["answer_objection"]
    with town.inside():
        key = db.session.query(Objection.id).scalar()
    town.behind(case_id, "answer_objection", "officer", objection_id=key, outcome="unfounded", words="查明")
    town.behind(case_id, "answer_objection", "owner", objection_id=key, words="说明")
    assert town.waits("officer") == ["record_delivery"]
    town.behind(case_id, "record_delivery", "officer", way="in_person", delivered_on=today())
    assert town.waits("officer") == []
    clock.move(days=10)
    assert town.waits("officer") == ["close_notice"]
