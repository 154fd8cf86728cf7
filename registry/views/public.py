"""What anybody may read without an account: the library of projects, public cases, help, and how to read it."""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import urlsplit

from babel import Locale
from flask import Blueprint, Response, abort, g, redirect, render_template, request, session, url_for
from flask_babel import LazyString, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from registry import formats, labels
from registry.queries import notices as notices_of
from registry.queries import public as projects_of
from registry.queries import reference as reference_of
from registry.queries.applications import method_name
from registry.queries.public import Step, StepKind
from registry.queries.reference import PUBLISHED
from registry.services import signing_in
from registry.views import pages
from workflows.states import ProjectState, Scheme

bp = Blueprint("public", __name__)

LONGEST_QUERY = 80
LANGUAGE_CODES = {"zh": "zh_Hans_CN", "en": "en"}
SIZES = ("normal", "large")

MEANING: Mapping[Scheme, tuple[LazyString, LazyString]] = {
    Scheme.CCER: (
        _l(
            "The project stands in the city’s project library. Its national notice and validation report have been "
            "recorded. Whether it is registered as a CCER project is decided and shown by the national registry alone."
        ),
        _l(
            "The library issues and transfers no CCER, and a project in it is not thereby registered for CCER. "
            "Without a number of the national registry there is no such registration."
        ),
    ),
    Scheme.LOCAL_TICKET: (
        _l(
            "The project stands in the city’s project library as a forestry carbon ticket project. A third party’s "
            "report, an expert panel and the ecology and environment bureau’s opinion are on file."
        ),
        _l(
            "An entry is not a ticket. No ticket is issued before the city’s own rules on forestry carbon tickets are "
            "in force, and a ticket is never a CCER."
        ),
    ),
    Scheme.OTHER_STANDARD: (
        _l(
            "The project stands in the city’s project library with its id under another standard. That standard’s own "
            "registry decides on credits and shows them."
        ),
        _l("An entry is not a credit of that standard, and the same land cannot be entered twice for the same period."),
    ),
}
"""Per scheme: what an entry means, and what it never means (house.md §2)."""

SCOPES: Mapping[str, LazyString] = {
    "Agriculture": _l("Agriculture"),
    "Agriculture Forestry and Other Land Use": _l("Agriculture, forestry and other land use"),
    "Carbon Capture & Storage": _l("Carbon capture and storage"),
    "Chemical Processes": _l("Chemical processes"),
    "Forestry & Land Use": _l("Forestry and land use"),
    "Household & Community": _l("Households and communities"),
    "Industrial Manufacturing": _l("Industrial manufacturing"),
    "Renewable Energy": _l("Renewable energy"),
    "Transportation": _l("Transport"),
    "Waste Management": _l("Waste management"),
}

TYPES: Mapping[str, LazyString] = {
    "Afforestation": _l("Afforestation"),
    "Afforestation/Reforestation": _l("Afforestation and reforestation"),
    "Avoided Forest Conversion": _l("Avoided forest conversion"),
    "Avoided Grassland Conversion": _l("Avoided grassland conversion"),
    "Improved Forest Management": _l("Improved forest management"),
    "Local carbon ticket": _l("Forestry carbon ticket"),
    "Sustainable Grassland Management": _l("Sustainable grassland management"),
    "Wetland Restoration": _l("Wetland restoration"),
}

REGISTRIES: Mapping[str, LazyString] = {
    PUBLISHED: _l("Publications"),
    "VCS": _l("Verified Carbon Standard (VCS)"),
    "GOLD": _l("Gold Standard"),
    "CAR": _l("Climate Action Reserve (CAR)"),
    "ACR": _l("American Carbon Registry (ACR)"),
}

# Names as the lists write them where the Unicode names differ, and one that needs its usual form here.
COUNTRIES: Mapping[str, LazyString] = {
    "Taiwan": _l("Taiwan, China"),
    "International": _l("International"),
}
TERRITORIES = {
    "DRC": "CD",
    "Republic of Congo": "CG",
    "Turkey": "TR",
    "Myanmar": "MM",
    "Côte d'Ivoire": "CI",
    "Viet Nam": "VN",
    **{name: code for code, name in Locale("en").territories.items() if len(code) == 2},
}

GATES_PASSED: Mapping[str, LazyString] = {
    "screening": _l("Methodology screening passed"),
    "risk_review": _l("Risk review approved by the leading group"),
    "validation": _l("Validation passed"),
}
STEPS: Mapping[StepKind, LazyString] = {
    StepKind.SUBMITTED: _l("Application submitted"),
    StepKind.ACCEPTED: _l("Application accepted"),
    StepKind.REGISTERED: _l("Entered into the project library"),
    StepKind.AMENDED: _l("Amendment entered into the project library"),
}


def _typed(name: str) -> str:
    """A search word from the URL: full-width characters made plain, control characters and excess dropped."""
    words = unicodedata.normalize("NFKC", request.args.get(name, ""))
    words = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in words)
    return " ".join(words.split())[:LONGEST_QUERY]


def country_name(country: str) -> str:
    """A country of a list in the reader's language; one that is not known stays as written."""
    if country in COUNTRIES:
        return str(COUNTRIES[country])
    code = TERRITORIES.get(country)
    return (get_locale() or Locale("en")).territories.get(code, country) if code else country


def scope_name(scope: str) -> str:
    """A scope of a list in the reader's language; one that is not known stays as written."""
    return str(SCOPES.get(scope, scope))


def registry_name(registry: str) -> str:
    """The registry a public case comes from."""
    return str(REGISTRIES.get(registry, registry))


def type_name(words: str) -> str:
    """A type of project in the reader's language; one that is not known stays as written."""
    return str(TYPES.get(words, words))


