"""Boxes and arrows as plain SVG text: readable on light and dark, in English and Chinese, without a network.

The picture brings its own paper, so it can be read wherever it is shown, whatever that page looks like.

>>> box = Box("open", 100, 60, ("open", "有效"))
>>> "有效" in svg("A life", 200, 120, [box], [])
True
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from attrs import frozen

LINE: Final = 15  # from one line of text to the next
_STYLE: Final = """
svg { --paper: #ffffff; --rim: #d0d7de; --ink: #1f2328; --soft: #57606a; --box: #f6f8fa;
  --good: #dafbe1; --bad: #ffebe9; --open: #ddf4ff; --doubt: #fff8c5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC",
    "Microsoft YaHei", sans-serif; font-size: 13px; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #16191d; --rim: #3d444d; --ink: #e6edf3; --soft: #9da7b1; --box: #22272e;
    --good: #12361f; --bad: #45191c; --open: #12304d; --doubt: #3d3208; } }
.paper { fill: var(--paper); stroke: var(--rim); }
.box { fill: var(--box); stroke: var(--soft); stroke-width: 1.2; }
.good { fill: var(--good); } .bad { fill: var(--bad); } .open { fill: var(--open); }
.doubt { fill: var(--doubt); stroke-dasharray: 5 3; }
text { fill: var(--ink); }
.name { font-weight: 600; text-anchor: middle; }
.under { fill: var(--soft); text-anchor: middle; font-size: 12px; }
.said { font-size: 12px; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.way { fill: none; stroke: var(--soft); stroke-width: 1.4; }
.head { fill: var(--soft); }
"""
_TIP: Final = """<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"
 orient="auto-start-reverse"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>"""


@frozen
class Box:
    """A standing at the middle `x`, `y`: a name, further lines below it; `kind` is good, bad, open, doubt or nothing."""

    id: str
    x: int
    y: int
    lines: tuple[str, ...]
    kind: str = ""
    width: int = 150

    @property
    def height(self) -> int:
        """As high as its lines need."""
        return LINE * len(self.lines) + 18


@frozen
class Way:
    """An arrow along `points`, and what is written at `at`, a line each; `both` for a head at each end."""

    points: tuple[tuple[int, int], ...]
    at: tuple[int, int]
    lines: tuple[str, ...]
    anchor: str = "start"
    both: bool = False


def svg(title: str, width: int, height: int, boxes: Sequence[Box], ways: Sequence[Way]) -> str:
    """Return the whole picture."""
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        _TIP,
        f'<rect class="paper" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="10"/>',
        *[_arrow(way) for way in ways],
        *[_box(box) for box in boxes],
        *[_words(way) for way in ways],
    ]
    return "\n".join(parts) + "\n</svg>\n"


def _arrow(way: Way) -> str:
    path = " ".join(f"{'L' if place else 'M'}{x} {y}" for place, (x, y) in enumerate(way.points))
    start = ' marker-start="url(#tip)"' if way.both else ""
    return f'<path class="way" d="{path}"{start} marker-end="url(#tip)"/>'


def _box(box: Box) -> str:
    left, top = box.x - box.width // 2, box.y - box.height // 2
    drawn = [
        f'<rect class="box {box.kind}" x="{left}" y="{top}" width="{box.width}" height="{box.height}" rx="7"/>'
    ]
    for place, line in enumerate(box.lines):
        y = top + 21 + place * LINE
        drawn.append(
            f'<text class="{"under" if place else "name"}" x="{box.x}" y="{y}">{escape(line)}</text>'
        )
    return "\n".join(drawn)


def _words(way: Way) -> str:
    x, y = way.at
    return "\n".join(
        f'<text class="said" x="{x}" y="{y + place * LINE}" text-anchor="{way.anchor}">{escape(line)}</text>'
        for place, line in enumerate(way.lines)
    )
