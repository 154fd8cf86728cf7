"""The expert register, and expert panels: who knows what, who was drawn how, and what each of them said."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.columns import day, digest, instant, one_of, pk, str_enum, text
from registry.models.people import Organisation, User
from workflows.states import Advice, Bar, ExpertField, PanelResult, Relation


class ExpertProfile(Base):
    """What an expert knows and where the expert works, from a day on; the latest counts, none is changed.

    `district_code`: a district or county of the city, 370900 for a unit of the city itself, "" for elsewhere.
    That somebody is an expert, and for how long, the appointment says.
    """

    __tablename__ = "expert_profiles"
    __table_args__ = (Index("ix_expert_profiles_user", "user_id"),)

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    district_code: Mapped[str] = mapped_column(String(6))
    title: Mapped[str] = mapped_column(String(100), default="")
    since: Mapped[day]
    entered_at: Mapped[instant]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    fields: Mapped[list["ExpertProfileField"]] = relationship(order_by="ExpertProfileField.field")
    entered_by: Mapped[User] = relationship(foreign_keys=entered_by_id)


class ExpertProfileField(Base):
    """One field of a profile."""

    __tablename__ = "expert_profile_fields"
    __table_args__ = (one_of("field", ExpertField),)

    profile_id: Mapped[int] = mapped_column(ForeignKey("expert_profiles.id"), primary_key=True)
    field: Mapped[ExpertField] = mapped_column(str_enum(ExpertField), primary_key=True)


class ExpertTie(Base):
    """A declared tie to an organisation, of an expert or of a member of the leading group: what it is, and which.

    A near relative has no name here, by design. Only the last day is ever written later.
    """

    __tablename__ = "expert_ties"
    __table_args__ = (
        one_of("relation", Relation),
        CheckConstraint("until IS NULL OR until >= since", name="period_in_order"),
        Index("ix_expert_ties_user", "user_id", "organisation_id"),
    )

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    relation: Mapped[Relation] = mapped_column(str_enum(Relation))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    since: Mapped[day]
    until: Mapped[day | None]
    entered_at: Mapped[instant]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    organisation: Mapped[Organisation] = relationship()


class Panel(Base):
    """A panel drawn for a round of a case; seed, order and figures are fixed at the draw.

    Accepted: more than half of all seats where `needs_num/needs_den` is 1/2, else at least that share.
    """

    __tablename__ = "panels"
    __table_args__ = (
        UniqueConstraint("case_id", "round_no", "no"),
        ForeignKeyConstraint(["case_id", "round_no"], ["rounds.case_id", "rounds.no"]),
        CheckConstraint("size % 2 = 1 AND size >= minimum AND minimum >= 1", name="odd_and_large_enough"),
        CheckConstraint("outside_num > 0 AND outside_num <= outside_den", name="outside_in_range"),
        CheckConstraint("needs_num * 2 >= needs_den AND needs_num <= needs_den", name="majority_in_range"),
        CheckConstraint("length(seed) = 64", name="seed_whole"),
        CheckConstraint("expected_days >= 1", name="some_days"),
    )

    id: Mapped[pk]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    round_no: Mapped[int]
    no: Mapped[int]
    seed: Mapped[digest]
    candidates_count: Mapped[int]
    size: Mapped[int]
    minimum: Mapped[int]
    outside_num: Mapped[int]
    outside_den: Mapped[int]
    needs_num: Mapped[int]
    needs_den: Mapped[int]
    expected_days: Mapped[int]
    question: Mapped[text]
    drawn_on: Mapped[day]
    drawn_at: Mapped[instant]
    drawn_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    wanted: Mapped[list["PanelField"]] = relationship(order_by="PanelField.field")
    candidates: Mapped[list["PanelCandidate"]] = relationship(order_by="PanelCandidate.place")
    seats: Mapped[list["PanelSeat"]] = relationship(order_by="PanelSeat.no")
    departures: Mapped[list["PanelDeparture"]] = relationship(order_by="PanelDeparture.id")
    opinions: Mapped[list["PanelOpinion"]] = relationship(order_by="PanelOpinion.given_at")
    end: Mapped["PanelEnd | None"] = relationship()
    drawn_by: Mapped[User] = relationship()


class PanelField(Base):
    """A field the panel should cover."""

    __tablename__ = "panel_fields"
    __table_args__ = (one_of("field", ExpertField),)

    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"), primary_key=True)
    field: Mapped[ExpertField] = mapped_column(str_enum(ExpertField), primary_key=True)


class PanelCandidate(Base):
    """An expert of the register at the draw: place in the order, by which key, and what bars, if anything."""

    __tablename__ = "panel_candidates"
    __table_args__ = (
        one_of("bar", Bar),
        UniqueConstraint("panel_id", "place"),
        CheckConstraint("bar IS NOT NULL OR profile_id IS NOT NULL", name="known_or_barred"),
    )

    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    place: Mapped[int]
    sort_key: Mapped[digest]
    profile_id: Mapped[int | None] = mapped_column(ForeignKey("expert_profiles.id"))
    outside: Mapped[bool]
    bar: Mapped[Bar | None] = mapped_column(str_enum(Bar))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))

    user: Mapped[User] = relationship()
    profile: Mapped[ExpertProfile | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class PanelSeat(Base):
    """A seat, taken at the draw or in the place of somebody who refused."""

    __tablename__ = "panel_seats"
    __table_args__ = (
        UniqueConstraint("panel_id", "no"),
        UniqueConstraint("panel_id", "replaces_id"),
        ForeignKeyConstraint(
            ["panel_id", "user_id"],
            ["panel_candidates.panel_id", "panel_candidates.user_id"],
            name="fk_panel_seats_drawn",
        ),
    )

    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    no: Mapped[int]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    seated_at: Mapped[instant]

    user: Mapped[User] = relationship(foreign_keys=user_id)


class PanelDeparture(Base):
    """Somebody who gave up the seat, with the reason; or one next in order who is barred by now and was passed over."""

    __tablename__ = "panel_departures"
    __table_args__ = (
        one_of("reason", Bar),
        UniqueConstraint("panel_id", "user_id"),
        ForeignKeyConstraint(
            ["panel_id", "user_id"],
            ["panel_candidates.panel_id", "panel_candidates.user_id"],
            name="fk_panel_departures_drawn",
        ),
    )

    id: Mapped[pk]
    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[Bar] = mapped_column(str_enum(Bar))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    words: Mapped[text]
    left_at: Mapped[instant]

    user: Mapped[User] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class PanelOpinion(Base):
    """An expert's own signed opinion, given once, with the declaration of independence."""

    __tablename__ = "panel_opinions"
    __table_args__ = (
        one_of("advice", Advice),
        CheckConstraint("independent", name="declared"),
        ForeignKeyConstraint(
            ["panel_id", "user_id"], ["panel_seats.panel_id", "panel_seats.user_id"], name="fk_panel_opinions_seat"
        ),
    )

    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    advice: Mapped[Advice] = mapped_column(str_enum(Advice))
    words: Mapped[text]
    independent: Mapped[bool]
    given_at: Mapped[instant]

    user: Mapped[User] = relationship()


class PanelEnd(Base):
    """How a panel ended, by which act, with the count; from `Panel.drawn_on` to `ended_on` it was at work (S17)."""

    __tablename__ = "panel_ends"
    __table_args__ = (
        one_of("result", PanelResult),
        CheckConstraint(
            "in_favour >= 0 AND conditional >= 0 AND conditional <= in_favour AND against >= 0", name="count"
        ),
    )

    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"), primary_key=True)
    result: Mapped[PanelResult] = mapped_column(str_enum(PanelResult))
    in_favour: Mapped[int]
    conditional: Mapped[int]
    against: Mapped[int]
    action: Mapped[str] = mapped_column(String(40))
    words: Mapped[text]
    ended_on: Mapped[day]
    ended_at: Mapped[instant]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
