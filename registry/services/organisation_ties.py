"""Verbs on the ties of organisations, kept by officers and the secretary; nothing entered is ever written over.

Contracts of organisations tied to each other are added up (R24), and a body tied to a party is not independent (R32).
Each verb is one transaction and leaves one audit row.
"""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from registry import permissions
from registry.clock import day_of
from registry.extensions import db, writing
from registry.models import Organisation, OrganisationTie, TieKind, User
from registry.services import audit, people
from registry.services.people import NotDone
from workflows.roles import Role

NOT_OFFICER = _l("Only officers and the secretary keep the ties of organisations")
NO_ORGANISATION = _l("There is no such organisation")
ITSELF = _l("Choose another organisation than this one")
KNOWN = _l("This tie is recorded for the same time already")
ENDED = _l("The last day of this tie is recorded already; record a new tie instead")
NO_TIE = _l("There is no such tie")
KEEPERS = (Role.CASE_OFFICER, Role.SECRETARY)


def add(
    organisation_id: int,
    related_id: int,
    kind: TieKind,
    source: str,
    *,
    since: date,
    until: date | None,
    by: User,
    at: datetime,
) -> int:
    """Record that two organisations are tied, and where that was seen; returns the tie's number. Raises NotDone."""
    if until is not None and until < since:
        raise NotDone(people.WRONG_ORDER, "until")
    if organisation_id == related_id:
        raise NotDone(ITSELF, "related")
    with writing():
        actor, role = _keeper(by.id, at)
        # Both rows are locked in one order, so that the same tie is not recorded twice at one time.
        both = select(Organisation.id).where(Organisation.id.in_((organisation_id, related_id)))
        if len(db.session.scalars(both.order_by(Organisation.id).with_for_update()).all()) < 2:
            raise NotDone(NO_ORGANISATION, "related")
        if db.session.scalars(_same(organisation_id, related_id, kind, since, until)).first() is not None:
            raise NotDone(KNOWN, "related")
        tie = OrganisationTie(
            organisation_id=organisation_id,
            related_id=related_id,
            kind=kind,
            source=source,
            since=since,
            until=until,
            entered_at=at,
            entered_by_id=actor.id,
        )
        db.session.add(tie)
        db.session.flush()
        _note("tie_organisations", actor, role, organisation_id, at, tie=tie.id, kind=kind.value, related=related_id)
        return tie.id


def end(tie_id: int, *, until: date, by: User, at: datetime) -> None:
    """Say the last day of a tie, once; raises NotDone."""
    with writing():
        actor, role = _keeper(by.id, at)
        tie = db.session.get(OrganisationTie, tie_id, with_for_update=True, populate_existing=True)
        if tie is None:
            raise NotDone(NO_TIE)
        if tie.until is not None:
            raise NotDone(ENDED, "until")
        if until < tie.since:
            raise NotDone(people.WRONG_ORDER, "until")
        tie.until = until
        _note("untie_organisations", actor, role, tie.organisation_id, at, tie=tie.id, until=until)


def _same(one: int, other: int, kind: TieKind, since: date, until: date | None) -> Select[tuple[int]]:
    """The same tie, named from either side, for some of the same time."""
    tie, sides = OrganisationTie, (one, other)
    return select(tie.id).where(
        tie.kind == kind,
        tie.organisation_id.in_(sides),
        tie.related_id.in_(sides),
        people.overlaps(tie, since, until),
    )


def _keeper(user_id: int, at: datetime) -> tuple[User, Role]:
    """The acting person, read again, and the office; raises NotDone unless officer or secretary now."""
    actor = db.session.get(User, user_id)
    role = next((r for r, _body in permissions.appointments(actor, day_of(at)) if r in KEEPERS), None)
    if actor is None or role is None:
        raise NotDone(NOT_OFFICER)
    return actor, role


def _note(action: str, actor: User, role: Role, organisation_id: int, at: datetime, **detail: object) -> None:
    """One link; numbers and closed words only."""
    audit.record(
        action, actor=actor, role=role, subject_kind="organisation", subject_id=organisation_id, at=at, detail=detail
    )
