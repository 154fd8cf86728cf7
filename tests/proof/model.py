"""What the registry should do, told in plain Python on plain values; it imports nothing of ours.

A person asks for an act; `judge` says what must come of it, `take` moves the model. The tests ask the registry the
same and compare.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.proof import clocks
from tests.proof.case import (
    FIELD,
    FRESH,
    GROUP,
    LEAST,
    OFFICERS,
    RECONSIDERERS,
    REVIEW_DAYS,
    Case,
    Gate,
    Meeting,
    Notice,
    Person,
    Raised,
    Sitting,
    last_day_of_notice,
    read,
)
from tests.proof.panel import WORKS_IN, Panel, can_be_drawn
from tests.proof.table import GATES, MEETING, ROLES, ROWS, SEES, STAGES

TO_COME = {"planned", "in_session"}

ASKED_IN = {"validation", "registration", "amendment_review"}
"""Where objections are looked at."""


@dataclass
class Model:
    """The city: people, cases, and the counters of the numbers."""

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

    def perform(self, case: Case, action: str, who: str | None, data: Mapping[str, Any]) -> None:
        """Any request that is ok: on the case, on a meeting, or for a new meeting."""
        if action == "plan":
            self.plan()
        elif action in MEETING:
            self.take_meeting(data["on"], action, data)
        else:
            self.take(case, action, who, data)

    # What must come of an act ---------------------------------------------------------------------------

    def judge(self, case: Case, action: str, who: str | None, seen: int | None, data: Mapping[str, Any]) -> Any:
        """`ok`, `not_visible`, `stale`, `not_open`, or the clauses that stop the act."""
        roles = self.roles(case, who)
        if who == "anybody" and not roles:
            return "not_visible"
        if who not in {None, "anybody"} and not any(case.state in SEES.get(r, ()) for r in roles):
            return "not_visible"
        if seen is not None and seen != case.version:
            return "stale"
        row = ROWS.get((action, case.state))
        if row is None or not row.by & roles:
            return "not_open"
        return self.stops(case, action, who, roles, data) or "ok"

    def stops(  # noqa: PLR0912, PLR0915 (one branch an act: it reads like the table it checks)
        self, case: Case, action: str, who: str | None, roles: set[str], data: Mapping[str, Any]
    ) -> frozenset[str]:
        c, system = case, who is None
        sitting = c.sitting if c.sitting and c.sitting.question == self.question(c, action) else None
        tests = {
            "quorum": {"S11": not system and (sitting is None or not sitting.quorate())},
            "majority": {"S15": not system and (sitting is None or not sitting.carried())},
            "head": {"S71": not system and (sitting is None or self.presides(sitting) != who)},
            "clock": {"S40": system and not clocks.passed(c, action, self.today)},
            "tabled": {"S43": c.sitting is not None},
            "entry": {"S44": not c.entries},
            "no_entry": {"S45": bool(c.entries)},
        }

        def all_of(*names: str) -> dict[str, bool]:
            return {clause: stop for name in names for clause, stop in tests[name].items()}

        land = c.rounds.get(c.shown(), FRESH)
        # The dispute the applicant tells of is about the second parcel.
        block = land["disputed"] and "p2" in c.left(c.shown())
        agenda = {"S14": block, "S18": c.collective and not self._reviewed(c)}
        sheet = self._sheet(c)
        notice = c.on_notice.get(c.round)
        disputed = {"S19": bool(c.in_dispute())}
        validated = {
            "S59": notice is None or not notice.ended,
            "S60": c.unanswered() > 0,
            "S63": c.scheme == "ccer" and c.opinion("validation") is None,
            **disputed,
            "S31": c.opinion("validation") != "favourable",
            "S30": c.scheme == "local_ticket" and c.opinion("environment") in {None, "unfavourable"},
        }
        match action:
            case "submit" | "resubmit" | "amend":
                found = self._submission(c) | (all_of("tabled") if action == "amend" else {})
                answered = action == "resubmit" and bool(data.get("words"))
                found |= {"S50": action != "submit" and self._unchanged(c) and not answered}
            case "accept":
                found = {"S01": land["missing"]}
            case "request_correction":
                found = all_of("tabled") | {"S02": bool(self._new_faults(c, data)) and not data.get("late_reason")}
            case "pass_screening":
                found = sheet | all_of("tabled")
            case "approve_risk":
                found = agenda | all_of("head", "quorum", "majority")
            case "pass_validation":
                found = validated | all_of("tabled")
            case "register":
                open_ = any(s != "confirmed" for s in c.conditions.get(c.approval_round(), ()))
                found = {"S32": not c.passed() >= set(GATES[:4]), "S14": block, "S25": open_}
                found |= disputed | all_of("head", "quorum", "majority")
            case "reject":
                found = all_of("head", "quorum")
            case "suspend":
                found = all_of("clock", *(("head", "quorum", "majority") if c.state == "registered" else ()))
            case "resume":
                unmet = c.suspended_by == "system" and clocks.unmet(c, self.today)
                found = {"S42": c.suspended_by == "chair" and "chair" not in roles, "S54": unmet}
            case "withdraw":
                found = all_of("tabled", "no_entry")
            case "decide_amendment":
                found = all_of("head", "quorum")
                if data["approved"]:
                    done = c.passed()
                    found |= all_of("majority") | agenda | disputed
                    found |= {} if "acceptance" in done else {"S01": land["missing"]}
                    found |= {} if "screening" in done else sheet
                    found |= {} if "validation" in done else validated
            case "revoke":
                found = all_of("entry", "head", "quorum", "majority")
            case "close":
                found = all_of("clock", "entry" if c.state == "suspended" else "tabled")
            case "decline" | "withdraw_amendment":
                found = all_of("tabled")
            case "deem_accepted" | "lapse":
                found = all_of("clock")
            case "reopen" | "uphold":
                people = set(data["people"])
                found = {
                    "S46": c.reopened or c.recon.get(c.round) != "asked",
                    "S24": len(people) != RECONSIDERERS or bool(people & c.had_part),
                }
            case "request_reconsideration":
                found = {"S46": c.reopened or c.round in c.recon or clocks.over(c, "ask", self.today)}
            case "ask_extension":
                found = {"S51": not clocks.may_ask(c, self.today)}
            case "extend":
                found = {"S52": not clocks.may_extend(c)}
            case "record_delivery" | "confirm_receipt":
                found = {"S77": not clocks.may_deliver(c, self.today, data.get("days", 0))}
            case "remind":
                found = {"S21": clocks.reminder(c, data["of"], self.today) != data["kind"]}
            case "recount":
                found = {"S53": True}  # within the years whose notice is known nothing changes
            case "sign_screening":
                own = c.sheets.get((c.round, str(who)), {})
                found = {"S36": who in c.standing() or set(own) != {"rest", "one"}}
            case "sign_site_check":
                now = dict(c.checks_now().values())
                found = {"S08c": who in now.get(data["check"], {who})}
            case "send_for_legal_review":
                found = all_of("tabled")
            case "table":
                found = {"S37": c.sitting is not None or len(self.electorate(c)) < LEAST}
                for_one = data["meeting"] is not None and self.meetings[data["meeting"]].state in TO_COME
                found |= {"S68": not for_one, "S70": data["question"] not in questions(c.state)}
                found |= agenda if c.state in {"risk_review", "registration"} else {}
                found |= all_of("entry") if c.state == "suspended" else {}
            case "reseat":
                found = {"S76": True}  # the group is the same on every day
            case "untable" | "adjourn":
                found = {"S38": c.sitting is None or bool(c.sitting.votes and not self._pointless(c.sitting))}
            case "vote" | "declare_recusal" | "propose_recusal" | "decide_recusal" | "call_vote" if c.sitting is None:
                always = {
                    "vote": ("S39", "S66", "S67"),
                    "declare_recusal": ("S09",),
                    "call_vote": ("S69", "S71", "S11"),
                }
                found = dict.fromkeys(always.get(action, ("S65",)), True)
            case "vote" | "declare_recusal" | "propose_recusal" | "decide_recusal" | "call_vote":
                found = self._in_the_room(c, c.sitting, action, str(who), data)
            case "find_flaw":
                gate = c.gates.get((c.round, data["gate"]))
                member, votes = data["member"], gate and c.decided.get((gate.origin, data["gate"]), {})
                found = {"S75": votes is None or bool(member and member not in votes)}
            case "draw_panel":
                drawn = can_be_drawn(data["size"], self.experts, self.tied_experts(c))
                found = {"S56": c.panel() is not None, "S55": not drawn}
            case "refuse_seat" | "give_expert_opinion":
                panel = c.at_work()
                found = {"S57": panel is None or who in panel.said or not data.get("independent", True)}
            case "close_panel":
                panel = c.at_work()
                finished = panel is not None and panel.complete(lambda w: self.of_a_party(c, w))
                found = {"S58": panel is None or not (finished or bool(data["words"]))}
            case "set_parcel_apart":
                left = c.left(c.shown())
                questionable = c.in_dispute() if c.state in ASKED_IN else set()
                questionable |= {"p2"} if block else set()
                found = {"S19a": data["parcel_key"] not in left & questionable or len(left) < 2}
            case "open_notice":
                found = {"S62": notice is not None}
            case "object":
                found = {"S64a": notice is None or notice.ended or self.today > notice.last}
            case "close_notice":
                found = {"S61": notice is None or notice.ended or self.today <= notice.last, "S60": c.unanswered() > 0}
            case "answer_objection":
                found = {"S64b": not self._to_answer(c, roles, data)}
            case "name_verifier":
                found = {"S28": data["body"] == "vvb"}
            case "report_condition" | "confirm_condition":
                now = self._condition(c, data)
                found = {"S49": now not in (("open", "reported") if action == "report_condition" else ("reported",))}
            case _:
                found = {}
        return frozenset(clause for clause, stop in found.items() if stop)

    def tied_experts(self, case: Case) -> frozenset[str]:
        return frozenset(w for w in self.experts if self.of_a_party(case, w))

    def waits_for_days(self, case: Case) -> bool:
        """Whether the notice of a case could be ended but for its days."""
        notice = case.on_notice.get(case.round)
        return notice is not None and not notice.ended and self.today <= notice.last

    def _to_answer(self, c: Case, roles: set[str], data: Mapping[str, Any]) -> bool:
        if data["place"] >= len(c.raised):
            return False
        raised = c.raised[data["place"]]
        return raised.officer is None if "case_officer" in roles else not raised.applicant

    def _in_the_room(self, c: Case, s: Sitting, action: str, who: str, data: Mapping[str, Any]) -> dict[str, bool]:
        """What stops an act of an open sitting, from its place on the agenda to its last vote."""
        may = who in s.entitled()
        match action:
            case "vote":
                others = set(s.silent()) - {who}
                last = self.presides(s) == who and bool(others)
                return {
                    "S39": not may or who in s.votes,
                    "S66": s.called_by is None,
                    "S67": not may or who not in s.meeting.room,
                    "S12": may and last,
                }
            case "declare_recusal":
                return {"S09": not may or who in s.votes}
            case "call_vote":
                tied = self.tied(c, s)
                left = [w for w in s.entitled() if w not in tied]
                here = [w for w in left if w in s.meeting.room]
                return {
                    "S69": s.meeting.state != "in_session" or s.called_by is not None,
                    "S71": self.presides(s, tied) != who,
                    "S11": len(here) < max(-(-len(left) * 2 // 3), LEAST),
                }
        member = data["member"]
        fits = member in s.entitled() and member not in s.votes
        if action == "propose_recusal":
            return {"S65": not fits or member in s.proposed}
        waits = member in s.proposed and s.proposed[member] is None
        competent = self.presides(s) in {who, member} and who != member
        return {"S65": not (fits and waits and competent)}

    def tied(self, c: Case, s: Sitting) -> list[str]:
        """Those in whom a tie has come up since the case was tabled."""
        return [w for w in s.entitled() if self.of_a_party(c, w) and w not in s.votes]

    def question(self, case: Case, action: str) -> str | None:
        """What a sitting must have been asked for an act to rest on it."""
        if action in {"approve_risk", "register", "reject"}:
            return GATES[STAGES.index(case.state)] if case.state in STAGES else None
        return {"suspend": "suspension", "revoke": "revocation", "decide_amendment": "amendment"}.get(action)

    def _submission(self, c: Case) -> dict[str, bool]:
        if c.prep is None:
            return {"S00": True, "R34": True, "A02": True}  # nothing was prepared
        ccer = c.scheme == "ccer"
        return {"S00": c.prep["undone"], "R34": ccer and c.person, "A02": ccer and c.prep["corridor"]}

    def _unchanged(self, c: Case) -> bool:
        said = {part for part in FRESH if part != "undone"}
        return c.prep is None or all(c.prep[p] == c.rounds[c.shown()][p] for p in said)

    def _reviewed(self, c: Case) -> bool:
        tabled = c.sitting.opened if c.sitting else self.today
        return c.opinion("legal") not in {None, "unfavourable"} and c.reviewed_in_time(REVIEW_DAYS, tabled)

    def _sheet(self, c: Case) -> dict[str, bool]:
        standing = c.standing()
        agreed = all(c.sheets[c.round, w] == {"rest": "met", "one": "met"} for w in standing)
        short = any(len(signed) < OFFICERS for _, signed in c.checks_now().values())
        found = {"S08b": short, "S08a": len(standing) < OFFICERS, "sheet": len(standing) < OFFICERS or not agreed}
        panel = c.panel()
        accepted = panel is not None and panel.result == "accepted"
        exempt = len(standing) >= OFFICERS and all(c.sheets[c.round, w].get("rest") == "met" for w in standing)
        found["S16"] = c.scheme == "ccer" and not exempt and not accepted
        return found | {"T07": c.scheme == "local_ticket" and not accepted}

    def _pointless(self, sitting: Sitting) -> bool:
        """A sitting that can only refuse, is lost, or that nobody can decide is taken off though it was voted on."""
        lost = sitting.question in {"revocation", "suspension"} and sitting.lost()
        emptied = sitting.called_by is not None and len(sitting.votes) + len(sitting.silent()) < sitting.quorum()
        headless = self.first_head(sitting.entitled()) is None
        return sitting.question in {"screening", "validation"} or lost or emptied or headless

    def _new_faults(self, c: Case, data: Mapping[str, Any]) -> set[str]:
        told = {f for r, fields in c.notices.items() if r < c.round for f in fields}
        if not any(r < c.round for r in c.notices):
            return set()
        new, old = c.rounds[c.round], {**c.rounds[c.round - 1], "uploaded": False}
        changed = {f for f, parts in FIELD.items() if any(new[p] != old[p] for p in parts)}
        return set(data["faults"]) - told - changed

    def _condition(self, c: Case, data: Mapping[str, Any]) -> str | None:
        round_no, place = data["condition"]
        known = c.conditions.get(round_no, ())
        return known[place] if place < len(known) else None

    # What an act does -----------------------------------------------------------------------------------

    def take(self, case: Case, action: str, who: str | None, data: Mapping[str, Any]) -> None:
        """Move the case as an act that was judged ok moves it."""
        c, row, before = case, ROWS[action, case.state], case.state
        role = next(r for r in ROLES if r in row.by & self.roles(c, who))
        to = self._to(c, row)
        leaves = c.at_work() if row.to != "-" and before in WORKS_IN else None
        getattr(self, f"_do_{action}", lambda *_: None)(c, who, data, to)
        if leaves is not None:
            leaves.result = "broken_off"
        waits = {"find_flaw": STAGES[GATES.index(data["gate"])]} if action == "find_flaw" else {}
        if row.to != "-":
            c.state = to
            keeps = action in {"decline", "request_correction", "reject", "suspend"}
            c.returns_to = waits.get(action) or (before if keeps else None)
        if action in {"suspend", "find_flaw"}:
            c.suspended_by = role
        elif before == "suspended" and row.to != "-":
            c.suspended_by = None
        c.version += not row.own
        clocks.move(c, action, before, self.today, data)
        if who not in {None, "anybody"}:
            c.had_part.add(str(who))
        named = None if who == "anybody" else who
        c.log.append((f"project:{action}", named, role, c.round, before, c.state, c.version))

    def _to(self, c: Case, row: Any) -> str:
        if row.to == "back":
            return str(c.returns_to)
        if row.to.startswith("next"):
            latest = row.to.partition("<")[2] or str(c.returns_to)
            first = STAGES[min(len(c.carried(c.prep or FRESH)), len(STAGES) - 1)]
            return min(first, latest, key=STAGES.index)
        return c.state if row.to == "-" else str(row.to)

    def _round(self, c: Case, content: Mapping[str, Any], to: str) -> None:
        """Open a round on these answers; gates before the stage it goes to carry over."""
        keeps = c.carried(content)
        keeps = keeps[: STAGES.index(to)] if to in STAGES else keeps
        old, c.round = c.round, c.round + 1
        c.rounds[c.round], c.opened[c.round] = dict(content), self.today
        for name in keeps:
            gate = c.gates[old, name]
            c.gates[c.round, name] = Gate(True, gate.read, gate.origin)
        if to == "submitted":
            c.accepted_on = None

    def _close(self, c: Case, gate: str, passed: bool = True) -> None:
        if c.sitting and (gate in {"risk_review", "registration"} or not passed):
            c.decided.setdefault((c.round, gate), dict(c.sitting.votes))
        c.gates.setdefault((c.round, gate), Gate(passed, read(gate, c.rounds[c.round]), c.round))

    def _handed_in(self, c: Case, to: str) -> None:
        assert c.prep is not None
        self._round(c, c.prep, to)
        c.prep = None

    def _do_submit(self, c: Case, who: Any, data: Any, to: str) -> None:
        self.numbers += 1
        c.number = self.numbers
        self._handed_in(c, to)

    def _do_resubmit(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._handed_in(c, to)

    _do_amend = _do_resubmit

    def _again(self, c: Case, to: str) -> None:
        """A round the bureau opens: on the answers that stood, not on what the applicant is preparing."""
        self._round(c, {**c.rounds[c.round], "uploaded": False}, to)

    def _do_accept(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._close(c, "acceptance")
        c.accepted_on = c.opened[c.round]

    def _do_pass_screening(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._close(c, "screening")

    def _do_approve_risk(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._close(c, "risk_review")
        c.conditions[c.round] = ["open"] * data.get("conditions", 0)
        self._over(c)

    def _do_pass_validation(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._close(c, "validation")

    def _do_register(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._close(c, "registration")
        if c.entry_number is None:
            self.entry_numbers += 1
            c.entry_number = self.entry_numbers
        c.entries.append(c.round)
        self._over(c)

    def _do_decide_amendment(self, c: Case, who: Any, data: Any, to: str) -> None:
        if data["approved"]:
            for gate in GATES:
                self._close(c, gate)
            c.entries.append(c.round)
        self._over(c)

    def _do_reject(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._close(c, GATES[STAGES.index(c.state)], passed=False)
        self._over(c)

    def _ends_the_sitting(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._over(c)

    def _do_adjourn(self, c: Case, who: Any, data: Any, to: str) -> None:
        sitting = c.sitting
        assert sitting is not None
        c.unheard = sitting.meeting.state == "in_session" and len(sitting.here()) < sitting.quorum()
        self._over(c)

    _do_untable = _do_suspend = _do_revoke = _do_close = _ends_the_sitting
    _do_withdraw_amendment = _ends_the_sitting

    def _over(self, c: Case) -> None:
        if c.sitting:
            c.sitting.meeting.open_items -= 1
        c.sitting = None

    def _do_find_flaw(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._over(c)
        c.aside |= {data["member"]} - {None}

    def _do_resume(self, c: Case, who: Any, data: Any, to: str) -> None:
        if c.suspended_by == "supervisor":
            self._again(c, to)

    def _do_reopen(self, c: Case, who: Any, data: Any, to: str) -> None:
        c.recon[c.round] = data["outcome"]
        c.reopened = True
        self._again(c, to)

    def _do_uphold(self, c: Case, who: Any, data: Any, to: str) -> None:
        c.recon[c.round] = "upheld"

    def _do_request_reconsideration(self, c: Case, who: Any, data: Any, to: str) -> None:
        c.recon[c.round] = "asked"

    def _do_request_correction(self, c: Case, who: Any, data: Any, to: str) -> None:
        assert c.round not in c.notices
        c.notices[c.round] = tuple(data["faults"])

    def _do_answer_condition(self, c: Case, who: Any, data: Any, to: str) -> None:
        given = {part: data[part] for part in ("rest", "one") if data.get(part)}
        c.sheets[c.round, who] = {**c.sheets.get((c.round, who), {}), **given}

    def _do_sign_screening(self, c: Case, who: Any, data: Any, to: str) -> None:
        c.signed.append((c.round, who, dict(c.sheets[c.round, who])))

    def _do_record_site_check(self, c: Case, who: Any, data: Any, to: str) -> None:
        known = {place: no for no, (place, _) in c.checks_now().items()}
        no = known.get(data["corrects"]) or max((n for _, n, _ in c.checks), default=0) + 1
        c.checks.append((c.round, no, {who}))

    def _do_sign_site_check(self, c: Case, who: Any, data: Any, to: str) -> None:
        c.checks[data["check"]][2].add(who)

    def _do_send_for_legal_review(self, c: Case, who: Any, data: Any, to: str) -> None:
        c.sent.append((c.round, self.today))

    def _do_give_legal_opinion(self, c: Case, who: Any, data: Any, to: str) -> None:
        c.opinions.append((c.round, "legal", data["conclusion"], bool(data.get("time_sufficient"))))

    def _do_file_validation(self, c: Case, who: Any, data: Any, to: str) -> None:
        c.opinions.append((c.round, "validation", data["conclusion"], False))

    def _do_give_environment_opinion(self, c: Case, who: Any, data: Any, to: str) -> None:
        c.opinions.append((c.round, "environment", data["conclusion"], False))

    def _do_table(self, c: Case, who: Any, data: Any, to: str) -> None:
        members, meeting = self.electorate(c), self.meetings[data["meeting"]]
        c.sitting = Sitting(data["question"], members, self.first_head(members), meeting, self.today)
        meeting.items, meeting.open_items = meeting.items + 1, meeting.open_items + 1
        c.seated |= set(members)
        c.had_part |= set(members)
        c.aside |= {w for w, p in self.people.items() if p.office in GROUP and w not in members}

    def _do_call_vote(self, c: Case, who: Any, data: Any, to: str) -> None:
        assert c.sitting is not None
        for member in self.tied(c, c.sitting):
            self._stands_aside(c, member)
        c.sitting.called_by = who

    def _stands_aside(self, c: Case, member: str) -> None:
        assert c.sitting is not None
        c.sitting.recused.add(member)
        c.aside.add(member)

    def _do_declare_recusal(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._stands_aside(c, who)

    def _do_propose_recusal(self, c: Case, who: Any, data: Any, to: str) -> None:
        assert c.sitting is not None
        c.sitting.proposed[data["member"]] = None

    def _do_decide_recusal(self, c: Case, who: Any, data: Any, to: str) -> None:
        assert c.sitting is not None
        c.sitting.proposed[data["member"]] = data["upheld"]
        if data["upheld"]:
            self._stands_aside(c, data["member"])

    def _do_vote(self, c: Case, who: Any, data: Any, to: str) -> None:
        assert c.sitting is not None
        c.sitting.votes[who] = data["choice"]

    def _do_draw_panel(self, c: Case, who: Any, data: Any, to: str) -> None:
        ticket = c.scheme == "local_ticket"
        panel = Panel(c.round, data["size"], ticket, self.experts, self.tied_experts(c))
        panel.fill()
        c.panels.append(panel)

    def _do_refuse_seat(self, c: Case, who: Any, data: Any, to: str) -> None:
        panel = c.at_work()
        assert panel is not None
        panel.leave(who, lambda w: self.of_a_party(c, w))

    def _do_give_expert_opinion(self, c: Case, who: Any, data: Any, to: str) -> None:
        panel = c.at_work()
        assert panel is not None
        panel.said[who] = data["conclusion"]

    def _do_close_panel(self, c: Case, who: Any, data: Any, to: str) -> None:
        panel = c.at_work()
        assert panel is not None
        panel.end(lambda w: self.of_a_party(c, w))

    def _do_open_notice(self, c: Case, who: Any, data: Any, to: str) -> None:
        c.on_notice[c.round] = Notice(last_day_of_notice(self.today))

    def _do_object(self, c: Case, who: Any, data: Any, to: str) -> None:
        c.raised.append(Raised(c.round, data["tenure"], data["parcel"]))

    def _do_answer_objection(self, c: Case, who: Any, data: Any, to: str) -> None:
        raised = c.raised[data["place"]]
        if "case_officer" in self.roles(c, who):
            raised.officer = data["outcome"]
        else:
            raised.applicant = True

    def _do_close_notice(self, c: Case, who: Any, data: Any, to: str) -> None:
        c.on_notice[c.round].ended = True

    def _do_set_parcel_apart(self, c: Case, who: Any, data: Any, to: str) -> None:
        c.apart[data["parcel_key"]] = c.round

    def _do_report_condition(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._mark(c, data, "reported")

    def _do_confirm_condition(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._mark(c, data, "confirmed")

    def _mark(self, c: Case, data: Any, word: str) -> None:
        round_no, place = data["condition"]
        c.conditions[round_no][place] = word


def questions(state: str) -> Iterable[str]:
    """What a sitting may be asked in a state."""
    if state in STAGES[1:]:
        return (GATES[STAGES.index(state)],)
    return {
        "registered": ("revocation", "suspension"),
        "amendment_review": ("amendment", "revocation"),
        "suspended": ("revocation",),
    }.get(state, ())
