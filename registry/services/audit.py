"""The audit chain: every act leaves one link, in the transaction of the act itself.

`hash = SHA-256(0x00 ‖ prev ‖ canonical)`; `canonical` is every other column, each with its name and a
type tag, length-prefixed, in the table's order. Personal data never enters: people are numbers, words digests.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate, chain
from typing import Any

from sqlalchemy import Select, String, bindparam, insert, select, type_coerce, update

from registry.extensions import db, rows
from registry.logs import request_id
from registry.models import AuditEvent, AuditHead, Remark, User

GENESIS = "0" * 64
PAGE, PART = 8192, 128  # rows asked for at once, and looked at together
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


def link(prev: str, raw: bytes) -> str:
    """The hash that binds a row to the one before."""
    return _link(bytes.fromhex(prev), raw).hex()


def _link(prev: bytes, raw: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + prev + raw).digest()


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
    for part, words in _parts():
        bad = None if _holds(part, words, prev, expected) else _first_bad(part, words, prev, expected)
        if bad:
            return bad
        prev, expected = part[-1][2], expected + len(part)
    head = db.session.get(AuditHead, 1)
    if head is None or (head.seq, head.hash) != (expected - 1, prev):
        return expected - 1, BadRow(expected, "lost_tail")
    return expected - 1, None


Plain = tuple[Any, ...]
"""A row as the driver hands it out, its columns in the table's order."""
Words = Mapping[int, str]
"""The digests of the words given with some rows, by the rows' numbers."""

EVENTS = AuditEvent.__table__
# The instant as it is stored: what stands there need not even be one.
COLUMNS = [type_coerce(c, String()).label(c.name) if c.name == "at" else c for c in EVENTS.columns]
FIRST_PAGE = select(*COLUMNS).order_by(EVENTS.c.seq).limit(bindparam("number"))
NEXT_PAGE = FIRST_PAGE.where(EVENTS.c.seq > bindparam("after"))
WORDS = select(Remark.seq, Remark.words).where(Remark.seq.between(bindparam("first"), bindparam("last")))


def _parts() -> Iterator[tuple[list[Plain], Words]]:
    """Every row in order, as the database holds it, a few at a time; with them the digests of the words of their page.

    Plain rows of the driver, not objects: a million of them is a matter of seconds. By pages, not by a cursor of
    the server: a walk that ends early would leave it open. A page in parts: few rows stay in the processor's cache.
    """
    page, last = FIRST_PAGE, 0
    while True:
        # Of an unbroken chain these are the page's own rows; in a broken one, those up to the gap.
        with _asked(WORDS, {"first": last + 1, "last": last + PAGE}) as cursor:
            # str(): SQLite hands back whatever was put there, words or not
            words = {seq: hashlib.sha256(str(said).encode()).hexdigest() for seq, said in cursor}
        with _asked(page, {"after": last, "number": PAGE}) as cursor:
            part = cursor.fetchmany(PART)
            if not part:
                return
            while part:
                yield part, words
                last = part[-1][0]
                part = cursor.fetchmany(PART)
        page = NEXT_PAGE


@contextmanager
def _asked(query: Select[Any], values: Mapping[str, Any]) -> Iterator[Any]:
    """The driver's own cursor over the rows of a query: without what SQLAlchemy makes of them."""
    with db.session.connection().execute(query, values) as result:
        yield result.cursor


def _holds(part: list[Plain], words: Words, prev: str, expected: int) -> bool:
    """Do all these rows hold? Asks what `_wrong` asks of each, of whole columns at once."""
    columns = [*zip(*part, strict=True)]
    seqs, prevs, hashes, stored, *_, digests, _request = columns
    try:
        raws = _bytes_of(columns)
    except (TypeError, AttributeError):
        return False
    links = tuple(map(bytes.hex, accumulate(raws, _link, initial=bytes.fromhex(prev))))
    return (
        seqs == tuple(range(expected, expected + len(part)))
        and prevs == links[:-1]
        and hashes == links[1:]
        and stored == tuple(raws)
        and digests == tuple(map(words.get, seqs))
    )


