"""Papers that come with an opinion: put on file in the round under review, before the door is asked."""

from datetime import datetime

from sqlalchemy import func, select

from registry.extensions import db, writing
from registry.models import Case, Document, StoredFile, User
from registry.storage import Stored


def file_paper(case_id: int, kind: str, filename: str, stored: Stored, *, by: User, at: datetime) -> int:
    """Put a stored file on file in the case's present round; returns the paper's id.

    The same content handed in twice by one person in a round is one paper, so that a try that the
    door refused can be made again. Papers of a submitted round are kept, whatever the door says.
    """
    person_id = by.id
    with writing():
        case = db.session.scalars(select(Case).where(Case.id == case_id).with_for_update()).one()
        same = select(Document.id).where(
            Document.case_id == case_id,
            Document.kind == kind,
            Document.sha256 == stored.sha256,
            Document.round_no == case.round,
            Document.uploaded_by_id == person_id,
        )
        found = db.session.scalars(same).first()
        if found is not None:
            return found
        if db.session.get(StoredFile, stored.sha256) is None:
            db.session.add(
                StoredFile(sha256=stored.sha256, size=stored.size, media_type=stored.media_type, stored_at=at)
            )
            db.session.flush()
        last = select(func.max(Document.no)).where(
            Document.case_id == case_id, Document.kind == kind, Document.slot == ""
        )
        paper = Document(
            case_id=case_id,
            round_no=case.round,
            kind=kind,
            slot="",
            no=(db.session.scalar(last) or 0) + 1,
            sha256=stored.sha256,
            filename=filename,
            uploaded_at=at,
            uploaded_by_id=person_id,
        )
        db.session.add(paper)
        db.session.flush()
        return paper.id
