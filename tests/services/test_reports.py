"""Reports of the pilot behind their pages: kept whole, read from the records, made into PDFs, reminded of once."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from registry import jobs, storage
from registry.clock import now
from registry.extensions import db
from registry.models import AuditEvent, Notice, ReportFile
from registry.queries import reports as ask
from registry.services import acts, report_papers, tick
from registry.services import reports as services
from tests import reports
from tests.world import World
from workflows.pilot_report import Period

pytestmark = pytest.mark.both_engines


@pytest.fixture
def world(app, clock):
    return World()


@pytest.fixture
def farm(world):
    found = reports.farm(world)
    reports.some_rows(world, found)
    return found


def numbers(report_id, table, key):
    found = next(t for t in ask.tables(reports.row(report_id)) if t.no == table)
    return [cell.value for row in found.rows if (cell := row.get(key))], found.total[key].value


def test_a_report_reads_its_figures_from_the_records_of_its_period(world, farm):
    reports.recorded(world, farm, "activity", date(2025, 9, 30), work="afforestation", done_mu=Decimal(100))
    report_id = reports.begun(world, farm)
    assert numbers(report_id, 4, "done_mu") == ([280, Decimal("520.5")], Decimal("800.5"))
    assert numbers(report_id, 4, "year_mu")[1] == Decimal("900.5")


def test_a_record_made_later_comes_in_when_figures_are_read_again_and_never_after_submission(world, farm):
    report_id = reports.begun(world, farm)
    reports.recorded(world, farm, "activity", date(2025, 12, 9), work="replanting", done_mu=Decimal(50))
    assert numbers(report_id, 4, "done_mu")[1] == Decimal("800.5")
    services.read_again(report_id, by=world.user("reporter"), at=now())
    assert numbers(report_id, 4, "done_mu")[1] == Decimal("850.5")
    reports.brought(world, report_id, "submit_report")
    with pytest.raises(services.NotEditable):
        services.read_again(report_id, by=world.user("reporter"), at=now())


def test_a_period_has_one_report(world, farm):
    first = reports.begun(world, farm)
    with pytest.raises(services.AlreadyThere) as there:
        reports.begun(world, farm)
    assert there.value.report_id == first


def test_a_refused_act_on_a_report_leaves_no_trace(world, farm):
    report_id = reports.begun(world, farm, whole=False)
    before = db.session.scalar(select(func.count()).select_from(AuditEvent))
    assert reports.stopped(world, report_id, "submit_report", "reporter") == ["P25"]
    assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == before
    assert reports.row(report_id).content is None


def test_an_act_from_an_old_page_is_stale(world, farm):
    report_id = reports.begun(world, farm)
    with pytest.raises(acts.Stale):
        acts.act(("report", report_id), "submit_report", by=world.user("reporter"), at=now(), seen=1, data={})


def test_the_pdf_is_made_once_for_each_content_and_stays_as_it_was(world, farm):
    report_id = reports.brought(world, reports.begun(world, farm), "submit_report")
    assert jobs.make_papers() == (1, 0)
    assert jobs.make_papers() == (0, 0)
    for action, who in reports.STEPS[1:]:
        reports.act(world, report_id, action, who)
    assert jobs.make_papers() == (1, 0)
    assert db.session.scalar(select(func.count()).select_from(ReportFile)) == 2
    report = reports.row(report_id)
    values, digest = report_papers.values_of(report_id)
    assert digest == report.content_digest
    with storage.open_file(ask.file_of(report).sha256) as kept:
        assert kept.read() == jobs.render_report(values)


def test_the_published_content_stands_in_the_chain(world, farm):
    report_id = reports.brought(world, reports.begun(world, farm), "publish_report")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "report:publish_report")).one()
    assert reports.row(report_id).content_digest in event.detail


def test_an_unverified_parameter_needs_the_chairs_note_and_is_printed(world, farm):
    reports.surveyed(world, farm, date(2025, 6, 1))
    reports.a_plot(world, farm)
    report_id = reports.begun(world, farm, reports.YEAR)
    reports.brought(world, report_id, "review_report")
    assert reports.stopped(world, report_id, "approve_report", "chair") == ["P28"]
    reports.act(world, report_id, "approve_report", "chair", note="省里公布后更正。")
    reports.act(world, report_id, "publish_report", "officer")
    content = reports.row(report_id).content
    assert "（参数未核实）" in content
    blocks = json.loads(content)["blocks"]
    charts = [(above, chart) for above, chart in pairwise(blocks) if chart["is"] == "chart"]
    assert [chart["caption"] for _, chart in charts] == ["图1　碳储量（参数未核实）", "图2　任务进度"]
    assert [chart["unit"] for _, chart in charts] == ["二氧化碳量（tCO₂e）", ""]  # several series: in their key
    for above, chart in charts:
        assert above["is"] == "table"
        assert chart["note"] == f"数据见{above['caption'][:2]}。"
    assert "省里公布后更正。" in content


def test_writers_are_reminded_once_at_each_time_and_not_of_what_they_submitted(world, farm, clock):
    report_id = reports.begun(world, farm, Period(2026, 1))
    told = select(func.count()).select_from(Notice).where(Notice.action == "remind_report")
    for day, times in ((7, 0), (13, 1), (13, 1), (20, 2)):
        clock.set(datetime(2026, 4, day, 2, tzinfo=UTC))
        tick.tick(now())
        assert db.session.scalar(told) == times, day
    reports.brought(world, report_id, "submit_report")
    clock.set(datetime(2026, 5, 20, 2, tzinfo=UTC))
    tick.tick(now())
    assert db.session.scalar(told) == 2
