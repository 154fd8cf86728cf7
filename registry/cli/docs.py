"""What the README draws from the code, so that it cannot drift."""

import re
from pathlib import Path

import click

from registry import config
from workflows.machine import mermaid
from workflows.project import PROJECT

README = Path(config.ROOT) / "README.md"
BLOCK = re.compile(r"(<!-- lifecycle -->\n).*?(<!-- /lifecycle -->)", re.DOTALL)


def lifecycle() -> str:
    """The project's lifecycle as a mermaid block: the steps of the table, in its own words."""
    return f"```mermaid\n{mermaid(PROJECT)}\n```\n"


def drawn(text: str) -> str:
    """A README with the diagram of today's table between its marks."""
    return BLOCK.sub(lambda m: m[1] + lifecycle() + m[2], text)


@click.command("draw-lifecycle")
def draw_lifecycle() -> None:
    """Write the lifecycle diagram of the table into README.md."""
    README.write_text(drawn(README.read_text(encoding="utf-8")), encoding="utf-8")
