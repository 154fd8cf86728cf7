"""Whether a project is one its method is meant for, before anything is measured."""

from collections.abc import Mapping

from workflows.contract_class import anniversary
from workflows.facts import ProjectFacts, SiteFacts
from workflows.policy import Policy
from workflows.rules.outcome import Said, failed, not_applicable, passed, rule, unknown
from workflows.states import LandSetting, Scheme

AFFORESTATION_METHOD = "CCER-14-001"
OUTSIDE = frozenset({LandSetting.CORRIDOR, LandSetting.FOUR_SIDES, LandSetting.URBAN_INDUSTRIAL})


@rule("A02")
def land_setting(facts: ProjectFacts | SiteFacts, policy: Policy) -> Said:  # noqa: ARG001 (every rule is handed the policy)
    """Corridor, four-sides and urban or industrial planting is outside CCER-14-001.

    Of a project it is asked only where that method is the one chosen; of a site alone, by its setting.
    """
    if isinstance(facts, SiteFacts):
        return _setting(facts.land_setting, {"land_setting": facts.land_setting})
    read = {"scheme": facts.scheme, "method": facts.method, "land_setting": facts.land_setting}
    if facts.scheme is None:
        return unknown(read)
    if facts.scheme is not Scheme.CCER:
        return not_applicable(read)
    if facts.method is None:
        return unknown(read)
    if facts.method != AFFORESTATION_METHOD:
        return not_applicable(read)
    return _setting(facts.land_setting, read)


@rule("S26a")
def no_entry_revoked_of_late(facts: ProjectFacts, policy: Policy) -> Said:
    """No entry of the same applicant was revoked in the last years, its last day counted (民法典 art. 202)."""
    years = policy.figure("revocation_bar_years", facts.on)
    read, figures = {"revoked_on": facts.revoked_on}, {years.key: years}
    if facts.revoked_on is None or facts.on > anniversary(facts.revoked_on, int(years.number)):
        return passed(read, figures)
    return failed(read, figures)


def _setting(setting: LandSetting | None, read: Mapping[str, object]) -> Said:
    if setting is None:
        return unknown(read)
    return failed(read) if setting in OUTSIDE else passed(read)
