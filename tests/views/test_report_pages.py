"""Pages of pilot reports: from an empty period to the published PDF, with every number leading to its sources."""

import html
import io
import re

import openpyxl
import pytest

from registry import jobs
from registry.queries import reports as ask
from tests import reports
from tests.town import Town
from workflows.pilot_report import CHAPTERS
from workflows.states import PeriodKind

WORDS = dict.fromkeys(CHAPTERS[PeriodKind.QUARTER], "本期按计划推进。")


@pytest.fixture
def farm(town):
    with town.inside():
        found = reports.farm(town.world)
        reports.some_rows(town.world, found)
        return found


def sent(town: Town, path: str, status: int = 302, **data: object) -> str:
    """Open a form as who is signed in, and send it; where it leads, or the page that came back."""
    form = town.client.get(path)
    assert form.status_code == 200, form.text
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', form.text)
    answer = town.client.post(path, data={"seen": seen[1] if seen else "", **data})
    assert answer.status_code == status, answer.text
    return answer.headers["Location"] if status == 302 else html.unescape(answer.text)


def begun(town: Town, farm: int) -> int:
    town.be("reporter")
    answer = town.client.post("/reports/begin", data={"farm": farm, "year": 2025, "quarter": 4})
    assert answer.status_code == 302, answer.text
    return int(answer.headers["Location"].rpartition("/")[2])


def published(town: Town, farm: int) -> int:
    report_id = begun(town, farm)
    sent(town, f"/reports/{report_id}/write", **WORDS)
    for action, who in reports.STEPS:
        town.be(who)
        sent(town, f"/reports/{report_id}/act/{action}")
    return report_id


def test_a_report_goes_its_way_on_the_pages_and_is_read_by_anybody(town, farm):
    report_id = begun(town, farm)
    assert "Chapters not written yet: 7" in town.page("reporter", f"/reports/{report_id}")
    sent(town, f"/reports/{report_id}/write", **WORDS)
    assert "Nothing was found" not in town.page("reporter", f"/reports/{report_id}")  # it is late, which is said
    sent(town, f"/reports/{report_id}/act/submit_report")
    town.be("officer")
    sent(town, f"/reports/{report_id}/act/return_report", words="表4请核对。")
    assert "表4请核对。" in town.page("reporter", f"/reports/{report_id}")
    for action, who in reports.STEPS:
        town.be(who)
        sent(town, f"/reports/{report_id}/act/{action}")
    with town.inside():
        assert jobs.make_papers() == (1, 0)
    town.client.delete_cookie("sid")
    page = town.client.get("/pilot-reports").text
    assert "泰林碳报〔2026〕1号" in page
    with town.client.get(f"/pilot-reports/{report_id}/pdf") as answer:
        assert answer.data.startswith(b"%PDF")


def test_a_returned_report_needs_words(town, farm):
    report_id = begun(town, farm)
    sent(town, f"/reports/{report_id}/write", **WORDS)
    sent(town, f"/reports/{report_id}/act/submit_report")
    town.be("officer")
    assert "Say what is to be changed" in sent(town, f"/reports/{report_id}/act/return_report", status=422)


def test_a_report_that_lacks_a_chapter_is_refused_with_the_cure(town, farm):
    report_id = begun(town, farm)
    page = sent(town, f"/reports/{report_id}/act/submit_report", status=422)
    assert "Not possible yet" in page
    assert "P25" in page


def test_three_numbers_lead_to_the_rows_they_were_made_from(town, farm):
    report_id = begun(town, farm)
    page = town.page("officer", f"/reports/{report_id}")
    for shown, document in (("800.5", 2), ("31.5", 1), ("280", 1)):
        link = re.search(rf'<a href="(/reports/{report_id}/figures/\d+)">{re.escape(shown)}</a>', page)
        assert link, shown
        sources = town.page("officer", link[1])
        assert shown in sources
        rows = re.findall(r'href="(/reports/entries/\d+)"', sources)
        assert len(rows) == document
        assert "示例台账" in town.page("officer", rows[0])


