"""The navigation by audience: where this person may go, what waits there, and who they are."""

from dataclasses import dataclass
from typing import Any

from babel.lists import format_list
from flask import Flask, g, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from registry import permissions
from registry.labels import label
from registry.models import User
from registry.queries import minutes, policy, records
from registry.queries import nav as queries
from registry.queries.inbox import count_waiting
from workflows.roles import VOTING, Role


@dataclass(frozen=True, slots=True)
class Item:
    """One entry; `count` is what waits there, None where nothing is counted."""

    label: str
    url: str
    count: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading."""

    label: str
    entries: tuple[Item, ...]

    @property
    def count(self) -> int:
        """What waits in all of them."""
        return sum(item.count or 0 for item in self.entries)

    @property
    def current(self) -> bool:
        """One of them is the page."""
        return any(item.current for item in self.entries)


Entry = Item | Group


def _item(words: str, endpoint: str, *others: str, count: int | None = None) -> Item:
    """`others`: endpoints below this entry; one that ends in a dot stands for its whole blueprint."""
    here = request.endpoint or ""
    current = here == endpoint or any(here.startswith(o) if o.endswith(".") else here == o for o in others)
    return Item(words, url_for(endpoint), count, current)


def _grouped(words: str, items: list[Item]) -> list[Entry]:
    """A group where there is more than one entry to put together."""
    return [Group(words, tuple(items))] if len(items) > 1 else list(items)


def _own(user: User, offices: frozenset[Role]) -> list[Entry]:
    """What a signed-in person does here, by what they are today: what waits first, then by subject."""
    first = []
    desk = bool(offices & permissions.DESK.offices)
    expert = Role.EXPERT in offices
    reports = bool(offices & {Role.FARM_REPORTER, Role.DISTRICT_REPORTER})
    works = desk or expert or reports or queries.works_for_a_validation_body(queries.organisations(user))
    if works:
        first.append(_item(_("To do"), "desk.inbox", count=_waits(user)))
    if expert:
        first.append(_item(_("My panels"), "experts.mine", *([] if desk else ["case."])))
    if queries.has_own_projects(user) or not (works or offices):
        below = ("applicant.", *([] if works else ["case."]))
        first.append(_item(_("My projects"), "applicant.home", *below, count=None if works else _waits(user)))
    first.append(_item(_("Notices"), "desk.notices", count=queries.unread_notices(user)))
    return [
        *first,
        *_grouped(_("Casework"), _casework(user, offices, desk)),
        *_grouped(_("Meetings and rules"), _deciding(user, offices)),
        *_grouped(_("Targets and pilot"), _measured(offices)),
        *_grouped(_("Administration"), _administration(offices)),
    ]


def _casework(user: User, offices: frozenset[Role], desk: bool) -> list[Item]:
    """Cases, and whoever takes part in them."""
    items = []
    if desk:
        items.append(_item(_("Cases"), "desk.cases", "case."))
    if offices & permissions.ENTRIES["desk.overdue"].offices:
        items.append(_item(_("Overdue"), "desk.overdue", count=queries.overdue(user)))
    if offices & permissions.PARTNERS.offices:
        items.append(_item(_("Partners"), "partners.index", "partners."))
    if offices & permissions.REGISTER.offices:
        items.append(_item(_("Experts"), "experts.index", "experts.show", "experts.new"))
    return items


def _deciding(user: User, offices: frozenset[Role]) -> list[Item]:
    """Where the leading group decides."""
    items = []
    if offices & permissions.MEETING.offices:
        items.append(_item(_("Meetings"), "meeting.index", "meeting.", "minutes."))
    if offices & permissions.POLICY.offices:
        waits = len(policy.undecided(user)) if Role.CHAIR in offices else None
        items.append(_item(_("Rule changes"), "policy.index", "policy.", count=waits))
    return items


def _administration(offices: frozenset[Role]) -> list[Item]:
    """Accounts; no case."""
    if not offices & permissions.ADMIN.offices:
        return []
    return [
        _item(_("Accounts"), "admin.users", "admin.home", "admin.user", "admin.new_user"),
        _item(_("Organisations"), "admin.organisations", "admin.organisation", "admin.new_organisation"),
        _item(_("Mail"), "admin.mail", count=queries.letters_in_trouble()),
    ]


def _measured(offices: frozenset[Role]) -> list[Item]:
    """What is counted and reported: targets, completed area, the pilot."""
    items = []
    if offices & permissions.DASHBOARD.offices:
        items.append(_item(_("Targets and figures"), "dashboard.show", "dashboard."))
    if offices & (permissions.COMPLETION.offices - VOTING):
        items.append(_item(_("Completed area"), "greening.index", *_REPORTED))
    if offices & permissions.INVENTORY.offices:
        items.append(_item(_("Inventories"), "inventory.index", "inventory."))
    if offices & permissions.FARM.offices:
        items.append(_item(_("Forest farm"), "farm.index", "farm.", "field."))
    if offices & permissions.REPORTS.offices:
        items.append(_item(_("Pilot reports"), "reports.index", *_WRITTEN))
    return items


_REPORTED = tuple(f"greening.{page}" for page in ("show", "new", "edit", "discard", "act"))
_WRITTEN = tuple(f"reports.{page}" for page in ("show", "write", "figure", "entry", "enter", "act"))
"""Pages below an entry whose public sister is an entry of its own."""


def _public(signed_in: bool) -> list[Item]:
    """What anybody reads; one word for all of it once there is more to choose from."""
    return [
        _item(_("Projects"), "public.projects", "public.project"),
        _item(_("Greening targets"), "greening.targets"),
        _item(_("Public notices"), "notices.index", "notices."),
        _item(_("Published pilot reports") if signed_in else _("Pilot reports"), "reports.public"),
        _item(_("Public cases"), "public.reference", "public.reference_project"),
    ]


def _knowledge() -> list[Item]:
    """What everybody looks things up in."""
    return [
        _item(_("Rules"), "rules.index", "rules."),
        _item(_("Calendar"), "calendar.show", "calendar."),
        _item(_("Help"), "public.help", "public.accessibility"),
    ]


def _waits(user: User) -> int:
    """How many cases, minutes and other records wait; the inbox, which has read the cases, leaves them in `g`."""
    cases = len(g.waiting) if "waiting" in g else count_waiting(user)
    return cases + len(minutes.waiting(user)) + len(records.waits(user))


def _role_words(user: User, offices: frozenset[Role]) -> str:
    """The offices of the person in words; without an office, the organisation."""
    words = [label(role) for role in Role if role in offices] or [o.name for o in queries.organisations(user)[:1]]
    return format_list(words, locale=get_locale()) if words else ""


def build() -> dict[str, Any]:
    """`nav`, `role_words` and `who` (name and roles) for the layout."""
    user: User | None = g.get("user")
    if user is None:
        entries: list[Entry] = [_item(_("Home"), "public.home"), *_public(signed_in=False), *_knowledge()]
        return {"nav": entries, "role_words": "", "who": ""}
    offices = g.offices if "offices" in g else permissions.offices(user)
    role_words = _role_words(user, offices)
    return {
        "nav": [
            *_own(user, offices),
            *_grouped(_("For everybody"), _public(signed_in=True)),
            *_grouped(_("Rules and help"), _knowledge()),
        ],
        "role_words": role_words,
        "who": _("%(name)s, %(role)s", name=user.name, role=role_words) if role_words else user.name,
    }


def init_app(app: Flask) -> None:
    """Give every template its navigation."""
    app.context_processor(build)
