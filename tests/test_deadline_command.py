"""`flask deadline` and `flask calendar import`: JSON on standard output, people's words on standard error."""

import json
from pathlib import Path

import pytest

from registry import create_app
from registry.queries import calendar as queries
from tests.databases import let_go, test_settings

NOTICE = Path(__file__).parent / "data" / "holidays_2027.json"


@pytest.fixture
def run(app):
    return lambda *words: app.test_cli_runner().invoke(args=[*words])


def test_deadline_prints_the_proof_of_each_day(run):
    ended = run("deadline", "2026-07-17", "20", "--start-day-counts")
    told = json.loads(ended.stdout)
    assert (ended.exit_code, told["last_day"], told["provisional"]) == (0, "2026-08-13", False)
    assert told["days"][0] == {
        "day": "2026-07-17",
        "counted": True,
        "ordinal": 1,
        "reason": "workday",
        "name": "",
    }
    assert [d["ordinal"] for d in told["days"] if d["counted"]] == list(range(1, 21))
    assert {d["reason"] for d in told["days"] if not d["counted"]} == {"weekend"}


def test_without_the_flag_the_start_day_is_left_out(run):
    told = json.loads(run("deadline", "2026-07-17", "20").stdout)
    assert (told["last_day"], told["days"][0]["reason"]) == ("2026-08-14", "start")


def test_a_year_without_a_notice_is_said_to_be_provisional(run):
    ended = run("deadline", "2026-12-21", "20")
    assert (ended.exit_code, json.loads(ended.stdout)["provisional"]) == (1, True)
    assert "暂定" in ended.stderr
    assert run("calendar", "import", str(NOTICE)).exit_code == 0
    assert run("deadline", "2026-12-21", "20").exit_code == 0


def test_a_new_database_holds_the_notices_that_come_with_the_program(app):
    with app.app_context():
        assert queries.published() == queries.current()


def test_without_a_database_the_notices_that_come_with_the_program_are_counted(tmp_path):
    bare = create_app(test_settings(tmp_path, f"sqlite:///{tmp_path / 'none.db'}"))
    ended = bare.test_cli_runner().invoke(args=["deadline", "2026-07-17", "20", "--start-day-counts"])
    let_go(bare)
    assert (ended.exit_code, json.loads(ended.stdout)["last_day"]) == (0, "2026-08-13")
    assert "还没有数据库" in ended.stderr


@pytest.mark.parametrize(
    "words", [("tomorrow", "5"), ("2026-02-30", "5"), ("2026-07-17", "0"), ("2026-07-17", "x"), ("9999-12-31", "5")]
)
def test_an_odd_day_or_length_is_said_in_words(run, words):
    ended = run("deadline", *words)
    assert (ended.exit_code, ended.stdout) == (64, "")
    assert ended.stderr.strip()


def test_an_odd_notice_is_named_and_the_command_says_what_to_do(run, tmp_path):
    for path in (tmp_path, tmp_path / "none.json", Path(__file__)):
        ended = run("calendar", "import", str(path))
        assert (ended.exit_code, ended.stdout, len(ended.stderr.strip().splitlines())) == (64, "", 3)


def test_an_import_is_said_and_the_same_again_changes_nothing(run):
    assert "247" in run("calendar", "import", str(NOTICE)).stdout
    assert run("calendar", "import", str(NOTICE)).exit_code == 0
