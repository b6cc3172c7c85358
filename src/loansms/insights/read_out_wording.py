"""What a read-out says, in English and Chinese, for somebody who decides and does not calculate.

>>> tell("holdout", "zh-CN"), points(0.031), percent(0.34)
('对照留存组', '+3.1', '34.0 %')
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from loansms.insights.wording import is_chinese

if TYPE_CHECKING:
    from loansms.insights.effect import Effect
    from loansms.insights.read_out import ReadOut

# key: (English, Chinese)
WORDS: Mapping[str, tuple[str, str]] = {
    "verdict.stop_split": (
        "Stop: the borrowers are not split as meant (p {p}), so no figure here can be trusted. Find out who is missing.",
        "停止：借款人的分组比例与设定不符（p {p}），本页数字均不可信，请先查明缺失原因。",
    ),
    "verdict.stop_harm": (
        "Stop: {harms} passed the limit. Whatever the arm gains, borrowers pay for it.",
        "停止：{harms}已越过限度。无论收益多少，代价都由借款人承担。",
    ),
    "verdict.wait": (
        "Wait: {n} of {planned} borrowers. A fixed interval may be read once, when all are in.",
        "等待：目前 {n} 人，计划 {planned} 人。固定区间只能在达到计划人数后读取一次。",
    ),
    "verdict.better": (
        "Decide: “{arm}” is better than “{control}” on {outcome}: {effect}. {harm}",
        "可以决定：就“{outcome}”而言，“{arm}”优于“{control}”：{effect}。{harm}",
    ),
    "verdict.worse": (
        "Keep “{control}”: no other arm is better on {outcome}, and each is worse. {harm}",
        "保留“{control}”：就“{outcome}”而言，其他各组均更差。{harm}",
    ),
    "verdict.open": (
        "Go on, or stop without a winner: on {outcome} no arm is clearly better than “{control}” yet. {harm}",
        "继续观察，或不分胜负地结束：就“{outcome}”而言，尚无一组明显优于“{control}”。{harm}",
    ),
    "verdict.cannot_tell": (
        "Cannot be computed: in one arm nobody, or everybody, met {outcome}, or the arm is empty.",
        "无法计算：某一组为空，或该组全部达到或全部未达到“{outcome}”。",
    ),
    "effect": (
        "{points} percentage points ({level} interval {low} to {high})",
        "{points} 个百分点（{level} 区间 {low} 至 {high}）",
    ),
    "harm.none": ("No harm passed its limit.", "各项负面指标均未越限。"),
    "harm.unmeasured": (
        "No harm was counted: look at complaints and opt-outs before deciding.",
        "未统计任何负面指标：决定之前请先查看投诉与退订。",
    ),
    "harm.one": ("“{harm}” in “{arm}”", "“{arm}”的“{harm}”"),
    "harm.join": (", ", "、"),
    "holdout": ("holdout", "对照留存组"),
    "title": ("Experiment {name}", "实验 {name}"),
    "said": ("Verdict", "结论"),
    "about.borrowers": ("Borrowers", "借款人数"),
    "about.interval": ("Interval", "区间"),
    "about.control": ("Held against", "对照"),
    "interval.sequential": ("{level}, valid at every look", "{level}，随时查看均有效"),
    "interval.fixed": ("{level}, read once at {planned}", "{level}，达到 {planned} 人时读取一次"),
    "arms": ("The arms", "各组"),
    "arms.note": (
        "Every borrower counts once. Split as meant: p {p}.",
        "每位借款人只计一次。分组比例检验：p {p}。",
    ),
    "effects": ("Difference to “{control}”", "与“{control}”的差异"),
    "effects.note": (
        "Percentage points. A line that crosses 0 says that no difference is shown yet.",
        "单位：百分点。横线跨过 0 表示尚未显示差异。",
    ),
    "harms": ("Harm beside the effect", "负面指标"),
    "harms.note": (
        "“Allowed”: how many points more than in “{control}” are accepted. “Chance”: how likely that is if the arm is harmless.",
        "“允许”指比“{control}”最多可高出的百分点；“偶然”指该组并无负面影响时仍出现这一差距的可能性。",
    ),
    "head.arm": ("Arm", "组"),
    "head.borrowers": ("Borrowers", "借款人"),
    "head.share": ("Share", "占比"),
    "head.difference": ("Difference", "差异"),
    "head.interval": ("Interval", "区间"),
    "head.p": ("p", "p 值"),
    "head.harm": ("Harm", "负面指标"),
    "head.control": ("“{control}”", "“{control}”"),
    "head.here": ("This arm", "本组"),
    "head.limit": ("Allowed", "允许"),
    "head.chance": ("Chance", "偶然"),
    "head.says": ("Says", "判断"),
    "says.passed": ("limit passed", "已越限"),
    "says.within": ("within its limit", "未越限"),
    "says.better": ("better", "更好"),
    "says.worse": ("worse", "更差"),
    "says.open": ("not shown yet", "尚未显示"),
    "says.cannot_tell": ("cannot be computed", "无法计算"),
    "complained": ("complained", "投诉"),
    "opted_out": ("opted out", "退订"),
    "undelivered": ("undelivered", "未送达"),
    "private": (
        "This page holds counts alone: no phone number, name, loan or message text. It reads offline.",
        "本页只有计数，不含手机号、姓名、借据和短信正文，可离线阅读。",
    ),
    "chart": ("Differences and their intervals", "差异及其区间"),
}  # fmt: skip


def tell(key: str, lang: str, **values: str) -> str:
    """Return the words for `key` in `lang`, filled with `values`; a harm of the host's own is shown as it is."""
    if key not in WORDS:
        return key
    return WORDS[key][is_chinese(lang)].format(**values)


def arm_told(name: str, lang: str) -> str:
    """Return an arm as people call it."""
    return name or tell("holdout", lang)


def points(share: float) -> str:
    """Return a difference of shares in percentage points, signed."""
    return f"{100 * share:+.1f}"


def percent(share: float) -> str:
    """Return a share in percent."""
    return f"{100 * share:.1f} %"


def p_told(p_value: float) -> str:
    """Return a p-value as people write it behind the letter: = 0.042, < 0.001."""
    return "< 0.001" if p_value < 0.001 else f"= {p_value:.3f}"


def level(alpha: float) -> str:
    """Return how sure an interval is: 0.05 is 95 %."""
    return f"{100 * (1 - alpha):.4g} %"


def effect_told(effect: Effect, lang: str) -> str:
    """Return an effect with its interval in words."""
    values = {"points": points(effect.difference), "low": points(effect.low), "high": points(effect.high)}
    return tell("effect", lang, level=level(effect.alpha), **values)


def verdict_told(read: ReadOut, lang: str) -> str:
    """Return the verdict of a read-out; see `ReadOut.told`."""
    best = read.best
    harms = [
        tell("harm.one", lang, arm=arm_told(arm, lang), harm=tell(harm, lang)) for arm, harm in read.passed
    ]
    return tell(
        f"verdict.{read.verdict}",
        lang,
        p=p_told(read.srm_p),
        n=f"{read.borrowers:,}",
        planned=f"{read.planned or 0:,}",
        arm=arm_told(best.arm.name, lang) if best else "",
        control=arm_told(read.control.name, lang),
        outcome=read.outcome[is_chinese(lang)],
        effect=effect_told(best.effect, lang) if best else "",
        harms=tell("harm.join", lang).join(harms),
        harm=tell("harm.none" if read.control.harms else "harm.unmeasured", lang),
    )
