"""Applications as pages show them: whose they are, their papers, and their answers in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.orm import joinedload

from registry import application, formats, labels
from registry.application import PARCEL, RAW, SECTIONS, Data, Kind, Question
from registry.clock import today
from registry.extensions import db, rows
from registry.models import (
    Answers,
    Case,
    Document,
    Membership,
    Organisation,
    OrganisationKind,
    Registration,
    Round,
    User,
)
from registry.permissions import APPLICANTS, visible_cases
from registry.queries.nav import applied_for
from registry.queries.policy import current
from workflows.policy import DocumentStage
from workflows.states import ProjectState

ENTERED = (ProjectState.REGISTERED, ProjectState.REVOKED, ProjectState.CLOSED)
"""Where a case shows its entry, not the round it is in."""
OF_THE_BUREAU = frozenset({"legal_opinion", "environment_opinion", "site_check"})
"""Papers that come with an opinion given to the bureau; no part of the application."""


def filed_in_validation() -> frozenset[str]:
    """The kinds of papers that come with the validation: the body files them, the applicant only reads them."""
    return frozenset(r.kind for r in current().document_rules.values() if r.stage is DocumentStage.VALIDATION)


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: label, answer in words ("" = none), and the id faults and links use."""

    label: str
    value: str
    field_id: str


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section's answers in words; `key` is the section's name in addresses."""

    key: str
    title: str
    rows: tuple[Row, ...]
    parts: tuple[tuple[str, tuple[Row, ...]], ...]
    """The same rows under headings: each parcel has its own, everything else has none ("")."""


@dataclass(frozen=True, slots=True)
class Project:
    """A line of "my projects"; `title` is "" while the draft has no name."""

    case: Case
    title: str
    saved_at: datetime | None


def answers_of(case_id: int, round_no: int) -> dict[str, Answers]:
    """The answers of one round by section."""
    query = select(Answers).where(Answers.case_id == case_id, Answers.round_no == round_no)
    return {a.section: a for a in db.session.scalars(query)}


def prepared(case: Case) -> dict[str, Answers]:
    """The answers of the round in preparation, or of the round before while none was touched."""
    return answers_of(case.id, case.round + 1) or (answers_of(case.id, round_shown(case)) if case.round else {})


def round_shown(case: Case) -> int:
    """The round whose answers stand: in preparation for a draft, the entry in force for a registered case.

    An amendment that was refused or taken back leaves a later round behind, which does not count.
    """
    if case.state is ProjectState.DRAFT:
        return 1
    if case.state in ENTERED:
        query = select(func.max(Registration.round_no)).where(Registration.case_id == case.id)
        return db.session.scalar(query) or case.round
    return case.round


def data_of(answers: Mapping[str, Answers]) -> dict[str, dict[str, Any]]:
    """Section → answers."""
    return {name: dict(row.data) for name, row in answers.items()}


def done_of(answers: Mapping[str, Answers]) -> dict[str, bool]:
    """Section → said to be done."""
    return {name: row.done for name, row in answers.items()}


def papers(case_id: int, round_no: int, *, inner: bool = False) -> list[Document]:
    """The papers in force in a round: the last version of each that was not removed, by kind and slot."""
    return list({(p.kind, p.slot): p for p in versions(case_id, round_no, inner=inner)}.values())


def on_file(case_id: int, round_no: int) -> list[Any]:
    """Kind and slot of each paper in force in a round, the bureau's own included, in order."""
    return list(rows(_ON_FILE, {"case_id": case_id, "round_no": round_no}))


def versions(case_id: int, round_no: int, *, inner: bool = False) -> list[Document]:
    """Every kept version of every paper up to a round, oldest first; with `inner` the bureau's own papers too.

    Papers of an amendment that was refused or taken back belong to its round alone.
    """
    asked = {"case_id": case_id, "round_no": round_no}
    return list(db.session.scalars(_VERSIONS if inner else _VERSIONS_FOR_ALL, asked))


def of_no_entry() -> Select[tuple[int]]:
    """The rounds that were opened to amend an entry and never got their own."""
    entered = select(Registration.round_no).where(Registration.case_id == Round.case_id)
    first = select(func.min(Registration.round_no)).where(Registration.case_id == Round.case_id).scalar_subquery()
    return select(Round.no).where(Round.opened_by == "amend", Round.no > first, Round.no.not_in(entered))


