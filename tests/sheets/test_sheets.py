"""Tables in files: cells as people write them, heads, files that are refused, workbooks without formulas."""

import io
import pickle
import re
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest

from registry.services.inventory_cells import Bounds, Why
from registry.services.inventory_rows import Judge, heads, missing
from registry.sheets import clean
from registry.sheets.read import SheetRefused, Table, Unreadable, parts, read
from registry.sheets.write import workbook
from tests.inventory_tables import HEADS, ROW, rows, table
from workflows.inventory import LandKind

FOREST = Bounds(LandKind.FOREST)


def judged(*lines, heads_=HEADS, bounds=FOREST, mapping=None):
    return whole(Table([list(heads_), *map(list, lines)]), bounds, mapping).judged


def whole(found, bounds=FOREST, mapping=None):
    """Who judged a table, and the sound rows beside."""
    head = heads(found)
    judge = Judge(head, mapping or head.mapping, bounds)
    judge.rows = judge.take(found)
    return judge


def with_(**cells):
    places = {"code": 0, "district": 1, "species": 2, "area": 3, "volume": 4, "age": 5, "note": 6}
    row = list(ROW)
    for name, value in cells.items():
        row[places[name]] = value
    return row


def why(**cells):
    return [(f.key, f.why) for f in judged(with_(**cells)).faults]


@pytest.mark.parametrize(
    ("cell", "figure"),
    [("１２．５", 12.5), ("1,234.5", 1234.5), (" 12 ", 12), ("−3", -3), ("1e3", 1000), (7, 7), ("+2", 2), (".5", 0.5)],
)
def test_a_figure_is_read_however_it_is_typed(cell, figure):
    assert clean.number(cell) == figure


@pytest.mark.parametrize(
    "cell", ["12亩", "1,23", "", "nan", "inf", float("nan"), float("inf"), True, ".", "1.2.3", "e5"]
)
def test_what_is_no_figure_is_never_guessed(cell):
    with pytest.raises(ValueError, match=re.escape(str(cell)) or None):
        clean.number(cell)


@pytest.mark.parametrize(
    ("cell", "code"), [("００１２", "0012"), (" 37 09 ", "3709"), ("007", "007"), (12.0, "12"), (None, "")]
)
def test_a_code_keeps_its_zeros_and_loses_its_spaces(cell, code):
    assert clean.code(cell) == code


def test_heads_are_found_below_a_title_and_a_merged_row():
    found = Table(
        [["泰安市小班表", "", "", "", ""], ["小班编号", "县", "优势树种", "面积", "蓄积"], ["", "", "", "(公顷)", ""]]
    )
    head = heads(found)
    assert (head.at, set(head.mapping)) == (
        2,
        {"code", "district_code", "species_code", "area_mu", "volume_m3"},
    )
    assert head.mapping["area_mu"] == (3, "ha")


def test_a_row_of_units_above_the_heads_and_a_head_merged_over_its_unit_count():
    plain = ["小班编号", "县", "优势树种", "面积", "蓄积"]
    units = ["", "", "", "公顷", "立方米/公顷"]
    for found in (
        [units, plain],
        [plain, units],
        [[*plain[:3], "面积", "蓄积"], ["小班编号", "县", "优势树种", *units[3:]]],
    ):
        mapping = heads(Table(found)).mapping
        assert mapping["area_mu"] == (3, "ha")
        assert mapping["volume_m3"] == (4, "m3_per_ha")


@pytest.mark.parametrize(
    ("area", "volume", "fault"),
    [
        ("面积", "蓄积(m³)", ("area_mu", Why.NO_UNIT)),
        ("面积(m²)", "蓄积(m³)", ("area_mu", Why.UNKNOWN_UNIT)),
        ("面积(m³)", "蓄积(m³)", ("area_mu", Why.UNKNOWN_UNIT)),
        ("面积(亩)", "蓄积(吨)", ("volume_m3", Why.UNKNOWN_UNIT)),
    ],
)
def test_a_unit_is_never_guessed(area, volume, fault):
    found = judged(ROW, heads_=[*HEADS[:3], area, volume, *HEADS[5:]])
    assert [(f.key, f.why) for f in found.faults] == [fault]


