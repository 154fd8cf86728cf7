"""An applicant's later submissions and papers: nothing is sent twice for nothing, nobody files what others file."""

import html
import io
import re

import pytest
from flask_babel import force_locale

from registry.queries import applications
from registry.services import facts
from tests.town import OTHER_PDF, Town, faults
from tests.world import PDF

REPORT = {
    "conclusion": "favourable",
    "words": "All in order",
    "report_number": "V-1",
    "report_on": "2026-03-02",
    **{f"V{n}_met": "yes" for n in range(1, 6)},
    **{f"V{n}_words": "Seen on site" for n in range(1, 6)},
}
"""A validation body's opinion under a local ticket, where no national notice belongs to it."""


def upload(town: Town, case_id: int, kind: str, *files: tuple[bytes, str], **more: str):
    """Send files as the owner; the answer."""
    data = {"kind": kind, "parcel": "", "files": [(io.BytesIO(content), name) for content, name in files], **more}
    return town.be("owner").post(
        f"/my/{case_id}/documents/upload", data=data, content_type="multipart/form-data", follow_redirects=True
    )


def submit(town: Town, case_id: int, **typed: str):
    """Send the check page as the owner; the answer."""
    check = town.page("owner", f"/my/{case_id}/check")
    fields = dict(re.findall(r'name="(seen|answers_seen)" value="([^"]*)"', check))
    return town.client.post(f"/my/{case_id}/check", data={**fields, **typed})


def to_correct(town: Town) -> tuple[int, str]:
    """(id, number) of a case that waits for corrections."""
    case_id, number = town.case("submitted")
    town.behind(case_id, "request_correction", "officer", faults=faults("basics.contact_phone"))
    return case_id, number


def call_in(town: Town, case_id: int, phone: str) -> None:
    with town.inside():
        town.world.save(case_id, "basics", {**facts.answers_of(case_id, 1)["basics"], "contact_phone": phone})


# Papers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "kinds"),
    [("ccer", ("validation_report", "national_notice")), ("other_standard", ("standard_validation",))],
)
def test_papers_of_the_validation_are_not_asked_of_the_applicant(
    town: Town, scheme: str, kinds: tuple[str, ...]
) -> None:
    with town.inside():
        case_id = town.world.draft(scheme)
        with force_locale("en"):
            names = [applications.paper_title(kind) for kind in kinds]
    page = town.page("owner", f"/my/{case_id}/documents")
    assert 'name="kind" value="application_form"' in page
    for kind in kinds:
        assert f'value="{kind}"' not in page
        assert upload(town, case_id, kind, (PDF, "report.pdf")).status_code == 400
    said = page.partition("The validation body files these in the validation")[2].partition("</p>")[0]
    assert all(name in said for name in names)


def test_what_the_body_filed_can_be_read_by_the_applicant_and_is_not_copied(town: Town) -> None:
    case_id, number = town.case("validation", scheme="local_ticket")
    town.send("vvb", case_id, "file_validation", **REPORT, file=(io.BytesIO(PDF), "by-the-body.pdf"))
    assert "by-the-body.pdf" in town.page("owner", f"/cases/{number}")
    page = town.page("owner", f"/my/{case_id}/documents").partition("From the validation")[2]
    link = re.search(rf'href="(/my/{case_id}/documents/\d+)">by-the-body.pdf', page)
    assert link is not None
    with town.client.get(link[1]) as paper:
        assert paper.data == PDF
    assert "Replace this document" not in page
    assert "by-the-body.pdf" not in town.page("owner", f"/my/{case_id}/check")
    copy = town.be("owner").post(f"/my/{case_id}/copy").location
    with town.inside():
        kinds = {p.kind for p in applications.papers(int(copy.rpartition("/")[2]), 1)}
    assert "validation_report" not in kinds
    assert "ticket_report" in kinds


