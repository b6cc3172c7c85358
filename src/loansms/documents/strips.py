"""A block becomes strips: slices of a page as high as one line, which a page takes whole or leaves to the next."""

from __future__ import annotations

from functools import singledispatch

from attrs import evolve, field, frozen

from loansms.documents.blocks import Amount, Block, Figures, Flow, Paragraph, Table, Tone
from loansms.documents.breaking import breaks
from loansms.documents.columns import Columns, columns
from loansms.documents.face import TIED, Face
from loansms.documents.page import Disc, Item, Panel, Words
from loansms.documents.spacing import advances
from loansms.documents.style import Style

_PAD = 0.8  # of the size: the space inside a panel
_EASE = 1e-6  # of a point: sums of fractions are never quite equal


@frozen
class Strip:
    """A slice `height` high; `items` from its upper edge. `keep`: the next strip stands on the same page.

    ``head`` is set again where a page begins with this strip.
    """

    height: float
    items: tuple[Item, ...] = ()
    keep: bool = False
    head: tuple[Strip, ...] = ()


@frozen
class Setter:
    """Sets words in a typeface and a style."""

    face: Face
    style: Style
    colours: dict[str, str] = field(repr=False)

    def line(self, text: str, x: float, y: float, size: float, colour: str = "ink") -> Words:
        """Return one line with its left end at `x`."""
        text = text.replace(TIED, " ")
        moved = advances(text, self.face.width, centred=self.face.centred)
        apart = (
            at for at, (one, by) in enumerate(zip(text, moved, strict=True)) if by != self.face.width(one)
        )
        widths = tuple(one * size for one in moved)
        return Words(x, y, size, self.colours[colour], text, widths, frozenset(apart))

    def right(self, text: str, x: float, y: float, size: float, colour: str = "ink") -> Words:
        """Return one line with its right end at `x`."""
        return evolve(line := self.line(text, 0, y, size, colour), x=x - line.width)

    def width(self, text: str, size: float) -> float:
        """Return the length of `text` in one line."""
        return sum(advances(text, self.face.width, centred=self.face.centred)) * size

    def lines(self, text: str, width: float, size: float) -> list[str]:
        """Return `text` in lines of at most `width`, one at least."""
        shown = self.face.drawable(text)
        moved = [one * size for one in advances(shown, self.face.width, centred=self.face.centred)]
        return breaks(shown, moved, width + _EASE) or [""]

    def panel(self, height: float, colour: str = "panel") -> Panel:
        """Return a panel as wide as the page's lines."""
        return Panel(self.style.margin, 0, self.style.measure, height, self.colours[colour])

    def baseline(self, height: float, size: float) -> float:
        """Return where the baseline lies so that capitals and ideographs stand in the middle of a strip."""
        return height / 2 + size * 0.36

    def height(self, size: float) -> float:
        """Return how high a line is."""
        return size * self.style.leading


@singledispatch
def strips(block: Block, _setter: Setter, /) -> list[Strip]:
    """Return the slices of one block, from top to bottom."""
    raise TypeError(f"block: expected one of loansms.documents.blocks, got {type(block).__name__}")


@strips.register
def _(block: Paragraph, setter: Setter) -> list[Strip]:
    size = setter.style.sizes[block.tone.value]
    colour = "faint" if block.tone is Tone.SMALL else "ink"
    height = setter.height(size)
    found: list[Strip] = []
    for text in setter.lines(block.text, setter.style.measure, size):
        place = setter.right if block.right else setter.line
        x = setter.style.width - setter.style.margin if block.right else setter.style.margin
        line = place(text, x, setter.baseline(height, size), size, colour)
        found.append(Strip(height, (line,), keep=block.tone is Tone.HEADING))
    return found


@strips.register
def _(block: Amount, setter: Setter) -> list[Strip]:
    style = setter.style
    pad, left = style.sizes["body"] * _PAD, style.margin + style.sizes["body"]
    room = style.measure - 2 * style.sizes["body"]
    found = [Strip(pad, (setter.panel(pad),), keep=True)]
    value = setter.face.drawable(block.value)
    size = max(
        style.sizes["body"],
        min(
            style.sizes["hero" if block.hero else "amount"],
            room / max(setter.width(value, 1.0), _EASE) - _EASE,
        ),
    )
    for text, each, colour in ((block.label, style.sizes["label"], "faint"), (value, size, "accent")):
        height = each * 1.4
        for line in setter.lines(text, room, each):
            set_line = setter.line(line, left, setter.baseline(height, each), each, colour)
            found.append(Strip(height, (setter.panel(height), set_line), keep=True))
    return [*found, Strip(pad, (setter.panel(pad),))]


