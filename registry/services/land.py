"""The land a case claims: written when it is handed in, and looked up against what others claim for the same time."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Date, Integer, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from registry.extensions import db, rows
from registry.models import Case, ParcelApart, ParcelKey, Registration
from registry.services import numbers
from workflows.facts import Overlap
from workflows.rules.uniqueness import Known, identities, same, surely
from workflows.states import ENDED, ProjectState

S = ProjectState
CLAIMS = "claim"
"""The counter that orders claims: whoever takes a number sees every claim with a smaller one."""
EVER = (date.min, date.max)


def claim(case: Case, round_no: int, answers: Mapping[str, Mapping[str, Any]]) -> None:
    """Write down what tells the parcels of a round apart. What the round before claimed keeps its place in the row."""
    start, end = period(answers.get("crediting", {}))
    own, held = _claims(case.id, round_no - 1)
    before = own | held
    fresh = 0
    for parcel in answers.get("parcels", {}).get("parcels", ()):
        for known in identities(parcel):
            number = before.get((known.kind.value, known.value, known.place))
            if number is None:
                number = fresh = fresh or numbers.allot(CLAIMS, 0)
            db.session.add(
                ParcelKey(
                    case_id=case.id,
                    round_no=round_no,
                    parcel_key=str(parcel.get("key", "")),
                    kind=known.kind,
                    value=known.value,
                    place=known.place,
                    village=known.village,
                    from_on=start,
                    to_on=end,
                    area_mu=_mu(parcel),
                    claim=number,
                )
            )


def period(crediting: Mapping[str, Any]) -> tuple[date, date]:
    """The crediting period of the answers; one that is not told is taken for any time."""
    start, end = (_day(crediting.get(k)) for k in ("start_on", "end_on"))
    found = start or EVER[0], end or EVER[1]
    return found if found[0] <= found[1] else EVER


def overlaps(
    case: Case, round_no: int, parcels: Iterable[Mapping[str, Any]], crediting: Mapping[str, Any]
) -> tuple[Overlap, ...]:
    """Other projects on these parcels for some of this time: entered ones, and those whose claim came before.

    What an entry of this case holds already is its own.
    """
    marks = marks_of(parcels)
    if not marks:
        return ()
    found = list(_others(case, marks, period(crediting)))
    if not found:
        return ()
    return clashes(marks, found, *_claims(case.id, round_no))


Mark = tuple[str, str, str]
Marked = list[tuple[Mapping[str, Any], Known]]
Claimed = tuple[ParcelKey, str, bool]
"""A row of another case, that case's number, and whether it stands in the library."""


def marks_of(parcels: Iterable[Mapping[str, Any]]) -> Marked:
    """Each parcel with each way to recognise it."""
    return [(p, known) for p in parcels for known in identities(p)]


def clashes(
    marks: Marked, found: Iterable[Claimed], own: Mapping[Mark, int], held: Collection[Mark]
) -> tuple[Overlap, ...]:
    """Which of these claims of others bar a case: `own` are its claims by their order, `held` what it has entered."""
    others, clashing = list(found), []
    for parcel, known in marks:
        mark = (known.kind.value, known.value, known.place)
        for row, number, entered in others:
            theirs = Known(row.kind, row.value, row.place, row.village)
            mine_first = mark in held or (not entered and mark in own and own[mark] < row.claim)
            if same(known, theirs) and not mine_first:
                key = str(parcel.get("key", ""))
                name = str(parcel.get("name") or key)
                sure = surely(known, theirs)
                clashing.append(Overlap(number=number, parcel_key=key, parcel=name, area_mu=_mu(parcel), sure=sure))
    return tuple(dict.fromkeys(clashing))


_IN_FORCE = select(func.max(Registration.round_no)).where(Registration.case_id == ParcelKey.case_id).scalar_subquery()
_AT_REST = or_(Case.state == S.REGISTERED, and_(Case.state == S.SUSPENDED, Case.returns_to == S.REGISTERED))
_STANDS = or_(ParcelKey.round_no == _IN_FORCE, and_(ParcelKey.round_no == Case.round, ~_AT_REST))
"""The round of the row is the entry in force, or the one under way; an amendment that came to nothing neither."""
_SET_APART = aliased(ParcelApart)
# The statements of every judgement, built once: putting one together costs more than asking it.
STANDING = (
    select(ParcelKey, Case.number, Case.project_number, ParcelKey.round_no == _IN_FORCE)
    .join(Case, Case.id == ParcelKey.case_id)
    .where(
        Case.state.not_in([S.DRAFT, *ENDED]),
        _STANDS,
        ~exists().where(
            _SET_APART.case_id == ParcelKey.case_id,
            _SET_APART.parcel_key == ParcelKey.parcel_key,
            _SET_APART.round_no <= ParcelKey.round_no,
        ),
    )
    .order_by(ParcelKey.claim, ParcelKey.id)
)
"""Every claim that stands, in order."""
OTHERS = STANDING.where(
    ParcelKey.case_id != bindparam("case_id", type_=Integer),
    ParcelKey.value.in_(bindparam("marks", expanding=True)),
    ParcelKey.from_on <= bindparam("last", type_=Date),
    ParcelKey.to_on >= bindparam("first", type_=Date),
)
OWN = select(
    ParcelKey.kind, ParcelKey.value, ParcelKey.place, ParcelKey.claim, ParcelKey.round_no, _IN_FORCE.label("entry")
).where(
    ParcelKey.case_id == bindparam("case_id", type_=Integer),
    or_(ParcelKey.round_no == bindparam("round_no", type_=Integer), ParcelKey.round_no == _IN_FORCE),
)
"""What a case claims itself in a round, and what it has entered."""


def _others(case: Case, marks: Marked, time: tuple[date, date]) -> Iterable[Claimed]:
    """Rows of other cases with one of these marks, live for some of the time."""
    values = sorted({known.value for _p, known in marks})
    asked = {"case_id": case.id, "marks": values, "first": time[0], "last": time[1]}
    return map(claimed, db.session.execute(OTHERS, asked))


def claimed(row: Any) -> Claimed:
    """A row of STANDING."""
    key, number, project_number, entered = row
    return key, str((project_number if entered else None) or number), bool(entered)


def _claims(case_id: int, round_no: int) -> tuple[dict[Mark, int], dict[Mark, int]]:
    """The claims of a round, and those of the entry in force."""
    found = rows(OWN, {"case_id": case_id, "round_no": round_no}).all()
    return by_mark(r for r in found if r.round_no == round_no), by_mark(r for r in found if r.round_no == r.entry)


def by_mark(found: Iterable[Any]) -> dict[Mark, int]:
    """The order of the claims of a round by what they are told apart by."""
    return {(r.kind.value, r.value, r.place): r.claim for r in found}


def _mu(parcel: Mapping[str, Any]) -> Decimal:
    try:
        return Decimal(str(parcel.get("area_mu") or 0))
    except InvalidOperation:
        return Decimal(0)


def _day(word: Any) -> date | None:
    try:
        return date.fromisoformat(word) if word else None
    except (TypeError, ValueError):
        return None
