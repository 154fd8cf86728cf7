"""How long a proposed change takes to be run over all cases: read in bulk, judged under four policies, compared.

Each case has what a replay weighs: method, a parcel of state land, both officers' whole sheet, the lawyer's opinion
with the day of sending, and the votes of its sittings. The aim is 10,000 cases in less than a minute.
"""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from bench import library
from bench.tools import CAVEAT, arguments, database, possible, quiet, say, seconds, table
from registry import clock
from registry.extensions import db
from registry.models import Case
from registry.queries.policy import current
from registry.services import facts
from registry.services.replay import replayed
from registry.services.replay_facts import every_case
from workflows.policy.changes import FigureChange
from workflows.states import ConditionVerdict

METHOD = "CCER-14-001"
OFFICERS = (2, 3)
VOTERS = range(4, 13)
REVIEWED = timedelta(days=12)
AT = "2018-01-01 02:00:00.000000"
PARCEL = {
    "parcels": [
        {"key": "p1", "name": "北坡", "tenure": "state", "title_document": "forest_right_certificate",
         "disputed": False, "coowner_consent": "not_needed", "area_mu": "600", "district_code": "370982"}
    ]
}  # fmt: skip
CHANGES = {"legal_review_days": 10, "screening_officers": 3, "quorum_min": 9}


def sheet() -> dict[str, tuple[ConditionVerdict, str]]:
    method = current().method(METHOD)
    return dict.fromkeys((*method.conditions, *method.ways), (ConditionVerdict.MET, "见材料"))


def reviewed(case_ids: dict[int, date]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What reviewers left behind in each case; the library tables a case on the day it was submitted."""
    answers = sheet()
    signed = facts.digest({clause: [verdict.value, words] for clause, (verdict, words) in answers.items()})
    saved = {"version": 1, "done": True, "saved_at": AT, "saved_by_id": 1}
    for case_id, submitted_on in case_ids.items():
        key = {"case_id": case_id, "round_no": 1}
        for section, data in (("method", {"method": METHOD, "land_setting": "forest_land"}), ("parcels", PARCEL)):
            yield "answers", {**key, "section": section, **saved, "data": library.json.dumps(data)}
        for officer in OFFICERS:
            for clause, (verdict, words) in answers.items():
                said = {"clause": clause, "officer_id": officer, "verdict": verdict.value, "evidence": words}
                yield "condition_answers", {**key, **said, "answered_at": AT}
            yield "screening_signatures", {**key, "officer_id": officer, "answers_digest": signed, "signed_at": AT}
        yield "legal_reviews", {**key, "sent_on": submitted_on - REVIEWED, "sent_by_id": 1, "sent_at": AT}
        yield "opinions", {
            **key, "kind": "legal", "author_id": 1, "conclusion": "favourable", "words": "x", "matters": "{}",
            "given_at": AT,
        }  # fmt: skip


def voted() -> Iterator[tuple[str, dict[str, Any]]]:
    """Nine electors and eight votes in favour in every sitting."""
    for (sitting,) in db.session.execute(text("SELECT id FROM deliberations ORDER BY id")).all():
        for seat, who in enumerate(VOTERS):
            elector = {"deliberation_id": sitting, "user_id": who, "role": "member", "seat": seat, "presides": False}
            yield "electors", elector
            if seat < 8:
                vote = {"deliberation_id": sitting, "user_id": who, "choice": "for", "reasons": "x", "cast_at": AT}
                yield "votes", vote


def fill(app: Flask, number: int) -> None:
    library.OPEN = number // 10
    library.fill(app, number - library.OPEN)
    with app.app_context():
        # All but the one that came through the door with everything of its own.
        query = select(Case.id, Case.submitted_at).where(Case.created_by_id == 1).order_by(Case.id)
        ids = {n: clock.day_of(at) for n, at in db.session.execute(query)}
        rows: dict[str, list[dict[str, Any]]] = {}
        for name, row in (*reviewed(ids), *voted()):
            rows.setdefault(name, []).append(row)
        db.session.rollback()
        with db.engine.begin() as connection, library.past_the_guards(connection):
            if db.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only=0")
            for name in ("votes", "electors"):
                connection.execute(text(f"DELETE FROM {name}"))
            # The library begins before the rules do.
            connection.execute(text("UPDATE cases SET accepted_on = '2024-01-08'"))
            for name, some in rows.items():
                library._write(connection, name, some)
        db.session.remove()


def measure(engine: str, number: int) -> list[tuple[str, int, int, float, float, float]]:
    with database(engine) as app:
        fill(app, number)
        lines = []
        with app.app_context():
            at = clock.now()
            stages = Counter(case.state.value for case in every_case(clock.today()))
            db.session.rollback()
            busy, all_ = time.process_time(), sum(stages.values())
            read = seconds(lambda: sum(1 for _ in every_case(clock.today())))
            busy = time.process_time() - busy
            lines.append(("reading alone", all_, 0, read, busy, busy / all_ * 1e3))
            for key, value in CHANGES.items():
                change = FigureChange(key, Decimal(value), date(2090, 1, 1), "x", "x")
                came: list[Any] = []
                db.session.rollback()
                busy = time.process_time()
                took = seconds(lambda change=change, came=came: came.append(replayed(current(), (change,), at)))
                busy = time.process_time() - busy
                cases, result = came[0]
                assert result["by_day"]["cases"] == 0
                lines.append((f"{key} = {value}", cases, result["always"]["cases"], took, busy, busy / cases * 1e3))
        return lines


def main() -> None:
    asked = arguments(__doc__.splitlines()[0])
    quiet()
    number = 500 if asked.quick else 10_000
    for engine in possible(asked.engines):
        heads = ("A change run over all cases", "cases", "would change", "s", "CPU s", "CPU ms a case")
        table(f"{engine}", heads, measure(engine, number))
    say(CAVEAT)


if __name__ == "__main__":
    main()
