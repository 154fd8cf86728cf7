"""The audit chain: every column is bound, nothing is cut, swapped or reworded unseen, and no person stands in it."""

import json
import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import text

from registry.clock import now
from registry.extensions import db, writing
from registry.models import AuditEvent, Meeting, Objection, Paper, User
from registry.services import acts, audit
from tests import factories
from tests.services.tampering import found, tamper
from tests.world import BASICS, PARCEL, World
from workflows.states import STAGES

COLUMNS = AuditEvent.__table__.columns.keys()
FORGED: dict[str, Any] = {
    "seq": 99,
    "prev": "d" * 64,
    "hash": "e" * 64,
    "canonical": b"\x01other",
    "at": "2026-03-02 01:00:00.001000",
    "actor_id": "another",
    "actor_role": "chair",
    "action": "project:register",
    "subject_kind": "user",
    "subject_id": 8,
    "subject_version": 6,
    "round_no": 2,
    "from_state": "draft",
    "to_state": "registered",
    "detail": '{"n":2}',
    "words_digest": "f" * 64,
    "request_id": "another",
}
CHINESE = re.compile("[\u3400-\u9fff]")
NULLABLE = [c.key for c in AuditEvent.__table__.columns if c.nullable]


@pytest.fixture
def chain(app, clock) -> dict[str, int]:
    """Three rows, each with words; the middle one has a value in every column."""
    people = {"actor": factories.a_user(), "another": factories.a_user()}
    for number in range(3):
        with writing():
            audit.record(
                "project:accept",
                actor=db.session.get(User, people["actor"]),
                role="case_officer",
                subject_kind="project",
                subject_id=7,
                subject_version=5,
                round_no=1,
                from_state="submitted",
                to_state="methodology_screening",
                detail={"n": number},
                words=f"理由{number}",
                at=now(),
            )
    assert audit.verify() == (3, None)
    return people


# Every column -------------------------------------------------------------------------------------------


def test_the_list_of_forged_columns_is_the_table(app):
    assert list(FORGED) == COLUMNS


@pytest.mark.parametrize("column", [c for c in COLUMNS if c != "seq"])
def test_a_changed_column_is_found_in_its_row(chain, column):
    value = chain["another"] if column == "actor_id" else FORGED[column]
    tamper(f"UPDATE audit_events SET {column} = :value WHERE seq = 2", value=value)
    why = {"prev": "broken_link", "hash": "changed_bytes"}.get(column, "changed_column")
    assert found() == (1, 2, why)


@pytest.mark.parametrize("column", NULLABLE)
def test_an_emptied_column_is_found_in_its_row(chain, column):
    tamper(f"UPDATE audit_events SET {column} = NULL WHERE seq = 2")
    assert found() == (1, 2, "changed_column")


@pytest.mark.parametrize("column", [c for c in COLUMNS if c not in {"hash", "canonical", "prev"}])
def test_every_column_but_the_hash_itself_is_in_the_hashed_bytes(chain, column):
    row = db.session.get_one(AuditEvent, 2)
    values = {c: getattr(row, c) for c in COLUMNS}
    other = values | {column: None}
    assert audit.canonical(values) == row.canonical
    assert audit.canonical(other) != row.canonical


def test_what_one_column_loses_another_cannot_gain(chain):
    tamper("UPDATE audit_events SET actor_role = 'case_offic', action = 'erproject:accept' WHERE seq = 2")
    assert found() == (1, 2, "changed_column")


def test_an_empty_word_is_not_no_word():
    nothing = dict.fromkeys(COLUMNS)
    assert len({audit.canonical(nothing | {"from_state": v}) for v in (None, "", "0", 0)}) == 4


# Rows ---------------------------------------------------------------------------------------------------


def test_a_renumbered_row_is_missed_where_it_stood(chain):
    tamper("DELETE FROM remarks WHERE seq = 2", "UPDATE audit_events SET seq = 99 WHERE seq = 2")
    assert found() == (1, 3, "out_of_order")


@pytest.mark.parametrize("column", ["action", "detail", "subject_id"])
def test_a_row_changed_with_new_bytes_and_hash_breaks_the_next_link(chain, column):
    row = db.session.get_one(AuditEvent, 2)
    values = {c: getattr(row, c) for c in COLUMNS} | {column: FORGED[column]}
    raw = audit.canonical(values)
    changed = {"value": FORGED[column], "raw": raw, "hash": audit.link(row.prev, raw)}
    tamper(f"UPDATE audit_events SET {column} = :value, canonical = :raw, hash = :hash WHERE seq = 2", **changed)
    assert found() == (2, 3, "broken_link")


def test_a_lost_tail_is_found(chain):
    tamper("DELETE FROM remarks WHERE seq = 3", "DELETE FROM audit_events WHERE seq = 3")
    assert found() == (2, 3, "lost_tail")


def test_a_lost_middle_is_found(chain):
    tamper("DELETE FROM remarks WHERE seq = 2", "DELETE FROM audit_events WHERE seq = 2")
    assert found() == (1, 3, "out_of_order")


