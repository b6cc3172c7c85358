"""A dozen lines a person can read: what was sent, held and refused, and why.

>>> from loansms.insights.summary import summarise
>>> plain_summary(summarise([]))
('The book has 0 rows.',)
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from loansms.insights.summary import ReasonTally, RunSummary
from loansms.insights.wording import say

_TOP = 3  # reasons named for each outcome


def plain_summary(summary: RunSummary, lang: str = "en", warnings: int = 0) -> tuple[str, ...]:
    """Return at most twelve sentences in `lang`; only outcomes that happened are told."""
    lines = [say("line.total", lang, rows=number(summary.total))]
    for outcome, count in summary.outcomes.items():
        lines.append(
            say(
                f"line.{outcome}",
                lang,
                count=number(count),
                segments=number(summary.segments),
                why=because(summary.reasons_of(outcome), lang),
            )
        )
        if outcome == "deferred" and summary.next_send_at is not None:
            lines.append(say("line.next", lang, at=moment(summary.next_send_at)))
    if warnings:
        lines.append(say("line.warnings", lang, count=number(warnings)))
    return tuple(lines)


def number(count: int) -> str:
    """Return a whole number with its thousands apart: 4,000."""
    return f"{count:,}"


def moment(at: datetime) -> str:
    """Return an aware time for people, its offset named: 2026-09-24 13:00 (UTC+08:00)."""
    offset = f"{at:%z}"
    return f"{at:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:5]})"


def because(reasons: Iterable[ReasonTally], lang: str) -> str:
    """Return the commonest first reasons in brackets, each with its count; "" where there are none."""
    ranked = sorted(reasons, key=lambda one: -one.count)
    parts = [
        say("why.one", lang, count=number(one.count), reason=one.told(lang).rstrip(".。"))
        for one in ranked[:_TOP]
    ]
    if not parts:
        return ""
    rest = sum(one.count for one in ranked[_TOP:])
    if rest:
        parts.append(say("why.more", lang, count=number(rest)))
    return say("why.open", lang) + say("why.join", lang).join(parts) + say("why.close", lang)