def test_a_file_that_is_there_already_is_told_and_makes_no_version(town: Town) -> None:
    with town.inside():
        case_id = town.world.draft(papers=False)
    assert "Uploaded: form.pdf" in upload(town, case_id, "application_form", (PDF, "form.pdf")).text
    again = html.unescape(upload(town, case_id, "application_form", (PDF, "form.pdf")).text)
    assert "form.pdf: this very file is on file already. No new version was made." in again
    assert "Uploaded:" not in again
    both = upload(town, case_id, "application_form", (PDF, "scan.pdf"), (OTHER_PDF, "new.pdf")).text
    assert "Uploaded: new.pdf" in both
    assert "scan.pdf: this very file is on file already as form.pdf. No new version was made." in html.unescape(both)
    with town.inside():
        assert [(p.filename, p.no) for p in applications.papers(case_id, 1)] == [("form.pdf", 1), ("new.pdf", 1)]


# Nothing changed ------------------------------------------------------------------------------------------


def test_corrections_without_a_change_are_refused_and_the_page_says_so_before_the_button(town: Town) -> None:
    case_id, _number = to_correct(town)
    check = town.page("owner", f"/my/{case_id}/check")
    told, _button, _after = check.partition("<button>Submit the corrections</button>")
    assert "The same application cannot be submitted again without a word (rule S50)." in told
    refused = submit(town, case_id)
    assert refused.status_code == 422
    summary = refused.text.partition('class="error-summary"')[2].partition("</ul>")[0]
    assert "nothing to review" in summary
    assert 'href="#words"' in summary
    assert 'id="words"' in refused.text
    assert town.state(case_id) == "correction_requested"
    assert "(optional)" not in told
    call_in(town, case_id, "0538-1")
    changed = town.page("owner", f"/my/{case_id}/check")
    assert "rule S50" not in changed
    assert "(optional)" in changed
    assert submit(town, case_id).status_code == 302
    assert town.state(case_id) == "submitted"


def test_a_notice_answered_in_words_goes_in_and_the_officer_reads_it_beside_the_changes(town: Town) -> None:
    case_id, number = to_correct(town)
    assert submit(town, case_id, words="The number is right, please call in the morning").status_code == 302
    assert town.state(case_id) == "submitted"
    for path in (f"/cases/{number}", f"/cases/{number}/changes"):
        assert "please call in the morning" in town.page("officer", path)
    assert "No answer and no document differs" in town.page("officer", f"/cases/{number}/changes")


def test_an_amendment_without_a_change_has_no_button_and_an_old_page_does_not_help(town: Town) -> None:
    case_id, _number = town.case("validation")
    check = town.page("owner", f"/my/{case_id}/check")
    assert "Nothing has been changed, so there is no amendment to submit." in check
    assert "<button>Submit an amendment</button>" not in check
    with town.inside():
        version = town.world.case(case_id).version
    call_in(town, case_id, "0538-1")
    good = town.page("owner", f"/my/{case_id}/check")
    assert "<button>Submit an amendment</button>" in good
    seen = re.findall(r'name="answers_seen" value="([^"]*)"', good)[0]
    call_in(town, case_id, "0538-0000000")
    again = town.client.post(f"/my/{case_id}/check", data={"seen": version, "answers_seen": seen, "words": "Why"})
    assert again.status_code == 409
    assert town.state(case_id) == "validation"


# Words ----------------------------------------------------------------------------------------------------


def test_an_error_names_its_question_once(town: Town) -> None:
    with town.inside():
        case_id = town.world.draft()
    page = town.page("owner", f"/my/{case_id}/basics")
    version = re.findall(r'name="version" value="([^"]*)"', page)[0]
    typed = {"asked": "name contact_phone scheme", "contact_phone": "at home", "version": version}
    answer = town.client.post(f"/my/{case_id}/basics", data=typed)
    summary = html.unescape(answer.text).partition('class="error-summary"')[2].partition("</ul>")[0]
    assert re.findall(r'href="#[^"]*">([^<]*)<', summary) == [
        "Fill in “Name of the project”",
        "What is the project to be registered for: Choose an answer",
        "Enter a telephone number, digits only, for example 0538-1234567",
    ]
