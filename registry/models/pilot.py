"""The farm's pilot, and what the farm records: works, plots, measurements, losses, money, trials, lessons.

A record is never changed: a correction is a further record that replaces it and says why.
"""

from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.extensions import Base
from registry.models.case import Case
from registry.models.columns import area, code, day, instant, name, one_of, pk, str_enum, text
from registry.models.people import Body, Organisation, User
from workflows.states import Exploration, FarmRecordKind, LossCause, MoneyDirection, PilotState, Work

money = Annotated[Decimal, mapped_column(Numeric(16, 2))]
"""Yuan."""
quantity = Annotated[Decimal, mapped_column(Numeric(14, 4))]
"""tCO2e, m3, cm or m, as the column's name ends."""
K = FarmRecordKind


class Pilot(Base):
    """A pilot of a forest farm: its plan, who submitted, prepared, approved and evaluated it."""

    __tablename__ = "pilots"
    __table_args__ = (
        one_of("state", PilotState),
        CheckConstraint("since < until", name="period_in_order"),
        CheckConstraint("budget_yuan >= 0", name="budget_not_negative"),
        CheckConstraint("(state = 'plan') OR submitted_by_id IS NOT NULL", name="submitted_by_a_person"),
        CheckConstraint("state IN ('plan', 'submitted') OR prepared_by_id IS NOT NULL", name="prepared_by_a_person"),
        CheckConstraint(
            "(state IN ('approved', 'running', 'evaluated')) = (approved_by_id IS NOT NULL)",
            name="approved_by_a_person",
        ),
        CheckConstraint("(state = 'evaluated') = (evaluated_by_id IS NOT NULL)", name="evaluated_by_a_person"),
        CheckConstraint(
            "approved_by_id IS NULL OR (approved_by_id <> submitted_by_id AND approved_by_id <> prepared_by_id)",
            name="approved_by_another",
        ),
    )

    id: Mapped[pk]
    farm_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    title: Mapped[name]
    since: Mapped[day]
    until: Mapped[day]
    budget_yuan: Mapped[money]
    state: Mapped[PilotState] = mapped_column(str_enum(PilotState))
    version: Mapped[int] = mapped_column(default=1)
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    drafted_at: Mapped[instant]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[instant | None]
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    evaluated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    is_example: Mapped[bool] = mapped_column(default=False)

    farm: Mapped[Organisation] = relationship()
    body: Mapped[Body] = relationship()


