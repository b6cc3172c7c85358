"""What may be spent in a day, and which messages wait first when it runs out.

A budget is one amount a day; each kind of message may go as long as less than its share of it is spent. Offers stop first, so
that reminders still go when the day was dear. Codes, alerts, notices and duties (`PlanRow.obligatory`) never wait for money.

>>> from loansms.model import Purpose
>>> budget = Budget(a_day=Money("100", "CNY"), per_segment={"*": Money("0.045", "CNY")})
>>> spent = Money("85", "CNY")
>>> [budget.lets(one, spent, Money("0.09", "CNY")) for one in (Purpose.MARKETING, Purpose.REPAYMENT_REMINDER, Purpose.OTP)]
[False, True, True]
>>> budget.lets(Purpose.OTP, Money("500", "CNY"), Money("0.09", "CNY"))
True
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from attrs import define, evolve, field, frozen

from loansms.calendars.localtime import start_of_local_day, zone
from loansms.errors import ConfigurationError
from loansms.model import Channel, Money, Purpose, Reason
from loansms.planning import PlanDecision, PlanRow
from loansms.stores import AttemptRecord

ANY: Final = "*"
COUNTED_FOR: Final = timedelta(minutes=1)
"""How long a count of the ledger stands before it is counted anew: what other workers spend is seen by then."""

SHARES: Final[Mapping[Purpose, Decimal]] = MappingProxyType(
    {
        Purpose.MARKETING: Decimal("0.8"),
        Purpose.SETTLEMENT_OFFER: Decimal("0.9"),
        Purpose.REPAYMENT_REMINDER: Decimal(1),
        Purpose.COLLECTION: Decimal(1),
    }
)
"""The share of the day's amount at which each kind stops, in the order in which they stop; what is not named never does."""

OVER_BUDGET: Final = Reason(
    "budget",
    "house",
    "Today's budget for messages of this kind is spent; it waits until tomorrow.",
    severity="defer",
    message_zh="今日该类消息的预算已用完，顺延至明日。",
)


def _shares(_instance: object, _attribute: object, value: Mapping[Purpose, Decimal]) -> None:
    if not set(value) <= set(SHARES) or not all(0 <= one <= 1 for one in value.values()):
        raise _wrong(
            f"shares: expected some of {', '.join(SHARES)}, each from 0 to 1; nothing else may wait for money",
            f"shares：应为 {'、'.join(SHARES)} 中的若干项，取值 0 至 1；其余消息不得因预算延后",
        )


def _wrong(told: str, zh: str) -> ConfigurationError:
    return ConfigurationError(f"budget: {told}", f"预算：{zh}")


@frozen(kw_only=True)
class Budget:
    """An amount for each day of `zone`; `per_segment` are prices by provider ("*": any other).

    Raise ConfigurationError for an amount below 0, prices of another currency, none at all, and shares of messages that may
    not wait. What the ledger has no length of counts as one segment; cases for people cost nothing.
    """

    a_day: Money
    per_segment: Mapping[str, Money]
    shares: Mapping[Purpose, Decimal] = field(default=SHARES, validator=_shares)
    zone: str = "Asia/Shanghai"

    def __attrs_post_init__(self) -> None:
        zone(self.zone)
        told = [self.a_day, *self.per_segment.values()]
        if ANY not in self.per_segment or any(one.amount < 0 for one in told):
            raise _wrong(
                'expected amounts of 0 or more, and a price for "*"', '应为不小于 0 的金额，且含 "*" 的单价'
            )
        if len({one.currency for one in told}) > 1:
            raise _wrong("expected prices in the currency of the amount", "单价与金额的币种应一致")

    def cost(self, route: str, channel: Channel | None, segments: int | None) -> Money:
        """Return what a message costs by `route`."""
        price = self.per_segment.get(route, self.per_segment[ANY])
        return price * (0 if channel is Channel.AGENT else segments or 1)

    def spent(self, attempts: Iterable[AttemptRecord], now: datetime) -> Money:
        """Return what the attempts of today's local day cost up to `now` (aware); what may have gone counts."""
        start = start_of_local_day(now, self.zone)
        told = (
            self.cost(one.route, one.channel, one.segments)
            for one in attempts
            if one.state.counts and one.at >= start
        )
        return sum(told, Money(0, self.a_day.currency))

    def lets(self, purpose: Purpose | None, spent: Money, cost: Money) -> bool:
        """Return whether a message of `purpose` at `cost` may go when `spent` is spent already."""
        share = self.shares.get(purpose) if purpose else None
        return share is None or spent + cost <= self.a_day * share


@define
class Spending:
    """A day's spending as one worker sees it: counted from the ledger `at` a moment, its own messages added since."""

    budget: Budget
    spent: Money
    at: datetime

    def is_stale(self, now: datetime) -> bool:
        """Return whether it is to be counted anew: a minute has passed, or a day has begun."""
        start = start_of_local_day(now, self.budget.zone)
        return not self.at <= now < self.at + COUNTED_FOR or self.at < start

    def take(self, row: PlanRow, route: str, now: datetime) -> PlanRow:
        """Return `row` with its cost counted, or deferred to this time tomorrow where its kind's share is spent."""
        if row.decision is not PlanDecision.SEND:
            return row
        cost = self.budget.cost(route, row.channel, row.segments)
        if not row.obligatory and not self.budget.lets(row.purpose, self.spent, cost):
            return evolve(
                row,
                decision=PlanDecision.DEFER,
                reasons=(OVER_BUDGET, *row.reasons),
                send_at=now + timedelta(days=1),
            )
        self.spent += cost
        return row
