"""Facts of records beside cases that break their clauses, each kind with the clauses its table names."""

from datetime import date, timedelta
from decimal import Decimal

from workflows.clocks import Reminder
from workflows.facts import ChangeFacts, CompletionFacts, PilotFacts, ReportFacts
from workflows.facts.report import PlotGap, PlotMean, PlotWhy, StratumGap, SurveyFault
from workflows.greening import GREENING
from workflows.machine import Workflow
from workflows.pilot import PILOT
from workflows.pilot_report import PILOT_REPORT
from workflows.policy_change import POLICY_CHANGE
from workflows.report_tables import Cell, Table, with_totals
from workflows.states import PeriodKind

ON = date(2026, 3, 2)
CHANGES = (ChangeFacts(on=ON, since=ON, fits=False, actor_proposed=True), ChangeFacts(on=ON))
PILOTS = (
    PilotFacts(on=ON, since=ON + timedelta(days=1), until=ON, missing=("finance",), actor_took_part=True, measured=0),
)
AREAS = (
    CompletionFacts(on=ON, year=2019, accepted=ON + timedelta(days=1), actor_reported=True, standing=True),
    CompletionFacts(on=ON, year=2026),
)


def _row(**cells: str | date | Decimal) -> dict[str, Cell]:
    return {key: Cell(value) for key, value in cells.items()}


LOSS = with_totals(6, [_row(cause="火灾", on=ON, area_mu=Decimal(12))])
WRONG = Table(4, (_row(task="造林", done_mu=Decimal(10)),), _row(done_mu=Decimal(90)))
MARKED = Table(2, ({"co2_t": Cell(Decimal(120), mark="known")},))
REPORTS = (
    ReportFacts(
        on=ON,
        kind=PeriodKind.YEAR,
        start=date(2025, 1, 1),
        end=date(2025, 12, 31),
        due_on=date(2026, 2, 2),
        tables=(WRONG, LOSS, MARKED),
        before=(with_totals(4, [_row(task="造林", done_mu=Decimal(10))]),),
        chapters={"progress": "国家级试点", "next": ""},
        plots_overdue=("示例1号",),
        surveys=1,
        survey_faults=(SurveyFault(7, "0101", "unknown_species", "示例树种"),),
        strata_unsure=(StratumGap("侧柏中龄林", 1, (PlotGap("示例2号", PlotWhy.NOT_MEASURED),)),),
        plots_astray=(PlotGap("示例3号", PlotWhy.NO_STRATUM),),
        plot_means=(PlotMean("示例4号", Decimal(30), Decimal(14), Decimal("14.7")),),
        actor_wrote=True,
        correction_open=True,
        reminder=Reminder.DUE,
        reminded=frozenset({Reminder.DUE}),
    ),
    ReportFacts(
        on=ON, kind=PeriodKind.YEAR, start=ON, end=ON, due_on=ON, plots_overdue=None, actor_reviewed=True, corrects=True
    ),
)


def _of(workflow: Workflow) -> frozenset[str]:
    return frozenset(clause for row in workflow.acts for clause in row.gate if isinstance(clause, str))


KINDS = ((_of(POLICY_CHANGE), CHANGES), (_of(PILOT), PILOTS), (_of(GREENING), AREAS), (_of(PILOT_REPORT), REPORTS))
