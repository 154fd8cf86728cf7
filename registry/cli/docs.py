"""What the README draws from the code, so that it cannot drift."""

import re
from pathlib import Path

import click

from registry import config
from workflows.greening import GREENING
from workflows.machine import mermaid
from workflows.pilot import PILOT
from workflows.pilot_report import PILOT_REPORT
from workflows.project import PROJECT

README = Path(config.ROOT) / "README.md"
DRAWN = {"project": PROJECT, "pilot": PILOT, "pilot-report": PILOT_REPORT, "completed-area": GREENING}
"""The tables the README shows, by the name between its marks."""
BLOCK = re.compile(r"(<!-- lifecycle ([a-z-]+) -->\n).*?(<!-- /lifecycle -->)", re.DOTALL)


def lifecycle(name: str) -> str:
    """A table's lifecycle as a mermaid block: the steps, in the table's own words. Raises KeyError without one."""
    return f"```mermaid\n{mermaid(DRAWN[name])}\n```\n"


def drawn(text: str) -> str:
    """A README with the diagrams of today's tables between its marks."""
    return BLOCK.sub(lambda m: m[1] + lifecycle(m[2]) + m[3], text)


@click.command("draw-lifecycle")
def draw_lifecycle() -> None:
    """Write the lifecycle diagrams of the tables into README.md."""
    README.write_text(drawn(README.read_text(encoding="utf-8")), encoding="utf-8")
