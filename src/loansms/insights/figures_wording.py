"""What a page of figures says, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from loansms.insights.wording import is_chinese

if TYPE_CHECKING:
    from loansms.insights.figures import Figures

# key: (English, Chinese)
WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Figures of messages", "消息数据"),
    "all": ("All messages", "全部消息"),
    "attribution": (
        (
            "What follows a message belongs to the last message sent to the same borrower before it, within {within} days, or to "
            "the one it answers by name; each payment counts once, and a payment with a date alone as made at the end of that day. "
            "The payment rate is of messages sent {within} days ago or earlier. This says what came after a message, not what "
            "came because of it."
        ),
        (
            "还款、回复等归于此前 {within} 天内发给同一借款人的最后一条消息，或其明确答复的那一条；每笔还款只计一次，仅有日期的还款按当日"
            "结束时计。还款率只计发出已满 {within} 天的消息。这些数字说明消息之后发生了什么，不说明因消息而发生了什么。"
        ),
    ),
    "unattributed": ("Followed no message: {told}.", "未跟随任何消息：{told}。"),
    "withheld": ("withheld", "不公布"),
    "withheld.note": ("Withheld: fewer than {k} borrowers, or hidden so that such a group cannot be worked out.", "不公布：不足 {k} 人，或为防止推算出此类小组而隐藏。"),
    "by": ("By {dimension}", "按{dimension}"),
    "as_of": ("As of", "截至"),
    "zone": ("Hours in", "时区"),
    "currency": ("Currency", "币种"),
    "template": ("template", "模板"),
    "stage": ("stage", "阶段"),
    "step": ("step", "步骤"),
    "channel": ("channel", "渠道"),
    "provider": ("provider", "服务商"),
    "hour": ("hour", "小时"),
    "segment": ("segment", "客群"),
    "purpose": ("purpose", "用途"),
    "arm": ("arm", "实验组"),
    "none": ("(none)", "（无）"),
    "borrowers": ("Borrowers", "借款人"),
    "sent": ("Sent", "发出"),
    "delivered_rate": ("Delivered", "送达率"),
    "undelivered_rate": ("Not delivered", "未送达率"),
    "score_mean": ("Mean score", "平均评分"),
    "scores": ("scores", "评分"),
    "read_rate": ("Read or clicked", "阅读或点击率"),
    "replied_rate": ("Replied", "回复率"),
    "promised_rate": ("Promised", "承诺率"),
    "kept_rate": ("Promises kept", "履约率"),
    "paid_rate": ("Paid within {within} days", "{within} 天内还款率"),
    "opted_out_rate": ("Opted out", "退订率"),
    "complained_rate": ("Complained", "投诉率"),
    "recovered": ("Recovered", "回收金额"),
    "cost": ("Cost", "费用"),
    "cost_per_recovered": ("Cost per unit recovered", "回收每单位金额的费用"),
    "payments": ("payments", "还款"),
    "promises": ("promises", "承诺"),
    "replies": ("replies", "回复"),
    "clicks": ("clicks", "点击"),
    "opt_outs": ("opt-outs", "退订"),
    "complaints": ("complaints", "投诉"),
    "private": (
        "This page holds counts alone: no phone number, name, loan or message text. It reads offline.",
        "本页只有计数，不含手机号、姓名、借据和短信正文，可离线阅读。",
    ),
}  # fmt: skip


def tell(key: str, lang: str, **values: str) -> str:
    """Return the words for `key` in `lang`, filled with `values`."""
    return WORDS[key][is_chinese(lang)].format(**values)


def attribution_told(figures: Figures, lang: str) -> str:
    """Return to which message an event belongs, and what belongs to none."""
    said = tell("attribution", lang, within=str(figures.within))
    lost = [f"{tell(name, lang)} {count:,}" for name, count in figures.unattributed.items() if count]
    if not lost:
        return said
    joined = ("，" if is_chinese(lang) else ", ").join(lost)
    return f"{said}{'' if is_chinese(lang) else ' '}{tell('unattributed', lang, told=joined)}"
