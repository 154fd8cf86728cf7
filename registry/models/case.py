"""A forestry carbon project's case, its rounds, answers and papers."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.columns import area, day, document, instant, one_of, pk, str_enum, text
from registry.models.people import Body, Organisation, User
from workflows.roles import Role
from workflows.states import Activity, ProjectState, Scheme


class Case(Base):
    """One project: from an empty form to its entry in the city's project library (入库) and beyond.

    `version` rises with every step and with whatever others judge by; a page made from an older
    version is stale. `round` is the number of the last submission; 0 before the first.
    The summary columns (`name` … `area_mu`) are written from the answers by submit and its kin;
    `registered_on`, the day of the first entry, by the database with the registration itself.
    """

    __tablename__ = "cases"
    __table_args__ = (
        one_of("state", ProjectState),
        CheckConstraint(
            "(state IN ('correction_requested', 'suspended', 'declined', 'rejected')) = (returns_to IS NOT NULL)",
            name="waits_for_a_stage",
        ),
        CheckConstraint("(proponent_org_id IS NULL) <> (proponent_user_id IS NULL)", name="one_proponent"),
        CheckConstraint("(state = 'draft') = (number IS NULL)", name="numbered_once_submitted"),
        CheckConstraint("(state = 'draft') = (round = 0)", name="round_once_submitted"),
        CheckConstraint("agent_org_id IS NULL OR proponent_org_id IS NOT NULL", name="agent_files_for_an_organisation"),
        # The orders of the public list and of the desk's, whole and by each filter.
        Index("ix_cases_entered", "registered_on", "project_number"),
        Index("ix_cases_entered_scheme", "scheme", "registered_on", "project_number"),
        Index("ix_cases_entered_district", "district_code", "registered_on", "project_number"),
        Index("ix_cases_entered_both", "district_code", "scheme", "registered_on", "project_number"),
        Index("ix_cases_moved", "state_since", "id"),
        Index("ix_cases_moved_state", "state", "state_since", "id"),
        Index("ix_cases_moved_scheme", "scheme", "state_since", "id"),
        Index("ix_cases_moved_district", "district_code", "state_since", "id"),
    )

    id: Mapped[pk]
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    project_number: Mapped[str | None] = mapped_column(String(60), unique=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    state: Mapped[ProjectState] = mapped_column(str_enum(ProjectState))
    returns_to: Mapped[ProjectState | None] = mapped_column(str_enum(ProjectState))
    suspended_by: Mapped[Role | None] = mapped_column(str_enum(Role))
    round: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    proponent_org_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    proponent_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    agent_org_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    partner_org_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    vvb_org_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))

    name: Mapped[str] = mapped_column(String(200), default="")
    scheme: Mapped[Scheme | None] = mapped_column(str_enum(Scheme))
    activity: Mapped[Activity | None] = mapped_column(str_enum(Activity))
    method: Mapped[str | None] = mapped_column(String(40))
    district_code: Mapped[str | None] = mapped_column(String(6))
    area_mu: Mapped[area | None]

    created_at: Mapped[instant]
    submitted_at: Mapped[instant | None]
    accepted_on: Mapped[day | None]
    state_since: Mapped[instant]
    registered_on: Mapped[day | None]
    is_example: Mapped[bool] = mapped_column(default=False)

    body: Mapped[Body] = relationship()
    proponent_org: Mapped[Organisation | None] = relationship(foreign_keys=proponent_org_id)
    proponent_user: Mapped[User | None] = relationship(foreign_keys=proponent_user_id)
    agent_org: Mapped[Organisation | None] = relationship(foreign_keys=agent_org_id)
    partner_org: Mapped[Organisation | None] = relationship(foreign_keys=partner_org_id)
    vvb_org: Mapped[Organisation | None] = relationship(foreign_keys=vvb_org_id)

    def __repr__(self) -> str:
        return f"<Case {self.id} {self.number} {self.state}>"


class Round(Base):
    """One submission of a case; gates, votes and papers belong to a round."""

    __tablename__ = "rounds"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    opened_by: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[instant]


class Answers(Base):
    """One section of the application in one round.

    The round in preparation is `case.round + 1`; its answers are a draft with their own version.
    Answers of a submitted round are frozen by a trigger.
    """

    __tablename__ = "answers"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    round_no: Mapped[int] = mapped_column(primary_key=True)
    section: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    data: Mapped[document]
    done: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[instant]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    saved_by: Mapped[User] = relationship()


class StoredFile(Base):
    """A file known by its content."""

    __tablename__ = "stored_files"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(80))
    stored_at: Mapped[instant]


class Document(Base):
    """One version of one paper of a case; `slot` tells papers of one kind apart (a parcel's key, or '')."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "slot", "no"),
        Index("ix_documents_case", "case_id", "kind"),
    )

    id: Mapped[pk]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    round_no: Mapped[int]
    kind: Mapped[str] = mapped_column(String(60))
    slot: Mapped[str] = mapped_column(String(40), default="")
    no: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_files.sha256"))
    filename: Mapped[str] = mapped_column(String(120))
    uploaded_at: Mapped[instant]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    removed_at: Mapped[instant | None]

    file: Mapped[StoredFile] = relationship()
    uploaded_by: Mapped[User] = relationship()


class Remark(Base):
    """The words given with an act (reasons, grounds); the audit chain holds their digest."""

    __tablename__ = "remarks"

    seq: Mapped[int] = mapped_column(ForeignKey("audit_events.seq"), primary_key=True)
    words: Mapped[text]


class NumberCounter(Base):
    """The last number given in a series of a year; moved in the transaction that uses the number."""

    __tablename__ = "number_counters"

    series: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class CorrectionNotice(Base):
    """一次性告知书: all faults of a round at once; one a round."""

    __tablename__ = "correction_notices"
    __table_args__ = (
        UniqueConstraint("case_id", "round_no"),
        ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),
    )

    id: Mapped[pk]
    case_id: Mapped[int]
    round_no: Mapped[int]
    sent_at: Mapped[instant]
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    late_reason: Mapped[text | None]

    faults: Mapped[list["CorrectionFault"]] = relationship(order_by="CorrectionFault.id")


class CorrectionFault(Base):
    """One fault, tied to a field (`section.field`) or a document (`documents.kind`)."""

    __tablename__ = "correction_faults"

    id: Mapped[pk]
    notice_id: Mapped[int] = mapped_column(ForeignKey("correction_notices.id"), index=True)
    field: Mapped[str] = mapped_column(String(120))
    what: Mapped[text]
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("correction_faults.id"))


class Reconsideration(Base):
    """复核: asked for by the applicant, and what three people who had no part made of it."""

    __tablename__ = "reconsiderations"
    __table_args__ = (
        CheckConstraint("outcome IN ('asked', 'upheld', 'annulled', 'changed')", name="outcome_listed"),
        UniqueConstraint("case_id", "round_no", "outcome"),
        ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),
    )

    id: Mapped[pk]
    case_id: Mapped[int]
    round_no: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(40))
    words: Mapped[text]
    made_at: Mapped[instant]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    people: Mapped[list["ReconsiderationPerson"]] = relationship()


class ReconsiderationPerson(Base):
    """One of the three."""

    __tablename__ = "reconsideration_people"

    reconsideration_id: Mapped[int] = mapped_column(ForeignKey("reconsiderations.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)

    user: Mapped[User] = relationship()
