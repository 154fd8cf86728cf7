"""Changes of the policy: drafted, proposed, decided; and what each would do to all cases."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.case import StoredFile
from registry.models.columns import day, digest, instant, name, one_of, pk, str_enum
from registry.models.columns import text as prose
from registry.models.people import Body, User
from workflows.states import ChangeState


class PolicyChange(Base):
    """A change of the rules: its content as TOML, the document that decides it, who proposed it and who decided.

    What was proposed is never changed. `history_no` counts the confirmed ones from 1; `history_digest` covers all of
    them up to this one, so that it names a revision of the policy.
    """

    __tablename__ = "policy_changes"
    __table_args__ = (
        one_of("state", ChangeState),
        CheckConstraint("(state = 'draft') = (number IS NULL)", name="numbered_once_proposed"),
        CheckConstraint("(state = 'draft') = (proposed_by_id IS NULL)", name="proposed_by_a_person"),
        CheckConstraint("(state = 'draft') = (proposed_at IS NULL)", name="proposed_at_an_instant"),
        CheckConstraint("(state IN ('draft', 'proposed')) = (decided_by_id IS NULL)", name="decided_by_a_person"),
        CheckConstraint("(state IN ('draft', 'proposed')) = (decided_at IS NULL)", name="decided_at_an_instant"),
        CheckConstraint("state = 'draft' OR (sha256 IS NOT NULL AND reasons <> '')", name="with_its_document"),
        CheckConstraint("(sha256 IS NULL) = (filename IS NULL)", name="file_has_a_name"),
        CheckConstraint(
            "state NOT IN ('confirmed', 'refused') OR decided_by_id <> proposed_by_id", name="decided_by_another"
        ),
        CheckConstraint("state <> 'withdrawn' OR decided_by_id = proposed_by_id", name="withdrawn_by_who_proposed"),
        CheckConstraint("(state = 'confirmed') = (history_no IS NOT NULL)", name="counted_once_confirmed"),
        CheckConstraint("(history_no IS NULL) = (history_digest IS NULL)", name="history_whole"),
        CheckConstraint("length(content_digest) = 64", name="digest_whole"),
        Index(
            "uq_policy_changes_in_force",
            "subject",
            "effective_on",
            unique=True,
            sqlite_where=text("state = 'confirmed'"),
            postgresql_where=text("state = 'confirmed'"),
        ),
    )

    id: Mapped[pk]
    body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    state: Mapped[ChangeState] = mapped_column(str_enum(ChangeState))
    version: Mapped[int] = mapped_column(default=1)
    subject: Mapped[str] = mapped_column(String(60))
    """The figure or method it changes."""
    effective_on: Mapped[day]
    content: Mapped[prose]
    content_digest: Mapped[digest]
    reasons: Mapped[prose]
    document_number: Mapped[str] = mapped_column(String(120))
    document_title: Mapped[name]
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_files.sha256"))
    filename: Mapped[str | None] = mapped_column(String(200))
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    drafted_at: Mapped[instant]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[instant | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[instant | None]
    history_no: Mapped[int | None] = mapped_column(unique=True)
    history_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    is_example: Mapped[bool] = mapped_column(default=False)

    body: Mapped[Body] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    drafted_by: Mapped[User] = relationship(foreign_keys=drafted_by_id)
    proposed_by: Mapped[User | None] = relationship(foreign_keys=proposed_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)


class PolicyReplay(Base):
    """A change run over all cases: which content, against which revision, and what came of it as JSON.

    `revision` is the `history_digest` of the last change confirmed then, "" before the first.
    """

    __tablename__ = "policy_replays"
    __table_args__ = (Index("ix_policy_replays_change", "change_id"),)

    id: Mapped[pk]
    change_id: Mapped[int] = mapped_column(ForeignKey("policy_changes.id"))
    content_digest: Mapped[digest]
    revision: Mapped[digest]
    cases: Mapped[int]
    result: Mapped[prose]
    made_at: Mapped[instant]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    made_by: Mapped[User] = relationship()


class ReplayRun(Base):
    """A replay somebody asked for: how far it is, and how it ended; what came of it is a `PolicyReplay`.

    `beat_at` is when whoever works on it last said so, None: nobody yet. One of a change is open at a time.
    """

    __tablename__ = "replay_runs"
    __table_args__ = (
        CheckConstraint("problem IN ('', 'changed', 'stopped', 'failed')", name="problem_listed"),
        CheckConstraint("cases >= 0 AND done >= 0", name="counted"),
        CheckConstraint("ended_at IS NOT NULL OR problem = ''", name="open_without_a_problem"),
        CheckConstraint("length(content_digest) = 64", name="digest_whole"),
        Index(
            "uq_replay_runs_open",
            "change_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[pk]
    change_id: Mapped[int] = mapped_column(ForeignKey("policy_changes.id"))
    content_digest: Mapped[digest]
    cases: Mapped[int]
    """How many there were when it was asked for."""
    done: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[instant]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    beat_at: Mapped[instant | None]
    ended_at: Mapped[instant | None]
    problem: Mapped[str] = mapped_column(String(40), default="")
    """Why it ended without an outcome; "" while it runs and where it has one."""
