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


def _item(words: str, endpoint: str, *others: str, count: int | None = None) -> Item:
    """`others`: endpoints below this entry; one that ends in a dot stands for its whole blueprint."""
    here = request.endpoint or ""
    current = here == endpoint or any(here.startswith(o) if o.endswith(".") else here == o for o in others)
    return Item(words, url_for(endpoint), count, current)


def _own(user: User, offices: frozenset[Role]) -> list[Item]:
    """What a signed-in person does here, by what they are today."""
    items = []
    desk = bool(offices & permissions.DESK.offices)
    expert = Role.EXPERT in offices
    reports = bool(offices & {Role.FARM_REPORTER, Role.DISTRICT_REPORTER})
    works = desk or expert or reports or queries.works_for_a_validation_body(queries.organisations(user))
    if works:
        items.append(_item(_("To do"), "desk.inbox", count=_waits(user)))
    if desk:
        items.append(_item(_("Cases"), "desk.cases", "case."))
    if offices & permissions.ENTRIES["desk.overdue"].offices:
        items.append(_item(_("Overdue"), "desk.overdue", count=queries.overdue(user)))
    if expert:
        items.append(_item(_("My panels"), "experts.mine", *([] if desk else ["case."])))
    if offices & permissions.REGISTER.offices:
        items.append(_item(_("Experts"), "experts.index", "experts.show", "experts.new"))
    if offices & permissions.PARTNERS.offices:
        items.append(_item(_("Partners"), "partners.index", "partners."))
    if offices & permissions.MEETING.offices:
        items.append(_item(_("Meetings"), "meeting.index", "meeting."))
    if offices & permissions.POLICY.offices:
        waits = len(policy.undecided(user)) if Role.CHAIR in offices else None
        items.append(_item(_("Rule changes"), "policy.index", "policy.", count=waits))
    items += _measured(offices)
    if queries.has_own_projects(user) or not (works or offices):
        items.append(
            _item(
                _("My projects"),
                "applicant.home",
                "applicant.",
                *([] if works else ["case."]),
                count=None if works else _waits(user),
            )
        )
    if offices & permissions.ADMIN.offices:
        items.append(_item(_("Accounts"), "admin.users", "admin.home", "admin.user", "admin.new_user"))
        items.append(_item(_("Organisations"), "admin.organisations", "admin.organisation", "admin.new_organisation"))
        items.append(_item(_("Mail"), "admin.mail", count=queries.letters_in_trouble()))
    items.append(_item(_("Notices"), "desk.notices", count=queries.unread_notices(user)))
    return items


def _measured(offices: frozenset[Role]) -> list[Item]:
    """What is counted and reported: targets, completed area, the pilot."""
    items = []
    if offices & permissions.DASHBOARD.offices:
        items.append(_item(_("Targets and figures"), "dashboard.show"))
    if offices & (permissions.COMPLETION.offices - VOTING):
        items.append(_item(_("Completed area"), "greening.index", "greening."))
    if offices & permissions.INVENTORY.offices:
        items.append(_item(_("Inventories"), "inventory.index", "inventory."))
    if offices & permissions.FARM.offices:
        items.append(_item(_("Forest farm"), "farm.index", "farm.", "field."))
    if offices & permissions.REPORTS.offices:
        items.append(_item(_("Pilot reports"), "reports.index", "reports."))
    return items


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
    items: list[Item] = []
    role_words = who = ""
    if user is None:
        items.append(_item(_("Home"), "public.home"))
    else:
        offices = g.offices if "offices" in g else permissions.offices(user)
        items += _own(user, offices)
        role_words = _role_words(user, offices)
        who = _("%(name)s, %(role)s", name=user.name, role=role_words) if role_words else user.name
    items.append(_item(_("Projects"), "public.projects", "public.project"))
    items.append(_item(_("Greening targets"), "greening.targets"))
    items.append(_item(_("Public notices"), "notices.index", "notices."))
    if user is None:
        items.append(_item(_("Pilot reports"), "reports.public"))
    items.append(_item(_("Public cases"), "public.reference", "public.reference_project"))
    items.append(_item(_("Rules"), "rules.index", "rules."))
    items.append(_item(_("Calendar"), "calendar.show", "calendar."))
    items.append(_item(_("Help"), "public.help", "public.accessibility"))
    return {"nav": items, "role_words": role_words, "who": who}


def init_app(app: Flask) -> None:
    """Give every template its navigation."""
    app.context_processor(build)
