"""AR-CM-005-V01 竹林经营, F01–F09: closed to new CCER projects, kept as a model for tickets."""

from workflows.facts import SiteFacts
from workflows.policy import Policy
from workflows.rules.methodology import logic
from workflows.rules.methodology.ar_cm_003 import reaches_ha
from workflows.rules.methodology.logic import among, at_least, every, missed, no, of_all, said
from workflows.rules.outcome import Said, not_applicable, rule
from workflows.states import Fertilising, LitterRemoval


@rule("F01", part="site")
def is_bamboo_forest(facts: SiteFacts, policy: Policy) -> Said:
    """Bamboo forest by the national standard: closure, area, height and diameter of the culms."""
    crown, area, height, thick = (
        policy.figure(key, facts.on)
        for key in ("forest_closure_min", "forest_area_min_ha", "culm_height_min_m", "culm_dbh_min_cm")
    )
    read = {
        "parcels": tuple((p.key, p.area_mu, p.area_m2) for p in facts.parcels),
        "canopy_closure": facts.canopy_closure,
        "culm_height_m": facts.culm_height_m,
        "culm_dbh_cm": facts.culm_dbh_cm,
    }
    closed, tall = at_least(facts.canopy_closure, crown.number), at_least(facts.culm_height_m, height.number)
    stout = at_least(facts.culm_dbh_cm, thick.number)
    met = every(of_all(facts.parcels, lambda parcel: reaches_ha(parcel, area.number)), closed, tall, stout)
    short = {
        "low_closure": missed(closed, facts.canopy_closure),
        "low_culm_m": missed(tall, facts.culm_height_m),
        "thin_culm_cm": missed(stout, facts.culm_dbh_cm),
        "short_parcels": logic.names(p for p in facts.parcels if reaches_ha(p, area.number) is False),
    }
    return said(met, read | short, crown, area, height, thick)


@rule("F02", part="site")
def few_trees(facts: SiteFacts, policy: Policy) -> Said:
    """Scattered trees stay below a closure of 0.20; the limit itself is too much."""
    below = policy.figure("bamboo_tree_closure_below", facts.on)
    met = no(at_least(facts.scattered_tree_closure, below.number))
    return said(met, {"scattered_tree_closure": facts.scattered_tree_closure}, below)


@rule("F03", part="site")
def dry_mineral(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001 (every rule is handed the policy)
    """Neither wetland nor organic soil."""
    return logic.dry_mineral(facts)


@rule("F04", part="site")
def lawful(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """It keeps to law and sector policy."""
    return logic.lawful(facts)


@rule("F05", part="site")
def litter_kept(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Only culms and branches are taken; litter stays."""
    return said(among(facts.litter_removal, {LitterRemoval.NONE}), {"litter_removal": facts.litter_removal})


@rule("F06", part="site")
def trees_kept(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Scattered trees stay."""
    return logic.trees_kept(facts)


@rule("F07", part="site")
def worked_gently(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The soil is loosened in strips along the contour and not turned deeply."""
    read = {"contour": facts.contour, "deep_tillage": facts.deep_tillage}
    return said(every(facts.contour, no(facts.deep_tillage)), read)


@rule("F08", part="site")
def fertiliser_covered(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Fertiliser goes into furrows or holes and is covered; where none is used there is nothing to ask."""
    read = {"fertilising": facts.fertilising}
    if facts.fertilising is Fertilising.NONE:
        return not_applicable(read)
    return said(among(facts.fertilising, {Fertilising.COVERED}), read)


@rule("F09", part="site")
def measures_taken(facts: SiteFacts, policy: Policy) -> Said:
    """At least one of the management measures of annex 1 is taken."""
    least = policy.figure("bamboo_measures_min", facts.on)
    count = None if facts.bamboo_measures is None else len(facts.bamboo_measures)
    read = {"bamboo_measures": facts.bamboo_measures, "measures_taken": count}
    return said(at_least(count, least.number), read, least)