def test_a_lost_beginning_is_found(chain):
    tamper("DELETE FROM remarks WHERE seq = 1", "DELETE FROM audit_events WHERE seq = 1")
    assert found() == (0, 2, "out_of_order")


def test_an_emptied_audit_is_found(chain):
    tamper("DELETE FROM remarks", "DELETE FROM audit_events")
    assert found() == (0, 1, "lost_tail")


@pytest.mark.parametrize("change", ["DELETE FROM audit_head", "UPDATE audit_head SET seq = 2"])
def test_a_head_that_does_not_fit_is_found(chain, change):
    tamper(change)
    assert found() == (3, 4, "lost_tail")


def test_two_rows_that_changed_places_are_found(chain):
    tamper(
        "DELETE FROM remarks",
        "UPDATE audit_events SET seq = -1 WHERE seq = 2",
        "UPDATE audit_events SET seq = 2 WHERE seq = 3",
        "UPDATE audit_events SET seq = 3 WHERE seq = -1",
        "INSERT INTO remarks (seq, words) VALUES (1, '理由0'), (2, '理由2'), (3, '理由1')",
    )
    assert found() == (1, 2, "broken_link")


# Words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", ["UPDATE remarks SET words = '另一个理由' WHERE seq = 2", "DELETE FROM remarks WHERE seq = 2"]
)
def test_changed_or_missing_words_are_found(chain, change):
    tamper(change)
    assert found() == (1, 2, "changed_words")


def test_words_put_into_an_actors_mouth_are_found(app, clock):
    with writing():
        audit.record("x", actor=None, role="system", subject_kind="project", subject_id=1, at=now())
    tamper("INSERT INTO remarks (seq, words) VALUES (1, '同意')")
    assert found() == (0, 1, "changed_words")


# A bad row is named, never a crash ----------------------------------------------------------------------


NONSENSE = {
    "at": "'not a day'",
    "canonical": "'text'",
    "subject_id": "'seven'",
    "subject_version": "1.5",
    "detail": "x'ff'",
    "prev": "'no digits'",
    "hash": "'no digits'",
    "actor_role": "7",
}


@pytest.mark.parametrize("column", NONSENSE)
def test_a_value_of_another_type_is_a_bad_row_and_no_crash(chain, engine_name, column):
    if engine_name != "sqlite":
        return  # columns of the server keep their types
    tamper(f"UPDATE audit_events SET {column} = {NONSENSE[column]} WHERE seq = 2")
    rows, seq, _ = found()
    assert (rows, seq) == (1, 2)


def test_words_of_another_type_are_a_bad_row_and_no_crash(chain, engine_name):
    if engine_name != "sqlite":
        return
    tamper("UPDATE remarks SET words = x'ff' WHERE seq = 2")
    assert found() == (1, 2, "changed_words")


def test_a_number_of_another_type_is_found_though_it_is_as_great(chain, engine_name):
    if engine_name != "sqlite":
        return
    # Without a type of its own the column keeps 5.0 as it is; what was remembered of 5 is not the bytes of 5.0.
    with db.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA writable_schema=1")
        connection.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, 'subject_version INTEGER', 'subject_version')"
            " WHERE name = 'audit_events'"
        )
        connection.exec_driver_sql("PRAGMA writable_schema=RESET")
    tamper("UPDATE audit_events SET subject_version = 5.0 WHERE seq = 2")
    kind = db.session.scalar(text("SELECT typeof(subject_version) FROM audit_events WHERE seq = 2"))
    assert (kind, found()) == ("real", (1, 2, "changed_column"))


def _signed_in(at: datetime) -> None:
    with writing():
        audit.record("account:sign_in", actor=None, role="system", subject_kind="user", subject_id=1, at=at)


@pytest.mark.both_engines
def test_an_instant_told_in_another_zone_is_bound_in_utc(app, clock):
    _signed_in(now().astimezone(timezone(timedelta(hours=8))))
    assert db.session.query(AuditEvent).one().at == now()
    db.session.rollback()
    assert audit.verify() == (1, None)


def test_an_instant_without_a_zone_leaves_no_link(app, clock):
    with pytest.raises(ValueError, match="zone"):
        _signed_in(now().replace(tzinfo=None))
    assert audit.verify() == (0, None)


def test_an_empty_chain_holds(app):
    assert audit.verify() == (0, None)


# The command --------------------------------------------------------------------------------------------


def verify_command(app):
    return app.test_cli_runner().invoke(args=["audit", "verify"])


def test_the_command_says_how_many_rows_hold(app, chain):
    result = verify_command(app)
    assert (result.exit_code, "3" in result.stdout) == (0, True)


def test_the_command_names_the_first_bad_row_and_ends_with_an_error(app, chain):
    tamper("UPDATE audit_events SET action = 'project:reject' WHERE seq >= 2")
    result = verify_command(app)
    assert result.exit_code == 1
    assert "1" in result.stdout
    assert "2" in result.stderr
    assert "Traceback" not in result.output


