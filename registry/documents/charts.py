"""Charts of a report as plain shapes: bars, stacked bars and lines that read in grey print."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from typing import Any

from reportlab.lib.colors import Color, white
from reportlab.platypus import Flowable

from registry.documents.ruled import HAIR
from registry.documents.setting import INK, Style, cell, evenly, put, write

Series = Sequence[tuple[str, Sequence[Decimal | None]]]
"""Name and values of each; None: no value there."""
HEIGHT = 176.0
ABOVE, BELOW, BESIDE = 26.0, 22.0, 52.0
"""Room for caption and key, for the names below, and for the scale at the left; points."""
TICKS = 5
SHADES = (Color(0.25, 0.25, 0.25), Color(0.62, 0.62, 0.62), Color(0.85, 0.85, 0.85), white)
SOLID: list[float] = []
DASHES = (SOLID, [6.0, 3.0], [2.0, 2.0], [8.0, 3.0, 2.0, 3.0])
"""What tells series apart without colour: the shade of bars, the dash of lines."""
PALE = Color(0.82, 0.82, 0.82)
KEY = 7.0


class Chart(Flowable):  # type: ignore[misc]
    """A chart; `kind`: bars, stacked or lines; `names` along the foot; `series` of (name, Decimals or None)."""

    def __init__(self, chart: Mapping[str, Any], label: Style) -> None:
        super().__init__()
        self.chart, self.label = chart, label
        self.middle = Style(label.font, label.size, label.leading, align="center")
        self.right = Style(label.font, label.size, label.leading, align="right")

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        self.width, self.height = available, HEIGHT
        return self.width, self.height

    def draw(self) -> None:
        chart, canvas = self.chart, self.canv
        series: Series = chart["series"]
        low, high, step = scale(extent(series, stacked=chart["kind"] == "stacked"))
        self.foot, self.top = BELOW, HEIGHT - ABOVE
        self.low, self.per = low, (self.top - self.foot) / float(high - low)
        canvas.saveState()
        canvas.setLineWidth(0.5)
        self._scale(low, high, step)
        slot = (self.width - BESIDE) / max(len(chart["names"]), 1)
        match chart["kind"]:
            case "bars":
                self._bars(series, slot)
            case "stacked":
                self._stacked(series, slot)
            case "lines":
                self._lines(series, slot)
            case other:
                raise KeyError(other)
        canvas.setStrokeColor(INK)
        canvas.line(BESIDE, self._y(Decimal(0)), self.width, self._y(Decimal(0)))
        self._names(slot)
        self._key([name for name, _ in series])
        canvas.restoreState()

    def _y(self, value: Decimal) -> float:
        return self.foot + float(value - self.low) * self.per

    def _scale(self, low: Decimal, high: Decimal, step: Decimal) -> None:
        canvas, rules, value = self.canv, [], low
        words = canvas.beginText()
        words.setFillColor(INK)
        while value <= high:
            y = self._y(value)
            rules.append((BESIDE, y, self.width, y))
            (said,) = cell(f"{value.normalize():,f}".replace("-", "−"), self.label, BESIDE)[:1]
            put(words, said, self.right, 0, y - self.label.size * 0.36, BESIDE - 5)
            value += step
        canvas.setStrokeColor(PALE)
        canvas.lines(rules)
        canvas.drawText(words)
        write(canvas, self.chart["unit"], self.label, 0, self.top + 9)

    def _box(self, n: int, x: float, start: Decimal, end: Decimal, width: float) -> None:
        low, high = sorted((self._y(start), self._y(end)))
        self.canv.setFillColor(SHADES[n % len(SHADES)])
        self.canv.setStrokeColor(HAIR)
        self.canv.rect(x, low, width, high - low, stroke=1, fill=1)

    def _bars(self, series: Series, slot: float) -> None:
        width = min(slot * 0.72 / len(series), 34.0)
        for n, (_, values) in enumerate(series):
            for place, value in enumerate(values):
                if value is not None:
                    x = BESIDE + slot * (place + 0.5) + width * (n - len(series) / 2)
                    self._box(n, x, Decimal(0), value, width)

    def _stacked(self, series: Series, slot: float) -> None:
        width = min(slot * 0.6, 40.0)
        for place in range(len(self.chart["names"])):
            up = down = Decimal(0)
            for n, (_, values) in enumerate(series):
                value = values[place] or Decimal(0)
                start = up if value >= 0 else down
                if value:
                    self._box(n, BESIDE + slot * (place + 0.5) - width / 2, start, start + value, width)
                up, down = (up + value, down) if value >= 0 else (up, down + value)

    def _lines(self, series: Series, slot: float) -> None:
        canvas = self.canv
        canvas.setStrokeColor(INK)
        for n, (_, values) in enumerate(series):
            canvas.setLineWidth(1.1)
            canvas.setDash(DASHES[n % len(DASHES)])
            points = [None if v is None else (BESIDE + slot * (p + 0.5), self._y(v)) for p, v in enumerate(values)]
            canvas.lines([(*a, *b) for a, b in pairwise(points) if a and b])
            canvas.setDash(SOLID)
            canvas.setFillColor(SHADES[n % len(SHADES)])
            for x, y in filter(None, points):
                canvas.circle(x, y, 2.2, stroke=1, fill=1)

    def _names(self, slot: float) -> None:
        words = self.canv.beginText()
        words.setFillColor(INK)
        for n, name in enumerate(self.chart["names"]):
            # The last signs of a stratum's name are its age group (侧柏幼龄林): they stay together.
            for k, line in enumerate(evenly(name, self.label, slot - 2, longer_last=True)[:2]):
                y = self.foot - self.label.size * (1.15 + 1.1 * k)
                put(words, line, self.middle, BESIDE + slot * n, y, slot)
        self.canv.drawText(words)

    def _key(self, names: Sequence[str]) -> None:
        if len(names) < 2:
            return
        canvas, x, y = self.canv, self.width, self.top + 9
        for n, name in reversed(list(enumerate(names))):
            (line,) = cell(name, self.label, self.width)[:1]
            x -= line.width
            write(canvas, name, self.label, x, y)
            x -= KEY * 2.4
            canvas.setStrokeColor(HAIR)
            canvas.setFillColor(SHADES[n % len(SHADES)])
            if self.chart["kind"] == "lines":
                canvas.setDash(DASHES[n % len(DASHES)])
                canvas.line(x, y + 3, x + KEY * 2, y + 3)
                canvas.setDash(SOLID)
                canvas.circle(x + KEY, y + 3, 2.2, stroke=1, fill=1)
            else:
                canvas.rect(x + KEY, y, KEY, KEY, stroke=1, fill=1)
            x -= 10


def extent(series: Series, *, stacked: bool) -> tuple[Decimal, Decimal]:
    """The least and the largest that is drawn, nought among them."""
    rows = [[v or Decimal(0) for v in values] for _, values in series]
    if stacked:
        places = list(zip(*rows, strict=True))
        ends = [sum((v for v in p if v < 0), Decimal(0)) for p in places]
        ends += [sum((v for v in p if v > 0), Decimal(0)) for p in places]
    else:
        ends = [v for row in rows for v in row]
    return min([Decimal(0), *ends]), max([Decimal(0), *ends])


def scale(ends: tuple[Decimal, Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """Where a scale begins and ends and its step: 1, 2 or 5 with noughts, about `TICKS` of them."""
    low, high = ends
    span = (high - low) or Decimal(1)
    rough = span / TICKS
    unit = Decimal(1).scaleb(rough.adjusted())
    step = next(unit * k for k in (1, 2, 5, 10) if unit * k >= rough)
    top = (high / step).to_integral_value(ROUND_CEILING) * step
    bottom = -((-low / step).to_integral_value(ROUND_CEILING) * step)
    return bottom, max(top, bottom + step), step
