"""`flask carbon stock` and `flask carbon change`: a survey from a file; with one fault there is no total."""

import io
import json

import openpyxl
import pytest

from registry.sheets.write import workbook
from workflows.carbon.uncertainty import student_t

HEAD = "小班号,优势树种,面积（亩）,蓄积量（m³）,区县\n"
SURVEY = HEAD + "1,侧柏,15,50,岱岳区\n2,刺槐,15,50,泰山区\n3,,30,0,泰山区\n"
CYPRESS, LOCUST = 94.438, 115.019  # tCO2e, domain.md §4.3(a)


@pytest.fixture
def run(app, tmp_path):
    def told(command, *texts, more=()):
        files = []
        for number, text in enumerate(texts):
            path = tmp_path / f"{number}.csv"
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            files.append(str(path))
        ended = app.test_cli_runner().invoke(args=["carbon", command, *files, *more])
        return ended.exit_code, json.loads(ended.stdout), ended.stderr

    return told


def faults(told):
    return [(one["row"], one["column"], one["problem"]) for one in told["errors"]]


def test_the_stock_of_a_survey_stands_by_species_and_by_any_column(run):
    ended, told, said = run("stock", SURVEY, more=["--by", "区县", "--lang", "en"])
    assert (ended, told["exit"], told["errors"]) == (1, 1, [])
    assert told["total_tco2e"] == pytest.approx(CYPRESS + LOCUST, abs=1e-3)
    assert told["total_tc"] * 44 / 12 == pytest.approx(told["total_tco2e"])
    assert [(row["key"], row["area_ha"]) for row in told["by"]["species"]] == [("", 2.0), ("350", 1.0), ("465", 1.0)]
    assert {row["key"]: round(row["tco2e"], 3) for row in told["by"]["区县"]} == {"岱岳区": CYPRESS, "泰山区": LOCUST}
    assert "AR-CM-001-V01/350" in said


def test_a_workbook_is_read_like_text(run):
    rows = [line.split(",") for line in SURVEY.splitlines()]
    cells = [rows[0], *[[*row[:2], *map(float, row[2:4]), row[4]] for row in rows[1:]]]
    _ended, told, _said = run("stock", workbook({"表": [["示例调查", "", ""], *cells]}), more=["--by", "区县"])
    text = run("stock", SURVEY, more=["--by", "区县"])[1]
    assert told == text
    moved = run("change", workbook({"表": cells}), SURVEY, more=["--years", "5"])[1]
    assert (moved["total_tc"], moved["old"]["rows"]) == (0, 3)


def test_a_row_of_a_workbook_is_named_as_the_spreadsheet_counts_it(run):
    heads = HEAD.strip().split(",")
    book = workbook({"表": [["示例"], heads, [], ["1", "侧柏", 15, "x", ""], ["2", "无名树", 15, 3, "", "多"]]})
    ended, told, _said = run("stock", book)
    assert (ended, faults(told)) == (64, [(5, "", "ragged")])
    book = workbook({"表": [["示例"], heads, [], ["1", "侧柏", 15, "x", ""], ["2", "无名树", 15, 3, ""]]})
    assert faults(run("stock", book)[1]) == [(4, "蓄积量（m³）", "no_figure"), (5, "优势树种", "unknown_species")]


def test_a_formula_without_a_value_is_not_an_empty_cell(run):
    book = openpyxl.Workbook()
    for row in [HEAD.strip().split(","), ["1", "侧柏", 15, "=2*25", ""]]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    assert faults(run("stock", out.getvalue())[1]) == [(2, "蓄积量（m³）", "formula")]


def test_a_broken_workbook_is_said_to_be_one(run):
    assert faults(run("stock", b"PK\x03\x04" + b"x" * 40)[1]) == [(None, "", "not_workbook")]


