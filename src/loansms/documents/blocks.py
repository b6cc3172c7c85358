"""What a document says, before anything is placed: a title and blocks of words, figures, tables and steps."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen


class Tone(StrEnum):
    """How a paragraph is set."""

    HEADING = "heading"
    BODY = "body"
    SMALL = "small"


@frozen
class Paragraph:
    """Running text; a heading stays with what follows it."""

    text: str = field(repr=False)
    tone: Tone = Tone.BODY
    right: bool = False


@frozen
class Amount:
    """The one figure a reader looks for, set large, with what it is above it; a `hero` is the picture's whole point."""

    label: str
    value: str = field(repr=False)
    hero: bool = False


@frozen
class Figures:
    """Rows of a label and its value."""

    rows: tuple[tuple[str, str], ...] = field(repr=False)


@frozen(kw_only=True)
class Table:
    """Columns of figures under their titles; the last row may be a sum.

    The first column is set to the left, the others to the right. `settled` rows, from the first, are set faint.
    """

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    total: tuple[str, ...] = field(default=(), repr=False)
    settled: int = 0


@frozen
class Step:
    """One step of a flow: what to do, and a word on how."""

    title: str
    text: str = ""


@frozen
class Flow:
    """Numbered steps, one leading to the next."""

    steps: tuple[Step, ...]


Block = Paragraph | Amount | Figures | Table | Flow


@frozen(kw_only=True)
class Content:
    """A whole document: who speaks, what it is, a line under it, the blocks in order.

    A `formal` one is a letter: no band of colour, its title in the middle.
    """

    sender: str
    title: str
    subtitle: str = field(default="", repr=False)
    blocks: tuple[Block, ...]
    formal: bool = False


def words(content: Content) -> tuple[str, ...]:
    """Return every text of `content` in the order of reading, for a review or for a reader's voice."""
    told = [content.sender, content.title, content.subtitle]
    for block in content.blocks:
        told += _words(block)
    return tuple(one for one in told if one)


def _words(block: Block) -> list[str]:
    match block:
        case Paragraph():
            return [block.text]
        case Amount():
            return [block.label, block.value]
        case Figures():
            return [part for row in block.rows for part in row]
        case Table():
            return [cell for row in (block.titles, *block.rows, block.total) for cell in row]
        case Flow():
            return [part for step in block.steps for part in (step.title, step.text)]
