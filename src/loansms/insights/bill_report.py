"""A reconciled bill as frames and as a page; it names messages by id and nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from loansms.insights.host_frames import require_polars
from loansms.insights.page import Content, Html, document, element, section, table
from loansms.insights.wording import is_chinese

if TYPE_CHECKING:
    import polars

    from loansms.insights.bill import Bill

_SHOWN: Final = 500
LINE: Final[tuple[str, ...]] = (
    "provider", "signature", "purpose", "submitted", "segments", "billed_segments", "delivered", "unknown", "agreed",
    "billed", "disputed",
)  # fmt: skip
DIFFERENCE: Final[tuple[str, ...]] = (
    "kind", "message_id", "step_key", "line", "signature", "purpose", "ours", "theirs", "agreed", "billed", "over",
)  # fmt: skip
_MONEY: Final = frozenset({"agreed", "billed", "disputed", "over"})
_COUNTS: Final = frozenset(
    {"submitted", "segments", "billed_segments", "delivered", "unknown", "line", "ours", "theirs"}
)

NUMERIC: Final = _MONEY | _COUNTS

# key: (English, Chinese)
WORDS: Final = {
    "title": ("Bill of {month}", "{month} 账单核对"),
    "sum": (
        "Agreed {agreed}, billed {billed}, disputed {disputed}.",
        "按约应付 {agreed}，账单金额 {billed}，有争议 {disputed}。",
    ),
    "not_whole": (
        "{count} rows of the file could not be read: the sums are not whole.",
        "文件中有 {count} 行无法读取，合计不完整。",
    ),
    "lines": ("By signature and purpose", "按签名和用途"),
    "differences": ("Differences by message", "逐条差异"),
    "rejects": ("Rows that could not be read", "无法读取的行"),
    "more": ("{count} more are not shown here.", "另有 {count} 条未在此列出。"),
    "none": ("None.", "无。"),
    "private": (
        "This page names messages by their ids: no phone number, name or text. It reads offline.",
        "本页仅以编号指称消息，不含手机号、姓名和短信正文，可离线阅读。",
    ),
    "provider": ("Provider", "服务商"), "zone": ("Months in", "月份时区"), "signature": ("Signature", "签名"),
    "purpose": ("Purpose", "用途"), "submitted": ("Submitted", "提交"), "segments": ("Segments", "条数"),
    "billed_segments": ("Billed segments", "计费条数"), "delivered": ("Delivered", "送达"), "unknown": ("Unknown", "未知"),
    "agreed": ("Agreed", "应付"), "billed": ("Billed", "账单"), "disputed": ("Disputed", "争议"), "over": ("Over", "多计"),
    "kind": ("Difference", "差异"), "message_id": ("Message id", "消息编号"), "step_key": ("Step", "步骤"),
    "line": ("Line", "行号"), "ours": ("Segments here", "我方条数"), "theirs": ("Segments there", "对方条数"),
    "column": ("Column", "列"), "expected": ("What was expected", "应为"),
    "missing_here": ("billed, not in our ledger", "已计费，我方无记录"),
    "missing_there": ("taken, not in the file", "已提交，账单中没有"),
    "other_month": ("billed here, taken in another month", "属于其他月份"),
    "not_sent": ("billed though refused", "已拒绝仍计费"),
    "unknown_here": ("billed, its fate unknown here", "我方结果未知，已计费"),
    "other_segments": ("other number of segments", "条数不同"), "other_price": ("other price", "单价不同"),
    "duplicate": ("billed again", "重复计费"), "not_delivered": ("billed though not delivered", "未送达仍计费"),
}  # fmt: skip


def say(key: str, lang: str, **values: str) -> str:
    """Return the words for `key` in `lang`, filled with `values`."""
    return WORDS[key][is_chinese(lang)].format(**values)


def lines_frame(bill: Bill) -> polars.DataFrame:
    """Return a row for each signature and purpose; money as exact decimals of one currency."""
    return _frame([{name: getattr(one, name) for name in LINE} for one in bill.lines], LINE)


def differences_frame(bill: Bill) -> polars.DataFrame:
    """Return a row for each difference."""
    return _frame([{name: getattr(one, name) for name in DIFFERENCE} for one in bill.differences], DIFFERENCE)


def _frame(rows: list[dict[str, object]], names: tuple[str, ...]) -> polars.DataFrame:
    require_polars("a bill as a frame")
    import polars as pl  # noqa: PLC0415 - an extra

    kinds = {
        name: pl.Decimal(38, 8) if name in _MONEY else pl.Int64() if name in _COUNTS else pl.String()
        for name in names
    }
    plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return pl.DataFrame(plain, schema=kinds, orient="row")


def _plain(value: object) -> object:
    return getattr(value, "amount", value)


def bill_html(bill: Bill, lang: str) -> str:
    """Return the page of a bill in `lang` (en or zh-CN)."""
    title = say("title", lang, month=bill.month)
    told = say("sum", lang, agreed=str(bill.agreed), billed=str(bill.billed), disputed=str(bill.disputed))
    facts = [
        element("div", element("dt", say(key, lang)), element("dd", value))
        for key, value in (("provider", bill.provider), ("zone", bill.zone))
    ]
    notes = [element("p", told)]
    if bill.rejects:
        notes.append(element("p", say("not_whole", lang, count=str(len(bill.rejects))), class_="held"))
    rejects: list[list[Content]] = [
        [str(one.line), element("code", one.column), (is_chinese(lang) and one.reason_zh) or one.reason]
        for one in bill.rejects[:_SHOWN]
    ]
    return document(
        title,
        "zh-CN" if is_chinese(lang) else "en",
        element("header", element("h1", title), element("dl", *facts)),
        element(
            "main",
            *notes,
            _section(
                "lines",
                LINE[1:],
                _rows(bill.lines, LINE[1:], lang),
                lang,
            ),
            _section(
                "differences",
                DIFFERENCE,
                _rows(bill.differences[:_SHOWN], DIFFERENCE, lang),
                lang,
                len(bill.differences) - _SHOWN,
            ),
            _section("rejects", ("line", "column", "expected"), rejects, lang, len(bill.rejects) - _SHOWN),
        ),
        element("footer", element("p", say("private", lang))),
    )


def _rows(told: Sequence[object], names: tuple[str, ...], lang: str) -> list[list[Content]]:
    return [[shown(one, name, lang) for name in names] for one in told]


def _section(key: str, names: tuple[str, ...], rows: list[list[Content]], lang: str, more: int = 0) -> Html:
    if not rows:
        return section(say(key, lang), element("p", say("none", lang)))
    numeric = [place for place, name in enumerate(names) if name in NUMERIC]
    made = table([say(name, lang) for name in names], rows, numeric=numeric)
    rest = [element("p", say("more", lang, count=str(more)), class_="note")] if more > 0 else []
    return section(say(key, lang), made, *rest)


def shown(one: object, name: str, lang: str = "") -> str:
    """Return one column of a line or difference as text; a kind in words where `lang` is given."""
    value: object = getattr(one, name)
    if name == "kind" and lang:
        return say(str(value), lang)
    if value is None:
        return ""
    return str(_plain(value)) if name in _MONEY else str(value)
