"""CCER-14-001-V01 造林碳汇, conditions A01 and A03–A17. A02 is asked at submission already: see `rules.eligibility`.

A rule proposes; the two officers decide. What lies exactly on a boundary day is theirs to judge,
because the text does not say whether the day itself counts.
"""

from workflows.facts import ParcelFacts, SiteFacts
from workflows.policy import Policy
from workflows.rules.methodology import logic
from workflows.rules.methodology.logic import Known, at_most, every, no, said
from workflows.rules.outcome import Said, failed, manual, passed, rule, unknown
from workflows.states import Burning, ForestUse

COVERED = frozenset({ForestUse.PROTECTION, ForestUse.SPECIAL_PURPOSE, ForestUse.TIMBER})


@rule("A01", part="site")
def planting_covered(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001 (every rule is handed the policy)
    """Protection, special-purpose, timber; not economic forest. Energy forest is not named: officers judge."""
    read = {"forest_use": facts.forest_use}
    if facts.forest_use is ForestUse.ENERGY:
        return manual(read)
    return said(logic.among(facts.forest_use, COVERED), read)


@rule("A03", part="site")
def not_forest_before(facts: SiteFacts, policy: Policy) -> Said:
    """Planned afforestation land, without forest for three years when the work begins."""
    years = policy.figure("nonforest_years", facts.on)
    read: dict[str, object] = {
        "nonforest_since": facts.nonforest_since,
        "start_on": facts.start_on,
        "planned_afforestation_land": facts.planned_afforestation_land,
    }
    bare: Known = None
    if facts.nonforest_since is not None and facts.start_on is not None:
        bare = logic.later(facts.nonforest_since, int(years.number)) <= facts.start_on
    read["begun_too_soon_on"] = logic.missed(bare, facts.start_on)
    return said(every(bare, facts.planned_afforestation_land), read, years)


@rule("A04", part="site")
def clear_title(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Every parcel has a title document and no dispute; whether its issuer was competent the officers see from it."""
    return logic.clear_title(facts)


@rule("A05", part="site")
def parcel_area(facts: SiteFacts, policy: Policy) -> Said:
    """Each parcel reaches 400 m², or 667 m² where the work began by the end of 2019.

    667 m² is one mu rounded up: a parcel registered at 1.00 mu reaches it, unless it was measured as less than a mu.
    """
    least, early = policy.figure("parcel_min_m2", facts.on), policy.figure("parcel_min_early_m2", facts.on)
    until = policy.figure("parcel_min_early_until", facts.on)
    tolerance = policy.figure("parcel_min_early_mu", facts.on)
    figures = (least, early, until, tolerance)

    def reaches(parcel: ParcelFacts) -> Known:
        area = logic.measured_m2(parcel)
        if area is None:
            return None
        whole_mu = logic.reaches(parcel, tolerance.number) and area >= int(tolerance.number * logic.M2_PER_MU)
        if area >= early.number or whole_mu:
            return True
        if area < least.number:
            return False
        return None if facts.start_on is None else facts.start_on > until.day

    found = logic.parcelwise(facts.parcels, reaches, "area_mu", "area_m2", figures=figures)
    began_early = facts.start_on is not None and facts.start_on <= until.day
    asked = {"start_on": facts.start_on, "least_m2": (early if began_early else least).number}
    return Said(found.verdict, {**found.facts, **asked}, found.figures)


@rule("A06", part="site")
def no_wetland(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """None of the land is wetland."""
    return said(no(facts.wetland_overlap), {"wetland_overlap": facts.wetland_overlap})


@rule("A07", part="site")
def trees_kept(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Scattered trees and bamboo stay."""
    return logic.trees_kept(facts)


@rule("A08", part="site")
def few_shrubs_cleared(facts: SiteFacts, policy: Policy) -> Said:
    """Shrubs and thin bamboo are cleared on 20% of the surface at most, taken together."""
    most = policy.figure("shrub_removed_max_pct", facts.on)
    return said(at_most(facts.shrub_removed_pct, most.number), {"shrub_removed_pct": facts.shrub_removed_pct}, most)


@rule("A09", part="site")
def soil_left_alone(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """After the first site preparation the soil is not worked again in the crediting period."""
    return said(no(facts.repeat_soil_disturbance), {"repeat_soil_disturbance": facts.repeat_soil_disturbance})


@rule("A10", part="site")
def no_burning(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Nothing is burnt but wood infected by pests or disease."""
    return said(logic.among(facts.burning, {Burning.NONE, Burning.INFESTED_WOOD}), {"burning": facts.burning})


@rule("A11", part="site")
def nothing_shifted(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """No cropping or grazing moves elsewhere."""
    return logic.nothing_shifted(facts)


@rule("A12", part="site")
def lawful(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """It keeps to law and sector policy, as the applicant states; the officers name what they checked."""
    return logic.lawful(facts)


@rule("A13", part="site")
def began_late_enough(facts: SiteFacts, policy: Policy) -> Said:
    """The work began after 8 November 2012; on that very day the officers judge."""
    after = policy.figure("project_start_after", facts.on)
    read, figures = {"start_on": facts.start_on}, {after.key: after}
    if facts.start_on is None:
        return unknown(read, figures)
    if facts.start_on == after.day:
        return manual(read, figures)
    return passed(read, figures) if facts.start_on > after.day else failed(read, figures)


@rule("A14", part="site")
def crediting_period(facts: SiteFacts, policy: Policy) -> Said:
    """20 to 40 years, both days counted, within the project's lifetime."""
    least, most = policy.figure("crediting_min_years", facts.on), policy.figure("crediting_max_years", facts.on)
    length = logic.credited(facts, least, most)
    within: Known = None
    if facts.crediting_end is not None and facts.life_end is not None:
        within = facts.crediting_end <= facts.life_end
    fits = logic.lasts(facts.crediting_start, facts.crediting_end, least, most)
    short = {
        "length_from": logic.missed(fits, facts.crediting_start),
        "length_to": logic.missed(fits, facts.crediting_end),
        "outlasts_on": logic.missed(within, facts.crediting_end),
    }
    return said(every(fits, within), {**length.facts, "life_end": facts.life_end, **short}, least, most)


@rule("A15", part="site")
def title_outlasts_crediting(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Every right lasts to the end of the crediting period; where one does not, people judge how it is renewed.

    The text asks for a clear title only, so a shorter one never fails by itself.
    """
    short = [p for p in facts.parcels if p.title_end and facts.crediting_end and p.title_end < facts.crediting_end]
    without = [p for p in facts.parcels if p.title_end is None]
    read = {
        "parcels": tuple((p.key, p.title_end) for p in facts.parcels),
        "crediting_end": facts.crediting_end,
        "short_parcels": logic.names(short),
        "open_parcels": logic.names(without),
    }
    if short:
        return manual(read)
    return unknown(read) if without or not facts.parcels or facts.crediting_end is None else passed(read)


@rule("A16", part="site")
def in_one_scheme(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """In no other crediting scheme for the same time, local tickets included."""
    return logic.in_one_scheme(facts)


@rule("A17", part="site")
def reductions_in_time(facts: SiteFacts, policy: Policy) -> Said:
    """What is claimed first arises after 22 September 2020, and at most five years before it is applied for.

    Reductions from that very day on the officers judge, unless the five years are over anyway.
    """
    after, window = policy.figure("reductions_after", facts.on), policy.figure("claim_window_years", facts.on)
    read = {"claim_from": facts.claim_from, "claim_on": facts.claim_on}
    figures = {after.key: after, window.key: window}
    if facts.claim_from is None:
        return unknown(read, figures)
    closes = logic.later(facts.claim_from, int(window.number))
    # Nobody applies before today, so a window that has closed stays closed.
    if facts.claim_from < after.day or (facts.claim_on or facts.on) > closes:
        return failed(read, figures)
    if facts.claim_on is None:
        return unknown(read, figures)
    return manual(read, figures) if facts.claim_from == after.day else passed(read, figures)
