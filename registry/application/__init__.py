"""What an application asks, and what it still lacks; the questions stand in the files beside it.

Pure but for the lazy translations: no database is read here. Words of closed lists stand in
`registry/labels/`, which reads the tables; forms may not, so they are handed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _

from registry.application.contract import CONTRACT
from registry.application.contract_costs import CONTRACT_COSTS, CONTRACT_TEXT
from registry.application.contract_terms import CONTRACT_TERMS
from registry.application.land import METHOD, PARCEL, PARCELS
from registry.application.project import BASICS, CREDITING, DECLARATIONS, DOCUMENTS
from registry.application.shapes import Data, Kind, Question, Section

__all__ = [
    "PARCEL",
    "RAW",
    "SECTIONS",
    "Data",
    "Kind",
    "Missing",
    "Question",
    "Section",
    "applies",
    "area_mu",
    "asked",
    "elsewhere",
    "field_label",
    "lacking",
    "missing",
    "parcel_lacks",
    "parcel_title",
    "parcels_area",
    "said",
    "scheme_of",
    "short",
    "unfinished",
]

ON_THE_CONTRACT = (CONTRACT_TERMS, CONTRACT_COSTS, CONTRACT_TEXT)
"""Pages that are asked where there is a partner."""

SECTIONS: Mapping[str, Section] = {
    s.name: s for s in (BASICS, PARCELS, METHOD, CONTRACT, *ON_THE_CONTRACT, CREDITING, DOCUMENTS, DECLARATIONS)
}
"""All sections in order; `documents` holds no answers (the papers are rows of their own)."""

RAW = "_raw"
"""Key of what was typed and could not be read, by field."""
MU_PER_HA = Decimal(15)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something an application still lacks; `field_id` is `section.field` or `section`."""

    section: str
    field_id: str
    label: str


def short(question: Question) -> str:
    """The question's label where answers are listed."""
    return str(question.short or question.label)


def scheme_of(answers: Mapping[str, Data]) -> str | None:
    """The scheme of an application's answers (section → data), or None."""
    return answers.get("basics", {}).get("scheme")


def elsewhere(answers: Mapping[str, Data]) -> dict[str, Any]:
    """What answers of one section decide about the questions of another."""
    parcels = answers.get("parcels", {}).get("parcels", ())
    return {
        "scheme": scheme_of(answers),
        "has_partner": answers.get("contract", {}).get("has_partner"),
        "tenures": tuple(sorted({str(p["tenure"]) for p in parcels if p.get("tenure")})),
    }


def asked(section: str, data: Data, others: Mapping[str, Any]) -> list[Question]:
    """The questions of a section these answers, and those of `elsewhere`, lead to. The parcels have `PARCEL`."""
    facts = {**others, **data}
    return [q for q in SECTIONS[section].questions if q.asked(facts)]


def applies(section: str, answers: Mapping[str, Data]) -> bool:
    """Whether a section asks anything: pages on the contract do where there is a partner."""
    if section in ("parcels", "documents"):
        return True
    return bool(asked(section, answers.get(section, {}), elsewhere(answers)))


def lacking(questions: Sequence[Question], data: Data) -> list[Question]:
    """The questions without a readable answer among those that need one."""
    raw = data.get(RAW, {})
    return [
        q
        for q in questions
        if (q.required and data.get(q.field) in (None, "", False, []) and not _said_no(q, data)) or q.field in raw
    ]


def _said_no(question: Question, data: Data) -> bool:
    return question.kind is Kind.YES_NO and data.get(question.field) is False


def parcel_lacks(parcel: Data) -> list[Question]:
    """What one parcel still lacks."""
    return lacking([q for q in PARCEL if q.asked(parcel)], parcel)


