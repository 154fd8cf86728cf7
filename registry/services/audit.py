"""The audit chain: every act leaves one link, in the transaction of the act itself.

`hash = SHA-256(0x00 ‖ prev ‖ canonical)`; `canonical` is every other column, each with its name and a
type tag, length-prefixed, in the table's order. Personal data never enters: people are numbers, words digests.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, String, bindparam, insert, select, type_coerce, update

from registry.extensions import db, rows
from registry.logs import request_id
from registry.models import AuditEvent, AuditHead, Remark, User

GENESIS = "0" * 64
PAGE = 2000
NOT_IN_BYTES = ("hash", "canonical", "prev")  # prev is hashed beside the bytes, the other two are the result
HEAD = select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1).with_for_update()
MOVE_HEAD = update(AuditHead).where(AuditHead.id == 1).values(seq=bindparam("to_seq"), hash=bindparam("to_hash"))
APPEND, REMARK = insert(AuditEvent), insert(Remark)
VERSION = b"\x01"  # of this encoding


def _field(raw: bytes, tag: bytes = b"s") -> bytes:
    return tag + len(raw).to_bytes(4, "big") + raw


IN_BYTES = tuple(
    (column, _field(column.encode()))
    for column in AuditEvent.__table__.columns.keys()  # noqa: SIM118 (a ColumnCollection is no dict)
    if column not in NOT_IN_BYTES
)
"""The hashed columns in the table's order, each with the bytes of its name."""


def canonical(values: Mapping[str, Any]) -> bytes:
    """Type-tagged, length-prefixed bytes of a row; raises TypeError for a value of an unknown type."""
    out = [VERSION]
    for column, name in IN_BYTES:
        out += (name, _value(values[column]))
    return b"".join(out)


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


NAMES = tuple(name for _column, name in IN_BYTES)
NOTHING = _field(b"", b"n")


def _together(first: int, *values: Any) -> bytes:
    """The bytes of neighbouring hashed columns from number `first` on, with their names."""
    return b"".join(name + _value(value) for name, value in zip(NAMES[first:], values, strict=False))


_remembered = lru_cache(maxsize=8192, typed=True)(_together)
"""The same, for values that come again and again: who acts, how, from and to which state."""


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
    """Append one link inside the caller's `writing()`; `words` go to `remarks`, their digest into the chain.

    Raises ValueError for an instant without a zone.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs its zone")
    last = rows(HEAD).one()
    values: dict[str, Any] = {
        "seq": last.seq + 1,
        # In UTC, as it is read back: the same instant of another zone would be hashed as other bytes.
        "at": at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000),
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
    event = AuditEvent(**values, prev=last.hash, hash=link(last.hash, raw), canonical=raw)
    # Past the session: its unit of work for three plain rows costs more than the rows.
    connection = db.session.connection()
    connection.execute(APPEND, {**values, "prev": event.prev, "hash": event.hash, "canonical": raw})
    connection.execute(MOVE_HEAD, {"to_seq": event.seq, "to_hash": event.hash})
    if words:
        connection.execute(REMARK, {"seq": event.seq, "words": words})
    return event


@dataclass(frozen=True, slots=True)
class BadRow:
    """The first row that does not hold, and why (a word the command line translates)."""

    seq: int
    why: str


def verify() -> tuple[int, BadRow | None]:
    """Walk the chain: rows that hold, and the first that does not. Keeps one page of rows at a time.

    `why` ∈ out_of_order, broken_link, changed_column, changed_bytes, changed_words, lost_tail.
    """
    prev, expected = GENESIS, 1
    for page, words in _pages():
        for row in page:
            seq, said = row[0], row[2]
            why = _wrong(row, words.get(seq), prev) if seq == expected else "out_of_order"
            if why:
                return expected - 1, BadRow(seq, why)
            prev, expected = said, expected + 1
    head = db.session.get(AuditHead, 1)
    if head is None or (head.seq, head.hash) != (expected - 1, prev):
        return expected - 1, BadRow(expected, "lost_tail")
    return expected - 1, None


Plain = tuple[Any, ...]
"""A row as the driver hands it out, its columns in the table's order."""


def _pages() -> Iterator[tuple[list[Plain], dict[int, str]]]:
    """Every row in order, as the database holds it, by pages; with each page the words given with its rows.

    Plain rows of the driver, not objects: a million of them is a matter of seconds. By pages, not by a cursor of
    the server: a walk that ends early would leave it open.
    """
    last = None
    while page := _fetched(_page(last)):
        first, last = page[0][0], page[-1][0]
        yield page, dict(_fetched(WORDS, {"first": first, "last": last}))


def _fetched(query: Select[Any], values: Mapping[str, Any] | None = None) -> list[Plain]:
    """The rows of a query without what SQLAlchemy makes of them."""
    with db.session.connection().execute(query, values) as result:
        return list(result.cursor.fetchall()) if result.cursor else []


WORDS = select(Remark.seq, Remark.words).where(Remark.seq.between(bindparam("first"), bindparam("last")))


def _page(after: int | None) -> Select[Any]:
    events = AuditEvent.__table__
    # The instant as it is stored: what stands there need not even be one.
    columns = [type_coerce(c, String()).label(c.name) if c.name == "at" else c for c in events.columns]
    query = select(*columns).order_by(events.c.seq).limit(PAGE)
    return query if after is None else query.where(events.c.seq > after)


# A walk over a million rows writes these bytes a million times: what never changes in them is put together once.
SEQ, AT, DETAIL = VERSION + NAMES[0] + b"i", NAMES[1] + b"t", NAMES[11] + b"s"
DIGEST, NO_DIGEST, REQUEST = NAMES[12] + b"s", NAMES[12] + NOTHING, NAMES[13] + b"s"


class _Lengths(dict[int, bytes]):
    """Four bytes for a length, each written once."""

    def __missing__(self, size: int) -> bytes:
        self[size] = size.to_bytes(4, "big")
        return self[size]


SIZE = _Lengths()


def _bytes_of(row: Plain) -> bytes:
    """`canonical` of the hashed columns as stored; raises TypeError or AttributeError for an impossible value."""
    seq, _prev, _hash, _stored, at, actor, role, action, kind, subject, version, round_no, before, after, *rest = row
    # An instant as it was hashed: the server hands out a naive one, SQLite its text.
    at = at.isoformat(timespec="microseconds") if isinstance(at, datetime) else at.replace(" ", "T", 1)
    number, instant = b"%d" % seq, f"{at}+00:00".encode()
    detail, digest, request = rest[0].encode(), rest[1], rest[2].encode()
    return b"".join(
        (
            SEQ,
            SIZE[len(number)],
            number,
            AT,
            SIZE[len(instant)],
            instant,
            _remembered(2, actor, role, action, kind),
            _remembered(6, subject),
            _remembered(7, version, round_no, before, after),
            DETAIL,
            SIZE[len(detail)],
            detail,
            NO_DIGEST if digest is None else DIGEST + SIZE[len(digest)] + digest.encode(),
            REQUEST,
            SIZE[len(request)],
            request,
        )
    )


def _wrong(row: Plain, words: str | None, prev: str) -> str | None:
    if row[1] != prev:
        return "broken_link"
    try:
        raw = _bytes_of(row)
    except (TypeError, AttributeError):
        return "changed_column"
    if raw != row[3]:
        return "changed_column"
    if link(prev, raw) != row[2]:
        return "changed_bytes"
    # str(): SQLite hands back whatever was put there, words or not
    digest = None if words is None else hashlib.sha256(str(words).encode()).hexdigest()
    return None if digest == row[-2] else "changed_words"
