"""Applications in preparation: create, save, copy, discard. None of this is an act.

The round in preparation is `case.round + 1`. Each section has its own version, so that two people
on two pages do not meet; on one page the later one is told (`DraftConflict`) and loses nothing.
All verbs open their own `writing()`, but `ensure_round` and `repeat_round`, which run inside one.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from registry import application
from registry.extensions import db, writing
from registry.models import Answers, Body, Case, Document, Organisation, OrganisationKind, User
from registry.queries import applications
from registry.services import audit
from workflows.roles import Role
from workflows.states import ProjectState

S = ProjectState
EDITABLE = frozenset({S.DRAFT, S.CORRECTION_REQUESTED, S.VALIDATION, S.REGISTRATION, S.REGISTERED})
"""States in which an applicant may prepare a submission, a resubmission or an amendment."""

ON_THE_CONTRACT = tuple(section.name for section in application.ON_THE_CONTRACT)

SUBMITS_BY = {S.DRAFT: "submit", S.CORRECTION_REQUESTED: "resubmit"}


class NotEditable(Exception):
    """The case is with the bureau: nothing can be changed now."""


class NothingThere(Exception):
    """The parcel, draft or paper named does not exist (any more)."""


class DraftConflict(Exception):
    """Somebody saved the page since it was opened; `current` is what stands there now.

    `version` is the version to save over it, `by` and `at` who saved it and when.
    """

    def __init__(self, current: Mapping[str, Any], version: str | int, by: str, at: datetime) -> None:
        super().__init__(f"version {version}")
        self.current, self.version, self.by, self.at = current, version, by, at


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who applies: an organisation or the person; `agent_org_id` when one files for another.

    A proponent not yet known is found by credit code or made from `name`, `credit_code`, `kind`.
    """

    organisation_id: int | None = None
    agent_org_id: int | None = None
    name: str = ""
    credit_code: str | None = None
    kind: OrganisationKind = OrganisationKind.OTHER


def editable(case: Case) -> bool:
    """Whether the applicant may work on the next submission of this case."""
    return case.state in EDITABLE


def submits_by(case: Case) -> str:
    """The act that hands in what is prepared: submit, resubmit or amend."""
    return SUBMITS_BY.get(case.state, "amend")


def create(applicant: Applicant, *, by: User, at: datetime) -> int:
    """Open an empty draft and return its id."""
    person_id, is_example = by.id, by.is_example
    with writing():
        org_id = applicant.organisation_id
        if org_id is None and applicant.agent_org_id is not None:
            org_id = _proponent(applicant, db.session.get_one(User, person_id), at)
        case = Case(
            body_id=db.session.scalars(select(Body.id).order_by(Body.id).limit(1)).one(),
            state=S.DRAFT,
            proponent_org_id=org_id,
            proponent_user_id=None if org_id else person_id,
            agent_org_id=applicant.agent_org_id,
            created_by_id=person_id,
            created_at=at,
            state_since=at,
            is_example=is_example,
        )
        db.session.add(case)
        db.session.flush()
        return case.id


def _proponent(applicant: Applicant, agent: User, at: datetime) -> int:
    """The organisation an agent files for: the one with this credit code, else a new one, which leaves a link."""
    known = db.session.scalars(select(Organisation.id).where(Organisation.credit_code == applicant.credit_code))
    if (found := known.one_or_none()) is not None:
        return found
    organisation = Organisation(
        name=applicant.name,
        kind=applicant.kind,
        credit_code=applicant.credit_code,
        is_example=agent.is_example,
        created_at=at,
    )
    db.session.add(organisation)
    db.session.flush()
    audit.record(
        "create_organisation",
        actor=agent,
        role=Role.AGENT,
        subject_kind="organisation",
        subject_id=organisation.id,
        at=at,
    )
    return organisation.id


