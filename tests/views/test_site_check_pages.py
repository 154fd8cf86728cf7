"""A site check on the pages: recorded with photos, signed, changed, read by the bureau's own people only."""

import io
import re

import pytest
from bs4 import BeautifulSoup

from registry.extensions import db
from registry.models import Document, SiteCheck
from tests.town import OTHER_PDF, Town, problems
from tests.world import PARCEL, PDF

SAID = {"visited_on": "2026-02-27", "place": "East slope", "who_went": "Two officers", "observed": "Bare hill."}


@pytest.fixture
def case(town: Town) -> tuple[int, str]:
    return town.case("methodology_screening")


def recorded(town: Town, case_id: int, who: str = "officer", status: int = 302, **changed: object) -> str:
    return town.send(who, case_id, "record_site_check", status, **(SAID | changed))


def last(town: Town) -> int:
    with town.inside():
        return int(db.session.query(SiteCheck.id).order_by(SiteCheck.id.desc()).first()[0])


def section(text: str) -> str:
    return text.partition('id="site-checks"')[2].partition("</section>")[0]


def test_a_record_is_made_signed_by_a_second_officer_and_stands_on_the_case(town, case):
    case_id, number = case
    recorded(town, case_id)
    mine = section(town.page("officer", f"/cases/{number}"))
    assert "A second signature is missing" in mine
    assert "Bare hill." in mine
    assert "act/sign_site_check" not in mine, "who recorded it has signed it"
    theirs = section(town.page("officer2", f"/cases/{number}"))
    assert "act/sign_site_check" in theirs
    town.send("officer2", case_id, "sign_site_check", site_check_id=last(town))
    assert "Signed by two officers" in section(town.page("officer", f"/cases/{number}"))
    shown = town.page("supervisor", f"/cases/{number}")
    assert "A site check was recorded: no. 1, version 1" in shown
    assert "The record of a site check was signed: no. 1, version 1" in shown


def test_photos_come_with_it_and_only_the_bureau_opens_them(town, case):
    case_id, number = case
    files = [(io.BytesIO(PDF), "slope.pdf"), (io.BytesIO(OTHER_PDF), "marks.pdf")]
    recorded(town, case_id, files=files)
    with town.inside():
        kept = db.session.query(Document).filter_by(case_id=case_id, kind="site_check").order_by(Document.id).all()
        assert [d.filename for d in kept] == ["slope.pdf", "marks.pdf"]
        paper = kept[0].id
    assert "slope.pdf" in section(town.page("officer2", f"/cases/{number}"))
    with town.be("officer2").get(f"/cases/{number}/documents/{paper}") as answer:
        assert answer.status_code == 200
    assert town.be("owner").get(f"/cases/{number}/documents/{paper}").status_code == 404
    assert "slope.pdf" not in town.page("owner", f"/cases/{number}")


def test_a_file_that_cannot_be_taken_is_named_and_nothing_is_lost(town, case):
    case_id, _number = case
    page = recorded(town, case_id, status=422, files=[(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(b"MZ\x90"), "b.exe")])
    assert "b.exe" in " ".join(problems(page))
    assert "Bare hill." in page
    with town.inside():
        assert (
            db.session.query(SiteCheck).count() == db.session.query(Document).filter_by(kind="site_check").count() == 0
        )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"visited_on": ""}, "Enter the day of the visit"),
        ({"visited_on": "2026-03-03"}, "The day of the visit cannot be later than today"),
        ({"place": " "}, "Say which place and parcels were visited"),
        ({"who_went": ""}, "Say who took part"),
        ({"observed": ""}, "Say what was observed"),
    ],
)
def test_what_is_missing_is_said_at_its_question(town, case, changed, words):
    assert problems(recorded(town, case[0], status=422, **changed)) == [words]


def test_too_many_files_at_once_are_sent_back(town, case):
    files = [(io.BytesIO(PDF), f"{n}.pdf") for n in range(13)]
    assert problems(recorded(town, case[0], status=422, files=files)) == ["Choose at most 12 files at once"]


