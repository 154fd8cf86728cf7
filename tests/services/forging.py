"""What the forgeries are tried on, and the plain SQL they are made of."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from registry.clock import now
from registry.extensions import db
from registry.services import audit, drafts
from tests import factories
from tests.world import World

AT = "2026-03-02 01:00:00.000000"
DIGEST, OTHER_DIGEST = "a" * 64, "b" * 64
SITTING = 9001
GATES = ("acceptance", "screening", "risk_review", "validation", "registration")
FOREIGN = "FOREIGN KEY constraint failed|violates foreign key"

Step = tuple[str, dict[str, Any]]


Forge = Callable[["Stage"], list[Step]]


@dataclass
class Stage:
    """The prepared database: cases by what they are, people by what they are."""

    app: Any
    engine: str
    people: dict[str, int]
    orgs: dict[str, int]
    voters: list[int]
    body: int
    cases: dict[str, int] = field(default_factory=dict)

    def connect(self) -> Connection:
        """A plain connection, as a script would open it."""
        return db.engine.connect()


def prepared(app: Any, engine: str) -> Stage:
    """The cases and people the forgeries need, brought there by the real services."""
    world = World()
    orgs = {
        "applicant": world.org,
        "vvb": world.vvb_org,
        "agent": factories.an_organisation(),
        "partner": factories.an_organisation(credit_code="91370900MA00000018"),
        "elsewhere": factories.an_organisation(),
    }
    stage = Stage(app, engine, world.people, orgs, [world.people[w] for w in world.voters], world.body)
    factories.belongs(world.people["owner"], orgs["agent"])
    for name, state in {
        "draft": "draft",
        "fresh": "submitted",
        "screening": "methodology_screening",
        "risk": "risk_review",
        "validation": "validation",
    }.items():
        stage.cases[name] = world.advance(world.draft(), state)
    world.screen(stage.cases["screening"], "officer")
    stage.cases["person"] = world.advance(world.draft("local_ticket", person=True), "submitted")
    applicant = drafts.Applicant(organisation_id=world.org, agent_org_id=orgs["agent"])
    parties = drafts.create(applicant, by=world.user("owner"), at=now())
    partner = {
        "has_partner": True,
        "partner_name": "示例合作方",
        "partner_credit_code": "91370900MA00000018",
        "nature": "service",
        "area_mu": "600",
        "start_on": "2026-01-01",
        "end_on": "2036-12-31",
    }
    world.answer(parties, contract=partner)
    world.upload_required(parties)
    stage.cases["parties"] = world.advance(parties, "submitted")
    case = world.case(parties)
    assert {case.proponent_org_id, case.agent_org_id, case.partner_org_id, case.vvb_org_id} == {
        orgs[o] for o in ("applicant", "agent", "partner", "vvb")
    }
    # Last, because its notice runs for days.
    stage.cases["registered"] = world.advance(world.draft(), "registered")
    assert audit.verify()[1] is None
    db.session.rollback()
    return stage


# Statements ---------------------------------------------------------------------------------------------


def insert(table: str, **values: Any) -> Step:
    columns = ", ".join(values)
    # PostgreSQL hands JSON out decoded and takes it in as text.
    values = {c: json.dumps(v) if isinstance(v, dict) else v for c, v in values.items()}
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join(':' + v for v in values)})", values


def update(table: str, where: str, **values: Any) -> Step:
    return f"UPDATE {table} SET {', '.join(f'{v} = :{v}' for v in values)} WHERE {where}", values


def delete(table: str, where: str) -> Step:
    return f"DELETE FROM {table} WHERE {where}", {}


def gate(case: int, name: str, result: str = "pass", **changed: Any) -> Step:
    values = {
        "case_id": case,
        "round_no": 1,
        "gate": name,
        "result": result,
        "passed": 0 if result == "reject" else 1,
        "deliberation_id": None,
        "carried_from": None,
        "facts_digest": DIGEST,
        "decided_at": AT,
    }
    return insert("gate_decisions", **(values | changed))


def opening(case: int, question: str = "risk_review", **changed: Any) -> Step:
    values = {
        "id": SITTING,
        "case_id": case,
        "round_no": 1,
        "question": question,
        "sitting": 7,
        "members": 9,
        "quorum_num": 2,
        "quorum_den": 3,
        "quorum_min": 3,
        "needs_num": 1,
        "needs_den": 2,
        "opened_at": AT,
        "opened_by_id": 1,
    }
    return insert("deliberations", **(values | changed))


def elector(user: int, sitting: int = SITTING, **changed: Any) -> Step:
    values = {"deliberation_id": sitting, "user_id": user, "role": "member", "seat": 1, "presides": False}
    return insert("electors", **(values | changed))


def ballot(user: int, choice: str = "for", sitting: int = SITTING) -> Step:
    return insert("votes", deliberation_id=sitting, user_id=user, choice=choice, reasons="x", cast_at=AT)


def sitting(
    s: Stage, case: int, question: str = "risk_review", votes: tuple[int, int, int] = (8, 0, 0), **changed: Any
) -> list[Step]:
    """An open sitting of the nine with votes for, against and abstaining."""
    number = changed.get("id", SITTING)
    choices = ["for"] * votes[0] + ["against"] * votes[1] + ["abstain"] * votes[2]
    return [
        opening(case, question, **changed),
        *(elector(v, number) for v in s.voters),
        *(ballot(v, c, number) for v, c in zip(s.voters, choices, strict=False)),
    ]


def signature(s: Stage, case: int, who: str, round_no: int = 1) -> Step:
    values = {"case_id": case, "round_no": round_no, "officer_id": s.people[who]}
    return insert("screening_signatures", **values, answers_digest=DIGEST, signed_at=AT)


def opinion(s: Stage, case: int, conclusion: str = "favourable", kind: str = "validation", **changed: Any) -> Step:
    values = {"case_id": case, "round_no": 1, "kind": kind, "author_id": s.people["vvb"], "conclusion": conclusion}
    return insert("opinions", **(values | {"words": "x", "matters": "{}", "given_at": AT} | changed))


NOTICE, OBJECTION = 9301, 9401


def on_notice(s: Stage, case: int, round_no: int = 1, **changed: Any) -> Step:
    """A notice that had run when the forger comes."""
    values = {"id": NOTICE, "case_id": case, "round_no": round_no, "from_on": "2026-02-10", "to_on": "2026-03-01"}
    more = {"days": 7, "start_counts": False, "provisional": False, "opened_at": AT}
    return insert("public_notices", **(values | more | {"opened_by_id": s.people["officer"]} | changed))


def ended(s: Stage, notice: int = NOTICE, at: str = AT) -> Step:
    return insert("notice_ends", notice_id=notice, ended_at=at, ended_by_id=s.people["officer"])


def objected(case: int, **changed: Any) -> Step:
    values = {"id": OBJECTION, "notice_id": NOTICE, "case_id": case, "round_no": 1, "no": 1, "code": "23456789ABCD"}
    more = {"kind": "objection", "about": "tenure", "words": "x", "salt": DIGEST, "commitment": DIGEST, "made_at": AT}
    return insert("objections", **(values | more | changed))


def replied(s: Stage, side: str, number: int, objection: int = OBJECTION, **changed: Any) -> Step:
    outcome = "unfounded" if side == "officer" else None
    values = {"id": 9500 + number, "objection_id": objection, "side": side, "outcome": outcome, "words": "x"}
    more = {"author_id": s.people["officer"], "answered_at": AT}
    return insert("objection_answers", **(values | more | changed))


def run_out(s: Stage, case: int, round_no: int = 1) -> list[Step]:
    """A notice that has run and was ended."""
    return [on_notice(s, case, round_no), ended(s)]


def registration(case: int, round_no: int = 1, **changed: Any) -> Step:
    values = {"case_id": case, "round_no": round_no, "ok": 1, **{f"g{i}": g for i, g in enumerate(GATES, 1)}}
    more = {"project_number": "TA-X-1", "registered_at": AT, "registered_on": "2026-03-02"}
    return insert("registrations", **(values | more | changed))


def all_gates_but(s: Stage, case: int, missing: str | None, round_no: int = 1) -> list[Step]:
    """Everything an entry needs in a round, less one gate."""
    steps = [signature(s, case, "officer", round_no), signature(s, case, "officer2", round_no)]
    steps.append(opinion(s, case, round_no=round_no))
    # The case in hand may stand at another stage: the notice is put there while it is in validation.
    steps += [update("cases", f"id = {case}", state="validation"), *run_out(s, case, round_no)]
    for number, name in enumerate(GATES):
        more: dict[str, Any] = {"round_no": round_no}
        if name in ("risk_review", "registration"):
            more["deliberation_id"] = SITTING + number
            steps += sitting(s, case, name, id=SITTING + number, round_no=round_no)
        if name != missing:
            steps.append(gate(case, name, **more))
    return steps


def second_round(case: int) -> list[Step]:
    return [
        insert("rounds", case_id=case, no=2, opened_by="resubmit", opened_at=AT),
        (f"UPDATE cases SET round = 2, version = version + 1 WHERE id = {case}", {}),
    ]


def membership(user: int, org: int, since: str = "2020-01-01", until: str | None = None) -> Step:
    return insert("memberships", user_id=user, organisation_id=org, since=since, until=until)


def bar(s: Stage, org: str, since: str = "2020-01-01", until: str | None = None, **opened: Any) -> list[Step]:
    """A member with a membership is made an elector over the case of all parties."""
    return [
        membership(s.voters[3], s.orgs[org], since, until),
        opening(s.cases["parties"], **opened),
        elector(s.voters[3]),
    ]


def row(s: Stage, table: str, where: str = "1 = 1", **changed: Any) -> dict[str, Any]:
    """A row as it stands, with columns changed."""
    with s.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM {table} WHERE {where} LIMIT 1")).mappings().one()
    return {**found, **changed}


def over(s: Stage, table: str, key: str, where: str = "1 = 1", **changed: Any) -> list[Step]:
    """Write over a row: REPLACE without the pragma on SQLite, an upsert on PostgreSQL."""
    statement, values = insert(table, **row(s, table, where, **changed))
    if s.engine == "sqlite":
        return [("PRAGMA recursive_triggers = OFF", {}), (statement.replace("INSERT", "INSERT OR REPLACE"), values)]
    sets = ", ".join(f"{c} = excluded.{c}" for c in changed)
    return [(f"{statement} ON CONFLICT ({key}) DO UPDATE SET {sets}", values)]


def emptied(s: Stage, table: str) -> list[Step]:
    """All rows at once."""
    return [(f"DELETE FROM {table}" if s.engine == "sqlite" else f"TRUNCATE {table} CASCADE", {})]


def link(s: Stage, **changed: Any) -> Step:
    """An audit row as the next of the chain, with columns changed."""
    head = row(s, "audit_head")
    values = row(s, "audit_events", f"seq = {head['seq']}")
    values |= {"seq": head["seq"] + 1, "prev": head["hash"], "hash": OTHER_DIGEST}
    return insert("audit_events", **(values | changed))


def last(s: Stage) -> int:
    return int(row(s, "audit_head")["seq"])


def open_vote(s: Stage, votes: tuple[int, int, int], result: str = "pass", **changed: Any) -> list[Step]:
    """A sitting of the nine on risk with a count, and the gate closed on it."""
    case = s.cases["risk"]
    return [*sitting(s, case, votes=votes, **changed), gate(case, "risk_review", result, deliberation_id=SITTING)]


def decided(s: Stage) -> int:
    """The sitting in which the risk gate of the case in validation was closed."""
    return int(row(s, "deliberations", f"case_id = {s.cases['validation']}")["id"])


def state(s: Stage, case: str, to: str) -> Step:
    return update("cases", f"id = {s.cases[case]}", state=to)


def head_at(s: Stage, seq: int) -> dict[str, Any]:
    return {"seq": seq, "hash": row(s, "audit_events", f"seq = {seq}")["hash"]}
