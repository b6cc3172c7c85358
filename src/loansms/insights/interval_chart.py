"""Intervals as lines around a dot, over one scale with 0 marked: an inline SVG that needs no script and no font."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor, log10
from typing import Final

from attrs import frozen

from loansms.insights.page import Html, element
from loansms.insights.read_out_wording import points

# In units of the drawing; on a phone of 390 px one unit is about one pixel.
_WIDTH: Final = 340
_LEFT: Final = 18
_RIGHT: Final = 322
_WIDEST: Final = 480  # pixels on a wide screen
_LONGEST: Final = 22  # characters of a name that fit beside its figure, wide ones too
_ROW: Final = 46
_TOP: Final = 8


@frozen
class Interval:
    """One line of the chart: shares as fractions."""

    name: str
    middle: float
    low: float
    high: float


def interval_chart(lines: Sequence[Interval], told: str) -> Html:
    """Return the chart of `lines`; `told` is what a screen reader says of it.

    >>> drawn = str(interval_chart([Interval("warm", 0.06, 0.03, 0.09)], "Differences"))
    >>> drawn.startswith("<svg"), "+6.0" in drawn
    (True, True)
    >>> "wording-of-the-spring…" in str(interval_chart([Interval("wording-of-the-spring-2026", 0.1, 0, 0.2)], ""))
    True
    """
    low, high = min(0.0, *(one.low for one in lines)), max(0.0, *(one.high for one in lines))
    step = _step(high - low)
    first, last = floor(low / step), ceil(high / step)

    def x(share: float) -> float:
        return _LEFT + (share / step - first) / (last - first) * (_RIGHT - _LEFT)

    foot = _TOP + _ROW * len(lines)
    grid = [_mark(x(at * step), foot, points(at * step), at == 0) for at in range(first, last + 1)]
    drawn = [_line(one, x, _TOP + _ROW * row) for row, one in enumerate(lines)]
    said = "; ".join(
        f"{one.name} {points(one.middle)} [{points(one.low)}, {points(one.high)}]" for one in lines
    )
    return element(
        "svg",
        *grid,
        *drawn,
        viewBox=f"0 0 {_WIDTH} {foot + 22}",
        class_="intervals",
        role="img",
        aria_label=f"{told}: {said}",
        width="100%",
        style=f"max-width:{_WIDEST}px",
        font_size="12",
        fill="currentColor",
    )


def _step(span: float) -> float:
    """Return a round distance between marks that leaves at most seven of them."""
    rough = span / 5
    power = 10.0 ** floor(log10(rough))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= rough)


def _mark(x: float, foot: int, label: str, is_zero: bool) -> Html:
    line = element(
        "line",
        x1=f"{x:.1f}",
        x2=f"{x:.1f}",
        y1=str(_TOP),
        y2=str(foot),
        stroke="currentColor",
        stroke_opacity="0.7" if is_zero else "0.15",
    )
    text = element(
        "text",
        "0" if is_zero else label,
        x=f"{x:.1f}",
        y=str(foot + 16),
        text_anchor="middle",
        fill_opacity="1" if is_zero else "0.65",
    )
    return element("g", line, text)


def _line(one: Interval, x: Callable[[float], float], top: int) -> Html:
    at = str(top + 30)
    clear = not one.low <= 0 <= one.high
    name = element(
        "text",
        f"{_short(one.name)} {points(one.middle)}",
        x=str(_LEFT + 6),
        y=str(top + 14),
        font_weight="600",
    )
    span = element(
        "line",
        x1=f"{x(one.low):.1f}",
        x2=f"{x(one.high):.1f}",
        y1=at,
        y2=at,
        stroke="currentColor",
        stroke_width="4",
        stroke_linecap="round",
        stroke_opacity="0.9" if clear else "0.45",
    )
    dot = element("circle", cx=f"{x(one.middle):.1f}", cy=at, r="6")
    return element("g", name, span, dot)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
