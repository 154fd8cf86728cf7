"""What may be chosen in the form of each act: members of closed lists, people, organisations, meetings, findings."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from flask import g
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from registry import labels
from registry.clock import today
from registry.forms.fields import member_options, options
from registry.models import Case, GateDecision
from registry.queries import applications, meetings, notices
from registry.queries import case as ask
from registry.queries.called import Called
from registry.services import requests
from registry.services.policy import current
from registry.views import case_site_checks as site_checks
from registry.views import case_words as words
from workflows.gates import findings
from workflows.states import Advice, Choice, Conclusion, DeliveryWay, ExpertField, ObjectionOutcome, RecusalGround

Choices = Mapping[str, Sequence[SelectChoice]]

OWN_GROUNDS = tuple(g for g in RecusalGround if g is not RecusalGround.FLAWED_VOTE)
"""What a person can say of a tie; a flawed vote is found by the supervisor."""


BY_OFFICERS = tuple(w for w in DeliveryWay if w is not DeliveryWay.CONFIRMED)
"""Ways an officer records; that the decision has come the applicant says alone."""


def _of(rows: Iterable[tuple[int, str]]) -> Sequence[SelectChoice]:
    return options((str(key), says) for key, says in rows)


def _named(people: Collection[int]) -> Sequence[SelectChoice]:
    """People to choose from, each with the office held today."""
    called = Called(people)
    return _of((user_id, called(user_id, today())) for user_id in people)


def _conclusions(_case: Case) -> Choices:
    return {"conclusion": member_options(Conclusion, labels.label)}


def _table(case: Case) -> Choices:
    planned = ((m.id, meetings.title(m)) for m in meetings.still_to_be_held(case.body_id))
    return {"question": member_options(requests.questions(case.state), labels.label), "meeting": _of(planned)}


def _propose(case: Case) -> Choices:
    return {"member": _named(meetings.entitled(case.id)), "ground": member_options(OWN_GROUNDS, labels.label)}


def _bodies() -> Sequence[SelectChoice]:
    return _of((o.id, applications.organisation_name(o)) for o in applications.validation_bodies())


def _findings(case: Case) -> Choices:
    found = findings(words.facts_shown(case), current())
    return {"clause": options((o.clause, f"{o.clause} {_title(o.clause)}") for o in found)}


def _title(clause: str) -> str:
    return current().clause(clause).title(words.lang())


def _flaws(case: Case) -> Choices:
    gates = options((d.gate.value, _decided(d)) for d in ask.decided_gates(case))
    return {"gate": gates, "member": _named(meetings.voters(case))}


def _decided(gate: GateDecision) -> str:
    return _("%(gate)s: %(result)s", gate=labels.label(gate.gate), result=labels.label(gate.result))


def _ways(case: Case) -> Choices:
    return {"right_way": options((way, says) for way, says in labels.RIGHT_WAYS.items() if way != case.scheme)}


def _objections(case: Case) -> Choices:
    waiting = notices.to_answer(case, notices.side_of(g.roles))
    return {"objection_id": _of(waiting), "outcome": member_options(ObjectionOutcome, labels.label)}


def _parcels(case: Case) -> Choices:
    asked = words.facts_shown(case)
    left = (p for p in asked.parcels if p.key in requests.questionable(asked))
    return {"parcel_key": options((p.key, p.name or p.key) for p in left)}


def _others(case: Case) -> Choices:
    people = [user.id for user in ask.uninvolved(case, requests.had_part(case), today())]
    return {"people": _named(people)}


CHOICES: Mapping[str, Callable[[Case], Choices]] = {
    "vote": lambda _case: {"choice": member_options(Choice, labels.label)},
    **dict.fromkeys(("give_legal_opinion", "give_environment_opinion", "file_validation"), _conclusions),
    "give_expert_opinion": lambda _case: {"conclusion": member_options(Advice, labels.label)},
    "draw_panel": lambda _case: {"wanted": member_options(ExpertField, labels.label)},
    "table": _table,
    "declare_recusal": lambda _case: {"ground": member_options(OWN_GROUNDS, labels.label)},
    "propose_recusal": _propose,
    "decide_recusal": lambda case: {"member": _of(meetings.proposed(case.id))},
    "name_validator": lambda _case: {"organisation_id": _bodies()},
    "name_verifier": lambda _case: {"verifier_id": _bodies()},
    "answer_finding": _findings,
    "find_flaw": _flaws,
    "decline": _ways,
    "report_condition": lambda case: {"condition_id": _of(words.conditions(case, "report_condition"))},
    "confirm_condition": lambda case: {"condition_id": _of(words.conditions(case, "confirm_condition"))},
    "record_site_check": lambda case: site_checks.choices("record_site_check", case, g.user),
    "sign_site_check": lambda case: site_checks.choices("sign_site_check", case, g.user),
    "answer_objection": _objections,
    "set_parcel_apart": _parcels,
    "record_delivery": lambda _case: {"way": member_options(BY_OFFICERS, labels.label)},
    **dict.fromkeys(("uphold", "reopen"), _others),
}
"""Action → field → what may be chosen; an act that is not here offers nothing."""


def choices(action: str, case: Case) -> Choices:
    """What may be chosen in the form of an act on a case now."""
    return CHOICES[action](case) if action in CHOICES else {}
