"""What a paper says: the plain values of an act set into the fixed words of `documents/texts`.

The outcome is complete: title, addressee and blocks, every word as it will stand. PDF and page are made from
it alone, so that neither can differ from what was issued. Blocks: paragraph, heading, note, statement
(`text`), list (`items`), facts (`rows` of term and value), table (`head`, `widths`, `right`, `rows`, `total`).
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from flask_babel import force_locale

from registry import application, formats
from registry.config import ROOT
from registry.extensions import db
from registry.models import Paper, PaperKind, Round
from registry.queries import applications, calendar, clocks, notices
from workflows.clocks import ClockKind
from workflows.gates import findings
from workflows.policy import Policy
from workflows.rules import Outcome, standing
from workflows.states import GATE_OF, Scheme, Severity, Verdict
from workflows.working_days import in_working_days

if TYPE_CHECKING:
    from registry.services.effects.context import Context

TEXTS = ROOT / "registry" / "documents" / "texts"
LANGUAGE = "zh_Hans_CN"

Block = dict[str, Any]


@cache
def texts() -> Mapping[str, Any]:
    """The fixed words of all papers, and of each kind under its name."""
    read = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in TEXTS.glob("*.toml")}
    return {**read["words"], **read["papers"]}


def words(kind: PaperKind, ctx: "Context", *, number: str, certificate: Paper | None) -> dict[str, Any]:
    """Title, addressee, opening facts and blocks of a paper; `certificate` is the one in force before the act."""
    with force_locale(LANGUAGE):
        blocks = list(SAID[kind](_Places(ctx, number, certificate)))
        own = texts()[kind]
        return {
            "title": own.get(f"title_{ctx.taken.act.name}", own["title"]),
            "addressee": "" if kind is PaperKind.CERTIFICATE else applications.applicant_name(ctx.case),
            "blocks": blocks,
            "issued": formats.day(ctx.on),
        }


class _Places:
    """The values of an act by the names the fixed words use."""

    def __init__(self, ctx: "Context", number: str, certificate: Paper | None) -> None:
        case = ctx.case
        opened = db.session.get_one(Round, (case.id, case.round)).opened_at
        self.ctx, self.data = ctx, applications.data_of(applications.answers_of(case.id, case.round))
        self.values = {
            "you": texts()["you"]["organisation" if case.proponent_org_id else "person"],
            "project": case.name,
            "case_number": case.number or "",
            "project_number": case.project_number or "",
            "organ": case.body.name,
            "library": texts()["library"],
            "received": formats.day(opened),
            "received_at": formats.instant(opened),
            "accepted": formats.day(case.accepted_on),
            "round": str(case.round),
            "certificate": certificate.number if certificate else "",
            "number": number,
        }

    def fill(self, template: str, **more: str) -> str:
        """A fixed sentence with its places filled."""
        return template.format(**self.values, **more)

    def basis(self, clauses: Sequence[str]) -> str:
        """The legal sources of clauses, each named once."""
        found: list[str] = []
        for clause in clauses:
            for source in self.ctx.policy.clause(clause).source("zh").split("；"):
                said = _wide(source)
                known = {_plain(s) for s in found}
                if said != texts()["proposed"] and _plain(said) not in known:
                    found.append(said)
        return texts()["comma"].join(found)

    def closing(self, clauses: Sequence[str], *notes: str, days: bool = False) -> Iterator[Block]:
        """What stands last in smaller print: notes, how days are counted, and the rules behind the paper."""
        yield from (note(words_given) for words_given in notes)
        if days:
            yield note(texts()["days"]["counted"])
        if clauses:
            yield note(texts()["rules"].format(clauses=texts()["comma"].join(clauses)))

    def remedies(self, *, reconsider: bool = True) -> Iterator[Block]:
        """What can be done against a refusal; a decision is reconsidered once (S46)."""
        yield heading("remedies")
        if reconsider and not self.ctx.facts.was_reopened:
            yield paragraph(self.fill(texts()["remedy"]["reconsider"], **self._if_received_today()))
        yield paragraph(self.fill(texts()["remedy"]["law"]))

    def window(self, sentence: str, kind: ClockKind) -> Iterator[Block]:
        """Until when a clock runs as it stands now; nothing where it does not run."""
        row = clocks.of_kind(self.ctx.case.id, kind)
        if row is not None and row.due_on is not None:
            days = str(row.length + row.extended)
            yield paragraph(self.fill(sentence, days=days, last=_last(row.due_on, provisional=row.provisional)))

    def delivery(self) -> Iterator[Block]:
        """Until when the decision is delivered."""
        yield from self.window(texts()["days"]["delivered"], ClockKind.DELIVERY)

    def _if_received_today(self) -> dict[str, str]:
        """The time to ask for reconsideration, and its last day where the paper comes on the day it is issued."""
        days = int(self.ctx.policy.number("reconsideration_ask_days", self.ctx.facts.on))
        counted = in_working_days(calendar.current(), self.ctx.on, days)
        if counted.last_day is None:
            raise RuntimeError("a period that nothing stops has a last day")
        return {"days": str(days), "last": _last(counted.last_day, provisional=counted.provisional)}


def _last(day: date, *, provisional: bool) -> str:
    """A last day, and that it is provisional where it is."""
    said = formats.day(day)
    return str(texts()["days"]["provisional"]).format(day=said) if provisional else said


def paragraph(text: str) -> Block:
    """Running text."""
    return {"is": "paragraph", "text": text}


def note(text: str) -> Block:
    """Smaller print."""
    return {"is": "note", "text": text}


def heading(name: str) -> Block:
    """A heading by its name in the texts."""
    return {"is": "heading", "text": texts()["heading"][name]}


def facts(rows: Sequence[tuple[str, str]]) -> Block:
    """Terms, by their names in the texts, and values; what has no value is left out."""
    return {"is": "facts", "rows": [[texts()["label"][name], value] for name, value in rows if value]}


def table(
    columns: Mapping[str, int],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[int] = (),
    total: Sequence[str] = (),
) -> Block:
    """Columns by their names in the texts with their shares of the width; rows get a number in front."""
    head = [texts()["column"][name] for name in ("no", *columns)]
    return {
        "is": "table",
        "head": head,
        "widths": [9, *columns.values()],
        "right": list(right),
        "rows": [[str(n), *row] for n, row in enumerate(rows, 1)],
        "total": list(total),
    }


def said(words_given: str) -> list[Block]:
    """What a person wrote, paragraph by paragraph."""
    return [paragraph(line.strip()) for line in words_given.splitlines() if line.strip()]


def _wide(words_given: str) -> str:
    return words_given.strip().replace("(", "（").replace(")", "）")


def _plain(source: str) -> str:
    """A source without a document number in brackets, to tell whether it was named already."""
    return re.sub("（[^）]*〔[^）]*）", "", source)


# --- each kind ---


def _receipt(at: _Places) -> Iterator[Block]:
    own, case = texts()["receipt"], at.ctx.case
    basics = at.data.get("basics", {})  # of an amendment, not of the entry in force
    yield paragraph(at.fill(own[at.ctx.taken.act.name]))
    yield facts(
        [
            ("project", str(basics.get("name") or "")),
            ("scheme", _word("scheme", basics.get("scheme"))),
            ("area", formats.area(applications.parcels_total_mu(at.data))),
            ("received", at.values["received_at"]),
        ]
    )
    yield heading("papers")
    papers = applications.papers(case.id, case.round)
    if papers:
        rows = [[applications.paper_title(p.kind), p.filename, p.sha256[:16]] for p in papers]
        yield table({"paper": 28, "file": 36, "fingerprint": 27}, rows)
    else:
        yield paragraph(texts()["none"] + texts()["stop"])
    window = list(at.window(own["window"], ClockKind.ACCEPTANCE))
    yield from window
    yield from at.closing((), own["meaning"], *([own["fingerprints"]] if papers else []), days=bool(window))


def _acceptance(at: _Places) -> Iterator[Block]:
    own = texts()["acceptance"]
    sentence = own["deemed" if at.ctx.taken.act.name == "deem_accepted" else "said"]
    yield paragraph(at.fill(sentence, basis=at.basis(own["basis"])))
    yield from at.window(own["window"], ClockKind.RISK_DECISION)
    yield paragraph(own["next"])
    yield paragraph(own["meaning"])
    yield from at.closing(own["basis"], days=True)


def _declined(at: _Places) -> Iterator[Block]:
    own = texts()["declined"]
    clauses = own["basis" if at.ctx.case.scheme is Scheme.CCER else "basis_other"]
    yield paragraph(at.fill(own["said"], basis=at.basis(clauses)))
    yield heading("reasons")
    yield from said(str(at.ctx.data["words"]))
    way = str(at.ctx.data.get("right_way") or "")
    if way:
        yield heading("way")
        yield paragraph(texts()["way"].get(way, way))
    yield from at.remedies()
    yield from at.delivery()
    yield from at.closing(clauses, days=True)


def _correction(at: _Places) -> Iterator[Block]:
    own, faults = texts()["correction"], at.ctx.data["faults"]
    yield paragraph(at.fill(own["said"], basis=at.basis(own["basis"]), count=str(len(faults))))
    rows = [[applications.field_label(f["field"], at.data), f["what"]] for f in faults]
    yield table({"field": 31, "fault": 60}, rows)
    if reason := str(at.ctx.data.get("late_reason") or ""):
        yield from said(own["late"].format(reason=reason))
    yield from at.window(own["window"], ClockKind.CORRECTION)
    yield paragraph(own["how"])
    yield paragraph(own["meaning"])
    yield from at.closing(own["basis"], days=True)


def _review(at: _Places) -> Iterator[Block]:
    own = texts()["review"]
    match at.ctx.taken.act.name:
        case "approve_risk":
            yield from _approved(at, own)
        case "reject":
            yield from _rejected(at, own)
        case "revoke":
            yield from _revoked(at, own)
        case _:
            yield from _amendment_refused(at, own)


def _approved(at: _Places, own: Mapping[str, Any]) -> Iterator[Block]:
    conditions = at.ctx.data.get("conditions") or []
    yield paragraph(at.fill(own["said"], basis=at.basis(own["basis"])))
    yield heading("opinion")
    yield paragraph(own["conditional" if conditions else "approved"])
    if conditions:
        yield heading("conditions")
        rows = [[c["words"], c["evidence"], formats.day(c["due_on"])] for c in conditions]
        yield table({"condition": 39, "evidence": 30, "due": 22}, rows)
    if given := said(str(at.ctx.data.get("words") or "")):
        yield heading("explained")
        yield from given
    yield from at.delivery()
    yield from at.closing(own["basis"], own["meaning"], days=True)


def _rejected(at: _Places, own: Mapping[str, Any]) -> Iterator[Block]:
    case = at.ctx.case  # it has moved; `returns_to` is the stage it was refused in
    yield paragraph(at.fill(own["said"], basis=at.basis(own["basis_reject"][:1])))
    yield heading("opinion")
    yield paragraph(at.fill(own["rejected"], gate=_word("gate", GATE_OF[case.returns_to])))
    yield heading("reasons")
    yield from said(str(at.ctx.data["words"]))
    stated = [_finding(at.ctx, o) for o in findings(at.ctx.facts, at.ctx.policy) if _weighs(o, at.ctx.policy)]
    if stated:
        yield heading("findings")
        yield {"is": "list", "items": stated}
    yield from at.remedies()
    yield from at.delivery()
    yield from at.closing(own["basis_reject"], days=True)


def _amendment_refused(at: _Places, own: Mapping[str, Any]) -> Iterator[Block]:
    yield paragraph(at.fill(own["amendment"], basis=at.basis(own["basis_reject"][:1])))
    yield heading("opinion")
    yield paragraph(own["amendment_refused"])
    yield heading("reasons")
    yield from said(str(at.ctx.data["words"]))
    yield from at.remedies(reconsider=False)
    yield from at.delivery()
    yield from at.closing(own["basis_reject"], days=True)


def _revoked(at: _Places, own: Mapping[str, Any]) -> Iterator[Block]:
    """S26. It is not reconsidered here: that is for whoever was refused (S46)."""
    yield paragraph(at.fill(own["revocation"], basis=at.basis(own["basis_revoke"])))
    yield heading("decision")
    yield paragraph(at.fill(own["revoked"]))
    if at.ctx.case.scheme is Scheme.LOCAL_TICKET:
        yield paragraph(own["revoked_tickets"])
    yield heading("reasons")
    yield from said(str(at.ctx.data["words"]))
    yield from at.remedies(reconsider=False)
    yield from at.delivery()
    yield from at.closing(own["basis_revoke"], days=True)


def _weighs(outcome: Outcome, policy: Policy) -> bool:
    """Whether a finding belongs into a refusal: what was found and is no mere note, or what nobody could tell."""
    grave = outcome.verdict is Verdict.FAIL and outcome.severity is not Severity.WARN
    return grave or standing.keeps_off_the_agenda(outcome, policy)


def _finding(ctx: "Context", outcome: Outcome) -> str:
    clause = ctx.policy.clause(outcome.clause)
    try:
        sentence = clause.sentence(outcome.verdict, "zh", outcome.facts, outcome.figures)
    except LookupError:
        sentence = clause.title("zh")  # a place no fact fills must not hide the finding
    source = _wide(clause.source("zh"))
    return str(texts()["finding"].format(clause=clause.id, words=sentence, source=source))


def _certificate(at: _Places) -> Iterator[Block]:
    own, case = texts()["certificate"], at.ctx.case
    sentence = own["amended" if at.values["certificate"] else "said"]
    yield paragraph(at.fill(sentence, basis=at.basis(own["basis"])))
    crediting = at.data.get("crediting", {})
    start, end = crediting.get("start_on"), crediting.get("end_on")
    period = own["period"].format(start=formats.day(start), end=formats.day(end)) if start and end else ""
    yield facts(
        [
            ("project_number", at.values["project_number"]),
            ("project", case.name),
            ("proponent", applications.applicant_name(case)),
            ("agent", case.agent_org.name if case.agent_org else ""),
            ("scheme", _word("scheme", case.scheme)),
            ("activity", _word("activity", case.activity)),
            ("method", applications.method_name(case.method) if case.method else ""),
            ("district", _word("district", case.district_code)),
            ("area", formats.area(case.area_mu)),
            ("crediting", period),
            ("entered", formats.day(at.ctx.on)),
            ("number", at.values["case_number"]),
        ]
    )
    yield {"is": "statement", "text": own["statement"]}
    yield note(own["check"])
    yield heading("parcels")
    listed, gone = at.data.get("parcels", {}).get("parcels", []), notices.apart(case.id, case.round)
    yield _parcels([p for p in listed if str(p.get("key", "")) not in gone])
    if apart := [str(p.get("name") or p.get("key")) for p in listed if str(p.get("key", "")) in gone]:
        yield note(own["apart"].format(parcels=texts()["comma"].join(apart)))


def _parcels(parcels: Sequence[Mapping[str, Any]]) -> Block:
    rows, total = [], Decimal(0)
    for place, parcel in enumerate(parcels, 1):
        mu = Decimal(parcel.get("area_mu") or 0)
        total += mu
        name = parcel.get("name") or application.parcel_title(parcel, place)
        where = _word("district", parcel.get("district_code"))
        rows.append([name, parcel.get("subcompartment") or "", where, *_both(mu)])
    columns = {"parcel": 23, "subcompartment": 20, "where": 14, "mu": 16, "ha": 18}
    return table(columns, rows, right=(4, 5), total=[texts()["total"], "", "", "", *_both(total)])


def _both(mu: Decimal) -> list[str]:
    return [formats.number(mu), formats.number(formats.mu_to_ha(mu), 2)]


def _word(name: str, key: str | None) -> str:
    """A word of a closed list; one outside the list stands as it is."""
    return str(texts()[name].get(str(key), key)) if key else ""


SAID: Mapping[PaperKind, Callable[[_Places], Iterator[Block]]] = {
    PaperKind.RECEIPT: _receipt,
    PaperKind.ACCEPTANCE: _acceptance,
    PaperKind.DECLINED: _declined,
    PaperKind.CORRECTION: _correction,
    PaperKind.REVIEW: _review,
    PaperKind.CERTIFICATE: _certificate,
}
