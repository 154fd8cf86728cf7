"""A report after GB/T 9704: what stands where, in which fonts, and that every page of a table says what it shows."""

import re
import subprocess
from decimal import Decimal
from itertools import pairwise

import pytest
from reportlab.lib.units import mm

from registry.documents import charts, fonts, letterhead, render_report, setting
from tests.documents.samples import needs_poppler, pages, picture, run, words

TEXT = "聚焦林业碳汇能力巩固提升的重点领域和关键环节探索国有林场固碳增汇的经营模式和关键技术" * 12


def said(text=TEXT):
    return {"is": "paragraph", "text": text}


def heading(level, text):
    return {"is": "heading", "level": level, "text": text}


def a_table(rows, **changed):
    plain = {
        "is": "table",
        "caption": "表1　资源本底",
        "continued": "表1　资源本底（续）",
        "unit": "单位：亩",
        "head": ["营林区", "优势树种", "面积"],
        "widths": [2, 2, 1],
        "right": [2],
        "rows": [["大寺", f"侧柏{n}", f"{n:,}"] for n in range(1, rows + 1)],
        "total": ["合计", "", "9,999"],
        "note": "参数未核实。",
    }
    return plain | changed


def a_chart(kind="bars", **changed):
    values = [Decimal(120), Decimal(-30), Decimal("75.5")]
    plain = {
        "is": "chart",
        "kind": kind,
        "caption": "图1　任务进度",
        "unit": "亩",
        "names": ["一季度", "二季度", "三季度"],
        "series": [("计划", values), ("完成", [Decimal(60), None, Decimal(5)])],
        "note": "数据见表4。",
    }
    return plain | changed


def report(*blocks, **changed):
    plain = {
        "title": ["徂徕山林场国有林场森林碳汇试点", "2026年度报告"],
        "number": "泰林碳报〔2026〕1号",
        "head": "",
        "addressee": "泰安市林业碳汇工作领导小组：",
        "organ": "徂徕山林场",
        "issued": "2027年1月20日",
        "sample": "",
        "sample_note": "",
        "subject": "试点报告",
        "faces": {},
        "blocks": list(blocks),
    }
    return plain | changed


