"""Papers: issued in the transaction of the act they follow from, made into PDFs by a job, and checked by anybody.

The door calls `draw_up` before the act's link in the chain is written and `issue` after; nothing else issues
a paper. What it says is frozen as canonical JSON; its digest stands in the act's link.
"""

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select

from registry import formats
from registry.extensions import db, writing
from registry.models import AuditEvent, Paper, PaperFile, PaperKind, StoredFile
from registry.security import throttle
from registry.services import audit, numbers, paper_words
from registry.services.effects.context import Context
from registry.services.paper_words import texts
from registry.storage import Stored
from workflows.roles import Role

ISSUED_BY: Mapping[str, PaperKind] = {
    "submit": PaperKind.RECEIPT,
    "resubmit": PaperKind.RECEIPT,
    "amend": PaperKind.RECEIPT,
    "accept": PaperKind.ACCEPTANCE,
    "deem_accepted": PaperKind.ACCEPTANCE,
    "decline": PaperKind.DECLINED,
    "request_correction": PaperKind.CORRECTION,
    "approve_risk": PaperKind.REVIEW,
    "reject": PaperKind.REVIEW,
    "register": PaperKind.CERTIFICATE,
    "decide_amendment": PaperKind.CERTIFICATE,
    "revoke": PaperKind.REVIEW,
}
"""Action → the paper it issues; an amendment that is refused gets the opinion instead of a certificate."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Signs of a verification code: none that is read for another. Their number is a prime, which `_check` needs."""
CODE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper drawn up and not yet issued."""

    kind: PaperKind
    number: str
    code: str
    content: str
    digest: str

    @property
    def trace(self) -> dict[str, str]:
        """What the act's link in the chain says of it."""
        return {"paper": self.number, "paper_digest": self.digest}


# --- issuing ---


def draw_up(ctx: Context) -> Sheet | None:
    """The paper an act issues, numbered and frozen; None for an act that issues none. The case has moved already."""
    kind = ISSUED_BY.get(ctx.taken.act.name)
    if kind is None:
        return None
    if ctx.taken.act.name == "decide_amendment" and not ctx.data["approved"]:
        kind = PaperKind.REVIEW
    before = in_force(ctx.case.id)
    replaced = before if kind is PaperKind.CERTIFICATE else None
    number, code = _number(ctx, kind), new_code()
    values = {
        **fixed(ctx.case.body.name, code, is_example=ctx.case.is_example),
        **paper_words.words(kind, ctx, number=number, certificate=before),
        "form": 1,
        "kind": kind.value,
        "number": number,
        "case_number": ctx.case.number,
        "project": ctx.case.name,
        "issued_on": ctx.on.isoformat(),
        "replaces": replaced.number if replaced else "",
    }
    content = canonical(values)
    return Sheet(kind, number, code, content, digest_of(content))


def issue(sheet: Sheet, event: AuditEvent) -> None:
    """Issue a paper under the link that carries its digest; the PDF is made later, by a job."""
    of_meeting = event.subject_kind == "meeting"
    db.session.add(
        Paper(
            case_id=None if of_meeting else event.subject_id,
            round_no=event.round_no,
            meeting_id=event.subject_id if of_meeting else None,
            kind=sheet.kind,
            number=sheet.number,
            code=sheet.code,
            seq=event.seq,
            content=sheet.content,
            digest=sheet.digest,
            issued_at=event.at,
        )
    )
    db.session.flush()


def _number(ctx: Context, kind: PaperKind) -> str:
    """A receipt is numbered by case and submission; every other paper by the one series of the year."""
    if kind is PaperKind.RECEIPT:
        return f"{ctx.case.number}-{ctx.case.round}"
    series = current_app.config["PAPER_NUMBER"] or texts()["series"]
    return str(series).format(year=ctx.on.year, n=numbers.allot("paper", ctx.on.year))


def fixed(organ: str, code: str, *, is_example: bool) -> dict[str, Any]:
    """The words every paper carries: who signs, how it is checked, and whether it is a sample."""
    config, said = current_app.config, texts()
    address = f"{config['PUBLIC_URL']}/verify/{code}"
    sample = config["DEMO"] or is_example
    contact = config["PAPER_CONTACT"] or said["contact"]
    return {
        "code": code,
        "address": address,
        "head": config["PAPER_HEAD"],
        "organ": organ,
        "contact": said["contact_line"].format(contact=contact),
        "sample": said["sample"] if sample else "",
        "sample_note": said["sample_note"] if sample else "",
        "pages": said["pages"],
        "code_line": said["code"].format(code=spaced(code)),
        "verify_line": said["verify"].format(address=f"{config['PUBLIC_URL']}/verify"),
        "scan": said["scan"],
        "colon": said["colon"],
    }