def _first_bad(part: list[Plain], words: Words, prev: str, expected: int) -> tuple[int, BadRow] | None:
    """How many rows hold up to the first of these that does not, and that one."""
    for row in part:
        seq, said = row[0], row[2]
        why = _wrong(row, words.get(seq), prev) if seq == expected else "out_of_order"
        if why:
            return expected - 1, BadRow(seq, why)
        prev, expected = said, expected + 1
    return None


def _wrong(row: Plain, digest: str | None, prev: str) -> str | None:
    """Why a row does not hold; `digest` is that of its words."""
    if row[1] != prev:
        return "broken_link"
    try:
        (raw,) = _bytes_of([(value,) for value in row])
    except (TypeError, AttributeError):
        return "changed_column"
    if raw != row[3]:
        return "changed_column"
    if link(prev, raw) != row[2]:
        return "changed_bytes"
    return None if digest == row[-2] else "changed_words"


NAMES = dict(IN_BYTES)


class _Openings(dict[int, bytes]):
    """What stands before a value of so many bytes: its column's name, its tag and its length, each written once."""

    def __init__(self, column: str, tag: bytes = b"s", before: bytes = b"") -> None:
        super().__init__()
        self.start = before + NAMES[column] + tag

    def __missing__(self, size: int) -> bytes:
        self[size] = self.start + size.to_bytes(4, "big")
        return self[size]

    def before(self, values: list[bytes]) -> tuple[Iterable[bytes], Iterable[bytes]]:
        """What stands before each value, and the values."""
        return map(self.__getitem__, map(len, values)), values


def _remembering(*columns: str) -> Callable[..., bytes]:
    """From the values of neighbouring columns to their bytes; for those that come again and again."""

    @lru_cache(maxsize=8192)
    def together(*values: Any) -> bytes:
        return b"".join(NAMES[column] + _value(value) for column, value in zip(columns, values, strict=True))

    return together


SEQ, AT, SUBJECT = _Openings("seq", b"i", before=VERSION), _Openings("at", b"t"), _Openings("subject_id", b"i")
DETAIL, DIGEST, REQUEST = _Openings("detail"), NAMES["words_digest"], _Openings("request_id")
NO_DIGEST = DIGEST + _value(None)
_act = _remembering("actor_id", "actor_role", "action", "subject_kind")
_step = _remembering("subject_version", "round_no", "from_state", "to_state")


NUMBERS = {int, type(None)}


def _bytes_of(columns: Iterable[tuple[Any, ...]]) -> list[bytes]:
    """`canonical` of some rows from their columns as stored; TypeError or AttributeError for an impossible value.

    By columns: calls of Python for each value would take longer than all the rest of the walk.
    """
    seq, _prev, _hash, _stored, at, actor, role, action, kind, subject, version, round_no, *rest = columns
    before, after, detail, digest, request = rest
    if not NUMBERS.issuperset(map(type, chain(seq, actor, subject, version, round_no))):
        raise TypeError("1.0 is not 1, but what is remembered of the one would be found for the other")
    pieces = (
        *SEQ.before([b"%d" % number for number in seq]),
        *AT.before(_instants(at)),
        map(_act, actor, role, action, kind),
        *SUBJECT.before([b"%d" % number for number in subject]),
        map(_step, version, round_no, before, after),
        *DETAIL.before([*map(str.encode, detail)]),
        [NO_DIGEST if said is None else DIGEST + _value(said) for said in digest],
        *REQUEST.before([*map(str.encode, request)]),
    )
    return [*map(b"".join, zip(*pieces, strict=True))]


def _instants(stored: tuple[Any, ...]) -> list[bytes]:
    """Instants as they were hashed: the server hands out naive ones, SQLite their text."""
    if isinstance(stored[0], datetime):
        return [f"{at.isoformat(timespec='microseconds')}+00:00".encode() for at in stored]
    return [f"{at.replace(' ', 'T', 1)}+00:00".encode() for at in stored]
