"""The few colours of a page, chosen and not guessed: every flat colour as it is, and steps between words and ground.

A palette found by counting pixels blends a pale panel into the white paper, where hardly a pixel tells them apart.
"""

from __future__ import annotations

from loansms.documents.page import Disc, Item, Page, Panel, Words


def palette(page: Page, colours: int) -> list[tuple[int, int, int]]:
    """Return at most `colours` colours for `page`: the flat ones, then the edges of letters on their ground."""
    flat = dict.fromkeys(item.colour for item in page.items)
    edges = dict.fromkeys(_edges(page))
    found = [_parts(one) for one in flat]
    steps = max(1, (colours - len(found)) // max(1, len(edges)))
    for step in range(1, steps + 1):
        for ground, ink in edges:
            pairs = zip(_parts(ground), _parts(ink), strict=True)
            red, green, blue = (round(a + (b - a) * step / (steps + 1)) for a, b in pairs)
            found.append((red, green, blue))
    return list(dict.fromkeys(found))[: max(colours, len(flat))]


def _edges(page: Page) -> list[tuple[str, str]]:
    """Return the pairs of ground and ink that meet on the page."""
    met: list[tuple[str, str]] = []
    below: list[Panel | Disc] = []
    for item in page.items:
        if isinstance(item, Words):
            met.append((_ground(item.x + item.width / 2, item.y - item.size * 0.3, below), item.colour))
        else:
            if isinstance(item, Disc):
                met.append((_ground(item.x, item.y, below), item.colour))
            below.append(item)
    return met


def _ground(x: float, y: float, below: list[Panel | Disc]) -> str:
    return next(item.colour for item in reversed(below) if _covers(item, x, y))


def _covers(item: Item, x: float, y: float) -> bool:
    match item:
        case Panel():
            return item.x <= x <= item.x + item.width and item.y <= y <= item.y + item.height
        case Disc():
            return (x - item.x) ** 2 + (y - item.y) ** 2 <= item.radius**2
        case Words():
            return False


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