def test_a_record_is_changed_from_itself_and_its_earlier_versions_are_kept(town, case):
    case_id, number = case
    recorded(town, case_id)
    first = last(town)
    page = BeautifulSoup(town.page("officer2", f"/cases/{number}/act/record_site_check?check={first}"), "html.parser")
    assert page.select_one("[name=observed]").text.strip() == "Bare hill."
    assert page.select_one(f'[name=corrects][value="{first}"]').has_attr("checked")
    recorded(town, case_id, "officer2", corrects=str(first), observed="One mark is missing.")
    shown = section(town.page("officer", f"/cases/{number}"))
    assert "Version 2" in shown
    assert "One mark is missing." in shown.partition("Earlier versions")[0]
    assert "Bare hill." in shown.partition("Earlier versions")[2]


def test_a_button_speaks_the_language_of_whoever_reads_it(town, case):
    case_id, number = case
    recorded(town, case_id)
    path = f"/cases/{number}/screening"
    town.be("officer2")
    with town.client.session_transaction() as session:
        session["language"] = "zh_Hans_CN"
    assert "在现场核查记录上签字" in section(town.client.get(path).text)
    english = section(town.page("officer2", path))
    assert "Sign the record of a site check" in english
    assert "签字" not in english


def test_a_new_record_stands_beside_the_first(town, case):
    case_id, number = case
    recorded(town, case_id)
    recorded(town, case_id, corrects="", place="West slope")
    shown = section(town.page("officer", f"/cases/{number}"))
    assert len(re.findall(r'id="site-check-\d"', shown)) == 2


def test_the_applicant_reads_that_a_check_was_made_and_not_what_it_says(town, case):
    case_id, number = case
    recorded(town, case_id)
    page = town.page("owner", f"/cases/{number}")
    assert "A site check was recorded" in page
    for words in ("Bare hill.", "Two officers", "site-check-1"):
        assert words not in page


def test_the_screening_sheet_says_what_a_record_lacks(town, case):
    case_id, number = case
    recorded(town, case_id)
    page = town.page("officer", f"/cases/{number}/screening")
    assert "with fewer than 2 signatures: 1" in page
    assert "Bare hill." in section(page)


def test_an_officer_who_has_signed_the_sheet_finds_the_record_to_sign(town, case):
    case_id, _number = case
    recorded(town, case_id)
    with town.inside():
        town.world.screen(case_id)
    assert town.waits("officer2") == ["sign_site_check"]
    assert town.waits("officer") == []
    town.send("officer2", case_id, "sign_site_check", site_check_id=last(town))
    assert town.waits("officer") == ["pass_screening"]


# Legal review -------------------------------------------------------------------------------------------


def test_the_page_says_how_long_the_lawyer_has_had(town, clock):
    case_id, number = town.case("risk_review", parcels={"parcels": [{**PARCEL, "tenure": "collective_managed"}]})
    assert town.waits("officer") == ["send_for_legal_review"]
    assert town.waits("legal") == []
    town.send("officer", case_id, "send_for_legal_review", words="Look at clause 7")
    assert town.waits("legal") == ["give_legal_opinion"]
    assert "Look at clause 7" in town.page("legal", f"/cases/{number}")
    assert "Look at clause 7" not in town.page("owner", f"/cases/{number}")
    town.send("legal", case_id, "give_legal_opinion", conclusion="favourable", words="In order")
    clock.move(days=4)
    with town.inside():
        meeting_id = town.world.meeting()
    page = town.send("secretary", case_id, "table", 422, question="risk_review", meeting=meeting_id)
    assert "fewer than 7 whole working days" in page
    assert "Whole working days since the file was sent: 3" in page
    assert "The legal review has not had its working days yet" in town.page("officer", f"/cases/{number}")
    clock.move(days=6)
    assert "The legal review has not had" not in town.page("officer", f"/cases/{number}")
    with town.inside():
        meeting_id = town.world.meeting()
    town.send("secretary", case_id, "table", question="risk_review", meeting=meeting_id)
