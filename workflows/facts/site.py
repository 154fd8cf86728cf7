"""What a methodology condition may ask of a site. Plain values; it stands alone, without a case.

Every fact but `on` may be None: not known. Areas in mu and m², shares in per cent of the project's area
unless said otherwise, closures as a fraction of 1, heights in metres, diameters in centimetres, quantities in tCO2e.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.facts.land import ParcelFacts
from workflows.states import (
    Activity,
    AgeGroup,
    Burning,
    Fertilising,
    ForestOrigin,
    ForestUse,
    LandSetting,
    LitterRemoval,
    Soil,
)

TAIAN = "3709"
"""The GB code of the city, with which the codes of its districts and counties begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """A site and what is done on it. `on` is the day whose policy holds; None = not known."""

    on: date
    activity: Activity | None = None
    bamboo_planting: bool | None = None
    """Of a bamboo project: bamboo is newly planted, rather than a standing bamboo forest managed."""
    district_code: str | None = None
    """GB code (six digits) of the district or county, where no parcel says it."""
    parcels: tuple[ParcelFacts, ...] = ()
    """Every parcel with area, title, dispute and the last day of the right; empty = not known."""

    # The land before the project.
    land_setting: LandSetting | None = None
    nonforest_since: date | None = None
    """Since when the land has been without forest."""
    planned_afforestation_land: bool | None = None
    wetland_overlap: bool | None = None
    """Some of the land lies in a wetland."""
    soil: Soil | None = None
    annual_precip_mm: Decimal | None = None
    """Yearly rain in mm, averaged over years."""
    key_function_zone: bool | None = None
    """The county is on the list of national key ecological function zones."""
    public_benefit_forest: bool | None = None
    public_benefit_certificate: bool | None = None
    """A paper says that the land is ecological public-benefit forest."""
    lawful: bool | None = None
    """What is done keeps to law and sector policy, and the approvals asked for are there."""

    # The forest.
    forest_use: ForestUse | None = None
    origin: ForestOrigin | None = None
    age_group: AgeGroup | None = None
    canopy_closure: Decimal | None = None
    """Of trees or of bamboo, 0 to 1; of a plantation, once grown."""
    tree_height_m: Decimal | None = None
    culm_height_m: Decimal | None = None
    culm_dbh_cm: Decimal | None = None
    """Diameter of the bamboo culms at breast height."""
    scattered_tree_closure: Decimal | None = None
    """Canopy closure of scattered trees in a bamboo forest, 0 to 1."""
    bamboo_suitable: bool | None = None
    """Climate and site suit bamboo, and there is evidence of it."""

    # What is done on it.
    start_on: date | None = None
    """The day the work began, or will: first site preparation, planting or tending."""
    trees_removed: bool | None = None
    """Scattered trees, or bamboo, that stood there are removed."""
    shrub_removed_pct: Decimal | None = None
    """Share of the surface cleared of shrubs and of bamboo under 2 cm, taken together."""
    full_clearing: bool | None = None
    """Everything under the trees is cleared away over the whole area (全面清林)."""
    repeat_soil_disturbance: bool | None = None
    """The soil is worked again in the crediting period, after the first site preparation."""
    soil_disturbed_pct: Decimal | None = None
    """Share of the surface whose soil is worked at one time."""
    soil_interval_years: int | None = None
    """Whole years between two times the soil is worked, where it is worked again."""
    contour: bool | None = None
    """The soil is worked in strips along the contour."""
    deep_tillage: bool | None = None
    """The soil is turned deeply (深翻垦复)."""
    fertilising: Fertilising | None = None
    burning: Burning | None = None
    litter_removal: LitterRemoval | None = None
    """Litter, dead wood, roots or felling residues taken off the site."""
    activity_shift: bool | None = None
    """Cropping or grazing moves elsewhere because of the project."""
    bamboo_measures: tuple[str, ...] | None = None
    """Management measures of annex 1 of AR-CM-005 that are taken; an empty tuple: none is."""

    # Time, and other mechanisms.
    crediting_start: date | None = None
    crediting_end: date | None = None
    """The last day of the crediting period."""
    life_end: date | None = None
    """The last day of the project's lifetime."""
    claim_from: date | None = None
    """The first day on which the reductions to be claimed first arise."""
    claim_on: date | None = None
    """The day on which their registration is, or will be, applied for."""
    other_mechanism: bool | None = None
    """The land is, for some of the same time, in another crediting scheme or ticket, as the owner declares."""
    overlaps: tuple[str, ...] | None = None
    """Numbers of other projects found on the same land for some of the same time; None: not looked up."""

    # Local tickets.
    increment_t: Decimal | None = None
    """Gain in carbon stock over the monitoring period, tCO2e."""
    monitoring_years: int | None = None
    """Length of the monitoring period in whole years."""
    third_party_report: bool | None = None
    """A third party has measured and reported."""
    third_party_related: bool | None = None
    """That third party is related to the owner."""
    forestry_approved: bool | None = None
    """The forestry bureau has approved the ticket."""
    environment_agreed: bool | None = None
    """The ecology and environment bureau has given a favourable opinion."""
    buffer_pct: Decimal | None = None
    """Share of the gain that is deducted or held back, in per cent."""

    @property
    def in_taian(self) -> bool | None:
        """Whether some of the land lies in Tai'an; None where no code is known."""
        codes = [c for c in (self.district_code, *(p.district_code for p in self.parcels)) if c]
        return any(c.startswith(TAIAN) for c in codes) if codes else None
