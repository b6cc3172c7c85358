"""A message goes by one road: the right one, at its pace, and by another only where it surely did not go by the first."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loansms.clock import FrozenClock
from loansms.errors import ConfigurationError, StoreError, UnsupportedByProvider
from loansms.model import (
    Accepted,
    Attachment,
    Channel,
    Message,
    OutcomeClass,
    PhoneNumber,
    Purpose,
    Rejected,
    SubmitResult,
    Unknown,
)
from loansms.privacy import Secret
from loansms.providers import SandboxProvider
from loansms.providers.base import SupportsAttachments
from loansms.providers.router import (
    BRAKES_UNREAD,
    NO_ROUTE,
    PACED_OUT,
    QUEUE_FULL,
    UNCARRIED,
    AsyncRouter,
    PassedOver,
    RouteChoice,
    Router,
)
from loansms.providers.routing.operators import Operator
from loansms.providers.routing.route import Route, RouteTable
from loansms.stores import Claimed, MemoryStore, Stop, StopScope
from loansms.testing import ProviderSuite
from loansms.testing.examples import AT, claim, message

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


def test_nothing_goes_by_a_road_that_a_person_has_stopped_from_the_next_message_on() -> None:
    store, choices = MemoryStore(clock=FrozenClock(AT)), list[RouteChoice]()
    roads = Road("a"), Road("b")
    made = router(*roads, brakes=store, decided=choices.append)
    halt = Stop(scope=StopScope.ROUTE, value="a", at=AT, by="desk-1")
    assert made.submit(message(), AT + SOON).provider == "a"
    # Whatever else is stopped was asked about in the claim.
    for other in (
        Stop(scope=StopScope.ALL, at=AT, by="d"),
        Stop(scope=StopScope.STEP, value="b", at=AT, by="d"),
    ):
        assert store.stop(other)
    assert store.stop(halt)
    assert made.submit(message(purpose=Purpose.OTP), AT + SOON).provider == "b"
    assert choices[-1].passed_over == (PassedOver("a", "stopped"),)
    assert store.stop(evolve(halt, value="b"))
    assert made.submit(message(), AT + SOON) == NO_ROUTE
    assert store.resume(StopScope.ROUTE, "a", by="desk-2", at=AT)
    assert made.submit(message(), AT + SOON).provider == "a"
    assert [len(one.taken) for one in roads] == [2, 1]


def test_a_message_with_files_goes_only_by_a_road_that_carries_them() -> None:
    class Carries(Road):
        attachment_types = frozenset({"application/pdf"})

    choices = list[RouteChoice]()
    plain, able = Road("a"), Carries("b")
    made = router(plain, able, decided=choices.append)
    assert isinstance(made, SupportsAttachments)
    assert made.attachment_types == {"application/pdf"}
    assert not isinstance(router(plain), SupportsAttachments)
    pdf = Attachment(name="plan.pdf", media_type="application/pdf", content=Secret(b"%PDF-1.7"))
    assert made.submit(message(attachments=(pdf,)), AT + SOON).provider == "b"
    assert choices[-1].passed_over == (PassedOver("a", "attachment"),)
    assert (
        made.submit(message(attachments=(pdf, evolve(pdf, media_type="image/png"))), AT + SOON) == UNCARRIED
    )
    assert made.submit(message(), AT + SOON).provider == "a"
    # What only an unused provider carries is carried by nobody.
    unused = Router(table=RouteTable((Route(provider="a"),)), providers={"a": plain, "b": able})
    assert isinstance(unused, SupportsAttachments)
    assert unused.attachment_types == frozenset()


def test_a_stop_holds_for_a_message_that_waits_for_its_pace_and_for_the_road_tried_next() -> None:
    store, clock = MemoryStore(clock=FrozenClock(AT)), FrozenClock(AT)
    halt = Stop(scope=StopScope.ROUTE, value="b", at=AT, by="desk-1")

    class Halts(Road):
        def submit(self, told: Message, deadline: datetime) -> SubmitResult:
            store.stop(halt)
            return super().submit(told, deadline)

    first, second = Halts("a", BY_KIND["passing"]), Road("b")
    assert router(first, second, brakes=store, clock=clock).submit(message(), AT + SOON) == BY_KIND["passing"]
    assert not second.taken

    class HaltsWhileWaiting(Waiting):
        def __call__(self, wait: timedelta) -> None:
            store.stop(evolve(halt, value="c"))
            super().__call__(wait)

    paced = Road("c")
    made = Router(
        table=RouteTable((Route(provider="c", per_second=1),)),
        providers={"c": paced},
        clock=clock,
        pause=HaltsWhileWaiting(clock),
        brakes=store,
    )
    answers = [made.submit(message(step_key=f"s-{at}"), clock.now() + SOON) for at in range(2)]
    assert [len(paced.taken), answers[1]] == [1, NO_ROUTE]


def test_where_nobody_knows_what_is_stopped_nothing_is_sent() -> None:
    class Gone:
        def stops(self) -> list[Stop]:
            raise StoreError("store: gone", "存储：已断开")

    road = Road("a")
    assert router(road, brakes=Gone()).submit(message(), AT + SOON) == BRAKES_UNREAD
    assert not road.taken


def test_the_answer_and_the_record_name_the_provider_that_was_really_asked() -> None:
    """The claim was made before anybody had chosen: it names the router."""
    made = router(Road("a", BY_KIND["passing"]), Road("b"))
    store = MemoryStore(clock=FrozenClock(AT))
    (won,) = store.claim([claim(route=made.name)])
    assert isinstance(won, Claimed)
    told = made.submit(message(), AT + SOON)
    assert told.provider == "b"
    store.finish("step-1", won.token, told, AT)
    claimed, finished = (entry.record.data for entry in store.entries())
    assert (claimed["route"], finished["provider"]) == ("router", "b")


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


def test_a_run_of_failures_gives_a_road_a_rest() -> None:
    clock, heard = FrozenClock(AT), []
    first = Road("a", *[Unknown("timeout")] * 30)
    made = router(first, Road("b"), clock=clock, alert=heard.append)
    for _ in range(30):
        made.submit(message(), clock.now() + SOON)
    assert (len(first.taken), [one.why for one in heard]) == (10, ["failures"])


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