def in_one_language(words: str, language: str) -> str:
    """The Chinese or the English half of a built-in case's words, which hold both; else the words as they are."""
    found = re.fullmatch(r"(.*[^\x00-\x7f])\s+([\x00-\x7f]*[A-Za-z][\x00-\x7f]*)", words.strip(), re.DOTALL)
    return found[2 if language == "en" else 1] if found else words


def step_words(step: Step) -> str:
    """What the public timeline says of a step."""
    if step.kind == StepKind.GATE:
        return str(GATES_PASSED.get(str(step.word), labels.label(step.word)))
    if step.kind == StepKind.STATE:
        return labels.label(step.word)
    return str(STEPS[step.kind])


@bp.context_processor
def _words() -> dict[str, object]:
    return {
        "country_name": country_name,
        "scope_name": scope_name,
        "registry_name": registry_name,
        "type_name": type_name,
        "step_words": step_words,
        "districts": labels.DISTRICTS,
        "published": PUBLISHED,
    }


@bp.get("/")
def home() -> str:
    """What this is, who may apply, what an entry means, and what stands in the library."""
    counts = projects_of.by_district()
    return render_template(
        "public/home.html",
        counts=counts,
        total=sum(c.projects for c in counts.values()),
        total_mu=sum((c.area_mu for c in counts.values()), start=0),
        latest=projects_of.projects(size=5),
        references=reference_of.count(),
        notices_open=notices_of.number_open(),
    )


@bp.get("/projects")
def projects() -> str:
    """The projects with an entry; search and filters stand in the URL."""
    q, district = _typed("q"), request.args.get("district", "")
    scheme = request.args.get("scheme", "")
    chosen = {
        "q": q,
        "scheme": scheme if scheme in set(Scheme) else "",
        "district": district if district in labels.DISTRICTS else "",
    }
    found = projects_of.projects(
        q=q,
        scheme=Scheme(chosen["scheme"]) if chosen["scheme"] else None,
        district=chosen["district"],
        place=pages.place(),
    )
    return render_template(
        "public/projects.html",
        page=found,
        links=pages.links(found, "public.projects", chosen),
        chosen=chosen,
        schemes=list(Scheme),
    )


@bp.get("/projects/<path:project_number>")
def project(project_number: str) -> str:
    """The public facts of one project."""
    found = projects_of.project(project_number)
    if found is None:
        abort(404)
    means, never = MEANING[found.scheme]
    state_words = {
        ProjectState.AMENDMENT_REVIEW: _("An amendment is being reviewed. The entry stays valid meanwhile."),
        ProjectState.SUSPENDED: _("The entry is suspended until the reason has been cleared."),
        ProjectState.REVOKED: _("The entry has been revoked. The record stays public."),
        ProjectState.CLOSED: _("The project has ended. The record stays public."),
    }.get(found.state, "")
    return render_template(
        "public/project.html",
        project=found,
        method=method_name(found.method) if found.method else None,
        means=means,
        never=never,
        state_words=state_words,
    )


@bp.get("/reference")
def reference() -> str:
    """Published projects elsewhere, read-only."""
    chosen = {"q": _typed("q"), "country": _typed("country"), "scope": _typed("scope")}
    found = reference_of.search(**chosen, page=pages.page_no())
    countries = sorted(reference_of.countries(), key=lambda c: (c != "China", country_name(c)))
    return render_template(
        "public/reference.html",
        page=found,
        links=pages.links(found, "public.reference", chosen),
        chosen=chosen,
        countries=countries,
        scopes=reference_of.scopes(),
    )


@bp.get("/reference/<registry>/<path:external_id>")
def reference_project(registry: str, external_id: str) -> str:
    """One published project: its figures and where they come from."""
    found = reference_of.find(registry, external_id)
    if found is None:
        abort(404)
    language = "zh" if formats.is_chinese() else "en"
    builtin = registry == PUBLISHED
    return render_template(
        "public/reference_project.html",
        project=found,
        region=in_one_language(found.region or "", language) if builtin else found.region,
        source=in_one_language(found.source or "", language) if builtin else found.source,
        notes=reference_of.note_words(found.note, language) if builtin else [],
        said=[] if builtin else reference_of.note_pairs(found.note),
    )


@bp.get("/help")
def help() -> str:  # noqa: A001 (the endpoint's name)
    """Questions people ask before and during an application."""
    return render_template("public/help.html")


@bp.get("/accessibility")
def accessibility() -> str:
    """What was done for everybody to be able to use this, and what has not been checked."""
    return render_template("public/accessibility.html")


def _back() -> BaseResponse:
    """To the page named in `next` if it is one of ours, else home."""
    target = request.args.get("next", "")
    parts = urlsplit(target) if not re.search(r"[\x00-\x20\\]", target) else None
    local = parts is not None and not parts.scheme and not parts.netloc and re.match(r"/(?!/)", target)
    response = redirect(target if local else url_for("public.home"))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/language/<code>")
def set_language(code: str) -> BaseResponse:
    """Read on in this language (zh or en); kept with the account when signed in."""
    if code not in LANGUAGE_CODES:
        abort(404)
    session["language"] = LANGUAGE_CODES[code]
    if g.get("user") is not None:
        signing_in.set_preferences(g.user.id, language=LANGUAGE_CODES[code])
    return _back()


@bp.get("/type/<size>")
def set_size(size: str) -> BaseResponse:
    """Read on in normal or large type; kept with the account when signed in."""
    if size not in SIZES:
        abort(404)
    session["size"] = size
    if g.get("user") is not None:
        signing_in.set_preferences(g.user.id, large_type=size == "large")
    return _back()


@bp.get("/health")
def health() -> Response:
    """That the application answers; asks nothing of the database."""
    return Response("ok", mimetype="text/plain")
