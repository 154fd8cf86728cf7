"""The audit chain: every act leaves one link, in the transaction of the act itself.

`hash = SHA-256(0x00 ‖ prev ‖ canonical)`; `canonical` is every other column, each with its name and a
type tag, length-prefixed, in the table's order. Personal data never enters: people are numbers, words digests.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from registry.extensions import db
from registry.logs import request_id
from registry.models import AuditEvent, AuditHead, Remark, User

GENESIS = "0" * 64
PAGE = 1000
NOT_IN_BYTES = ("hash", "canonical", "prev")  # prev is hashed beside the bytes, the other two are the result


def canonical(values: Mapping[str, Any]) -> bytes:
    """Type-tagged, length-prefixed bytes of a row; raises TypeError for a value of an unknown type."""
    out = [b"\x01"]  # version of this encoding
    for column in AuditEvent.__table__.columns.keys():  # noqa: SIM118 (a ColumnCollection is no dict)
        if column in NOT_IN_BYTES:
            continue
        out += [_field(column.encode()), _value(values[column])]
    return b"".join(out)


def _field(raw: bytes, tag: bytes = b"s") -> bytes:
    return tag + len(raw).to_bytes(4, "big") + raw


def _value(value: Any) -> bytes:
    match value:
        case None:
            return _field(b"", b"n")
        case bool():
            raise TypeError("the chain has no booleans")
        case int():
            return _field(str(value).encode(), b"i")
        case str():
            return _field(value.encode())
        case datetime():
            return _field(value.isoformat(timespec="microseconds").encode(), b"t")
    raise TypeError(f"cannot put {type(value).__name__} into the chain")


def link(prev: str, raw: bytes) -> str:
    """The hash that binds a row to the one before."""
    return hashlib.sha256(b"\x00" + bytes.fromhex(prev) + raw).hexdigest()


def record(
    action: str,
    *,
    actor: User | None,
    role: str,
    subject_kind: str,
    subject_id: int,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
    subject_version: int | None = None,
    round_no: int | None = None,
    from_state: str | None = None,
    to_state: str | None = None,
    words: str = "",
) -> AuditEvent:
    """Append one link inside the caller's `writing()`; `words` go to `remarks`, their digest into the chain."""
    db.session.flush()
    head = db.session.scalars(select(AuditHead).where(AuditHead.id == 1).with_for_update()).one()
    values: dict[str, Any] = {
        "seq": head.seq + 1,
        "at": at.replace(microsecond=at.microsecond // 1000 * 1000),
        "actor_id": actor.id if actor else None,
        "actor_role": str(role),
        "action": action,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "subject_version": subject_version,
        "round_no": round_no,
        "from_state": None if from_state is None else str(from_state),
        "to_state": None if to_state is None else str(to_state),
        "detail": json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str),
        "words_digest": hashlib.sha256(words.encode()).hexdigest() if words else None,
        "request_id": request_id(),
    }
    raw = canonical(values)
    event = AuditEvent(**values, prev=head.hash, hash=link(head.hash, raw), canonical=raw)
    db.session.add(event)
    db.session.flush()
    head.seq, head.hash = event.seq, event.hash
    if words:
        db.session.add(Remark(seq=event.seq, words=words))
    db.session.flush()
    return event


@dataclass(frozen=True, slots=True)
class BadRow:
    """The first row that does not hold, and why (a word the command line translates)."""

    seq: int
    why: str


def verify() -> tuple[int, BadRow | None]:
    """Walk the chain: rows that hold, and the first that does not.

    `why` ∈ out_of_order, broken_link, changed_column, changed_bytes, changed_words, lost_tail.
    """
    prev, expected = GENESIS, 1
    for seq, event in _events():
        why = _wrong(event, prev, expected) if event else "changed_column"
        if event is None or why:
            return expected - 1, BadRow(seq, why or "changed_column")
        prev, expected = event.hash, expected + 1
    head = db.session.get(AuditHead, 1)
    if head is None or (head.seq, head.hash) != (expected - 1, prev):
        return expected - 1, BadRow(expected, "lost_tail")
    return expected - 1, None


def _events() -> Iterator[tuple[int, AuditEvent | None]]:
    """Each row with its number, in order; None where a value cannot even be read.

    By pages, not by a cursor of the server: a walk that ends early would leave it open.
    """
    last = None
    while seqs := list(db.session.scalars(_page(last))):
        last = seqs[-1]
        try:
            query = select(AuditEvent).where(AuditEvent.seq.between(seqs[0], last))
            rows: dict[int, AuditEvent | None] = {e.seq: e for e in db.session.scalars(query)}
        except (ValueError, TypeError):
            rows = {seq: _readable(seq) for seq in seqs}
        yield from ((seq, rows.get(seq)) for seq in seqs)


def _page(after: int | None) -> Select[tuple[int]]:
    query = select(AuditEvent.seq).order_by(AuditEvent.seq).limit(PAGE)
    return query if after is None else query.where(AuditEvent.seq > after)


def _readable(seq: int) -> AuditEvent | None:
    try:
        return db.session.get(AuditEvent, seq)
    except (ValueError, TypeError):
        return None


def _wrong(event: AuditEvent, prev: str, expected: int) -> str | None:
    if event.seq != expected:
        return "out_of_order"
    if event.prev != prev:
        return "broken_link"
    values = {c: getattr(event, c) for c in AuditEvent.__table__.columns.keys()}  # noqa: SIM118
    try:
        raw = canonical(values)
    except (TypeError, AttributeError):
        return "changed_column"
    if raw != event.canonical:
        return "changed_column"
    if link(prev, event.canonical) != event.hash:
        return "changed_bytes"
    words = db.session.get(Remark, event.seq)
    # str(): SQLite hands back whatever was put there, words or not
    digest = hashlib.sha256(str(words.words).encode()).hexdigest() if words else None
    return None if digest == event.words_digest else "changed_words"
