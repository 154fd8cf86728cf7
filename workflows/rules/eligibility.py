"""Whether a project is one its method is meant for, before anything is measured."""

from collections.abc import Mapping

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


def _setting(setting: LandSetting | None, read: Mapping[str, object]) -> Said:
    if setting is None:
        return unknown(read)
    return failed(read) if setting in OUTSIDE else passed(read)
