"""The rows of tables 1–11 as the records stand: each cell with what it was made from."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from registry import formats, labels
from registry.clock import day_of
from registry.models import Case, FarmRecord
from registry.queries import pilot, report_records
from registry.services import facts, farm_plots, report_stock
from registry.services.policy import current
from workflows import contract_check
from workflows.contract_check import Level
from workflows.pilot_report import Period
from workflows.report_tables import Cell, Source, Table, Value, asked, completed, with_totals
from workflows.states import FarmRecordKind, MoneyDirection, PeriodKind, Severity

Row = Mapping[str, Cell]

STOCK, PLOTS = 2, 5
RECORD, PROJECT = "record", "project"
WAN = Decimal(10_000)
K = FarmRecordKind
GRAVE = {Level.WARN: Severity.WARN, Level.LEADING_GROUP: Severity.LEADING_GROUP, Level.BLOCK: Severity.BLOCK}


def tables(farm_id: int, period: Period) -> tuple[Table, ...]:
    """Every table of a report, made anew from the records."""
    rows: dict[int, Sequence[Row]] = {no: list(make(farm_id, period)) for no, make in MADE.items()}
    stated: Mapping[int, Row] = {}
    if period.kind is PeriodKind.YEAR:
        surveys, samples = report_stock.of(farm_id, period.end), farm_plots.of(farm_id, period.end)
        rows |= surveys.tables(samples)
        stated = surveys.stated(samples)
    return tuple(with_totals(no, rows[no], stated.get(no, {})) for no in asked(period.kind))


def _records(farm_id: int, kind: FarmRecordKind, since: date, until: date) -> list[Any]:
    return sorted(pilot.records(farm_id, kind, within=(since, until)), key=lambda record: (record.on_day, record.id))


def _row(no: int, sources: Sequence[FarmRecord], method: str = "", **values: Value) -> Row:
    """A row of records; what a record leaves empty has no cell."""
    behind = tuple(Source(RECORD, record.id) for record in sources)
    return completed(no, {k: Cell(v, behind, method) for k, v in values.items() if v is not None and v != ""})


def _given(numbers: Iterator[Decimal | None]) -> Decimal | None:
    """The sum of the numbers that are there; None where none is."""
    there = [number for number in numbers if number is not None]
    return sum(there, Decimal(0)) if there else None


# What the farm recorded ---------------------------------------------------------------------------------


def _tasks(farm_id: int, period: Period) -> Iterator[Row]:
    """One row a work: what the period comes to, and what was done since the year began."""
    year = replace(period, quarter=0)
    done: dict[str, list[Any]] = defaultdict(list)
    for record in _records(farm_id, K.ACTIVITY, year.start, period.end):
        done[record.work].append(record)
    for work, of_year in done.items():
        records = [r for r in of_year if r.on_day >= period.start]
        if not records:
            continue
        row = dict(
            _row(
                4,
                records,
                task=labels.label(work),
                planned_mu=_given(r.planned_mu for r in records),
                done_mu=_given(r.done_mu for r in records),
            )
        )
        row["year_mu"] = Cell(_given(r.done_mu for r in of_year), tuple(Source(RECORD, r.id) for r in of_year))
        yield completed(4, row)


def _plots(farm_id: int, period: Period) -> Iterator[Row]:
    for plot, measured in report_records.plots(farm_id, period.end):
        of_plot = {"plot": plot.plot_no, "place": _where(plot), "area_m2": plot.area_m2}
        row = dict(_row(PLOTS, [plot], **of_plot))
        if measured is not None:
            said: dict[str, Value] = {
                "trees": Decimal(measured.trees),
                "surveyed_on": measured.on_day,
                "persons": measured.persons,
                "instrument": measured.instrument,
            }
            row |= _row(PLOTS, [measured], **said)
        yield completed(PLOTS, row)


def _where(plot: FarmRecord) -> str:
    """36.050000°N 117.270000°E, or the farm's own name of the place."""
    if plot.latitude is None or plot.longitude is None:
        return plot.place
    return f"{plot.latitude:f}°N {plot.longitude:f}°E"


def _losses(farm_id: int, period: Period) -> Iterator[Row]:
    for loss in report_records.losses(farm_id, period.start, period.end):
        yield _row(
            6,
            [loss],
            loss.method_version,
            cause=labels.label(loss.cause),
            on=loss.on_day,
            area_mu=loss.area_mu,
            volume_m3=loss.volume_m3,
            co2_t=loss.carbon_t,
            handling=loss.handling,
        )


def _sales(farm_id: int, period: Period) -> Iterator[Row]:
    for sale in _records(farm_id, K.SALE, period.start, period.end):
        yield _row(
            8,
            [sale],
            batch=sale.source or formats.iso(sale.on_day),
            kind=sale.what,
            quantity_t=sale.quantity_t,
            price_yuan_per_t=sale.price_yuan,
            amount_yuan=sale.amount_yuan,
            counterparty=sale.counterparty,
            retirement=sale.retirement_no,
        )


