"""Pages of pilot reports: from an empty period to the published PDF, with every number leading to its sources."""

import html
import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from registry import jobs
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
    for shown, document in (("800.50", 2), ("31.50", 1), ("280.00", 1)):
        link = re.search(rf'<a href="(/reports/{report_id}/figures/\d+)">{re.escape(shown)}</a>', page)
        assert link, shown
        sources = town.page("officer", link[1])
        assert shown in sources
        rows = re.findall(r'href="(/farm/records/\d+)"', sources)
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


def test_a_record_of_the_farm_is_corrected_and_the_report_reads_it_again(town, farm):
    report_id = begun(town, farm)
    page = town.page("reporter", f"/reports/{report_id}")
    listed = f"/farm/{farm}/records/activity"
    assert f'href="{listed}"' in page
    record = re.search(r'href="(/farm/records/\d+)"', town.page("reporter", listed))[1]  # the newest: tending
    form = town.client.get(f"{record}/correct").text
    typed = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', form)[1] for name in ("client_id", "on_day")}
    sent(town, f"{record}/correct", **typed, work="tending", done_mu="600", reason="抄错")
    assert "880.00" not in town.page("reporter", f"/reports/{report_id}")
    town.client.post(f"/reports/{report_id}/read-again")
    assert "880.00" in town.page("reporter", f"/reports/{report_id}")


def test_an_uncertainty_leads_to_its_plots_and_a_stratum_without_one_says_what_it_lacks(town, farm):
    with town.inside():
        reports.surveyed(town.world, farm, date(2025, 6, 1))
        for n, d in enumerate(((10, 12), (11, 15))):
            reports.a_sampled_plot(town.world, farm, f"样{n}", d)
        reports.a_sampled_plot(town.world, farm, "槐1", stratum="刺槐成熟林")
        number = reports.begun(town.world, farm, reports.YEAR)
        figures = {(f.table_no, f.row_no, f.column_key): f.id for f in reports.row(number).figures}
    page = town.page("reporter", f"/reports/{number}/figures/{figures[2, 1, 'uncertainty_pct']}")
    rows = re.findall(r'<th scope="row" class="nowrap"><a href="/farm/records/\d+">(样\d)</a>', page)
    assert rows == ["样0", "样1"]
    found = html.unescape(town.page("reporter", f"/reports/{number}"))
    assert "刺槐成熟林: 0 that count, not 槐1 (the newest measurement has no tree list)" in found
    assert f"/farm/{farm}/records/measurement" in found


def test_a_figure_of_an_inventory_leads_to_its_rows_in_the_file(town, farm):
    with town.inside():
        reports.surveyed(town.world, farm, reports.date(2025, 6, 1))
        number = reports.begun(town.world, farm, reports.YEAR)
        figures = {(f.table_no, f.row_no, f.column_key): f.id for f in reports.row(number).figures}
    page = town.page("officer", f"/reports/{number}/figures/{figures[1, 1, 'volume_m3']}")
    for said in ("200.00", "示例调查报告", "小班.xlsx", '<td class="right">2</td>', '<td class="right">3</td>', "0002"):
        assert said in page, said
    assert "0003" not in page
    total = town.page("officer", f"/reports/{number}/figures/{figures[1, 0, 'volume_m3']}?group=1")
    assert "300.00" in total
    assert "0003" in total
    assert "0002" not in total


def test_a_finding_leads_to_where_it_is_mended(town, farm):
    with town.inside():
        reports.recorded(
            town.world, farm, "loss", reports.date(2025, 12, 1), cause="pest", area_mu=Decimal(2), handling=""
        )
    report_id = begun(town, farm)
    page = town.page("reporter", f"/reports/{report_id}")
    lacking = page.partition('id="f-P24"')[2].partition("</li></ul>")[0]
    assert f'href="/farm/{farm}/records/loss"' in lacking
    assert f'href="/reports/{report_id}/write"' in page.partition('id="f-P25"')[2].partition("</li></ul>")[0]


def test_rows_that_cannot_be_reckoned_are_named_with_where_to_mend_them(town, farm):
    with town.inside():
        willow = ["0009", "岱岳区", reports.FARM, "示例一区", "防护林", "柳树", "中龄林", 15, 50, 0.6, 10, 7]
        reports.surveyed(town.world, farm, reports.date(2025, 6, 1), *reports.STANDS, willow)
        number = reports.begun(town.world, farm, reports.YEAR)
    page = town.page("reporter", f"/reports/{number}")
    lacking = page.partition('id="f-P35"')[2].partition("</li></ul>")[0]
    assert "row 5 (0009)" in html.unescape(lacking)
    assert 'href="/inventory"' in lacking


def test_a_report_names_its_pilot(town, farm):
    with town.inside():
        reports.running_pilot(town.world, farm)
    assert "示例试点" in town.page("reporter", f"/reports/{begun(town, farm)}")


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
        late = {"cause": "pest", "area_mu": Decimal(8), "carbon_t": Decimal(20), "method_version": "AR-CM-001-V01"}
        reports.recorded(town.world, farm, "loss", reports.date(2025, 12, 20), **late)
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
        typed = {"cause": "fire", "area_mu": Decimal(5), "handling": "=1+1"}
        reports.recorded(town.world, farm, "loss", reports.date(2025, 12, 6), **typed)
    report_id = begun(town, farm)
    book = openpyxl.load_workbook(io.BytesIO(town.client.get(f"/reports/{report_id}/tables.xlsx").data))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert "=1+1" in {c.value for c in cells if c.data_type == "s"}
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert 800.5 in {c.value for c in cells if c.data_type == "n"}


def test_the_workbook_names_the_records_of_each_figure_as_people_read_them(town, farm):
    report_id = begun(town, farm)
    with town.client.session_transaction() as session:
        session["language"] = "zh"
    book = openpyxl.load_workbook(io.BytesIO(town.client.get(f"/reports/{report_id}/tables.xlsx").data))
    heads, *rows = book.worksheets[-1].values
    assert heads[:4] == ("表中位置", "数值", "来源记录", "方法及其版本")
    assert ("表4、合计、完成（亩）", 800.5) in {row[:2] for row in rows}
    said = "".join(str(row[2] or "") for row in rows)
    assert "示例" in said
    assert not re.findall(r"[A-Za-z%]+", said)


def test_a_report_that_came_in_time_is_not_late_while_it_waits(town, farm, clock):
    clock.move(days=-49)  # from 2 March to 12 January
    report_id = begun(town, farm)
    sent(town, f"/reports/{report_id}/write", **WORDS)
    sent(town, f"/reports/{report_id}/act/submit_report")
    clock.move(days=49)
    assert "A report comes by its day" not in town.page("officer", f"/reports/{report_id}")
    sent(town, f"/reports/{report_id}/act/return_report", words="表4请核对。")
    assert "A report comes by its day" in town.page("reporter", f"/reports/{report_id}")


def test_pages_are_chinese_to_the_last_word(town, farm):
    report_id = begun(town, farm)
    for path in ("/reports", f"/reports/{report_id}", f"/reports/{report_id}/write"):
        town.be("reporter")
        with town.client.session_transaction() as session:
            session["language"] = "zh"
        main = re.sub(
            r"<[^>]+>", " ", town.client.get(path).text.partition("<main")[2].partition(">")[2].partition("</main>")[0]
        )
        assert not re.findall(r"\b[A-Z]?[a-z]{4,}\b", main.replace("Excel", "")), path
