"""A message goes by one road: the right one, at its pace, and by another only where it surely did not go by the first."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.clock import FrozenClock
from loansms.errors import ConfigurationError, ProviderError, UnsupportedByProvider
from loansms.model import (
    Accepted,
    Channel,
    Message,
    OutcomeClass,
    PhoneNumber,
    Purpose,
    Rejected,
    SubmitResult,
    Unknown,
)
from loansms.providers import SandboxProvider, SupportsInbound, SupportsReceipts
from loansms.providers._sync.router import goes_elsewhere
from loansms.providers.alerts import told_of
from loansms.providers.base import SupportsLookup
from loansms.providers.router import (
    NO_ROUTE,
    PACED_OUT,
    QUEUE_FULL,
    AsyncRouter,
    PassedOver,
    RouteAlert,
    RouteChoice,
    Router,
)
from loansms.providers.routing.breaker import Breaker
from loansms.providers.routing.operators import Operator
from loansms.providers.routing.route import Route, RouteTable
from loansms.providers.routing.throttle import Throttle
from loansms.providers.taxonomy import refusal, refused_login
from loansms.testing import ProviderSuite
from loansms.testing.examples import AT, message

SOON = timedelta(seconds=30)
BY_KIND: dict[str, SubmitResult] = {
    "accepted": Accepted("p"),
    "unknown": Unknown("timeout"),
    "plain": Rejected("E1"),
    "passing": Rejected("E2", retryable=True),
    "per_number": Rejected("E3", True, OutcomeClass.RATE_LIMITED, per_number=True),
    **{kind.value + "_kind": Rejected("E4", True, kind) for kind in OutcomeClass},
}
MAY_MOVE = {"passing", *(f"{kind}_kind" for kind in
    ("failed_retryable", "auth_error", "balance", "template_rejected", "rate_limited"))}  # fmt: skip


class Road:
    """A provider that answers what it is told to, then accepts."""

    channels = frozenset({Channel.SMS})

    def __init__(self, name: str, *answers: object) -> None:
        self.name = name
        self.answers = list(answers)
        self.taken: list[Message] = []

    def submit(self, told: Message, deadline: datetime) -> SubmitResult:
        self.taken.append(told)
        answer = self.answers.pop(0) if self.answers else Accepted(f"{self.name}-{len(self.taken)}")
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, Accepted | Rejected | Unknown)
        return answer


class Waiting:
    """A pause that moves the clock."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.waits: list[timedelta] = []

    def __call__(self, wait: timedelta) -> None:
        assert wait > timedelta(0)
        self.waits.append(wait)
        assert len(self.waits) < 10_000
        self.clock.move(wait)


def router(*roads: Road, routes: Any = None, clock: FrozenClock | None = None, **more: Any) -> Router:
    clock = clock or FrozenClock(AT)
    table = RouteTable(tuple(routes or [Route(provider=one.name, tier=at) for at, one in enumerate(roads)]))
    return Router(
        table=table, providers={one.name: one for one in roads}, clock=clock, pause=Waiting(clock), **more
    )


@given(answers=st.lists(st.sampled_from(sorted(BY_KIND)), min_size=1, max_size=4))
def test_another_road_is_tried_only_where_the_first_provably_did_not_send(answers: list[str]) -> None:
    roads = [Road(f"r{at}", BY_KIND[one]) for at, one in enumerate(answers)]
    told = router(*roads).submit(message(), AT + SOON)
    asked = [len(one.taken) for one in roads]
    last = next((at for at, one in enumerate(answers) if one not in MAY_MOVE), len(answers) - 1)
    assert asked == [1] * (last + 1) + [0] * (len(answers) - last - 1)
    assert told == BY_KIND[answers[last]]


@pytest.mark.parametrize("answer", ["unknown", "per_number", "opted_out_kind", "invalid_number_kind"])
def test_nothing_goes_round_an_unknown_or_what_the_number_said(answer: str) -> None:
    first, second = Road("a", BY_KIND[answer]), Road("b")
    assert router(first, second).submit(message(purpose=Purpose.OTP), AT + SOON) == BY_KIND[answer]
    assert second.taken == []


def test_a_template_nobody_mapped_goes_by_another_road() -> None:
    first, second = Road("a", UnsupportedByProvider("no template", "无模板")), Road("b")
    assert router(first, second).submit(message(), AT + SOON) == Accepted("b-1")


