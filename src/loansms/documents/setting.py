"""Strips are set on pages: as many as it takes, a heading with what it heads, a table's titles on each page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve

from loansms.documents.blocks import Block, Content, Paragraph, Tone
from loansms.documents.face import Face
from loansms.documents.page import Item, Page, Panel, Words, lowered
from loansms.documents.strips import Setter, Strip, strips
from loansms.documents.style import Style


def pages(content: Content, style: Style, face: Face, accent: str = "", footer: str = "") -> tuple[Page, ...]:
    """Return `content` set in `style`, `accent` being the lender's colour.

    `footer` stands on every page of several, with {page} and {pages} filled in.
    """
    setter = Setter(face, style, {**style.colours, **({"accent": accent} if accent else {})})
    tray = _Tray(style.margin, style.foot - style.sizes["small"] * 2)
    for strip in _masthead(content, setter):
        tray.keep([strip])
    for group in _groups(_spaced(content.blocks, setter)):
        tray.keep(group)
    return tuple(_finished(tray, setter, footer))


class _Tray:
    """Takes strips one below another, and a new page when the one at hand is full."""

    def __init__(self, top: float, room: float) -> None:
        self.top, self.room = top, room
        self.sheets: list[list[Item]] = [[]]
        self.ends: list[float] = [0.0]
        self._begun = 0.0

    def put(self, strip: Strip) -> None:
        self.sheets[-1] += (lowered(item, self.ends[-1]) for item in strip.items)
        self.ends[-1] += strip.height

    def keep(self, group: Sequence[Strip]) -> None:
        """Put `group` on one page, or, where it is higher than a page, strip by strip."""
        if self.ends[-1] + sum(one.height for one in group) > self.room and self.ends[-1] > self._begun:
            self._turn(group[0])
        for strip in group:
            if self.ends[-1] + strip.height > self.room and self.ends[-1] > self._begun:
                self._turn(strip)
            if strip.items or self.ends[-1] > self._begun or len(self.sheets) == 1:
                self.put(strip)  # a page that goes on does not begin with a blank

    def _turn(self, strip: Strip) -> None:
        self.sheets.append([])
        self.ends.append(self.top)
        for head in strip.head:
            self.put(head)
        self._begun = self.ends[-1]


def _masthead(content: Content, setter: Setter) -> Iterator[Strip]:
    """Return who speaks and what this is: in a band of the lender's colour, or as a letter has it."""
    style = setter.style
    texts = [(content.sender, style.sizes["label"]), (content.title, style.sizes["title"])]
    texts += [(content.subtitle, style.sizes["small"])] if content.subtitle else []

    def band(height: float, *items: Item) -> Strip:
        return Strip(height, (Panel(0, 0, style.width, height, setter.colours["accent"]), *items))

    if content.formal:
        yield from _letterhead(texts, setter)
        return
    yield band(style.band)
    for text, size in texts:
        height = setter.height(size) * 0.95
        for line in setter.lines(text, style.measure, size):
            yield band(
                height, setter.line(line, style.margin, setter.baseline(height, size), size, "reverse")
            )
    yield band(style.band)
    yield Strip(style.gap)


def _letterhead(texts: Sequence[tuple[str, float]], setter: Setter) -> Iterator[Strip]:
    style = setter.style
    yield Strip(style.margin * 0.7)
    for number, (text, size) in enumerate(texts):
        height = setter.height(size)
        for line in setter.lines(text, style.measure, size):
            words = setter.line(line, style.margin, setter.baseline(height, size), size)
            yield Strip(height, (_centred(words, style) if number else words,))
        if number == 0:
            yield Strip(style.gap * 2, (setter.panel(0.75, "rule"),))
    yield Strip(style.gap)


def _spaced(blocks: Sequence[Block], setter: Setter) -> Iterator[Strip]:
    """Return the strips of all blocks with a space between two, a small one where they belong together."""
    gap = setter.style.gap
    for at, block in enumerate(blocks):
        yield from strips(block, setter)
        if at < len(blocks) - 1:
            heads = isinstance(block, Paragraph) and block.tone is Tone.HEADING
            yield Strip(gap * _space(block, blocks[at + 1]), keep=heads)


def _space(above: Block, below: Block) -> float:
    """Return the space between two blocks in parts of the usual one."""
    if not isinstance(above, Paragraph):
        return 1.0
    if above.tone is Tone.HEADING or (above.right and isinstance(below, Paragraph)):
        return 0.25
    if above.tone is Tone.SMALL:
        return 0.5
    return 1.0


def _groups(flow: Iterator[Strip]) -> Iterator[list[Strip]]:
    """Return the strips that stand on one page together."""
    group: list[Strip] = []
    for strip in flow:
        group.append(strip)
        if not strip.keep:
            yield group
            group = []
    if group:
        yield group


def _finished(tray: _Tray, setter: Setter, footer: str) -> Iterator[Page]:
    style, count = setter.style, len(tray.sheets)
    size = style.sizes["small"]
    for number, (items, end) in enumerate(zip(tray.sheets, tray.ends, strict=True), 1):
        height = style.height if style.fixed else end + style.margin
        if footer and count > 1:
            height = height if style.fixed else height + 2 * size
            items.append(_middle(setter, footer.format(page=number, pages=count), height - size * 1.6))
        paper = Panel(0, 0, style.width, height, style.colours["paper"])
        yield Page(width=style.width, height=height, items=(paper, *items))


def _middle(setter: Setter, text: str, y: float) -> Words:
    size = setter.style.sizes["small"]
    return _centred(setter.line(setter.face.drawable(text), 0, y, size, "faint"), setter.style)


def _centred(words: Words, style: Style) -> Words:
    return evolve(words, x=(style.width - words.width) / 2)
