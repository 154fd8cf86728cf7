"""What the shared fields take and how they answer to what they cannot read."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict
from wtforms import Form

from registry.forms import fields as f


@pytest.fixture(autouse=True)
def _request():
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.test_request_context():
        yield


def ask(field, *typed, draft=False):
    """The bound field after the text was sent; `errors` as strings."""

    class One(Form):
        q = field

    form = One(MultiDict([("q", t) for t in typed]))
    form.draft = draft
    form.validate()
    form.q.errors = [str(e) for e in form.q.errors]
    return form.q


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("128.5", "128.5"),
        ("１２８．５", "128.5"),
        (" 1,234.50 ", "1234.50"),
        ("12，345", "12345"),
        ("6 000", "6000"),
        (".5", "0.5"),
    ],
)
def test_a_figure_is_taken_in_every_usual_writing(typed, value):
    q = ask(f.DecimalField(validators=[f.Answered()]), typed)
    assert (q.data, q.errors) == (Decimal(value), [])


@pytest.mark.parametrize("typed", ["about 130", "1,5", "1e5", "--2", "NaN", "12.3.4", "亩"])
def test_a_figure_that_cannot_be_read_keeps_what_was_typed(typed):
    q = ask(f.DecimalField(validators=[f.Answered()]), typed)
    assert q.errors == ["Enter digits only, for example 128.5"]
    assert q._value() == typed


def test_a_figure_outside_its_limits_is_told_the_limit():
    assert ask(f.DecimalField(), "-1").errors == ["Enter a figure of 0 or more"]
    assert ask(f.DecimalField(most=100), "101").errors == ["Enter a figure of 100 or less"]
    assert ask(f.DecimalField(places=2), "1.234").errors == ["Use at most 2 decimals"]
    assert ask(f.IntegerField(), "4.0").errors == ["Enter a whole number, for example 40"]
    assert ask(f.IntegerField(), "４０").data == 40


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-22",
        "2026年11月22日",
        "2026.11.22",
        "2026/11/22",
        "２０２６－１１－２２",
        "20261122",
        "22 November 2026",
    ],
)
def test_a_day_is_taken_in_every_usual_writing(typed):
    q = ask(f.DateField(), typed)
    assert (q.data, q.errors) == (date(2026, 11, 22), [])


def test_a_day_in_no_calendar_is_refused():
    assert "no such day" in ask(f.DateField(), "2026-02-30").errors[0]
    assert ask(f.DateField(), "next year").errors == ["Enter a date such as 2026-11-22"]


def test_a_stored_value_is_shown_as_it_would_be_typed():
    class Two(Form):
        day = f.DateField()
        area = f.DecimalField()

    form = Two(data={"day": date(2026, 1, 5), "area": Decimal("1E+3")})
    assert (form.day._value(), form.area._value()) == ("2026-01-05", "1000")


def test_a_credit_code_is_cleaned_and_its_check_digit_tested():
    q = ask(f.CreditCodeField(), "９１１１０ ０００６ ０００３７３４１l")
    assert (q.data, q.errors) == ("91110000600037341L", [])
    assert "check digit" in ask(f.CreditCodeField(), "91110000600037342L").errors[0]
    assert ask(f.CreditCodeField(), "9111").errors == ["A credit code has 18 characters; this one has 4"]
    assert "without I, O" in ask(f.CreditCodeField(), "91110000600O37341L").errors[0]
    assert ask(f.CreditCodeField(validators=[f.Optional()]), "").data is None


def test_a_rural_collective_has_a_code_that_begins_with_n():
    from stdnum.cn import uscc

    body = "N2370900MF3601234"
    code = body + uscc.calc_check_digit(body)
    assert ask(f.CreditCodeField(), code).data == code
    wrong = body + ("0" if code[-1] != "0" else "1")
    assert "check digit" in ask(f.CreditCodeField(), wrong).errors[0]


def test_prose_keeps_its_punctuation_and_loses_control_signs():
    assert ask(f.TextField(), "　第１林场（示例），Ａ区\u202e ").data == "第1林场（示例），A区"
    assert ask(f.LongTextField(), "a\r\nb\x00").data == "a\nb"
    assert ask(f.CodeField(upper=True), " 鲁（２０２３） ab ").data == "鲁(2023)AB"


def test_a_password_is_never_trimmed():
    assert ask(f.SecretField(), " １２ab ").data == " １２ab "


@pytest.mark.parametrize("field", [f.TextField, f.DecimalField, f.DateField, f.CreditCodeField, f.YesNoField])
def test_an_empty_answer_is_asked_for_once_and_forgiven_in_a_draft(field):
    for typed in ((), ("",), ("　 ",)):
        assert ask(field(validators=[f.Answered("Say it")]), *typed).errors == ["Say it"]
        assert ask(field(validators=[f.Answered("Say it")]), *typed, draft=True).errors == []


def test_choices_come_from_a_closed_list_and_nothing_else_is_taken():
    class Colour(StrEnum):
        RED = "red"
        BLUE = "blue"

    def field():
        return f.ChoiceField(choices=f.member_options(Colour, str.title, empty="Choose"))

    assert ask(field(), "red").data == "red"
    assert ask(field(), "green").errors == ["Choose one of the answers listed"]
    assert ask(f.YesNoField(), "no").data is False
    assert ask(f.YesNoField(), "maybe").errors == ["Choose one of the answers listed"]


def test_text_that_is_too_long_is_told_the_limit():
    assert ask(f.TextField(validators=[f.AtMost(3)]), "abcd").errors == ["Use at most 3 characters"]
    assert ask(f.CodeField(validators=[f.Email()]), "a@b").errors != []
    assert ask(f.CodeField(validators=[f.Email()]), "a@b.cn").errors == []
