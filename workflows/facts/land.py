"""A parcel as an application states it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.states import Tenure, TitleDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelFacts:
    """A parcel as the application states it; None = not answered. The area as registered in mu, as measured in m²."""

    key: str
    name: str = ""
    district_code: str | None = None
    area_mu: Decimal | None = None
    area_m2: Decimal | None = None
    tenure: Tenure | None = None
    title_document: TitleDocument | None = None
    title_end: date | None = None
    disputed: bool | None = None
    coowner_consent: str | None = None
