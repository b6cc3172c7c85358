"""No bucket is overdrawn, codes go first, nobody waits for ever, and both tokens are taken or none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.model import Message, PhoneNumber, Purpose
from loansms.providers.routing.route import Route
from loansms.providers.routing.throttle import Throttle
from loansms.testing.examples import message


def waiter(purpose: Purpose = Purpose.REPAYMENT_REMINDER, number: str = "17400000001") -> Message:
    return message(purpose=purpose, to=PhoneNumber.parse(number, region="CN"))


NUMBERS = st.sampled_from(["17400000001", "17401000001", "17402000001"])


ARRIVALS = st.lists(
    st.tuples(st.sampled_from(Purpose), NUMBERS, st.integers(0, 300)), min_size=1, max_size=14
)


@settings(max_examples=40)
@given(
    arrivals=ARRIVALS,
    rate=st.integers(1, 20),
    burst=st.integers(1, 4),
    block=st.none() | st.integers(1, 20),
)
def test_no_bucket_is_ever_overdrawn_and_codes_go_first(
    arrivals: list[tuple[Purpose, str, int]], rate: int, burst: int, block: int | None
) -> None:
    """Neither that of the route nor that of a block of numbers; codes go before all others of their block."""
    route = Route(
        provider="a",
        per_second=Decimal(rate),
        burst=burst,
        range_per_second=Decimal(block) if block else None,
    )
    throttle = Throttle(route, timedelta(hours=1))
    start = datetime(2026, 9, 24, tzinfo=UTC)
    waiting: list[Any] = []
    served: list[tuple[datetime, str]] = []
    queue = sorted(arrivals, key=lambda one: one[2])
    for tick in range(0, 60_000, 20):
        now = start + timedelta(milliseconds=tick)
        while queue and queue[0][2] <= tick:
            purpose, number, _ = queue.pop(0)
            waiting.append(throttle.ticket(waiter(purpose, number), now))
        for one in list(waiting):
            if throttle.turn(one, now) is None:
                rivals = [other for other in waiting if other.block == one.block]
                assert all(one.lane <= other.lane for other in rivals)
                waiting.remove(one)
                served.append((now, one.block))
        if not waiting and not queue:
            break
    assert len(served) == len(arrivals)
    overdrawn(served, burst, rate)
    for name in {found for _, found in served} if block else ():
        overdrawn([one for one in served if one[1] == name], 1, block or 1)


def overdrawn(served: list[tuple[datetime, str]], burst: int, rate: int) -> None:
    for at, (first, _) in enumerate(served):
        for count, (last, _) in enumerate(served[at:], 1):
            assert count <= burst + (last - first).total_seconds() * rate + 1e-6


def test_nobody_waits_for_ever() -> None:
    """Who has waited as long as the lanes between are worth goes before a newcomer of the first."""
    now = datetime(2026, 9, 24, tzinfo=UTC)
    throttle = Throttle(Route(provider="a", per_second=Decimal(1)), timedelta(seconds=10))
    old = throttle.ticket(waiter(Purpose.MARKETING), now)
    code = throttle.ticket(waiter(Purpose.OTP), now)
    assert old is not None
    assert code is not None
    assert throttle.turn(code, now) is None
    later = now + timedelta(seconds=40)
    throttle.ticket(waiter(Purpose.OTP), later)
    assert throttle.turn(old, later) is None


def test_a_block_of_numbers_keeps_its_token_while_the_route_has_none() -> None:
    """Both tokens are taken or none: a message that is given up has cost its block nothing."""
    now = datetime(2026, 9, 24, tzinfo=UTC)
    route = Route(provider="a", per_second=Decimal(1), range_per_second=Decimal("0.01"))
    throttle = Throttle(route)
    first, second = throttle.ticket(waiter(), now), throttle.ticket(waiter(number="17401000001"), now)
    assert first is not None
    assert second is not None
    assert throttle.turn(first, now) is None
    assert throttle.turn(second, now) == timedelta(seconds=1)
    throttle.leave(second)
    later = now + timedelta(seconds=2)
    again = throttle.ticket(waiter(number="17401000001"), later)
    assert again is not None
    assert throttle.turn(again, later) is None


def test_who_waits_for_a_block_holds_up_no_other_block() -> None:
    now = datetime(2026, 9, 24, tzinfo=UTC)
    route = Route(provider="a", per_second=Decimal(100), burst=9, range_per_second=Decimal("0.01"))
    throttle = Throttle(route)
    slow = [throttle.ticket(waiter(Purpose.OTP), now) for _ in range(3)]
    other = throttle.ticket(waiter(Purpose.MARKETING, "17401000001"), now)
    assert all(one is not None for one in slow)
    assert other is not None
    assert slow[0] is not None
    assert throttle.turn(slow[0], now) is None
    assert throttle.turn(other, now) is None
