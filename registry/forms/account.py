"""Forms of the person's own account."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, ValidationError

from registry.forms import Form
from registry.forms.fields import (
    Answered,
    AtMost,
    CodeField,
    Email,
    Optional,
    RadioChoiceField,
    SecretField,
    TickField,
    options,
)


class SignInForm(Form):
    login = CodeField(
        _l("Sign-in name"),
        [Answered(_l("Enter your sign-in name")), AtMost(60)],
        render_kw={"autocomplete": "username"},
    )
    password = SecretField(
        _l("Password"), [Answered(_l("Enter your password"))], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()


class _TwiceForm(Form):
    """A new password, typed twice; the fields stand in the subclasses, whose order is the page's."""

    def validate_again(self, field: Any) -> None:
        """Both are the same."""
        if self["password"].data and field.data != self["password"].data:
            raise ValidationError(_("The two passwords differ; enter the same one twice"))


def _new() -> SecretField:
    return SecretField(
        _l("New password"),
        [Answered(_l("Enter a new password"))],
        description=_l("At least 12 characters. Several words that do not belong together are easy to remember."),
        render_kw={"autocomplete": "new-password"},
    )


def _again() -> SecretField:
    return SecretField(
        _l("New password once more"),
        [Answered(_l("Enter the new password once more"))],
        render_kw={"autocomplete": "new-password"},
    )


class NewPasswordForm(_TwiceForm):
    """A first password, by a one-time link."""

    password = _new()
    again = _again()


class ChangePasswordForm(_TwiceForm):
    """Another password, by somebody who knows the present one."""

    current = SecretField(
        _l("Present password"),
        [Answered(_l("Enter your present password"))],
        render_kw={"autocomplete": "current-password"},
    )
    password = _new()
    again = _again()


class PreferencesForm(Form):
    language = RadioChoiceField(_l("Language"), [Answered(_l("Choose a language"))])
    large_type = TickField(_l("Large type"), description=_l("Bigger letters and stronger contrast on every page."))

    def offer(self, languages: list[tuple[str, str]]) -> None:
        """Put in the languages, each by its own name."""
        self.language.choices = options(languages)


class LettersForm(Form):
    """Where letters go, and whether any do."""

    email = CodeField(
        _l("E-mail"),
        [Optional(), AtMost(254), Email()],
        description=_l("Only letters of this site go there. Leave it empty to have it forgotten."),
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )
    wants_mail = TickField(
        _l("Write to me by mail as well"),
        description=_l("When something happens on a case of yours. It stands in your notices here in any case."),
    )
