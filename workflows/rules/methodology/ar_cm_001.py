"""AR-CM-001-V01 碳汇造林, B01–B08: closed to new CCER projects, kept as a model for tickets."""

from workflows.facts import SiteFacts
from workflows.policy import Policy
from workflows.rules.methodology import logic
from workflows.rules.methodology.logic import among, said
from workflows.rules.outcome import Said, failed, manual, passed, rule, unknown
from workflows.states import LitterRemoval, TitleDocument


@rule("B01", part="site")
def bare_since(facts: SiteFacts, policy: Policy) -> Said:
    """Without forest since 16 February 2005, or longer."""
    by = policy.figure("ar_nonforest_by", facts.on)
    met = None if facts.nonforest_since is None else facts.nonforest_since <= by.day
    return said(met, {"nonforest_since": facts.nonforest_since}, by)


@rule("B02", part="site")
def certified_title(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001 (every rule is handed the policy)
    """A certificate for every parcel; where there is a contract instead, people look for the certificate behind it."""
    held = {parcel.title_document for parcel in facts.parcels}
    read = {"parcels": tuple((p.key, p.title_document) for p in facts.parcels)}
    if TitleDocument.NONE in held:
        return failed(read)
    if None in held or not held:
        return unknown(read)
    return passed(read) if held <= logic.CERTIFICATES else manual(read)


@rule("B03", part="site")
def dry_mineral(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Neither wetland nor organic soil."""
    return logic.dry_mineral(facts)


@rule("B04", part="site")
def soil_spared(facts: SiteFacts, policy: Policy) -> Said:
    """At most 10% of the surface is worked, along the contour, and not again within 20 years."""
    most = policy.figure("ar_soil_max_pct", facts.on)
    return logic.soil_spared(facts, most, policy.figure("ar_soil_interval_years", facts.on))


@rule("B05", part="site")
def nothing_burnt(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Nothing is burnt; this text makes no exception for infected wood."""
    return logic.nothing_burnt(facts)


@rule("B06", part="site")
def litter_kept(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Litter, roots, dead wood and residues stay."""
    return said(among(facts.litter_removal, {LitterRemoval.NONE}), {"litter_removal": facts.litter_removal})


@rule("B07", part="site")
def nothing_shifted(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """No cropping or grazing moves elsewhere."""
    return logic.nothing_shifted(facts)


@rule("B08", part="site")
def crediting_period(facts: SiteFacts, policy: Policy) -> Said:
    """20 to 60 years."""
    least = policy.figure("ar_crediting_min_years", facts.on)
    return logic.credited(facts, least, policy.figure("ar_crediting_max_years", facts.on))
