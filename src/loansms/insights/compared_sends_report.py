"""A day of the system before beside a day of loansms, as sentences and as a page: ids and reasons, never a word of a message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from loansms.insights.compared_sends import ComparedSend, ComparedSends, SendKind, columns_of
from loansms.insights.page import Content, Html, document, element, section, table
from loansms.insights.sentences import number
from loansms.insights.wording import is_chinese
from loansms.model import Reason

_SHOWN: Final = 500
_HEADS: Final = ("borrower_id", "loan_id", "kind", "old", "here", "why", "faults_why")

# key: (English, Chinese)
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("What was sent and what loansms would send, {day}", "旧系统与 loansms 对比，{day}"),
    "same": ("both would say it on the same channel", "两边一致"),
    "other_channel": ("both speak, on different channels", "两边都发，渠道不同"),
    "other_words": ("both speak, with different templates", "两边都发，模板不同"),
    "held_back": ("sent before, held back here", "旧系统已发，此处会拦下"),
    "nothing_due": ("sent before, nothing is due here", "旧系统已发，此处无到期步骤"),
    "bad_row": ("sent before, the row of the book is bad", "旧系统已发，账簿该行有误"),
    "not_in_book": ("sent before, not in this book", "旧系统已发，不在本账簿"),
    "more": ("sent before, once more than here", "旧系统多发一条"),
    "only_here": ("not sent before, would be sent here", "旧系统未发，此处会发"),
    "rows": ("{count} messages of {borrowers} borrowers compared.", "共比较 {borrowers} 位借款人的 {count} 条消息。"),
    "faults": (
        "{count} messages of the system before would have met a rule here.",
        "旧系统有 {count} 条消息在此处会触发规则。",
    ),
    "elsewhere": ("{count} messages were of another day: not compared.", "另有 {count} 条属于其他日期，未比较。"),
    "rejects": ("{count} rows of that file could not be read.", "该文件有 {count} 行无法读取。"),
    "kinds": ("How they differ", "差异类别"),
    "why_held": ("Why messages are held back here", "此处拦下的原因"),
    "why_faults": ("Rules the old messages would have met", "旧消息会触发的规则"),
    "list": ("Borrower by borrower", "逐个借款人"),
    "more_rows": ("{count} more are in the file of differences.", "其余 {count} 条见差异文件。"),
    "none": ("None.", "无。"),
    "borrower_id": ("Borrower", "客户号"), "loan_id": ("Loan", "借据号"), "kind": ("Difference", "差异"),
    "old": ("Before", "旧系统"), "here": ("Here", "loansms"), "why": ("Why", "原因"),
    "faults_why": ("What the old message would have met", "旧消息会触发"),
    "count": ("Messages", "条数"),
    "private": (
        "This page names borrowers and loans by their ids: no number, name or text. It reads offline.",
        "本页仅以编号指称借款人与借据，不含手机号、姓名和短信正文，可离线阅读。",
    ),
}  # fmt: skip


def say(key: str, lang: str, **values: str) -> str:
    """Return the words for `key` in `lang`, filled with `values`."""
    return WORDS[key][is_chinese(lang)].format(**values)


def told_comparison(compared: ComparedSends, lang: str, rejected: int = 0) -> tuple[str, ...]:
    """Return what a person needs to know first: the counts of each kind that there is."""
    people = len({one.borrower_id for one in compared.rows})
    lines = [say("rows", lang, count=number(len(compared.rows)), borrowers=number(people))]
    colon = "：" if is_chinese(lang) else ": "
    lines += [
        f"  {say(kind, lang)}{colon}{number(count)}" for kind, count in compared.counts.items() if count
    ]
    faulty = sum(bool(one.faults) for one in compared.rows)
    if faulty:
        lines.append(say("faults", lang, count=number(faulty)))
        lines += [f"  {told}{colon}{number(count)}" for told, count in _tally(_faults(compared), lang)]
    for key, count in (("elsewhere", compared.elsewhere), ("rejects", rejected)):
        if count:
            lines.append(say(key, lang, count=number(count)))
    return tuple(lines)


def comparison_html(compared: ComparedSends, lang: str = "en", rejected: int = 0) -> str:
    """Return the page in `lang` (en or zh-CN), the rows that differ first; it needs no network."""
    title = say("title", lang, day=compared.on.isoformat())
    held = [one.why[0] for one in compared.rows if one.kind is SendKind.HELD_BACK and one.why]
    kinds = [(say(kind, lang), count) for kind, count in compared.counts.items() if count]
    differing = [one for one in compared.rows if one.kind is not SendKind.SAME or one.faults]
    notes = [element("p", line) for line in told_comparison(compared, lang, rejected) if line[:1] != " "]
    return document(
        title,
        "zh-CN" if is_chinese(lang) else "en",
        element("header", element("h1", title)),
        element(
            "main",
            *notes,
            _counted("kinds", kinds, lang),
            _counted("why_held", _tally(held, lang), lang),
            _counted("why_faults", _tally(_faults(compared), lang), lang),
            _listed(differing, lang),
        ),
        element("footer", element("p", say("private", lang))),
    )


def _faults(compared: ComparedSends) -> list[Reason]:
    return [fault for one in compared.rows for fault in one.faults]


def _tally(reasons: Iterable[Reason], lang: str) -> list[tuple[str, int]]:
    return Counter(one.told(lang).rstrip(".。") for one in reasons).most_common()


def _counted(key: str, rows: Sequence[tuple[str, int]], lang: str) -> Html:
    if not rows:
        return section(say(key, lang), element("p", say("none", lang)))
    cells = [[told, number(count)] for told, count in rows]
    return section(
        say(key, lang),
        table([say("kind" if key == "kinds" else "why", lang), say("count", lang)], cells, [1]),
    )


def _listed(rows: Sequence[ComparedSend], lang: str) -> Html:
    if not rows:
        return section(say("list", lang), element("p", say("none", lang)))
    cells: list[list[Content]] = [_cells(one, lang) for one in rows[:_SHOWN]]
    more = len(rows) - _SHOWN
    rest = [element("p", say("more_rows", lang, count=number(more)), class_="note")] if more > 0 else []
    return section(say("list", lang), table([say(name, lang) for name in _HEADS], cells), *rest)


def _cells(one: ComparedSend, lang: str) -> list[Content]:
    told = columns_of(one, lang)
    old = " ".join(
        [f"{one.old_at:%H:%M}" if one.old_at else "", told["old_channel"], told["old_template"]]
    ).strip()
    at = one.row.send_at if one.row and told["at"] else None
    here = " ".join([f"{at:%H:%M}" if at else "", told["channel"], told["template"]]).strip()
    return [
        element("code", one.borrower_id),
        element("code", one.loan_id),
        say(one.kind, lang),
        old,
        here,
        told["why"],
        told["faults_why"],
    ]
