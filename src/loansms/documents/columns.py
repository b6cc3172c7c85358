"""How the columns of a table share the width: side by side, smaller, or each row in two lines.

A schedule of large amounts does not fit a phone. Figures are first set smaller, down to what is still read;
then every row takes two lines: what it is and its last figure above, the other figures below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from loansms.documents.blocks import Table
from loansms.documents.style import Style

_STEP = 0.5  # points by which a table is set smaller


@frozen
class Place:
    """Where a cell stands: its left end, or its right end where `right`; `width` is the room it has."""

    x: float
    width: float
    right: bool


@frozen
class Columns:
    """The size of the figures, and for each line of a row the places of its cells by their column."""

    size: float
    rows: tuple[Mapping[int, Place], ...]


def columns(
    table: Table, width: Callable[[str, float], float], style: Style, drawable: Callable[[str], str]
) -> Columns:
    """Return the places of the cells of `table`; `width` measures a text at a size."""
    every = [row for row in (table.titles, *table.rows, table.total) if row]
    natural = [max(width(drawable(row[at]), 1.0) for row in every) for at in range(len(table.titles))]
    size = style.sizes["table"]
    while size >= style.sizes["least"]:
        if _needed(natural, size) <= style.measure:
            return Columns(size, (_side_by_side(natural, size, style),))
        size -= _STEP
    return Columns(style.sizes["table"], _in_two(len(natural), style))


def _needed(natural: list[float], size: float) -> float:
    """Return the room of all columns with a space of two thirds of an em before each figure and at the ends."""
    return (sum(natural) + 0.66 * (len(natural) + 1)) * size


def _side_by_side(natural: list[float], size: float, style: Style) -> Mapping[int, Place]:
    edge = 0.66 * size
    # The first column is short and stands to the left: what is spare goes before the figures.
    spare = (style.measure - _needed(natural, size)) / max(1, len(natural) - 1)
    places = {0: Place(style.margin + edge, natural[0] * size, right=False)}
    end = style.margin + edge + natural[0] * size
    for at, own in enumerate(natural[1:], 1):
        end += edge + spare + own * size
        places[at] = Place(end, own * size + spare, right=True)
    return places


def _in_two(count: int, style: Style) -> tuple[Mapping[int, Place], ...]:
    """Return two lines: the first two cells and the last one, then the figures between."""
    edge = 0.66 * style.sizes["table"]
    left, right = style.margin + edge, style.width - style.margin - edge
    room = right - left
    above: dict[int, Place] = {
        0: Place(left, room * 0.1, right=False),
        count - 1: Place(right, room * 0.5, right=True),
    }
    if count > 2:
        above[1] = Place(left + room * 0.12, room * 0.36, right=False)
    between = range(2, count - 1)
    share = room / max(1, len(between))
    below = {
        at: Place(left + share * (turn + 1), share * 0.96, right=True) for turn, at in enumerate(between)
    }
    return (above, below) if below else (above,)
