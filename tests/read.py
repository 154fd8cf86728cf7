"""The product, read: what `tests.apart` loads before its processes part. Nothing is connected to."""

from importlib import import_module

from sqlalchemy.orm import configure_mappers

import tests.databases  # noqa: F401
from registry import VIEWS
from workflows.policy import Policy

for view in VIEWS:
    import_module(f"registry.views.{view}")
configure_mappers()
Policy.base()