class FarmRecord(Base):
    """What every record says: of which farm, pilot or project, when, where, who entered it, from what source.

    `client_id` is made where the record is typed: sent twice, it is one record. `place` is the farm's own name of it.
    """

    __tablename__ = "farm_records"
    __table_args__ = (
        one_of("kind", FarmRecordKind),
        CheckConstraint("farm_id IS NOT NULL OR case_id IS NOT NULL", name="of_a_farm_or_a_project"),
        CheckConstraint("case_id IS NULL OR kind = 'loss'", name="losses_alone_hang_on_a_project"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates_whole"),
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="on_the_globe"),
        CheckConstraint("(supersedes_id IS NULL) = (reason = '')", name="correction_says_why"),
        CheckConstraint("supersedes_id IS NULL OR supersedes_id <> id", name="replaces_another"),
        CheckConstraint("(sha256 IS NULL) = (filename IS NULL)", name="file_has_a_name"),
        CheckConstraint("length(client_id) BETWEEN 16 AND 36", name="client_id_whole"),
        Index("ix_farm_records_farm_kind", "farm_id", "kind"),
    )
    __mapper_args__: dict[str, Any] = {"polymorphic_on": "kind"}

    id: Mapped[pk]
    kind: Mapped[FarmRecordKind] = mapped_column(str_enum(FarmRecordKind))
    farm_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    pilot_id: Mapped[int | None] = mapped_column(ForeignKey("pilots.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    on_day: Mapped[day]
    place: Mapped[name]
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    note: Mapped[text]
    source: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_files.sha256"))
    filename: Mapped[str | None] = mapped_column(String(200))
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("farm_records.id"), unique=True)
    reason: Mapped[text]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[instant]
    is_example: Mapped[bool] = mapped_column(default=False)

    farm: Mapped[Organisation | None] = relationship()
    case: Mapped[Case | None] = relationship()
    entered_by: Mapped[User] = relationship()


class PilotExploration(FarmRecord):
    """What the pilot aims at in one of its seven fields, and how far it has come."""

    __tablename__ = "pilot_explorations"
    __table_args__ = (one_of("field", Exploration), CheckConstraint("aims <> ''", name="aims_said"))
    __mapper_args__ = {"polymorphic_identity": K.EXPLORATION}

    id: Mapped[int] = mapped_column(ForeignKey("farm_records.id"), primary_key=True)
    field: Mapped[Exploration] = mapped_column(str_enum(Exploration))
    aims: Mapped[text]
    progress: Mapped[text]


class PilotActivity(FarmRecord):
    """A work in the forest (table 4): planned and done area, working days, species, money."""

    __tablename__ = "pilot_activities"
    __table_args__ = (
        one_of("work", Work),
        CheckConstraint("planned_mu >= 0 AND done_mu >= 0", name="areas_not_negative"),
        CheckConstraint("days >= 0 AND cost_yuan >= 0", name="effort_not_negative"),
    )
    __mapper_args__ = {"polymorphic_identity": K.ACTIVITY}

    id: Mapped[int] = mapped_column(ForeignKey("farm_records.id"), primary_key=True)
    work: Mapped[Work] = mapped_column(str_enum(Work))
    planned_mu: Mapped[area | None]
    done_mu: Mapped[area]
    days: Mapped[int | None]
    species: Mapped[name]
    cost_yuan: Mapped[money | None]


class PilotPlot(FarmRecord):
    """A sample plot (table 5); `place` is its forest district."""

    __tablename__ = "pilot_plots"
    __table_args__ = (
        CheckConstraint("area_m2 > 0", name="area_positive"),
        CheckConstraint("plot_no <> ''", name="numbered"),
    )
    __mapper_args__ = {"polymorphic_identity": K.PLOT}

    id: Mapped[int] = mapped_column(ForeignKey("farm_records.id"), primary_key=True)
    plot_no: Mapped[code]
    area_m2: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    stratum: Mapped[name]
    species: Mapped[name]


class PilotMeasurement(FarmRecord):
    """A plot measured again: who, with what, trees and means; `tree_list` a line a tree, diameter (cm) and species."""

    __tablename__ = "pilot_measurements"
    __table_args__ = (
        CheckConstraint("trees >= 0", name="trees_not_negative"),
        CheckConstraint("mean_diameter_cm > 0 AND mean_height_m > 0", name="means_positive"),
        CheckConstraint("persons <> ''", name="measured_by_somebody"),
    )
    __mapper_args__ = {"polymorphic_identity": K.MEASUREMENT}

    id: Mapped[int] = mapped_column(ForeignKey("farm_records.id"), primary_key=True)
    plot_id: Mapped[int] = mapped_column(ForeignKey("pilot_plots.id"), index=True)
    persons: Mapped[name]
    instrument: Mapped[name]
    trees: Mapped[int]
    mean_diameter_cm: Mapped[quantity | None]
    mean_height_m: Mapped[quantity | None]
    tree_list: Mapped[text]


class PilotTrial(FarmRecord):
    """A treated plot beside an untreated one (table 11), one measure before and after."""

    __tablename__ = "pilot_trials"
    __table_args__ = (CheckConstraint("treatment_id <> control_id", name="two_plots"),)
    __mapper_args__ = {"polymorphic_identity": K.TRIAL}

    id: Mapped[int] = mapped_column(ForeignKey("farm_records.id"), primary_key=True)
    treatment_id: Mapped[int] = mapped_column(ForeignKey("pilot_plots.id"))
    control_id: Mapped[int] = mapped_column(ForeignKey("pilot_plots.id"))
    measure: Mapped[name]
    unit: Mapped[str] = mapped_column(String(20))
    treatment_before: Mapped[quantity]
    treatment_after: Mapped[quantity | None]
    control_before: Mapped[quantity]
    control_after: Mapped[quantity | None]


class PilotLoss(FarmRecord):
    """A loss (table 6), of the farm or of a registered project; a carbon figure names its method.

    `parcel_key`: the parcel of the project it happened on; None where it is not one parcel, or a loss of the farm.
    """

    __tablename__ = "pilot_losses"
    __table_args__ = (
        one_of("cause", LossCause),
        CheckConstraint("area_mu > 0", name="area_positive"),
        CheckConstraint("volume_m3 >= 0 AND carbon_t >= 0", name="losses_not_negative"),
        CheckConstraint("carbon_t IS NULL OR method_version <> ''", name="carbon_by_a_method"),
    )
    __mapper_args__ = {"polymorphic_identity": K.LOSS}

    id: Mapped[int] = mapped_column(ForeignKey("farm_records.id"), primary_key=True)
    cause: Mapped[LossCause] = mapped_column(str_enum(LossCause))
    area_mu: Mapped[area]
    volume_m3: Mapped[quantity | None]
    carbon_t: Mapped[quantity | None]
    method_version: Mapped[str] = mapped_column(String(120))
    handling: Mapped[text]
    parcel_key: Mapped[str | None] = mapped_column(String(40))


class PilotMoney(FarmRecord):
    """Money in or out under one heading (table 10): budgeted, executed, where it comes from."""

    __tablename__ = "pilot_money"
    __table_args__ = (
        one_of("direction", MoneyDirection),
        CheckConstraint("heading <> ''", name="heading_said"),
        CheckConstraint("budget_yuan >= 0 AND executed_yuan >= 0", name="not_negative"),
    )
    __mapper_args__ = {"polymorphic_identity": K.MONEY}

    id: Mapped[int] = mapped_column(ForeignKey("farm_records.id"), primary_key=True)
    direction: Mapped[MoneyDirection] = mapped_column(str_enum(MoneyDirection))
    heading: Mapped[name]
    budget_yuan: Mapped[money | None]
    executed_yuan: Mapped[money]
    funds: Mapped[name]


class PilotSale(FarmRecord):
    """A sale as the farm tells it (table 8); the registry neither issues nor transfers."""

    __tablename__ = "pilot_sales"
    __table_args__ = (CheckConstraint("quantity_t > 0 AND price_yuan >= 0 AND amount_yuan >= 0", name="not_negative"),)
    __mapper_args__ = {"polymorphic_identity": K.SALE}

    id: Mapped[int] = mapped_column(ForeignKey("farm_records.id"), primary_key=True)
    what: Mapped[name]
    quantity_t: Mapped[quantity]
    price_yuan: Mapped[money]
    amount_yuan: Mapped[money]
    counterparty: Mapped[name]
    retirement_no: Mapped[str] = mapped_column(String(80))


class PilotLoan(FarmRecord):
    """A loan as the farm tells it (table 9): what was pledged, how much was lent, where it is registered."""

    __tablename__ = "pilot_loans"
    __table_args__ = (CheckConstraint("pledged_t >= 0 AND loan_yuan > 0", name="amounts"),)
    __mapper_args__ = {"polymorphic_identity": K.LOAN}

    id: Mapped[int] = mapped_column(ForeignKey("farm_records.id"), primary_key=True)
    what: Mapped[name]
    pledged_t: Mapped[quantity | None]
    loan_yuan: Mapped[money]
    lender: Mapped[name]
    registration_no: Mapped[str] = mapped_column(String(80))


class PilotLesson(FarmRecord):
    """A lesson learned; the note is the lesson."""

    __mapper_args__ = {"polymorphic_identity": K.LESSON}
