"""The form by which the secretary hands in a yearly notice."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from registry.forms import Form


class NoticeForm(Form):
    file = FileField(
        _l("The notice of a year"),
        [FileRequired(_l("Choose the file of the notice"))],
        description=_l("The JSON file of the year as holiday-cn publishes it; it names the notice it was made from."),
    )
