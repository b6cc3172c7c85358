"""When a borrower tends to answer: a suggested time of sending inside a window that is lawful already.

Nothing calls this by itself. A suggestion comes from what was answered at the hours that were tried, not from a trial, so
it belongs into an arm of an experiment before it belongs into a policy: `loansms.insights.hour_table` writes it into a column
of the book, and a step with ``send_at = "best_hour"`` waits for it. It widens no window: the window is what the rule pack
allows that day, and every message still passes the gate.

A borrower has a handful of messages, so each hour is shrunk twice (beta-binomial): the segment's rate at that hour towards
the segment's rate at any hour, and the borrower's own towards that of the segment, each with the weight of `strength`
messages. With no history of their own a borrower gets the segment's hour; with much of it, their own.

>>> from datetime import time
>>> segment = {10: Tried(900, 90), 19: Tried(400, 60)}
>>> found = best_hour({}, segment, (time(8), time(21)), usual=time(10))
>>> found.at, found.why
(datetime.time(19, 0), 'answers more')
>>> own = {10: Tried(30, 12), 19: Tried(30, 1)}
>>> best_hour(own, segment, (time(8), time(21)), usual=time(10)).at
datetime.time(10, 0)
>>> print(found.told())
19:00 rather than 10:00. Own: 0 of 0 answered at that hour; segment: 60 of 400; estimate 14.8 % rather than 10.0 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from math import isfinite
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from loansms.errors import CallerError
from loansms.insights.units import cases
from loansms.insights.wording import is_chinese

if TYPE_CHECKING:
    import polars

STRENGTH: Final = 20.0
"""How many messages the rate of the larger group weighs: more of one's own than that, and one's own weighs more."""

LEAST: Final = 100
"""Messages of a segment below which nothing is suggested."""

BETTER: Final = "answers more"
USUAL: Final = "usual hour is best"
TOO_FEW: Final = "too few messages"
_TOLD: Final[Mapping[str, tuple[str, str]]] = {
    BETTER: (
        (
            "{at:%H:%M} rather than {usual:%H:%M}. Own: {own.answered} of {own.sent} answered at that hour; segment: "
            "{segment.answered} of {segment.sent}; estimate {rate:.1%} rather than {before:.1%}."
        ),
        (
            "建议 {at:%H:%M}，而非 {usual:%H:%M}。本人该时段 {own.sent} 条中回应 {own.answered} 条；客群 {segment.sent} 条中回应 "
            "{segment.answered} 条；估计 {rate:.1%}，原时段 {before:.1%}。"
        ),
    ),
    USUAL: (
        "{at:%H:%M} as usual: no other hour of the window is estimated higher than {rate:.1%}.",
        "仍为 {at:%H:%M}：窗口内没有其他时段的估计高于 {rate:.1%}。",
    ),
    TOO_FEW: (
        "{at:%H:%M} as usual: too few messages to suggest another hour.",
        "仍为 {at:%H:%M}：消息太少，不作建议。",
    ),
}


@frozen
class Tried:
    """How many messages went out at an hour, and how many of them were answered (read, replied or paid upon)."""

    sent: int = field(default=0)
    answered: int = field(default=0)

    def __attrs_post_init__(self) -> None:
        cases("answered", self.answered, "sent", self.sent)


@frozen
class HourEstimate:
    """One hour of the window: what the borrower and the segment did, and the share expected to answer."""

    hour: int
    own: Tried
    segment: Tried
    rate: float


@frozen(kw_only=True)
class SuggestedTime:
    """A local time of sending, why, and every hour that was weighed, with the counts behind it."""

    at: time
    usual: time
    why: str
    weighed: tuple[HourEstimate, ...] = field(repr=False)

    def told(self, lang: str = "en") -> str:
        """Return the suggestion in a sentence with its counts, for whoever asks why."""
        found = {one.hour: one for one in self.weighed}
        at, before = found[self.at.hour], found[self.usual.hour]
        said = _TOLD[self.why][is_chinese(lang)].format(
            at=self.at, usual=self.usual, own=at.own, segment=at.segment, rate=at.rate, before=before.rate
        )
        return said.replace("%", " %") if "%" in said else said

    @property
    def cell(self) -> str:
        """The suggestion with its figures, as a step with ``send_at = "best_hour"`` reads it; "" for too few messages.

        >>> best_hour({}, {10: Tried(900, 90), 19: Tried(400, 80)}, (time(8), time(21)), usual=time(10)).cell
        '19:00 own=0/0 segment=80/400 rate=0.197 usual=10:00 before=0.101'
        """
        if self.why == TOO_FEW:
            return ""
        found = {one.hour: one for one in self.weighed}
        at, before = found[self.at.hour], found[self.usual.hour]
        return (
            f"{self.at:%H:%M} own={at.own.answered}/{at.own.sent} segment={at.segment.answered}/{at.segment.sent}"
            f" rate={at.rate:.3f} usual={self.usual:%H:%M} before={before.rate:.3f}"
        )


def best_hour(
    own: Mapping[int, Tried],
    segment: Mapping[int, Tried],
    window: tuple[time, time],
    *,
    usual: time,
    strength: float = STRENGTH,
    least: int = LEAST,
) -> SuggestedTime:
    """Return when to send: `usual`, or the hour of `window` with a higher share expected to answer.

    `own` and `segment` count by hour of the recipient's day (0 to 23), the segment with or without the borrower. `window`
    is lawful from its first to before its last time, on one day. The suggestion is the beginning of an hour, or of the
    window. Only hours that the segment was ever written to at are weighed: what nobody tried is not guessed. Fewer than
    `least` messages of the segment in the window suggest nothing. Raise CallerError for a window that does not run
    forward, a usual time outside of it, an hour that is none, and a strength that is not above 0.
    """
    _checked(own, segment, window, usual, strength)
    opens, closes = window
    hours = [hour for hour in range(24) if time(hour) < closes and (hour >= opens.hour)]
    sent = sum(segment.get(hour, Tried()).sent for hour in hours)
    answered = sum(segment.get(hour, Tried()).answered for hour in hours)
    overall = answered / sent if sent else 0.0
    weighed = tuple(_estimate(hour, own, segment, overall, strength) for hour in hours)
    by_hour = {one.hour: one for one in weighed}
    tried = [one for one in weighed if one.segment.sent or one.own.sent]
    # The usual hour wins a draw, then the earliest.
    best = max(tried, key=lambda one: (one.rate, one.hour == usual.hour, -one.hour), default=None)
    if best is None or sent < least:
        return SuggestedTime(at=usual, usual=usual, why=TOO_FEW, weighed=weighed)
    if best.rate <= by_hour[usual.hour].rate:
        return SuggestedTime(at=usual, usual=usual, why=USUAL, weighed=weighed)
    return SuggestedTime(at=max(time(best.hour), opens), usual=usual, why=BETTER, weighed=weighed)


def _estimate(
    hour: int, own: Mapping[int, Tried], segment: Mapping[int, Tried], overall: float, strength: float
) -> HourEstimate:
    theirs, mine = segment.get(hour, Tried()), own.get(hour, Tried())
    expected = (theirs.answered + strength * overall) / (theirs.sent + strength)
    rate = (mine.answered + strength * expected) / (mine.sent + strength)
    return HourEstimate(hour, mine, theirs, rate)


def hours_tried(
    messages: polars.DataFrame,
    answered: str = "replied",
    *,
    borrower_id: str | None = None,
    segment: str | None = None,
) -> dict[int, Tried]:
    """Return the counts of a borrower or of a segment by hour, from `Figures.messages`.

    `answered` names the figure that counts as an answer: "replied", "read" or "paid". Raise CallerError where the
    figures were taken without it.
    """
    import polars as pl  # noqa: PLC0415 - an extra

    if messages.height and messages[answered].null_count() == messages.height:
        raise CallerError(
            f"answered: expected figures that were given what {answered} counts",
            f"answered：统计数据中没有 {answered}",
        )
    mine = pl.lit(value=True) if borrower_id is None else pl.col("borrower_id") == borrower_id
    ours = pl.lit(value=True) if segment is None else pl.col("segment") == segment
    counts = messages.filter("sent", mine, ours).group_by("hour").agg(pl.len(), pl.col(answered).sum())
    return {hour: Tried(sent, met) for hour, sent, met in counts.sort("hour").rows()}


def _checked(
    own: Mapping[int, Tried],
    segment: Mapping[int, Tried],
    window: tuple[time, time],
    usual: time,
    strength: float,
) -> None:
    opens, closes = window
    if not opens < closes:
        raise CallerError(
            "window: expected two times of one day, the first before the second",
            "window：应为同一天内先后两个时间",
        )
    if not opens <= usual < closes:
        raise CallerError("usual: expected a time within the window", "usual：应在窗口之内")
    if not all(hour in range(24) for hour in (*own, *segment)):
        raise CallerError("own, segment: expected hours from 0 to 23", "own、segment：小时应为 0 至 23")
    if not (isfinite(strength) and strength > 0):
        raise CallerError("strength: expected a number above 0", "strength：应大于 0")
