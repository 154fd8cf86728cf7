"""Commands: `flask <name>`. Every click command at the top of one of the modules below is one."""

from importlib import import_module
from importlib.util import find_spec

import click
from flask import Flask

MODULES = (
    *("doctor", "people", "reference", "demo", "audit", "docs", "papers", "panel", "clocks", "mail", "policy"),
    *("rules", "carbon", "inventory"),
)


def init_app(app: Flask) -> None:
    """Give the application its commands; a module that a later step brings may still be missing."""
    for name in MODULES:
        if find_spec(f"{__name__}.{name}"):
            for value in vars(import_module(f"{__name__}.{name}")).values():
                if isinstance(value, click.Command):
                    app.cli.add_command(value)
