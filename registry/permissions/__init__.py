"""Who may see what. `pages` is the table of pages, `roles` says what a person is to a case; the guard asks both."""

from datetime import date

from flask import Flask, abort, g, request
from sqlalchemy import ColumnElement, and_, or_

from registry.models import PolicyChange, User
from registry.permissions.pages import (
    ADMIN,
    APPLICANTS,
    COMPLETION,
    DASHBOARD,
    DESK,
    ENTRIES,
    FARM,
    FARM_READERS,
    INVENTORY,
    MEETING,
    OF_THE_CASE,
    PARTNERS,
    POLICY,
    REGISTER,
    REPORTS,
    Entry,
)
from registry.permissions.roles import (
    SEES,
    appointments,
    find_case,
    led,
    offices,
    on_notice,
    party_of,
    presided,
    role_clause,
    roles_on,
    sees,
    stands_aside,
    visible,
    visible_cases,
    worth_asking,
)
from workflows.roles import Role
from workflows.states import ChangeState

__all__ = [
    "ADMIN",
    "APPLICANTS",
    "COMPLETION",
    "DASHBOARD",
    "DESK",
    "ENTRIES",
    "FARM",
    "FARM_READERS",
    "INVENTORY",
    "MEETING",
    "OF_THE_CASE",
    "PARTNERS",
    "POLICY",
    "REGISTER",
    "REPORTS",
    "SEES",
    "Entry",
    "appointments",
    "find_case",
    "guard",
    "init_app",
    "led",
    "offices",
    "on_notice",
    "party_of",
    "presided",
    "role_clause",
    "roles_on",
    "sees",
    "sees_change",
    "stands_aside",
    "visible",
    "visible_cases",
    "worth_asking",
]


def sees_change(user: User | None, on: date | None = None) -> ColumnElement[bool]:
    """SQL filter on `PolicyChange`: those of the bodies a person serves; a draft is the officers' own."""
    held = appointments(user, on)
    readers = {body for role, body in held if role in POLICY.offices}
    officers = {body for role, body in held if role is Role.CASE_OFFICER}
    return or_(
        and_(PolicyChange.body_id.in_(readers), PolicyChange.state != ChangeState.DRAFT),
        PolicyChange.body_id.in_(officers),
    )


def guard() -> None:
    """Refuse what the table does not allow; runs before every request."""
    if request.method in {"GET", "HEAD"}:
        g.appointments = {}  # nothing is changed while a page is read
    if request.endpoint is None:
        return  # no such address: routing answers 404 or 405
    entry = ENTRIES.get(request.endpoint)
    if entry is None:
        abort(403)
    if entry.public:
        return
    user: User | None = g.get("user")
    if user is None:
        abort(401)
    g.offices = offices(user)
    if entry.offices and not entry.offices & g.offices and not (entry.presided and presided(user)):
        abort(403)
    if entry.case:
        args = request.view_args or {}
        found = find_case(user, entry.case, number=args.get("number"), case_id=args.get("case_id"))
        if found is None:
            abort(404)
        g.case = found
        g.roles = roles_on(found.id, user)


def init_app(app: Flask) -> None:
    """Put the guard before every request; `security` must have set `g.user` by then."""
    app.before_request(guard)
