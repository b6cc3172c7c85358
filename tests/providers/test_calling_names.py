"""Names on calls: what a borrower will see is never promised too early, and no application is made twice by itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve

from loansms.clock import FrozenClock
from loansms.errors import ConfigurationError, ProviderError, UnsupportedByProvider
from loansms.privacy import Secret
from loansms.providers.calling_name import (
    CallingProfile,
    CardState,
    CardStatus,
    MarkKind,
    NumberMark,
    limits,
    seen_as,
    too_long,
)
from loansms.providers.calling_name_http import AsyncHttpCallingNames, HttpCallingNames
from loansms.providers.calling_name_port import AsyncCallingNames, CallingNames
from loansms.providers.calling_name_sandbox import AsyncSandboxCallingNames, SandboxCallingNames
from loansms.providers.codec import HttpResponse
from loansms.providers.http import HttpSettings
from loansms.providers.tencent import TencentCallingNamesCodec, TencentKeys
from loansms.testing.calling_names_suite import CARD, DEADLINE, CallingNamesSuite
from loansms.testing.codec_suite import GARBAGE
from loansms.testing.examples import AT
from loansms.testing.fake_cloud_calls import FakeTencentNames
from loansms.testing.gateway import Fault

NUMBER = CARD.numbers[0]
SHOWN = CardStatus(number=NUMBER, state=CardState.SHOWN, shown_on=("handset",))


def codec(endpoint: str = "https://smpn.tencentcloudapi.com") -> TencentCallingNamesCodec:
    keys = TencentKeys(secret_id="id-1", secret_key=Secret("key-1"))
    return TencentCallingNamesCodec(keys=keys, resource_id="resource-1", endpoint=endpoint)


def joined(gateway: FakeTencentNames) -> HttpCallingNames:
    return HttpCallingNames(codec(gateway.url), HttpSettings(private_line=True), clock=FrozenClock(AT))


@pytest.fixture
def gateway() -> Iterator[FakeTencentNames]:
    with FakeTencentNames("key-1") as made:
        yield made


class TestSandbox(CallingNamesSuite):
    def make_names(self) -> CallingNames:
        return SandboxCallingNames()


class TestTencent(CallingNamesSuite):
    @pytest.fixture(autouse=True)
    def _served(self, gateway: FakeTencentNames) -> Iterator[None]:
        self.names = joined(gateway)
        yield
        self.names.close()

    def make_names(self) -> CallingNames:
        return self.names


@pytest.mark.parametrize(
    ("status", "number", "code"),
    [
        (None, NUMBER, "card_not_applied_for"),
        (evolve(SHOWN, state=CardState.PENDING), NUMBER, "card_pending"),
        (evolve(SHOWN, state=CardState.REFUSED), NUMBER, "card_refused"),
        (evolve(SHOWN, state=CardState.WITHDRAWN), NUMBER, "card_withdrawn"),
        (evolve(SHOWN, state=CardState.UNKNOWN), NUMBER, "card_unknown"),
        (evolve(SHOWN, state=CardState.NOT_SENT), NUMBER, "card_not_sent"),
        (SHOWN, CARD.numbers[1], "card_of_another_number"),
        (SHOWN, "400-000-0009", "card_of_another_number"),
    ],
)
def test_a_card_that_is_not_shown_for_this_number_is_told_as_the_number_alone(
    status: CardStatus | None, number: str, code: str
) -> None:
    seen = seen_as(CARD, status, number)
    assert (seen.shown, seen.reason.code, seen.shown_on) == ("", code, ())


def test_a_mark_of_this_number_is_told_beside_its_name_and_others_are_passed_over() -> None:
    bad = NumberMark(number="+86 4000000000", kind=MarkKind.HARASSMENT, source="x", count=12)
    other = evolve(bad, number=CARD.numbers[1])
    clean = evolve(bad, kind=MarkKind.NONE)
    seen = seen_as(CARD, SHOWN, NUMBER, [bad, other, clean])
    assert (seen.shown, seen.reason.code, seen.marks) == (CARD.display, "number_marked", (bad,))
    assert seen_as(CARD, SHOWN, NUMBER, [other, clean]).reason.code == "card_shown"


@pytest.mark.parametrize(
    "wrong",
    [
        {"display": ""}, {"display": "400-000-0000"}, {"display": "a\nb"}, {"display": "a\u202eb"}, {"display": "字" * 101},
        {"numbers": ()}, {"numbers": ("400-000-0000", "4000000000")}, {"numbers": ("call us",)}, {"enterprise": " "},
    ],
)  # fmt: skip
def test_a_profile_that_no_vendor_could_show_is_refused_when_it_is_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="calling name: "):
        evolve(CARD, **wrong)


def test_a_name_that_would_be_cut_off_is_told_before_it_is_applied_for() -> None:
    long = evolve(CARD, display="Example Consumer Finance", call_reason="r" * 65)
    assert [one.code for one in too_long(long, limits()["cnam"])] == ["card_too_long"]
    assert "65 characters" in too_long(long, limits()["twilio_us_enhanced"])[0].message
    assert all(one.source for one in limits().values())


def test_the_wire_is_what_the_pages_show() -> None:
    request = codec().build_application(CARD, NUMBER, now=AT, nonce="n")
    assert json.loads(request.body) == {
        "RequestData": {"PhoneNumber": "4000000000", "Name": "示例消费金融"},
        "ResourceId": "resource-1",
    }
    named = {one: request.headers[one] for one in ("host", "x-tc-action", "x-tc-version")}
    assert named == {
        "host": "smpn.tencentcloudapi.com", "x-tc-action": "CreateSmpnEpa", "x-tc-version": "2019-08-22",
    }  # fmt: skip
    assert "x-tc-region" not in request.headers
    asked = codec().build_marks(NUMBER, now=AT, nonce="n")
    assert (asked.headers["x-tc-action"], json.loads(asked.body)["RequestData"]) == (
        "DescribeSmpnChp", {"PhoneNumber": "4000000000"},
    )  # fmt: skip


def test_an_answer_that_makes_no_sense_is_neither_taken_nor_refused() -> None:
    for body in (*GARBAGE, b'{"Response": {"ResponseData": {"RetCode": 7}}}', b'{"Response": {}}'):
        told = codec().parse_application(NUMBER, HttpResponse(200, {}, body))
        assert told.state is CardState.UNKNOWN, body[:40]
        with pytest.raises(ProviderError):
            codec().parse_marks(NUMBER, HttpResponse(200, {}, body))


def test_a_lost_answer_is_unknown_and_no_second_application_leaves(gateway: FakeTencentNames) -> None:
    gateway.fail(Fault.CLOSE, Fault.SERVER_ERROR)
    with joined(gateway) as names:
        assert [one.state for one in names.apply(CARD, DEADLINE)] == [CardState.UNKNOWN] * 2
        assert len(gateway.received) == 2
        gateway.refused_with = "AuthFailure.SignatureFailure"
        assert {one.state for one in names.apply(CARD, DEADLINE)} == {CardState.NOT_SENT}


def test_a_vendor_nobody_reaches_took_nothing_and_what_it_cannot_do_is_said(
    gateway: FakeTencentNames,
) -> None:
    gateway.tags["4000000001"] = (54, 31)
    with joined(gateway) as names:
        none, fraud = names.marks(CARD.numbers, DEADLINE)
        assert (none.kind, fraud.kind, fraud.count) == (MarkKind.NONE, MarkKind.FRAUD, 31)
        with pytest.raises(UnsupportedByProvider):
            names.status("x", DEADLINE)
        with pytest.raises(UnsupportedByProvider):
            names.withdraw("x", DEADLINE)
    unreached = HttpCallingNames(
        codec("http://127.0.0.1:1"), HttpSettings(private_line=True), clock=FrozenClock(AT)
    )
    assert {one.state for one in unreached.apply(CARD, DEADLINE)} == {CardState.NOT_SENT}
    with pytest.raises(ProviderError, match="no answer"):
        unreached.marks(CARD.numbers, DEADLINE)
    unreached.close()


def test_the_awaited_faces_do_the_same(gateway: FakeTencentNames) -> None:
    async def applied(names: AsyncCallingNames) -> list[CardState]:
        assert isinstance(names, AsyncCallingNames)
        return [one.state for one in await names.apply(CARD, DEADLINE)]

    async def run() -> None:
        async with AsyncHttpCallingNames(
            codec(gateway.url), HttpSettings(private_line=True), clock=FrozenClock(AT)
        ) as names:
            assert await applied(names) == [CardState.PENDING] * 2
        sandbox = AsyncSandboxCallingNames()
        assert await applied(sandbox) == [CardState.PENDING] * 2
        assert (await sandbox.status("card-1", DEADLINE)).state is CardState.SHOWN
        assert (await sandbox.withdraw("card-1", DEADLINE)).state is CardState.WITHDRAWN
        assert len(await sandbox.marks(CARD.numbers, DEADLINE)) == 2

    asyncio.run(run())
    assert gateway.taken == ["4000000000", "4000000001"]


def test_a_strict_sandbox_refuses_a_card_without_licences() -> None:
    card = CallingProfile(enterprise="示例", display="示例", numbers=("400-000-0000",))
    [told] = SandboxCallingNames(strict=True).apply(card, DEADLINE)
    assert (told.state, told.code) == (CardState.REFUSED, "no_licence")
