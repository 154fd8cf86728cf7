"""`flask carbon stock FILE` and `flask carbon change OLD NEW`: the carbon of a survey in a file, without a database.

JSON stands on standard output, people's words on standard error. They end with 0 where nothing is left open, 1 where a
parameter is not verified or the uncertainty is unknown, 64 for a table that cannot be reckoned with: then there is no
total at all.
"""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from registry import clock
from registry.cli.asking import LOCALES, Command, say, show
from registry.labels import carbon as words
from registry.services.carbon_faults import Fault, Problem, Unusable
from registry.services.carbon_plots import strata_of
from registry.services.carbon_schema import schema as schema_of
from registry.services.carbon_tables import MOST_BYTES, Survey, Table, survey_of, table_of
from registry.services.carbon_told import change_told, stock_told, warned
from workflows.carbon import Parameters
from workflows.contract_check import UNUSABLE

CLEAN, WARNED = 0, 1
DAY = click.DateTime(["%Y-%m-%d"])


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for add in (
        click.option("--lang", type=click.Choice(list(LOCALES)), default="zh", help="Language of the sentences."),
        click.option("--by", multiple=True, metavar="HEAD", help="Divide the result by this column too; repeatable."),
        click.option("--on", type=DAY, metavar="DAY", help="Reckon with the parameters of this day; default today."),
        click.option(
            "--checked", is_flag=True, help="The columns were looked at and are right, whatever they suggest."
        ),
        click.option("--schema", is_flag=True, help="Print the JSON Schema of FILE, with an example, and end."),
    ):
        command = add(command)
    return command


@click.group()
def carbon() -> None:
    """The carbon of a survey: its stock, and what moved between two."""


@carbon.command("stock", cls=Command)
@click.argument("file", required=False)
@click.option("--plots", metavar="PLOTS", help="Sample plots of the same forest, for the uncertainty.")
@_options
@with_appcontext
def _stock(
    file: str | None,
    plots: str | None,
    lang: str,
    by: Sequence[str],
    on: datetime | None,
    checked: bool,
    schema: bool,
) -> None:
    """Reckon the stock of the sub-compartments in FILE (XLSX, CSV or JSON; - reads standard input)."""

    def reckon() -> tuple[Any, Sequence[Fault]]:
        parameters = _parameters(on)
        survey = _survey(file, parameters, checked)
        strata = strata_of(_table(plots)) if plots else ()
        return stock_told(survey, parameters, by, strata, lang), survey.suspected

    _run(reckon, lang, schema)


@carbon.command("change", cls=Command)
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option("--years", type=float, help="The years between the two surveys.")
@_options
@with_appcontext
def _change(
    old: str | None,
    new: str | None,
    years: float | None,
    lang: str,
    by: Sequence[str],
    on: datetime | None,
    checked: bool,
    schema: bool,
) -> None:
    """Reckon what moved from the survey in OLD to the one in NEW."""

    def reckon() -> tuple[Any, Sequence[Fault]]:
        if years is None or not years > 0:
            raise Unusable([Fault(Problem.NO_YEARS)])
        parameters = _parameters(on)
        before, after = (_survey(file, parameters, checked) for file in (old, new))
        told = change_told(before, after, parameters, years, by, lang)
        return told, (*before.suspected, *after.suspected)

    _run(reckon, lang, schema)


def _run(reckon: Callable[[], tuple[Any, Sequence[Fault]]], lang: str, schema: bool) -> None:
    with force_locale(LOCALES[lang]):
        if schema:
            show(schema_of())
            return
        try:
            told, suspected = reckon()
        except Unusable as error:
            show({"exit": UNUSABLE, "errors": [_fault(fault) for fault in error.faults], "more": error.more})
            for fault in error.faults:
                say(_sentence(fault))
            sys.exit(UNUSABLE)
        ended = WARNED if warned(told, suspected) else CLEAN
        show({"exit": ended, **told, "confirmed": [_fault(fault) for fault in suspected], "errors": []})
        for fault in suspected:
            say(_sentence(fault))
        _comment(told)
        sys.exit(ended)


def _comment(told: Any) -> None:
    """What is not sure of a result, in sentences."""
    if told["uncertainty_unknown"]:
        say(str(words.UNKNOWN[told["uncertainty_unknown"]]))
    named = [mark["key"] for mark in told["marks"] if mark["unverified"]]
    if named:
        say(str(words.UNVERIFIED) % {"what": gettext(", ").join(named)})
    for mark in told["marks"]:
        if mark["proxy_of"]:
            say(str(words.PROXY) % {"what": mark["key"]})


def _parameters(on: datetime | None) -> Parameters:
    return Parameters.base(on.date() if on else clock.today())


def _survey(file: str | None, parameters: Parameters, checked: bool) -> Survey:
    try:
        return survey_of(_table(file), parameters, checked)
    except Unusable as error:
        raise error.of(file or "") from None


def _table(file: str | None) -> Table:
    """The table in a file; raises Unusable."""
    try:
        if file is None:
            raise Unusable([Fault(Problem.NO_FILE)])
        if file == "-":
            return table_of(sys.stdin.buffer.read(MOST_BYTES + 1))
        with Path(file).open("rb") as source:
            return table_of(source.read(MOST_BYTES + 1))
    except OSError:
        raise Unusable([Fault(Problem.NO_FILE)]) from None


def _fault(fault: Fault) -> dict[str, Any]:
    what, why, cure = words.problem(fault.problem, fault.detail, fault.other)
    return {
        "file": fault.file,
        "row": fault.row or None,
        "column": words.head(fault.column),
        "problem": fault.problem.value,
        "what": what,
        "why": why,
        "cure": cure,
    }


def _sentence(fault: Fault) -> str:
    what, why, cure = words.problem(fault.problem, fault.detail, fault.other)
    row = gettext("row %(number)s", number=fault.row) if fault.row else ""
    place = gettext(", ").join(filter(None, (fault.file, row, words.head(fault.column))))
    return " ".join(filter(None, (f"{place}:" if place else "", what, why, cure)))