def day_in_words(on: date) -> str:
    """A day as papers write it."""
    with force_locale(paper_words.LANGUAGE):
        return formats.day(on)


def canonical(values: Mapping[str, Any]) -> str:
    """The one way values are written; what is hashed."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(content: str) -> str:
    """SHA-256 of a paper's content."""
    return hashlib.sha256(content.encode()).hexdigest()


# --- verification codes ---


def new_code() -> str:
    """A random code with its check sign."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH - 1))
    return body + _check(body)


def _check(body: str) -> str:
    """Weighted sum modulo a prime: one sign wrong, or two neighbours swapped, is always noticed."""
    total = sum((place + 2) * ALPHABET.index(sign) for place, sign in enumerate(body))
    return ALPHABET[-total % len(ALPHABET)]


def spaced(code: str) -> str:
    """A code as people read it: in fours."""
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))


def read_code(typed: str) -> str | None:
    """The code a person typed, however spaced or wide; None where it cannot be one."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    signs = "".join(c for c in plain if c.isalnum())
    if len(signs) != CODE_LENGTH or not set(signs) <= set(ALPHABET):
        return None
    return signs if _check(signs[:-1]) == signs[-1] else None


def look_up(code: str, visitor: str, at: datetime) -> Paper | None:
    """The paper of a well-formed code; raises throttle.TooMany after too many that there are not."""
    throttle.may_look_up(visitor, at)
    found = db.session.scalars(select(Paper).where(Paper.code == code)).one_or_none()
    if found is None:
        with writing():
            throttle.looked_up_in_vain(visitor, at)
    return found


# --- what holds ---


def in_force(case_id: int) -> Paper | None:
    """The last certificate of a case."""
    query = select(Paper).where(Paper.case_id == case_id, Paper.kind == PaperKind.CERTIFICATE)
    return db.session.scalars(query.order_by(Paper.id.desc()).limit(1)).one_or_none()


def holds(paper: Paper) -> bool:
    """Whether a paper's content is what was hashed, and its digest stands in the link of its act."""
    event = db.session.get(AuditEvent, paper.seq)
    return (
        digest_of(paper.content) == paper.digest
        and event is not None
        and json.loads(event.detail).get("paper_digest") == paper.digest
    )


def file_of(paper_id: int) -> str | None:
    """The SHA-256 of a paper's PDF; None while it is being made."""
    found = db.session.get(PaperFile, paper_id)
    return found.sha256 if found else None


# --- the PDF ---


def waiting() -> list[int]:
    """The papers without a file, oldest first: the outbox."""
    query = select(Paper.id).outerjoin(PaperFile).where(PaperFile.paper_id.is_(None)).order_by(Paper.id)
    return list(db.session.scalars(query))


def content_of(paper_id: int) -> dict[str, Any]:
    """What a paper says; raises ValueError where it is not what was issued."""
    paper = db.session.get_one(Paper, paper_id)
    if digest_of(paper.content) != paper.digest:
        raise ValueError(f"paper {paper_id} is not what was issued")
    return dict(json.loads(paper.content))


def keep(paper_id: int, stored: Stored, at: datetime) -> bool:
    """Put the PDF of a paper on file; False where somebody did so before. The first one stays."""
    with writing():
        # The lock of the row: of two jobs at once the second finds the file there.
        db.session.scalars(select(Paper).where(Paper.id == paper_id).with_for_update()).one()
        if db.session.get(PaperFile, paper_id) is not None:
            return False
        if db.session.get(StoredFile, stored.sha256) is None:
            row = StoredFile(sha256=stored.sha256, size=stored.size, media_type=stored.media_type, stored_at=at)
            db.session.add(row)
        event = audit.record(
            "paper:make",
            actor=None,
            role=Role.SYSTEM,
            subject_kind="paper",
            subject_id=paper_id,
            at=at,
            detail={"pdf": stored.sha256},
        )
        db.session.add(PaperFile(paper_id=paper_id, sha256=stored.sha256, seq=event.seq, made_at=at))
        return True