def missing(answers: Mapping[str, Data], done: Mapping[str, bool]) -> list[Missing]:
    """What the application still lacks, in the order of its pages; documents are judged elsewhere.

    `answers` and `done` go by section. A section whose answers are all there but which was left
    with "come back later" is named as a whole.
    """
    found: list[Missing] = []
    others = elsewhere(answers)
    for name, section in SECTIONS.items():
        if name == "documents" or not applies(name, answers):
            continue
        data = answers.get(name, {})
        if name == "parcels":
            found += _parcels_missing(data)
            continue
        gaps = lacking(asked(name, data, others), data)
        found += [Missing(name, f"{name}.{q.field}", short(q)) for q in gaps]
        if not gaps and not done.get(name):
            found.append(Missing(name, name, str(section.title)))
    return found


def _parcels_missing(data: Data) -> list[Missing]:
    parcels = data.get("parcels", [])
    if not parcels:
        return [Missing("parcels", "parcels", _("At least one parcel"))]
    return [
        Missing("parcels", f"parcels.{p['key']}.{q.field}", f"{parcel_title(p, n)}: {short(q)}")
        for n, p in enumerate(parcels, 1)
        for q in parcel_lacks(p)
    ]


def unfinished(answers: Mapping[str, Data], done: Mapping[str, bool]) -> tuple[str, ...]:
    """The sections that still lack something, in order (documents left out)."""
    return tuple(dict.fromkeys(m.section for m in missing(answers, done)))


def area_mu(area: Decimal, unit: str) -> Decimal:
    """An area in mu, to four decimals; `unit` is "mu" or "ha" (1 ha = 15 mu exactly)."""
    return (area * (MU_PER_HA if unit == "ha" else 1)).quantize(Decimal("0.0001"))


def parcel_title(parcel: Data, place: int) -> str:
    """How a parcel is called on the page: its name, or its place in the list."""
    return str(parcel.get("name") or _("Parcel %(n)s", n=place))


def parcels_area(data: Data) -> Decimal:
    """The area of all parcels in mu."""
    return sum((Decimal(p["area_mu"]) for p in data.get("parcels", []) if p.get("area_mu")), Decimal(0))


def said(answers: Mapping[str, Data]) -> dict[str, dict[str, Any]]:
    """What an application's answers (section → data) say; equal for two rounds that say the same.

    Left out is what the pages keep beside the answers, and the unit an area was typed in.
    """
    found = {name: _said(section.questions, answers.get(name, {})) for name, section in SECTIONS.items()}
    parcels = answers.get("parcels", {}).get("parcels", [])
    found["parcels"] = {str(p["key"]): _said(PARCEL, p) for p in parcels}
    return found


def _said(questions: Sequence[Question], data: Data) -> dict[str, Any]:
    typed = {**{k: v for k, v in data.items() if k != RAW}, **data.get(RAW, {})}
    if "area_mu" in typed:
        typed = {k: v for k, v in typed.items() if k not in ("area", "unit")}
    figures = {"area_mu", *(q.field for q in questions if q.kind in (Kind.NUMBER, Kind.INTEGER))}
    return {k: _figure(v) if k in figures else v for k, v in typed.items() if v not in (None, "")}


def _figure(value: Any) -> Any:
    """A figure as a number, so that 5, 5.0 and "5" are one answer; what cannot be read stays as it is."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value


def field_label(field_id: str, answers: Mapping[str, Data] | None = None) -> str:
    """The words for `section.field`, `parcels.<key>.<field>` or `section`; the id itself if unknown."""
    section, _dot, rest = field_id.partition(".")
    if section not in SECTIONS:
        return field_id
    if not rest:
        return str(SECTIONS[section].title)
    if section == "parcels":
        key, _dot, field = rest.partition(".")
        parcels = (answers or {}).get("parcels", {}).get("parcels", [])
        title = next((parcel_title(p, n) for n, p in enumerate(parcels, 1) if p.get("key") == key), key)
        question = next((q for q in PARCEL if q.field == field), None)
        return f"{title}: {short(question)}" if question else title
    question = next((q for q in SECTIONS[section].questions if q.field == rest), None)
    return short(question) if question else field_id
