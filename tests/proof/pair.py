"""Model and registry side by side: every request goes to both, and what came of it must agree, to the last row."""

import copy
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from registry.clock import day_of
from registry.services import audit
from tests.proof.case import EDITABLE, FRESH, Case, Person
from tests.proof.city import City, Rows
from tests.proof.model import Model
from tests.proof.panel import LEAST, PLACES, in_order
from tests.proof.table import GATES, MEETING, ROWS, STAGES

APPENDED = (
    *("audit_events", "remarks", "rounds", "votes", "electors", "excluded_members", "deliberations"),
    *("deliberation_ends", "gate_decisions", "registrations", "opinions", "condition_answers"),
    *("public_notices", "notice_ends", "objections", "objection_answers"),
    *("parcel_keys", "parcels_apart", "verifiers"),
    *("site_checks", "site_check_papers", "site_check_signatures", "legal_reviews"),
    *("screening_signatures", "finding_answers", "correction_notices", "correction_faults", "reconsiderations"),
    *("panels", "panel_candidates", "panel_seats", "panel_departures", "panel_opinions", "panel_ends"),
    *("agenda_items", "attendances", "sitting_calls", "recusals", "flawed_votes"),
)
"""Tables to which rows are only added."""
WATCHED = {
    **{kind: kind for kind in ("acceptance", "correction", "condition", "delivery", "objection")},
    "risk_decision": "decision",
    "registration_decision": "entry",
    "reconsideration_ask": "ask",
    "reconsideration_answer": "answer",
}
"""The registry's clocks in the model's words."""
OFFICES = {
    **{f"officer{n}": "case_officer" for n in ("", "2", "3")},
    **{f"secretary{n}": "secretary" for n in ("", "2")},
    "legal": "legal_reviewer",
    "eco": "eco_env",
    "supervisor": "supervisor",
    "auditor": "auditor",
    "administrator": "administrator",
    "chair": "chair",
    "deputy": "deputy_chair",
    **{f"member{n}": "member" for n in (1, 2, 3)},
    "insider": "member",
    **dict.fromkeys(PLACES, "expert"),
}
JOINERS = ("chair", "member3", "officer3", "expert2")
REACHED: Counter[tuple[str, str]] = Counter()
"""How often each cell of the table was taken, over all examples."""
REFUSED: Counter[str] = Counter()
"""How often each reason of refusal was met."""


def first_model(city: City) -> Model:
    people = {"owner": Person(orgs={"org": 0}), "vvb": Person(orgs={"vvb": 0}), "stranger": Person(orgs={"else": 0})}
    people |= {who: Person(office) for who, office in OFFICES.items()}
    people["insider"].orgs["org"] = 0
    return Model(people, in_order(city.people))


@dataclass
class Kept:
    """A moment to go back to: the database, the model, the cases' ids, the time."""

    database: str
    model: Model
    ids: list[int]
    meetings: list[int]
    at: Any

    def __repr__(self) -> str:
        return f"<{', '.join(f'{c.scheme} in {c.state}' for c in self.model.cases)}>"


