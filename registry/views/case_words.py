"""What a judgement says on a page, and what each act means, in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import g, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry import application, formats, labels
from registry.clock import today
from registry.models import Case
from registry.queries import applications, case_review, meetings, notices
from registry.queries.case_review import INSIDE
from registry.services import documents, facts, requests
from registry.services.policy import current
from registry.services.rounds import OPENING
from workflows.facts import ProjectFacts
from workflows.gates import judge, stops
from workflows.machine import Act
from workflows.project import PROJECT
from workflows.rules import Outcome
from workflows.states import Conclusion, GateName, ProjectState, Severity, Verdict

STOP = frozenset(
    {
        "adjourn",
        "declare_recusal",
        "reject",
        "revoke",
        "decline",
        "withdraw",
        "withdraw_amendment",
        "close",
        "find_flaw",
    }
)
"""Acts that end or undo something; their button is drawn as one that stops."""

AHEAD = frozenset(
    {
        "accept",
        "resubmit",
        "sign_screening",
        "pass_screening",
        "sign_site_check",
        "send_for_legal_review",
        "give_legal_opinion",
        "table",
        "call_vote",
        "decide_recusal",
        "vote",
        "approve_risk",
        "file_validation",
        "give_environment_opinion",
        "open_notice",
        "answer_objection",
        "close_notice",
        "pass_validation",
        "register",
        "report_condition",
        "confirm_condition",
        "decide_amendment",
        "resume",
        "uphold",
        "extend",
        "draw_panel",
        "give_expert_opinion",
        "close_panel",
    }
)
"""Acts that carry the case on; the first that nothing stops is the page's primary button."""

MEANS: Mapping[str, LazyString] = {
    "accept": _l("The documents are complete. The case goes to methodology screening, as of the day they came in."),
    "decline": _l("The application is not accepted and the case ends. The applicant sees your reasons at once."),
    "request_correction": _l(
        "The applicant gets one notice with every fault, each beside its field. The case waits for the corrections."
    ),
    "pass_screening": _l("Every condition of the method is met and two officers have signed. Risk review begins."),
    "approve_risk": _l(
        "Closes the sitting with an approval of the project and its contract. The case goes on to validation; "
        "conditions must be met before the entry is decided."
    ),
    "pass_validation": _l("The validation is complete. The case goes to the leading group for the decision on entry."),
    "register": _l(
        "Closes the sitting with an approval. The project gets its number and stands in the public library at once."
    ),
    "reject": _l(
        "Closes the sitting with a refusal. The project is not entered and the case ends. "
        "The applicant sees your reasons and may ask for reconsideration."
    ),
    "suspend": _l("The case stands still until it is resumed. A sitting that is open is over."),
    "resume": _l("The case goes on where it stood."),
    "withdraw": _l("The application is withdrawn and the case ends. Its answers may be copied into a new draft."),
    "decide_amendment": _l("Closes the sitting on the amendment. A refusal leaves the entry as it was."),
    "withdraw_amendment": _l("The amendment is withdrawn. The entry stays as it was before."),
    "find_flaw": _l("The decision you name loses its effect, and the case is suspended until it is taken again."),
    "reopen": _l(
        "The case goes back to whoever decided, in a new round. The decision taken again is bound by these reasons."
    ),
    "revoke": _l("The entry is taken out of force and the case ends. This cannot be undone. The public sees it."),
    "close": _l("The project leaves the library and the case ends. This cannot be undone. Its record stays public."),
    "sign_screening": _l("You stand behind all your answers as they are now. A later change needs a new signature."),
    "answer_finding": _l("Your answer stands below the finding. The finding itself stays."),
    "record_site_check": _l(
        "Your record is signed with your name. A second officer signs it as it stands; until then the screening cannot "
        "be passed. A change is a new version, which both sign anew; this one stays on file."
    ),
    "sign_site_check": _l(
        "You took part in the visit and stand behind the record as it is. A later change needs a new signature."
    ),
    "send_for_legal_review": _l(
        "The legal reviewer is asked for an opinion on the complete file. "
        "The time of the review is counted from today; sent again, it begins anew."
    ),
    "give_legal_opinion": _l("Your opinion is signed with your name. A later one replaces it; this one stays on file."),
    "name_validator": _l("The body can see the case and file its report when validation begins."),
    "table": _l("Puts the case on the agenda. Who may vote, the quorum and the majority are fixed from this moment."),
    "untable": _l("Takes the case off the agenda. It can be done only while nobody has voted."),
    "adjourn": _l("The question is not decided in this meeting. The case can be tabled for another one."),
    "call_vote": _l("The members in the room are counted. From now on each gives an opinion; who presides comes last."),
    "declare_recusal": _l(
        "You are not counted and not asked in this case, and you no longer see its file. This cannot be taken back."
    ),
    "propose_recusal": _l("Who presides decides. Until then the member takes part."),
    "decide_recusal": _l("A member who stands aside is not counted and not asked, and no longer sees the file."),
    "vote": _l("Your vote is final and carries your name. Others see how you voted after the sitting has ended."),
    "file_validation": _l("The report is filed for your organisation. A later one replaces it; this one stays."),
    "give_environment_opinion": _l(
        "The environment bureau’s opinion is filed. A later one replaces it; this one stays on file."
    ),
    "open_notice": _l(
        "The project stands on public notice from today. Its days are counted now and are not changed afterwards; "
        "today is not counted. Anybody may object or comment."
    ),
    "answer_objection": _l(
        "Your answer is final and stands on the public notice. Whoever objected reads it with the receipt. "
        "Task force and applicant each answer once."
    ),
    "close_notice": _l("The notice has run and everything is answered. Nothing more is taken."),
    "set_parcel_apart": _l(
        "The parcel leaves the project and the areas are added up again; the rest goes on and nothing is asked again. "
        "It comes back only in a later submission, which is reviewed."
    ),
    "name_verifier": _l("The public sees which body verifies the reductions of this project."),
    "report_condition": _l("The task force is told and looks at it."),
    "confirm_condition": _l("The condition counts as met."),
    "request_reconsideration": _l("Three people who had no part in the decision look at it."),
    "uphold": _l("The decision stands. The applicant sees the reasons of the three."),
    "ask_extension": _l("The task force answers. Until then the application does not lapse. You can ask once."),
    "record_delivery": _l(
        "The time for delivery ends. The time to ask for reconsideration runs from the day after the day of delivery. "
        "The applicant is told."
    ),
    "confirm_receipt": _l(
        "Today counts as the day you received the decision. The time to ask for reconsideration runs from tomorrow."
    ),
    "extend": _l("The time is extended once, by the days the policy gives. The applicant is told the reasons."),
    # expert panels
    "draw_panel": _l(
        "A panel is drawn at random from the expert register. Seed, order, who was left out and why stay on record; "
        "the applicant is told how long it is expected to take."
    ),
    "refuse_seat": _l("Your seat goes to the next of the order. You no longer see the case."),
    "give_expert_opinion": _l(
        "Your opinion is final and carries your name. The other experts do not see it; the task force sees it once "
        "the panel has ended."
    ),
    "close_panel": _l(
        "Where every opinion is in, they are counted. Where not, the panel is broken off without a result, and "
        "another can be drawn."
    ),
}

