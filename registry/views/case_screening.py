"""The screening sheet: two officers answer every condition of the method, each alone first, then sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for

from registry import labels
from registry.forms.act_sheets import SheetForm, build_sheet
from registry.forms.fields import member_options
from registry.models import ConditionAnswer
from registry.queries import applications, timeline
from registry.queries import case as ask
from registry.queries import panels as panels_of
from registry.queries import site_checks as checks
from registry.queries.called import Called
from registry.services import sheet_facts
from registry.services.policy import current
from registry.views import case_words as words
from registry.views.case import Answer, bp
from registry.views.case_acts import seen_of, take
from workflows.facts import ProjectFacts
from workflows.gates import GATES, judge, stops
from workflows.project import PROJECT
from workflows.roles import Role
from workflows.rules import RULES, Outcome
from workflows.rules.panels import ON_RECORD
from workflows.states import ConditionVerdict, GateName, Severity, Verdict

CONDITIONS = "AT"
"""Letters of the conditions in the order of the sheet: of a CCER method, of a ticket."""
PROPOSES: Mapping[Verdict, ConditionVerdict] = {
    Verdict.PASS: ConditionVerdict.MET,
    Verdict.FAIL: ConditionVerdict.NOT_MET,
}
"""The answer a rule's verdict proposes; one that cannot tell proposes none."""
WAYS = "ways"
"""The group of which one is enough: the exemptions from arguing additionality, and the argued way."""
UNTIL_THEN = ("request_correction", "decline", "suspend")
"""What an officer can do with a case that cannot be screened."""


@dataclass(frozen=True, slots=True)
class Given:
    """An officer's latest answer to a clause."""

    who: str
    verdict: ConditionVerdict
    evidence: str
    differs: bool
    """It is not what the rule proposes."""


@dataclass(frozen=True, slots=True)
class Line:
    """A clause on the sheet: what it asks, what the application says, what a rule proposes, what was answered."""

    clause: str
    title: str
    question: str
    source: str
    severity: Severity
    stated: tuple[tuple[str, str], ...]
    proposal: Any
    others: tuple[Given, ...]
    differs: bool
    """The reader's own answer is not what the rule proposes."""
    waits: bool
    """Another officer has answered; it is shown once the reader has answered too."""


@dataclass(frozen=True, slots=True)
class Group:
    """Clauses under one heading: a letter of `CONDITIONS`, or `WAYS`; `met` names the way that stands as met."""

    key: str
    lines: tuple[Line, ...]
    met: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """An officer's signature; `stands` while the answers are as they were signed."""

    who: str
    at: Any
    stands: bool


@bp.route("/cases/<number>/screening", methods=["GET", "POST"])
def screening(number: str) -> Answer:
    """The sheet: read it, answer it, sign it."""
    case = g.case
    known = words.facts_shown(case)
    if request.method == "GET":
        form = _form(known)
        form.seen.data = str(case.version)
        return _page(form, known)
    if PROJECT.row("answer_condition", case.state) is None or Role.CASE_OFFICER not in g.roles:
        return take("answer_condition", _form(known), {"answers": {}}, refused=lambda _found: abort(409))
    form = _form(known)
    if not form.validate():
        return _page(form, known), 422
    own = _own()
    changed = {c: a for c, a in form.answers().items() if (a["verdict"], a["evidence"]) != own.get(c)}
    if not changed:
        return redirect(url_for("case.screening", number=number))
    return take(
        "answer_condition",
        form,
        {"answers": changed},
        refused=lambda found: (_page(form, known, refused=found), 422),
        stale=_stale,
        to="case.screening",
    )


def _stale(_action: str, form: SheetForm, since: Sequence[timeline.Event]) -> Answer:
    """The sheet again with what was typed and what others did meanwhile; sent once more, it is saved."""
    seen_of(form)
    form.seen.data = str(g.case.version)
    return _page(form, words.facts_shown(g.case), since=since), 409


def _form(known: ProjectFacts) -> SheetForm:
    clauses = sheet_facts.sheet(current(), known.method)
    options = member_options(ConditionVerdict, labels.label)
    return build_sheet(clauses, options, _own(), {c: _proposed(c, known) for c in clauses})


def _proposed(clause: str, known: ProjectFacts) -> ConditionVerdict | None:
    """The answer the clause's rule proposes, if it can tell."""
    rule = RULES.get(clause)
    return PROPOSES.get(rule(known, current()).verdict) if rule else None


def _latest() -> dict[int, dict[str, ConditionAnswer]]:
    """Officer → clause → latest answer of this round."""
    found: dict[int, dict[str, ConditionAnswer]] = {}
    for row in sheet_facts.condition_answers(g.case.id, g.case.round):
        found.setdefault(row.officer_id, {})[row.clause] = row
    return found