def test_a_survey_without_plots_has_an_unknown_uncertainty_and_not_none(run):
    _ended, told, said = run("stock", SURVEY)
    assert (told["uncertainty_pct"], told["uncertainty_unknown"]) == (None, "no_plots")
    assert "不确定度未知" in said


def test_plots_say_how_sure_the_survey_is(run, tmp_path):
    plots = tmp_path / "plots.csv"
    plots.write_text("样地号,碳层,碳层面积(公顷),每公顷碳储量(tC/ha)\n1,甲,10,30\n2,甲,10,34\n", "utf-8")
    _ended, told, _said = run("stock", SURVEY, more=["--plots", str(plots)])
    assert told["uncertainty_pct"] == pytest.approx(100 * student_t(1) * 2 / 32)


def test_one_plot_in_a_stratum_is_unknown(run, tmp_path):
    plots = tmp_path / "plots.csv"
    plots.write_text("样地号,碳层,碳层面积(公顷),每公顷碳储量(tC/ha)\n1,甲,10,30\n", "utf-8")
    assert run("stock", SURVEY, more=["--plots", str(plots)])[1]["uncertainty_unknown"] == "one_plot"


def test_what_moved_is_the_later_survey_less_the_earlier(run):
    ended, told, _said = run("change", SURVEY, SURVEY.replace("15,50,岱岳", "15,60,岱岳"), more=["--years", "5"])
    assert ended == 1
    assert told["total_tco2e"] == pytest.approx(CYPRESS / 5, abs=1e-3)
    assert told["tco2e_per_year"] == pytest.approx(CYPRESS / 25, abs=1e-3)


def test_a_change_without_years_is_refused(run):
    assert faults(run("change", SURVEY, SURVEY)[1]) == [(None, "", "no_years")]


@pytest.mark.parametrize(
    "heads",
    [
        "code,species_code,area_ha,volume_m3",
        "小班编号,树种,小班面积（公顷）,蓄积(立方米)",
        "小班,树种,面积(hm²),每公顷蓄积(m³)",
        "小班,树种,面积(hm2),蓄积量(立方米/公顷)",
        "name,species,Area (ha),volume_m3_per_ha",
    ],
)
def test_a_head_is_read_as_people_write_it(run, heads):
    assert run("stock", f"{heads}\n1,侧柏,1,50\n")[1]["total_tco2e"] == pytest.approx(CYPRESS, abs=1e-3)


def test_a_volume_of_a_mu_is_fifteen_times_that_of_a_hectare(run):
    told = run("stock", "小班,树种,面积(公顷),每亩蓄积(立方米)\n1,侧柏,1,3.2\n")[1]
    assert told["volume_m3"] == pytest.approx(48)


def test_a_table_of_this_country_is_read_and_so_is_json(run):
    expected = run("stock", SURVEY)[1]["total_tc"]
    assert run("stock", SURVEY.encode("gb18030"))[1]["total_tc"] == expected
    rows = [dict(zip(HEAD.strip().split(","), line.split(","), strict=True)) for line in SURVEY.splitlines()[1:]]
    assert run("stock", json.dumps(rows))[1]["total_tc"] == expected
    assert run("stock", json.dumps({"rows": rows}))[1]["total_tc"] == expected


ROWS = {
    "unknown_species": ("4,火星树,15,50,", "优势树种"),
    "no_parameters": ("4,柳树,15,50,", "优势树种"),
    "no_species": ("4,,15,50,", "优势树种"),
    "negative": ("4,侧柏,15,-50,", "蓄积量（m³）"),
    "no_number": ("4,侧柏,15,NaN,", "蓄积量（m³）"),
    "too_large": ("4,侧柏,1e30,50,", "面积（亩）"),
    "no_figure": ("4,侧柏,十五,50,", "面积（亩）"),
    "no_land": ("4,侧柏,0,0,", "面积（亩）"),
    "twice": ("1,侧柏,15,50,", "小班号"),
    "no_name": (",侧柏,15,50,", "小班号"),
    "row_too_dense": ("4,侧柏,15,1001,", "面积（亩）、蓄积量（m³）"),
}


