"""Who somebody is to a case, and what becomes of a meeting; it imports nothing of ours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.proof.case import GROUP, Case, Meeting, Person, Sitting
from tests.proof.table import MEETING

TO_COME = {"planned", "in_session"}


@dataclass
class Bureau:
    """People, cases, meetings, and the counters of the numbers."""

    people: dict[str, Person]
    experts: list[str] = field(default_factory=list)
    """In the order of every draw."""
    cases: list[Case] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    today: int = 0
    numbers: int = 0
    entry_numbers: int = 0

    # Who somebody is ------------------------------------------------------------------------------------

    def parties(self, case: Case) -> set[str]:
        return ({"org"} if not case.person else set()) | ({"vvb"} if case.number else set())

    def of_a_party(self, case: Case, who: str) -> bool:
        return bool(self.people[who].orgs.keys() & self.parties(case)) or (case.person and who == "owner")

    def roles(self, case: Case, who: str | None) -> set[str]:
        if who is None:
            return {"system"}
        if who == "anybody":
            return {"public"} if case.on_notice else set()
        person, roles = self.people[who], set()
        if ("org" in person.orgs and not case.person) or (case.person and who == "owner"):
            roles.add("proponent")
        if "vvb" in person.orgs and case.number:
            roles.add("vvb")
        if self.of_a_party(case, who) or person.office is None:
            return roles
        seat = person.office not in {"member", "deputy_chair"} or who in case.seated
        panel = case.at_work()
        seat = seat and (person.office != "expert" or bool(panel and who in panel.sitting))
        if person.office in GROUP and who in case.aside:
            return roles
        if seat and (person.office != "eco_env" or (case.number and case.scheme == "local_ticket")):
            roles.add(person.office)
        if case.sitting and self.may_preside(case, case.sitting, who):
            roles.add("chair")
        return roles

    def may_preside(self, case: Case, s: Sitting, who: str) -> bool:
        """Whoever put the question, before that whom the tabling named; a deputy in the room where that one may not."""
        head = s.called_by or s.head
        away = s.meeting.state == "in_session" and head not in s.meeting.room
        fit = head is not None and head not in s.recused and not self.of_a_party(case, head) and not away
        stands_in = self.people[who].office == "deputy_chair" and who in s.meeting.room and not fit
        return who in s.members and (who == head or stands_in)

    def first_head(self, members: Iterable[str]) -> str | None:
        offices = {self.people[w].office: w for w in reversed(list(members))}
        return offices.get("chair") or offices.get("deputy_chair")

    def presides(self, s: Sitting, less: Iterable[str] = ()) -> str | None:
        """The one who presides: of those entitled (in the room, once in session), the caller, else the first head."""
        able = s.here() if s.meeting.state == "in_session" else s.entitled()
        able = [w for w in able if w not in less]
        return s.called_by if s.called_by in able else self.first_head(able)

    def electorate(self, case: Case) -> tuple[str, ...]:
        """The group less whoever belongs to a party, or stood aside before."""
        group = [w for w, p in self.people.items() if p.office in GROUP]
        return tuple(w for w in group if not self.of_a_party(case, w) and w not in case.aside)

    def to_come(self) -> int | None:
        """The last meeting a case can be tabled for."""
        found = [n for n, m in enumerate(self.meetings) if m.state in TO_COME]
        return found[-1] if found else None

    # Meetings -------------------------------------------------------------------------------------------

    def plan(self) -> None:
        self.meetings.append(Meeting(self.today))

    def judge_meeting(self, number: int, action: str, who: str | None, seen: int | None) -> Any:
        """The same answers for an act on a meeting."""
        meeting, (leads, by) = self.meetings[number], MEETING[action]
        office = self.people[who].office if who else "system"
        if office is None:
            return "not_visible"
        if seen is not None and seen != meeting.version:
            return "stale"
        if meeting.state not in leads or office not in by:
            return "not_open"
        if action == "open_meeting" and (not meeting.items or meeting.held > self.today):
            return frozenset({"S72"})
        return frozenset({"S73"}) if action in {"close_meeting", "call_off"} and meeting.open_items else "ok"

    def take_meeting(self, number: int, action: str, data: Mapping[str, Any]) -> None:
        meeting = self.meetings[number]
        meeting.state = MEETING[action][0][meeting.state]
        meeting.version += 1
        if action == "note_attendance":
            meeting.room = {w for w in data["present"] if self.people[w].office in GROUP}
        if action == "change_meeting":
            meeting.held = self.today + data["days"]