def lines_of_page(made, page):
    """The lines poppler finds on a page: (left, top, right, bottom) in points, and the words."""
    found = subprocess.run(
        ["pdftotext", "-bbox-layout", "-f", str(page), "-l", str(page), "-", "-"],
        input=made,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for box, inner in re.findall(r"<line ([^>]+)>(.*?)</line>", found, re.S):
        yield [float(n) for n in re.findall(r'"([\d.]+)"', box)], "".join(re.findall(r">([^<]+)</word>", inner))


@needs_poppler
def test_a_page_holds_22_lines_of_28_signs_inside_the_type_area():
    body = [(box, text) for box, text in lines_of_page(render_report(report(said(TEXT * 3))), 2) if "—" not in text]
    assert len(body) == 22
    assert {len(text) for _, text in body} == {28}
    for (left, top, right, bottom), _ in body:
        assert left >= 28 * mm - 1
        assert right <= (28 + 156) * mm + 1
        assert top >= 37 * mm - 1
        assert bottom <= (37 + 225) * mm + 3
    pitches = [b[0][1] - a[0][1] for a, b in pairwise(body)]
    assert all(abs(pitch - 225 * mm / 22) < 0.1 for pitch in pitches)


@needs_poppler
def test_page_numbers_stand_between_dashes_outside_one_sign_in():
    made = render_report(report(said(TEXT * 6)))
    for page in (1, 2, 3):
        ((left, top, right, _),) = [box for box, text in lines_of_page(made, page) if text == f"—{page}—"]
        assert top > (37 + 225) * mm
        if page % 2:
            assert abs(right - ((28 + 156) * mm - 16)) < 2
        else:
            assert abs(left - (28 * mm + 16)) < 2


@needs_poppler
def test_a_table_goes_on_over_pages_with_its_head_and_ends_with_its_total():
    read = pages(render_report(report(a_table(80))))
    tables = [page for page in read if "侧柏" in page]
    assert len(tables) >= 3
    assert all("营林区优势树种面积" in page for page in tables)
    assert "表1资源本底单位" in tables[0]
    assert all("表1资源本底（续）" in page for page in tables[1:])
    assert all(f"侧柏{n}" in "".join(read) for n in range(1, 81))
    assert re.search(r"侧柏80.*合计9,999参数未核实", tables[-1])
    assert sum(page.count("参数未核实") for page in read) == 1


@needs_poppler
def test_a_head_is_broken_before_its_unit_and_its_name_evenly():
    heads = ["碳层", "面积（公顷）", "每公顷蓄积（m³）", "生物量扩展因子", "优势树种", "不确定度（%）"]
    narrow = a_table(1, head=[*heads, *["项"] * 5], widths=[1] * 11, right=[], total=[])
    narrow["rows"] = [["落叶松中龄林", *["12,345.678"] * 10]]
    lines = [text for _, text in lines_of_page(render_report(report(narrow)), 1)]
    for whole in ("（公顷）", "（m³）", "（%）", "优势树种", "生物量", "不确定度"):
        assert any(whole in line for line in lines), whole
    assert not any("生物量扩" in line for line in lines)


@needs_poppler
def test_a_number_of_a_project_stays_on_one_line_in_a_crowded_table():
    columns = ["编号", "申报类型", "阶段", "面积（亩）", "期限", "风险等级", "审议结果"]
    crowded = a_table(0, head=columns, widths=[1] * 7, right=[3], total=[])
    crowded["rows"] = [["TA-TP-370911-2026-0001", "林业碳票", "已入库", "681.45", "–", "未发现问题", "已入库"]]
    lines = [text for _, text in lines_of_page(render_report(report(crowded)), 1)]
    assert any("TA-TP-370911-2026-0001" in line for line in lines)


@pytest.mark.parametrize(
    ("name", "longer_last", "expected"),
    [
        ("优势树种", False, ["优势", "树种"]),
        ("生物量扩展因子", False, ["生物量", "扩展", "因子"]),
        ("侧柏幼龄林", True, ["侧柏", "幼龄林"]),
        ("CO₂ t/ha", False, None),
    ],
)
def test_a_name_is_broken_into_lines_of_about_the_same_length(name, longer_last, expected):
    fonts.register()
    style = setting.Style(size=10.0)
    lines = setting.evenly(name, style, 33.0, longer_last=longer_last)
    whole = ["".join(s.text for s in line.row) or line.words for line in lines]
    assert whole == expected or (expected is None and lines == setting.cell(name, style, 33.0))


@needs_poppler
@pytest.mark.parametrize("kind", ["bars", "stacked", "lines"])
def test_a_chart_is_drawn_as_shapes_and_names_the_table_of_its_figures(kind):
    made = render_report(report(a_chart(kind)))
    read = words(made)
    for part in ("图1任务进度", "计划", "完成", "−50", "一季度二季度三季度", "数据见表4"):
        assert part in read
    assert b"/Subtype /Image" not in made


def test_an_unknown_chart_is_refused():
    with pytest.raises(KeyError):
        render_report(report(a_chart("pie")))


@needs_poppler
def test_a_chart_uses_no_colour(tmp_path):
    image = picture(render_report(report(a_chart("stacked"))), tmp_path).convert("RGB")
    assert all(max(pixel) - min(pixel) < 24 for pixel in image.get_flattened_data())


@needs_poppler
def test_every_font_of_a_report_is_embedded():
    made = render_report(report(heading(1, "一、试点概况"), said(), a_table(3), a_chart(), sample="样稿"))
    lines = run("pdffonts", made).splitlines()[2:]
    assert len(lines) >= 3
    assert all(re.search(r"\syes\s+yes\s+yes\s", line) for line in lines)


@needs_poppler
def test_red_stands_only_where_the_operator_has_set_a_head(tmp_path):
    def red(made):
        pixels = picture(made, tmp_path).convert("RGB").get_flattened_data()
        return sum(1 for r, g, b in pixels if r > 150 and g < 60 and b < 60)

    assert red(render_report(report(said()))) == 0
    assert red(render_report(report(said(), head="泰安市林业局文件"))) > 500


@needs_poppler
def test_a_sample_says_so_on_every_page():
    read = pages(render_report(report(said(TEXT * 4), sample="样稿", sample_note="不具有任何效力")))
    assert len(read) > 1
    assert all("不具有任何效力" in page and "样" in page for page in read)
    assert "样稿" not in words(render_report(report(said())))


@needs_poppler
def test_whatever_a_person_typed_lands_as_text():
    attack = '<img src="file:///etc/hostname"/>&amp;<b>'
    table = a_table(1, caption=attack, note=attack) | {"rows": [[attack, "", ""]]}
    made = render_report(report(said(attack), heading(1, attack), table, a_chart(caption=attack)))
    # As paragraph, heading, cell, caption and note of the table, caption of the chart.
    assert words(made).count(attack.replace(" ", "")) == 6
    assert b"/Subtype /Image" not in made


def test_the_same_values_give_the_same_bytes_and_others_do_not():
    values = report(heading(1, "一、试点概况"), said(), a_table(60), a_chart(), head="示例", sample="样稿")
    made = render_report(values)
    assert made == render_report(dict(reversed(values.items())))
    assert made != render_report(values | {"number": "泰林碳报〔2026〕2号"})


@needs_poppler
@pytest.mark.parametrize("lines", range(14, 24))
def test_no_page_holds_the_signature_alone(lines):
    made = report(*(said("正文一行。") for _ in range(lines)))
    last = pages(render_report(made))[-1]
    assert made["organ"] in last
    assert "正文一行" in last


@needs_poppler
@pytest.mark.parametrize("lines", range(14, 24))
def test_only_the_last_words_go_over_with_the_signature(lines):
    read = pages(render_report(report(*(said(f"正文第{n}行。") for n in range(lines)))))
    if len(read) > 1:
        assert f"正文第{lines - 1}行" in read[-1]
        assert read[-2].count("正文第") >= min(lines - 1, 14)


def test_a_heading_does_not_end_a_page_alone():
    for before in range(10, 24):
        for page in pages(
            render_report(report(*[said("一段正文。")] * before, heading(1, "二、经营模式"), said("随后。")))
        ):
            if "二、经营模式" in page:
                assert page.partition("二、经营模式")[2].startswith("随后")


def test_a_licensed_font_is_used_where_the_operator_names_one(tmp_path):
    given = tmp_path / "fangsong.ttf"
    given.write_bytes((fonts.FOLDER / fonts.FILES[fonts.HEI]).read_bytes())
    plain, licensed = render_report(report(said())), render_report(report(said(), faces={"fangsong": str(given)}))
    assert plain != licensed


def test_a_file_that_is_no_font_is_said_with_its_name(tmp_path):
    bad = tmp_path / "kaiti.ttf"
    bad.write_bytes(b"no font at all")
    with pytest.raises(fonts.FaceError, match="kaiti"):
        render_report(report(said(), faces={"kaiti": str(bad)}))
    assert fonts.fault_of(str(bad))
    assert fonts.fault_of(str(tmp_path / "missing.ttf"))


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((0, 97), (0, 100, 20)),
        ((-30, 120), (-50, 150, 50)),
        ((0, 0), (0, "0.2", "0.2")),
        ((0, "0.8"), (0, "0.8", "0.2")),
    ],
)
def test_a_scale_has_round_steps_and_holds_every_value(ends, expected):
    assert charts.scale(tuple(map(Decimal, ends))) == tuple(map(Decimal, expected))


def test_the_line_grid_is_that_of_the_standard():
    assert round(letterhead.LEADING / mm, 2) == 10.23
    assert abs(28 * (letterhead.SIZE + letterhead.TRACKING) - 156 * mm) < 1e-9
