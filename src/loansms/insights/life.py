"""A loan's or a borrower's life on one page: what was decided, sent, delivered, answered, in order, every value masked.

>>> from datetime import UTC
>>> page = life_html([], "L-1", UTC, "zh-CN")
>>> "尚无记录" in page, "http" in page.replace("http-equiv", "")
(True, False)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Final

from loansms.insights.page import Html, document, element, joined
from loansms.insights.wording import general
from loansms.model import Channel, Json, RecordKind
from loansms.services import TimelineLine

_WORDS: Final = {
    "title": ("Messages and events: {what}", "消息与事件：{what}"),
    "empty": ("Nothing is on record yet.", "尚无记录。"),
    "note": (
        "From the journal, in order of time. Values in the texts are masked; reading one in the clear needs a role and is on record.",
        "按时间顺序取自日志。文中的具体数值已遮蔽；查看明文须具备相应角色，并会留下记录。",
    ),
    "why": ("Why", "原因"),
    "became": ("What became of it", "结果"),
    "details": ("Record", "记录"),
}
_KINDS: Final = {
    RecordKind.DECIDED: ("Not sent", "未发送"),
    RecordKind.CLAIMED: ("Message", "消息"),
    RecordKind.FINISHED: ("Provider's answer", "通道应答"),
    RecordKind.EXPIRED: ("Nobody knows whether it was sent", "结果未知"),
    RecordKind.RECEIPT: ("Delivery receipt", "送达回执"),
    RecordKind.REPLY: ("Reply", "回复"),
    RecordKind.RESOLVED: ("Settled by a person", "人工核定"),
    RecordKind.CONTACT: ("Contact made elsewhere", "其他渠道联系"),
    RecordKind.SUPPRESSED: ("Messages stopped", "停止发送"),
    RecordKind.RELEASED: ("Stop taken back", "恢复发送"),
    RecordKind.CONSENTED: ("Agreed", "同意"),
    RecordKind.PREFERRED: ("Said how to be written to", "说明希望的联系方式"),
    RecordKind.REVOKED: ("Took an agreement back", "撤回同意"),
    RecordKind.HELD: ("Hold", "暂缓"),
    RecordKind.PAID: ("Payment", "还款"),
    RecordKind.STOPPED: ("Brakes on", "紧急停发"),
    RecordKind.RESUMED: ("Brakes off", "恢复发送"),
    RecordKind.READ: ("Read in the clear", "查看明文"),
    RecordKind.ERASURE_ASKED: ("Erasure asked for", "申请删除"),
    RecordKind.SHREDDED: ("Personal data shredded", "个人信息已销毁"),
    RecordKind.SWEPT: ("Period over, deleted", "期满删除"),
    RecordKind.CASE: ("Handed to a person", "转人工"),
}
_DUE_TODAY: Final = ("The payment is due today.", "今天是还款日。")
_DUE_IN: Final = ("Days until the payment is due: {days}.", "距还款日还有 {days} 天。")
_COLON: Final = (": ", "：")
_COMMA: Final = (", ", "、")
_CHANNELS: Final = {
    Channel.SMS: ("SMS", "短信"),
    Channel.MMS: ("MMS", "彩信"),
    Channel.VOICE: ("voice call", "语音电话"),
    Channel.PUSH: ("push", "应用推送"),
    Channel.WECHAT: ("WeChat", "微信"),
    Channel.EMAIL: ("e-mail", "邮件"),
    Channel.AGENT: ("by a person", "人工"),
}
_STATES: Final = {
    "attempting": ("on its way", "提交中"),
    "accepted": ("taken by the provider", "通道已接收"),
    "rejected": ("refused by the provider", "通道拒绝"),
    "rejected_retryable": ("not sent, may be tried again", "未发送，可重试"),
    "unknown": ("unknown", "未知"),
    "not_sent": ("not sent", "未发送"),
    "delivered": ("delivered", "已送达"),
    "undelivered": ("not delivered", "未送达"),
    "partial": ("delivered in part", "部分送达"),
    "expired": ("expired on the way", "过期未达"),
}


def life_html(lines: Sequence[TimelineLine], what: str, zone: tzinfo, lang: str = "en") -> str:
    """Return the page of `lines` about `what` (a loan or a borrower id), times in `zone`, in `lang` (en or zh-CN)."""
    at = 1 if lang.startswith("zh") else 0
    title = _WORDS["title"][at].format(what=what)
    cards = [_card(line, zone, at) for line in lines] or [element("p", _WORDS["empty"][at])]
    return document(
        title,
        lang,
        element("header", element("h1", title), element("p", _WORDS["note"][at], class_="note")),
        element("main", *cards),
    )


def _card(line: TimelineLine, zone: tzinfo, at: int) -> Html:
    when = line.at.astimezone(zone)
    head = element(
        "h2",
        element("time", f"{when:%Y-%m-%d %H:%M}", datetime=when.isoformat()),
        " · ",
        _KINDS[line.what][at],
        *([f" · {_CHANNELS[Channel(line.channel)][at]}"] if line.channel else []),
    )
    parts = [head]
    if line.words:
        parts.append(element("blockquote", line.words))
    became = [_STATES[one][at] if one in _STATES else one for one in (line.state, line.delivery) if one]
    if became:
        parts.append(element("p", element("b", _WORDS["became"][at]), _COLON[at], _COMMA[at].join(became)))
    if reasons := line.told.get("reasons"):
        why = [_why(one, at) for one in (reasons if isinstance(reasons, tuple) else (reasons,))]
        parts.append(element("p", element("b", _WORDS["why"][at]), _COLON[at], " ".join(why)))
    told = [
        (name, value)
        for name, value in sorted(line.told.items())
        if name != "reasons" and value not in ("", None)
    ]
    if told:
        items = joined([element("li", f"{name}: {_plain(value)}") for name, value in told])
        parts.append(element("details", element("summary", _WORDS["details"][at]), element("ul", items)))
    return element("section", *parts)


def _why(reason: Json, at: int) -> str:
    """Return a reason's code in words, as it is where there are none."""
    code = str(reason)
    if code.startswith("due_in_"):
        return _DUE_IN[at].format(days=code.removeprefix("due_in_"))
    return _DUE_TODAY[at] if code == "due_today" else general(code, ("en", "zh-CN")[at]) or code


def _plain(value: Json) -> str:
    if isinstance(value, Mapping):
        return ", ".join([f"{name} {_plain(one)}" for name, one in value.items()])
    if isinstance(value, tuple):
        return ", ".join(map(_plain, value))
    return str(value)
