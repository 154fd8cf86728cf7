"""What the commands that judge a file have in common: how they end when misused, and what they print where."""

import json
from typing import Any

import click

from workflows.contract_check import UNUSABLE

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}


class Command(click.Command):
    """A command whose own misuse ends with 64: 2 means that the leading group has to look."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words of the command line; raises UsageError."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.exit_code = UNUSABLE
            raise


def show(value: Any) -> None:
    """The result, as JSON, on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def say(line: str) -> None:
    """A sentence for people, on standard error."""
    click.echo(line, err=True)
