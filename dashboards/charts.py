"""Charts: one Altair specification each, drawn as SVG here and, when pointed at, by Vega in the browser.

Heights of bars are floats, as pixels are; every amount that is read stands beside them as exact text.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import altair as alt
import vl_convert

from connectors.money import Money

Theme = Literal["light", "dark"]
Width = Literal["wide", "narrow"]
THEMES: tuple[Theme, ...] = ("light", "dark")
WIDTHS: tuple[Width, ...] = ("wide", "narrow")
_PIXELS = {"wide": (1110, 250), "narrow": (300, 200)}
MAX_KEPT = 256


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme; the same as in site.css."""

    ink: str
    faint: str
    grid: str
    bar: str
    line: str


_PALETTES = {
    "light": Palette("#26323a", "#5c6b75", "#e3e7e6", "#7fb0ba", "#a8481c"),
    "dark": Palette("#e4e9ea", "#9dabb2", "#2c373d", "#3f7d8a", "#f0a06a"),
}


@dataclass(frozen=True, slots=True)
class MonthBar:
    """One month of the revenue chart."""

    month: str
    gross: Money
    net: Money
    href: str
    """Where the month's rows are found."""


def revenue_chart(months: Sequence[MonthBar], theme: Theme, width: Width) -> dict[str, Any]:
    """Gross as bars, net as a line over them, one currency."""
    palette = _PALETTES[theme]
    pixels_wide, pixels_high = _PIXELS[width]
    data = alt.Data(values=[_datum(month) for month in months])
    axis_x = alt.Axis(title=None, labelAngle=0, labelOverlap=True)
    axis_y = alt.Axis(title=None, format="~s", tickCount=5)
    base = alt.Chart(data).encode(x=alt.X("label:N", axis=axis_x, sort=None))
    tooltip = [alt.Tooltip(f"{name}:N", title=name.capitalize().removesuffix("_text")) for name in _TEXTS]
    bars = base.mark_bar(color=palette.bar, cornerRadiusEnd=2).encode(
        y=alt.Y("gross:Q", axis=axis_y), tooltip=tooltip, href="href:N"
    )
    line = base.mark_line(color=palette.line, strokeWidth=2.5).encode(y="net:Q")
    points = base.mark_point(color=palette.line, filled=True, size=36).encode(y="net:Q", tooltip=tooltip, href="href:N")
    chart = (bars + line + points).properties(width=pixels_wide, height=pixels_high, padding=4)
    return dict(_themed(chart, palette).to_dict())


_TEXTS = ("month", "gross_text", "net_text")


def _datum(month: MonthBar) -> dict[str, object]:
    return {
        "month": month.month,
        "label": f"{date.fromisoformat(f'{month.month}-01'):%b %y}",
        "gross": float(month.gross.decimal()),
        "net": float(month.net.decimal()),
        "gross_text": str(month.gross),
        "net_text": str(month.net),
        "href": month.href,
    }


def _themed(chart: alt.LayerChart, palette: Palette) -> alt.LayerChart:
    axis = {
        "labelColor": palette.faint,
        "gridColor": palette.grid,
        "domainColor": palette.grid,
        "tickColor": palette.grid,
        "labelFont": "system-ui, sans-serif",
        "labelFontSize": 11,
    }
    themed = chart.configure(background="transparent").configure_view(stroke=None)
    return themed.configure_axis(**axis).configure_axisX(grid=False)


class Charts:
    """Draws and keeps charts; the key holds the published version, so a new one draws anew."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def json(self, key: tuple[object, ...], make: Callable[[], dict[str, Any]]) -> bytes:
        """The specification."""
        return self._keep(("json", *key), lambda: json.dumps(make()).encode())

    def svg(self, key: tuple[object, ...], make: Callable[[], dict[str, Any]]) -> bytes:
        """The drawing (30 ms where it is new)."""
        return self._keep(("svg", *key), lambda: vl_convert.vegalite_to_svg(json.loads(self.json(key, make))).encode())

    def _keep(self, key: tuple[object, ...], make: Callable[[], bytes]) -> bytes:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return made