def _loans(farm_id: int, period: Period) -> Iterator[Row]:
    for loan in _records(farm_id, K.LOAN, period.start, period.end):
        yield _row(
            9,
            [loan],
            contract=loan.source or loan.lender,
            kind=loan.what,
            pledged_t=loan.pledged_t,
            loan_wan_yuan=loan.loan_yuan / WAN,
            registration=loan.registration_no,
        )


def _money(farm_id: int, period: Period) -> Iterator[Row]:
    """A row a heading and source; what went out and what came in each with its sum: together they are no figure."""
    records = _records(farm_id, K.MONEY, period.start, period.end)
    in_all = {MoneyDirection.OUT: _("Out, in all"), MoneyDirection.IN: _("In, in all")}
    for direction, all_of_it in in_all.items():
        of_it = [r for r in records if r.direction is direction]
        groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for record in of_it:
            groups[record.heading, record.funds].append(record)
        for (heading, funds), found in groups.items():
            out = direction is MoneyDirection.OUT
            said = _("Out: %(heading)s", heading=heading) if out else _("In: %(heading)s", heading=heading)
            yield _sums(found, said, funds)
        if len(groups) > 1:
            yield _sums(of_it, all_of_it)


def _sums(records: Sequence[Any], heading: str, funds: str = "") -> Row:
    budget, spent = _given(r.budget_yuan for r in records), _given(r.executed_yuan for r in records)
    figures = {"budget_wan_yuan": budget, "spent_wan_yuan": spent}
    wan = {key: figure / WAN for key, figure in figures.items() if figure is not None}
    return _row(10, records, heading=heading, source=funds, **wan)


def _trials(farm_id: int, period: Period) -> Iterator[Row]:
    """Two rows a trial, each plot's own difference; beside the treated one, how much more moved there."""
    found = _records(farm_id, K.TRIAL, date.min, period.end)
    pairs = {(t.measure, t.unit): 0 for t in found}
    for trial in found:
        pairs[trial.measure, trial.unit] += _net(trial) is not None
    for trial in found:
        treated, control = (pilot.plot_no(plot_id) for plot_id in (trial.treatment_id, trial.control_id))
        measure = _("%(measure)s (%(unit)s)", measure=trial.measure, unit=trial.unit)
        pair = f"{treated} × {control}"
        said = {
            _("%(pair)s, treated plot", pair=pair): (trial.treatment_before, trial.treatment_after),
            _("%(pair)s, control plot", pair=pair): (trial.control_before, trial.control_after),
        }
        for nth, (plot, (before, after)) in enumerate(said.items()):
            words = "" if nth else _significance(_net(trial), pairs[trial.measure, trial.unit])
            yield _row(11, [trial], pair=plot, measure=measure, before=before, after=after, significance=words)


def _net(trial: Any) -> Decimal | None:
    if trial.treatment_after is None or trial.control_after is None:
        return None
    moved: Decimal = trial.treatment_after - trial.treatment_before - (trial.control_after - trial.control_before)
    return moved


def _significance(net: Decimal | None, pairs: int) -> str:
    """What the records give: a difference of differences. Nothing here says how likely chance alone makes it."""
    if net is None:
        return _("not measured again yet")
    said = {"net": formats.number(net, 2), "pairs": pairs}
    return _("net of the control %(net)s; pairs: %(pairs)s, not tested", **said)


# What the registry knows --------------------------------------------------------------------------------


def _projects(farm_id: int, period: Period) -> Iterator[Row]:
    """Cases of the farm that had been submitted by the end of the period, with their contracts' terms."""
    for case in report_records.projects(farm_id):
        if case.submitted_at is None or day_of(case.submitted_at) > period.end:
            continue
        values: dict[str, Value] = {
            "number": case.project_number or case.number,
            "scheme": str(labels.label(case.scheme)) if case.scheme else "",
            "stage": str(labels.label(case.state)),
            "area_mu": case.area_mu,
            "term": report_records.term(case),
            "risk": _risk(case, period.end),
            "result": _("entered") if case.registered_on else _("not decided"),
        }
        source = (Source(PROJECT, case.id),)
        yield completed(7, {key: Cell(value, source) for key, value in values.items()})


def _risk(case: Case, on: date) -> str:
    """How grave the contract check is: the class of its gravest findings, and their clauses."""
    policy = current()
    contract = facts.project_facts(case, policy, on).contract
    if contract is None:
        return _("no contract on file")
    outcomes = contract_check.check(contract, policy)
    worst = contract_check.worst(outcomes)
    if worst is Level.CLEAN:
        return _("nothing found")
    clauses = [o.clause for o in outcomes if contract_check.level(o) is worst]
    return _("%(class)s (%(clauses)s)", **{"class": labels.label(GRAVE[worst]), "clauses": _(", ").join(clauses)})


MADE = {
    4: _tasks,
    PLOTS: _plots,
    6: _losses,
    7: _projects,
    8: _sales,
    9: _loans,
    10: _money,
    11: _trials,
}
"""Table → what makes its rows."""
