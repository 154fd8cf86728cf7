"""Tailin 泰林碳汇: registry and compliance workflow of forestry carbon projects."""

from importlib import import_module
from typing import Any

from flask import Flask, g, request
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix

LANGUAGES = ("zh_Hans_CN", "en")
VIEWS = (
    *("public", "account", "admin", "applicant", "calendar", "case", "dashboard", "desk", "experts", "farm", "field"),
    *("greening", "interests", "inventory", "losses", "meetings", "minutes", "notices", "papers", "partners", "policy"),
    *("reports", "rules", "self_check"),
)


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """Build the application from the environment; `overrides` are settings a test or a tool sets.

    Raises `doctor.UnsafeSettings` in production when a setting is unsafe.
    """
    from registry import assets, cli, config, doctor, formats, logs, permissions, security
    from registry.extensions import babel, csrf, db, migrate, prepare_engine
    from registry.views import errors, nav

    app = Flask(__name__, template_folder="../templates")
    app.config.from_mapping(config.settings())
    app.config.update(overrides or {})
    doctor.refuse_unsafe(app.config)

    if app.config["BEHIND_PROXY"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]
    logs.init_app(app)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    # The tables, and the jobs that follow a commit.
    import registry.jobs
    import registry.models  # noqa: F401

    migrate.init_app(app, db, directory=config.MIGRATIONS)
    babel.init_app(app, locale_selector=_language, default_locale=LANGUAGES[0])
    csrf.init_app(app)
    assets.init_app(app)
    security.init_app(app)
    permissions.init_app(app)
    formats.init_app(app)
    errors.init_app(app)
    nav.init_app(app)
    for view in VIEWS:
        app.register_blueprint(import_module(f"registry.views.{view}").bp)
    cli.init_app(app)
    app.jinja_env.globals.update(csrf_token=generate_csrf)
    app.context_processor(lambda: {"lang": "en" if str(get_locale()) == "en" else "zh"})
    return app


def _language() -> str:
    """The reader's language: chosen on the page, kept with the account, or Chinese."""
    from flask import has_request_context, session

    if not has_request_context():  # the command line speaks the bureau's language
        return LANGUAGES[0]
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    user = g.get("user")
    if user is not None and user.language in LANGUAGES:
        return str(user.language)
    return (request.accept_languages.best_match(["zh", "en"], "zh") == "en" and "en") or LANGUAGES[0]