@pytest.mark.parametrize(
    ("area", "volume", "mu", "m3"),
    [
        ("面积(亩)", "蓄积(m³)", 12.5, 41.3),
        ("面积（公顷）", "蓄积", 187.5, 41.3),
        ("小班面积(hm2)", "每公顷蓄积", 187.5, 516.25),
        ("面积(亩)", "每亩蓄积", 12.5, 516.25),
        ("面积[亩]", "蓄积量(m3/公顷)", 12.5, 34.417),
    ],
)
def test_units_of_the_head_count(area, volume, mu, m3):
    found = judged(ROW, heads_=[*HEADS[:3], area, volume, *HEADS[5:]])
    assert found.by_species == {"350": [1, mu, m3]}


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"code": ""}, ("code", Why.EMPTY)),
        ({"code": "1" * 41}, ("code", Why.TOO_LONG)),
        ({"district": "济南市"}, ("district_code", Why.NO_SUCH_DISTRICT)),
        ({"species": ""}, ("species_code", Why.EMPTY)),
        ({"species": "樟子松"}, ("species_code", Why.UNKNOWN_SPECIES)),
        ({"area": 0}, ("area_mu", Why.ZERO)),
        ({"area": -1}, ("area_mu", Why.NEGATIVE)),
        ({"area": "12亩"}, ("area_mu", Why.NOT_A_NUMBER)),
        ({"area": 1e30}, ("area_mu", Why.TOO_LARGE)),
        ({"area": "#REF!"}, ("area_mu", Why.ERROR_VALUE)),
        ({"volume": ""}, ("volume_m3", Why.EMPTY)),
        ({"volume": -0.1}, ("volume_m3", Why.NEGATIVE)),
        ({"age": "青年林"}, ("age_group", Why.NOT_LISTED)),
        ({"note": "x" * 401}, ("note", Why.TOO_LONG)),
    ],
)
def test_every_fault_names_its_column_and_its_reason(cells, fault):
    assert why(**cells) == [fault]


def test_all_faults_of_a_row_are_told_at_once_and_the_row_is_left_out():
    found = whole(Table([HEADS, with_(code="1", area="x", species="y"), with_(code="2")]))
    assert [(f.row, f.key) for f in found.judged.faults] == [(2, "species_code"), (2, "area_mu")]
    assert [row[0] for row in found.rows] == [3]


def test_a_code_stands_only_once():
    assert [(f.row, f.why) for f in judged(with_(code="1"), with_(code="１")).faults] == [(3, Why.TWICE)]


def test_empty_rows_are_passed_over_and_rows_keep_their_number():
    found = whole(Table([HEADS, with_(code="1"), [""] * 7, with_(code="2")]))
    assert ([row[0] for row in found.rows], found.judged.read) == ([2, 4], 2)


def test_a_wetland_needs_neither_species_nor_volume():
    found = judged(with_(species="", volume=""), bounds=Bounds(LandKind.WETLAND))
    assert found.faults == []
    assert missing({"code": (0, ""), "district_code": (1, ""), "area_mu": (2, "mu")}, LandKind.WETLAND) == []


def test_a_reporter_brings_in_only_the_own_land():
    assert [f.why for f in judged(ROW, bounds=Bounds(LandKind.FOREST, districts=("370921", "370923"))).faults] == [
        Why.OTHER_DISTRICT
    ]
    farm = [*HEADS, "林场"]
    own = Bounds(LandKind.FOREST, farm="泰安市徂徕山林场")
    assert judged([*ROW, "徂徕山林场"], heads_=farm, bounds=own).faults == []
    assert [f.why for f in judged([*ROW, "药乡林场"], heads_=farm, bounds=own).faults] == [Why.OTHER_FARM]


def test_the_digest_is_of_the_rows_and_not_of_the_file():
    text = "\n".join(",".join(map(str, row)) for row in [HEADS, *rows()])
    same = [whole(read(content)).judged.digest for content in (table(), text.encode("gb18030"))]
    assert same[0] == same[1] != judged(with_(area=12.6)).digest


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_each_encoding(encoding):
    assert read("小班编号,县\n001,岱岳区\n".encode(encoding)).rows == [["小班编号", "县"], ["001", "岱岳区"]]


def formula(cached=""):
    """A workbook whose area is a formula, with or without the value Excel keeps beside it."""
    book = openpyxl.load_workbook(io.BytesIO(table(rows(1)[0])))
    book.active["D2"] = "=5*2.5"
    out = io.BytesIO()
    book.save(out)
    source, written = zipfile.ZipFile(out), io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name.endswith("sheet1.xml") and cached:
                part = part.replace(b"<v></v>", cached).replace(b"<v/>", cached).replace(b"<v />", cached)
            target.writestr(name, part)
    return written.getvalue()


def test_a_formula_counts_by_its_value_and_without_one_is_a_fault():
    for content, faults, mu in (
        (formula(), [Why.FORMULA], {}),
        (formula(b"<v>12.5</v>"), [], {"350": [1, 12.5, 41.3]}),
    ):
        outcome = whole(read(content)).judged
        assert ([f.why for f in outcome.faults], outcome.by_species) == (faults, mu)


def test_cells_keep_their_kind_and_their_place():
    """Nothing is lost on the way out of the process that reads; true is the word, for it would be equal to 1."""
    cells = [True, date(2020, 1, 2), datetime.fromisoformat("2020-01-02T03:04"), time(3, 4), timedelta(hours=30)]
    cells += [5, "１\u2028\n"]
    book = openpyxl.Workbook()
    for place, cell in enumerate(cells):
        book.active.cell(3, 2 + place, cell)
    out = io.BytesIO()
    book.save(out)
    told = ["TRUE", *cells[1:3], "03:04:00", "1 day, 6:00:00", 5.0, cells[-1]]
    assert read(out.getvalue()).rows == [[""] * 8, [""] * 8, ["", *told]]