@pytest.mark.parametrize("problem", ROWS)
def test_a_row_that_cannot_be_reckoned_is_named_and_there_is_no_total(run, problem):
    row, column = ROWS[problem]
    ended, told, said = run("stock", f"{SURVEY}{row}\n")
    assert (ended, faults(told)) == (64, [(5, column, problem)])
    assert "total_tc" not in told
    assert "by" not in told
    assert "第5行" in said
    assert all(told["errors"][0][part] for part in ("what", "why", "cure"))


HEADS = {
    "no_unit": "小班号,优势树种,面积,蓄积量(m3)",
    "wrong_unit": "小班号,优势树种,面积(m3),蓄积量(m3)",
    "missing_column": "小班号,优势树种,面积(亩),备注",
    "two_columns": "小班号,优势树种,面积(亩),面积(公顷),蓄积量(m3)",
}


@pytest.mark.parametrize("problem", HEADS)
def test_a_head_that_leaves_a_question_is_refused(run, problem):
    cells = ",".join("1" for _ in HEADS[problem].split(","))
    ended, told, _said = run("stock", f"{HEADS[problem]}\n{cells}\n")
    assert (ended, [one["problem"] for one in told["errors"]][:1]) == (64, [problem])


def test_a_volume_of_a_hectare_in_cubic_metres_of_a_mu_is_no_unit(run):
    told = run("stock", "小班,树种,面积(公顷),每公顷蓄积(m3/亩)\n1,侧柏,1,3.2\n")[1]
    assert [one["problem"] for one in told["errors"]] == ["wrong_unit"]


def many(line):
    return "".join(f"{number},{line}\n" for number in range(1, 7))


WHOLE = {
    "swapped": many("侧柏,232,60,"),
    "ha_as_mu": many("侧柏,4,232,"),
    "too_thin": many("侧柏,60,1,"),
    "crossed": many("60,侧柏,232,"),
}


@pytest.mark.parametrize("problem", WHOLE)
def test_columns_that_cannot_be_what_their_heads_say_are_suspected_by_name(run, problem):
    ended, told, _said = run("stock", HEAD + WHOLE[problem])
    assert (ended, told["errors"][0]["problem"]) == (64, problem)


def test_columns_a_person_looked_at_are_reckoned_and_say_so(run):
    ended, told, _said = run("stock", HEAD + WHOLE["too_thin"], more=["--checked"])
    assert (ended, [one["problem"] for one in told["confirmed"]]) == (1, ["too_thin"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        (HEAD, "empty"),
        (b"\x89PNG\x00\x00", "not_text"),
        ("[{", "not_json"),
        ("[1]", "not_rows"),
        (f"{HEAD}1,侧柏,15\n", "ragged"),
    ],
    ids=["nothing", "heads", "a picture", "half of JSON", "figures", "a short row"],
)
def test_what_is_no_table_is_refused(run, text, problem):
    ended, told, _said = run("stock", text)
    assert (ended, [one["problem"] for one in told["errors"]]) == (64, [problem])


def test_a_column_that_is_not_there_cannot_divide_the_result(run):
    assert [one["problem"] for one in run("stock", SURVEY, more=["--by", "乡镇"])[1]["errors"]] == ["no_group"]


def test_a_file_that_is_not_there_and_misuse_end_alike(app):
    invoke = app.test_cli_runner().invoke
    assert invoke(args=["carbon", "stock", "nowhere.csv"]).exit_code == 64
    assert invoke(args=["carbon", "stock", "--nonsense"]).exit_code == 64


def test_the_example_of_the_schema_can_be_reckoned(run, app):
    shown = json.loads(app.test_cli_runner().invoke(args=["carbon", "stock", "--schema"]).stdout)
    assert run("stock", json.dumps(shown["examples"][0]))[0] == 1
