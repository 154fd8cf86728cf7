"""Forms ask for shape only: what was typed, in which form, how long; never whether it is allowed."""

from flask_wtf import FlaskForm


class Form(FlaskForm):
    """The form every page starts from; it carries the CSRF token.

    `draft` true: unanswered questions are no error (autosave, "save and come back later");
    what was answered must still be readable. Set it on the instance before `validate()`.
    """

    draft = False
