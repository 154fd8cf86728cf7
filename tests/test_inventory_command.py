"""`flask inventory import`: checked first, imported once, and its exit codes."""

import json

import openpyxl
import pytest
from sqlalchemy import func, select

from registry.extensions import db
from registry.models import Inventory, OrganisationKind, SubCompartment
from registry.services import inventory_import
from tests import factories, reports
from tests.inventory_tables import HEADS, rows, table
from tests.world import World

SAID = ("--title", "示例", "--surveyed-on", "2026-01-01")


@pytest.fixture
def run(app, clock, tmp_path):
    login = World().user("officer").login

    def told(content, *more, by=True):
        path = tmp_path / "小班.xlsx"
        path.write_bytes(content)
        words = ["inventory", "import", str(path), *SAID, *(("--by", login) if by else ()), *more]
        ended = app.test_cli_runner().invoke(args=words)
        return ended.exit_code, json.loads(ended.stdout) if ended.stdout else None, ended.stderr

    return told


def kept():
    return db.session.scalar(select(func.count()).select_from(SubCompartment))


def test_a_sound_table_is_imported_once(run):
    ended, told, _said = run(table(*rows(4)))
    assert (ended, told["read"], told["new"], told["state"], kept()) == (0, 4, True, "complete", 4)
    ended, told, _said = run(table(*rows(4)))
    assert (ended, told["new"], told["state"], kept()) == (0, False, "complete", 4)


def test_an_import_that_stopped_is_taken_up_again(run, monkeypatch):
    monkeypatch.setattr(inventory_import, "carry_on", lambda *_args, **_more: False)
    assert run(table(*rows(4)))[1]["state"] == "importing"
    monkeypatch.undo()
    assert (run(table(*rows(4)))[1]["state"], kept()) == ("complete", 4)


def test_a_dry_run_keeps_nothing(run):
    ended, told, _said = run(table(*rows(4)), "--dry-run", by=False)
    assert (ended, told["sound"], "inventory" in told) == (0, 4, False)
    assert db.session.scalar(select(func.count()).select_from(Inventory)) == 0


def test_faults_are_named_and_the_table_is_written_back_marked(run, tmp_path):
    marked = tmp_path / "marked.xlsx"
    ended, told, _said = run(table(["001", "岱岳区", "侧柏", "x", 1, "", ""], *rows(2)), "--repair", str(marked))
    assert (ended, [(e["row"], e["column"], e["why"]) for e in told["errors"]]) == (1, [(2, "area_mu", "not_a_number")])
    assert "不是数字" in openpyxl.load_workbook(marked).active["H2"].value
    assert kept() == 0


@pytest.mark.parametrize(
    ("content", "by", "words"),
    [
        (table(*rows(2)), False, "--by"),
        (b"\xff\xfe\xfa", True, "XLSX"),
        (table(heads=HEADS[:1] + HEADS[5:]), True, "缺少以下列：县（市、区）、"),
    ],
    ids=["nobody", "no table", "columns missing"],
)
def test_what_cannot_be_used_ends_with_64_and_says_why(run, content, by, words):
    ended, told, said = run(content, by=by)
    assert (ended, told) == (64, None)
    assert words in said


def test_the_unit_whose_land_it_is_is_named_and_every_row_must_be_of_it(run):
    farm = factories.an_organisation(name=reports.FARM, kind=OrganisationKind.FOREST_FARM)
    named = ("--of", reports.FARM)
    strange = [*reports.STANDS[0][:2], "无此林场", *reports.STANDS[0][3:]]
    assert run(table(strange, heads=reports.HEADS), *named)[0] == 1
    ended, told, _said = run(table(*reports.STANDS, heads=reports.HEADS), *named)
    assert ended == 0
    assert db.session.get_one(Inventory, told["inventory"]).organisation_id == farm
    ended, _told, said = run(table(*rows(2)), "--of", "无此林场")
    assert ended == 64
    assert "无此林场" in said
