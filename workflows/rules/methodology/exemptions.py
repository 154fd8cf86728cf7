"""What exempts a CCER-14-001 project from arguing additionality: X01–X03, of which one is enough."""

from workflows.facts import SiteFacts
from workflows.policy import Policy
from workflows.rules.methodology.logic import at_most, every, said
from workflows.rules.outcome import Said, rule


@rule("X01", part="site")
def little_rain(facts: SiteFacts, policy: Policy) -> Said:
    """At most 400 mm of rain a year. In Tai'an the city's own figure counts, whatever is stated.

    More than that fails wherever the land lies; less is believed only of land known to lie elsewhere.
    """
    most, here = policy.figure("exempt_precipitation_mm", facts.on), policy.figure("taian_precipitation_mm", facts.on)
    rain = here.number if facts.in_taian else facts.annual_precip_mm
    read = {"annual_precip_mm": facts.annual_precip_mm, "in_taian": facts.in_taian, "rain_mm": rain}
    if facts.in_taian:
        return said(here.number <= most.number, read, most, here)
    dry = at_most(facts.annual_precip_mm, most.number)
    return said(None if dry and facts.in_taian is None else dry, read, most)


@rule("X02", part="site")
def key_function_zone(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001 (every rule is handed the policy)
    """The county is on the list of national key ecological function zones."""
    return said(facts.key_function_zone, {"key_function_zone": facts.key_function_zone})


@rule("X03", part="site")
def public_benefit(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Ecological public-benefit forest, with the paper that says so; without the paper it cannot be told."""
    paper = facts.public_benefit_certificate or None
    read = {
        "public_benefit_forest": facts.public_benefit_forest,
        "public_benefit_certificate": facts.public_benefit_certificate,
    }
    return said(every(facts.public_benefit_forest, paper), read)
