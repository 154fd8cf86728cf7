"""Lists of other registries become read-only public cases; odd rows are reported, none is lost silently."""

import gzip
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from registry.clock import now
from registry.extensions import db
from registry.models import AuditEvent, ReferenceProject
from registry.services.reference import Problem, Unreadable, UnusableFileError, import_list, load_builtin

REAL = Path(__file__).parents[3] / "shared" / "data" / "registries"
HEADER = (
    "Project ID,Project Name,Voluntary Registry,Voluntary Status,Scope, Type,Methodology / Protocol,Region,Country,"
    "State,Project Site Location,Project Developer,Total Credits Issued,Total Credits Retired,First Year of Project\n"
)


def row(number: str = "VCS1", name: str = "Wind, North", issued: str = '"1,200.5"', year: str = "2012") -> str:
    return (
        f'{number},"{name}",VCS,Registered,Forestry & Land Use,ARR,AR-ACM0003,East Asia,China,,,"A ""Co""",'
        f"{issued},0,{year}\n"
    )


def listed(tmp_path: Path, *rows: str, header: str = HEADER, name: str = "list.csv") -> Path:
    path = tmp_path / name
    content = (header + "".join(rows)).encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def adds_up(outcome) -> bool:
    return outcome.read == outcome.added + outcome.changed + outcome.unchanged + len(outcome.reported)


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(ReferenceProject))


def test_quoted_commas_and_stray_spaces_in_headings_are_read(app: Flask, tmp_path: Path):
    import_list(listed(tmp_path, row()), at=now())
    project = db.session.scalars(select(ReferenceProject)).one()
    assert (project.name, project.type, project.developer) == ("Wind, North", "ARR", 'A "Co"')
    assert (project.issued_t, project.first_year, project.region) == (Decimal("1200.5"), 2012, "East Asia")


def test_the_same_file_again_changes_nothing_and_leaves_no_line_in_the_audit(app: Flask, tmp_path: Path):
    path = listed(tmp_path, row("VCS1"), row("VCS2"))
    first = import_list(path, at=now())
    events = db.session.scalar(select(func.count()).select_from(AuditEvent))
    second = import_list(path, at=now())
    assert (first.added, second.unchanged, second.added, second.changed) == (2, 2, 0, 0)
    assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == events


def test_a_newer_list_changes_only_what_differs(app: Flask, tmp_path: Path):
    import_list(listed(tmp_path, row("VCS1"), row("VCS2")), at=now())
    outcome = import_list(listed(tmp_path, row("VCS1", issued="9"), row("VCS2"), row("VCS3")), at=now())
    assert (outcome.added, outcome.changed, outcome.unchanged) == (1, 1, 1)
    assert db.session.scalars(select(ReferenceProject.issued_t).filter_by(external_id="VCS1")).one() == 9


def test_odd_rows_are_reported_with_row_and_reason_and_the_rest_is_kept(app: Flask, tmp_path: Path):
    path = listed(
        tmp_path,
        row("VCS1"),
        row(""),
        row("VCS3", name=" "),
        row("VCS4", issued="many"),
        row("VCS1", name="Again"),
        row("VCS6", year="12"),
        "VCS7,too short\n",
        row("VCS8", issued="-5"),
        row("VCS9", name="x" * 401),
        row("VCS10", issued="NaN"),
    )
    outcome = import_list(path, at=now())
    assert [(r.row, r.problem) for r in outcome.reported] == [
        (3, Problem.NO_ID),
        (4, Problem.NO_NAME),
        (5, Problem.NOT_A_NUMBER),
        (6, Problem.TWICE),
        (7, Problem.NOT_A_YEAR),
        (8, Problem.CELLS),
        (9, Problem.NOT_A_NUMBER),
        (10, Problem.TOO_LONG),
        (11, Problem.NOT_A_NUMBER),
    ]
    assert outcome.added == kept() == 1
    assert adds_up(outcome)
    assert db.session.scalars(select(ReferenceProject.name)).one() == "Wind, North"


def test_a_packed_list_with_a_byte_order_mark_is_read(app: Flask, tmp_path: Path):
    path = listed(tmp_path, row(), header="\ufeff" + HEADER, name="list.csv.gz")
    assert import_list(path, at=now()).added == 1