class Pair:
    """A model and a city that say the same."""

    def __init__(self, city: City, *, knows_the_day: bool = True) -> None:
        """`knows_the_day`: False where servers of their own tell the time, so that last days cannot be foretold."""
        self.city, self.model = city, first_model(city)
        self.knows_the_day = knows_the_day
        self.ids: list[int] = []
        self.before: Rows = {}
        self.last: tuple[Any, ...] | None = None

    def keep(self) -> Kept:
        return Kept(
            self.city.keep(), copy.deepcopy(self.model), list(self.ids), list(self.city.meetings), self.city.clock.at
        )

    def go_back(self, kept: Kept) -> None:
        self.city.go_back(kept.database)
        self.model, self.ids, self.last = copy.deepcopy(kept.model), list(kept.ids), None
        self.city.meetings = list(kept.meetings)
        self.city.clock.set(kept.at)
        self.before = self.city.rows()

    # What can be done to both ---------------------------------------------------------------------------

    def draft(self, case: Case, **content: Any) -> int:
        case.prep = {**FRESH, **content, "uploaded": True}
        self.model.cases.append(case)
        self.ids.append(self.city.draft(case, case.prep))
        self.before = self.city.rows()
        return len(self.ids) - 1

    def prepare(self, place: int, part: str) -> None:
        """Change a part of the next submission; nothing of it is an act."""
        case = self.model.cases[place]
        if case.state not in EDITABLE:
            return
        case.change(part)
        self.city.prepare(self.ids[place], case, case.prepare(), part)
        rows = self.city.rows()
        assert rows["audit_events"] == self.before["audit_events"]
        self.agree(place, rows)
        self.before = rows

    def join(self, who: str) -> None:
        if "org" not in self.model.people[who].orgs:
            self.model.people[who].orgs["org"] = self.model.today
            self.city.join(who)
            self.before = self.city.rows()

    def ask(self, place: int, action: str, who: str | None, data: Mapping[str, Any], *, late: int = 0) -> Any:
        """One request to both; `late` versions behind the case. Returns what came of it."""
        if action == "plan":
            return self._plan()
        if action in MEETING:
            return self._meet(data["on"], action, who, data)
        case = self.model.cases[place]
        seen = None if who in {None, "anybody"} else case.version - late
        self.last = (place, action, who, seen, data)
        return self._ask(place, action, who, seen, data)

    def last_meeting(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """A request in which −1 stands for the meeting planned last."""
        last = len(self.model.meetings) - 1
        return {k: last if k in {"on", "meeting"} and v == -1 else v for k, v in data.items()}

    def _plan(self) -> str:
        self.city.clock.move(seconds=1)
        self.city.plan()
        self.model.plan()
        rows = self.city.rows()
        self._only_added(rows, "a meeting planned")
        self._meetings_agree(rows)
        self.before = rows
        return "ok"

    def _meet(self, number: int, action: str, who: str | None, data: Mapping[str, Any]) -> Any:
        seen = None if who is None else self.model.meetings[number].version
        expected = self.model.judge_meeting(number, action, who, seen)
        self.city.clock.move(seconds=1)
        got = self.city.on_meeting(number, action, who, seen, data)
        rows, told = self.city.rows(), f"{action} by {who} on meeting {number}, {dict(data)}"
        assert got == expected, f"{told}: the registry says {got}, the model {expected}"
        if got == "ok":
            self.model.take_meeting(number, action, data)
            self._only_added(rows, told)
            self._meetings_agree(rows, told)
        else:
            REFUSED.update([got] if isinstance(got, str) else got)
            assert rows == self.before, f"{told}: refused, yet {self._changed(rows)} changed"
        self.before = rows
        return got

    def _meetings_agree(self, rows: Rows, told: str = "") -> None:
        """State, version, room and agenda of every meeting."""
        ended = {e["deliberation_id"] for e in self.city.table(rows, "deliberation_ends")}
        items, lines = self.city.table(rows, "agenda_items"), self.city.table(rows, "attendances")
        for row in self.city.table(rows, "meetings"):
            mine = self.model.meetings[self.city.meetings.index(row["id"])]
            room = {a["user_id"]: a["present"] for a in lines if a["meeting_id"] == row["id"]}
            here = {self.city.names[user_id] for user_id, present in room.items() if present}
            agenda = [i["deliberation_id"] for i in items if i["meeting_id"] == row["id"]]
            left = len([d for d in agenda if d not in ended])
            stands = (row["state"], row["version"], here, len(agenda), left)
            assert stands == (mine.state, mine.version, mine.room, mine.items, mine.open_items), told

    def retry(self) -> None:
        """The same request once more, from the same page."""
        if self.last:
            self._ask(*self.last)

    def _ask(self, place: int, action: str, who: str | None, seen: int | None, data: Mapping[str, Any]) -> Any:
        case = self.model.cases[place]
        source, expected = case.state, self.model.judge(case, action, who, seen, data)
        self.city.clock.move(seconds=1)
        got = self.city.act(self.ids[place], action, who, seen, data)
        rows = self.city.rows()
        told = f"{action} by {who} on case {place} in {source}, seen {seen}, {dict(data)}"
        assert got == expected, f"{told}: the registry says {got}, the model {expected}"
        if got == "ok":
            self.model.take(case, action, who, data)
            REACHED[action, source] += 1
            self._only_added(rows, told)
            self.agree(place, rows, told)
        else:
            REFUSED.update([got] if isinstance(got, str) else got)
            assert rows == self.before, f"{told}: refused, yet {self._changed(rows)} changed"
        self.before = rows
        return got

    def _changed(self, rows: Rows) -> list[str]:
        return [t for t in rows if rows[t] != self.before.get(t)]

    # What must hold -------------------------------------------------------------------------------------

    def _only_added(self, rows: Rows, told: str) -> None:
        for table in APPENDED:
            kept = set(map(repr, self.before[table])) - set(map(repr, rows[table]))
            assert not kept, f"{told}: {table} lost or changed {kept}"
        added = len(rows["audit_events"]) - len(self.before["audit_events"])
        assert added == 1, f"{told}: {added} audit events"

    def agree(self, place: int, rows: Rows, told: str = "") -> None:
        """The case's rows say what the model says."""
        city, case, case_id = self.city, self.model.cases[place], self.ids[place]
        row = next(r for r in city.table(rows, "cases") if r["id"] == case_id)
        stands = {k: row[k] for k in ("state", "returns_to", "round", "version", "suspended_by")}
        assert stands == {k: getattr(case, k) for k in stands}, told
        day = None if case.accepted_on is None else str(day_of(city.start + timedelta(days=case.accepted_on)))
        assert (row["accepted_on"] and str(row["accepted_on"])) == day, told
        assert row["number"] == (case.number and f"TL{city.start.year}{case.number:06d}"), told
        number = row["project_number"] and int(row["project_number"].rpartition("-")[2])
        assert number == case.entry_number, told
        gates = [g for g in city.table(rows, "gate_decisions") if g["case_id"] == case_id]
        written = {(g["round_no"], g["gate"]): (bool(g["passed"]), g["carried_from"] or g["round_no"]) for g in gates}
        assert written == {key: (g.passed, g.origin) for key, g in case.gates.items()}, told
        entries = [r["round_no"] for r in city.table(rows, "registrations") if r["case_id"] == case_id]
        assert entries == case.entries, told
        self._sitting_agrees(place, rows, told)
        self._clocks_agree(place, rows, told)
        self._panels_agree(place, rows, told)
        self._notice_agrees(place, rows, told)
        if case.log:
            last = [e for e in city.table(rows, "audit_events") if e["subject_id"] == case_id and _of_case(e)][-1]
            assert self._event(last) == case.log[-1], told

    def _sitting_agrees(self, place: int, rows: Rows, told: str) -> None:
        ended = {e["deliberation_id"] for e in self.city.table(rows, "deliberation_ends")}
        case, mine = self.model.cases[place], self.ids[place]
        sittings = [d for d in self.city.table(rows, "deliberations") if d["case_id"] == mine and d["id"] not in ended]
        assert len(sittings) == (case.sitting is not None), told
        if case.sitting:
            (sitting,) = sittings
            votes = [v for v in self.city.table(rows, "votes") if v["deliberation_id"] == sitting["id"]]
            cast = {self.city.names[v["user_id"]]: v["choice"] for v in votes}
            assert (sitting["question"], cast) == (case.sitting.question, case.sitting.votes), told
            assert sitting["members"] == len(case.sitting.members), told
            names, of_it = self.city.names, lambda r: r["deliberation_id"] == sitting["id"]
            aside = {names[r["user_id"]] for r in self.city.table(rows, "recusals") if of_it(r)}
            called = [names[c["presided_by_id"]] for c in self.city.table(rows, "sitting_calls") if of_it(c)]
            asked = {names[p["user_id"]]: p["upheld"] for p in self.city.table(rows, "recusal_proposals") if of_it(p)}
            asked = {who: None if upheld is None else bool(upheld) for who, upheld in asked.items()}
            mine = (case.sitting.recused, [case.sitting.called_by] if case.sitting.called_by else [])
            assert (aside, called) == mine, told
            assert asked == case.sitting.proposed, told
        self._meetings_agree(rows, told)

    def _clocks_agree(self, place: int, rows: Rows, told: str) -> None:
        """Every watched clock that runs has the model's last day; one that stands still has none."""
        mine = [k for k in self.city.table(rows, "clocks") if k["case_id"] == self.ids[place] and not k["ended_on"]]
        written = sorted((WATCHED[k["kind"]], k["due_on"] and str(k["due_on"])) for k in mine if k["kind"] in WATCHED)
        case = self.model.cases[place]
        expected = sorted((n.partition(" ")[0], clock.last_day()) for n, clock in case.clocks.items())
        if not self.knows_the_day:
            written, expected = [[name for name, _day in found] for found in (written, expected)]
        assert written == expected, f"{told}: {written}, not {expected}"

    def _panels_agree(self, place: int, rows: Rows, told: str) -> None:
        t = {
            name: self.city.table(rows, f"panel{name}") for name in ("s", "_seats", "_departures", "_opinions", "_ends")
        }
        mine = [p["id"] for p in t["s"] if p["case_id"] == self.ids[place]]
        assert len(mine) == len(self.model.cases[place].panels), told
        for panel_id, panel in zip(mine, self.model.cases[place].panels, strict=True):
            of = {k: [r for r in found if r.get("panel_id") == panel_id] for k, found in t.items()}
            left = {self.city.names[d["user_id"]] for d in of["_departures"]}
            now = {self.city.names[s["user_id"]] for s in of["_seats"]} - left
            assert (left, now) == (panel.gone, set(panel.sitting)), told
            assert {self.city.names[o["user_id"]]: o["advice"] for o in of["_opinions"]} == panel.said, told
            assert [e["result"] for e in of["_ends"]] == ([panel.result] if panel.result else []), told

    def _notice_agrees(self, place: int, rows: Rows, told: str) -> None:
        city, case, mine = self.city, self.model.cases[place], self.ids[place]
        ended = {e["notice_id"] for e in city.table(rows, "notice_ends")}
        notices = [n for n in city.table(rows, "public_notices") if n["case_id"] == mine]
        stand = {n["round_no"]: (str(n["to_on"]), n["id"] in ended) for n in notices}
        said = {r: (str(day_of(city.start + timedelta(days=n.last))), n.ended) for r, n in case.on_notice.items()}
        assert stand == said, told
        raised = [o for o in city.table(rows, "objections") if o["case_id"] == mine]
        assert len(raised) == len(case.raised), told
        for row, mind in zip(sorted(raised, key=lambda o: o["id"]), case.raised, strict=True):
            answers = [a for a in city.table(rows, "objection_answers") if a["objection_id"] == row["id"]]
            sides = {a["side"]: a["outcome"] for a in answers}
            assert (sides.get("officer"), "applicant" in sides) == (mind.officer, mind.applicant), told
        apart = {p["parcel_key"]: p["round_no"] for p in city.table(rows, "parcels_apart") if p["case_id"] == mine}
        assert apart == case.apart, told

    def pass_days(self, place: int) -> None:
        """Let the open notice of a case run out."""
        case = self.model.cases[place]
        days = case.on_notice[case.round].last + 1 - self.model.today
        if days > 0:
            self.model.today += days
            self.city.clock.move(days=days)

    def _event(self, e: Mapping[str, Any]) -> tuple[Any, ...]:
        who = self.city.names.get(e["actor_id"])
        keys = ("actor_role", "round_no", "from_state", "to_state", "subject_version")
        return (e["action"], who, *(e[k] for k in keys))

    def at_the_end(self) -> None:
        """The chain holds, tells the model's story, and rebuilds every case; the rows obey without the model."""
        with self.city.running():
            assert audit.verify()[1] is None
        rows = self.city.rows()
        events = self.city.table(rows, "audit_events")
        for place, case_id in enumerate(self.ids):
            self.agree(place, rows)
            story = [e for e in events if e["subject_id"] == case_id and _of_case(e)]
            assert [self._event(e) for e in story] == self.model.cases[place].log
            row = next(r for r in self.city.table(rows, "cases") if r["id"] == case_id)
            told = {k: row[k] for k in ("state", "returns_to", "round", "version", "number", "project_number")}
            assert replayed(story) == told
        self._laws(rows)

    def _panel_laws(self, t: Mapping[str, Any]) -> None:
        """A panel that came to a result is large enough, odd, and mostly from elsewhere."""
        for panel in t["panels"]:
            left = {d["user_id"] for d in t["panel_departures"] if d["panel_id"] == panel["id"]}
            seats = {s["user_id"] for s in t["panel_seats"] if s["panel_id"] == panel["id"]} - left
            names = {self.city.names[s] for s in seats}
            result = next((e["result"] for e in t["panel_ends"] if e["panel_id"] == panel["id"]), None)
            if result in {"accepted", "not_accepted"}:
                assert len(seats) >= LEAST, "a small panel decided"
                assert len(seats) % 2 == 1, "an even panel decided"
                assert 3 * sum(PLACES[n] for n in names) >= 2 * len(seats), "a panel of locals decided"

    def _laws(self, rows: Rows) -> None:
        """What must hold in the rows whoever wrote them; nothing of the model is asked."""
        t = {name: self.city.table(rows, name) for name in self.city.columns}
        gates = {(g["case_id"], g["round_no"], g["gate"]): g for g in t["gate_decisions"]}
        sittings = {d["id"]: d for d in t["deliberations"]}
        for entry in t["registrations"]:
            for name in GATES:
                gate = gates[entry["case_id"], entry["round_no"], name]
                assert gate["passed"], "an entry rests on a gate that did not pass"
                while gate["carried_from"]:
                    older = gates[entry["case_id"], gate["carried_from"], name]
                    assert older["facts_digest"] == gate["facts_digest"], "a carried gate judged something else"
                    gate = older
                if name in {"risk_review", "registration"}:
                    sitting = sittings[gate["deliberation_id"]]
                    votes = [v for v in t["votes"] if v["deliberation_id"] == sitting["id"]]
                    electors = [e for e in t["electors"] if e["deliberation_id"] == sitting["id"]]
                    assert len(electors) == sitting["members"]
                    aside = {r["user_id"] for r in t["recusals"] if r["deliberation_id"] == sitting["id"]}
                    (call,) = (c for c in t["sitting_calls"] if c["deliberation_id"] == sitting["id"])
                    entitled = len(electors) - len(aside)
                    assert not {v["user_id"] for v in votes} & aside, "a vote of a member who stood aside"
                    assert 3 * call["attending"] >= 2 * call["entitled"], "put without a quorum in the room"
                    assert all(v["cast_at"] >= call["called_at"] for v in votes), "a vote before the question was put"
                    assert 3 * len(votes) >= 2 * entitled, "no quorum"
                    assert 2 * sum(v["choice"] == "for" for v in votes) > entitled, "no majority of those entitled"
                    assert (sitting["case_id"], sitting["round_no"]) == (gate["case_id"], gate["round_no"])
                if name == "validation" and not gates[entry["case_id"], entry["round_no"], name]["carried_from"]:
                    ended = {e["notice_id"] for e in t["notice_ends"]}
                    notices = [n for n in t["public_notices"] if n["case_id"] == gate["case_id"]]
                    assert any(n["round_no"] == gate["round_no"] and n["id"] in ended for n in notices), "no notice"
                if name == "screening":
                    signed = [s for s in t["screening_signatures"] if s["case_id"] == gate["case_id"]]
                    officers = {s["officer_id"] for s in signed if s["round_no"] == gate["round_no"]}
                    assert len(officers) >= 2, "screened by one officer"
        self._panel_laws(t)
        in_force = {(k["case_id"], k["round_no"], k["no"]): k["id"] for k in sorted(t["site_checks"], key=_version)}
        for gate in gates.values():
            if (gate["gate"], gate["result"]) == ("screening", "pass"):
                for (case_id, round_no, _no), check in in_force.items():
                    signed = {s["officer_id"] for s in t["site_check_signatures"] if s["site_check_id"] == check}
                    here = (case_id, round_no) == (gate["case_id"], gate["round_no"])
                    assert len(signed) >= 2 or not here, "screened on a record one officer signed"
        notices = Counter((n["case_id"], n["round_no"]) for n in t["correction_notices"])
        assert all(n == 1 for n in notices.values()), "two notices in a round"
        own = {c["id"] for c in t["cases"] if c["proponent_org_id"] == self.city.org}
        since = {m["user_id"]: str(m["since"]) for m in t["memberships"] if m["organisation_id"] == self.city.org}
        for e in t["audit_events"]:
            judged = _of_case(e) and e["subject_id"] in own and e["actor_role"] not in {"proponent", "agent", "system"}
            assert not (judged and since.get(e["actor_id"], "9") < str(e["at"])[:10]), f"own organisation: {e}"
        for series, used in (("number", "TL"), ("project_number", "TA-")):
            given = sorted(c[series][-4:] for c in t["cases"] if c[series] and c[series].startswith(used))
            assert given == [f"{n:04d}" for n in range(1, len(given) + 1)], f"{series} has gaps"


def _version(row: Mapping[str, Any]) -> int:
    return int(row["version"])


def _of_case(event: Mapping[str, Any]) -> bool:
    return bool(event["subject_kind"] == "project")


def replayed(events: list[dict[str, Any]]) -> dict[str, Any]:
    """A case rebuilt from its story alone."""
    case: dict[str, Any] = dict.fromkeys(("returns_to", "number", "project_number"))
    case |= {"state": "draft", "round": 0, "version": 1}
    for e in events:
        assert e["from_state"] == case["state"], "the story has a gap"
        action, detail = e["action"].partition(":")[2], json.loads(e["detail"])
        if ROWS[action, case["state"]].to != "-":
            keeps = action in {"decline", "request_correction", "reject", "suspend"}
            case["returns_to"] = case["state"] if keeps else None
        if action == "find_flaw":
            case["returns_to"] = STAGES[GATES.index(detail["gate"])]
        case |= {"state": e["to_state"], "round": e["round_no"], "version": e["subject_version"]}
        case |= {k: detail[k] for k in ("number", "project_number") if k in detail}
    return case
