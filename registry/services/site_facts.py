"""What the answers of an application say of its site, as the conditions of the methods ask it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from registry.application.reading import day, decimal, member, whole, yes
from workflows.facts import Overlap, ParcelFacts, SiteFacts
from workflows.states import Activity, Burning, Conclusion, ForestOrigin, ForestUse, GateName, LandSetting

AGREED: Mapping[Conclusion, bool] = {Conclusion.FAVOURABLE: True, Conclusion.UNFAVOURABLE: False}
"""What an opinion comes to; with conditions it is neither yet."""


def site_facts(
    answers: Mapping[str, Mapping[str, Any]],
    parcels: tuple[ParcelFacts, ...],
    on: date,
    *,
    overlaps: tuple[Overlap, ...] = (),
    environment: Conclusion | None = None,
    gates_passed: frozenset[GateName] = frozenset(),
) -> SiteFacts:
    """The site of an application, by section → answers; what was not asked or cannot be read is not known.

    The forestry bureau approves a ticket in the leading group's review, the environment bureau by its opinion:
    both come after the screening. Removals are claimed from the first crediting day unless said otherwise.
    """
    basics, method, crediting = (answers.get(s, {}) for s in ("basics", "method", "crediting"))
    return SiteFacts(
        on=on,
        activity=member(Activity, basics.get("activity")),
        parcels=parcels,
        land_setting=member(LandSetting, method.get("land_setting")),
        nonforest_since=day(method.get("nonforest_since")),
        planned_afforestation_land=yes(method.get("planned_afforestation_land")),
        wetland_overlap=yes(method.get("wetland_overlap")),
        public_benefit_forest=yes(method.get("public_benefit_forest")),
        public_benefit_certificate=yes(method.get("public_benefit_certificate")),
        lawful=yes(method.get("lawful")),
        forest_use=member(ForestUse, method.get("forest_use")),
        origin=member(ForestOrigin, method.get("origin")),
        start_on=day(method.get("start_on")),
        trees_removed=yes(method.get("trees_removed")),
        shrub_removed_pct=decimal(method.get("shrub_removed_pct")),
        repeat_soil_disturbance=yes(method.get("repeat_soil_disturbance")),
        burning=member(Burning, method.get("burning")),
        activity_shift=yes(method.get("activity_shift")),
        crediting_start=day(crediting.get("start_on")),
        crediting_end=day(crediting.get("end_on")),
        life_end=day(crediting.get("life_end")),
        claim_from=day(crediting.get("claim_from")) or day(crediting.get("start_on")),
        claim_on=day(crediting.get("claim_on")),
        other_mechanism=yes(method.get("other_mechanism")),
        overlaps=_projects_on(overlaps) if parcels else None,
        increment_t=decimal(method.get("increment_t")),
        monitoring_years=whole(method.get("monitoring_years")),
        third_party_report=yes(method.get("third_party_report")),
        third_party_related=yes(method.get("third_party_related")),
        forestry_approved=True if GateName.RISK_REVIEW in gates_passed else None,
        environment_agreed=AGREED.get(environment) if environment else None,
        buffer_pct=decimal(method.get("buffer_pct")),
    )


def _projects_on(overlaps: Sequence[Overlap]) -> tuple[str, ...] | None:
    """The other projects on the land; None where it cannot be told."""
    sure = {o.number for o in overlaps if o.sure}
    return tuple(sorted(sure)) if sure or not overlaps else None