def test_a_large_table_comes_in_parts_that_are_the_whole():
    book = openpyxl.Workbook()
    for no in range(1, 5003):
        book.active.cell(no, 1, f"{no}")
        book.active.cell(no, 2, "=1+1" if no in (2, 5000, 5001) else no)
    out = io.BytesIO()
    book.save(out)
    first, second = parts(out.getvalue())
    assert (len(first.rows), second.rows[0][0], len(second.rows)) == (5000, "5001", 2)
    assert (first.formulas, second.formulas) == ({(2, 1), (5000, 1)}, {(5001, 1)})
    assert read(out.getvalue()) == Table(first.rows + second.rows, first.formulas | second.formulas)


class Harm:
    def __reduce__(self):
        return (exec, ("raise SystemExit('what the reader says was carried out')",))


@pytest.mark.parametrize(
    "said",
    [pickle.dumps(Harm()), b"[1]", b'["", "", [[{"x": "y"}]], []]', b'["odd", "", [], []]'],
    ids=["pickle", "short", "object", "reason"],
)
def test_what_the_reader_says_is_data_and_nothing_else(monkeypatch, said):
    monkeypatch.setattr("registry.sheets.read._line", lambda _reader: said + b"\n")
    with pytest.raises(SheetRefused) as refused:
        read(table())
    assert refused.value.why is Unreadable.BROKEN


def test_a_reader_that_stands_still_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("registry.sheets.read.MOST_WAIT", 0.01)
    with pytest.raises(SheetRefused) as refused:
        read(table())
    assert refused.value.why is Unreadable.TOO_MUCH_PACKED


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 30_000_000)
    return out.getvalue()


def crowd():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(1001):
            archive.writestr(f"{n}", b"")
    return out.getvalue()


def laughs():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>')
    return out.getvalue()


def far_out(cell):
    book = openpyxl.Workbook()
    book.active["A1"], book.active[cell] = "小班编号", "x"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def slow():
    """A sheet whose search for formulas begins anew at every cell and never ends one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(table())) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            sheet = name.endswith("sheet1.xml")
            new.writestr(name, b"<f" + b"<c " * 300_000 if sheet else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize("cell", ["XFD1048576", "ZZ200000"])
def test_a_cell_far_out_ends_the_reader_and_not_the_server(cell):
    """The reader asks for gigabytes and is ended by the system; in this process that would be the end of the tests."""
    with pytest.raises(SheetRefused) as refused:
        read(far_out(cell))
    assert refused.value.why is Unreadable.TOO_MUCH_PACKED


def test_a_reader_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr("registry.sheets.read.MOST_SECONDS", 1)
    with pytest.raises(SheetRefused) as refused:
        read(slow())
    assert refused.value.why is Unreadable.TOO_MUCH_PACKED


def test_the_reader_has_a_limit_to_its_memory(monkeypatch):
    monkeypatch.setattr("registry.sheets.read.MOST_MEMORY", 120 << 20)
    assert len(read(table(*rows(20))).rows) == 21
    with pytest.raises(SheetRefused) as refused:
        read((",".join("x" * 40) + "\n").encode() * 150_000)
    assert refused.value.why is Unreadable.TOO_MUCH_PACKED


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Unreadable.EMPTY),
        (b"PK\x03\x04broken", Unreadable.BROKEN),
        (bomb(), Unreadable.TOO_MUCH_PACKED),
        (crowd(), Unreadable.TOO_MANY_PARTS),
        (laughs(), Unreadable.BROKEN),
        (table()[:400], Unreadable.BROKEN),
        (b"a,\0b", Unreadable.NOT_TEXT),
        (b"\xff\xfe\xfa", Unreadable.NOT_TEXT),
        (b'a,"b\n', Unreadable.NOT_CSV),
        (b"," * 300, Unreadable.TOO_MANY_COLUMNS),
        ((b"," * 199 + b"\n") * 40_001, Unreadable.TOO_MANY_CELLS),
    ],
    ids=lambda value: None if isinstance(value, str) else "file",
)
def test_a_bad_file_is_refused_with_its_reason(content, reason):
    with pytest.raises(SheetRefused) as refused:
        read(content)
    assert refused.value.why is reason


@pytest.mark.parametrize("word", ["=1+1", "+1", "-1", "@x", "\tx", "\r=1", "＝1", "=HYPERLINK(1)"])
def test_words_never_become_formulas_and_negative_figures_stay_figures(word):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook({"x": [[word, -1.5]]}))).active
    assert (sheet["A1"].data_type, sheet["B1"].value) == ("s", -1.5)
