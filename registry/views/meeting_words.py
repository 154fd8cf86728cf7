"""What the acts of a meeting mean, and what stops them, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import g, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from registry import formats, labels
from registry.clock import today
from registry.forms.meetings import FORMS
from registry.models import Meeting
from registry.services import meetings, minutes
from registry.services.policy import current
from registry.views.case_words import Finding, lang
from workflows.gates import stops
from workflows.meeting import MEETING, judge
from workflows.roles import Role
from workflows.rules import Outcome

STOP = frozenset({"call_off"})
AHEAD = ("open_meeting", "close_meeting")

MEANS: Mapping[str, LazyString] = {
    "open_meeting": _l(
        "The meeting begins, and you preside over it. The roll is noted next; then you put each question."
    ),
    "close_meeting": _l("Every item has been decided, adjourned or taken off. The minutes are drawn up next."),
    "call_off": _l("The meeting does not take place. Its number is not given again."),
    "change_meeting": _l(
        "The members are told; the applicants too where the day changes. Where the group is another one on the new "
        "day, its items are tabled anew for the members of that day. Who stood aside stands aside."
    ),
    "note_attendance": _l(
        "Who is in the room decides whether there is a quorum, and who may vote. Every line of the roll is kept."
    ),
}
UNDO: Mapping[str, LazyString] = {
    "call_off": _l("A meeting that was called off cannot be taken up again; plan another.")
}


@dataclass(frozen=True, slots=True)
class Button:
    """An act on a meeting open to this person; `missing` are the titles of what still stops it."""

    action: str
    label: str
    url: str
    stop: bool
    ahead: bool
    missing: tuple[str, ...]


def buttons(meeting: Meeting, roles: frozenset[Role]) -> list[Button]:
    """What this person may try now, exactly as the table says."""
    known = meetings.facts(meeting, today(), minutes.facts(meeting, g.user))
    found = []
    for row in (r for r in MEETING.actions(meeting.state, roles) if r.name in FORMS):
        stopping = [o.clause for o in judge(row.gate, known, current()) if stops(o)]
        found.append(
            Button(
                row.name,
                labels.action_label(row.name),
                url_for("meeting.act", meeting_id=meeting.id, action=row.name),
                row.name in STOP,
                row.name in AHEAD,
                tuple(current().clause(c).title(lang()) for c in stopping),
            )
        )
    return found


def stopping(outcomes: Sequence[Outcome], meeting: Meeting) -> list[Finding]:
    """The outcomes that stop an act on a meeting, in words."""
    return [_finding(o, meeting) for o in outcomes if stops(o)]


def _finding(outcome: Outcome, meeting: Meeting) -> Finding:
    clause, tongue = current().clause(outcome.clause), lang()
    read = {**outcome.facts, "held_on": formats.day(meeting.held_on)}
    return Finding(
        severity=outcome.severity,
        verdict=outcome.verdict,
        clause=outcome.clause,
        title=clause.title(tongue),
        facts=(clause.sentence(outcome.verdict, tongue, read, outcome.figures),),
        basis=clause.source(tongue),
        cure=clause.cure(tongue, read, outcome.figures),
    )