def test_the_command_has_words_for_every_reason():
    from registry.cli.audit import WHY

    said = audit.verify.__doc__.partition("∈")[2].rstrip(".\n ").split(",")
    assert {word.strip() for word in said} == set(WHY)


def test_verify_is_a_part_of_audit_alone(app):
    assert "verify" not in app.cli.commands


# Acts ---------------------------------------------------------------------------------------------------


@pytest.fixture
def world(app, clock):
    return World()


def rows_of(case_id: int) -> list[AuditEvent]:
    query = db.select(AuditEvent).where(AuditEvent.subject_kind == "project", AuditEvent.subject_id == case_id)
    return list(db.session.scalars(query.order_by(AuditEvent.seq)))


def test_each_act_leaves_exactly_one_row_that_names_it(world, monkeypatch):
    taken = []
    act = acts.act

    def counted(subject, action, **more):
        before = audit.verify()[0]
        done = act(subject, action, **more)
        after, bad = audit.verify()
        assert (after, bad, done.seq) == (before + 1, None, after)
        event = db.session.get_one(AuditEvent, done.seq)
        assert (event.action, event.to_state) == (f"{subject[0]}:{action}", done.state)
        assert event.actor_id == (more["by"].id if more["by"] else None)
        taken.append((subject, action))
        return done

    monkeypatch.setattr(acts, "act", counted)
    case_id = world.advance(world.draft("local_ticket"), "risk_review")
    world.act(case_id, "give_legal_opinion", "legal", conclusion="favourable", words="程序齐全")
    world.act(case_id, "answer_finding", "officer", clause="R20", words="已核对")
    world.act(case_id, "name_validator", "owner", organisation_id=world.vvb_org)
    world.table(case_id)
    world.act(case_id, "untable", "secretary")
    world.advance(case_id, "registered")
    assert len(rows_of(case_id)) == sum(subject == ("project", case_id) for subject, _ in taken)
    assert len(set(taken)) > len(STAGES) + 8


def test_refused_acts_leave_no_row(world):
    case_id = world.advance(world.draft(method={"land_setting": "four_sides"}), "draft")
    before = audit.verify()
    for action, who, error in [
        ("submit", "owner", acts.Refused),
        ("accept", "owner", acts.NotOpen),
        ("accept", "officer", acts.NotVisible),
    ]:
        with pytest.raises(error):
            world.act(case_id, action, who)
    with pytest.raises(acts.Stale):
        acts.act(("project", case_id), "submit", by=world.user("owner"), at=now(), seen=99)
    assert audit.verify() == before


def test_the_chain_holds_no_personal_data(world):
    """Names, logins, mail, telephone, reasons, land and papers: numbers and digests stand for them."""
    marks = ["MARKNAME", "marklogin", "mark@mail.example", "MARKPHONE", "MARKREASON", "MARKLAND", "MARKTITLE"]
    with writing():
        for user in db.session.scalars(db.select(User)):
            user.name, user.login, user.email = f"MARKNAME{user.id}", f"marklogin{user.id}", "mark@mail.example"
    parcel = {**PARCEL, "name": "MARKLAND", "title_number": "MARKTITLE"}
    basics = {
        **BASICS,
        "contact_name": "MARKNAME",
        "contact_phone": "MARKPHONE",
        "name": "MARKLAND",
        "summary": "MARKLAND",
    }
    case_id = world.advance(
        world.draft("local_ticket", parcels={"parcels": [parcel]}, basics={**basics, "scheme": "local_ticket"}),
        "risk_review",
    )
    world.act(case_id, "give_legal_opinion", "legal", conclusion="favourable", words="MARKREASON")
    world.act(case_id, "answer_finding", "officer", clause="R20", words="MARKREASON")
    world.sit(case_id, words="MARKREASON")
    for who in [*world.voters[1:], "chair"]:
        world.act(case_id, "vote", who, choice="for", reasons="MARKREASON MARKNAME")
    world.act(case_id, "approve_risk", "chair", words="MARKREASON")
    matters = {f"V{n}": {"met": True, "words": "MARKREASON"} for n in range(1, 6)}
    world.act(case_id, "file_validation", "vvb", conclusion="favourable", words="MARKREASON", matters=matters)
    world.act(case_id, "open_notice", "officer")
    said = {"kind": "objection", "about": "tenure", "parcel_key": "p1", "words": "MARKREASON"}
    world.act(case_id, "object", "anybody", **said, name="MARKNAME", reach="MARKPHONE")
    key = db.session.scalar(db.select(Objection.id))
    world.act(case_id, "answer_objection", "officer", objection_id=key, outcome="unfounded", words="MARKREASON")
    numbers = [*db.session.scalars(db.select(Paper.number)), *db.session.scalars(db.select(Meeting.number))]
    for event in db.session.scalars(db.select(AuditEvent)):
        columns = json.dumps([str(getattr(event, c)) for c in COLUMNS], ensure_ascii=False)
        for number in numbers:
            columns = columns.replace(number, "")
        assert not [m for m in marks if m.encode() in event.canonical or m in columns], event.action
        assert not CHINESE.search(columns), event.action  # no word of anybody