def test_a_draft_is_no_business_of_the_public(town, farm):
    report_id = begun(town, farm)
    town.client.delete_cookie("sid")
    assert town.client.get(f"/pilot-reports/{report_id}/pdf").status_code == 404
    assert town.client.get(f"/reports/{report_id}").status_code in {302, 401}


def test_another_farms_reporter_sees_nothing_of_it(town, farm):
    report_id = begun(town, farm)
    with town.inside():
        first = town.world.people["reporter"]
        reports.farm(town.world)
        town.world.people |= {"other": town.world.people["reporter"], "reporter": first}
    town.page("other", f"/reports/{report_id}", 404)
    with town.inside():
        entry = ask.sources_of(reports.row(report_id).figures[0])[0][1]
    town.page("other", f"/reports/entries/{entry}", 404)


def test_a_row_of_the_farm_is_recorded_corrected_and_taken_out(town, farm):
    town.be("reporter")
    row = {"on_day": "2025-11-02", "task": "补植", "done_mu": "一百", "document": "验收单", "mark": ""}
    assert "done_mu" in sent(town, "/reports/tables/4/enter", status=422, **row)
    first = sent(town, "/reports/tables/4/enter", **(row | {"done_mu": "１００"}))
    assert "100" in town.page("reporter", first)
    number = first.rpartition("/")[2]
    second = sent(town, f"/reports/tables/4/enter?replaces={number}", **(row | {"done_mu": "120"}))
    assert "The row that came in its place" in town.page("reporter", first)
    again = town.client.post(f"/reports/tables/4/enter?replaces={number}", data=row | {"done_mu": "130"})
    assert again.status_code == 404
    third = sent(town, f"/reports/tables/4/enter?replaces={second.rpartition('/')[2]}", void="1", mark="")
    assert "Taken out" in town.page("reporter", third)
    report_id = begun(town, farm)
    assert "补植" not in town.page("reporter", f"/reports/{report_id}")


def test_two_writers_do_not_overwrite_one_another(town, farm):
    report_id = begun(town, farm)
    stale = {"seen": "1", **WORDS}
    assert town.client.post(f"/reports/{report_id}/write", data=stale).status_code == 302
    answer = town.client.post(f"/reports/{report_id}/write", data=stale | {"questions": "另一人写的。"})
    assert answer.status_code == 409
    assert "另一人写的。" in answer.text


def test_a_correction_shows_what_differs(town, farm):
    report_id = published(town, farm)
    with town.inside():
        late = {"cause": "病虫", "on": "2025-12-20", "area_mu": "8", "co2_t": "20", "handling": "已清理"}
        reports.entered(town.world, farm, 6, reports.date(2025, 12, 20), **late)
    town.be("reporter")
    leads = sent(town, f"/reports/{report_id}/act/correct_report")
    assert leads.endswith("/write")
    sent(town, leads, **(WORDS | {"reason": "补报病虫害。"}))
    page = town.page("reporter", leads.removesuffix("/write"))
    assert "补报病虫害。" in page
    assert "Table 6, total, CO₂ (tCO₂e)" in page
    assert "51.5" in page


def test_the_workbook_keeps_typed_words_as_words(town, farm):
    with town.inside():
        reports.entered(town.world, farm, 4, reports.date(2025, 12, 6), task="=1+1", done_mu="-5")
    report_id = begun(town, farm)
    book = openpyxl.load_workbook(io.BytesIO(town.client.get(f"/reports/{report_id}/tables.xlsx").data))
    cells = [c for row in book.worksheets[0].iter_rows() for c in row]
    assert "=1+1" in {c.value for c in cells if c.data_type == "s"}
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert -5 in {c.value for c in cells if c.data_type == "n"}


def test_pages_are_chinese_to_the_last_word(town, farm):
    report_id = begun(town, farm)
    for path in ("/reports", f"/reports/{report_id}", f"/reports/{report_id}/write", "/reports/tables/2/enter"):
        town.be("reporter")
        with town.client.session_transaction() as session:
            session["language"] = "zh"
        main = re.sub(
            r"<[^>]+>", " ", town.client.get(path).text.partition("<main")[2].partition(">")[2].partition("</main>")[0]
        )
        assert not re.findall(r"\b[A-Z]?[a-z]{4,}\b", main.replace("Excel", "")), path
