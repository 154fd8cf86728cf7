"""How figures, days and sizes are written, and the small questions templates ask; one place, so pages cannot differ.

Units: areas come in mu (15 mu = 1 ha), money in yuan, carbon in t CO2e, instants aware. None is written as a dash.
Rounding is half up and happens here, at the very end, never in the middle of a sum.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from flask import Flask, current_app, g, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from jinja2 import pass_context
from markupsafe import Markup, escape

from registry import labels

DASH = "–"
NBSP = "\u00a0"
MINUS = "\u2212"
MU_PER_HA = Decimal(15)
BUREAU_TIME = ZoneInfo("Asia/Shanghai")
BRITISH = Locale("en", "GB")  # 20 November 2026, not November 20, 2026
CHINESE = Locale("zh", "CN", script="Hans")
KILO = 1024

Figure = Decimal | int | float | str | None


def _glue(words: str) -> str:
    """Keep a figure and the unit or month after it on one line."""
    return re.sub(r"(?<=\d) (?=[^\W\d_])", NBSP, words)


def _decimal(value: Figure) -> Decimal | None:
    """The value as an exact decimal; None for nothing or for words that are no figure."""
    if value is None or value == "":
        return None
    try:
        found = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def is_chinese() -> bool:
    """Whether the reader's language is Chinese."""
    locale = get_locale()
    return locale is None or locale.language == "zh"


def gap() -> str:
    """What stands between two sentences or between a sentence and a link: nothing in Chinese, else a space."""
    return "" if is_chinese() else " "


def lang_tag() -> str:
    """The language of the page for `<html lang>`: zh-CN or en."""
    return "zh-CN" if is_chinese() else "en"


def number(value: Figure, places: int | None = None) -> str:
    """A figure with thousands commas; `places` fixes the decimals, else trailing zeros go. Words stay as they are."""
    figure = _decimal(value)
    if figure is None:
        return DASH if value is None or value == "" else str(value)
    if places is not None:
        figure = figure.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    written = f"{abs(figure):,f}"
    if places is None and "." in written:
        written = written.rstrip("0").rstrip(".")
    return f"{MINUS}{written}" if figure < 0 and written.strip("0.,") else written


