"""What the benchmarks share: interleaved rounds, a table of ratios, and databases to measure on.

Ratios of medians are what counts. Variants run in turn within each round, so that a busy moment hits all of them.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

os.environ.setdefault("TAILIN_ENV", "test")

from flask import Flask

from registry import create_app
from tests import postgres
from tests.databases import ENGINES, Databases, let_go, test_settings

CAVEAT = "Medians of interleaved rounds. Whatever else runs on the machine moves them: repeat before believing a ratio."


def arguments(words: str, **more: str) -> argparse.Namespace:
    """`--quick`, `--engine`, and a flag for each keyword with its help."""
    parser = argparse.ArgumentParser(description=words)
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds: does it run at all")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="only this one (default: both)")
    for name, help_ in more.items():
        parser.add_argument(f"--{name}", action="store_true", help=help_)
    asked = parser.parse_args()
    asked.engines = tuple(asked.engine or ENGINES)
    return asked


def say(words: str = "") -> None:
    """A line of the report."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def quiet() -> None:
    """Keep the log's lines out of what is measured."""
    sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (to the end of the program)
    sys.excepthook = lambda kind, error, trace: traceback.print_exception(kind, error, trace, file=sys.__stderr__)


def seconds(do: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def in_turn(variants: Mapping[str, Callable[[], object]], times: int, warm_up: int = 1) -> dict[str, float]:
    """Median seconds of each variant; every round runs each of them once."""
    taken: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(times + warm_up):
        for name, do in variants.items():
            span = seconds(do)
            if number >= warm_up:
                taken[name].append(span)
    return {name: median(spans) for name, spans in taken.items()}


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; numbers to the right, floats with two places."""
    words = [[f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    widths = [max(len(line[n]) for line in [list(heads), *words]) for n in range(len(heads))]
    say(f"\n{title}")
    for line in [list(heads), *words]:
        cells = (w.ljust(widths[n]) if n == 0 else w.rjust(widths[n]) for n, w in enumerate(line))
        say("  ".join(cells).rstrip())


@contextmanager
def databases_of(engine: str) -> Iterator[tuple[Databases, Path]]:
    """Databases under a temporary folder (TMPDIR), and the folder.

    PostgreSQL keeps its promises here (fsync and synchronous commit on), unlike in the tests.
    """
    with tempfile.TemporaryDirectory(prefix="tailin-bench-") as name:
        folder = Path(name)
        (folder / "files").mkdir()
        databases = Databases(engine, folder, durable=True)
        try:
            yield databases, folder
        finally:
            databases.close()


@contextmanager
def database(engine: str) -> Iterator[Flask]:
    """The application on a migrated database of its own."""
    with databases_of(engine) as (databases, folder):
        app = create_app(test_settings(folder, databases.copy()))
        try:
            yield app
        finally:
            let_go(app)


def possible(engines: Sequence[str]) -> list[str]:
    """The engines there are here; says which one is skipped and why."""
    missing = postgres.why_not()
    if missing and "postgresql" in engines:
        say(f"PostgreSQL is skipped: {missing}")
    return [e for e in engines if e == "sqlite" or not missing]


def run_again(words: Sequence[str]) -> None:
    """Run a benchmark in a process of its own, for what can be set up only once in one."""
    subprocess.run([sys.executable, "-m", *words], check=True)
