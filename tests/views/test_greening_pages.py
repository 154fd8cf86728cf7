"""Completed area on the pages: reported by its unit, confirmed by an officer, counted once, and on the dashboard."""

import io
import re
from decimal import Decimal

import pytest

from registry.queries import greening as ask
from tests import greening
from tests.statements import asked
from tests.town import Town, problems
from tests.world import PDF
from workflows.units import PERIODS

GOOD = {
    "seen": "0",
    "year": "2026",
    "kind": "afforestation",
    "area_mu": "120",
    "document_title": "造林绿化验收意见",
    "document_number": "示例林验〔2026〕1号",
    "document_on": "2026-02-20",
}
NEW = "/greening/reports/new"


@pytest.fixture
def units(town: Town) -> dict[str, int]:
    with town.inside():
        return greening.settle(town.world)


def drafted(town: Town, path: str = NEW, status: int = 302, **changed: object) -> str:
    """Send the form of a report; the address of its page, or the page that came back."""
    town.be("daiyue")
    answer = town.client.post(path, data={**GOOD, "file": (io.BytesIO(PDF), "accepted.pdf"), **changed})
    assert answer.status_code == status, answer.text
    return answer.headers["Location"] if status == 302 else answer.text


def send(town: Town, who: str, path: str, status: int = 302, **data: object) -> str:
    """Open the page of an act and send it."""
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', town.page(who, path))
    assert seen
    answer = town.client.post(path, data={"seen": seen[1], **data})
    assert answer.status_code == status, answer.text
    return answer.text


@pytest.mark.usefixtures("units")
def test_a_report_goes_from_its_unit_to_an_officer_to_the_public_page_and_the_dashboard(town):
    path = drafted(town)
    send(town, "daiyue", f"{path}/act/report_completion")
    assert "Check and confirm the completed area" in town.page("officer", "/inbox")
    send(town, "officer", f"{path}/act/confirm_completion", words="")
    assert "The completed area was confirmed" in town.page("daiyue", path)
    for page in (town.page("chair", "/dashboard"), town.page("chair", "/targets")):
        assert "120\u00a0mu confirmed" in page
        assert "1.2%" in page
    link = re.search(r'href="(/greening/reports\?[^"]+)"', town.page("chair", "/dashboard"))
    assert link
    assert "120\u00a0mu (8\u00a0ha) in all" in town.page("chair", link[1])


def test_area_of_registered_projects_is_never_added_to_what_was_completed(town, units):
    town.case("registered")
    with town.inside():
        greening.confirmed(town.world, units["daiyue"])
        done = ask.completed(PERIODS[1])
    assert sum(done.values()) == Decimal(120)
    page = town.page("chair", "/dashboard")
    assert "120\u00a0mu confirmed" in page
    assert "600\u00a0mu" in page.partition("Registered projects")[2]


@pytest.mark.usefixtures("units")
def test_a_bad_report_says_what_is_wrong_and_keeps_text_and_file(town):
    page = drafted(town, status=422, year="2020", area_mu="0", document_on="2026-12-31")
    assert len(problems(page)) == 3
    assert "accepted.pdf" in page
    assert "示例林验〔2026〕1号" in page


def test_a_draft_is_its_units_own_and_a_report_no_other_units(town, units):
    path = drafted(town)
    for who in ("officer", "xintai"):
        town.page(who, path, 404)
    send(town, "daiyue", f"{path}/act/report_completion")
    town.page("officer", path)
    town.page("xintai", path, 404)
    town.page("owner", path, 403)


@pytest.mark.usefixtures("units")
def test_a_step_from_an_old_page_is_refused_and_the_typed_words_come_back(town):
    path = drafted(town)
    send(town, "daiyue", f"{path}/act/report_completion")
    send(town, "officer", f"{path}/act/return_completion", words="面积不符")
    send(town, "daiyue", f"{path}/act/report_completion")
    town.be("officer")
    stale = town.client.post(f"{path}/act/confirm_completion", data={"seen": "2", "words": "同意确认"})
    assert stale.status_code == 409
    assert "同意确认" in stale.text


def test_the_dashboard_asks_as_much_of_many_cases_as_of_few(town, units):
    def number() -> int:
        with asked(town.client.application) as seen:
            town.page("auditor", "/dashboard")
        return len(seen)

    town.case("registered")
    town.page("auditor", "/dashboard")
    few = number()
    for state in ("registered", "risk_review", "submitted"):
        town.case(state)
    with town.inside():
        greening.confirmed(town.world, units["daiyue"])
    assert number() == few
