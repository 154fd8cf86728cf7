"""AR-CM-002-V01 竹子造林, D01–D08: closed to new CCER projects, kept as a model for tickets."""

from workflows.facts import SiteFacts
from workflows.policy import Policy
from workflows.rules.methodology import logic
from workflows.rules.methodology.logic import among, at_least, every, missed, of_all, said
from workflows.rules.outcome import Said, rule
from workflows.states import LitterRemoval


@rule("D01", part="site")
def becomes_bamboo_forest(facts: SiteFacts, policy: Policy) -> Said:
    """Once grown it is bamboo forest: area, closure, height and diameter of the culms."""
    area = policy.figure("bamboo_area_min_mu", facts.on)
    crown, height, thick = (
        policy.figure(key, facts.on) for key in ("forest_closure_min", "culm_height_min_m", "culm_dbh_min_cm")
    )
    read = {
        "parcels": tuple((p.key, p.area_mu, p.area_m2) for p in facts.parcels),
        "canopy_closure": facts.canopy_closure,
        "culm_height_m": facts.culm_height_m,
        "culm_dbh_cm": facts.culm_dbh_cm,
    }
    closed, tall = at_least(facts.canopy_closure, crown.number), at_least(facts.culm_height_m, height.number)
    stout = at_least(facts.culm_dbh_cm, thick.number)
    met = every(of_all(facts.parcels, lambda parcel: logic.reaches(parcel, area.number)), closed, tall, stout)
    short = {
        "low_closure": missed(closed, facts.canopy_closure),
        "low_culm_m": missed(tall, facts.culm_height_m),
        "thin_culm_cm": missed(stout, facts.culm_dbh_cm),
        "short_parcels": logic.names(p for p in facts.parcels if logic.reaches(p, area.number) is False),
    }
    return said(met, read | short, area, crown, height, thick)


@rule("D02", part="site")
def suits_bamboo(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001 (every rule is handed the policy)
    """Climate and site suit bamboo."""
    return said(facts.bamboo_suitable, {"bamboo_suitable": facts.bamboo_suitable})


@rule("D03", part="site")
def dry_mineral(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Neither wetland nor organic soil."""
    return logic.dry_mineral(facts)


@rule("D04", part="site")
def trees_kept(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Scattered trees stay."""
    return logic.trees_kept(facts)


@rule("D05", part="site")
def nothing_burnt(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Nothing is burnt."""
    return logic.nothing_burnt(facts)


@rule("D06", part="site")
def litter_kept(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Litter stays."""
    return said(among(facts.litter_removal, {LitterRemoval.NONE}), {"litter_removal": facts.litter_removal})


@rule("D07", part="site")
def soil_spared(facts: SiteFacts, policy: Policy) -> Said:
    """At most 10% of the surface is worked, along the contour, and not again within 20 years; not verified, warns."""
    most = policy.figure("bamboo_soil_max_pct", facts.on)
    return logic.soil_spared(facts, most, policy.figure("bamboo_soil_interval_years", facts.on))


@rule("D08", part="site")
def nothing_shifted(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """No cropping or grazing moves elsewhere."""
    return logic.nothing_shifted(facts)
