"""Tables of papers: how wide their columns are, and what stays with them."""

import pytest

from registry.documents import fonts, render
from registry.documents.blocks import TABLE, flow
from registry.documents.ruled import fitted
from tests.documents.samples import needs_poppler, pages, said, values

WIDTH = 440.0


@pytest.fixture(scope="module", autouse=True)
def _fonts():
    fonts.register()


def a_list(*rows, head=("姓名", "身份", "确认时间", "签名"), widths=(20, 30, 30, 20)):
    return {"is": "table", "head": list(head), "widths": list(widths), "right": [], "rows": list(rows), "total": []}


def test_columns_have_the_shares_of_their_table_where_these_suffice():
    _look, widths = fitted(a_list(["孙文", "出席成员", "2026年5月6日", ""]), TABLE, WIDTH)
    assert widths == pytest.approx([88, 132, 132, 88])


def test_a_column_that_needs_more_takes_it_from_all_that_have_room():
    number = "TA-CCER-370911-2026-0001"
    look, widths = fitted(a_list([number, "出席成员", "2026年5月6日", ""]), TABLE, WIDTH)
    assert sum(widths) == pytest.approx(WIDTH)
    assert widths[0] >= fonts.ems(look.text.font, number) * look.text.size + 2 * look.sides
    assert widths[3] > 60  # there is still room to sign
    assert look == TABLE


def test_a_table_is_set_smaller_before_its_figures_are_broken():
    crowded = a_list(["0" * 30] * 4)
    look, widths = fitted(crowded | {"right": [0, 1, 2, 3]}, TABLE, WIDTH)
    assert look.text.size < TABLE.text.size
    assert sum(widths) == pytest.approx(WIDTH)


@pytest.mark.parametrize(("first", "align"), [("孙文", "left"), ("12", "center")])
def test_only_a_first_column_of_numbers_stands_in_the_middle(first, align):
    (drawn,) = flow([a_list([first, "出席成员", "2026年5月6日", ""])], WIDTH)
    assert drawn.look.column(0, figures=False).align == align


@needs_poppler
@pytest.mark.parametrize("before", range(6, 24, 2))
def test_a_sentence_stands_with_the_first_row_of_the_table_it_leads_to(before):
    tall = a_list(*([str(n), "成员", "意见正文" * 60, ""] for n in range(8)))
    for page in pages(render(values("minutes", *[said("一段正文。")] * before, said("意见如下："), tall))):
        if "意见如下：" in page:
            assert "意见正文" in page.partition("意见如下：")[2]
