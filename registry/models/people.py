"""Organisations, people, and what ties them together for how long."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.columns import day, instant, name, one_of, pk, str_enum
from workflows.roles import Role


class OrganisationKind(StrEnum):
    """What sort of organisation applies, advises or decides."""

    GOVERNMENT = "government"
    FOREST_FARM = "forest_farm"
    COLLECTIVE = "collective"
    ENTERPRISE = "enterprise"
    VVB = "vvb"
    INSTITUTE = "institute"
    LAW_FIRM = "law_firm"
    OTHER = "other"


class Organisation(Base):
    """An organisation; `unit_key` is set for the recipients of the plan (泰林字〔2023〕7号)."""

    __tablename__ = "organisations"
    __table_args__ = (one_of("kind", OrganisationKind),)

    id: Mapped[pk]
    name: Mapped[name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[OrganisationKind] = mapped_column(str_enum(OrganisationKind))
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    unit_key: Mapped[str | None] = mapped_column(String(20), unique=True)
    gb_code: Mapped[str | None] = mapped_column(String(6))
    is_example: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[instant]


class TieKind(StrEnum):
    """How one organisation is tied to another."""

    PARENT = "parent"
    """The other one holds it."""
    SAME_CONTROLLER = "same_controller"
    SAME_REPRESENTATIVE = "same_representative"
    SHAREHOLDER = "shareholder"
    SAME_PLACE = "same_place"
    OTHER = "other"


class OrganisationTie(Base):
    """Two organisations that count as one where contracts are added up, from one day to another (both counted).

    Only the last day is ever written later. `source` says where the tie was seen.
    """

    __tablename__ = "organisation_ties"
    __table_args__ = (
        one_of("kind", TieKind),
        CheckConstraint("organisation_id <> related_id", name="two"),
        CheckConstraint("until IS NULL OR until >= since", name="period_in_order"),
        CheckConstraint("length(source) > 0", name="sourced"),
    )

    id: Mapped[pk]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    related_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[TieKind] = mapped_column(str_enum(TieKind))
    source: Mapped[str] = mapped_column(String(500))
    since: Mapped[day]
    until: Mapped[day | None]
    entered_at: Mapped[instant]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    organisation: Mapped[Organisation] = relationship(foreign_keys=organisation_id)
    related: Mapped[Organisation] = relationship(foreign_keys=related_id)


class User(Base):
    """A person who can sign in. No identity number is stored."""

    __tablename__ = "users"

    id: Mapped[pk]
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[name]
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str | None] = mapped_column(String(10))
    large_type: Mapped[bool] = mapped_column(default=False)
    wants_mail: Mapped[bool] = mapped_column(default=True, server_default=true())
    is_example: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[instant]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="user", order_by="Membership.id")
    appointments: Mapped[list["Appointment"]] = relationship(back_populates="user", order_by="Appointment.id")


class Membership(Base):
    """A person belongs to an organisation from one day to another (both counted; open end: still)."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", name="period_in_order"),
        Index("ix_memberships_user_organisation", "user_id", "organisation_id"),
    )

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    since: Mapped[day]
    until: Mapped[day | None]

    user: Mapped[User] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship()


class Body(Base):
    """A body that decides, such as the city's leading group with its task force."""

    __tablename__ = "bodies"

    id: Mapped[pk]
    key: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[name]
    name_en: Mapped[name]
    jurisdiction: Mapped[str] = mapped_column(String(6))


class Appointment(Base):
    """A body gives a person a role from one day to another (both counted; open end: still)."""

    __tablename__ = "appointments"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("until IS NULL OR until >= since", name="period_in_order"),
    )

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"), index=True)
    role: Mapped[Role] = mapped_column(str_enum(Role))
    since: Mapped[day]
    until: Mapped[day | None]

    user: Mapped[User] = relationship(back_populates="appointments")
    body: Mapped[Body] = relationship()


class UserSession(Base):
    """A sign-in that can be listed and ended; the cookie's token is kept only as its SHA-256."""

    __tablename__ = "user_sessions"

    id: Mapped[pk]
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[instant]
    last_seen_at: Mapped[instant]
    expires_at: Mapped[instant]
    ended_at: Mapped[instant | None]
    browser: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(45), default="")


class SignInAttempt(Base):
    """One try to sign in, for the throttle; the login is kept as a digest."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        Index("ix_sign_in_attempts_login", "login_digest", "at"),
        Index("ix_sign_in_attempts_address", "address", "at"),
    )

    id: Mapped[pk]
    login_digest: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(45))
    at: Mapped[instant]
    succeeded: Mapped[bool]


class SetupLink(Base):
    """A one-time link by which a person sets a first or new password; kept as its SHA-256."""

    __tablename__ = "setup_links"

    id: Mapped[pk]
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    made_at: Mapped[instant]
    expires_at: Mapped[instant]
    used_at: Mapped[instant | None]
