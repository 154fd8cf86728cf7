"""How large and how long a contract is: its term, and the land one partner holds with it at one time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date, timedelta
from decimal import Decimal

from workflows.facts import ContractFacts, PartnerContract

DAYS = Decimal(365)


def anniversary(day: date, years: int) -> date:
    """The same-numbered day so many years on (or back), else the month's last (民法典 art. 202).

    Beyond the calendar it is the calendar's first or last day: "for ever" is written as the year 9999.
    """
    year = day.year + years
    if not MINYEAR <= year <= MAXYEAR:
        return date.max if year > MAXYEAR else date.min
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def longer_than(start: date, end: date, years: int) -> bool:
    """Whether a term goes beyond so many years; one that ends on the anniversary, or the day before, does not."""
    return end > anniversary(start, years)


def term_years(start: date, end: date) -> Decimal:
    """The years of a term whose last day is `end`: whole ones, and the days left over as a share of a year."""
    whole = max(end.year - start.year + 1, 0)
    while whole and anniversary(start, whole) - timedelta(days=1) > end:
        whole -= 1
    rest = max((end - anniversary(start, whole)).days, 0)
    return Decimal(whole) + (rest / DAYS).quantize(Decimal("0.01"))


def term_of(facts: ContractFacts) -> Decimal | None:
    """The contract's years; None where its first or last day is not known, or they stand the wrong way round."""
    if facts.start_on is None or facts.end_on is None or facts.end_on < facts.start_on:
        return None
    return term_years(facts.start_on, facts.end_on)


def area_of(facts: ContractFacts) -> Decimal | None:
    """What the contract covers: the area it states or the sum of its parcels, whichever is more."""
    areas = [parcel.area_mu for parcel in facts.parcels]
    summed = sum((a for a in areas if a is not None), Decimal(0)) if areas and None not in areas else None
    known = [area for area in (facts.area_mu, summed) if area is not None]
    return max(known) if known else None


@dataclass(frozen=True, slots=True)
class Extent:
    """The land a partner and its affiliates hold at one time, this contract's included."""

    own_mu: Decimal | None
    total_mu: Decimal | None
    by_district: Mapping[str, Decimal] = field(default_factory=dict)
    counted: tuple[str, ...] = ()
    """Numbers of the other contracts that run beside this one."""
    complete: bool = True
    """False: the partner's other contracts are not known, or where some of the land lies and how much it is."""


def extent(facts: ContractFacts) -> Extent:
    """The most land held on any one day of this contract's term, in all and for each district.

    A contract counts with every other of the same partner or of an affiliate that runs on the same day, so
    that one large contract is the same as ten small ones. A day that is not known never shortens a contract.
    """
    own = area_of(facts)
    beside = [other for other in facts.other_contracts or () if _beside(other, facts)]
    complete = facts.other_contracts is not None and _placed(facts) and all(map(_measured, beside))
    districts = _own_districts(facts, own)
    for other in beside:
        if other.district_code:
            districts.setdefault(other.district_code, Decimal(0))
    return Extent(
        own_mu=own,
        total_mu=own + _peak(beside, facts) if own is not None else None,
        by_district={code: area + _peak(beside, facts, code) for code, area in sorted(districts.items())},
        counted=tuple(dict.fromkeys(other.number for other in beside)),
        complete=complete,
    )


def _beside(other: PartnerContract, facts: ContractFacts) -> bool:
    if facts.number is not None and other.number == facts.number:
        return False
    return overlap_in_time(other.start_on, other.end_on, facts.start_on, facts.end_on)


def overlap_in_time(start: date | None, end: date | None, other_start: date | None, other_end: date | None) -> bool:
    """Whether two periods share a day, as far as is known; a side that is not known is open."""
    return (start or date.min) <= (other_end or date.max) and (other_start or date.min) <= (end or date.max)


def _measured(other: PartnerContract) -> bool:
    return other.area_mu is not None and other.district_code is not None


def _placed(facts: ContractFacts) -> bool:
    """Whether it is known in which district how much of the contract's own land lies."""
    codes = {parcel.district_code for parcel in facts.parcels}
    return None not in codes and (len(codes) == 1 or all(parcel.area_mu is not None for parcel in facts.parcels))


def _peak(others: list[PartnerContract], facts: ContractFacts, district: str | None = None) -> Decimal:
    held = [other for other in others if district in {None, other.district_code}]
    return max((_on(day, held) for day in _beginnings(held, facts)), default=Decimal(0))


def _beginnings(others: list[PartnerContract], facts: ContractFacts) -> Iterator[date]:
    """The days on which most land can be held: where one of the contracts begins within this one's term."""
    first = facts.start_on or date.min
    return (max(first, other.start_on or date.min) for other in others)


def _on(day: date, others: list[PartnerContract]) -> Decimal:
    running = (o for o in others if (o.start_on or date.min) <= day <= (o.end_on or date.max))
    return sum((o.area_mu or Decimal(0) for o in running), Decimal(0))


def _own_districts(facts: ContractFacts, own: Decimal | None) -> dict[str, Decimal]:
    codes = {parcel.district_code for parcel in facts.parcels}
    if own is not None and len(codes) == 1 and (only := codes.pop()) is not None:
        return {only: own}
    districts: dict[str, Decimal] = {}
    for parcel in facts.parcels:
        if parcel.district_code is not None:
            area = parcel.area_mu or Decimal(0)
            districts[parcel.district_code] = districts.get(parcel.district_code, Decimal(0)) + area
    return districts
