"""The pieces a report page is made of: escaped text, tables that fold on a phone, bars without scripts.

Everything a caller passes is escaped here, so that no loan id or file name can become markup.

>>> str(element("p", "a < b"))
'<p>a &lt; b</p>'
>>> str(element("td", element("b", "1"), class_="n"))
'<td class="n"><b>1</b></td>'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files

from attrs import frozen


@frozen
class Html:
    """Markup that is already safe; made by `element` and `joined` alone."""

    markup: str

    def __str__(self) -> str:
        return self.markup


Content = str | Html
_EMPTY = ("", "0")


def joined(parts: Iterable[Content]) -> Html:
    """Return the parts in a row, plain text escaped."""
    return Html("".join(part.markup if isinstance(part, Html) else escape(part) for part in parts))


def element(tag: str, *content: Content, **attributes: str) -> Html:
    """Return one element; a trailing underscore of an attribute name is dropped, others become dashes."""
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in attributes.items()
    )
    return Html(f"<{tag}{given}>{joined(content)}</{tag}>")


def section(title: str, *content: Content, note: str = "") -> Html:
    """Return a titled section of the page."""
    notes = [element("p", note, class_="note")] if note else []
    return element("section", element("h2", title), *notes, *content)


def table(heads: Sequence[str], rows: Iterable[Sequence[Content]], numeric: Sequence[int] = ()) -> Html:
    """Return a table whose cells carry their heading, so that a narrow screen can stack them without zeros.

    `numeric` names the columns (from 0) that stand to the right.
    """
    classes = ["n" if at in numeric else "t" for at in range(len(heads))]
    head = joined(
        element("th", text, scope="col", class_=kind) for text, kind in zip(heads, classes, strict=True)
    )
    body = joined(
        element(
            "tr",
            *(
                element(
                    "td",
                    element("span", cell),
                    class_=f"{kind} z" if cell in _EMPTY else kind,
                    data_label=text,
                )
                for cell, text, kind in zip(row, heads, classes, strict=True)
            ),
        )
        for row in rows
    )
    return element("table", element("thead", element("tr", head)), element("tbody", body))


def bar(counts: Mapping[str, int], labels: Mapping[str, str], scale: int) -> Html:
    """Return one stacked bar; `scale` is the count that fills the whole width."""
    parts = [
        element(
            "i",
            class_=f"c-{key}",
            style=f"width:{100 * count / max(scale, 1):.2f}%",
            title=f"{labels[key]}: {count:,}",
        )
        for key, count in counts.items()
    ]
    told = ", ".join(f"{labels[key]} {count:,}" for key, count in counts.items())
    return element("span", *parts, class_="bar", role="img", aria_label=told)


def document(title: str, lang: str, *content: Content) -> str:
    """Return a whole page that asks the network for nothing."""
    style = (files("loansms.insights") / "report.css").read_text(encoding="utf-8")
    head = joined(
        [
            Html('<meta charset="utf-8">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            Html(
                '<meta http-equiv="Content-Security-Policy" '
                "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
            ),
            Html('<meta name="color-scheme" content="light dark">'),
            Html('<meta name="referrer" content="no-referrer">'),
            element("title", title),
            Html(f"<style>\n{style}</style>"),
        ]
    )
    return (
        f"<!doctype html>\n{element('html', element('head', head), element('body', *content), lang=lang)}\n"
    )
