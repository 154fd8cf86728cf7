"""目标与统计: what the leading group has to see at one look, each figure with the list behind it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, g, render_template, request
from flask_babel import gettext as _

from registry import labels, permissions
from registry.clock import today
from registry.queries import cases as cases_of
from registry.queries import clocks as clocks_of
from registry.queries import dashboard as ask
from registry.queries import partners
from registry.services import contract_book as book
from registry.services.policy import current
from registry.views.case_words import lang
from registry.views.greening_words import progress, unit_name
from workflows.contract_check import Level
from workflows.policy import ALL_CLASSES
from workflows.states import STAGES, LossCause, ProjectState, Scheme, Severity
from workflows.units import PERIODS

bp = Blueprint("dashboard", __name__)

MOST_PARTNERS = 10
A_PAGE = 50
WIDTH = 1000
"""Units of a chart's drawing."""
WEIGHTS = (Severity.BLOCK.value, Severity.LEADING_GROUP.value, Severity.WARN.value, book.UNKNOWN)
LEVELS = (Level.BLOCK, Level.LEADING_GROUP, Level.WARN, Level.CLEAN)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a bar, in units of the drawing."""

    kind: str
    start: int
    length: int


def stretches(parts: Sequence[tuple[str, int]], most: int) -> tuple[Stretch, ...]:
    """One bar made of pieces, each as long as its number; `most`: the number of the longest bar."""
    found, so_far = [], 0
    for kind, number in parts:
        start, end = so_far * WIDTH // most, (so_far + number) * WIDTH // most
        so_far += number
        if number:
            found.append(Stretch(kind, start, end - start))
    return tuple(found)


@bp.app_template_filter("band")
def band_words(band: cases_of.Band) -> str:
    """A band of ages in words."""
    if band.most is None:
        return _("over %(days)s days", days=band.least - 1)
    return _("%(least)s–%(most)s days", least=band.least, most=band.most)


@bp.app_template_filter("land_kind")
def land_words(land: cases_of.Land) -> str:
    """A kind of land work in words, as the targets call it."""
    words = {
        cases_of.Land.AFFORESTATION: _("Afforestation and greening"),
        cases_of.Land.QUALITY: _("Forest quality improvement"),
        cases_of.Land.OTHER: _("Wetland and other work"),
    }
    return words[land]


def weight_words(weight: str) -> str:
    """How heavy a finding is, in words."""
    return _("Cannot be told") if weight == book.UNKNOWN else str(labels.label(Severity(weight)))


def level_words(level: Level) -> str:
    """How grave a contract is as a whole, by its heaviest finding, in words."""
    words = {
        Level.BLOCK: _("Blocked"),
        Level.LEADING_GROUP: _("For the leading group"),
        Level.WARN: _("Only notes, or something cannot be told"),
        Level.CLEAN: _("Nothing found"),
    }
    return words[level]


def class_words() -> dict[str, str]:
    """The classes of plan 5(4), in its order, then what belongs to none."""
    titles = {m.id: f"{m.id} {m.title(lang())}" for m in current().malpractices.values()}
    return titles | {ALL_CLASSES: _("All contracts")}


@bp.get("/dashboard")
def show() -> str:
    """Targets, pipeline, overdue, risk, contracts by partner, expected tonnes, losses."""
    on, user = today(), g.user
    sees_contracts = bool(permissions.PARTNERS.offices & g.offices)
    entered = ask.entered(user)
    return render_template(
        "dashboard/show.html",
        on=on,
        periods=[(progress(p), _beside(entered, p)) for p in reversed(PERIODS)],
        unit_name=unit_name,
        entered=ask.summed(entered),
        lands=list(cases_of.Land),
        districts=_districts(entered),
        **_stages(),
        **_expected(),
        **(_risk() if sees_contracts else {}),
        **(_partners() if sees_contracts else {}),
        losses=_losses(),
    )


def _beside(entered: Sequence[ask.Entered], period: Any) -> list[tuple[cases_of.Land, int, Decimal]]:
    """Projects entered in a period, by what is done on their land: they stand beside the targets."""
    return [(land, *ask.summed(entered, land, period)) for land in cases_of.Land]


def _districts(entered: Sequence[ask.Entered]) -> list[tuple[str, dict[cases_of.Land, Decimal], Decimal]]:
    codes = sorted({r.district for r in entered}, key=lambda code: (not code, code))
    rows = []
    for code in codes:
        here = [r for r in entered if r.district == code]
        by_land = {land: ask.summed(here, land)[1] for land in cases_of.Land}
        rows.append((code, by_land, sum(by_land.values(), Decimal(0))))
    return rows


def _stages() -> dict[str, Any]:
    """The pipeline by stage and age, and what is overdue in it for those who watch over the times."""
    ages = ask.pipeline(g.user, today())
    watches = permissions.ENTRIES["desk.overdue"].offices
    late = None
    if watches & g.offices:
        late = Counter(line.case.state for line in clocks_of.overdue(g.user, watches, today()))
    most = max([sum(by_band.values()) for by_band in ages.values()] + [1])
    return {
        "bands": cases_of.BANDS,
        "stages": [_stage(state, by_band, most) for state, by_band in ages.items()],
        "late": late,
        "in_work": sum(sum(by_band.values()) for by_band in ages.values()),
    }


def _stage(state: ProjectState, by_band: Mapping[str, int], most: int) -> tuple[Any, ...]:
    """(state, in words, band -> cases, cases, bar)."""
    words = labels.stage_label(state) if state in STAGES else labels.label(state)
    parts = [(f"age{n}", by_band[band.key]) for n, band in enumerate(cases_of.BANDS, start=1)]
    return state, str(words), by_band, sum(by_band.values()), stretches(parts, most)


def _risk() -> dict[str, Any]:
    """Findings by class and weight, and contracts by their heaviest finding."""
    judged = book.judged(g.user, current(), today())
    found = Counter((f.malpractice, f.weight) for f in book.findings(judged, current()))
    levels = Counter(j.level for j in judged)
    rows = [(key, words, [(w, found[key, w]) for w in WEIGHTS]) for key, words in class_words().items()]
    most = max([sum(n for _w, n in cells) for _key, _words, cells in rows] + [1])
    return {
        "judged": len(judged),
        "risk": [(key, words, cells, stretches([(f"w-{w}", n) for w, n in cells], most)) for key, words, cells in rows],
        "risk_sums": [(w, sum(found[key, w] for key in class_words())) for w in WEIGHTS],
        "levels": [(level.name.lower(), level_words(level), levels[level]) for level in LEVELS],
        "weights": {w: weight_words(w) for w in WEIGHTS},
    }


def _partners() -> dict[str, Any]:
    every = partners.portfolio(g.user, today(), int(current().number("idle_months", today())))
    most = max([int(p.area_mu) for p in every] + [1])
    shown = [(p, stretches([("bar", int(p.area_mu))], most)) for p in every[:MOST_PARTNERS]]
    return {"contracts": shown, "others": max(0, len(every) - MOST_PARTNERS)}


def _expected() -> dict[str, Any]:
    every = ask.expected(g.user)
    rows = []
    for scheme in Scheme:
        of = [e for e in every if e.scheme is scheme]
        told = [e.total_t for e in of if e.total_t is not None]
        rows.append((scheme, len(of), sum(told, Decimal(0)), len(of) - len(told)))
    most = max([int(total) for _s, _n, total, _u in rows] + [1])
    return {
        "schemes": [(*row, stretches([("bar", int(row[2]))], most)) for row in rows],
        "expected_t": sum((row[2] for row in rows), Decimal(0)),
        "unstated": sum(row[3] for row in rows),
    }


def _losses() -> list[tuple[str, list[tuple[LossCause, ask.Lost, tuple[Stretch, ...]]], ask.Lost]]:
    found = ask.lost(g.user)
    none = ask.Lost(0, Decimal(0), Decimal(0), 0)
    most = max([int(lost.area_mu) for lost in found.values()] + [1])
    listed = []
    for of in (ask.FARM, ask.PROJECT):
        rows = [(cause, found.get((of, cause), none)) for cause in LossCause]
        each = [lost for _cause, lost in rows]
        total = ask.Lost(
            sum(x.records for x in each),
            sum((x.area_mu for x in each), Decimal(0)),
            sum((x.carbon_t for x in each), Decimal(0)),
            sum(x.untold for x in each),
        )
        bars = [(cause, lost, stretches([("bar", int(lost.area_mu))], most)) for cause, lost in rows]
        listed.append((of, bars, total))
    return listed


# The lists behind the figures ----------------------------------------------------------------------------


def _page(rows: Sequence[Any]) -> dict[str, Any]:
    last = max(1, -(-len(rows) // A_PAGE))
    page = max(1, min(request.args.get("page", 1, type=int), last))
    return {"rows": rows[(page - 1) * A_PAGE : page * A_PAGE], "total": len(rows), "page": page, "last": last}


def _contracts_only() -> None:
    if not permissions.PARTNERS.offices & g.offices:
        abort(403)


@bp.get("/dashboard/findings")
def findings() -> str:
    """Findings on contracts, of one class or weight."""
    _contracts_only()
    policy, classes = current(), class_words()
    malpractice = request.args.get("class", "")
    malpractice = malpractice if malpractice in classes else ""
    weight = request.args.get("weight", "")
    weight = weight if weight in WEIGHTS else ""
    found = [
        (f, classes[f.malpractice], policy.clause(f.outcome.clause).title(lang()))
        for f in book.findings(book.judged(g.user, policy, today()), policy)
        if malpractice in ("", f.malpractice) and weight in ("", f.weight)
    ]
    return render_template(
        "dashboard/findings.html",
        **_page(found),
        classes=classes,
        weights={w: weight_words(w) for w in WEIGHTS},
        chosen={"class": malpractice, "weight": weight},
    )


@bp.get("/dashboard/contracts")
def contracts() -> str:
    """Contracts, of one grade or all, each with what was found on it."""
    _contracts_only()
    policy = current()
    grade = request.args.get("grade", "")
    names = {level.name.lower(): level_words(level) for level in LEVELS}
    grade = grade if grade in names else ""
    found = [j for j in book.judged(g.user, policy, today()) if grade in ("", j.level.name.lower())]
    rows = [(j.case, names[j.level.name.lower()], Counter(f.weight for f in book.findings([j], policy))) for j in found]
    return render_template(
        "dashboard/contracts.html",
        **_page(rows),
        grades=names,
        weights={w: weight_words(w) for w in WEIGHTS},
        chosen=grade,
    )


@bp.get("/dashboard/expected")
def expected() -> str:
    """What each registered project expects."""
    scheme = _member(Scheme, "scheme")
    found = ask.expected(g.user, scheme)
    told = [e.total_t for e in found if e.total_t is not None]
    sums = {"total_t": sum(told, Decimal(0)), "unstated": len(found) - len(told)}
    return render_template("dashboard/expected.html", **_page(found), **sums, chosen=scheme, schemes=list(Scheme))


@bp.get("/dashboard/losses")
def losses() -> str:
    """The records of losses, of farms or projects, by cause."""
    of = request.args.get("of", "")
    of = of if of in (ask.FARM, ask.PROJECT) else ""
    cause = _member(LossCause, "cause")
    found = ask.losses(g.user, of, cause)
    sums = (
        sum((r.area_mu for r in found), Decimal(0)),
        sum((r.carbon_t for r in found if r.carbon_t is not None), Decimal(0)),
    )
    page = _page(found)
    return render_template(
        "dashboard/losses.html",
        **page,
        sums=sums,
        chosen={"of": of, "cause": cause},
        causes=list(LossCause),
        of_words={ask.FARM: _("Forest farms"), ask.PROJECT: _("Projects")},
    )


def _member(members: Any, name: str) -> Any:
    word = request.args.get(name, "")
    return members(word) if word in set(members) else None