def _versions() -> Select[tuple[Document]]:
    """The statement. What a round brings counts in it, whatever becomes of the round; afterwards only what got on."""
    case_id, round_no = bindparam("case_id", type_=Integer), bindparam("round_no", type_=Integer)
    left_behind = of_no_entry().where(Round.case_id == case_id)
    return (
        select(Document)
        .where(Document.case_id == case_id, Document.round_no <= round_no, Document.removed_at.is_(None))
        .where((Document.round_no == round_no) | Document.round_no.not_in(left_behind))
    )


# Built once: every judgement of a case asks them.
_ON_FILE = _versions().with_only_columns(Document.kind, Document.slot).distinct().order_by(Document.kind, Document.slot)
_VERSIONS = _versions().order_by(Document.kind, Document.slot, Document.no).options(joinedload(Document.file))
_VERSIONS_FOR_ALL = _VERSIONS.where(Document.kind.not_in(OF_THE_BUREAU))


def handed_in_at(case: Case) -> datetime | None:
    """When the last submission came in; None for a draft."""
    opened = db.session.get(Round, (case.id, case.round))
    return opened.opened_at if opened else None


def my_projects(user: User) -> list[Project]:
    """What a person has applied for, alone or with an organisation; the latest first."""
    # Narrowed down from the person's side: what is visible is else asked of every case there is.
    mine = visible_cases(user, APPLICANTS).where(Case.id.in_(applied_for(user)))
    cases = db.session.scalars(mine.order_by(Case.state_since.desc(), Case.id.desc())).all()
    # A draft's name stands in its answers only; one query for all of them.
    rows = db.session.scalars(
        select(Answers).where(Answers.case_id.in_([c.id for c in cases]), Answers.section == "basics")
    )
    basics: dict[int, Answers] = {}
    for row in rows:
        if row.case_id not in basics or basics[row.case_id].round_no < row.round_no:
            basics[row.case_id] = row
    return [_project(case, basics.get(case.id)) for case in cases]


def _project(case: Case, basics: Answers | None) -> Project:
    title = case.name or (str(basics.data.get("name", "")) if basics else "")
    return Project(case, title, basics.saved_at if basics else None)


def my_organisations(user: User) -> list[Organisation]:
    """The organisations a person belongs to today."""
    on = today()
    query = (
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.user_id == user.id, Membership.since <= on)
        .where((Membership.until.is_(None)) | (Membership.until >= on))
        .order_by(Organisation.name)
    )
    return list(db.session.scalars(query.distinct()))


def validation_bodies() -> list[Organisation]:
    """The organisations that validate, by name."""
    query = select(Organisation).where(Organisation.kind == OrganisationKind.VVB).order_by(Organisation.name)
    return list(db.session.scalars(query))


def organisation_by_code(code: str) -> Organisation | None:
    """The organisation with this credit code."""
    return db.session.scalars(select(Organisation).where(Organisation.credit_code == code)).one_or_none()


def organisation_name(organisation: Organisation) -> str:
    """An organisation's name in the reader's language, as far as there is one."""
    return organisation.name if formats.is_chinese() else organisation.name_en or organisation.name


def applicant_name(case: Case) -> str:
    """Who applies: the organisation or the person."""
    if case.proponent_org is not None:
        return organisation_name(case.proponent_org)
    return case.proponent_user.name if case.proponent_user is not None else ""


def draft_number(case: Case) -> str:
    """What a case is called before it has a number."""
    return case.number or _("Draft %(id)s", id=str(case.id))


# --- answers in words ---


def answers_view(case: Case, round_no: int) -> list[SectionView]:
    """Every section of a submitted round in words, with the papers, for reviewers and the print."""
    data = data_of(answers_of(case.id, round_no))
    return sections_view(data, papers(case.id, round_no))


def sections_view(data: Mapping[str, Data], documents: list[Document]) -> list[SectionView]:
    """The same from answers at hand (section → data)."""
    views = []
    for name, section in SECTIONS.items():
        if not application.applies(name, data):
            continue
        rows = tuple(rows_of(name, data, documents))
        parts = _parcel_parts(rows, data.get(name, {})) if name == "parcels" else (("", rows),)
        views.append(SectionView(name, str(section.title), rows, parts))
    return views