def test_a_bad_key_closes_the_road_and_tells_somebody_once() -> None:
    """And after its rest it is tried again."""
    clock, heard = FrozenClock(AT), []
    bad = Rejected("3", True, OutcomeClass.AUTH_ERROR)
    first, second = Road("a", bad, bad), Road("b")
    made = router(first, second, clock=clock, alert=heard.append)
    for _ in range(3):
        assert isinstance(made.submit(message(), clock.now() + SOON), Accepted)
    assert (len(first.taken), [one.why for one in heard]) == (1, ["auth_error"])
    clock.move(timedelta(minutes=6))
    made.submit(message(), clock.now() + SOON)
    assert (len(first.taken), len(heard)) == (2, 1)
    clock.move(timedelta(minutes=6))
    made.submit(message(), clock.now() + SOON)
    made.submit(message(), clock.now() + SOON)
    assert len(first.taken) == 4
    assert "1740000" not in repr(heard)


@pytest.mark.parametrize(
    ("table", "code", "why", "seconds"),
    [
        ("cmpp_connect", "3", "secret", 300),
        ("cmpp_connect", "2", "address", 300),
        ("cmpp_connect", "4", "version", 300),
        ("smgp_status", "2", "connections", 30),
        ("sgip_error", "3", "connections", 30),
        ("smpp_command_status", "0x0000000E", "secret", 300),
        ("smpp_command_status", "0x0000000D", "auth_error", 300),
    ],
)
def test_a_full_line_is_told_from_a_wrong_secret(table: str, code: str, why: str, seconds: int) -> None:
    """A secret stays wrong until somebody changes it; a line is free again when a connection ends."""
    refused = refused_login(table, code)
    breaker = Breaker()
    assert goes_elsewhere(refused)
    assert refused.code == f"login_{code}"
    assert breaker.note("a", refused, AT) == why
    assert breaker.closed(AT + timedelta(seconds=seconds - 1)) == {"a"}
    assert breaker.closed(AT + timedelta(seconds=seconds)) == frozenset()


@pytest.mark.parametrize(
    ("table", "code", "access"),
    [
        ("alibaba", "SignatureDoesNotMatch", "secret"),
        ("alibaba", "isv.DENY_IP_RANGE", "address"),
        ("alibaba", "InvalidTimeStamp.Expired", "clock"),
        ("tencent", "UnauthorizedOperation.RequestIpNotInWhitelist", "address"),
        ("tencent", "UnauthorizedOperation.SomethingNew", "permission"),
        ("tencent", "UnauthorizedOperation.ServiceSuspendDueToArrears", ""),
        ("huawei", "E000003", "secret"),
        ("alibaba", "isv.AMOUNT_NOT_ENOUGH", ""),
        ("smgp_status", "2", ""),
    ],
)
def test_what_was_wrong_with_our_access_is_kept_beside_the_gateways_code(
    table: str, code: str, access: str
) -> None:
    told = refusal(table, code)
    assert isinstance(told, Rejected)
    assert (told.code, told.access) == (code, access)


def test_a_run_of_failures_gives_a_road_a_rest() -> None:
    clock, heard = FrozenClock(AT), []
    first = Road("a", *[Unknown("timeout")] * 30)
    made = router(first, Road("b"), clock=clock, alert=heard.append)
    for _ in range(30):
        made.submit(message(), clock.now() + SOON)
    assert (len(first.taken), [one.why for one in heard]) == (10, ["failures"])


def test_after_its_rest_one_message_tries_a_road() -> None:
    """The others do not all run into what may still be broken."""
    clock = FrozenClock(AT)
    breaker = Breaker(failures=1)
    assert breaker.note("a", Unknown("timeout"), clock.now()) == "failures"
    clock.move(timedelta(seconds=31))
    assert [breaker.probe("a", clock.now()) for _ in range(3)] == [True, False, False]
    breaker.note("a", Accepted("p"), clock.now())
    assert breaker.probe("a", clock.now())


def test_purpose_country_operator_and_refusal_choose() -> None:
    routes = [
        Route(provider="codes", purposes={Purpose.OTP}),
        Route(provider="us", countries={"US"}),
        Route(provider="mobile", operators={"china_mobile"}, purposes={Purpose.COLLECTION}),
        Route(provider="rest", tier=1, countries={"CN"}),
    ]
    roads = [Road(one.provider) for one in routes]

    class Ported:
        def operator(self, phone: PhoneNumber) -> Operator:
            return Operator("china_mobile", ported=True)

    made = router(*roads, routes=routes, lookup=Ported(), refuses=lambda provider, _: provider == "us")
    here = message(purpose=Purpose.COLLECTION)
    for one, name in [
        (here, "mobile"),
        (evolve(here, purpose=Purpose.OTP), "codes"),
        (evolve(here, purpose=Purpose.MARKETING), "rest"),
    ]:
        assert made.submit(one, AT + SOON) == Accepted(f"{name}-1")
    abroad = evolve(here, purpose=Purpose.MARKETING, to=PhoneNumber.parse("+12025550123"))
    assert made.submit(abroad, AT + SOON) == NO_ROUTE


