"""Where an applicant begins: my projects, and who applies."""

from dataclasses import dataclass

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from registry import labels
from registry.clock import now
from registry.forms import application as forms
from registry.forms.fields import member_options, options
from registry.models import OrganisationKind
from registry.queries import applications as ask
from registry.queries.inbox import waiting as waiting_for
from registry.services import drafts
from registry.views.applicant import Answer, bp
from registry.views.desk import task_words, todo_url

PARTIES = (
    OrganisationKind.COLLECTIVE,
    OrganisationKind.ENTERPRISE,
    OrganisationKind.FOREST_FARM,
    OrganisationKind.INSTITUTE,
    OrganisationKind.OTHER,
)
"""What an agent may file for."""


@dataclass(frozen=True, slots=True)
class Todo:
    """What an applicant is to do in a case of their own, and where."""

    task: str
    url: str


@bp.get("/my")
def home() -> str:
    """What I have applied for, alone or with my organisations."""
    projects = ask.my_projects(g.user)
    own = {p.case.id for p in projects}
    waiting = {item.case_id: Todo(task_words(item), todo_url(item)) for item in waiting_for(g.user)}
    return render_template(
        "applicant/home.html",
        projects=projects,
        waiting={case_id: todo for case_id, todo in waiting.items() if case_id in own},
        names=ask,
        drafts=drafts,
    )


@bp.route("/my/start", methods=["GET", "POST"])
def start() -> Answer:
    """Who applies; opens the draft."""
    form = forms.StartForm(request.form if request.method == "POST" else None)
    mine = ask.my_organisations(g.user)
    form.who.choices = options(
        [
            *((f"org-{o.id}", _("%(name)s applies itself", name=ask.organisation_name(o))) for o in mine),
            *(
                (f"agent-{o.id}", _("%(name)s files as agent for another organisation", name=ask.organisation_name(o)))
                for o in mine
            ),
            ("person", _("I apply myself, as a natural person")),
        ]
    )
    form.kind.choices = member_options(PARTIES, labels.label)
    if request.method == "POST" and form.validate():
        case_id = drafts.create(_applicant(form), by=g.user, at=now())
        return redirect(url_for("applicant.task_list", case_id=case_id))
    page = render_template("applicant/start.html", form=form, may_file_for_others=bool(mine))
    return page, 422 if form.errors else 200


def _applicant(form: forms.StartForm) -> drafts.Applicant:
    what, _dash, number = str(form.who.data).partition("-")
    if what == "person":
        return drafts.Applicant()
    if what == "org":
        return drafts.Applicant(organisation_id=int(number))
    code = str(form.credit_code.data)
    known = ask.organisation_by_code(code)
    if known is not None and known.name != form.name.data:
        flash(_("The credit code belongs to %(name)s; the application was opened for it.", name=known.name))
    return drafts.Applicant(
        agent_org_id=int(number),
        name=str(form.name.data),
        credit_code=code,
        kind=OrganisationKind(form.kind.data),
    )
