"""Conditions of a local forestry carbon ticket, after the Sanming model: T01–T06 and T08–T10; T07 is the panel's."""

from decimal import Decimal

from workflows.facts import SiteFacts
from workflows.policy import Policy
from workflows.rules.methodology import logic
from workflows.rules.methodology.logic import at_least, at_most, every, no, said
from workflows.rules.outcome import Said, passed, rule, unknown


@rule("T01", part="site")
def clear_title(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001 (every rule is handed the policy)
    """Every parcel has a title, and none is disputed."""
    return logic.clear_title(facts)


@rule("T02", part="site")
def in_one_scheme(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """In no other crediting scheme or ticket for the same time."""
    return logic.in_one_scheme(facts)


@rule("T03", part="site")
def forest_described(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Origin and use are stated; whatever they are, they are allowed."""
    read = {"origin": facts.origin, "forest_use": facts.forest_use}
    return unknown(read) if None in read.values() else passed(read)


@rule("T04", part="site")
def stock_grows(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The carbon stock grows over the monitoring period."""
    return said(no(at_most(facts.increment_t, Decimal(0))), {"increment_t": facts.increment_t})


@rule("T05", part="site")
def monitoring_period(facts: SiteFacts, policy: Policy) -> Said:
    """1 to 10 years; practice elsewhere, not verified, so it warns at most."""
    least = policy.figure("ticket_monitoring_min_years", facts.on)
    most = policy.figure("ticket_monitoring_max_years", facts.on)
    years = facts.monitoring_years
    met = every(at_least(years, least.number), at_most(years, most.number))
    return said(met, {"monitoring_years": years}, least, most)


@rule("T06", part="site")
def independent_report(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A third party that is not related to the owner has reported."""
    read = {"third_party_report": facts.third_party_report, "third_party_related": facts.third_party_related}
    return said(every(facts.third_party_report, no(facts.third_party_related)), read)


@rule("T08", part="site")
def both_bureaus_agree(facts: SiteFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The forestry bureau has approved, and the environment bureau agreed; both come after the screening."""
    read = {"forestry_approved": facts.forestry_approved, "environment_agreed": facts.environment_agreed}
    return said(every(facts.forestry_approved, facts.environment_agreed), read)


@rule("T09", part="site")
def enough_held_back(facts: SiteFacts, policy: Policy) -> Said:
    """At least 10% is deducted or held back."""
    least = policy.figure("ticket_buffer_min_pct", facts.on)
    return said(at_least(facts.buffer_pct, least.number), {"buffer_pct": facts.buffer_pct}, least)


@rule("T10", part="site")
def parcel_area(facts: SiteFacts, policy: Policy) -> Said:
    """Each parcel reaches 1 mu."""
    least = policy.figure("ticket_parcel_min_mu", facts.on)
    return logic.parcelwise(
        facts.parcels, lambda p: logic.reaches(p, least.number), "area_mu", "area_m2", figures=(least,)
    )
