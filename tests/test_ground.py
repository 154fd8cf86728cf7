"""The ground everything stands on: settings, doctor, clock, log, migrations, the way to write."""

import json
import os
import re
import stat
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from registry import clock as clock_module
from registry import doctor, logs
from registry.config import (
    NAMES,
    ROOT,
    BadSetting,
    keep_development_key,
    prepare_folders,
    read,
)
from registry.extensions import db, writing
from registry.models import Organisation
from tests import factories

NO_KEY = str


def production(**more: str) -> dict[str, Any]:
    """Settings of a production that is set up well."""
    environ = {
        "TAILIN_ENV": "production",
        "SECRET_KEY": "Vx3kQ9-bW7nLr2Tz5mHs8Jd4Fg6Yp1CaEu0Ri",
        "TRUSTED_HOSTS": "tanhui.example.cn",
        "DATABASE_URL": "postgresql://tailin:kD82ndk-ss92@/tailin",
        "STORE_DIR": "/nonexistent/files",
        "BEHIND_PROXY": "1",
    }
    return read(environ | more, NO_KEY)


# Settings


def test_the_empty_environment_is_a_safe_development() -> None:
    config = read({}, lambda: "made")
    assert config["TAILIN_ENV"] == "development"
    assert config["SECRET_KEY"] == "made"
    assert config["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{ROOT}/var/tailin.db"
    assert (config["HOST"], config["DEBUG"], config["DEMO"]) == ("127.0.0.1", False, False)


def test_production_makes_no_key_of_its_own() -> None:
    assert read({"TAILIN_ENV": "production"}, lambda: "made")["SECRET_KEY"] == ""


@pytest.mark.parametrize("given", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_every_spelling_of_postgresql_uses_the_one_driver(given: str) -> None:
    assert read({"DATABASE_URL": given}, NO_KEY)["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://u@h/d"


def test_a_relative_database_file_lies_in_the_project() -> None:
    url = read({"DATABASE_URL": "sqlite:///var/other.db"}, NO_KEY)["SQLALCHEMY_DATABASE_URI"]
    assert url == f"sqlite:///{ROOT}/var/other.db"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TAILIN_ENV", "prod"),
        ("DEMO", "maybe"),
        ("PORT", "80000"),
        ("PORT", "８０００"),
        ("MAX_UPLOAD_MB", "64"),
        ("MAX_UPLOAD_MB", "-1"),
        ("DATABASE_URL", "mysql://u:hidden@h/d"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("SECRET_KEY_FILE", "/nonexistent/key"),
    ],
)
def test_a_wrong_value_is_refused_by_name_with_the_cure(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=rf"{name}=.* (use|give) ") as raised:
        read({name: value}, NO_KEY)
    assert "hidden" not in str(raised.value)


def test_all_wrong_values_are_named_at_once() -> None:
    with pytest.raises(BadSetting) as raised:
        read({"DEMO": "x", "PORT": "y", "COOKIE_SECURE": "z"}, NO_KEY)
    assert all(name in str(raised.value) for name in ("DEMO", "PORT", "COOKIE_SECURE"))


def test_every_variable_that_is_read_is_explained() -> None:
    source = (ROOT / "registry" / "config.py").read_text(encoding="utf-8")
    readers = "choice|truth|whole|word|words|path|database|site|series|address"
    asked = set(re.findall(rf'(?:reader|self)\.(?:{readers})\(\s*"(\w+)"', source))
    assert asked == set(NAMES)


def test_the_development_key_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    first, second = keep_development_key(tmp_path / "var"), keep_development_key(tmp_path / "var")
    assert first == second
    assert len(first) >= doctor.LEAST_KEY
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600


def test_database_and_files_are_closed_to_other_users(tmp_path: Path) -> None:
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/a/t.db", "STORE_DIR": f"{tmp_path}/f"}
    config = read(environ, NO_KEY)
    prepare_folders(config)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/t.db", "f")]
    assert modes == [0o700, 0o600, 0o700]
    assert not {finding.setting for finding in doctor.unsafe(config)} & {"DATABASE_URL", "STORE_DIR"}


# Doctor


def test_a_production_that_is_set_up_well_has_no_finding() -> None:
    assert doctor.unsafe(production()) == []
    doctor.refuse_unsafe(production())


UNSAFE: list[tuple[str, dict[str, Any]]] = [
    ("SECRET_KEY", {"SECRET_KEY": ""}),
    ("SECRET_KEY", {"SECRET_KEY": "Vx3kQ9-bW7nLr2Tz"}),
    ("SECRET_KEY", {"SECRET_KEY": "a" * 64}),
    ("SECRET_KEY", {"SECRET_KEY": "change-me-Vx3kQ9-bW7nLr2Tz5mHs8Jd4Fg6"}),
    ("SECRET_KEY_FALLBACKS", {"SECRET_KEY_FALLBACKS": ["short"]}),
    ("TRUSTED_HOSTS", {"TRUSTED_HOSTS": []}),
    ("TRUSTED_HOSTS", {"TRUSTED_HOSTS": ["*"]}),
    ("TRUSTED_HOSTS", {"TRUSTED_HOSTS": [".cn"]}),
    ("DEBUG", {"DEBUG": True}),
    ("TESTING", {"TESTING": True}),
    ("PROPAGATE_EXCEPTIONS", {"PROPAGATE_EXCEPTIONS": True}),
    ("SQLALCHEMY_ECHO", {"SQLALCHEMY_ECHO": True}),
    ("SQLALCHEMY_RECORD_QUERIES", {"SQLALCHEMY_RECORD_QUERIES": True}),
    ("EXPLAIN_TEMPLATE_LOADING", {"EXPLAIN_TEMPLATE_LOADING": True}),
    ("DEMO", {"DEMO": True}),
    ("COOKIE_SECURE", {"SESSION_COOKIE_SECURE": False}),
    ("SESSION_COOKIE_HTTPONLY", {"SESSION_COOKIE_HTTPONLY": False}),
    ("SESSION_COOKIE_SAMESITE", {"SESSION_COOKIE_SAMESITE": None}),
    ("SESSION_COOKIE_DOMAIN", {"SESSION_COOKIE_DOMAIN": "example.cn"}),
    ("SESSION_COOKIE_DOMAIN", {"SESSION_COOKIE_PATH": "/a"}),
    ("SESSION_COOKIE_NAME", {"SESSION_COOKIE_NAME": "session"}),
    ("SIGN_IN_COOKIE_NAME", {"SIGN_IN_COOKIE_NAME": "sid"}),
    ("PREFERRED_URL_SCHEME", {"PREFERRED_URL_SCHEME": "http"}),
    ("HOST", {"HOST": "0.0.0.0", "BEHIND_PROXY": False}),
    ("PUBLIC_URL", {"PUBLIC_URL": "http://tanhui.example.cn"}),
    ("PUBLIC_URL", {"PUBLIC_URL": "https://tanhui.example.com"}),
    ("WTF_CSRF_ENABLED", {"WTF_CSRF_ENABLED": False}),
    ("WTF_CSRF_ENABLED", {"WTF_CSRF_CHECK_DEFAULT": False}),
    ("MAX_CONTENT_LENGTH", {"MAX_CONTENT_LENGTH": 2**30}),
    ("MAX_FORM_MEMORY_SIZE", {"MAX_FORM_MEMORY_SIZE": 10**9}),
    ("MAX_FORM_PARTS", {"MAX_FORM_PARTS": None}),
    ("MAX_UPLOAD_MB", {"MAX_UPLOAD_BYTES": 2**30}),
    ("ARGON2_MEMORY_KIB", {"ARGON2_MEMORY_KIB": 8}),
    ("ARGON2_MEMORY_KIB", {"ARGON2_TIME": 1}),
    ("SESSION_IDLE", {"SESSION_IDLE": timedelta(days=1)}),
    ("SESSION_IDLE_STAFF", {"SESSION_IDLE_STAFF": timedelta(hours=2)}),
    ("SESSION_LENGTH", {"SESSION_LENGTH": timedelta(days=30)}),
    ("DATABASE_URL", {"SQLALCHEMY_DATABASE_URI": ""}),
    ("DATABASE_URL", {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{ROOT}/registry/static/t.db"}),
    ("DATABASE_URL", {"SQLALCHEMY_DATABASE_URI": "postgresql+psycopg://postgres:kD82ndk-ss92@/tailin"}),
    ("DATABASE_URL", {"SQLALCHEMY_DATABASE_URI": "postgresql+psycopg://tailin:tailin@/tailin"}),
    ("DATABASE_URL", {"SQLALCHEMY_DATABASE_URI": "postgresql+psycopg://tailin:kD82ndk-ss92@db.example.cn/tailin"}),
    ("STORE_DIR", {"STORE_DIR": str(ROOT / "registry" / "static" / "files")}),
    ("MAIL_TLS", {"MAIL_HOST": "mail.example.cn", "MAIL_TLS": "none"}),
    ("MAIL_PASSWORD", {"MAIL_HOST": "mail.example.cn", "MAIL_USER": "tanhui", "MAIL_PASSWORD": ""}),
    ("MAIL_PASSWORD", {"MAIL_HOST": "mail.example.cn", "MAIL_USER": "tanhui", "MAIL_PASSWORD": "123456"}),
]


@pytest.mark.parametrize(("setting", "change"), UNSAFE, ids=[f"{n}-{i}" for i, (n, _) in enumerate(UNSAFE)])
def test_each_unsafe_setting_alone_keeps_production_from_starting(setting: str, change: dict[str, Any]) -> None:
    config = production() | change
    assert [finding.setting for finding in doctor.unsafe(config)] == [setting]
    with pytest.raises(doctor.UnsafeSettings, match=setting):
        doctor.refuse_unsafe(config)


def test_a_database_that_others_may_read_is_found(tmp_path: Path) -> None:
    file = tmp_path / "t.db"
    file.touch(0o644)
    found = doctor.unsafe(production(DATABASE_URL=f"sqlite:///{file}"))
    assert [finding.setting for finding in found] == ["DATABASE_URL"]


def test_every_finding_says_what_why_and_what_to_do() -> None:
    for finding in (f for _, change in UNSAFE for f in doctor.unsafe(production() | change)):
        assert all((finding.setting, finding.what, finding.why, finding.fix))


def test_development_starts_with_what_production_refuses() -> None:
    doctor.refuse_unsafe(read({}, NO_KEY))


def run_flask(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command as a person types it."""
    inherited = {name: value for name, value in os.environ.items() if name not in NAMES}
    return subprocess.run(
        [sys.executable, "-m", "flask", *words],
        cwd=ROOT,
        env=inherited | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_flask_doctor_lists_what_keeps_production_from_starting(tmp_path: Path) -> None:
    environ = {
        "TAILIN_ENV": "production",
        "DATABASE_URL": f"sqlite:///{tmp_path}/t.db",
        "STORE_DIR": str(tmp_path / "f"),
    }
    answer = run_flask("doctor", **environ)
    assert answer.returncode == 1
    assert "SECRET_KEY: no key" in answer.stdout
    assert "TRUSTED_HOSTS: empty" in answer.stdout
    assert "Traceback" not in answer.stderr


MAIL = {"MAIL_HOST": "mail.example.cn", "MAIL_FROM": "tanhui@example.cn"}


def test_what_is_missing_but_not_unsafe_is_advice_and_keeps_nothing_from_starting(tmp_path: Path) -> None:
    assert [finding.setting for finding in doctor.advice(production())] == ["HELP_PHONE", "MAIL_HOST"]
    assert [finding.setting for finding in doctor.advice(production(**MAIL))] == ["HELP_PHONE"]
    assert doctor.advice(production(HELP_PHONE="0538-0000000", **MAIL)) == []
    database = f"sqlite:///{tmp_path}/t.db"
    environ = {"TAILIN_ENV": "test", "DATABASE_URL": database, "STORE_DIR": str(tmp_path / "f")}
    answer = run_flask("doctor", **environ)
    assert answer.returncode == 0
    assert "Advice. HELP_PHONE: no phone number" in answer.stdout
    assert "Advice. MAIL_HOST: no mail is sent" in answer.stdout
    assert "Advice" not in run_flask("doctor", **environ, HELP_PHONE="0538-0000000", **MAIL).stdout


def test_a_font_that_cannot_be_embedded_is_advice(tmp_path: Path) -> None:
    file = tmp_path / "fangsong.ttf"
    file.write_bytes(b"OTTO, not TrueType")
    given = production(HELP_PHONE="0538-0000000", **MAIL) | {"REPORT_FACES": {"fangsong": str(file), "kaiti": ""}}
    assert [finding.setting for finding in doctor.advice(given)] == ["FONT_FANGSONG"]


def test_a_mail_server_needs_an_address_to_write_from() -> None:
    for sender in ({}, {"MAIL_FROM": "tanhui"}, {"MAIL_FROM": "a@example.cn>\r\nRCPT TO:<b@example.cn"}):
        with pytest.raises(BadSetting, match=r"(?s)MAIL_FROM=.* write it like"):
            read({"MAIL_HOST": "mail.example.cn", **sender}, NO_KEY)


@pytest.mark.parametrize(("tls", "port"), [("", 587), ("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_of_the_mail_server_follows_the_way_it_is_reached(tls: str, port: int) -> None:
    given = {"MAIL_TLS": tls} if tls else {}
    assert read(MAIL | given, NO_KEY)["MAIL_PORT"] == port
    assert read(MAIL | given | {"MAIL_PORT": "2525"}, NO_KEY)["MAIL_PORT"] == 2525


def test_a_wrong_setting_ends_the_command_without_a_traceback(tmp_path: Path) -> None:
    answer = run_flask("routes", PORT="many", STORE_DIR=str(tmp_path))
    assert answer.returncode != 0
    assert "PORT=many" in answer.stderr
    assert "Traceback" not in answer.stderr


# Clock


def test_the_day_turns_in_shandong(clock: Any) -> None:
    clock.set(datetime(2026, 3, 1, 16, 0, tzinfo=UTC))
    assert clock_module.today() == date(2026, 3, 2)
    clock.move(seconds=-1)
    assert clock_module.today() == date(2026, 3, 1)


def test_nothing_but_the_clock_asks_the_system_for_the_time() -> None:
    asks = re.compile(r"datetime\.(now|today|utcnow)\(|date\.today\(|time\.time\(")
    files = [*(ROOT / "registry").rglob("*.py"), *(ROOT / "workflows").rglob("*.py")]
    found = [str(f.relative_to(ROOT)) for f in files if asks.search(f.read_text(encoding="utf-8"))]
    assert found == ["registry/clock.py"]


# Log


@pytest.fixture
def small() -> Flask:
    """An application with the log and nothing else."""
    app = Flask("small")
    app.config.update(SECRET_KEY="k" * 40)
    logs.init_app(app)

    @app.post("/say/<word>")
    def say(word: str) -> str:
        return word

    @app.get("/fail")
    def fail() -> str:
        raise ValueError("planted-secret in an error")

    @app.get("/deep")
    def deep() -> None:
        with create_engine("sqlite://").connect() as connection:
            connection.exec_driver_sql("SELECT planted_secret")

    return app


Captured = pytest.CaptureFixture[str]


def lines(written: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.splitlines()]


def test_a_request_leaves_one_line_without_what_was_typed(small: Flask, capsys: Captured) -> None:
    answer = small.test_client().post("/say/planted-path?q=planted-query", data={"login": "planted-body"})
    written = capsys.readouterr().err
    (line,) = lines(written)
    assert "planted" not in written
    assert (line["route"], line["status"], line["outcome"]) == ("say", 200, "ok")
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert datetime.fromisoformat(line["at"]).utcoffset() == timedelta(0)


def test_a_visitors_own_request_id_is_not_believed(small: Flask, capsys: Captured) -> None:
    answer = small.test_client().post("/say/x", headers={"X-Request-ID": "planted"})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])


def test_an_error_is_written_by_its_type_and_way_not_by_its_words(small: Flask, capsys: Captured) -> None:
    assert small.test_client().get("/fail").status_code == 500
    written = capsys.readouterr().err
    error, request = lines(written)
    assert error["error"] == "ValueError"
    assert any(step.startswith("fail:") for step in error["through"])
    assert request["outcome"] == "failed"
    assert "planted-secret" not in written


def test_an_error_deep_in_a_library_still_names_our_own_place_and_the_databases_code(
    small: Flask, capsys: Captured
) -> None:
    assert small.test_client().get("/deep").status_code == 500
    error, _request = lines(capsys.readouterr().err)
    assert (error["error"], error["code"]) == ("OperationalError", "SQLITE_ERROR")
    assert [step.partition(":")[0] for step in error["through"]] == ["deep", "do_execute"]


def test_line_ends_in_a_value_cannot_forge_a_line(small: Flask, capsys: Captured) -> None:
    import structlog

    with small.test_request_context():
        structlog.get_logger().info("act", reason='a\r\n{"event": "forged"}\u2028b', password="planted")
    (line,) = lines(capsys.readouterr().err)
    assert line["event"] == "act"
    assert line["password"] == logs.REMOVED


def test_a_person_has_one_name_in_the_log_that_needs_the_key_to_be_made(small: Flask) -> None:
    with small.app_context():
        first = logs.pseudonym(7)
        assert first == logs.pseudonym(7) != logs.pseudonym(8)
        small.config["SECRET_KEY"] = "another" * 6
        assert logs.pseudonym(7) != first


# Database


@pytest.mark.both_engines
def test_the_migrations_make_every_table_of_the_models(app: Flask) -> None:
    made = {name for name in inspect(db.engine).get_table_names() if not name.startswith("case_search")}
    assert made - {"alembic_version"} == set(db.metadata.tables)  # the search index is kept by triggers alone


@pytest.mark.both_engines
def test_what_is_written_in_writing_is_kept(app: Flask) -> None:
    identity = factories.an_organisation(name="示例林场")
    db.session.rollback()
    found = db.session.get(Organisation, identity)
    assert found is not None
    assert found.name == "示例林场"


@pytest.mark.both_engines
def test_a_write_outside_writing_is_refused(app: Flask) -> None:
    for name in ("示例林场", "示例公司"):  # on a connection that has just written, too
        with pytest.raises(SQLAlchemyError):
            db.session.execute(text("DELETE FROM organisations"))
        factories.an_organisation(name=name)
        db.session.rollback()
    with pytest.raises(SQLAlchemyError):
        db.session.execute(text("DELETE FROM organisations"))


@pytest.mark.both_engines
def test_an_error_inside_writing_leaves_nothing(app: Flask) -> None:
    def fail() -> None:
        with writing():
            db.session.add(Organisation(name="示例", kind="other", created_at=clock_module.now()))
            db.session.flush()
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        fail()
    assert db.session.query(Organisation).count() == 0


def test_the_database_errors_words_carry_no_values(app: Flask) -> None:
    with pytest.raises(SQLAlchemyError) as raised, writing():
        db.session.execute(text("INSERT INTO organisations (name) VALUES (:name)"), {"name": "planted"})
    assert "planted" not in str(raised.value)


def test_the_log_names_a_signed_in_person_by_pseudonym(app: Flask, capsys: Captured) -> None:
    import structlog

    from registry.models import User

    identity = factories.a_user(login="planted-login", name="示例张三")
    with app.test_request_context():
        g.user = db.session.get(User, identity)
        structlog.get_logger().info("act")
        expected = logs.pseudonym(identity)
    written = capsys.readouterr().err
    assert lines(written)[-1]["user"] == expected
    assert "planted-login" not in written
