"""The self-check: anybody reads what the rules say of a site or a contract. What is typed or uploaded is never kept."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry import clock, formats, labels
from registry.forms.self_check import ADD, COUNT, REMOVE, STEP, FactsForm, UploadForm, contract_form, named, site_form
from registry.forms.self_check import stepped as parcels_stepped
from registry.labels import intake as intake_words
from registry.labels import self_check as words
from registry.security.throttle import TooMany
from registry.services import intake, self_check
from registry.services.examples import EXAMPLES, Example
from registry.services.intake import Unusable
from registry.services.intake_limits import MOST_BYTES
from registry.services.policy import current
from registry.views.rules import MARKS
from registry.views.rules import tongue as lang
from workflows.facts import ContractFacts, SiteFacts
from workflows.policy import ALL_CLASSES
from workflows.states import Fit, Misfit
from workflows.wording import Aside

bp = Blueprint("self_check", __name__, url_prefix="/self-check")

ENVELOPE = 20_000
"""Bytes a browser may need around the input: names of fields, the marks between them, the token."""
Answer = Response | str | tuple[str, int]

EXAMPLE_TITLES: Mapping[str, LazyString] = {
    "o5": _l("Changlong afforestation, Guangdong: the first forestry CCER, published facts"),
    "wanling": _l("Ticket of Wanling forest farm, Anhui: published facts"),
    "contract_honest": _l("A contract as it should be: ten years over 300 mu"),
    "contract_county": _l("A contract over a whole county: thirty years, no cost, income guaranteed"),
    "contract_state_farm": _l("A state farm lets land for twenty-five years, under its appraisal"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One of the two checks: its facts, its form, how it is judged, and its page."""

    kind: Any
    endpoint: str
    form: Callable[..., FactsForm]
    judge: Callable[..., self_check.Told]
    page: str
    file: str
    taken_for_granted: Mapping[str, Any]


METHODS = Check(
    SiteFacts, "self_check.methods", site_form, self_check.screened, "self_check/methods.html", "tailin-screening", {}
)
CONTRACT = Check(
    ContractFacts,
    "self_check.contract",
    contract_form,
    self_check.checked,
    "self_check/contract.html",
    "tailin-contract-check",
    {"has_partner": True},  # the form is about a contract with one
)
CHECKS = {check.kind: check for check in (METHODS, CONTRACT)}


