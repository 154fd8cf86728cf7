"""What a farm tells of one calendar year: money in and out, what it sold, what it borrowed; replaced records aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from registry.extensions import db
from registry.models import FarmRecord, PilotLoan, PilotMoney, PilotSale
from workflows.states import FarmRecordKind, MoneyDirection

_LATER = aliased(FarmRecord, flat=True)


@dataclass(frozen=True, slots=True)
class Money:
    """Money of one direction in yuan: executed, and budgeted under the headings that have a budget (None: none)."""

    direction: MoneyDirection
    executed_yuan: Decimal
    budget_yuan: Decimal | None


@dataclass(frozen=True, slots=True)
class Year:
    """Sums of a year: yuan, and tCO2e of the quantity sold."""

    money: Sequence[Money]
    sales: int
    sold_t: Decimal
    sold_yuan: Decimal
    loans: int
    loaned_yuan: Decimal


def years(farm_id: int) -> list[int]:
    """The years in which the farm has money, sales or loans on record, the latest first."""
    told = (FarmRecordKind.MONEY, FarmRecordKind.SALE, FarmRecordKind.LOAN)
    days = select(FarmRecord.on_day).distinct().where(FarmRecord.farm_id == farm_id, FarmRecord.kind.in_(told))
    return sorted({day.year for day in db.session.scalars(days)}, reverse=True)


def of(farm_id: int, year: int) -> Year:
    """The sums of a year."""
    money = {
        row[0]: row[1:] for row in _sums(PilotMoney, farm_id, year, "executed_yuan", "budget_yuan", by="direction")
    }
    ((sales, sold_t, sold_yuan),) = _sums(PilotSale, farm_id, year, "quantity_t", "amount_yuan")
    ((loans, loaned_yuan),) = _sums(PilotLoan, farm_id, year, "loan_yuan")
    return Year(
        [Money(d, money[d][1] or Decimal(0), money[d][2]) for d in MoneyDirection if d in money],
        sales,
        sold_t or Decimal(0),
        sold_yuan or Decimal(0),
        loans,
        loaned_yuan or Decimal(0),
    )


def _sums(model: Any, farm_id: int, year: int, *columns: str, by: str = "") -> Sequence[Any]:
    group = [getattr(model, by)] if by else []
    query = select(*group, func.count(), *(func.sum(getattr(model, column)) for column in columns)).where(
        model.farm_id == farm_id,
        model.on_day.between(date(year, 1, 1), date(year, 12, 31)),
        ~exists().where(_LATER.supersedes_id == model.id),
    )
    return db.session.execute(query.group_by(*group)).all()
