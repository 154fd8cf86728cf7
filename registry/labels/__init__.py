"""The words readers see for every closed list: states, roles, actions, places. English msgids; one place for each.

A label is looked up by list and member, because members of different lists may share a word ("registration").
The words themselves stand in `lists.py` and `procedure.py`, the badges in `badges.py`.
"""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from registry.labels.badges import BADGES
from registry.labels.lists import LABELS, Due, Running
from registry.labels.procedure import ACTIONS, NEXT_STEPS, RECONSIDERED, RIGHT_WAYS, STAGE_LABELS, TURNS

__all__ = [
    "ACTIONS",
    "DASH",
    "DISTRICTS",
    "LABELS",
    "RIGHT_WAYS",
    "Due",
    "Running",
    "action_label",
    "badge_kind",
    "district",
    "happened",
    "label",
    "next_step",
    "reconsidered",
    "right_way",
    "stage_label",
    "whose_turn",
]

DASH = "–"

BY_NAME: Mapping[str, type[StrEnum]] = {members.__name__: members for members in LABELS}

DISTRICTS: Mapping[str, LazyString] = {
    "370902": _l("Taishan District"),
    "370911": _l("Daiyue District"),
    "370921": _l("Ningyang County"),
    "370923": _l("Dongping County"),
    "370982": _l("Xintai City"),
    "370983": _l("Feicheng City"),
}
"""The six districts and counties by GB/T 2260 code."""

JURISDICTIONS: Mapping[str, LazyString] = {"370900": _l("Tai’an City"), **DISTRICTS}
"""Where a body decides."""


def _find(
    table: Mapping[type[StrEnum], Mapping[str, LazyString]] | Mapping[type[StrEnum], Mapping[str, str]],
    member: StrEnum | str,
    of: str | type[StrEnum] | None,
) -> LazyString | str | None:
    members = BY_NAME[of] if isinstance(of, str) else of or type(member)
    return table.get(members, {}).get(str(member))  # type: ignore[arg-type]


def label(member: StrEnum | str | None, of: str | type[StrEnum] | None = None) -> str:
    """The reader's word for a member; a bare word from an answer needs its list: `label("state", "Tenure")`.

    Nothing is a dash; a word outside its list is shown as it is.
    """
    if member is None or member == "":
        return DASH
    return str(_find(LABELS, member, of) or member)


def badge_kind(member: StrEnum | str | None, of: str | type[StrEnum] | None = None) -> str:
    """The kind of badge of a word: ok, near, stop, stop full, quiet, or empty for the plain one."""
    return "" if member is None else str(_find(BADGES, member, of) or "")


def action_label(name: str) -> str:
    """What the button of an action says; raises KeyError for an action without words."""
    return str(ACTIONS[name][0])


def happened(name: str) -> str:
    """What the timeline says of an action; one without words is named as it is, so that history never fails."""
    return str(ACTIONS[name][1]) if name in ACTIONS else name.replace("_", " ").capitalize()


def right_way(word: str) -> str:
    """Where an applicant should turn; a word outside the list is shown as it is."""
    return str(RIGHT_WAYS.get(word, word))


def reconsidered(outcome: str) -> str:
    """How far a reconsideration is: asked for, or what came of it."""
    return str(RECONSIDERED[outcome])


def stage_label(stage: str) -> str:
    """The name of one of the five stages, as the rail says it."""
    return str(STAGE_LABELS[stage])


def whose_turn(state: str) -> str:
    """Who holds a case in this state, in words."""
    return str(TURNS[state])


def next_step(state: str) -> str:
    """What comes next in this state, in words."""
    return str(NEXT_STEPS[state])


def district(code: str | None) -> str:
    """The name of a district, county or city by its GB code; nothing is a dash, an unknown code is shown as it is."""
    return str(JURISDICTIONS.get(code, code)) if code else DASH
