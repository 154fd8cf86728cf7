"""Interests that members of the leading group declare beforehand (公务员法 art. 76, by analogy).

A member keeps the own entries and nobody else's; the system finds from them who stands aside. A relative has no name.
"""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from registry import permissions
from registry.clock import day_of
from registry.extensions import db, writing
from registry.models import User
from registry.services import audit, ties
from registry.services.people import NotDone
from workflows.roles import VOTING, Role
from workflows.states import Relation

NOT_MEMBER = _l("Only members of the leading group declare interests here")
NO_SUCH_TIE = _l("You have declared no such interest")


def declare(
    relation: Relation,
    organisation_id: int | None,
    organisation_name: str,
    *,
    since: date,
    until: date | None,
    by: User,
    at: datetime,
) -> None:
    """A member says for whom he or she, or a near relative, works; raises NotDone."""
    with writing():
        actor, role = _member(by.id, at)
        tie = ties.enter(
            actor.id, relation, organisation_id, organisation_name, since=since, until=until, by=actor, at=at
        )
        detail = {"tie": tie.id, "relation": relation.value, "organisation": tie.organisation_id}
        _note("declare_interest", actor, role, at, detail)


def end(tie_id: int, *, until: date, by: User, at: datetime) -> None:
    """A member says the last day of an own interest, once; raises NotDone."""
    with writing():
        actor, role = _member(by.id, at)
        tie = ties.locked(tie_id)
        if tie is None or tie.user_id != actor.id:
            raise NotDone(NO_SUCH_TIE)
        ties.end(tie, until)
        _note("end_interest", actor, role, at, {"tie": tie.id, "until": until.isoformat()})


def _member(user_id: int, at: datetime) -> tuple[User, Role]:
    """The acting person, read again, and the seat; raises NotDone unless a member now."""
    actor = db.session.get(User, user_id)
    role = next((role for role, _body in permissions.appointments(actor, day_of(at)) if role in VOTING), None)
    if actor is None or role is None:
        raise NotDone(NOT_MEMBER)
    return actor, role


def _note(action: str, actor: User, role: Role, at: datetime, detail: dict[str, object]) -> None:
    """One link; numbers and closed words only."""
    audit.record(action, actor=actor, role=role, subject_kind="user", subject_id=actor.id, at=at, detail=detail)
