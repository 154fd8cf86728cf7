"""Forged papers and files of papers: what the database must say, and the statements."""

from typing import Any

from tests.services.forging import (
    AT,
    DIGEST,
    FOREIGN,
    OTHER_DIGEST,
    Forge,
    Stage,
    Step,
    delete,
    emptied,
    insert,
    last,
    link,
    over,
    row,
    update,
)

APPEND, EMPTIED = "papers is append-only", "is append-only|is not emptied"
IN_CHAIN = "a paper stands in the chain with its digest"
FILE_IN_CHAIN = "the file of a paper stands in the chain with its digest"


def act(s: Stage, detail: str = f'{{"paper_digest":"{DIGEST}"}}', **changed: Any) -> list[Step]:
    """An act of the case that was just submitted, as the next link."""
    values = {"subject_kind": "project", "subject_id": s.cases["fresh"], "round_no": 1, "detail": detail}
    return [link(s, **(values | changed)), update("audit_head", "id = 1", seq=last(s) + 1, hash=OTHER_DIGEST)]


def paper(s: Stage, **changed: Any) -> Step:
    values = {
        "id": 9001,
        "case_id": s.cases["fresh"],
        "round_no": 1,
        "kind": "acceptance",
        "number": "X-1",
        "code": "A" * 12,
        "seq": last(s) + 1,
        "content": "{}",
        "digest": DIGEST,
        "issued_at": AT,
    }
    return insert("papers", **(values | changed))


def first(s: Stage) -> int:
    return int(row(s, "papers")["id"])


def file(s: Stage, detail: str = f'{{"pdf":"{DIGEST}"}}', kind: str = "paper", of: int = 0) -> list[Step]:
    """The file of the first paper, under a link that says so."""
    stored = insert("stored_files", sha256=DIGEST, size=1, media_type="application/pdf", stored_at=AT)
    made = act(s, detail, subject_kind=kind, subject_id=of or first(s), round_no=None)
    entry = insert("paper_files", paper_id=first(s), sha256=DIGEST, seq=last(s) + 1, made_at=AT)
    return [stored, *made, entry]


ALLOWED: dict[str, Forge] = {
    "a paper under the link of its act": lambda s: [*act(s), paper(s)],
    "the file of a paper under its own link": file,
}
FORGERIES: dict[str, tuple[str, Forge]] = {
    "a paper no act speaks of": (IN_CHAIN, lambda s: [*act(s, "{}"), paper(s)]),
    "a paper with another digest than its act says": (IN_CHAIN, lambda s: [*act(s), paper(s, digest=OTHER_DIGEST)]),
    "a paper whose digest would match anything": (IN_CHAIN, lambda s: [*act(s), paper(s, digest="%" * 64)]),
    "a paper of another case than its act": (IN_CHAIN, lambda s: [*act(s), paper(s, case_id=s.cases["risk"])]),
    "a paper of another round than its act": (IN_CHAIN, lambda s: [*act(s, round_no=2), paper(s)]),
    "a paper under a link of another kind": (IN_CHAIN, lambda s: [*act(s, subject_kind="paper"), paper(s)]),
    "a paper without a link": (IN_CHAIN + "|" + FOREIGN, lambda s: [paper(s, seq=99999)]),
    "a paper with a digest cut short": (
        "digest_whole",
        lambda s: [*act(s), paper(s, digest=DIGEST[:60])],
    ),
    "a paper with a code cut short": ("code_whole", lambda s: [*act(s), paper(s, code="A")]),
    "a paper of an unknown kind": ("kind_listed", lambda s: [*act(s), paper(s, kind="licence")]),
    "a second paper under one link": (
        APPEND + "|uq_papers_seq|papers.seq",
        lambda s: [*act(s), paper(s), paper(s, id=9002, number="X-2", code="B" * 12)],
    ),
    "a paper changed": (APPEND, lambda s: [update("papers", f"id = {first(s)}", content="{}")]),
    "a paper deleted": (APPEND, lambda s: [delete("papers", f"id = {first(s)}")]),
    "the papers emptied": (EMPTIED, lambda s: emptied(s, "papers")),
    "a paper written over": (APPEND, lambda s: over(s, "papers", "id", content="{}")),
    "a paper put in another's number": (
        APPEND + "|" + IN_CHAIN,
        lambda s: [*act(s), *over(s, "papers", "number", id=9001, code="B" * 12, seq=last(s) + 1)],
    ),
    "a paper put in another's code": (
        APPEND + "|" + IN_CHAIN,
        lambda s: [*act(s), *over(s, "papers", "code", id=9001, number="X-1", seq=last(s) + 1)],
    ),
    "a file no link speaks of": (FILE_IN_CHAIN, lambda s: file(s, "{}")),
    "a file under the link of another paper": (FILE_IN_CHAIN, lambda s: file(s, of=99999)),
    "a file under a link of another kind": (FILE_IN_CHAIN, lambda s: file(s, kind="project")),
    "a file of a paper exchanged": (
        "paper_files is append-only",
        lambda s: [*file(s), update("paper_files", "1 = 1", made_at="2026-03-03 01:00:00")],
    ),
    "a file of a paper removed": (
        "paper_files is append-only",
        lambda s: [*file(s), delete("paper_files", "1 = 1")],
    ),
}
