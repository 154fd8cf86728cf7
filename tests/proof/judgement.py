"""What must come of an act that a person asks for; it imports nothing of ours."""

from collections.abc import Mapping
from typing import Any

from tests.proof import clocks
from tests.proof.bureau import TO_COME, Bureau
from tests.proof.case import FIELD, FRESH, LEAST, OFFICERS, RECONSIDERERS, REVIEW_DAYS, Case, Sitting
from tests.proof.panel import can_be_drawn
from tests.proof.table import GATES, ROWS, SEES, STAGES, questions

ASKED_IN = {"validation", "registration", "amendment_review"}
"""Where objections are looked at."""


class Judge(Bureau):
    """Says of every act whether it is taken, and if not, what stops it."""

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
