"""The fields of a policy and their values in words a manager reads, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Final, cast

from loansms.policy.stages import Anchor, Every, Hop, Outcome, SendAt

Words = tuple[str, str]

LABELS: Final[Mapping[str, Words]] = {
    "from_dpd": ("first day", "起始天数"),
    "to_dpd": ("last day", "截止天数"),
    "tone": ("tone", "语气"),
    "label": ("label", "英文名称"),
    "label_zh": ("Chinese label", "中文名称"),
    "day": ("day", "天数"),
    "template": ("template", "模板"),
    "purpose": ("purpose", "用途"),
    "channels": ("channels", "渠道"),
    "priority": ("priority", "优先级"),
    "stage": ("stage", "阶段"),
    "carry_days": ("days it may wait", "可顺延天数"),
    "until": ("last day of catching up", "补发截止天数"),
    "anchor": ("starting date", "起算日期"),
    "recipient": ("recipient", "发送对象"),
    "audience": ("audience", "适用条件"),
    "experiment": ("experiment", "实验"),
    "arm": ("arm", "实验组"),
    "on": ("date", "日期"),
    "every": ("comes round", "周期"),
    "repeat": ("said again after", "重复间隔"),
    "obligatory": ("must arrive", "必须送达"),
    "deadline_days": ("days to arrive in", "送达期限天数"),
    "together": ("all channels at once", "多渠道同时发送"),
    "then": ("next channel", "后续渠道"),
    "send_at": ("hour", "发送时段"),
    "arms": ("shares", "各组权重"),
    "holdout": ("share that hears nothing", "对照组权重"),
    "kind": ("kind", "类型"),
    "joined": ("told together", "合并告知"),
    "promise_grace_days": ("days a promise is waited for", "承诺宽限天数"),
}
_WORDS: Final[Mapping[Enum, Words]] = {
    Anchor.DUE_ON: ("the due date", "还款日"),
    Anchor.PROMISE: ("the day promised", "承诺还款日"),
    Anchor.CALENDAR: ("the calendar", "日历日期"),
    Every.MONTH: ("every month", "每月"),
    Every.YEAR: ("every year", "每年"),
    SendAt.BEST_HOUR: ("the hour suggested", "建议时段"),
    Outcome.UNDELIVERED: ("not delivered", "未送达"),
    Outcome.UNREAD: ("not read", "未读"),
    Outcome.NO_REPLY: ("not answered", "未回复"),
}
_NONE: Final[Words] = ("none", "无")
_OPEN: Final[Words] = ("open", "不限")
_AUTOMATIC: Final[Mapping[str, Words]] = {
    "from_dpd": _OPEN,
    "to_dpd": _OPEN,
    "until": ("the eve of the next step", "下一步骤前一天"),
    "audience": ("everybody", "全部"),
    "arm": ("every arm", "所有组"),
    "repeat": ("never", "不重复"),
    "every": ("once", "一次"),
    "send_at": ("as soon as it may go", "可发送时即发"),
}


def said(name: str, value: object) -> Words:
    """Return the value of the field `name` in English and in Chinese."""
    nothing = value is None or value in ("", ()) or (name == "repeat" and value == 0)
    if nothing:
        return _AUTOMATIC.get(name, _NONE)
    if isinstance(value, bool):
        return ("yes", "是") if value else ("no", "否")
    if isinstance(value, Mapping):
        pairs = [f"{key} {one}" for key, one in sorted(cast("Mapping[str, object]", value).items())]
        return (", ".join(pairs), "、".join(pairs)) if pairs else _NONE
    if isinstance(value, tuple):
        several = [_one(one) for one in cast("tuple[object, ...]", value)]
        return ", ".join(en for en, _ in several), "、".join(zh for _, zh in several)
    if name == "repeat":
        return f"{value} days", f"{value} 天"
    return _one(value)


def _one(value: object) -> Words:
    if isinstance(value, Hop):
        return _hop(value)
    if isinstance(value, Enum):
        return _WORDS.get(value, (str(value.value), str(value.value)))
    told = value.isoformat() if isinstance(value, date) else str(value)
    return told, told


def _hop(hop: Hop) -> Words:
    when, when_zh = _WORDS[hop.when]
    to = hop.channel.value if hop.channel else "the next one"
    to_zh = f"转 {hop.channel.value}" if hop.channel else "转下一渠道"
    if not hop.after_hours:
        return f"{to} when {when}", f"{when_zh}即{to_zh}"
    hours = "1 hour" if hop.after_hours == 1 else f"{hop.after_hours} hours"
    return f"{to} when {when} for {hours}", f"{when_zh}满 {hop.after_hours} 小时{to_zh}"