def _parcel_parts(rows: tuple[Row, ...], data: Data) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """The rows of each parcel under its title, no longer named by it themselves."""
    titles = {p["key"]: application.parcel_title(p, place) for place, p in enumerate(data.get("parcels", []), 1)}
    words = {q.field: application.short(q) for q in PARCEL}
    parts: dict[str, list[Row]] = {}
    for row in rows:
        _section, key, field = (*row.field_id.split("."), "", "")[:3]
        parts.setdefault(key, []).append(replace(row, label=words[field]) if field in words else row)
    return tuple((titles.get(key, ""), tuple(part)) for key, part in parts.items())


def rows_of(section: str, data: Mapping[str, Data], documents: list[Document]) -> list[Row]:
    """A section's answers, or its papers, in words and in order."""
    if section == "documents":
        return [Row(paper_title(d.kind), d.filename, f"documents.{d.kind}") for d in documents]
    if section == "parcels":
        return _parcel_rows(data.get("parcels", {}))
    answers = data.get(section, {})
    return [
        Row(application.short(q), answer(q, answers), f"{section}.{q.field}")
        for q in application.asked(section, answers, application.elsewhere(data))
    ]


def _parcel_rows(data: Data) -> list[Row]:
    rows = []
    for place, parcel in enumerate(data.get("parcels", []), 1):
        title = application.parcel_title(parcel, place)
        rows += [
            Row(
                _("%(title)s: %(what)s", title=title, what=application.short(q)),
                answer(q, parcel),
                f"parcels.{parcel['key']}.{q.field}",
            )
            for q in PARCEL
            if q.field != "unit" and q.asked(parcel)
        ]
    if rows:
        rows.append(Row(_("Area of all parcels"), formats.area(application.parcels_area(data)), "parcels"))
    return rows


def paper_title(kind: str) -> str:
    """The name of a kind of paper, from the policy's list."""
    rules = current().document_rules
    lang = "zh" if formats.is_chinese() else "en"
    return rules[kind].title(lang) if kind in rules else _("Other document")


def method_name(method_id: str) -> str:
    """A method as people call it: its code, if it has one, and its title."""
    method = current().methods.get(method_id)
    if method is None:
        return method_id
    title = method.title("zh" if formats.is_chinese() else "en")
    return f"{method.code} {title}" if method.code.isascii() else title


def answer(question: Question, data: Data) -> str:
    """An answer in words with its unit; "" when there is none. What could not be read is shown as typed."""
    typed = data.get(RAW, {}).get(question.field)
    if typed is not None:
        return str(typed)
    value = data.get(question.field)
    if value is None or value == "":
        return ""
    if question.field == "area" and data.get("area_mu"):
        return formats.area(data["area_mu"])
    match question.kind:
        case Kind.YES_NO:
            return _("Yes") if value else _("No")
        case Kind.TICK:
            return _("Declared") if value else ""
        case Kind.NUMBER | Kind.INTEGER:
            return _with_unit(question, value)
        case Kind.DAY:
            return formats.day(value)
        case Kind.CHOICE:
            return _chosen(question, value)
        case Kind.CHOICES:
            return _(", ").join(_chosen(question, one) for one in value)
        case _:
            return str(value)


def _with_unit(question: Question, value: Any) -> str:
    if question.field == "area_mu":
        return formats.area(value)
    if question.field.endswith("_t"):
        return formats.tonnes(value)
    figure = formats.number(value)
    unit = str(question.unit)
    # Letters stand apart from their figure; a Chinese unit and the per cent sign do not.
    return f"{figure}{formats.NBSP if unit[:1].isascii() and unit[:1].isalpha() else ''}{unit}"


def _chosen(question: Question, value: Any) -> str:
    match question.field:
        case "district_code":
            return labels.district(value)
        case "method":
            return method_name(value)
        case "vvb_org_id":
            organisation = db.session.get(Organisation, int(value))
            return organisation_name(organisation) if organisation else str(value)
    if isinstance(question.options, type):
        return labels.label(value, question.options)
    return str((question.options or {}).get(value, value))


def field_label(field_id: str, data: Mapping[str, Data] | None = None) -> str:
    """The words for a field id of a fault or a change, papers included."""
    if field_id.startswith("documents."):
        return paper_title(field_id.partition(".")[2])
    return application.field_label(field_id, data)


def parcels_total_mu(data: Mapping[str, Data]) -> Decimal:
    """The area of all parcels of an application in mu."""
    return application.parcels_area(data.get("parcels", {}))
