"""A paper as PDF: what other programs read in it, and what no text in it can do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from registry.documents import fonts, render
from registry.documents.setting import NO_END, NO_START, Style, lines_of, may_break, signs
from registry.services.paper_words import TEXTS, texts
from tests.documents.samples import (
    ADDRESS,
    STATEMENT,
    a_table,
    needs_poppler,
    pages,
    picture,
    plain_pdf,
    run,
    said,
    scanned,
    values,
    words,
)

ROOT = Path(__file__).parents[2]
RARE = "𬭛㛃䶮𠅤堃喆"


@pytest.fixture(scope="module", autouse=True)
def _fonts():
    fonts.register()


# What others read ---------------------------------------------------------------------------------------


@needs_poppler
def test_every_font_is_embedded_as_a_subset_with_its_characters():
    certificate = render(values("certificate", {"is": "statement", "text": STATEMENT}, a_table(2), sample="样稿"))
    lines = run("pdffonts", certificate).splitlines()[2:]
    assert len(lines) >= 3
    for line in lines:
        assert re.search(r"\syes\s+yes\s+yes\s", line), line


@needs_poppler
def test_a_certificate_says_its_number_its_names_and_what_it_is_not():
    blocks = ({"is": "facts", "rows": [["项目名称", "示例造林项目"]]}, {"is": "statement", "text": STATEMENT})
    read = words(render(values("certificate", *blocks, addressee="")))
    for part in ("泰林碳审〔2026〕1号", "示例造林项目", STATEMENT, "泰安市林业碳汇工作领导小组", "ABCD-EFGH-JKMN"):
        assert part in read
    assert texts()["certificate"]["statement"] == STATEMENT


@needs_poppler
def test_the_square_on_a_certificate_leads_to_its_check(tmp_path):
    made = render(values("certificate", {"is": "statement", "text": STATEMENT}, sample="样稿", sample_note="演示"))
    assert scanned(picture(made, tmp_path)) == [ADDRESS]


@needs_poppler
def test_only_a_certificate_carries_a_square(tmp_path):
    assert scanned(picture(plain_pdf(), tmp_path)) == []


@needs_poppler
@pytest.mark.parametrize("before", range(14, 26))
def test_no_heading_ends_a_page_without_what_it_heads(before):
    blocks = (*[said("一段正文。")] * before, {"is": "heading", "text": "地块清单"}, a_table(2))
    for page in pages(render(values("acceptance", *blocks))):
        if "地块清单" in page:
            assert page.replace("\n", "").partition("地块清单")[2].strip().startswith("序号")


@needs_poppler
@pytest.mark.parametrize("before", range(14, 26))
def test_no_page_holds_the_signature_alone(before):
    blocks = (*[said(f"第{n}段正文。") for n in range(before)], {"is": "note", "text": "期限按工作日计算。"})
    last = pages(render(values("acceptance", *blocks)))[-1]
    assert f"第{before - 1}段正文。泰安市林业碳汇工作领导小组2026年3月2日期限按工作日计算。联系" in last


@needs_poppler
@pytest.mark.parametrize("before", range(10, 24))
@pytest.mark.parametrize(("rows", "with_it"), [(3, 3), (40, 1)])
def test_a_sentence_stays_with_the_table_it_leads_to(before, rows, with_it):
    blocks = (*[said("一段正文。")] * before, said("各成员意见如下："), a_table(rows), said("完。"))
    page = next(p for p in pages(render(values("minutes", *blocks, addressee=""))) if "意见如下：" in p)
    after = page.partition("意见如下：")[2]
    assert after.startswith("序号")
    assert all(f"东坡第{n}地块" in after for n in range(1, with_it + 1))


def test_a_number_longer_than_its_line_is_torn_after_its_hyphen():
    style = Style(size=10.0)
    row = signs("370911-1401", style)
    room = sum(s.width for s in row[:9])
    assert ["".join(s.text for s in line) for line in lines_of(row, room, room)] == ["370911-", "1401"]


@needs_poppler
def test_rare_characters_of_names_are_drawn_and_can_be_searched():
    assert RARE in words(render(values("acceptance", said(f"申请人：{RARE}"))))
    assert all(fonts.has(font, sign) for font in fonts.FILES for sign in RARE)


@needs_poppler
def test_a_sign_no_font_has_is_marked_and_lets_the_paper_be_made():
    assert "名称〓完" in words(render(values("acceptance", said("名称\U0001f332完"))))


@needs_poppler
def test_lowered_figures_read_as_figures():
    assert "3,240tCO2e" in words(render(values("acceptance", said("3,240 tCO₂e"))))


@needs_poppler
def test_a_table_goes_on_over_pages_with_its_head_and_every_page_is_numbered():
    read = pages(render(values("certificate", a_table(70))))
    assert len(read) >= 3
    for n, page in enumerate(read, 1):
        assert f"第{n}页共{len(read)}页" in page
        assert "泰林碳审〔2026〕1号" in page
    rows = [page for page in read if "地块岱岳区" in page]
    assert len(rows) >= 2
    assert all("序号地块所在地面积（亩）" in page for page in rows)
    assert all(f"东坡第{n}地块" in "".join(read) for n in range(1, 71))
    assert "合计" in "".join(read)


@needs_poppler
def test_a_page_added_later_begins_on_a_sheet_of_its_own_with_its_title():
    added = {"is": "page", "text": "更正页（第1次更正）"}
    read = pages(render(values("minutes", said("原文如此。"), added, said("更正为另文。"), a_table(3), addressee="")))
    assert len(read) == 2
    assert "原文如此" in read[0]
    assert "更正页" not in read[0]
    assert "更正页（第1次更正）更正为另文。" in read[1]
    assert "第2页共2页" in read[1]


def test_minutes_without_a_case_are_drawn_alike_whenever_they_are_drawn():
    paper = values(
        "minutes", said("内容"), {"is": "page", "text": "更正页"}, a_table(40), sample="样稿", case_number=""
    )
    assert render(paper) == render(dict(reversed(paper.items())))


@needs_poppler
def test_a_very_long_name_stays_on_the_page(tmp_path):
    made = render(values("certificate", {"is": "facts", "rows": [["项目名称", "长" * 400]]}, addressee=""))
    assert words(made).count("长") == 400
    image = picture(made, tmp_path).convert("L")
    margin = image.crop((image.width - 60, 0, image.width, image.height))
    assert margin.getextrema()[0] > 200


@needs_poppler
@pytest.mark.parametrize("place", ["paragraph", "table", "facts", "list", "note"])
def test_words_longer_than_a_page_go_on_over_pages_and_none_is_lost(place):
    long = "".join(f"第{n}处需要说明的情况；" for n in range(1, 500))
    table = {"is": "table", "head": ["甲", "乙"], "widths": [30, 70], "right": [], "rows": [["一", long]], "total": []}
    block = {
        "table": table,
        "facts": {"is": "facts", "rows": [["名称", long]]},
        "list": {"is": "list", "items": [long]},
    }
    read = pages(render(values("acceptance", block.get(place, {"is": place, "text": long}))))
    assert len(read) >= 3 or place == "note"
    whole = re.sub(
        r"第\d+页共\d+页|泰林碳审〔2026〕1号核验码：[A-Z-]+核验网址：https://[a-z./]+|甲乙", "", "".join(read)
    )
    assert all(f"第{n}处需要说明的情况" in whole for n in range(1, 500))


@needs_poppler
def test_a_sample_says_so_across_every_page():
    read = pages(render(values("certificate", a_table(70), sample="样稿", sample_note="不具有任何效力")))
    assert all("不具有任何效力" in page and "样" in page and "稿" in page for page in read)
    assert "样稿" not in "".join(pages(render(values("certificate", a_table(3)))))


@needs_poppler
def test_a_red_head_stands_only_where_the_operator_has_set_one(tmp_path):
    def red(made: bytes) -> int:
        return sum(
            1
            for r, g, b in picture(made, tmp_path).convert("RGB").get_flattened_data()
            if r > 150 and g < 60 and b < 60
        )

    assert red(plain_pdf()) == 0
    headed = render(values("acceptance", said("内容"), head="泰安市林业局文件"))
    assert red(headed) > 500
    assert "泰安市林业局文件" in words(headed)


def test_no_picture_stands_in_a_paper():
    assert b"/Subtype /Image" not in plain_pdf()


# The same bytes -----------------------------------------------------------------------------------------


def test_the_same_values_give_the_same_bytes():
    paper = values("certificate", {"is": "statement", "text": STATEMENT}, a_table(40), sample="样稿")
    assert render(paper) == render(dict(reversed(paper.items())))


def test_another_process_gives_the_same_bytes():
    code = (
        "import sys; from registry.documents import render; from tests.documents.samples import values, said;"
        "sys.stdout.buffer.write(render(values('acceptance', said('决定予以受理。'))))"
    )
    environ = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/Lima", "TAILIN_ENV": "test"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, check=True)
    assert done.stdout == plain_pdf()


def test_other_values_give_other_bytes():
    assert render(values("acceptance", said("决定不予受理。"))) != plain_pdf()


# Text is text -------------------------------------------------------------------------------------------

ATTACKS = (
    '<img src="http://127.0.0.1:9/x.png"/>',
    '<img src="file:///etc/hostname"/>',
    "a <b> & < c",
    "<b>unclosed",
    "<para backColor='red'>",
    "&lt;b&gt; &amp; &#65;",
    "<font color=\"[[[getattr(pow,'__globals__')]]]\">x</font>",
    "]]> --> <?xml ?>",
)


@needs_poppler
@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_a_person_typed_lands_as_text(attack):
    table = {"is": "table", "head": ["x"], "widths": [1], "right": [], "rows": [[attack]], "total": []}
    blocks = (said(attack), {"is": "facts", "rows": [["名称", attack]]}, table, {"is": "list", "items": [attack]})
    made = render(values("acceptance", *blocks, addressee=attack, project=attack))
    # As table, list, paragraph, fact and addressee: five times, sign for sign.
    assert words(made).count(re.sub(r"\s+", "", attack)) == 5
    assert b"/Subtype /Image" not in made


def test_control_and_direction_signs_do_not_reach_the_page():
    drawn = "".join(s.text for s in signs("a\u202efdp\u202c\x00b\u200b\n c", Style()))
    assert drawn == "afdpb c"


# Lines --------------------------------------------------------------------------------------------------

LONG = (
    "经审议（应到9人，同意8票），依据《泰安市林业碳汇工作实施方案》（泰林字〔2023〕7号）五（四），“示例项目”"
    "（TA-CCER-370911-2026-0001）的面积为6,000亩、计入期为2024年3月12日至2044年3月11日；收益按70%：30%分配！"
)


@pytest.mark.parametrize("ems", range(8, 30))
def test_no_line_begins_or_ends_with_a_sign_that_may_not(ems):
    style = Style(size=10.0)
    lines = lines_of(signs(LONG * 3, style), ems * 10.0 - 20.0, ems * 10.0)
    written = ["".join(s.text for s in line) for line in lines]
    assert "".join(written).replace(" ", "") == (LONG * 3).replace(" ", "")
    for line in written[1:]:
        assert line[0] not in NO_START, line
    for line in written[:-1]:
        assert line[-1] not in NO_END, line


@pytest.mark.parametrize("ems", range(16, 30))
def test_figures_and_numbers_are_not_torn_apart(ems):
    lines = lines_of(signs(LONG * 3, Style(size=10.0)), ems * 10.0, ems * 10.0)
    written = ["".join(s.text for s in line) for line in lines]
    for whole in ("TA-CCER-370911-2026-0001", "6,000", "2024"):
        assert sum(line.count(whole) for line in written) == 3


def test_a_word_longer_than_a_line_is_cut():
    lines = lines_of(signs("A" * 200, Style(size=10.0)), 100.0, 100.0)
    assert sum(len(line) for line in lines) == 200
    assert all(sum(s.width for s in line) <= 100.1 for line in lines)


def test_a_line_may_break_between_chinese_signs_and_after_spaces():
    assert may_break("项", "目")
    assert may_break(" ", "a")
    assert not may_break("a", "b")
    assert not may_break("目", "，")
    assert not may_break("（", "目")


# Fixed words --------------------------------------------------------------------------------------------


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [s for part in (value.values() if isinstance(value, dict) else value) for s in strings(part)]


def test_every_sign_of_the_fixed_words_is_in_every_font():
    assert sorted(p.name for p in TEXTS.glob("*.toml")) == ["papers.toml", "words.toml"]
    written = set("".join(strings(texts())))
    assert len(written) > 300
    assert {f: [s for s in written if not fonts.has(f, s)] for f in fonts.FILES} == {f: [] for f in fonts.FILES}


@pytest.mark.parametrize("name", fonts.FILES)
def test_a_font_of_which_parts_are_read_gives_the_subset_of_the_whole(name):
    ours = pdfmetrics.getFont(name).face
    whole = TTFont("whole", str(fonts.FOLDER / fonts.FILES[name])).face
    subset = [0, *map(ord, "泰安市林业碳汇 TL2026ÀéǼ〔〕₂㛃")]
    assert ours.makeSubset(subset) == whole.makeSubset(subset)


def test_missing_fonts_are_said_with_the_cure(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    with pytest.raises(fonts.FontsMissingError, match="make setup"):
        fonts.register.__wrapped__()
