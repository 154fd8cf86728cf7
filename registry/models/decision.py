"""Sittings, votes, gates and entries: what the leading group decides, and what the database holds it to."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.columns import day, digest, instant, one_of, pk, str_enum, text
from registry.models.people import User
from workflows.roles import Role
from workflows.states import Choice, GateName, GateResult, Question, RecusalGround


class Deliberation(Base):
    """One sitting on one question of a case; its figures are fixed from the opening.

    Quorum: at least `quorum_num/quorum_den` of the members entitled, and at least `quorum_min`.
    Majority: more than half of the members entitled when `needs_num/needs_den` is 1/2, else at least that share.
    """

    __tablename__ = "deliberations"
    __table_args__ = (
        one_of("question", Question),
        UniqueConstraint("case_id", "round_no", "question", "sitting"),
        UniqueConstraint("id", "case_id", "round_no"),
        ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),
        Index("ix_deliberations_question", "question", "case_id"),
        CheckConstraint("members >= 3", name="enough_members"),
        CheckConstraint("quorum_num > 0 AND quorum_num <= quorum_den AND quorum_min >= 1", name="quorum_in_range"),
        CheckConstraint("needs_num * 2 >= needs_den AND needs_num <= needs_den", name="majority_in_range"),
    )

    id: Mapped[pk]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    round_no: Mapped[int]
    question: Mapped[Question] = mapped_column(str_enum(Question))
    sitting: Mapped[int]
    members: Mapped[int]
    quorum_num: Mapped[int]
    quorum_den: Mapped[int]
    quorum_min: Mapped[int]
    needs_num: Mapped[int]
    needs_den: Mapped[int]
    opened_at: Mapped[instant]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    electors: Mapped[list["Elector"]] = relationship(order_by="Elector.seat")
    votes: Mapped[list["Vote"]] = relationship(order_by="Vote.cast_at")
    end: Mapped["DeliberationEnd | None"] = relationship()


class Elector(Base):
    """A member entitled to vote in a sitting."""

    __tablename__ = "electors"
    __table_args__ = (one_of("role", Role),)

    deliberation_id: Mapped[int] = mapped_column(ForeignKey("deliberations.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(str_enum(Role))
    seat: Mapped[int]
    presides: Mapped[bool] = mapped_column(default=False)

    user: Mapped[User] = relationship()


class ExcludedMember(Base):
    """A member left out of a sitting when it was tabled, and why; the organisation that ties, where there is one."""

    __tablename__ = "excluded_members"

    deliberation_id: Mapped[int] = mapped_column(ForeignKey("deliberations.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    ground: Mapped[RecusalGround] = mapped_column(str_enum(RecusalGround), server_default="own_organisation")

    user: Mapped[User] = relationship()


class Vote(Base):
    """A member's vote with reasons; cast once."""

    __tablename__ = "votes"
    __table_args__ = (
        one_of("choice", Choice),
        ForeignKeyConstraint(["deliberation_id", "user_id"], ["electors.deliberation_id", "electors.user_id"]),
    )

    deliberation_id: Mapped[int] = mapped_column(ForeignKey("deliberations.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    choice: Mapped[Choice] = mapped_column(str_enum(Choice))
    reasons: Mapped[text]
    cast_at: Mapped[instant]

    user: Mapped[User] = relationship(viewonly=True)


class DeliberationEnd(Base):
    """How a sitting ended: decided by an act of the chair, untabled, or by the system when it suspended the case."""

    __tablename__ = "deliberation_ends"

    deliberation_id: Mapped[int] = mapped_column(ForeignKey("deliberations.id"), primary_key=True)
    action: Mapped[str] = mapped_column(String(40))
    ended_at: Mapped[instant]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class GateDecision(Base):
    """A gate of a round, closed once; `passed` is tied to `result`."""

    __tablename__ = "gate_decisions"
    __table_args__ = (
        one_of("gate", GateName),
        one_of("result", GateResult),
        CheckConstraint("passed = CASE WHEN result = 'reject' THEN 0 ELSE 1 END", name="passed_follows_result"),
        CheckConstraint("(result = 'carried') = (carried_from IS NOT NULL)", name="carried_names_its_source"),
        CheckConstraint("carried_from IS NULL OR carried_from < round_no", name="carried_from_an_earlier_round"),
        CheckConstraint("result <> 'deemed' OR gate = 'acceptance'", name="only_acceptance_is_deemed"),
        CheckConstraint(
            "gate NOT IN ('risk_review', 'registration') OR result = 'carried' OR deliberation_id IS NOT NULL",
            name="decided_in_a_sitting",
        ),
        CheckConstraint("result <> 'reject' OR deliberation_id IS NOT NULL", name="rejected_in_a_sitting"),
        UniqueConstraint("case_id", "round_no", "gate", "passed"),
        UniqueConstraint("case_id", "round_no", "gate", "passed", "facts_digest"),
        ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),
        ForeignKeyConstraint(
            ["deliberation_id", "case_id", "round_no"],
            ["deliberations.id", "deliberations.case_id", "deliberations.round_no"],
            name="fk_gate_decisions_sitting",
        ),
        ForeignKeyConstraint(
            ["case_id", "carried_from", "gate", "passed", "facts_digest"],
            [
                "gate_decisions.case_id",
                "gate_decisions.round_no",
                "gate_decisions.gate",
                "gate_decisions.passed",
                "gate_decisions.facts_digest",
            ],
            name="fk_gate_decisions_carried_from",
        ),
    )

    case_id: Mapped[int] = mapped_column(primary_key=True)
    round_no: Mapped[int] = mapped_column(primary_key=True)
    gate: Mapped[GateName] = mapped_column(str_enum(GateName), primary_key=True)
    result: Mapped[GateResult] = mapped_column(str_enum(GateResult))
    passed: Mapped[int]
    deliberation_id: Mapped[int | None]
    carried_from: Mapped[int | None]
    facts_digest: Mapped[digest]
    decided_at: Mapped[instant]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ApprovalCondition(Base):
    """A condition of a conditional approval: by when, and which evidence closes it."""

    __tablename__ = "approval_conditions"
    __table_args__ = (ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),)

    id: Mapped[pk]
    case_id: Mapped[int]
    round_no: Mapped[int]
    no: Mapped[int]
    words: Mapped[text]
    evidence: Mapped[text]
    due_on: Mapped[day]
    reported_at: Mapped[instant | None]
    report: Mapped[text | None]
    confirmed_at: Mapped[instant | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


def _gate_key(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["case_id", "round_no", column, "ok"],
        ["gate_decisions.case_id", "gate_decisions.round_no", "gate_decisions.gate", "gate_decisions.passed"],
        name=f"fk_registrations_{column}",
    )


class Registration(Base):
    """An entry in the city's project library; five foreign keys hold it to five passed gates of its round."""

    __tablename__ = "registrations"
    __table_args__ = (
        CheckConstraint("ok = 1", name="ok"),
        *(CheckConstraint(f"g{i} = '{gate}'", name=f"g{i}") for i, gate in enumerate(GateName, 1)),
        *(_gate_key(f"g{i}") for i in range(1, 6)),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    round_no: Mapped[int] = mapped_column(primary_key=True)
    ok: Mapped[int] = mapped_column(default=1)
    g1: Mapped[str] = mapped_column(String(40), default=GateName.ACCEPTANCE.value)
    g2: Mapped[str] = mapped_column(String(40), default=GateName.SCREENING.value)
    g3: Mapped[str] = mapped_column(String(40), default=GateName.RISK_REVIEW.value)
    g4: Mapped[str] = mapped_column(String(40), default=GateName.VALIDATION.value)
    g5: Mapped[str] = mapped_column(String(40), default=GateName.REGISTRATION.value)
    project_number: Mapped[str] = mapped_column(String(60), index=True)
    registered_at: Mapped[instant]
    registered_on: Mapped[day]
