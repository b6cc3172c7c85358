"""A page with everything in its place, for the picture and the PDF alike.

Places are counted from the page's upper left corner: in points of the page, which are pixels of a phone 390
wide, or 1/72 inch of a sheet.
"""

from __future__ import annotations

from attrs import evolve, field, frozen


@frozen
class Words:
    """One line of text: `x` its left end, `y` its baseline, `advances` of its characters, as `size` is.

    ``apart`` are the places of characters after which the next stands nearer or further than the font says.
    """

    x: float
    y: float
    size: float
    colour: str
    text: str = field(repr=False)
    advances: tuple[float, ...] = field(repr=False)
    apart: frozenset[int] = field(default=frozenset[int](), repr=False)

    @property
    def width(self) -> float:
        """The length of the line."""
        return sum(self.advances)


@frozen
class Panel:
    """A filled rectangle; `x`, `y` its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@frozen
class Disc:
    """A filled circle; `x`, `y` its middle."""

    x: float
    y: float
    radius: float
    colour: str


Item = Words | Panel | Disc


@frozen(kw_only=True)
class Page:
    """One page; what stands later in `items` is drawn over what stands before."""

    width: float
    height: float
    items: tuple[Item, ...] = field(repr=False)


def lowered(item: Item, by: float) -> Item:
    """Return `item` further down the page."""
    return evolve(item, y=item.y + by)
