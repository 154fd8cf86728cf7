"""Figures, days and words read as the style sheet of the house says, in both languages."""

import inspect
import sqlite3
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from tempfile import TemporaryDirectory

import psycopg
import pytest
from flask import Flask, abort, g, render_template_string
from flask_babel import Babel, force_locale
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from wtforms import (
    BooleanField,
    DecimalField,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired

from registry import formats, labels
from registry.models.people import OrganisationKind
from registry.views import errors
from workflows import roles, states

ROOM = "\u00a0"
UNSEEN = {StrEnum, states.Identity}
"""No list, and what tells two parcels apart in the database alone."""
CLOSED_LISTS = [
    *(m for _, m in inspect.getmembers(states, inspect.isclass) if issubclass(m, StrEnum) and m not in UNSEEN),
    roles.Role,
    OrganisationKind,
    labels.Due,
]


def locked() -> sqlite3.Error:
    """What SQLite says to the second who wants to write."""
    with TemporaryDirectory() as folder:
        first, second = (sqlite3.connect(f"{folder}/t.db", timeout=0, isolation_level=None) for _ in range(2))
        try:
            first.execute("BEGIN IMMEDIATE")
            second.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            return error
        finally:
            first.close()
            second.close()
    raise AssertionError("two write at once")


DATABASE = {
    "locked": locked,
    "waited": psycopg.errors.LockNotAvailable,
    "deadlock": psycopg.errors.DeadlockDetected,
    "slow": psycopg.errors.QueryCanceled,
    "full": psycopg.errors.DiskFull,
    "gone": psycopg.OperationalError,
}


@pytest.fixture(scope="module")
def bare_app():
    """The layout, macros and error pages alone: no database behind them."""
    app = Flask("registry", template_folder="../templates")
    app.config.update(SECRET_KEY="test", TESTING=True, DEMO=True, PROPAGATE_EXCEPTIONS=False)
    Babel(app, default_locale="en")
    formats.init_app(app)
    errors.init_app(app)

    @app.route("/abort/<int:code>", methods=["GET", "POST"])
    def stop(code):
        abort(code)

    @app.route("/crash")
    def crash():
        raise RuntimeError("a secret of the house")

    @app.route("/expired", methods=["POST"])
    def expired():
        raise CSRFError("a secret of the house")

    @app.route("/database/<which>", methods=["POST"])
    def database(which):
        raise OperationalError("a secret of the house", {}, DATABASE[which]())

    app.add_url_rule("/sign-in", "account.sign_in", lambda: "sign in")
    return app


@pytest.fixture
def english(bare_app):
    with bare_app.test_request_context(), force_locale("en"):
        yield bare_app


def draw(template, **context):
    return render_template_string(template, **context)


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (6000, None, "6,000"),
        (Decimal("128.50"), None, "128.5"),
        (Decimal("400.00"), None, "400"),
        (Decimal("2.25"), 1, "2.3"),
        (Decimal("164"), 1, "164.0"),
        ("2073.60", None, "2,073.6"),
        (-3, None, "−3"),
        (Decimal("-0.04"), 1, "0.0"),
        (0, None, "0"),
        (None, None, "–"),
        ("about 130", None, "about 130"),
    ],
)
def test_a_figure_has_commas_and_no_idle_zeros(value, places, written):
    assert formats.number(value, places) == written


def test_units_do_not_part_from_their_figures(english):
    assert formats.area(6000) == f"6,000{ROOM}mu (400{ROOM}ha)"
    assert formats.area(Decimal("1990")) == f"1,990{ROOM}mu (132.67{ROOM}ha)"
    assert formats.tonnes(Decimal("3240.00")) == f"3,240{ROOM}tCO₂e"
    assert formats.money(Decimal("70.5")) == f"70.50{ROOM}yuan"
    assert formats.money(1200) == f"1,200{ROOM}yuan"
    assert formats.filesize(1_234_567) == f"1.2{ROOM}MB"
    assert formats.filesize(10) == f"1{ROOM}kB"
    assert formats.area(None) == formats.money(None) == formats.tonnes("") == formats.filesize(None) == "–"


def test_hectares_are_not_rounded_before_the_end():
    assert formats.mu_to_ha(1990) == Decimal(1990) / 15
    assert formats.mu_to_ha(None) is None


def test_days_are_written_in_the_reader_s_language(bare_app):
    on, at = date(2026, 11, 20), datetime(2026, 11, 20, 6, 3, tzinfo=UTC)
    with bare_app.test_request_context():
        with force_locale("en"):
            assert formats.day(on) == f"20{ROOM}November 2026"
            assert formats.instant(at) == f"20{ROOM}November 2026, 14:03"
            assert formats.lang_tag() == "en"
        with force_locale("zh_Hans_CN"):
            assert formats.day(on) == "2026年11月20日"
            assert formats.day("2026-11-20") == "2026年11月20日"
            assert formats.instant(at) == f"2026年11月20日{ROOM}14:03"
            assert formats.lang_tag() == "zh-CN"
    assert formats.day_short(on) == "2026-11-20"
    assert formats.day(None) == formats.instant(None) == "–"


def test_an_instant_late_in_the_evening_of_london_is_the_next_day_in_tai_an():
    assert formats.day_short(datetime(2026, 11, 20, 16, 30, tzinfo=UTC)) == "2026-11-21"


