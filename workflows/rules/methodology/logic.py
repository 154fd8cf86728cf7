"""Yes, no and not known, as the conditions of the methods need them; and what they all ask of parcels and time."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from workflows.facts import ParcelFacts, SiteFacts
from workflows.policy import Figure
from workflows.rules.outcome import Said, failed, passed, unknown
from workflows.states import Burning, Soil, TitleDocument

M2_PER_MU = Decimal(10_000) / 15
CERTIFICATES = frozenset(
    {
        TitleDocument.REAL_ESTATE_CERTIFICATE,
        TitleDocument.FOREST_RIGHT_CERTIFICATE,
        TitleDocument.LAND_CERTIFICATE,
    }
)
"""What an authority of the state issues, other than a contract."""

Known = bool | None


def said(met: Known, read: Mapping[str, object], *figures: Figure) -> Said:
    """Pass where it is so, fail where it is not, unknown where nobody can tell."""
    shown = {figure.key: figure for figure in figures}
    if met is None:
        return unknown(read, shown)
    return passed(read, shown) if met else failed(read, shown)


def every(*known: Known) -> Known:
    """No where one is no, whatever else is missing; yes only where all are."""
    if False in known:
        return False
    return None if None in known else True


def some(*known: Known) -> Known:
    """Yes where one is yes; no only where all are."""
    return no(every(*map(no, known)))


def no(known: Known) -> Known:
    """The opposite."""
    return None if known is None else not known


def missed(met: Known, value: object) -> object:
    """The value that misses its limit, for the sentence that says so; None where it does not, or nobody can tell."""
    return value if met is False else None


def among(value: object, allowed: Iterable[object]) -> Known:
    """Whether a value is one of these."""
    return None if value is None else value in allowed


def at_least(value: Decimal | int | None, least: Decimal | int) -> Known:
    """The limit itself is enough."""
    return None if value is None else value >= least


def at_most(value: Decimal | int | None, most: Decimal | int) -> Known:
    """The limit itself is still allowed."""
    return None if value is None else value <= most


# Parcels


def of_all(parcels: Iterable[ParcelFacts], test: Callable[[ParcelFacts], Known]) -> Known:
    """Whether it holds of every parcel; not known where no parcel is."""
    found = [test(parcel) for parcel in parcels]
    return every(*found) if found else None


def names(parcels: Iterable[ParcelFacts]) -> tuple[str, ...]:
    """What the parcels are called."""
    return tuple(parcel.name or parcel.key for parcel in parcels)


def measured_m2(parcel: ParcelFacts) -> Decimal | None:
    """As measured, else as registered in mu."""
    if parcel.area_m2 is not None:
        return parcel.area_m2
    return None if parcel.area_mu is None else parcel.area_mu * M2_PER_MU


def reaches(parcel: ParcelFacts, least_mu: Decimal) -> Known:
    """The area in mu, as registered, else as measured."""
    if parcel.area_mu is not None:
        return parcel.area_mu >= least_mu
    return None if parcel.area_m2 is None else parcel.area_m2 / M2_PER_MU >= least_mu


def titled(parcel: ParcelFacts) -> Known:
    """It has a title document, and nobody disputes the right."""
    has_title = None if parcel.title_document is None else parcel.title_document is not TitleDocument.NONE
    return every(has_title, no(parcel.disputed))


def clear_title(facts: SiteFacts) -> Said:
    """Every parcel has a title, and none is disputed."""
    return parcelwise(facts.parcels, titled, "title_document", "disputed")


def parcelwise(
    parcels: tuple[ParcelFacts, ...], test: Callable[[ParcelFacts], Known], *read: str, figures: tuple[Figure, ...] = ()
) -> Said:
    """The same asked of every parcel; names those that fall short, and those of which it cannot be told."""
    shown = {
        "parcels": tuple((p.key, *(getattr(p, field) for field in read)) for p in parcels),
        "short_parcels": names(p for p in parcels if test(p) is False),
        "open_parcels": names(p for p in parcels if test(p) is None),
    }
    return said(of_all(parcels, test), shown, *figures)


# The site


def dry_mineral(facts: SiteFacts) -> Said:
    """Neither wetland nor organic soil."""
    read = {"wetland_overlap": facts.wetland_overlap, "soil": facts.soil}
    return said(every(no(facts.wetland_overlap), among(facts.soil, {Soil.MINERAL})), read)


def lawful(facts: SiteFacts) -> Said:
    """It keeps to law and sector policy."""
    return said(facts.lawful, {"lawful": facts.lawful})


def nothing_burnt(facts: SiteFacts) -> Said:
    """Nothing at all is burnt on the site."""
    return said(among(facts.burning, {Burning.NONE}), {"burning": facts.burning})


def nothing_shifted(facts: SiteFacts) -> Said:
    """No cropping or grazing moves elsewhere, so that leakage is zero."""
    return said(no(facts.activity_shift), {"activity_shift": facts.activity_shift})


def trees_kept(facts: SiteFacts) -> Said:
    """Scattered trees and bamboo stay."""
    return said(no(facts.trees_removed), {"trees_removed": facts.trees_removed})


def soil_spared(facts: SiteFacts, most_pct: Figure, interval: Figure) -> Said:
    """Little of the surface is worked, along the contour, and not again before the interval has passed."""
    read = {
        "soil_disturbed_pct": facts.soil_disturbed_pct,
        "repeat_soil_disturbance": facts.repeat_soil_disturbance,
        "soil_interval_years": facts.soil_interval_years,
        "contour": facts.contour,
    }
    little = at_most(facts.soil_disturbed_pct, most_pct.number)
    seldom = some(no(facts.repeat_soil_disturbance), at_least(facts.soil_interval_years, interval.number))
    short = {
        "too_much_pct": missed(little, facts.soil_disturbed_pct),
        "too_soon_years": missed(seldom, facts.soil_interval_years),
    }
    return said(every(little, seldom, facts.contour), read | short, most_pct, interval)


def in_one_scheme(facts: SiteFacts) -> Said:
    """The owner declares no other scheme, and no other project was found on the land."""
    read = {"other_mechanism": facts.other_mechanism, "overlaps": facts.overlaps}
    return said(every(no(facts.other_mechanism), among(facts.overlaps, [()])), read)


# Time


def later(day: date, years: int) -> date:
    """The same day some years on (1 March after 29 February), or the last there is."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1) if day.year + years <= date.max.year else date.max


def lasts(start: date | None, last_day: date | None, least: Figure, most: Figure) -> Known:
    """Whether a period, both days counted, is as long as one figure and no longer than the other, in years."""
    if start is None or last_day is None:
        return None
    one_day = timedelta(days=1)
    shortest, longest = later(start, int(least.number)) - one_day, later(start, int(most.number)) - one_day
    return shortest <= last_day <= longest


def credited(facts: SiteFacts, least: Figure, most: Figure) -> Said:
    """The crediting period is neither too short nor too long."""
    read = {"crediting_start": facts.crediting_start, "crediting_end": facts.crediting_end}
    return said(lasts(facts.crediting_start, facts.crediting_end, least, most), read, least, most)