def locked(case_id: int) -> Case:
    """The case, locked and read fresh, if it may be edited; raises NothingThere or NotEditable."""
    case = db.session.scalars(
        select(Case).where(Case.id == case_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if case is None:
        raise NothingThere
    if not editable(case):
        raise NotEditable
    return case


def ensure_round(case: Case) -> dict[str, Answers]:
    """The answers of the round in preparation by section, first copied from those that stand if there are none.

    Versions are kept, so that a page made from the older round can still be saved. Inside `writing()`.
    """
    rows = _rows(case.id, case.round + 1)
    if not rows and case.round:
        for old in _rows(case.id, applications.round_shown(case)).values():
            db.session.add(_copied(old, case.id, case.round + 1))
        db.session.flush()
        rows = _rows(case.id, case.round + 1)
    return rows


def repeat_round(case: Case) -> None:
    """Give a round that the bureau opens the answers and papers that stand. Inside `writing()`.

    What the applicant is preparing was never handed in: it waits for the round after.
    """
    coming = case.round + 1
    papers = select(Document).where(Document.case_id == case.id, Document.round_no == coming)
    for row in (*_rows(case.id, coming).values(), *db.session.scalars(papers)):
        row.round_no += 1
    db.session.flush()
    for old in _rows(case.id, case.round).values():
        db.session.add(_copied(old, case.id, coming))
    db.session.flush()


def prepare(case_id: int) -> None:
    """Make sure the round in preparation has its answers, for a submission that changes none of them.

    Raises NotEditable, NothingThere.
    """
    with writing():
        ensure_round(locked(case_id))


def _rows(case_id: int, round_no: int) -> dict[str, Answers]:
    query = select(Answers).where(Answers.case_id == case_id, Answers.round_no == round_no)
    return {a.section: a for a in db.session.scalars(query.execution_options(populate_existing=True))}


def _copied(old: Answers, case_id: int, round_no: int) -> Answers:
    return Answers(
        case_id=case_id,
        round_no=round_no,
        section=old.section,
        version=old.version,
        data=dict(old.data),
        done=old.done,
        saved_at=old.saved_at,
        saved_by_id=old.saved_by_id,
    )


def save_section(
    case_id: int, section: str, data: Mapping[str, Any], done: bool, version_seen: int, *, by: User, at: datetime
) -> int:
    """Keep a section's answers and return its new version.

    `version_seen` is the version the page was made from (0: none yet). Answers equal to what stands
    there conflict with nothing. Raises DraftConflict, NotEditable, NothingThere.
    """
    person_id = by.id
    with writing():
        case = locked(case_id)
        rows = ensure_round(case)
        row = rows.get(section)
        if row is not None and dict(row.data) == dict(data) and row.done == done:
            return row.version
        if row is not None and row.version != version_seen:
            raise DraftConflict(dict(row.data), row.version, row.saved_by.name, row.saved_at)
        if section == "basics" and row is not None and row.data.get("scheme") != data.get("scheme"):
            _reopen(rows, ("method", "crediting"), person_id, at)
        if section == "contract" and row is not None and row.data.get("has_partner") != data.get("has_partner"):
            _reopen(rows, ON_THE_CONTRACT, person_id, at)
        return _write(case, row, section=section, data=data, done=done, person_id=person_id, at=at)


def _write(
    case: Case, row: Answers | None, *, section: str, data: Mapping[str, Any], done: bool, person_id: int, at: datetime
) -> int:
    if row is None:
        row = Answers(case_id=case.id, round_no=case.round + 1, section=section, version=0)
        db.session.add(row)
    row.version += 1
    row.data, row.done, row.saved_at, row.saved_by_id = dict(data), done, at, person_id
    db.session.flush()
    return row.version


def _reopen(rows: Mapping[str, Answers], sections: tuple[str, ...], person_id: int, at: datetime) -> None:
    """Another scheme, or a partner, asks other questions: these pages must be looked at again."""
    for name in sections:
        if (row := rows.get(name)) is not None and row.done:
            row.version, row.done, row.saved_at, row.saved_by_id = row.version + 1, False, at, person_id


def fingerprint(parcel: Mapping[str, Any] | None) -> str:
    """What a parcel's page was made from; two people may edit two parcels at once."""
    if parcel is None:
        return ""
    return hashlib.sha256(json.dumps(dict(parcel), sort_keys=True).encode()).hexdigest()[:16]


def save_parcel(
    case_id: int, key: str | None, parcel: Mapping[str, Any], seen: str, *, by: User, at: datetime
) -> tuple[str, str]:
    """Keep one parcel (a new one without `key`); returns its key and fingerprint.

    `seen` is the fingerprint the page was made from. Raises DraftConflict, NotEditable, NothingThere
    (somebody removed it).
    """
    person_id = by.id
    with writing():
        case = locked(case_id)
        row = ensure_round(case).get("parcels")
        data = dict(row.data) if row else {}
        parcels = [dict(p) for p in data.get("parcels", [])]
        if key is None:
            data["last_key"] = int(data.get("last_key", 0)) + 1
            key = f"p{data['last_key']}"
            parcels.append({"key": key, **parcel})
        else:
            place = next((i for i, p in enumerate(parcels) if p["key"] == key), None)
            if place is None:
                raise NothingThere
            mine = {"key": key, **parcel}
            if parcels[place] == mine:
                return key, fingerprint(mine)
            if row is not None and fingerprint(parcels[place]) != seen:
                raise DraftConflict(parcels[place], fingerprint(parcels[place]), row.saved_by.name, row.saved_at)
            parcels[place] = mine
        _reopen_approvals(case, row, parcels, person_id, at)
        _write_parcels(case, row, {**data, "parcels": parcels}, person_id, at)
        return key, fingerprint(next(p for p in parcels if p["key"] == key))


def _reopen_approvals(
    case: Case, row: Answers | None, parcels: list[dict[str, Any]], person_id: int, at: datetime
) -> None:
    """Land held in another way asks for other votes and approvals of the contract."""
    before = {p.get("tenure") for p in (row.data.get("parcels", ()) if row else ())}
    if {p.get("tenure") for p in parcels} - before:
        _reopen(_rows(case.id, case.round + 1), ("contract_terms",), person_id, at)


def remove_parcel(case_id: int, key: str, *, by: User, at: datetime) -> None:
    """Take a parcel out of the application; raises NothingThere, NotEditable."""
    person_id = by.id
    with writing():
        case = locked(case_id)
        row = ensure_round(case).get("parcels")
        data = dict(row.data) if row else {}
        parcels = [p for p in data.get("parcels", []) if p["key"] != key]
        if row is None or len(parcels) == len(data.get("parcels", [])):
            raise NothingThere
        _write_parcels(case, row, {**data, "parcels": parcels}, person_id, at)


def _write_parcels(case: Case, row: Answers | None, data: dict[str, Any], person_id: int, at: datetime) -> None:
    parcels = data["parcels"]
    done = bool(parcels) and not any(application.parcel_lacks(p) for p in parcels)
    _write(case, row, section="parcels", data=data, done=done, person_id=person_id, at=at)


def copy_case(case: Case, *, by: User, at: datetime) -> int:
    """Copy a case's answers and papers into a new draft of the same applicant; returns its id.

    Declarations are not copied: they are made anew.
    """
    case_id, person_id = case.id, by.id
    with writing():
        old = db.session.get_one(Case, case_id)
        answers = _rows(old.id, old.round + 1) or _rows(old.id, old.round)
        new = Case(
            body_id=old.body_id,
            state=S.DRAFT,
            proponent_org_id=old.proponent_org_id,
            proponent_user_id=old.proponent_user_id,
            agent_org_id=old.agent_org_id,
            created_by_id=person_id,
            copied_from_id=old.id,
            created_at=at,
            state_since=at,
            is_example=old.is_example,
        )
        db.session.add(new)
        db.session.flush()
        for section, row in answers.items():
            if section == "declarations":
                continue
            copied = _copied(row, new.id, 1)
            copied.version, copied.saved_at, copied.saved_by_id = 1, at, person_id
            db.session.add(copied)
        _copy_papers(old, new, person_id, at)
        return new.id


def _copy_papers(old: Case, new: Case, person_id: int, at: datetime) -> None:
    """The applicant's papers in force, not their earlier versions; the files themselves are kept once."""
    latest: dict[tuple[str, str], Document] = {}
    query = select(Document).where(Document.case_id == old.id, Document.removed_at.is_(None)).order_by(Document.no)
    others = applications.OF_THE_BUREAU | applications.filed_in_validation()
    for paper in db.session.scalars(query.where(Document.kind.not_in(others))):
        latest[paper.kind, paper.slot] = paper
    for paper in latest.values():
        db.session.add(
            Document(
                case_id=new.id,
                round_no=1,
                kind=paper.kind,
                slot=paper.slot,
                no=1,
                sha256=paper.sha256,
                filename=paper.filename,
                uploaded_at=at,
                uploaded_by_id=person_id,
            )
        )


def discard(case_id: int) -> None:
    """Delete a draft that was never submitted; raises NothingThere, NotEditable."""
    with writing():
        case = locked(case_id)
        if case.state is not S.DRAFT:
            raise NotEditable
        db.session.execute(update(Case).where(Case.copied_from_id == case_id).values(copied_from_id=None))
        db.session.execute(delete(Answers).where(Answers.case_id == case_id))
        db.session.execute(delete(Document).where(Document.case_id == case_id))
        db.session.execute(delete(Case).where(Case.id == case_id))