def _own() -> Mapping[str, tuple[str, str]]:
    return {c: (a.verdict.value, a.evidence) for c, a in _latest().get(g.user.id, {}).items()}


def _page(
    form: SheetForm,
    known: ProjectFacts,
    refused: Sequence[words.Finding] | None = None,
    since: Sequence[timeline.Event] | None = None,
) -> str:
    case = g.case
    open_to_me = {row.name for row in PROJECT.actions(case.state, g.roles)}
    method = current().methods.get(known.method or "")
    ways = method.ways if method else ()
    done = request.args.get("done", "")
    outcomes = judge(GATES[GateName.SCREENING], known, current())
    on_sheet = set(form.clauses)
    missing = [o for o in outcomes if stops(o)]
    may_answer = "answer_condition" in open_to_me
    return render_template(
        "case/screening.html",
        case=case,
        form=form,
        method=applications.method_name(method.id) if method else "",
        groups=_groups(form.clauses, ways, outcomes, known, may_answer=may_answer),
        ways=ways,
        may_answer=may_answer,
        until_then=[(a, words.act_url(case, a)) for a in UNTIL_THEN if a in open_to_me],
        site_checks=checks.records(case),
        may_check=open_to_me & {"record_site_check", "sign_site_check"},
        may_sign="sign_screening" in open_to_me,
        has_signed=known.actor_has_signed,
        own_open=known.own_unanswered,
        signatures=_signatures(),
        not_agreed=[o.clause for o in missing if o.clause in on_sheet and o.clause not in ways],
        no_way=any(o.clause in ways for o in missing),
        missing=[words.finding(o, case) for o in missing if o.clause not in on_sheet and o.clause not in ways],
        panels=panels_of.of_case(case, g.roles, g.user),
        panel_asked=_panel_asked(known),
        draw_url=words.act_url(case, "draw_panel") if "draw_panel" in open_to_me else "",
        gate_closed=GateName.SCREENING in known.gates_passed,
        refused=refused,
        since=since,
        has_errors=bool(form.errors or refused or since),
        done=labels.happened(done) if done in labels.ACTIONS else "",
    )


def _panel_asked(known: ProjectFacts) -> str:
    """The clause of the method that a panel's record decides, where this case rests on it."""
    method = current().methods.get(known.method or "")
    asked = [*(method.conditions if method else ()), *([method.argued] if method and known.argued else [])]
    return next((c for c in asked if c in ON_RECORD), "")


def _groups(
    clauses: Sequence[str], ways: Sequence[str], outcomes: Sequence[Outcome], known: ProjectFacts, *, may_answer: bool
) -> list[Group]:
    data = applications.data_of(applications.answers_of(g.case.id, g.case.round))
    latest = _latest()
    called = Called(latest)
    ways = [c for c in ways if c in clauses]
    members = {letter: [c for c in clauses if c.startswith(letter) and c not in ways] for letter in CONDITIONS}
    met = next(
        (
            o.clause
            for o in outcomes
            if o.clause in (*ways, *ON_RECORD) and o.clause[0] != "T" and o.verdict is Verdict.PASS
        ),
        "",
    )
    return [
        Group(key, tuple(_line(c, known, data, latest, called, may_answer) for c in listed), met if key == WAYS else "")
        for key, listed in (*members.items(), (WAYS, ways))
        if listed
    ]


def _line(
    clause_id: str,
    known: ProjectFacts,
    data: Mapping[str, Mapping[str, Any]],
    latest: Mapping[int, Mapping[str, ConditionAnswer]],
    called: Called,
    may_answer: bool,
) -> Line:
    clause, tongue = current().clause(clause_id), words.lang()
    proposed = _proposed(clause_id, known)
    own = latest.get(g.user.id, {}).get(clause_id)
    others = [
        Given(called(a.officer_id, a.answered_at), a.verdict, a.evidence, differs=proposed not in (None, a.verdict))
        for officer, given in latest.items()
        if officer != g.user.id and (a := given.get(clause_id))
    ]
    # Two pairs of eyes are two only while neither has seen the other's answer.
    hidden = may_answer and own is None
    rule = RULES.get(clause_id)
    return Line(
        clause=clause_id,
        title=clause.title(tongue),
        question=clause.question(tongue),
        source=clause.source(tongue),
        severity=clause.severity,
        stated=tuple(ask.stated(data, clause_id)),
        proposal=words.finding(rule(known, current()), g.case) if rule else None,
        others=() if hidden else tuple(others),
        differs=own is not None and proposed not in (None, own.verdict),
        waits=hidden and bool(others),
    )


def _signatures() -> list[Signed]:
    standing = sheet_facts.standing_signatures(g.case.id, g.case.round)
    signed = ask.review.signatures(g.case.id, g.case.round)
    called = Called(row.officer_id for row in signed)
    return [Signed(called(row.officer_id, row.signed_at), row.signed_at, row.officer_id in standing) for row in signed]
