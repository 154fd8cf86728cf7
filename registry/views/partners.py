"""Partners: what each has under contract across all cases, and who is tied to whom."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry import formats, labels
from registry.clock import now, today
from registry.forms import Form
from registry.forms.experts import LastDayForm
from registry.forms.fields import member_options, options
from registry.forms.partners import OrganisationTieForm
from registry.labels import label
from registry.models import TieKind
from registry.permissions import ENTRIES
from registry.queries import partners as ask
from registry.queries.applications import organisation_name
from registry.services import contract_book, organisation_ties, people
from registry.services.policy import current
from registry.views.contract_words import Tally, tally
from workflows.rules import Outcome

bp = Blueprint("partners", __name__)

Answer = Response | str | tuple[str, int]
A_PAGE = 20


@bp.get("/partners")
def index() -> str:
    """Every partner with a contract that stands, the largest area first, twenty a page."""
    everybody = ask.portfolio(g.user, today(), _idle_months())
    last = max(1, -(-len(everybody) // A_PAGE))
    page = max(1, min(request.args.get("page", 1, type=int), last))
    shown = everybody[(page - 1) * A_PAGE : page * A_PAGE]
    judged = _judged([c for p in shown for c in p.contracts])
    return render_template(
        "partners/index.html",
        partners=[(p, _found(p.contracts, judged)) for p in shown],
        count=len(everybody),
        area_mu=sum(p.area_mu for p in everybody),
        contracts=sum(len(p.contracts) for p in everybody),
        page=page,
        last=last,
    )


@bp.get("/partners/<int:organisation_id>")
def show(organisation_id: int) -> Answer:
    """A partner: contracts, land by district, idle projects, findings, and who it is tied to."""
    return _page(organisation_id)


@bp.post("/partners/<int:organisation_id>/ties")
def tie(organisation_id: int) -> Answer:
    """Record a tie to another organisation."""
    form = _choices(OrganisationTieForm(prefix="tie"), organisation_id)
    return _done(organisation_id, form, "tie", _("The tie is recorded"), lambda: organisation_ties.add(
        organisation_id,
        int(form.related.data),
        TieKind(form.kind.data),
        str(form.source.data),
        since=form.since.data,
        until=form.until.data,
        by=g.user,
        at=now(),
    ))  # fmt: skip


@bp.post("/partners/<int:organisation_id>/ties/<int:tie_id>/end")
def untie(organisation_id: int, tie_id: int) -> Answer:
    """The last day of a tie."""
    if ask.tie_of(organisation_id, tie_id) is None:
        abort(404)
    form = LastDayForm(prefix=f"t{tie_id}")
    return _done(organisation_id, form, f"t{tie_id}", _("The last day is recorded"), lambda: organisation_ties.end(
        tie_id, until=form.until.data, by=g.user, at=now()
    ))  # fmt: skip


def _done(organisation_id: int, form: Any, name: str, says: str, verb: Any) -> Answer:
    if form.validate_on_submit():
        try:
            verb()
        except people.NotDone as refused:
            names = [f.name.removeprefix(form._prefix) for f in form if f.type != "CSRFTokenField"]
            form[refused.field if refused.field in names else names[0]].errors = [str(refused.words)]
        else:
            flash(says)
            return redirect(url_for("partners.show", organisation_id=organisation_id))
    return _page(organisation_id, {name: form})


def _page(organisation_id: int, failed: dict[str, Form] | None = None) -> Answer:
    """One partner's page, with the form that failed, if one did."""
    on, months = today(), _idle_months()
    partner = ask.partner(organisation_id, g.user, on, months)
    if partner is None:
        abort(404)
    affiliates = ask.affiliates(organisation_id, g.user, on, months)
    every = [c for p in (partner, *affiliates) for c in p.contracts]
    listed = ask.ties(organisation_id)
    forms: dict[str, Any] = {
        "tie": _choices(OrganisationTieForm(None, prefix="tie"), organisation_id),
        **{f"t{t.id}": LastDayForm(None, prefix=f"t{t.id}") for t in listed},
    } | (failed or {})
    page = render_template(
        "partners/show.html",
        partner=partner,
        found=_found(partner.contracts, _judged(partner.contracts)),
        districts=_districts(partner, affiliates),
        affiliates=affiliates,
        all_mu=sum((c.area_mu for c in every if c.area_mu), 0),
        ties=[(t, t.related if t.organisation_id == organisation_id else t.organisation) for t in listed],
        forms=forms,
        failing=next(iter(failed.values())) if failed else None,
        has_errors=bool(failed),
        keeps=bool(g.offices & ENTRIES["partners.tie"].offices),
        idle_months=months,
        organisation_name=organisation_name,
    )
    return page, 422 if failed else 200


def _districts(partner: ask.Partner, affiliates: Sequence[ask.Partner]) -> list[tuple[str, str, str, str]]:
    """District, own land, land with affiliates, and that as a share of the district's forest land."""
    every: Counter[str] = Counter()
    for one in (partner, *affiliates):
        every.update(one.areas)
    rows = []
    for code, area in sorted(every.items()):
        figure = current().reference(f"forest_land_{code}_mu", today())
        share = f"{formats.number(area / figure.number * 100, 2)}%" if figure else _("basis to be determined")
        rows.append((labels.district(code), formats.area(partner.areas.get(code)), formats.area(area), share))
    return rows


def _judged(contracts: Sequence[ask.Contract]) -> dict[int, tuple[Outcome, ...]]:
    """Case id → what the checks say of its contract, of those whose file the reader may see; all asked at once."""
    found = contract_book.judged_of(ask.cases_of(contracts), current(), today())
    return {one.case.id: one.outcomes for one in found}


def _found(contracts: Sequence[ask.Contract], judged: Mapping[int, tuple[Outcome, ...]]) -> Tally:
    """What the contract checks say of these contracts together."""
    return tally(outcome for contract in contracts for outcome in judged.get(contract.case_id, ()))


def _idle_months() -> int:
    return int(current().number("idle_months", today()))


def _choices(form: OrganisationTieForm, organisation_id: int) -> OrganisationTieForm:
    form.kind.choices = member_options(TieKind, label, empty=_("Choose how"))
    listed = ((str(o.id), organisation_name(o)) for o in ask.organisations(organisation_id))
    form.related.choices = options(listed, empty=_("Choose an organisation"))
    return form