@pytest.mark.parametrize("members", CLOSED_LISTS, ids=lambda m: m.__name__)
def test_every_member_of_a_closed_list_has_a_word(english, members):
    assert set(labels.LABELS[members]) == set(members)
    for member in members:
        assert labels.label(member)
        assert labels.label(member.value, members.__name__) == labels.label(member)
        assert labels.badge_kind(member) in {"ok", "near", "stop", "stop full", "quiet", ""}


def test_every_state_says_whose_turn_it_is_and_what_comes_next(english):
    for state in states.ProjectState:
        assert labels.whose_turn(state)
        assert labels.next_step(state)
    assert all(labels.stage_label(stage) for stage in states.STAGES)
    assert labels.badge_kind(states.ProjectState.REGISTERED) == "ok"
    assert labels.badge_kind(states.ProjectState.REJECTED) == "stop"


def test_words_of_different_lists_do_not_mix(english):
    assert labels.label(states.ProjectState.REGISTRATION) != labels.label(states.GateName.REGISTRATION)


def test_every_action_of_the_lifecycle_has_a_button_and_a_sentence(english):
    from workflows.project import PROJECT

    for name in {row.name for row in PROJECT.acts}:
        assert name in labels.ACTIONS
        assert labels.action_label(name)
        assert labels.happened(name)


class Party(Form):
    name = StringField("Name", [InputRequired("Give the name")])


class Everything(Form):
    area = DecimalField("Area", [InputRequired("Give the area")], description="In mu")
    held = RadioField("Held", [InputRequired("Choose one")], choices=[SelectChoice("a", "A"), SelectChoice("b", "B")])
    scheme = SelectField("Scheme", choices=[SelectChoice("a", "A")], validate_choice=False)
    true = BooleanField("True", [InputRequired("Tick it")])
    parties = FieldList(FormField(Party), min_entries=2)


FORM = """{% from '_ui/field.html' import field %}{% from '_ui/error_summary.html' import error_summary -%}
{{ error_summary(form) }}{% for f in (form.area, form.held, form.scheme, form.true) %}{{ field(f) }}{% endfor -%}
{% for p in form.parties %}{{ field(p.form.name) }}{% endfor %}"""


def test_every_error_is_linked_to_a_control_that_is_there(english):
    form = Everything()
    assert not form.validate()
    found = formats.form_errors(form)
    assert [target for target, _ in found] == ["area", "held-0", "true", "parties-0-name", "parties-1-name"]
    page = draw(FORM, form=form)
    for target, message in found:
        assert f'<a href="#{target}">{message}</a>' in page
        assert f'id="{target}"' in page
    assert "please correct 5 things" in page
    assert 'aria-describedby="area-h area-e"' in page
    assert 'id="area-e"' in page
    assert 'aria-invalid="true"' in page


def test_the_page_of_a_form_with_errors_says_so_in_its_title(english):
    form = Everything()
    form.validate()
    g.user = None
    layout = "{% extends '_layout.html' %}{% block title %}Parcel{% endblock %}"
    assert "<title>Error: Parcel – Tailin</title>" in draw(layout, form=form)
    assert "<title>Parcel – Tailin</title>" in draw(layout)


def test_the_layout_keeps_to_the_content_policy(english):
    page = draw("{% extends '_layout.html' %}{% block title %}x{% endblock %}")
    assert " style=" not in page
    assert "<script>" not in page
    assert " on" not in {part[:3] for part in page.split("<a")}
    assert "http://" not in page
    assert "https://" not in page


def test_typed_words_are_escaped(english):
    assert formats.paragraphs("One\n\n<b>two</b>\nthree") == "<p>One</p><p>&lt;b&gt;two&lt;/b&gt;<br>three</p>"


@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 413, 429, 500, 503])
def test_an_error_page_says_what_to_do_and_nothing_of_the_inside(bare_app, code):
    answer = bare_app.test_client().get(f"/abort/{code}")
    assert answer.status_code == code
    assert str(errors.PAGES[code].todo) in answer.get_data(as_text=True) or code == 401
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_crash_tells_nothing(bare_app):
    bare_app.config["TESTING"] = False
    answer = bare_app.test_client().get("/crash")
    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("which", DATABASE)
def test_a_busy_database_asks_for_a_second_try_and_any_other_fault_of_it_is_a_fault(bare_app, which):
    bare_app.config["TESTING"] = False
    answer = bare_app.test_client().post(f"/database/{which}")
    busy = which not in {"full", "gone"}
    assert (answer.status_code, answer.headers.get("Retry-After")) == ((503, "5") if busy else (500, None))
    assert str(errors.PAGES[answer.status_code].todo) in answer.get_data(as_text=True)
    assert "secret" not in answer.get_data(as_text=True)


def test_an_expired_form_token_is_told_in_words(bare_app):
    answer = bare_app.test_client().post("/expired")
    assert answer.status_code == 400
    assert "open too long" in answer.get_data(as_text=True)


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(bare_app):
    client = bare_app.test_client()
    answer = client.get("/abort/401?x=1")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/abort/401?x%3D1"
    assert client.post("/abort/401").status_code == 401


def test_a_client_that_takes_only_json_gets_a_problem(bare_app):
    answer = bare_app.test_client().get("/abort/404", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == 404


def test_a_chinese_date_is_kept_on_one_line_and_the_words_around_it_are_escaped():
    kept = '<span class="nowrap">2026年11月27日</span>'
    assert formats.whole_days("<b>2026年11月27日星期五会议") == f"&lt;b&gt;{kept}星期五会议"
    assert formats.whole_days("27 November 2026") == "27 November 2026"
