"""`python -m registry.serve`: bring the database up to date, load the demo once, serve on this machine."""

import sys

import flask_migrate
import waitress
from flask import Flask
from sqlalchemy import exists, select

from registry import create_app, jobs
from registry.config import MIGRATIONS, BadSetting
from registry.doctor import UnsafeSettings
from registry.extensions import db
from registry.models import User

THREADS = 8


def bring_up_to_date(app: Flask) -> None:
    """Run the migrations that the database has not seen."""
    with app.app_context():
        flask_migrate.upgrade(directory=MIGRATIONS)
        db.session.remove()


def load_demo_once(app: Flask) -> bool:
    """Load the demo data into a database without people; whether it did. Only in demo mode."""
    if not app.config["DEMO"]:
        return False
    with app.app_context():
        if db.session.scalar(select(exists().select_from(User))):
            return False
        from registry import demo  # only here: production never imports it

        if not hasattr(demo, "load"):
            return False
        demo.load()
        db.session.remove()
    return True


def main() -> None:
    """Serve until interrupted."""
    try:
        app = create_app()
    except (BadSetting, UnsafeSettings) as error:
        raise SystemExit(str(error)) from None
    bring_up_to_date(app)
    if load_demo_once(app):
        say("Demo data loaded.")
    host, port = app.config["HOST"], app.config["PORT"]
    try:
        server = waitress.create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            ident=None,  # no version for strangers
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 2**20,  # the application answers first, in words
            clear_untrusted_proxy_headers=not app.config["BEHIND_PROXY"],
        )
    except OSError as error:
        raise SystemExit(
            f"Cannot listen on {host}:{port} ({error.strerror}). Choose another port: make run PORT=8001"
        ) from None
    say(f"Tailin is at http://{host}:{port} (stop with Ctrl+C)")
    with jobs.at_work(app):
        server.run()


def say(line: str) -> None:
    """A line for whoever started the program."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