PREPARED: Mapping[str, LazyString] = {
    "resubmit": _l("Make the corrections"),
    "amend": _l("Prepare an amendment"),
}
"""What the button says of acts that hand in what the applicant first prepares."""

BY_THE_FORM = frozenset({"S02", "S08c", "S19a", "S24", "S28", "S49", "S58", "S64b", "S65", "S68", "S75"})
"""Clauses that judge what the form says; before it is sent they have nothing to say."""

ONCE = frozenset({"request_reconsideration"})
"""Acts that nothing makes possible again once their rules stop them: asked for already, or too late (S46)."""

NAMED: Mapping[str, Callable[[int], list[tuple[int, str]]]] = {
    "propose_recusal": meetings.entitled,
    "decide_recusal": meetings.proposed,
}
"""Acts that name a member, and whom they may name."""

UNDO: Mapping[str, LazyString] = {
    "reject": _l("A refusal can be changed only by reconsideration."),
    "decline": _l("It can be changed only by reconsideration."),
    "withdraw": _l("A withdrawn application cannot be taken up again."),
    "revoke": _l("A revoked entry cannot be restored."),
    "close": _l("A closed project cannot be opened again."),
    "withdraw_amendment": _l("The same amendment would have to be submitted anew."),
    "find_flaw": _l("The parties are told at once."),
    "declare_recusal": _l("The file of this case is closed to you for good, also where it is tabled again."),
    "adjourn": _l("The sitting is over; the members are asked again next time."),
}


PANEL = frozenset({"S16", "T07", "S56", "S57", "S58"})
"""Clauses that are put right where the expert panel stands."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A judgement in words, as `_ui/finding` takes it; `fix` is where it can be put right."""

    severity: Severity
    verdict: Verdict
    clause: str
    title: str
    facts: tuple[str, ...]
    basis: str
    cure: str
    fix_url: str = ""
    fix: str = ""
    fixes: tuple[tuple[str, str], ...] = ()
    """(address, words), where it is put right in more places than one."""
    clause_url: str = ""
    tag: str = ""
    sum: str = ""
    proposed: bool = False
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """An act open to this person; `missing` are the titles of what still stops it."""

    action: str
    label: str
    url: str
    stop: bool
    ahead: bool
    missing: tuple[str, ...]


