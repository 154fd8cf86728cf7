"""What the registry should do, told in plain Python on plain values; it imports nothing of ours.

A person asks for an act; `judge` says what must come of it, `take` moves the model. The tests ask the registry the
same and compare.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

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
    Person,
    Sitting,
    read,
)
from tests.proof.table import GATES, ROLES, ROWS, SEES, STAGES


@dataclass
class Model:
    """The city: people, cases, and the counters of the numbers."""

    people: dict[str, Person]
    cases: list[Case] = field(default_factory=list)
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
        person, roles = self.people[who], set()
        if ("org" in person.orgs and not case.person) or (case.person and who == "owner"):
            roles.add("proponent")
        if "vvb" in person.orgs and case.number:
            roles.add("vvb")
        if self.of_a_party(case, who) or person.office is None:
            return roles
        seat = person.office not in {"member", "deputy_chair"} or who in case.seated
        if seat and (person.office != "eco_env" or (case.number and case.scheme == "local_ticket")):
            roles.add(person.office)
        if case.sitting and case.sitting.presides == who:
            roles.add("chair")
        return roles

    def electorate(self, case: Case) -> tuple[tuple[str, ...], str | None]:
        """The group less whoever belongs to a party, and who presides."""
        group = [w for w, p in self.people.items() if p.office in GROUP]
        members = tuple(w for w in group if not self.of_a_party(case, w))
        for office in ("chair", "deputy_chair"):
            heads = [w for w in members if self.people[w].office == office]
            if heads:
                return members, heads[0]
        return members, None

    # What must come of an act ---------------------------------------------------------------------------

    def judge(self, case: Case, action: str, who: str | None, seen: int | None, data: Mapping[str, Any]) -> Any:
        """`ok`, `not_visible`, `stale`, `not_open`, or the clauses that stop the act."""
        roles = self.roles(case, who)
        if who is not None and not any(case.state in SEES.get(r, ()) for r in roles):
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
            "clock": {"S40": system},  # no clock runs yet: what it waits for is unknown
            "tabled": {"S43": c.sitting is not None},
            "entry": {"S44": not c.entries},
            "no_entry": {"S45": bool(c.entries)},
        }

        def all_of(*names: str) -> dict[str, bool]:
            return {clause: stop for name in names for clause, stop in tests[name].items()}

        land = c.rounds.get(c.shown(), FRESH)
        agenda = {"S14": land["disputed"], "S18": c.collective and not self._reviewed(c)}
        sheet = self._sheet(c)
        validated = {
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
                found = agenda | all_of("quorum", "majority")
            case "pass_validation":
                found = validated | all_of("tabled")
            case "register":
                open_ = any(s != "confirmed" for s in c.conditions.get(c.approval_round(), ()))
                found = {"S32": not c.passed() >= set(GATES[:4]), "S14": land["disputed"], "S25": open_}
                found |= all_of("quorum", "majority")
            case "reject":
                found = all_of("quorum")
            case "suspend":
                found = all_of("clock", *(("quorum", "majority") if c.state == "registered" else ()))
            case "resume":
                found = {"S42": c.suspended_by == "chair" and "chair" not in roles}
            case "withdraw":
                found = all_of("tabled", "no_entry")
            case "decide_amendment":
                found = all_of("quorum")
                if data["approved"]:
                    done = c.passed()
                    found |= all_of("majority") | agenda
                    found |= {} if "acceptance" in done else {"S01": land["missing"]}
                    found |= {} if "screening" in done else sheet
                    found |= {} if "validation" in done else validated
            case "revoke":
                found = all_of("entry", "quorum", "majority")
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
                found = {"S46": c.reopened or c.round in c.recon}
            case "sign_screening":
                own = c.sheets.get((c.round, str(who)), {})
                found = {"S36": who in c.standing() or set(own) != {"rest", "one"}}
            case "sign_site_check":
                now = dict(c.checks_now().values())
                found = {"S08c": who in now.get(data["check"], {who})}
            case "send_for_legal_review":
                found = all_of("tabled")
            case "table":
                found = {"S37": c.sitting is not None or len(self.electorate(c)[0]) < LEAST}
                found |= agenda if c.state in {"risk_review", "registration"} else {}
                found |= all_of("entry") if c.state == "suspended" else {}
            case "untable":
                found = {"S38": c.sitting is None or bool(c.sitting.votes and not self._pointless(c.sitting))}
            case "vote":
                found = {"S39": c.sitting is None or who not in c.sitting.members or who in c.sitting.votes}
            case "report_condition" | "confirm_condition":
                now = self._condition(c, data)
                found = {"S49": now not in (("open", "reported") if action == "report_condition" else ("reported",))}
            case _:
                found = {}
        return frozenset(clause for clause, stop in found.items() if stop)

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
        return {"S08b": short, "S08a": len(standing) < OFFICERS, "sheet": len(standing) < OFFICERS or not agreed}

    def _pointless(self, sitting: Sitting) -> bool:
        """A sitting that can only refuse, or one on an entry that is lost, is taken off though it was voted on."""
        lost = sitting.question in {"revocation", "suspension"} and sitting.lost()
        return sitting.question in {"screening", "validation"} or lost

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
        getattr(self, f"_do_{action}", lambda *_: None)(c, who, data, to)
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
        if who is not None:
            c.had_part.add(who)
        c.log.append((f"project:{action}", who, role, c.round, before, c.state, c.version))

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
        c.sitting = None

    def _do_pass_validation(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._close(c, "validation")

    def _do_register(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._close(c, "registration")
        if c.entry_number is None:
            self.entry_numbers += 1
            c.entry_number = self.entry_numbers
        c.entries.append(c.round)
        c.sitting = None

    def _do_decide_amendment(self, c: Case, who: Any, data: Any, to: str) -> None:
        if data["approved"]:
            for gate in GATES:
                self._close(c, gate)
            c.entries.append(c.round)
        c.sitting = None

    def _do_reject(self, c: Case, who: Any, data: Any, to: str) -> None:
        self._close(c, GATES[STAGES.index(c.state)], passed=False)
        c.sitting = None

    def _ends_the_sitting(self, c: Case, who: Any, data: Any, to: str) -> None:
        c.sitting = None

    _do_untable = _do_suspend = _do_revoke = _do_close = _ends_the_sitting
    _do_find_flaw = _do_withdraw_amendment = _ends_the_sitting

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
        members, presides = self.electorate(c)
        c.sitting = Sitting(data["question"], members, presides, self.today)
        c.seated |= set(members)
        c.had_part |= set(members)

    def _do_vote(self, c: Case, who: Any, data: Any, to: str) -> None:
        assert c.sitting is not None
        c.sitting.votes[who] = data["choice"]

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
