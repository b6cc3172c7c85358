"""A template as columns: the text and the segments of every row at once, exactly as `planning.wording.word` has them.

The scalar code is asked once: it renders one text, from which the words that never change are taken. The slots
are columns (`loansms.portfolio.words_slots`), the cost is a sum of lengths (`loansms.portfolio.words_segments`).
A row that cannot be told so is not taken, and the scalar code writes it. Whether a row may be worded at all
(approval, the facts that claims need) is not asked here: it does not differ between rows of one case.

>>> from loansms.model import Lender
>>> from loansms.templates import Catalogue
>>> catalogue, lender = Catalogue.builtin(), Lender.example()
>>> words = columnar_words(
...     catalogue.get("reminder.due_in_3", "zh-CN"), lender, currency="CNY", near=date(2026, 9, 21)
... )
>>> book = pl.LazyFrame({"loan_id": ["LN0042"], "amount_due": [125630], "currency": ["CNY"],
...     "due_on": [date(2026, 9, 24)], "today": [date(2026, 9, 21)]})
>>> book.select(words.text, words.segments, words.takes).collect().row(0)
('温馨提示：您尾号0042的借款将于9月24日到还款日，应还1,256.30元，请提前备好款项，可通过安信示例APP还款。', 1, True)
>>> handover = catalogue.get("collection.handover", "zh-CN")  # {history} is free text
>>> columnar_words(handover, lender, currency="CNY", near=date(2026, 9, 21)) is None
True
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl
from attrs import frozen

from loansms.errors import TemplateError
from loansms.model import Channel, Lender
from loansms.portfolio.words_segments import Measure, first_lines, measure_of, summed
from loansms.portfolio.words_slots import Asked, Said, neutral, said_of
from loansms.templates import Rendered, Template, render
from loansms.templates.formats import formats
from loansms.templates.parts import Fixed
from loansms.templates.slots import Writing


@frozen
class ColumnarWords:
    """`text` (String) and `segments` (Int64) of each row, exact where `takes` (Boolean, never null) is true.

    ``needs`` names the columns of the typed book that are read, and ``today`` (Date, the reader's) and ``step``
    beside them. Select them in one lazy frame: what the three share is then computed once. A template
    without slots gives literals: one value for all rows.
    """

    text: pl.Expr
    segments: pl.Expr
    takes: pl.Expr
    needs: frozenset[str]


def columnar_words(
    template: Template,
    lender: Lender,
    *,
    currency: str,
    near: date,
    lines: Sequence[str] = (),
    steps: Sequence[str] = (),
) -> ColumnarWords | None:
    """Return `template` in the words of `lender` as expressions, or None where it cannot be told in columns.

    It cannot where a slot holds free text or a name, where its value is told by no column, where a value decides
    the encoding, and where the lender cannot fill it. Rows of another `currency` are not taken, nor rows with
    a date ten years before or five years after the year of `near`, the day of the run. `lines` are the education
    lines that may end the text, `steps` the ids of the steps that are due: rows of other steps are not taken
    where there are lines.
    """
    asked = Asked(template.locale, currency, near.year)
    found = {name: said_of(slot, asked) for name, slot in template.slots.items()}
    slots = {name: said for name, said in found.items() if said is not None}
    if len(slots) < len(found):
        return None
    layout = _layout(template, lender, slots, currency, near)
    if layout is None:
        return None
    parts, closing, rendered, uses = layout
    fixed = "".join(part for part in (*parts, closing) if isinstance(part, str))
    measure = measure_of(fixed, _alphabet(slots), rendered, lines, spoken=template.channel is Channel.VOICE)
    return None if measure is None else _assembled(measure, slots, uses, parts, closing, steps)


def _assembled(
    measure: Measure,
    slots: Mapping[str, Said],
    uses: Sequence[str],
    parts: Sequence[str | pl.Expr],
    closing: str,
    steps: Sequence[str],
) -> ColumnarWords:
    units = summed([length for name in uses for length in slots[name].lengths], measure.fixed)
    takes = [taken for said in slots.values() for taken in said.takes]
    needs = frozenset[str]().union(*(said.needs for said in slots.values()))
    if measure.lines:
        start = first_lines(len(measure.lines), steps)
        parts = [*parts, measure.line(units, start)]
        takes.append(start.is_not_null())
        needs |= {"loan_id", "step"}
    if not measure.cuttable:
        takes.append(units <= measure.single)
    least = measure.fixed + sum(slots[name].least for name in uses)
    most = measure.fixed + sum(slots[name].most for name in uses)
    return ColumnarWords(
        text=_joined([*parts, closing]).alias("text"),
        segments=measure.segments(units, least, most).alias("segments"),
        takes=(pl.all_horizontal(takes).fill_null(False) if takes else pl.lit(True)).alias("takes"),
        needs=needs,
    )


def _layout(
    template: Template, lender: Lender, slots: Mapping[str, Said], currency: str, on: date
) -> tuple[Sequence[str | pl.Expr], str, Rendered, Sequence[str]] | None:
    """Return the parts up to the closing, the closing, a text they were taken from, and the slots as they come."""
    values = {name: neutral(slot, currency) for name, slot in template.slots.items()}
    try:
        rendered = render(template, values, lender=lender, on=on)
    except TemplateError:
        return None
    words = lender.slots(template.locale, template.recipient.value, template.purpose.value)
    writing = Writing(formats(template.locale), on, lender)
    sample = words | {name: slot.written(values[name], writing) for name, slot in template.slots.items()}
    parts: list[str | pl.Expr] = []
    uses: list[str] = []
    body = ""
    for part in template.parts:
        if isinstance(part, Fixed):
            parts.append(part.text)
            body += part.text
            continue
        body += sample[part.name]
        if part.name in slots:
            uses.append(part.name)
            parts += slots[part.name].pieces
        else:
            parts.append(words[part.name])
    if not rendered.text.endswith(body + rendered.closing):
        return None
    opening = rendered.text.removesuffix(body + rendered.closing)
    return [opening, *parts], rendered.closing, rendered, uses


def _alphabet(slots: Mapping[str, Said]) -> str:
    return "".join(sorted({char for said in slots.values() for char in said.alphabet}))


def _joined(parts: Sequence[str | pl.Expr]) -> pl.Expr:
    """Return the parts one after another, neighbouring fixed words as one."""
    merged: list[str | pl.Expr] = []
    for part in parts:
        if isinstance(part, str) and not part:
            continue
        last = merged[-1] if merged else None
        if isinstance(part, str) and isinstance(last, str):
            merged[-1] = last + part
        else:
            merged.append(part)
    return pl.concat_str([pl.lit(part) if isinstance(part, str) else part for part in merged])
