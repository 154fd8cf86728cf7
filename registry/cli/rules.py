"""`flask screen FILE` and `flask contract-check FILE`: the rules on facts in a file, without a database.

JSON stands on standard output, people's words on standard error. They end with 0 where nothing was found, 1 for a
warning or something unknown, 2 for the leading group, 3 for a block, 64 for an input that cannot be used.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext
from sqlalchemy.exc import DBAPIError

from registry import clock, labels
from registry.cli.asking import LOCALES, Command, say, show
from registry.extensions import db
from registry.labels import intake as intake_words
from registry.labels import self_check as words
from registry.services import intake, self_check
from registry.services.examples import EXAMPLES
from registry.services.intake import Fault, Problem, Unusable
from registry.services.intake_limits import MOST_BYTES
from registry.services.policy import current
from registry.services.self_check import Told
from workflows.contract_check import UNUSABLE
from workflows.facts import ContractFacts, SiteFacts
from workflows.policy import Policy
from workflows.states import Fit, Misfit, Severity, Verdict


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for add in (
        click.argument("file", required=False),
        click.option("--lang", type=click.Choice(list(LOCALES)), default="zh", help="Language of the sentences."),
        click.option(
            "--on", metavar="DAY", help="Judge by the rules of this day; default the day in FILE, else today."
        ),
        click.option("--schema", is_flag=True, help="Print the JSON Schema of FILE, with an example, and end."),
    ):
        command = add(command)
    return command


@click.command("screen", cls=Command)
@_options
@with_appcontext
def screen(file: str | None, lang: str, on: str | None, schema: bool) -> None:
    """Compare every method for the site in FILE (JSON; - reads standard input)."""
    _run(SiteFacts, "o5", self_check.screened, _of_methods, file, lang, on, schema)


@click.command("contract-check", cls=Command)
@_options
@with_appcontext
def contract_check(file: str | None, lang: str, on: str | None, schema: bool) -> None:
    """Check the contract in FILE (JSON; - reads standard input) against every clause."""
    _run(ContractFacts, "contract_honest", self_check.checked, _of_contract, file, lang, on, schema)


def _run(
    kind: Any,
    example: str,
    judge: Callable[..., Told],
    said: Callable[[Told], Iterator[str]],
    file: str | None,
    lang: str,
    on: str | None,
    schema: bool,
) -> None:
    with force_locale(LOCALES[lang]):
        if schema:
            show(intake.schema(kind, EXAMPLES[example].facts))
            return
        try:
            day = _day(on)
            facts = intake.read(kind, _content(file), day or clock.today())
            told = judge(replace(facts, on=day) if day else facts, _policy(), lang)
        except Unusable as error:
            sys.exit(_refused(error))
        show(told)
        for line in (*said(told), str(words.LEVELS[self_check.level_of(told)])):
            say(line)
        sys.exit(told["exit"])


def _content(file: str | None) -> bytes:
    """What stands in the file, as far as it may be read; raises Unusable."""
    if file is None:
        raise Unusable([Fault(Problem.NO_FILE)])
    try:
        if file == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(file).open("rb") as source:
            return source.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unusable([Fault(Problem.NO_FILE, detail=type(error).__name__)]) from None


def _day(word: str | None) -> date | None:
    if word is None:
        return None
    try:
        return datetime.strptime(word, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise Unusable([Fault(Problem.NOT_A_DAY, ("--on",))]) from None


def _refused(error: Unusable) -> int:
    listed = [(f, *intake_words.problem(f.problem, f.detail, f.other)) for f in error.faults]
    show(
        {
            "level": "unusable",
            "exit": UNUSABLE,
            "errors": [{"path": f.place, "problem": f.problem.value, "what": w, "cure": c} for f, w, c in listed],
        }
    )
    for fault, what, cure in listed:
        say(f"{fault.place}: {what} {cure}" if fault.place else f"{what} {cure}")
    return UNUSABLE


def _of_methods(told: Told) -> Iterator[str]:
    for method in told["methods"]:
        yield f"{method['code']} {method['title']}: {words.FITS[Fit(method['fit'])]}"
        titles = {o["clause"]: o["title"] for o in (*method["conditions"], *method["ways"])}
        for reason in method["reasons"]:
            named = gettext(", ").join(f"{clause} {titles[clause]}" for clause in reason["clauses"])
            yield f"    {labels.label(Misfit(reason['why']))}" + (f": {named}" if named else "")
        if method["warnings"]:
            listed = gettext(", ").join(f"{clause} {titles[clause]}" for clause in method["warnings"])
            yield "    " + gettext("Only noted: %(what)s", what=listed)


def _of_contract(told: Told) -> Iterator[str]:
    for found in told["outcomes"]:
        if found["sentence"]:
            failed = found["verdict"] == Verdict.FAIL
            weight = labels.label(found["severity"], Severity) if failed else labels.label(found["verdict"], Verdict)
            yield f"{found['clause']} [{weight}] {found['title']}: {found['sentence']}"
            if found["cure"]:
                yield f"    {found['cure']}"


def _policy() -> Policy:
    """The policy in force; without a database the one released with this version, and a word about it."""
    try:
        return current()
    except DBAPIError:
        db.session.rollback()
        say(gettext("There is no database here: the rules are those of this version, without later changes."))
        return Policy.base()
