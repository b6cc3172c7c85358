"""A message nobody knows the fate of is found wherever the gateway lists it: on a later page, in a batch, among many."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.providers.clouds.test_conformance import RECEIPT, SECRET, STATUS, aliyun, messages, pushed, tencent

from loansms.clock import FrozenClock
from loansms.model import DeliveryReceipt, PhoneNumber, Unknown
from loansms.providers.codec import NOT_LISTED, Enquiry, HttpResponse, PagedLookupCodec
from loansms.providers.http import HttpSettings, async_http_provider, http_provider
from loansms.providers.wire.echo import Echo
from loansms.testing.examples import AT, message
from loansms.testing.fake_clouds import FakeAliyun, FakeTencent
from loansms.testing.gateway import FakeGateway

SOON = AT + timedelta(seconds=20)
MINE = "17400000001"
FIELD = Echo(255)
KEYS = st.text("0123456789abcdef", min_size=1, max_size=40)


def about(step_key: str) -> Enquiry:
    return Enquiry(
        step_key=step_key,
        message_id="m-1",
        to=message().to,
        provider_message_id="",
        submitted_on=date(2026, 9, 24),
    )


@contextmanager
def opened(gateway: FakeGateway) -> Iterator[Any]:
    codec = aliyun(gateway.url) if isinstance(gateway, FakeAliyun) else tencent(gateway.url)
    with http_provider(codec, HttpSettings(private_line=True), clock=FrozenClock(AT)) as provider:
        yield provider


def status(at: int, step_key: str) -> dict[str, Any]:
    return {
        "PhoneNumber": f"+86{MINE}", "SerialNo": f"s:{step_key}", "ReportStatus": "SUCCESS", "Description": "DELIVRD",
        "UserReceiveTime": at, "CountryCode": "86", "SessionContext": step_key,
    }  # fmt: skip


def test_a_message_on_the_third_page_is_found_and_no_page_is_asked_twice() -> None:
    with FakeAliyun(SECRET) as gateway, opened(gateway) as provider:
        gateway.sent += [(MINE, f"s-{n}") for n in range(120)]
        found = provider.look_up(about("s-119"), SOON)
        assert isinstance(found, DeliveryReceipt)
        assert [one.query["CurrentPage"] for one in gateway.received] == ["1", "2", "3"]
        assert provider.look_up(about("s-absent"), SOON) == Unknown(NOT_LISTED)
        assert len(gateway.received) == 6
        assert isinstance(provider.look_up(about("s-3"), SOON), DeliveryReceipt)
        assert len(gateway.received) == 7


def test_the_awaited_provider_turns_pages_too() -> None:
    async def run(url: str) -> Any:
        async with async_http_provider(
            aliyun(url), HttpSettings(private_line=True), clock=FrozenClock(AT)
        ) as provider:
            told: Any = provider
            return await told.look_up(about("s-60"), SOON)

    with FakeAliyun(SECRET) as gateway:
        gateway.sent += [(MINE, f"s-{n}") for n in range(61)]
        assert isinstance(asyncio.run(run(gateway.url)), DeliveryReceipt)


def test_at_tencent_a_full_answer_has_its_span_cut_in_two() -> None:
    """There is no second page: Offset must be 0."""
    now = int(AT.timestamp())
    with FakeTencent(SECRET) as gateway, opened(gateway) as provider:
        gateway.statuses += [status(now - 3 * n, f"s-{n}") for n in range(260)]
        for wanted in ("s-259", "s-0", "s-130"):
            assert isinstance(provider.look_up(about(wanted), SOON), DeliveryReceipt)
        before = len(gateway.received)
        assert provider.look_up(about("s-absent"), SOON) == Unknown(NOT_LISTED)
        assert len(gateway.received) - before <= 20


def test_the_wire_of_a_span() -> None:
    """The span ends now and begins the day before the submit, and not before what the gateway keeps."""
    codec = tencent()
    first = codec.build_lookup(about("s-1"), now=AT, nonce="n")
    now = int(AT.timestamp())
    assert json.loads(first.body) == {
        "BeginTime": 1790121600,
        "EndTime": now,
        "Limit": 100,
        "Offset": 0,
        "PhoneNumber": f"+86{MINE}",
        "SmsSdkAppId": "1400000000",
    }
    late = codec.build_lookup(about("s-1"), now=AT + timedelta(days=30), nonce="n")
    assert json.loads(late.body)["BeginTime"] == now + 23 * 86_400
    full = json.dumps({"Response": {"PullSmsSendStatusSet": [status(now - 60, "s-2")] * 100}}).encode()
    page = codec.next_page(about("s-1"), HttpResponse(200, {}, full), "", now=AT)
    assert page == f"1790121600-{now - 60},{now - 60}-{now}"
    second = codec.build_page(about("s-1"), page, now=AT, nonce="n")
    assert json.loads(second.body)["EndTime"] == now - 60
    empty = HttpResponse(200, {}, b'{"Response": {"PullSmsSendStatusSet": []}}')
    assert codec.next_page(about("s-1"), empty, page, now=AT) == f"{now - 60}-{now}"
    assert codec.next_page(about("s-1"), empty, f"{now - 60}-{now}", now=AT) == ""


class Endless(FakeAliyun):
    """Says that there is always more."""

    def _querysenddetails(self, asked: Any) -> Any:
        told = super()._querysenddetails({**asked, "CurrentPage": "1"})
        return evolve(told, body=json.dumps({**json.loads(told.body), "TotalCount": 10**9}).encode())


def test_pages_have_an_end() -> None:
    now = int(AT.timestamp())
    with Endless(SECRET) as gateway, opened(gateway) as provider:
        gateway.sent.append((MINE, "s-0"))
        assert provider.look_up(about("s-absent"), SOON) == Unknown("too_many_pages")
        assert len(gateway.received) == 20
    with FakeTencent(SECRET) as gateway, opened(gateway) as provider:
        gateway.statuses += [status(now - 5, f"s-{n}") for n in range(100)]
        assert provider.look_up(about("s-absent"), SOON).cause in {NOT_LISTED, "too_many_pages"}
        assert len(gateway.received) <= 20


def test_a_refused_page_says_nothing_of_the_message() -> None:
    with FakeAliyun(SECRET) as gateway, opened(gateway) as provider:
        gateway.refused_with = "Throttling.User"
        assert provider.look_up(about("s-1"), SOON) == Unknown("not_answered")
        assert len(gateway.received) == 1


def test_each_message_of_a_batch_can_be_looked_up() -> None:
    """A batch has one echo for all its numbers: it holds a tag of each."""
    sent = [
        evolve(messages()[0], step_key=f"k-{n}", message_id=f"m-{n}", to=PhoneNumber.parse(MINE, region="CN"))
        for n in range(3)
    ]
    others = [
        evolve(one, to=PhoneNumber.parse(f"1740000{1000 + n}", region="CN"), step_key=f"o-{n}")
        for n, one in enumerate(messages() * 12)
    ]
    for gateway in (FakeAliyun(SECRET), FakeTencent(SECRET)):
        with gateway, opened(gateway) as provider:
            provider.submit_many([*sent, *others], SOON)
            assert max(map(len, provider.codec.batches([*sent, *others]))) > 10
            for one in sent:
                told = provider.look_up(about(one.step_key), SOON)
                assert isinstance(told, DeliveryReceipt)
                assert told.step_key == one.step_key
            assert provider.look_up(about("k-9"), SOON) == Unknown(NOT_LISTED)


def test_the_receipt_of_a_batch_names_no_step_it_is_matched_by_its_id() -> None:
    (told,) = aliyun().parse_callback(pushed([{**RECEIPT, "out_id": FIELD.of_batch(["s-0", "s-1"])}]))
    (other,) = tencent().parse_callback(pushed([{**STATUS, "ext": FIELD.of_batch(["s-0", "s-1"])}]))
    assert told.step_key is other.step_key is None
    assert told.provider_message_id
    assert other.provider_message_id


@given(keys=st.lists(KEYS, min_size=1, max_size=FIELD.most_in_batch, unique=True), other=KEYS)
def test_an_echo_tells_its_own_messages_from_others(keys: list[str], other: str) -> None:
    echo = FIELD.of_batch(keys)
    assert len(echo) <= 255
    assert all(FIELD.carries(echo, one) for one in keys)
    assert FIELD.carries(echo, other) is (other in keys)
    assert FIELD.step_key(echo) is None
    assert FIELD.carries(FIELD.of_message(other), other)
    assert not FIELD.carries("", other)


PAGE = st.dictionaries(
    st.sampled_from(["TotalCount", "SmsSendDetailDTOs", "Response", "Code", "PullSmsSendStatusSet"]),
    st.none() | st.integers() | st.text(max_size=5) | st.just({"SmsSendDetailDTO": [{}] * 50}),
)


@given(told=PAGE, raw=st.binary(max_size=20))
@pytest.mark.parametrize("codec", [aliyun(), tencent()], ids=lambda one: one.name)
def test_what_follows_a_strange_page_is_a_page_or_nothing(codec: Any, told: Any, raw: bytes) -> None:
    assert isinstance(codec, PagedLookupCodec)
    for body in (json.dumps({"Code": "OK", **told}).encode(), json.dumps({"Response": told}).encode(), raw):
        page = codec.next_page(about("s-1"), HttpResponse(200, {}, body), "", now=AT)
        if page:
            codec.build_page(about("s-1"), page, now=AT, nonce="n")
