"""目标与统计: what the leading group has to see at one look, each figure with the list behind it."""

from flask import Blueprint, g, render_template

from registry import permissions
from registry.clock import day_of, today
from registry.queries import cases as cases_of
from registry.queries import clocks as clocks_of
from registry.queries import dashboard as ask
from registry.queries import partners
from registry.services.policy import current
from registry.views.greening_words import progress, unit_name
from workflows.states import STAGES, ProjectState
from workflows.units import PERIODS

bp = Blueprint("dashboard", __name__)

S = ProjectState
MOST_PARTNERS = 10


@bp.get("/dashboard")
def show() -> str:
    """Targets, pipeline, overdue, contracts by partner, expected tonnes."""
    on, user = today(), g.user
    by_state = cases_of.sums(user, cases_of.Chosen()).by_state
    oldest = ask.oldest(user)
    stages = [(s, by_state.get(s, 0), (on - day_of(oldest[s])).days if s in oldest else None) for s in STAGES]
    aside = [(s, by_state[s]) for s in (S.CORRECTION_REQUESTED, S.SUSPENDED, S.AMENDMENT_REVIEW) if by_state.get(s)]
    watches = permissions.ENTRIES["desk.overdue"].offices
    contracts = None
    if permissions.PARTNERS.offices & g.offices:
        contracts = partners.portfolio(user, on, int(current().number("idle_months", on)))
    return render_template(
        "dashboard/show.html",
        on=on,
        periods=[progress(p) for p in reversed(PERIODS)],
        unit_name=unit_name,
        registered=cases_of.sums(user, cases_of.Chosen(state=S.REGISTERED)),
        expected=ask.expected(user),
        stages=stages,
        most=max([n for _stage, n, _days in stages] + [1]),
        aside=aside,
        overdue=len(clocks_of.overdue(user, watches, on)) if watches & g.offices else None,
        contracts=contracts[:MOST_PARTNERS] if contracts is not None else None,
        others=max(0, len(contracts or ()) - MOST_PARTNERS),
    )
