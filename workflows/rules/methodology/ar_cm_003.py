"""AR-CM-003-V01 森林经营, C01–C09: closed to new CCER projects, kept as a model for tickets."""

from decimal import Decimal

from workflows.facts import ParcelFacts, SiteFacts
from workflows.policy import Policy
from workflows.rules.methodology import logic
from workflows.rules.methodology.logic import among, at_least, every, missed, no, of_all, said
from workflows.rules.outcome import Said, failed, manual, passed, rule, unknown
from workflows.states import AgeGroup, Burning, ForestOrigin, LitterRemoval, Soil

M2_PER_HA = 10_000


def reaches_ha(parcel: ParcelFacts, least_ha: Decimal) -> logic.Known:
    """Whether a parcel reaches an area in hectares."""
    area = logic.measured_m2(parcel)
    return None if area is None else area / M2_PER_HA >= least_ha


@rule("C01", part="site")
def is_forest(facts: SiteFacts, policy: Policy) -> Said:
    """Forest of trees: canopy closure, area and height."""
    crown, area, height = (
        policy.figure(key, facts.on) for key in ("forest_closure_min", "forest_area_min_ha", "forest_height_min_m")
    )
    read = {
        "parcels": tuple((p.key, p.area_mu, p.area_m2) for p in facts.parcels),
        "canopy_closure": facts.canopy_closure,
        "tree_height_m": facts.tree_height_m,
    }
    closed, tall = at_least(facts.canopy_closure, crown.number), at_least(facts.tree_height_m, height.number)
    met = every(closed, of_all(facts.parcels, lambda parcel: reaches_ha(parcel, area.number)), tall)
    short = {
        "low_closure": missed(closed, facts.canopy_closure),
        "low_height_m": missed(tall, facts.tree_height_m),
        "short_parcels": logic.names(p for p in facts.parcels if reaches_ha(p, area.number) is False),
    }
    return said(met, read | short, crown, area, height)


@rule("C02", part="site")
def young_plantation(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001 (every rule is handed the policy)
    """Planted, young or middle-aged."""
    read = {"origin": facts.origin, "age_group": facts.age_group}
    planted = among(facts.origin, {ForestOrigin.PLANTED})
    return said(every(planted, among(facts.age_group, {AgeGroup.YOUNG, AgeGroup.MIDDLE_AGED})), read)


@rule("C03", part="site")
def lawful(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """It keeps to law and sector policy."""
    return logic.lawful(facts)


@rule("C04", part="site")
def mineral_soil(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The soil is mineral."""
    return said(among(facts.soil, {Soil.MINERAL}), {"soil": facts.soil})


@rule("C05", part="site")
def no_clearing(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The ground is neither cleared as a whole nor burnt off."""
    read = {"full_clearing": facts.full_clearing, "burning": facts.burning}
    return said(every(no(facts.full_clearing), among(facts.burning, {Burning.NONE, Burning.INFESTED_WOOD})), read)


@rule("C06", part="site")
def litter_kept(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Dead wood and litter stay, unless the health of the stand asks for their removal."""
    allowed = {LitterRemoval.NONE, LitterRemoval.SANITARY}
    return said(among(facts.litter_removal, allowed), {"litter_removal": facts.litter_removal})


@rule("C07", part="site")
def soil_spared(facts: SiteFacts, policy: Policy) -> Said:
    """At most 10% of the surface is worked, along the contour, and once in 20 years at most."""
    most = policy.figure("ar_soil_max_pct", facts.on)
    return logic.soil_spared(facts, most, policy.figure("ar_soil_interval_years", facts.on))


@rule("C08", part="site")
def began_late_enough(facts: SiteFacts, policy: Policy) -> Said:
    """The management began after 16 February 2005; on that very day people judge."""
    after = policy.figure("ar_start_after", facts.on)
    read, figures = {"start_on": facts.start_on}, {after.key: after}
    if facts.start_on is None:
        return unknown(read, figures)
    if facts.start_on == after.day:
        return manual(read, figures)
    return passed(read, figures) if facts.start_on > after.day else failed(read, figures)


@rule("C09", part="site")
def crediting_period(facts: SiteFacts, policy: Policy) -> Said:
    """20 to 60 years."""
    least = policy.figure("ar_crediting_min_years", facts.on)
    return logic.credited(facts, least, policy.figure("ar_crediting_max_years", facts.on))
