"""What the forms of all acts share: the version seen, choices handed in, values for the door, typed text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import FieldList, HiddenField
from wtforms.fields import SelectChoice

from registry.forms import Form
from registry.forms.fields import Answered, AtMost, DateField, LongTextField, Optional, TextField

LONGEST = 4000


def words_field(label: Any, *, required: bool = True, hint: Any = "", missing: Any = None, rows: int = 5) -> Any:
    """A box for reasons: kept word for word, at most 4,000 characters."""
    first = Answered(missing or _l("Give the reasons")) if required else Optional()
    return LongTextField(label, [first, AtMost(LONGEST)], description=hint, rows=rows)


class ActForm(Form):
    """What every act's form carries: the version of the case its page was made from."""

    seen = HiddenField()

    def offer(self, choices: Mapping[str, Sequence[SelectChoice]]) -> None:
        """Put in the choices of the fields named; names this form does not have are passed over."""
        for name, listed in choices.items():
            if name in self:
                self[name].choices = list(listed)

    def values(self) -> dict[str, Any]:
        """The plain values the act takes."""
        return {f.name: f.data for f in self.asked() if f.data not in (None, "") and not isinstance(f, FileField)}

    def asked(self) -> list[Any]:
        """The fields a person fills in, in order."""
        return [f for f in self if f.name not in ("seen", "csrf_token")]

    def typed(self) -> list[tuple[str, str]]:
        """(label, text) of every text that was typed, so that a page can hand it back."""
        return list(_typed(self.asked(), ""))


def _typed(fields: Sequence[Any], before: str) -> Iterator[tuple[str, str]]:
    for field in fields:
        label = f"{before}{field.label.text}"
        if isinstance(field, FieldList):
            for place, entry in enumerate(field, 1):
                yield from _typed(list(entry), f"{label} {place}: ")
        elif isinstance(field, TextField | LongTextField | DateField) and (words := str(field._value()).strip()):
            yield label, words