@strips.register
def _(block: Figures, setter: Setter) -> list[Strip]:
    style = setter.style
    size, edge = style.sizes["label"], style.sizes["body"]
    left, right = style.margin + edge, style.width - style.margin - edge
    room, between = right - left, size
    height, pad = setter.height(size) * 1.08, edge * 0.5
    found = [Strip(pad, (setter.panel(pad),), keep=True)]
    for label, value in block.rows:
        label_lines = setter.lines(label, room * 0.48, size)
        taken = max(setter.width(line, size) for line in label_lines)
        value_lines = setter.lines(value, room - taken - between, size)
        # A value of several lines is a block of its own: even on the left, where its lines begin.
        start = right - max(setter.width(line, size) for line in value_lines)
        for at in range(max(len(label_lines), len(value_lines))):
            y = setter.baseline(height, size)
            items: list[Item] = [setter.panel(height)]
            if at < len(label_lines):
                items.append(setter.line(label_lines[at], left, y, size, "faint"))
            if at < len(value_lines):
                items.append(setter.line(value_lines[at], start, y, size))
            found.append(Strip(height, tuple(items)))
    return [*found, Strip(pad, (setter.panel(pad),))]


@strips.register
def _(block: Table, setter: Setter) -> list[Strip]:
    laid = columns(block, setter.width, setter.style, setter.face.drawable)
    head = _row(laid, block.titles, setter, "reverse", fill="accent")
    faint = [_row(laid, row, setter, "faint", ruled=True) for row in block.rows[: block.settled]]
    rest = [_row(laid, row, setter, "ink", ruled=True) for row in block.rows[block.settled :]]
    body = [strip for row in (*faint, *rest) for strip in row]
    total = _row(laid, block.total, setter, "ink", fill="panel") if block.total else []
    if body and total:
        body[-1] = evolve(body[-1], keep=True)  # a sum does not stand on a page by itself
    kept = tuple(evolve(strip, keep=True) for strip in head)
    return [*kept, *(evolve(strip, head=kept) for strip in (*body, *total))]


def _row(
    laid: Columns,
    cells: tuple[str, ...],
    setter: Setter,
    colour: str,
    *,
    fill: str = "",
    ruled: bool = False,
) -> list[Strip]:
    """Return one row of a table: one strip, or two where a phone is too narrow for its columns."""
    size, found = laid.size, list[Strip]()
    height = setter.height(size) * (1.12 if len(laid.rows) == 1 else 1.0)
    for number, places in enumerate(laid.rows):
        shade = "faint" if number and colour == "ink" else colour
        wrapped = {
            at: setter.lines(cells[at], place.width, size) for at, place in places.items() if cells[at]
        }
        for line in range(max((len(one) for one in wrapped.values()), default=1)):
            y = setter.baseline(height, size)
            items: list[Item] = [setter.panel(height, fill)] if fill else []
            for at, place in places.items():
                if at in wrapped and line < len(wrapped[at]):
                    put = setter.right if place.right else setter.line
                    items.append(put(wrapped[at][line], place.x, y, size, shade))
            found.append(Strip(height, tuple(items), keep=number < len(laid.rows) - 1))
    if ruled:
        last = found[-1]
        rule = Panel(
            setter.style.margin, last.height - 0.75, setter.style.measure, 0.75, setter.colours["rule"]
        )
        found[-1] = evolve(last, items=(*last.items, rule))
    return found


@strips.register
def _(block: Flow, setter: Setter) -> list[Strip]:
    style = setter.style
    size, small = style.sizes["body"], style.sizes["small"]
    radius = size * 0.95
    middle, left = style.margin + radius, style.margin + radius * 2 + size * 0.8
    room = style.width - style.margin - left
    found: list[Strip] = []
    for number, step in enumerate(block.steps, 1):
        last = number == len(block.steps)
        texts = [(line, size, "ink") for line in setter.lines(step.title, room, size)]
        texts += [(line, small, "faint") for line in setter.lines(step.text, room, small) if step.text]
        for at, (text, each, colour) in enumerate(texts):
            height = setter.height(size) * 1.25 if at == 0 else setter.height(each)
            y = height / 2
            words = setter.line(text, left, setter.baseline(height, each), each, colour)
            items = [*_thread(setter, middle, height, y if at == 0 else 0, number, last), words]
            if at == 0:
                items += _numbered(setter, number, middle, y, radius)
            found.append(Strip(height, tuple(items), keep=at < len(texts) - 1))
        if not last:
            found.append(Strip(size, tuple(_thread(setter, middle, size, 0, number, last))))
    return found


def _thread(setter: Setter, x: float, height: float, disc: float, number: int, last: bool) -> list[Item]:
    """Return the line that leads from one step to the next: none above the first, none below the last."""
    start, end = (disc if number == 1 else 0), (disc if last else height)
    return [Panel(x - 1, start, 2, end - start, setter.colours["rule"])] if end > start else []


def _numbered(setter: Setter, number: int, x: float, y: float, radius: float) -> list[Item]:
    size = radius * 1.1
    figure = str(number)
    words = setter.line(figure, x - setter.width(figure, size) / 2, y + size * 0.36, size, "reverse")
    return [Disc(x, y, radius, setter.colours["accent"]), words]
