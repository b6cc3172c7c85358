"""Figures as sections of a page, as a page of their own, and as a small summary for notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from loansms.insights.figures_wording import tell
from loansms.insights.page import Content, Html, document, element, section, table
from loansms.insights.sentences import moment, number
from loansms.insights.wording import is_chinese

if TYPE_CHECKING:
    from loansms.insights.figures import Figures

# In the order in which a manager asks; a column that nothing tells is left out.
SHOWN: Final = (
    "borrowers", "sent", "delivered_rate", "undelivered_rate", "read_rate", "replied_rate", "promised_rate", "kept_rate", "paid_rate",
    "opted_out_rate", "complained_rate", "score_mean", "recovered", "cost", "cost_per_recovered",
)  # fmt: skip
BY: Final = ("template", "stage", "step", "channel", "provider", "hour", "segment")
_NONE: Final = "–"


def figures_html(figures: Figures, lang: str = "en", by: Sequence[str] = BY) -> str:
    """Return a page of the figures in `lang` (en or zh-CN), in all and `by` dimension."""
    facts = {
        "as_of": moment(figures.as_of),
        "zone": figures.zone,
        "currency": figures.currency or "",
    }
    told = [
        element("div", element("dt", tell(key, lang)), element("dd", value))
        for key, value in facts.items()
        if value
    ]
    title = tell("title", lang)
    return document(
        title,
        "zh-CN" if is_chinese(lang) else "en",
        element("header", element("h1", title), element("dl", *told)),
        element("main", *figure_sections(figures, lang, by)),
        element("footer", element("p", tell("private", lang))),
    )


def figure_sections(figures: Figures, lang: str, by: Sequence[str] = BY) -> list[Html]:
    """Return the sections of the figures, for a page of their own or beside a read-out."""
    sections = [section(tell("all", lang), _total(figures, lang), note=figures.attribution(lang))]
    for dimension in by:
        groups = figures.by(dimension)
        if groups[dimension].cast(str).to_list() in ([], [""]):  # nobody told what they are
            continue
        title = tell("by", lang, dimension=tell(dimension, lang))
        small = groups["suppressed"].any()
        note = tell("withheld.note", lang, k=str(figures.k)) if small else ""
        sections.append(section(title, _table(figures, dimension, lang), note=note))
    return sections


def summary_html(figures: Figures, lang: str = "en") -> str:
    """Return what a notebook shows: all messages, and each template."""
    note = element("p", element("small", figures.attribution(lang)))
    return str(element("div", _total(figures, lang), _table(figures, "template", lang), note))


def _total(figures: Figures, lang: str) -> Html:
    (row,) = figures.total.to_dicts()
    if row["suppressed"]:
        return element("p", tell("withheld.note", lang, k=str(figures.k)), class_="held")
    tiles = [
        element(
            "li",
            element("b", _written(row[name], name)),
            element("span", _head(name, figures, lang)),
            class_="tile k-none",
        )
        for name in SHOWN
        if row[name] is not None
    ]
    return element("ul", *tiles, class_="tiles")


def _table(figures: Figures, dimension: str, lang: str) -> Html:
    rows = figures.by(dimension).to_dicts()
    shown = [name for name in SHOWN if any(row[name] is not None for row in rows)] or ["sent"]
    heads = [tell(dimension, lang).capitalize(), *(_head(name, figures, lang) for name in shown)]
    made: list[list[Content]] = [
        [_value(row[dimension], dimension, lang), *_cells(row, shown, lang)] for row in rows
    ]
    return table(heads, made, numeric=range(1, len(heads)))


def _cells(row: Mapping[str, Any], shown: Sequence[str], lang: str) -> list[Content]:
    if not row["suppressed"]:
        return [_written(row[name], name) for name in shown]
    told = element("span", tell("withheld", lang), class_="held")
    rest: list[Content] = ["" for _ in shown[1:]]
    return [told, *rest]


def _value(value: object, dimension: str, lang: str) -> Content:
    if dimension == "hour":
        return element("b", f"{value:02}:00")
    return element("b", str(value) or tell("none", lang))


def _head(name: str, figures: Figures, lang: str) -> str:
    return tell(name, lang, within=str(figures.within))


def _written(value: Any, name: str) -> str:
    if value is None:
        return _NONE
    if name.endswith("_rate"):
        return f"{100 * value:.1f} %"
    if name == "score_mean":
        return f"{value:.2f}"
    if name == "cost_per_recovered":
        return f"{value:.4f}"
    return f"{value:,.2f}" if isinstance(value, Decimal | float) else number(value)
