"""The demo's pilot and the farm's records: through the acts, marked as examples, and what its reports are made of."""

import pytest
from sqlalchemy import select

from registry.demo import farm, inventory, people, reports, story
from registry.extensions import db
from registry.models import FarmRecord, Pilot, PilotReport
from registry.queries import report_sources
from tests.clock import FIXED
from workflows.states import FarmRecordKind, PeriodKind, PilotState, ReportState


@pytest.fixture
def played(app, clock):
    """The surveys, the pilot, the records and the reports, as the story plays them."""
    people.enter(FIXED)
    stage = story._set(FIXED)
    scenes = [*inventory.scenes(stage), *farm.scenes(stage), *reports.scenes(stage)]
    for _at, scene in sorted(scenes, key=lambda pair: pair[0]):
        scene()


def test_the_pilot_runs_and_everything_recorded_for_it_is_an_example(played):
    pilot = db.session.scalars(select(Pilot)).one()
    assert (pilot.state, pilot.is_example) == (PilotState.RUNNING, True)
    records = db.session.scalars(select(FarmRecord)).all()
    assert {r.kind for r in records} == set(FarmRecordKind) - {FarmRecordKind.SALE, FarmRecordKind.LOAN}
    for record in records:
        assert record.is_example
        assert "示例" in record.source
        assert record.entered_at < FIXED.replace(tzinfo=record.entered_at.tzinfo)


def test_the_annual_report_is_made_of_surveys_and_records_and_nothing_else(played):
    annual = db.session.scalars(select(PilotReport).where(PilotReport.period_kind == PeriodKind.YEAR)).one()
    assert annual.state is ReportState.PUBLISHED
    assert annual.pilot_id is not None
    assert {f.table_no for f in annual.figures} == {1, 2, 3, 4, 5, 6, 10, 11}
    for figure in annual.figures:
        behind = report_sources.source_rows(figure)
        assert behind, (figure.table_no, figure.column_key)
        assert all("示例" in row.title for row in behind)
