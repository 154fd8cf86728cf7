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
from tests.proof.table import GATES, ROWS, STAGES

APPENDED = (
    *("audit_events", "remarks", "rounds", "votes", "electors", "excluded_members", "deliberations"),
    *("deliberation_ends", "gate_decisions", "registrations", "opinions", "condition_answers"),
    *("site_checks", "site_check_papers", "site_check_signatures", "legal_reviews"),
    *("screening_signatures", "finding_answers", "correction_notices", "correction_faults", "reconsiderations"),
)
"""Tables to which rows are only added."""
OFFICES = {
    **{f"officer{n}": "case_officer" for n in ("", "2", "3")},
    "secretary": "secretary",
    "legal": "legal_reviewer",
    "eco": "eco_env",
    "supervisor": "supervisor",
    "auditor": "auditor",
    "administrator": "administrator",
    "chair": "chair",
    "deputy": "deputy_chair",
    **{f"member{n}": "member" for n in (1, 2, 3)},
    "insider": "member",
}
JOINERS = ("chair", "member3", "officer3")
REACHED: Counter[tuple[str, str]] = Counter()
"""How often each cell of the table was taken, over all examples."""
REFUSED: Counter[str] = Counter()
"""How often each reason of refusal was met."""


def first_model() -> Model:
    people = {"owner": Person(orgs={"org": 0}), "vvb": Person(orgs={"vvb": 0}), "stranger": Person(orgs={"else": 0})}
    people |= {who: Person(office) for who, office in OFFICES.items()}
    people["insider"].orgs["org"] = 0
    return Model(people)


@dataclass
class Kept:
    """A moment to go back to: the database, the model, the cases' ids, the time."""

    database: str
    model: Model
    ids: list[int]
    at: Any

    def __repr__(self) -> str:
        return f"<{', '.join(f'{c.scheme} in {c.state}' for c in self.model.cases)}>"


class Pair:
    """A model and a city that say the same."""

    def __init__(self, city: City) -> None:
        self.city, self.model = city, first_model()
        self.ids: list[int] = []
        self.before: Rows = {}
        self.last: tuple[Any, ...] | None = None

    def keep(self) -> Kept:
        return Kept(self.city.keep(), copy.deepcopy(self.model), list(self.ids), self.city.clock.at)

    def go_back(self, kept: Kept) -> None:
        self.city.go_back(kept.database)
        self.model, self.ids, self.last = copy.deepcopy(kept.model), list(kept.ids), None
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
        case = self.model.cases[place]
        seen = None if who is None else case.version - late
        self.last = (place, action, who, seen, data)
        return self._ask(place, action, who, seen, data)

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
                    assert 3 * len(votes) >= 2 * len(electors), "no quorum"
                    assert 2 * sum(v["choice"] == "for" for v in votes) > len(electors), "no majority of those entitled"
                    assert (sitting["case_id"], sitting["round_no"]) == (gate["case_id"], gate["round_no"])
                if name == "screening":
                    signed = [s for s in t["screening_signatures"] if s["case_id"] == gate["case_id"]]
                    officers = {s["officer_id"] for s in signed if s["round_no"] == gate["round_no"]}
                    assert len(officers) >= 2, "screened by one officer"
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