def test_price_decides_and_weights_share() -> None:
    routes = [
        Route(provider="a", price=Decimal("0.04"), weight=3),
        Route(provider="b", price=Decimal("0.04")),
        Route(provider="dear", price=Decimal("0.09"), weight=100),
    ]
    table = RouteTable(tuple(routes))
    first = Counter(table.candidates(message(step_key=f"s-{n}"))[0].provider for n in range(4_000))
    assert first["dear"] == 0
    assert 0.72 < first["a"] / 4_000 < 0.78
    again = [table.candidates(message(step_key="s-7"))[0].provider for _ in range(3)]
    assert len(set(again)) == 1


def test_what_has_no_room_in_time_was_not_sent() -> None:
    clock = FrozenClock(AT)
    slow = Route(provider="a", per_second=Decimal("0.1"))
    made = router(Road("a"), routes=[slow], clock=clock)
    assert isinstance(made.submit(message(), clock.now() + timedelta(seconds=5)), Accepted)
    told = made.submit(message(), clock.now() + timedelta(seconds=5))
    assert told == PACED_OUT
    assert isinstance(made.submit(message(), clock.now() + timedelta(seconds=30)), Accepted)


def test_a_block_of_numbers_has_a_pace_of_its_own() -> None:
    clock = FrozenClock(AT)
    made = router(Road("a"), routes=[Route(provider="a", range_per_second=Decimal(1))], clock=clock)
    numbers = ["17400000001", "17400000002", "17401000001"]
    for one in numbers:
        sent = evolve(message(), to=PhoneNumber.parse(one, region="CN"))
        made.submit(sent, clock.now() + SOON)
    assert clock.now() - AT >= timedelta(seconds=0.9)
    assert clock.now() - AT < timedelta(seconds=1.1)


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


def test_a_full_queue_says_so_at_once_and_the_message_was_not_sent() -> None:
    clock = FrozenClock(AT)
    route = Route(provider="a", per_second=Decimal("0.1"), most_waiting=1)
    road, other = Road("a"), Road("b")
    made = router(road, routes=[route], clock=clock)
    held = made._throttles[route].ticket(message(), clock.now())
    assert made.submit(message(), clock.now() + SOON) == QUEUE_FULL
    assert (QUEUE_FULL.retryable, road.taken) == (True, [])
    second = router(road, other, routes=[route, Route(provider="b", tier=1)], clock=clock)
    second._throttles[route].ticket(message(), clock.now())
    assert second.submit(message(), clock.now() + SOON) == Accepted("b-1")
    assert held is not None
    made._throttles[route].leave(held)
    assert isinstance(made.submit(message(), clock.now() + SOON), Accepted)
    # Given up or sent, nobody keeps a place.
    assert made.submit(message(), clock.now() + timedelta(seconds=1)) == PACED_OUT
    assert isinstance(made.submit(message(), clock.now() + SOON), Accepted)


def test_the_caller_hears_why_each_road_was_passed_over() -> None:
    heard: list[RouteChoice] = []
    clock = FrozenClock(AT)
    routes = [
        Route(provider="codes", purposes={Purpose.OTP}),
        Route(provider="abroad", countries={"US"}),
        Route(provider="unicom", operators={"china_unicom"}),
        Route(provider="calls", channels={Channel.VOICE}),
        Route(provider="strict"),
        Route(provider="broke", tier=1),
        Route(provider="slow", tier=2, per_second=Decimal("0.001")),
        Route(provider="unmapped", tier=3),
        Route(provider="good", tier=4),
        Route(provider="spare", tier=5),
    ]
    roads = {one.provider: Road(one.provider) for one in routes}
    roads["broke"].answers = [BY_KIND["balance_kind"]]
    roads["unmapped"].answers = [UnsupportedByProvider("no template", "无模板")] * 2
    made = router(
        *roads.values(),
        routes=routes,
        clock=clock,
        decided=heard.append,
        refuses=lambda name, _: name == "strict",
    )
    made._throttles[routes[6]].turn(made._throttles[routes[6]].ticket(message(), AT) or _none(), AT)
    for _ in range(2):
        assert isinstance(made.submit(message(), clock.now() + SOON), Accepted)
    reasons = [{one.provider: one.why for one in choice.passed_over} for choice in heard]
    assert reasons[0] == {
        "codes": "purpose",
        "abroad": "country",
        "unicom": "operator",
        "calls": "channel",
        "strict": "refuses",
        "broke": "E4",
        "slow": "paced_out",
        "unmapped": "unsupported",
    }
    assert reasons[1] == {**reasons[0], "broke": "resting"}
    assert [one.provider for one in heard] == ["good", "good"]
    assert "1740000" not in repr(heard)
    nowhere = router(Road("codes"), routes=[routes[0]], decided=heard.append)
    assert nowhere.submit(message(), AT + SOON) == NO_ROUTE
    assert heard[-1] == RouteChoice("step-1", "", (PassedOver("codes", "purpose"),))