def lang() -> str:
    """`zh` or `en`."""
    return "zh" if formats.is_chinese() else "en"


def is_inside() -> bool:
    """Whether the reader is one of the bureau's own people on this case."""
    return bool(g.roles & INSIDE)


def facts_shown(case: Case) -> ProjectFacts:
    """The facts of the submitted round: what was handed in, not what is being prepared."""
    if case.state is ProjectState.CORRECTION_REQUESTED:
        return facts.facts_of_round(case, current(), today(), g.user, case.round)
    return facts.project_facts(case, current(), today(), g.user)


def finding(outcome: Outcome, case: Case) -> Finding:
    """An outcome in words."""
    clause, tongue = current().clause(outcome.clause), lang()
    try:
        said = clause.sentence(outcome.verdict, tongue, outcome.facts, outcome.figures)
        cure = clause.cure(tongue, outcome.facts, outcome.figures)
    except LookupError:
        # A sentence with a place no fact fills must not hide the finding.
        said, cure = clause.title(tongue), ""
    url, words = _fix(outcome, case)
    return Finding(
        severity=outcome.severity,
        verdict=outcome.verdict,
        clause=outcome.clause,
        title=clause.title(tongue),
        facts=tuple(filter(None, (said, *details(outcome, case)))),
        basis=clause.source(tongue),
        cure=cure,
        fix_url=url,
        fix=words,
    )


def details(outcome: Outcome, case: Case) -> list[str]:
    """What exactly is missing, where the clause's sentence speaks in general."""
    read = outcome.facts
    match outcome.clause:
        case "S00":
            titles = [str(application.SECTIONS[s].title) for s in _listed(read, "sections")]
            return [_("Not complete: %(what)s", what=_(", ").join(titles))] if titles else []
        case "S02":
            data = applications.data_of(applications.answers_of(case.id, case.round))
            names = [applications.field_label(f, data) for f in _listed(read, "new_faults")]
            return [_("Named for the first time: %(what)s", what=_("; ").join(names))] if names else []
        case "S01":
            answers = facts.answers_of(case.id, case.round or 1)
            names = [documents.missing_title(n, current(), answers, lang()) for n in _listed(read, "documents_missing")]
            return [_("Missing: %(what)s", what=_("; ").join(names))] if names else []
        case "S14":
            clauses = _listed(read, "findings")
            return [_("Open findings: %(what)s", what=_(", ").join(clauses))] if clauses else []
        case "S20":
            return [
                _(
                    "%(parcel)s, %(area)s: also in %(number)s",
                    parcel=o.parcel,
                    area=formats.area(o.area_mu),
                    number=o.number,
                )
                for o in facts_shown(case).overlaps
            ]
        case "S18":
            return _legal_time(read)
        case "S31":
            matters = _listed(read, "matters_unmet")
            return [_("Not met: %(what)s", what=_(", ").join(matters))] if matters else []
        case "S32":
            gates = [labels.label(word, GateName) for word in _listed(read, "gates")]
            return [_("Not closed yet: %(what)s", what=_(", ").join(gates))] if gates else []
    return _of_parcels(read)


def _of_parcels(read: Mapping[str, object]) -> list[str]:
    """Which parcels a condition of a method fails on, and of which it cannot be told."""
    short, unclear = (_(", ").join(_listed(read, key)) for key in ("short_parcels", "open_parcels"))
    return [
        *([_("Parcels that fall short: %(what)s", what=short)] if short else []),
        *([_("Parcels of which it cannot be told: %(what)s", what=unclear)] if unclear else []),
    ]


def _legal_time(read: Mapping[str, object]) -> list[str]:
    """What of the legal review is wanting."""
    if read.get("legal_opinion") is None:
        return [_("No legal opinion has been given in this round.")]
    if read.get("legal_opinion") is Conclusion.UNFAVOURABLE:
        return [_("The legal opinion is unfavourable.")]
    if read.get("working_days") is None:
        return [_("There is no record that the complete file was sent for legal review.")]
    days = formats.number(str(read["working_days"]))
    return [_("Whole working days since the file was sent: %(days)s", days=days)]


def _listed(read: Mapping[str, object], key: str) -> Sequence[str]:
    value = read.get(key)
    return [str(v) for v in value] if isinstance(value, tuple | list | frozenset | set) else []


