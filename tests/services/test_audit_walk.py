"""The walk over the chain takes pages, and looks at their rows in parts: no border between them hides anything."""

from datetime import timedelta
from typing import Any

import pytest

from registry.clock import now
from registry.extensions import db, writing
from registry.models import AuditEvent, User
from registry.services import audit
from tests import factories
from tests.services.tampering import found, tamper

COLUMNS = AuditEvent.__table__.columns.keys()
LONG = 7
SIZES = [(1, 1), (2, 1), (3, 2), (4, 2), (5, 128), (LONG, 3), (LONG, LONG), (8192, 128)]


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}-rows-by-{size[1]}")
def long_chain(request, app, clock, monkeypatch) -> None:
    """Seven rows, no two alike; the second, fourth and sixth without words, actor and states."""
    monkeypatch.setattr(audit, "PAGE", request.param[0])
    monkeypatch.setattr(audit, "PART", request.param[1])
    actor = factories.a_user()
    for number in range(LONG):
        bare = number % 2
        with writing():
            audit.record(
                f"project:act{number}",
                actor=None if bare else db.session.get(User, actor),
                role="system" if bare else "case_officer",
                subject_kind="project",
                subject_id=number // 2 + 1,
                subject_version=None if bare else number + 1,
                round_no=None if bare else 1,
                from_state=None if bare else "submitted",
                to_state=None if bare else "methodology_screening",
                detail={"n": "林" * number * 50},
                words="" if bare else f"理由{number}",
                at=now() + timedelta(milliseconds=number),
            )
    assert audit.verify() == (LONG, None)


def test_each_row_of_a_long_chain_is_looked_at(long_chain):
    for seq in range(1, LONG + 1):
        before = db.session.get_one(AuditEvent, seq).action
        tamper(f"UPDATE audit_events SET action = 'project:register' WHERE seq = {seq}")
        assert found() == (seq - 1, seq, "changed_column")
        tamper("UPDATE audit_events SET action = :before WHERE seq = :seq", before=before, seq=seq)
    assert audit.verify() == (LONG, None)


def test_each_lost_row_of_a_long_chain_is_missed(long_chain):
    for seq in range(LONG, 0, -1):
        tamper(f"DELETE FROM remarks WHERE seq >= {seq}", f"DELETE FROM audit_events WHERE seq >= {seq}")
        assert found() == (seq - 1, seq, "lost_tail")


@pytest.mark.parametrize("seq", range(1, LONG))
def test_a_gap_in_a_long_chain_is_found(long_chain, seq):
    tamper(f"DELETE FROM remarks WHERE seq = {seq}", f"DELETE FROM audit_events WHERE seq = {seq}")
    assert found() == (seq - 1, seq + 1, "out_of_order")


@pytest.mark.parametrize("seq", range(1, LONG))
def test_neighbours_that_changed_places_are_found(long_chain, seq):
    tamper(
        "DELETE FROM remarks",
        f"UPDATE audit_events SET seq = -1 WHERE seq = {seq}",
        f"UPDATE audit_events SET seq = {seq} WHERE seq = {seq + 1}",
        f"UPDATE audit_events SET seq = {seq + 1} WHERE seq = -1",
        *(f"INSERT INTO remarks (seq, words) VALUES ({n}, '理由{n - 1}')" for n in range(1, seq, 2)),
    )
    assert found() == (seq - 1, seq, "broken_link")


def test_words_of_each_row_of_a_long_chain_are_looked_at(long_chain):
    for seq in range(LONG, 0, -1):
        tamper(f"DELETE FROM remarks WHERE seq = {seq}", f"INSERT INTO remarks (seq, words) VALUES ({seq}, '同意')")
        assert found() == (seq - 1, seq, "changed_words")


def test_a_chain_written_anew_with_a_number_left_out_is_found(long_chain):
    """Bytes, hashes and head all fit one another; only the count does not."""
    statements, prev = ["DELETE FROM remarks"], db.session.get_one(AuditEvent, 4).hash
    changed: dict[str, Any] = {}
    for seq in range(5, LONG + 1):
        row = db.session.get_one(AuditEvent, seq)
        raw = audit.canonical({c: getattr(row, c) for c in COLUMNS} | {"seq": seq + 1, "words_digest": None})
        changed |= {f"raw{seq}": raw, f"prev{seq}": prev, f"hash{seq}": audit.link(prev, raw)}
        statements.insert(
            1,
            f"UPDATE audit_events SET seq = {seq + 1}, words_digest = NULL, prev = :prev{seq}, hash = :hash{seq},"
            f" canonical = :raw{seq} WHERE seq = {seq}",
        )
        prev = changed[f"hash{seq}"]
    statements += [f"UPDATE audit_head SET seq = {LONG + 1}, hash = '{prev}'"]
    statements += [f"INSERT INTO remarks (seq, words) VALUES ({n}, '理由{n - 1}')" for n in (1, 3)]
    tamper(*statements, **changed)
    assert found() == (4, 6, "out_of_order")


def test_a_row_before_the_first_is_found(long_chain):
    tamper("DELETE FROM remarks WHERE seq = 7", "UPDATE audit_events SET seq = -5 WHERE seq = 7")
    assert found() == (0, -5, "out_of_order")
