"""The application for `flask` and for WSGI servers."""

import sys

from flask import Flask

from registry import create_app
from registry.config import BadSetting
from registry.doctor import UnsafeSettings


def _application() -> Flask:
    """The application; settings it cannot start with end the program with a list, not with a traceback."""
    try:
        return create_app()
    except UnsafeSettings as unsafe:
        if sys.argv[1:2] == ["doctor"]:
            from registry.cli.doctor import examination_only

            return examination_only()
        raise SystemExit(str(unsafe)) from None
    except BadSetting as bad:
        raise SystemExit(str(bad)) from None


app = _application()
