"""What the registry should do, told in plain Python on plain values; it imports nothing of ours.

A person asks for an act; `judge` says what must come of it, `take` moves the model. The tests ask the registry the
same and compare.
"""

from collections.abc import Mapping
from typing import Any

from tests.proof import clocks
from tests.proof.case import FRESH, GROUP, Case, Gate, Notice, Raised, Sitting, last_day_of_notice, read
from tests.proof.judgement import Judge
from tests.proof.panel import WORKS_IN, Panel
from tests.proof.table import GATES, MEETING, ROLES, ROWS, STAGES


class Model(Judge):
    """The whole: what is judged ok is done."""

    def perform(self, case: Case, action: str, who: str | None, data: Mapping[str, Any]) -> None:
        """Any request that is ok: on the case, on a meeting, or for a new meeting."""
        if action == "plan":
            self.plan()
        elif action in MEETING:
            self.take_meeting(data["on"], action, data)
        else:
            self.take(case, action, who, data)

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

    _do_deem_accepted = _do_accept

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
