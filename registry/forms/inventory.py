"""The form of an inventory: what it is, where it comes from, its file, and which column is which."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField

from registry.forms import Form
from registry.forms.fields import Answered, AtMost, ChoiceField, DateField, Optional, TextField


class InventoryForm(Form):
    kept = HiddenField()
    """The file of an earlier try, signed by us."""
    title = TextField(
        _l("Title"),
        [Answered(_l("Give the inventory a title")), AtMost(200)],
        description=_l("Name the place and the year, as people look for it."),
    )
    land_kind = ChoiceField(_l("Kind of land"), [Answered(_l("Choose the kind of land"))])
    of = ChoiceField(
        _l("Whose land (if of one unit)"),
        [Optional()],
        description=_l(
            "Every row is checked to be of this unit, and the reports of a farm use the inventories of its land. "
            "Leave it open for a table of more than one unit."
        ),
    )
    """Asked only of whoever may import land of any unit; a reporter’s is that of the own unit."""
    surveyed_on = DateField(
        _l("Day of the survey"),
        [Answered(_l("Enter the day of the survey"))],
        description=_l("The day for which the figures hold, not the day of the import."),
    )
    document_title = TextField(
        _l("Title of the source document"),
        [Answered(_l("Enter the title of the document the survey rests on")), AtMost(200)],
    )
    document_number = TextField(_l("Number of the source document"), [Optional(), AtMost(120)])
    file = FileField(_l("The table"))
