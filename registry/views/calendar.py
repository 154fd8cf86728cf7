"""The working calendar: a year as it is counted, and the import of a yearly notice."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from babel.dates import format_date
from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry import formats, permissions
from registry.clock import now, today
from registry.forms.calendar import NoticeForm
from registry.labels import calendar as words
from registry.queries import calendar as ask
from registry.services import calendar as notices
from registry.services.tick import tick
from registry.views.clock_words import Cell, monday_to_sunday
from workflows.working_days import Reason

bp = Blueprint("calendar", __name__)


@bp.get("/calendar", defaults={"year": None})
@bp.get("/calendar/<int:year>")
def show(year: int | None) -> str:
    """A year: which days are worked, by which notice; a year without one says so."""
    kept, this = ask.years_kept(), today().year
    shown = this if year is None else year
    years = sorted({*kept, this, this + 1} & set(range(this - 3, this + 2)) | ({shown} & set(kept)))
    if shown not in {*kept, *years}:
        abort(404)
    view = ask.year_view(shown)
    done = request.args.get("done", "")
    return render_template(
        "calendar/show.html",
        view=SimpleNamespace(
            year=view.year,
            announced=view.announced,
            source=view.source,
            kept_on=view.kept_on,
            working_days=view.working_days,
            months=[_month(m) for m in view.months],
        ),
        years=[{"label": y, "url": url_for("calendar.show", year=y), "current": y == shown} for y in years],
        holidays=_holidays(view),
        week_heads=monday_to_sunday(),
        imported=words.imported(done, shown, view.working_days) if done in words.IMPORTED else "",
        may_import=bool(permissions.offices(g.get("user")) & permissions.ENTRIES["calendar.import_notice"].offices),
    )


@dataclass(frozen=True, slots=True)
class Month:
    """A month with the cells of its calendar."""

    number: int
    name: str
    working_days: int
    weeks: list[list[Cell | None]]


def _month(month: ask.Month) -> Month:
    calendar, on = ask.current(), today()
    first = next(d for d in month.weeks[0] if d)

    def cell(day: Any) -> Cell | None:
        if day is None:
            return None
        reason = calendar.reason(day)
        kind = {Reason.HOLIDAY: "off", Reason.WEEKEND: "off", Reason.MADE_UP: "past"}.get(reason, "")
        text = {Reason.HOLIDAY: _("off"), Reason.MADE_UP: _("worked")}.get(reason, "")
        return Cell(str(day.day), text, " ".join(filter(None, [kind, "today" if day == on else ""])))

    return Month(
        month.number,
        format_date(first, "LLLL", locale=get_locale()),
        month.working_days,
        [[cell(day) for day in week] for week in month.weeks],
    )


def _holidays(view: ask.YearView) -> list[tuple[str, str, str]]:
    """Holiday, its days off, and the weekend days worked for it, in the order in which they fall in the year."""
    found: dict[str, tuple[list[Any], list[Any]]] = {}
    for on, special in view.special:
        found.setdefault(special.name, ([], []))[special.working].append(on)
    # A weekend day worked for a later holiday may come before an earlier one: the days off decide.
    in_order = sorted(found.items(), key=lambda holiday: min(holiday[1][0] or holiday[1][1]))
    return [(words.holiday(name), _spans(off), _spans(worked)) for name, (off, worked) in in_order]


def _spans(days: list[Any]) -> str:
    spans = [
        formats.day_short(a) if a == b else f"{formats.day_short(a)}–{formats.day_short(b)}" for a, b in ask.spans(days)
    ]
    return _(", ").join(spans)


@bp.route("/calendar/import", methods=["GET", "POST"])
def import_notice() -> Response | str | tuple[str, int]:
    """Read a notice, keep it, and count every running deadline again."""
    form = NoticeForm()
    if request.method == "GET":
        return render_template("calendar/import.html", form=form)
    if not form.validate():
        return render_template("calendar/import.html", form=form), 422
    try:
        kept = notices.keep(notices.read(form.file.data.stream.read(notices.MAX_BYTES + 1)), by=g.user, at=now())
    except notices.UnusableNoticeError as error:
        why, cure = words.problem(error.problem, error.value, error.row)
        form.file.errors = [why + formats.gap() + cure]
        return render_template("calendar/import.html", form=form), 422
    if kept.how != "unchanged":
        tick(now(), after_a_notice=True)
    return redirect(url_for("calendar.show", year=kept.notice.year, done=kept.how))