def _upto(value: Decimal, places: int) -> str:
    """A figure with at most so many decimals."""
    return number(value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def mu_to_ha(value: Figure) -> Decimal | None:
    """Hectares of an area in mu, not rounded."""
    mu_value = _decimal(value)
    return None if mu_value is None else mu_value / MU_PER_HA


def mu(value: Figure) -> str:
    """An area in mu with its unit: 6,000 mu."""
    figure = _decimal(value)
    return DASH if figure is None else _glue(_("%(n)s mu", n=_upto(figure, 4)))


def hectares(value: Figure) -> str:
    """An area given in mu, written in hectares with its unit: 400 ha."""
    ha = mu_to_ha(value)
    return DASH if ha is None else _glue(_("%(n)s ha", n=_upto(ha, 2)))


def area(value: Figure) -> str:
    """An area given in mu, written in both units: 6,000 mu (400 ha)."""
    figure, ha = _decimal(value), mu_to_ha(value)
    if figure is None or ha is None:
        return DASH
    return _glue(_("%(mu)s mu (%(ha)s ha)", mu=_upto(figure, 4), ha=_upto(ha, 2)))


def money(value: Figure) -> str:
    """A sum in yuan; fen only where there are any."""
    yuan = _decimal(value)
    if yuan is None:
        return DASH
    return _glue(_("%(n)s yuan", n=number(yuan, None if yuan == yuan.to_integral_value() else 2)))


def tonnes(value: Figure) -> str:
    """A mass of carbon dioxide equivalent: 3,240 tCO₂e."""
    figure = _decimal(value)
    return DASH if figure is None else f"{_upto(figure, 2)}{NBSP}tCO₂e"


def filesize(size: int | None) -> str:
    """A size in bytes as kB or MB (1 kB = 1,024 bytes, as the upload limit counts)."""
    if size is None:
        return DASH
    if size < KILO * KILO:
        return f"{number(max(1, round(size / KILO)) if size else 0)}{NBSP}kB"
    return f"{_upto(Decimal(size) / (KILO * KILO), 1)}{NBSP}MB"


def _as_date(value: date | datetime | str | None) -> date | None:
    if not value:
        return None
    if isinstance(value, str):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone(BUREAU_TIME).date()
    return value


def _date(value: date | datetime | str | None, style: str) -> str:
    found = _as_date(value)
    if found is None:
        return str(value) if value else DASH
    return _glue(format_date(found, style, locale=CHINESE if is_chinese() else BRITISH))


def day(value: date | datetime | str | None) -> str:
    """A day in prose: 20 November 2026. Takes a date, an instant (its day in Tai'an) or an ISO string."""
    return _date(value, "long")


def day_long(value: date | datetime | str | None) -> str:
    """A day with its weekday, for where people must come."""
    return _date(value, "full")


def month(value: date | datetime | str | None) -> str:
    """A month in a heading: November 2026."""
    found = _as_date(value)
    if found is None:
        return DASH
    return str(format_skeleton("yMMMM", found, locale=CHINESE if is_chinese() else BRITISH))


def day_short(value: date | datetime | str | None) -> str:
    """A day in a table: 2026-11-20."""
    found = _as_date(value)
    return found.isoformat() if found else (str(value) if value else DASH)


def clock(value: datetime | None) -> str:
    """The time of day in Tai'an: 14:03."""
    return DASH if value is None else f"{value.astimezone(BUREAU_TIME):%H:%M}"


def instant(value: datetime | None) -> str:
    """A day and a time in Tai'an: 20 November 2026, 14:03."""
    if value is None:
        return DASH
    return f"{day(value)}{NBSP if is_chinese() else ', '}{clock(value)}"


def iso(value: date | datetime | None) -> str:
    """For the `datetime` attribute of `<time>`."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(BUREAU_TIME).isoformat(timespec="minutes")
    return value.isoformat()


def has_page(endpoint: str) -> bool:
    """Whether the application serves this endpoint."""
    return endpoint in current_app.view_functions


def link_if(endpoint: str, text: str, **values: Any) -> Markup:
    """A link to an endpoint, or nothing where the application does not serve it (yet)."""
    if not has_page(endpoint):
        return Markup("")
    return Markup('<a href="{}">{}</a>').format(url_for(endpoint, **values), text)


def type_size() -> str:
    """`large` where the reader chose large type (in the profile, else in this browser's session), else nothing."""
    user = g.get("user")
    large = user.large_type if user is not None else session.get("size") == "large"
    return "large" if large else ""


def _field_errors(field: Any) -> Iterator[tuple[str, str]]:
    """(id of the control, message) for a field and whatever is nested in it, in reading order."""
    nested = getattr(field, "entries", None)
    if nested is None and hasattr(field, "form"):
        nested = list(field.form)
    if nested is not None:
        for child in nested:
            yield from _field_errors(child)
    target = field.id
    if getattr(field, "option_widget", None) is not None and field.type != "SelectField":
        first = next(iter(field), None)
        if first is not None and type(field.widget).__name__ != "Select":
            target = first.id
    # What is nested keeps its children's errors as dicts and lists, told above; its own stand under None.
    own = field.errors.get(None, ()) if isinstance(field.errors, dict) else field.errors
    for message in own:
        if not isinstance(message, dict | list | tuple):
            yield target, str(message)


def form_errors(form: Any) -> list[tuple[str, str]]:
    """Every error of a WTForms form as (id of the control or '', message), each pair once."""
    found = [("", str(message)) for message in getattr(form, "form_errors", ())]
    for field in form:
        if field.type == "FormField" or field.errors:
            found.extend(_field_errors(field))
    return list(dict.fromkeys(found))


def paragraphs(words: str | None) -> Markup:
    """Typed text with its line breaks, escaped."""
    parts = [p for p in re.split(r"\n\s*\n", (words or "").replace("\r\n", "\n").strip()) if p]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(x) for x in p.split("\n"))) for p in parts
    )


DAY_IN_CHINESE = re.compile(r"(\d{4}\u5e74\d{1,2}\u6708\d{1,2}\u65e5)")
"""Year, month and day with their signs, as `day` writes them."""


def whole_days(words: str) -> Markup:
    """Words, escaped, whose Chinese days are not broken at a line's end: Chinese may break between 27 and its sign."""
    parts = DAY_IN_CHINESE.split(str(words))
    return Markup("").join(
        Markup('<span class="nowrap">{}</span>').format(part) if n % 2 else escape(part) for n, part in enumerate(parts)
    )


FILTERS = (
    number,
    mu_to_ha,
    mu,
    hectares,
    area,
    money,
    tonnes,
    filesize,
    day,
    day_long,
    day_short,
    month,
    clock,
    instant,
    iso,
)


def _each_time(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that is asked anew on each page: `'vote'|action_label`, having no variable, would else be worked out
    once, when the template is compiled, in the language of whoever comes first."""

    @pass_context
    def spoken(_context: Any, *args: Any, **more: Any) -> Any:
        return function(*args, **more)

    return spoken


def init_app(app: Flask) -> None:
    """Register the formats and the words of the closed lists as Jinja filters and globals."""
    env = app.jinja_env
    for function in (*FILTERS, paragraphs, whole_days):
        env.filters[function.__name__] = _each_time(function)
    for function in (labels.label, labels.badge_kind, labels.district, labels.action_label, labels.happened):
        env.filters[function.__name__] = _each_time(function)
    for function in (labels.stage_label, labels.whose_turn, labels.next_step):
        env.filters[function.__name__] = _each_time(function)
    env.globals.update(
        has_page=has_page,
        link_if=link_if,
        lang_tag=lang_tag,
        is_chinese=is_chinese,
        gap=gap,
        type_size=type_size,
        form_errors=form_errors,
    )