def _fix(outcome: Outcome, case: Case) -> tuple[str, str]:
    """Where a judgement can be put right, and the words of the link."""
    number = case.number
    if outcome.clause in PANEL:
        return url_for("case.show", number=number, _anchor="panel"), _("See the expert panel")
    if outcome.clause[0] in "AXT" or outcome.clause in ("S08a", "S36"):
        if is_inside():
            return url_for("case.screening", number=number, _anchor=f"c-{outcome.clause}"), _(
                "Open the screening sheet"
            )
    elif outcome.clause == "S01":
        return url_for("case.show", number=number, _anchor="papers"), _("See the documents")
    elif outcome.clause == "S14":
        return url_for("case.show", number=number, _anchor="findings"), _("See the findings")
    elif outcome.clause == "S25":
        return url_for("case.show", number=number, _anchor="conditions"), _("See the conditions")
    elif outcome.clause in ("S09", "S11", "S12", "S15", "S37", "S38", "S39", "S66", "S67", "S69", "S71"):
        return url_for("case.show", number=number, _anchor="sitting"), _("See the sitting")
    elif outcome.clause in ("S08b", "S08c"):
        return url_for("case.show", number=number, _anchor="site-checks"), _("See the site checks")
    elif outcome.clause in ("S19", "S59", "S60", "S61", "S62"):
        return url_for("case.show", number=number, _anchor="notice"), _("See the public notice")
    elif outcome.clause in ("S18", "S30", "S31", "S63"):
        return url_for("case.show", number=number, _anchor="opinions"), _("See the opinions")
    elif outcome.clause.startswith("R") or outcome.clause == "S20":
        return url_for("case.show", number=number, _anchor=f"f-{outcome.clause}"), _("See the finding")
    return "", ""


def stopping(outcomes: Sequence[Outcome], case: Case) -> list[Finding]:
    """The outcomes that stop, in words."""
    return [finding(o, case) for o in outcomes if stops(o)]


def buttons(case: Case, known: ProjectFacts) -> list[Button]:
    """What this person may try now, exactly as the table says, but what never becomes possible again."""
    offered = (_button(row, case, known) for row in PROJECT.actions(case.state, g.roles))
    return [b for b in offered if not (b.missing and b.action in ONCE)]


def _button(row: Act, case: Case, known: ProjectFacts) -> Button:
    label = str(PREPARED.get(row.name) or labels.action_label(row.name))
    return Button(
        row.name, label, act_url(case, row.name), row.name in STOP, row.name in AHEAD, tuple(_missing(row, case, known))
    )


def _missing(row: Act, case: Case, known: ProjectFacts) -> list[str]:
    """Titles of what stops an act whatever its form will say."""
    if row.name in OPENING:
        return []
    if row.name in ("report_condition", "confirm_condition") and not conditions(case, row.name):
        return [_("There is no such condition")]
    if row.name == "close_panel" and (known.panel is None or known.panel.counted):
        return [_("No expert panel is at work")]
    if row.name == "answer_objection" and not notices.to_answer(case, notices.side_of(g.roles)):
        return [_("Nothing waits for your answer")]
    if row.name == "set_parcel_apart" and (len(known.parcels) < 2 or not requests.questionable(known)):
        return [_("No parcel is in question, or there is only one")]
    if row.name in NAMED and not NAMED[row.name](case.id):
        return [_("There is nobody to name now")]
    # Refusing an amendment is the least that can be decided; what an approval needs is said once it is tried.
    as_asked = requests.with_request(known, case, row.name, g.roles, {"approved": False}, today(), g.user)
    outcomes = (o for o in judge(row.gate, as_asked, current()) if stops(o) and o.clause not in BY_THE_FORM)
    return list(dict.fromkeys(current().clause(o.clause).title(lang()) for o in outcomes))


def conditions(case: Case, action: str) -> list[tuple[int, str]]:
    """The conditions of the approval that can be reported, or confirmed once reported: (id, words)."""
    return [
        (c.id, _("%(no)s. %(words)s", no=str(c.no), words=c.words))
        for c in case_review.conditions(case.id, facts.conditions_round(case))
        if c.confirmed_at is None and (c.reported_at is not None or action == "report_condition")
    ]


def redress(known: ProjectFacts) -> list[str]:
    """What can be done against a refusal (S23)."""
    if known.reconsideration == "asked":
        first = _("Reconsideration by the leading group has been asked for and is under way.")
    elif known.was_reopened or known.reconsideration is not None:
        first = _("The decision has been reconsidered once and stands.")
    else:
        days = formats.number(current().number("reconsideration_ask_days", known.on))
        first = _("Reconsideration by the leading group: ask within %(days)s working days.", days=days)
    return [
        first,
        _("Where the law provides for it: administrative reconsideration within 60 days of learning of the decision."),
        _("Where the law provides for it: an action before the people’s court within 6 months."),
    ]


def act_url(case: Case, action: str) -> str:
    """The page an act is taken on: the sheet, the application in preparation, or the act's own form."""
    if action in ("answer_condition", "sign_screening"):
        # One page for both: answers first, then the signature.
        return url_for("case.screening", number=case.number)
    if action in OPENING and formats.has_page("applicant.task_list"):
        return url_for("applicant.task_list", case_id=case.id)
    return url_for("case.act", number=case.number, action=action)