@bp.url_value_preprocessor
def _limit(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the body."""
    request.max_content_length = MOST_BYTES + ENVELOPE


@bp.after_request
def _keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("")
def index() -> str:
    """What the self-check is, and what it is not."""
    return render_template("self_check/index.html", examples=_examples())


@bp.route("/methods", methods=["GET", "POST"])
def methods() -> Answer:
    """Every method compared for a site."""
    return _checked(METHODS)


@bp.route("/contract", methods=["GET", "POST"])
def contract() -> Answer:
    """A contract checked against every clause."""
    return _checked(CONTRACT)


@bp.get("/examples/<name>")
def example(name: str) -> Answer:
    """What the rules say of an example."""
    found = _example(name)
    check = CHECKS[found.kind]
    facts = intake.read(check.kind, found.text, clock.today())
    return _result(check, facts, example=found)


@bp.get("/examples/<name>.json")
def example_file(name: str) -> Response:
    """The facts of an example, as they may be uploaded."""
    return _download(_example(name).facts, f"{name}.json")


@bp.get("/schema/<name>.json")
def schema(name: str) -> Response:
    """Every fact there is a place for, as JSON Schema."""
    check = {"methods": METHODS, "contract": CONTRACT}.get(name)
    if check is None:
        abort(404)
    first = next(e for e in EXAMPLES.values() if e.kind is check.kind)
    return _download(intake.schema(check.kind, first.facts), f"tailin-{name}.schema.json")


def _example(name: str) -> Example:
    found = EXAMPLES.get(name)
    if found is None:
        abort(404)
    return found


def _examples(kind: Any = None) -> list[tuple[str, str]]:
    """(title, address) of the examples, of one kind or all."""
    return [
        (str(EXAMPLE_TITLES[e.name]), url_for("self_check.example", name=e.name))
        for e in EXAMPLES.values()
        if kind in (None, e.kind)
    ]


def _checked(check: Check) -> Answer:
    if request.method == "GET":
        return _asked(check, _form(check, None))
    if STEP in request.form:  # one parcel more or less; nothing is checked yet
        return _asked(check, _form(check, parcels_stepped(request.form, _form(check, None).groups)))
    form, file, again = _form(check, request.form), request.files.get("file"), request.form.get("facts")
    try:
        self_check.admit(request.remote_addr or "", clock.now())
        if again is not None:  # the result is asked for once more, as a file
            facts = intake.read(check.kind, again, clock.today())
            return _download(check.judge(facts, current(), lang()), f"{check.file}.json")
        if file is not None or "upload" in request.form:
            sent = file.stream.read(MOST_BYTES + 1) if file is not None else b""
            return _result(check, intake.read(check.kind, sent, clock.today()))
        if not form.validate():
            return _asked(check, form), 422
        return _result(check, _read(check, form))
    except TooMany as many:
        until = formats.clock(many.until)
        form.form_errors.append(_("Too many checks were asked for from here. Try again after %(time)s.", time=until))
        return _asked(check, form), 429
    except Unusable as error:
        return _asked(check, form, _told(error, form)), 422


def _form(check: Check, sent: Any) -> FactsForm:
    return check.form(sent, words.member_label, labels.DISTRICTS)


def _read(check: Check, form: FactsForm) -> Any:
    """The facts of a form, asked the same as those of a file; raises Unusable."""
    return intake.from_tree(check.kind, {**check.taken_for_granted, **form.tree()}, clock.today())


def _told(error: Unusable, form: FactsForm) -> list[tuple[str, str]]:
    """What is wrong as (id of the control, message); in a form the message stands at its field as well."""
    by_hand = request.form.get("facts") is None and "upload" not in request.form
    loose = []
    for fault in error.faults:
        what, cure = intake_words.problem(fault.problem, fault.detail, _other(fault.other, form))
        name = form.name_at(fault.path) if by_hand else None
        message = what + formats.gap() + cure
        if name is not None:
            form[name].errors = [*form[name].errors, named(form.called(name), message)]
        else:
            loose.append(("" if by_hand else "file", named(fault.place, message)))
    return loose


def _other(other: str, form: FactsForm) -> str:
    """The other fact of a pair as the form calls it."""
    return str(form[other].label.text) if other and other in form else other


def _asked(check: Check, form: FactsForm, loose: list[tuple[str, str]] | None = None) -> str:
    return render_template(
        "self_check/form.html",
        form=form,
        upload=UploadForm(),
        loose=loose or [],
        has_errors=bool(form.errors or form.form_errors or loose or [f for f in form if f.errors]),
        check=check,
        contract=check is CONTRACT,
        examples=_examples(check.kind),
        most_kb=MOST_BYTES // 1000,
        parcels={"count": COUNT, "step": STEP, "add": ADD, "remove": REMOVE},
    )


def _result(check: Check, facts: Any, example: Example | None = None) -> str:
    told = check.judge(facts, current(), lang())
    return render_template(
        check.page,
        told=told,
        check=check,
        level=self_check.level_of(told),
        level_words=words.LEVELS[self_check.level_of(told)],
        fits={fit.value: (str(words.FITS[fit]), words.FIT_BADGES[fit]) for fit in Fit},
        whys={why.value: labels.label(why) for why in Misfit},
        marked=_marked(getattr(facts, "text", None) or "", told.get("wording", [])),
        classes=_classes(told),
        marks={confidence.value: str(mark) for confidence, mark in MARKS.items()},
        given=json.dumps(_given(facts), ensure_ascii=False),
        example=EXAMPLE_TITLES[example.name] if example else None,
        example_name=example.name if example else None,
    )


def _given(facts: Any) -> Any:
    """The facts as an upload would hold them."""
    return {name: value for name, value in self_check.plain(asdict(facts)).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a contract's wording: `clause` where it is a phrase that was found, `aside` why not."""

    text: str
    clause: str = ""
    aside: str = ""


def _marked(text: str, found: list[dict[str, Any]]) -> list[list[Piece]]:
    """The wording by lines, each in pieces, found phrases apart; none where there is no wording."""
    pieces, at = [], 0
    for hit in found:
        aside = str(words.ASIDES[Aside(hit["aside"])]) if hit["aside"] else ""
        pieces += [Piece(text[at : hit["start"]]), Piece(text[hit["start"] : hit["end"]], hit["clause"], aside)]
        at = hit["end"]
    lines: list[list[Piece]] = [[]]
    for piece in [*pieces, Piece(text[at:])]:
        if piece.clause:
            lines[-1].append(piece)
            continue
        first, *others = piece.text.split("\n")
        lines[-1].append(Piece(first))
        lines += [[Piece(other)] for other in others]
    return [line for line in lines if any(piece.text.strip() for piece in line)]


def _classes(told: self_check.Told) -> list[tuple[str, str, list[Any]]]:
    """The classes of plan 5(4), and what speaks to none of them alone: (id, title, outcomes)."""
    titles = [(m["id"], m["title"]) for m in told.get("malpractices", ())]
    return [
        (name, title, [o for o in told["outcomes"] if o["malpractice"] == name])
        for name, title in [*titles, (ALL_CLASSES, _("What holds for every contract"))]
        if titles
    ]


def _download(value: Any, name: str) -> Response:
    response = current_app.response_class(json.dumps(value, ensure_ascii=False, indent=2), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
