"""`python -m tests.check_migrations`: the migrations make what the models say, on both engines, up and down."""

import os
import sys
import tempfile
from pathlib import Path

os.environ["TAILIN_ENV"] = "test"

import flask_migrate

from registry import create_app
from registry.config import MIGRATIONS
from tests import postgres
from tests.databases import Databases, let_go, test_settings


def check(engine: str, folder: Path) -> None:
    """Up, compare, down to nothing, up again; ends the program with what differs."""
    databases = Databases(engine, folder)
    try:
        app = create_app(test_settings(folder, databases.empty()))
        with app.app_context():
            flask_migrate.upgrade(directory=MIGRATIONS)
            flask_migrate.check(directory=MIGRATIONS)
            flask_migrate.downgrade(directory=MIGRATIONS, revision="base")
            flask_migrate.upgrade(directory=MIGRATIONS)
        let_go(app)
    finally:
        databases.close()


def main() -> None:
    for engine in ("sqlite", "postgresql"):
        if engine == "postgresql" and postgres.why_not():
            sys.stdout.write(f"Migrations not checked on PostgreSQL: {postgres.why_not()}\n")
            continue
        with tempfile.TemporaryDirectory() as folder:
            check(engine, Path(folder))
        sys.stdout.write(f"Migrations equal the models on {engine}.\n")


if __name__ == "__main__":
    main()
