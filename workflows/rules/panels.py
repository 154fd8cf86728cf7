"""Rules of expert panels: how one is made up, whose turn it is, and whether it accepted."""

from workflows import panels
from workflows.facts import PanelFacts, ProjectFacts
from workflows.policy import Figure, Policy
from workflows.rules.outcome import Said, failed, passed, rule, unknown

ON_RECORD = frozenset({"S16", "T07"})
"""Conditions on a method's sheet that the panel's own record decides, not what officers answer."""


def terms_of(panel: PanelFacts) -> panels.Terms:
    """What the panel is held to, as fixed at its draw."""
    return panels.Terms(panel.size, panel.minimum, panel.outside_share, panel.needs)


def complete(panel: PanelFacts) -> bool:
    """Properly made up, nobody on it tied to a party, and every opinion in."""
    composed = panels.well_composed(panel.seats, panel.outside, terms_of(panel)) and not panel.barred
    return composed and panel.in_favour + panel.against == panel.seats


def accepts(panel: PanelFacts) -> bool:
    """Enough of all seats accept, with conditions or without."""
    return complete(panel) and panel.in_favour >= panels.needed(terms_of(panel))


def _accepted(facts: ProjectFacts, policy: Policy) -> Said:
    least = policy.figure("panel_min", facts.on)
    panel, figures = facts.panel, {least.key: least}
    if panel is None or not panel.counted:
        return unknown({"seats": panel.seats if panel else 0}, figures)
    read = {"seats": panel.seats, "in_favour": panel.in_favour, "needed": panels.needed(terms_of(panel))}
    return passed(read, figures) if accepts(panel) else failed(read, figures)


@rule("S16")
def panel_accepts_the_argument(facts: ProjectFacts, policy: Policy) -> Said:
    """A panel of an odd number, five or more, without ties, accepted the argued additionality."""
    return _accepted(facts, policy)


@rule("T07")
def panel_accepts_the_ticket(facts: ProjectFacts, policy: Policy) -> Said:
    """The same of a ticket, with the larger share fixed at its draw."""
    return _accepted(facts, policy)


@rule("S55")
def panel_well_drawn(facts: ProjectFacts, policy: Policy) -> Said:
    """An odd number, five or more, two thirds from outside, none tied to a party: else there is no draw."""
    keys = ("panel_min", "panel_outside_num", "panel_outside_den")
    figures: dict[str, Figure] = {k: policy.figure(k, facts.on) for k in keys}
    asked = int(figures["panel_min"].number) if facts.panel_size is None else facts.panel_size
    of = panels.terms(policy, facts.on, asked, ticket=False)
    read = {
        "size": asked,
        "free": facts.experts_free,
        "outside": facts.experts_outside,
        "outside_needed": of.outside_needed,
    }
    inside = min(facts.experts_free - facts.experts_outside, of.inside_at_most)
    enough = facts.experts_outside + inside >= of.size
    return passed(read, figures) if of.sound and enough else failed(read, figures)


@rule("S56")
def one_panel_a_round(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """No other panel is at work, and none of this round has been counted."""
    read = {"counted": bool(facts.panel and facts.panel.counted)}
    return passed(read) if facts.panel is None else failed(read)


@rule("S57")
def own_independent_opinion(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """An expert with a seat on the panel at work speaks once, and declares independence."""
    panel = facts.panel
    if panel is None or panel.counted or not panel.actor_sits:
        return unknown({"seat": False})
    read = {"already_given": panel.actor_has_given, "independent": facts.independent}
    return failed(read) if panel.actor_has_given or facts.independent is False else passed(read)


@rule("S58")
def panel_ended_properly(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Counted once every opinion is in and nobody is tied; broken off before that only with written reasons."""
    panel = facts.panel
    if panel is None or panel.counted:
        return unknown({"panel": None})
    given = panel.in_favour + panel.against
    read = {"seats": panel.size, "given": given, "barred": panel.barred, "reason": facts.closing_reason}
    return passed(read) if complete(panel) or facts.closing_reason else failed(read)
