"""The closing lines of the demo: what was sent, held and refused and why, in a dozen lines a person can read."""

from __future__ import annotations

from collections import Counter

from week import Week

from loansms.insights import summarise
from loansms.insights.sentences import because
from loansms.model import Channel, DeliveryStatus
from loansms.services import Outcome

# key: (English, Chinese)
_SAID = {
    "head": ("{book}: {rows} rows a day, {days} days from {first} to {last}; each row counts once a day.", "{book}：每天 {rows} 行，{first} 至 {last} 共 {days} 天，每行每天计一次。"),
    "head_one": ("{book}: {rows} rows on {first}.", "{book}：{first} 共 {rows} 行。"),
    "sent": (
        "Messages sent: {count} ({segments} billed segments); cases handed to a person: {cases}. {kinds}",
        "已提交消息 {count} 条（计费 {segments} 条），转人工 {cases} 件。{kinds}",
    ),
    "receipts": (
        "Delivered: {delivered}; not delivered: {failed}; no final receipt yet: {waiting}.",
        "送达 {delivered} 条，未送达 {failed} 条，尚无最终回执 {waiting} 条。",
    ),
    "replies": (
        "Replies: {replies}; asked to stop, and obeyed at once: {stops}.",
        "收到回复 {replies} 条，其中要求停止 {stops} 条，当即生效。",
    ),
    "held": ("Held for later: {count}{why}.", "推迟 {count} 次{why}。"),
    "denied": ("Not allowed: {count}{why}.", "不得发送 {count} 次{why}。"),
    "refused": ("Refused by the provider, so certainly not sent: {count}{why}.", "通道拒收，确定未发出 {count} 条{why}。"),
    "unknown": (
        (
            "Unknown: {count} (no answer came, so nobody can know whether they left; they count against the caps "
            "and are not sent again). Still open: {open}."
        ),
        "结果未知 {count} 条：通道未应答，无法确定是否发出；计入频次且不会重发，其中尚未确认 {open} 条。",
    ),
    "none": ("Nothing to say: {count}{why}.", "无需联系 {count} 次{why}。"),
    "rejected": ("Bad rows: {count}, each named by line and column in {file}.", "坏行 {count} 行，行号与列名见 {file}。"),
    "no_rejects": ("Bad rows: none.", "坏行 0 行。"),
    "world": ("Simulated in between, not measured: {happened}.", "其间由模拟的核心系统虚构（非实测）：{happened}。"),
    "report": ("Report: {report}    every row: {lines}", "报告：{report}    逐行明细：{lines}"),
    "comma": (", ", "、"),
    "paid": ("payments {count}", "还款 {count} 笔"),
    "missed": ("due dates missed {count}", "到期未还 {count} 笔"),
    "promised": ("promises {count}", "承诺还款 {count} 笔"),
    "disputed": ("disputes {count}", "争议 {count} 笔"),
    "refusals": ("refusals told to a person {count}", "向人工表示拒收 {count} 人"),
}  # fmt: skip
_FAILED = (DeliveryStatus.UNDELIVERED, DeliveryStatus.EXPIRED, DeliveryStatus.REJECTED)


def say(key: str, lang: str, **values: object) -> str:
    """Return one phrase in `lang` (en or zh-CN)."""
    return _SAID[key][lang.startswith("zh")].format(**values)


def ending(week: Week) -> list[str]:
    """Return the closing lines of one book, in its show's language."""
    show, lang = week.show, week.show.lang
    figures = summarise(week.rows)
    sent = [one.row for one in week.rows if one.outcome is Outcome.SUBMITTED]
    texts = [row for row in sent if row.channel is not Channel.AGENT]
    kinds = Counter(row.template for row in texts)
    unknown = {
        (one.row.loan_id, one.row.step, one.row.due_on) for one in week.rows if one.outcome is Outcome.UNKNOWN
    }
    quiet = (Outcome.NONE, Outcome.ALREADY_DONE)
    bad, lines = len(week.reports[-1].rejects), show.lines(1).name
    lines = lines.replace("day1", "day*") if show.days > 1 else lines
    return [
        say(
            "head" if show.days > 1 else "head_one",
            lang,
            book=show.book.name,
            rows=len(week.reports[0].rows),
            days=len(week.reports),
            first=week.reports[0].now.date(),
            last=week.reports[-1].now.date(),
        ),
        say(
            "sent",
            lang,
            count=len(texts),
            segments=sum(row.segments or 0 for row in texts),
            cases=len(sent) - len(texts),
            kinds=say("comma", lang).join(f"{name} {count}" for name, count in kinds.most_common()),
        ),
        say("receipts", lang, **_receipts(week, len(sent) + len(unknown))),
        say("replies", lang, replies=week.replies, stops=week.opted_out),
        *(
            say(key, lang, count=figures.count(outcome), why=because(figures.reasons_of(outcome), lang))
            for key, outcome in (
                ("held", Outcome.DEFERRED),
                ("denied", Outcome.DENIED),
                ("refused", Outcome.REFUSED),
            )
        ),
        say("unknown", lang, count=len(unknown), open=week.still_unknown),
        say(
            "none",
            lang,
            count=sum(figures.count(outcome) for outcome in quiet),
            why=because([one for outcome in quiet for one in figures.reasons_of(outcome)], lang),
        ),
        say("rejected" if bad else "no_rejects", lang, count=bad, file=show.rejects.name),
        *_invented(week, lang),
        say("report", lang, report=show.report, lines=lines),
    ]


def _receipts(week: Week, submitted: int) -> dict[str, int]:
    """Return how many of `submitted` were delivered, were not, and still wait for the last word."""
    delivered = week.receipts[DeliveryStatus.DELIVERED.value]
    failed = sum(week.receipts[status.value] for status in _FAILED)
    return {"delivered": delivered, "failed": failed, "waiting": max(submitted - delivered - failed, 0)}


def _invented(week: Week, lang: str) -> list[str]:
    parts = [say(what, lang, count=count) for what, count in week.happened.items()]
    return [say("world", lang, happened=say("comma", lang).join(parts))] if parts else []
