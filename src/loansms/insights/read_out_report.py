"""A read-out as a single HTML file that reads offline, and as a small summary for notebooks: verdict, chart, tables."""

from __future__ import annotations

from math import isfinite
from typing import Final

from loansms.insights.effect import Effect
from loansms.insights.interval_chart import Interval, interval_chart
from loansms.insights.page import Content, Html, document, element, section, table
from loansms.insights.read_out import Harm, ReadOut, Verdict
from loansms.insights.read_out_wording import arm_told, level, p_told, percent, points, tell
from loansms.insights.sentences import number
from loansms.insights.wording import is_chinese

_NONE: Final = "–"
_BAR: Final = "planned"  # a colour of report.css
_SCALE: Final = 10_000


def read_out_html(read: ReadOut, lang: str = "en", *more: Html) -> str:
    """Return the page of a read-out in `lang` (en or zh-CN); `more` are sections that follow, such as figures.

    >>> from loansms.insights.read_out import Arm, read_out
    >>> arms = [Arm(name="<usual>", borrowers=400, outcome=90), Arm(name="warm", borrowers=400, outcome=120)]
    >>> page = read_out_html(read_out(arms, experiment="tone-2026"), "zh-CN")
    >>> "&lt;usual&gt;" in page, "<usual>" in page
    (True, False)
    """
    title = tell("title", lang, name=read.experiment).strip()
    control = arm_told(read.control.name, lang)
    return document(
        title,
        "zh-CN" if is_chinese(lang) else "en",
        element("header", element("h1", title, element("span", read.outcome[is_chinese(lang)])), _about(read, lang)),
        element(
            "main",
            section(tell("said", lang), _verdict(read, lang)),
            section(
                tell("effects", lang, control=control), _chart(read, lang), _effects(read, lang),
                note=tell("effects.note", lang),
            ),
            section(tell("arms", lang), _arms(read, lang), note=tell("arms.note", lang, p=p_told(read.srm_p))),
            _harm_section(read, lang),
            *more,
        ),
        element("footer", element("p", tell("private", lang))),
    )  # fmt: skip


def summary_html(read: ReadOut, lang: str = "en") -> str:
    """Return what a notebook shows: the verdict, the chart and the tables."""
    parts: list[Content] = [element("p", element("strong", read.told(lang))), _chart(read, lang)]
    parts += [_effects(read, lang), _arms(read, lang)]
    if read.control.harms:
        parts.append(_harms(read, lang))
    return str(element("div", *parts))


def _about(read: ReadOut, lang: str) -> Html:
    kind = "interval.sequential" if read.sequential else "interval.fixed"
    facts = {
        "about.borrowers": number(read.borrowers),
        "about.control": arm_told(read.control.name, lang),
        "about.interval": tell(kind, lang, level=level(_alpha(read)), planned=number(read.planned or 0)),
    }
    return element(
        "dl",
        *(element("div", element("dt", tell(key, lang)), element("dd", told)) for key, told in facts.items()),
    )


def _alpha(read: ReadOut) -> float:
    return read.comparisons[0].effect.alpha


def _verdict(read: ReadOut, lang: str) -> Html:
    tone = "stop" if read.verdict.stops else "go" if read.verdict is Verdict.BETTER else "wait"
    return element("p", read.told(lang), class_=f"verdict v-{tone}")


def _chart(read: ReadOut, lang: str) -> Content:
    drawn = [
        Interval(arm_told(one.arm.name, lang), one.effect.difference, one.effect.low, one.effect.high)
        for one in read.comparisons
        if one.effect.computed
    ]
    return interval_chart(drawn, tell("chart", lang)) if drawn else ""


def _effects(read: ReadOut, lang: str) -> Html:
    heads = [tell(f"head.{key}", lang) for key in ("arm", "difference", "interval", "p", "says")]
    rows: list[list[Content]] = [
        [
            element("b", arm_told(one.arm.name, lang)),
            *_told(one.effect, lang),
            tell(f"says.{one.verdict}", lang),
        ]
        for one in read.comparisons
    ]
    return table(heads, rows, numeric=[1, 2, 3])


def _told(effect: Effect, lang: str) -> list[str]:
    difference = points(effect.difference) if isfinite(effect.difference) else _NONE
    if not effect.computed:
        return [difference, tell("says.cannot_tell", lang), _NONE]
    between = f"[{points(effect.low)}, {points(effect.high)}]"
    return [difference, between, p_told(effect.p_value).removeprefix("= ")]


def _arms(read: ReadOut, lang: str) -> Html:
    heads = [
        tell("head.arm", lang),
        tell("head.borrowers", lang),
        read.outcome[is_chinese(lang)],
        tell("head.share", lang),
        "",
    ]
    most = max((one.share or 0 for one in read.arms), default=0)
    rows: list[list[Content]] = [
        [
            element("b", arm_told(one.name, lang)),
            number(one.borrowers),
            number(one.outcome),
            _NONE if one.share is None else percent(one.share),
            _share_bar(one.share or 0, most, lang),
        ]
        for one in read.arms
    ]
    return table(heads, rows, numeric=[1, 2, 3])


def _share_bar(share: float, most: float, lang: str) -> Html:
    filled = round(_SCALE * share / most) if most else 0
    label = f"{tell('head.share', lang)} {percent(share)}"
    inner = [element("i", class_=f"c-{_BAR}", style=f"width:{100 * filled / _SCALE:.2f}%")] if filled else []
    return element("span", *inner, class_="bar", role="img", aria_label=label)


def _harm_section(read: ReadOut, lang: str) -> Html:
    control = arm_told(read.control.name, lang)
    if not read.control.harms:
        return section(tell("harms", lang), element("p", tell("harm.unmeasured", lang)))
    return section(tell("harms", lang), _harms(read, lang), note=tell("harms.note", lang, control=control))


def _harms(read: ReadOut, lang: str) -> Html:
    control = arm_told(read.control.name, lang)
    heads = [tell("head.harm", lang), tell("head.arm", lang), tell("head.control", lang, control=control)]
    heads += [tell(f"head.{key}", lang) for key in ("here", "difference", "limit", "chance", "says")]
    rows: list[list[Content]] = [
        [
            element("b", tell(harm.name, lang)),
            arm_told(one.arm.name, lang),
            _of(read.control.harms[harm.name], read.control.borrowers),
            _of(one.arm.harms[harm.name], one.arm.borrowers),
            f"{100 * harm.effect.difference:+.2f}" if isfinite(harm.effect.difference) else _NONE,
            f"{100 * harm.limit:.2f}",
            p_told(harm.p_value).removeprefix("= "),
            _says(harm, lang),
        ]
        for one in read.comparisons
        for harm in one.harms
    ]
    return table(heads, rows, numeric=range(2, 7))


def _of(count: int, borrowers: int) -> str:
    return f"{number(count)} ({100 * count / borrowers:.2f} %)" if borrowers else _NONE


def _says(harm: Harm, lang: str) -> Html:
    state = "passed" if harm.passed else "within"
    return element("span", tell(f"says.{state}", lang), class_=f"says s-{state}")
