"""Declared ties to organisations, whoever declares them: which kind, which organisation, from when to when.

Called inside the `writing()` of a verb that says who may: for experts the secretary, for members they themselves.
"""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from registry.extensions import db
from registry.models import ExpertTie, Organisation, OrganisationKind, User
from registry.services import people
from registry.services.people import NotDone
from workflows.states import Relation

TIE_KNOWN = _l("This tie is recorded for the same time already")
TIE_ENDED = _l("The last day of this tie is recorded already; record a new tie instead")
NO_ORGANISATION = _l("Choose an organisation, or write the name of one that is not in the list")


def enter(
    user_id: int,
    relation: Relation,
    organisation_id: int | None,
    organisation_name: str,
    *,
    since: date,
    until: date | None,
    by: User,
    at: datetime,
) -> ExpertTie:
    """Record a tie; an organisation not known yet is entered by its name. Raises NotDone."""
    if until is not None and until < since:
        raise NotDone(people.WRONG_ORDER, "until")
    organisation = _organisation(organisation_id, organisation_name, at)
    same = select(ExpertTie).where(
        ExpertTie.user_id == user_id,
        ExpertTie.relation == relation,
        ExpertTie.organisation_id == organisation.id,
        people.overlaps(ExpertTie, since, until),
    )
    if db.session.scalars(same).first() is not None:
        raise NotDone(TIE_KNOWN, "organisation")
    tie = ExpertTie(
        user_id=user_id,
        relation=relation,
        organisation_id=organisation.id,
        since=since,
        until=until,
        entered_at=at,
        entered_by_id=by.id,
    )
    db.session.add(tie)
    db.session.flush()
    return tie


def locked(tie_id: int) -> ExpertTie | None:
    """A tie, locked and read fresh."""
    return db.session.get(ExpertTie, tie_id, with_for_update=True, populate_existing=True)


def end(tie: ExpertTie, until: date) -> None:
    """Say the last day of a tie, once; raises NotDone."""
    if tie.until is not None:
        raise NotDone(TIE_ENDED, "until")
    if until < tie.since:
        raise NotDone(people.WRONG_ORDER, "until")
    tie.until = until


def _organisation(organisation_id: int | None, name: str, at: datetime) -> Organisation:
    """The one chosen, the one of that name, or a new one of that name."""
    found = db.session.get(Organisation, organisation_id) if organisation_id else None
    if found is None and name:
        found = db.session.scalars(select(Organisation).where(Organisation.name == name)).first()
        if found is None:
            found = Organisation(name=name, kind=OrganisationKind.OTHER, created_at=at)
            db.session.add(found)
            db.session.flush()
    if found is None:
        raise NotDone(NO_ORGANISATION, "organisation")
    return found