def test_lists_of_verra_and_gold_standard_share_their_ids_with_the_berkeley_list(app: Flask, tmp_path: Path):
    import_list(listed(tmp_path, row("VCS5962", issued="70")), at=now())
    verra = listed(
        tmp_path,
        '5962,Trees,P,AFOLU,ARR,VM0047,Under validation,China,"56,373",Asia,,2025-01-01,\n',
        header="ID,Name,Proponent,Project Type,AFOLU Activities,Methodology,Status,Country/Area,Estimated Annual "
        "Emission Reductions,Region,Project Registration Date,Crediting Period Start Date,Crediting Period End Date\n",
    )
    assert import_list(verra, at=now()).changed == 1
    project = db.session.scalars(select(ReferenceProject)).one()
    assert (project.name, project.issued_t) == ("Trees", 70), "what the second list does not speak of stays"
    assert project.note.splitlines() == [
        "Estimated Annual Emission Reductions: 56,373",
        "Crediting Period Start Date: 2025-01-01",
    ]
    gold = listed(
        tmp_path, "23574,Filters,Dev,Listed,Haiti\n", header="GSID,Project Name,Project Developer Name,Status,Country\n"
    )
    import_list(gold, at=now())
    assert db.session.scalars(select(ReferenceProject.external_id).filter_by(source_registry="GOLD")).all() == [
        "GS23574"
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Unreadable.EMPTY),
        (b"\n\n", Unreadable.EMPTY),
        (b"a,b\n1,2\n", Unreadable.UNKNOWN_HEADER),
        (HEADER.encode() + b'"never closed,', Unreadable.NOT_CSV),
        (b"PK\x03\x04\0\0", Unreadable.NOT_CSV),
        ("项目编号".encode("gb18030"), Unreadable.NOT_UTF8),
        (gzip.compress(HEADER.encode())[:-6], Unreadable.BROKEN_ARCHIVE),
        (b"\x1f\x8bnonsense", Unreadable.BROKEN_ARCHIVE),
    ],
    ids=["empty", "blank", "header", "quote", "binary", "encoding", "cut", "archive"],
)
def test_a_file_that_is_no_known_list_is_refused_whole(app: Flask, tmp_path: Path, content: bytes, why: Unreadable):
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    with pytest.raises(UnusableFileError) as refusal:
        import_list(path, at=now())
    assert refusal.value.why == why
    assert kept() == 0


def test_the_import_stands_in_the_audit_with_its_figures_and_the_digest_of_the_file(app: Flask, tmp_path: Path):
    import_list(listed(tmp_path, row(), row("")), at=now())
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert event.action == "import_reference"
    assert '"added":1' in event.detail
    assert '"reported":1' in event.detail


def test_the_builtin_public_cases_are_loaded_once(app: Flask):
    assert load_builtin(now()).added == 3
    assert load_builtin(now()).unchanged == 3
    areas = dict(db.session.execute(select(ReferenceProject.external_id, ReferenceProject.area_mu)).all())
    assert areas == {"changlong": 13000, "chaoyang": 3000, "wanling": Decimal("681.45")}


class TestTheCommand:
    def test_a_clean_list_ends_with_0(self, app: Flask, tmp_path: Path):
        result = app.test_cli_runner().invoke(args=["import-reference", str(listed(tmp_path, row()))])
        assert result.exit_code == 0, result.output

    def test_reported_rows_end_with_1_and_are_named(self, app: Flask, tmp_path: Path):
        path = listed(tmp_path, row(), row("VCS2", issued="lots"))
        result = app.test_cli_runner().invoke(args=["import-reference", str(path)])
        assert result.exit_code == 1
        assert "lots" in result.stderr
        assert "3" in result.stderr

    @pytest.mark.parametrize("name", ["missing.csv", "."])
    def test_an_unusable_file_ends_with_64_and_three_lines_on_stderr(self, app: Flask, tmp_path: Path, name: str):
        result = app.test_cli_runner().invoke(args=["import-reference", str(tmp_path / name)])
        assert result.exit_code == 64
        assert result.stdout == ""
        assert len(result.stderr.strip().splitlines()) == 3

    def test_another_source_line_may_be_given(self, app: Flask, tmp_path: Path):
        path = str(listed(tmp_path, row()))
        app.test_cli_runner().invoke(args=["import-reference", path, "--source", "A copy"])
        db.session.rollback()
        assert db.session.scalars(select(ReferenceProject.source)).one() == "A copy"
        long = app.test_cli_runner().invoke(args=["import-reference", path, "--source", "x" * 401])
        assert long.exit_code == 64


@pytest.mark.skipif(not REAL.is_dir(), reason="the real lists are not beside this checkout")
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("projects_china_724.csv", 724),
        ("projects_all.csv.gz", 5805),
        ("verra_projects.csv", 50),
        ("gold-standard_projects.csv", 50),
    ],
)
def test_every_row_of_the_real_lists_is_accounted_for(app: Flask, name: str, rows: int):
    outcome = import_list(REAL / name, at=now())
    assert outcome.read == rows
    assert adds_up(outcome)
    assert outcome.added == kept()
    assert not outcome.reported
    again = import_list(REAL / name, at=now())
    assert again.unchanged == rows
