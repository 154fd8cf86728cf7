"""Parcels of an application: the list, and one page each."""

from collections.abc import Mapping
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from registry import application, formats, labels
from registry.application import PARCEL, RAW
from registry.clock import now
from registry.forms import application as forms
from registry.queries import applications as ask
from registry.queries import changes
from registry.services import drafts
from registry.views.applicant import Answer, bp, conflict_page, form_of, handed_in, not_editable, parcel_of, why

_AREA = next(q for q in PARCEL if q.field == "area")


def parcels(case_id: int) -> Answer:
    """The list of parcels; POST adds an empty one and opens its page. Called by `section`."""
    if request.method == "POST":
        try:
            key, _seen_now = drafts.save_parcel(case_id, None, {"unit": "mu"}, "", by=g.user, at=now())
        except drafts.NotEditable:
            return handed_in(case_id)
        return redirect(url_for("applicant.parcel", case_id=case_id, key=key))
    rows = ask.prepared(g.case)
    data = dict(rows["parcels"].data) if "parcels" in rows else {}
    listed = [
        {
            "key": p["key"],
            "title": application.parcel_title(p, n),
            "area": ask.answer(_AREA, p),
            "district": labels.district(p.get("district_code")),
            "tenure": labels.label(p.get("tenure"), "Tenure"),
            "lacks": len(application.parcel_lacks(p)),
        }
        for n, p in enumerate(data.get("parcels", []), 1)
    ]
    return render_template(
        "applicant/parcels.html",
        case=g.case,
        parcels=listed,
        total=application.parcels_area(data),
        faults=changes.faults_by_field(g.case),
        back=url_for("applicant.task_list", case_id=case_id),
    )


@bp.route("/my/<int:case_id>/parcels/<key>", methods=["GET", "POST"])
def parcel(case_id: int, key: str) -> Answer:
    """One parcel."""
    if away := not_editable(case_id):
        return away
    row = ask.prepared(g.case).get("parcels")
    data = parcel_of(row, key)
    if request.method == "GET":
        return _parcel_page(key, form_of(forms.PARCEL_PAGE, data, None, {}), data, drafts.fingerprint(data))
    later = request.form.get("then") == "later"
    form = form_of(forms.PARCEL_PAGE, data, request.form, {}, draft=later)
    good = form.validate()
    answers = form.answers()
    try:
        _key, seen = drafts.save_parcel(case_id, key, answers, request.form.get("version", ""), by=g.user, at=now())
    except drafts.DraftConflict as conflict:
        return conflict_page("parcels", PARCEL, conflict, answers, key)
    except drafts.NotEditable:
        return handed_in(case_id)
    except drafts.NothingThere:
        flash(_("Somebody has removed this parcel meanwhile."))
        return redirect(url_for("applicant.section", case_id=case_id, section="parcels"))
    if not good and not later:
        return _parcel_page(key, form, answers, seen), 422
    if form.waiting and not later:
        return redirect(url_for("applicant.parcel", case_id=case_id, key=key))
    said = formats.area(answers["area_mu"]) if "area_mu" in answers else ""
    flash(_("Parcel saved: %(area)s.", area=said) if said else _("Parcel saved."))
    return redirect(url_for("applicant.section", case_id=case_id, section="parcels"))


def _parcel_page(key: str, form: forms.SectionForm, data: Mapping[str, Any], seen: str) -> str:
    listed = ask.prepared(g.case)["parcels"].data["parcels"]
    place = next((n for n, p in enumerate(listed, 1) if p["key"] == key), 1)
    return render_template(
        "applicant/parcel.html",
        case=g.case,
        form=form,
        key=key,
        place=place,
        count=len(listed),
        title=application.parcel_title(data, place),
        said=formats.area(data["area_mu"]) if data.get("area_mu") and RAW not in data else "",
        version=seen,
        why=why,
        faults=changes.faults_by_field(g.case),
        fault_prefix=f"parcels.{key}",
        back=url_for("applicant.section", case_id=g.case.id, section="parcels"),
        autosave=url_for("applicant.autosave", case_id=g.case.id, key=key),
    )


@bp.post("/my/<int:case_id>/parcels/<key>/remove")
def remove_parcel(case_id: int, key: str) -> Answer:
    """Take a parcel out."""
    try:
        drafts.remove_parcel(case_id, key, by=g.user, at=now())
        flash(_("The parcel was taken out."))
    except drafts.NothingThere:
        flash(_("The parcel was taken out already."))
    except drafts.NotEditable:
        return handed_in(case_id)
    return redirect(url_for("applicant.section", case_id=case_id, section="parcels"))