def _none() -> Any:
    raise AssertionError("the queue is full")


class Asked(Road):
    """A road that can be asked for its receipts, its replies and what became of a message."""

    def __init__(self, name: str, *told: object) -> None:
        super().__init__(name)
        self.told = list(told)

    def receipts(self, now: datetime) -> list[Any]:
        return self._next()

    def inbound(self, now: datetime) -> list[Any]:
        return self._next()

    def look_up(self, enquiry: object, deadline: datetime) -> object:
        return Accepted(self.name)

    def _next(self) -> list[Any]:
        one = self.told.pop(0) if self.told else []
        if isinstance(one, Exception):
            raise one
        return cast("list[Any]", one)


def test_a_router_can_do_what_one_of_its_providers_can_and_no_more() -> None:
    """What it cannot do it has not: a host that asks for receipts is not told that there are none."""
    kinds = (SupportsReceipts, SupportsInbound, SupportsLookup)
    assert [isinstance(router(Road("a")), kind) for kind in kinds] == [False] * 3
    able = router(Road("a"), Asked("b"))
    assert [isinstance(able, kind) for kind in kinds] == [True] * 3
    sandbox: Any = SandboxProvider()
    only = router(sandbox)
    assert [isinstance(only, kind) for kind in kinds] == [True, True, False]
    assert repr(able).startswith("Router(")
    assert isinstance(able, Router)
    assert type(evolve(able, name="second")) is type(able)


def test_the_fault_of_one_provider_loses_no_report_of_another() -> None:
    """A gateway tells each report once."""
    heard: list[Any] = []
    fault = ProviderError("no answer", "无应答")
    made: Any = router(Asked("a", ["r-1"], ["r-2"]), Asked("b", fault, ["r-3"]), alert=heard.append)
    assert made.receipts(AT) == ["r-1"]
    assert [(one.provider, one.why) for one in heard] == [("b", "receipts")]
    assert made.inbound(AT) == ["r-2", "r-3"]
    alone: Any = router(Road("c"), Asked("d", fault, fault))
    for ask in (alone.receipts, alone.inbound):
        with pytest.raises(ProviderError):
            ask(AT)


def test_a_table_is_read_strictly(tmp_path: Any) -> None:
    path = tmp_path / "routes.toml"
    path.write_text(
        '[[route]]\nprovider = "a"\npurposes = ["otp"]\nprice = "0.04"\nper_second = "20"\n', encoding="utf-8"
    )
    (one,) = RouteTable.load(path).routes
    assert (one.purposes, one.price, one.per_second) == ({Purpose.OTP}, Decimal("0.04"), Decimal(20))
    path.write_text('[[route]]\nprovider = "a"\nwieght = 2\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="wieght"):
        RouteTable.load(path)
    with pytest.raises(ConfigurationError, match="weight"):
        Route(provider="a", weight=0)
    with pytest.raises(ConfigurationError, match="at least one"):
        RouteTable(())
    with pytest.raises(ConfigurationError, match="provider b"):
        Router(table=RouteTable((Route(provider="b"),)), providers={})


class TestRouter(ProviderSuite):
    """A router is a provider like any other."""

    def make_provider(self) -> Router:
        sandbox = SandboxProvider(reject_rate=0, unknown_rate=0)
        return Router(
            table=RouteTable((Route(provider="sandbox"),)),
            providers={"sandbox": sandbox},
            clock=FrozenClock(AT),
        )


def test_the_awaited_router_keeps_the_same_promises() -> None:
    class Awaited(Road):
        async def submit(self, told: Message, deadline: datetime) -> SubmitResult:
            return super().submit(told, deadline)

    first, second = Awaited("a", BY_KIND["balance_kind"]), Awaited("b")
    made = AsyncRouter(
        table=RouteTable((Route(provider="a"), Route(provider="b", tier=1))),
        providers={"a": first, "b": second},
        clock=FrozenClock(AT),
    )
    assert asyncio.run(made.submit(message(), AT + SOON)) == Accepted("b-1")


@pytest.mark.parametrize(
    "why", ["secret", "address", "version", "clock", "permission", "connections", "receipts"]
)
def test_an_alert_says_what_is_wrong_in_words(why: str) -> None:
    """And that a road tells no reports is not told as its rest."""
    title, text = told_of(RouteAlert("line-a", why, AT))
    assert title == ("loansms: line-a tells no reports" if why == "receipts" else "loansms: line-a rests")
    assert "line-a" in text
    assert not text.endswith(f": {why}.")
