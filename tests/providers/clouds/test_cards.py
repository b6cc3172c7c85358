"""A card goes with a text to fall back to: whose handset shows it is asked, and the leg that arrived is told."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.providers.clouds.test_conformance import RECEIPT, SECRET, aliyun, messages, pushed, tencent

from loansms.clock import FrozenClock
from loansms.errors import ProviderError, UnsupportedByProvider
from loansms.model import (
    Accepted,
    Button,
    Card,
    DeliveryReceipt,
    DeliveryStatus,
    PhoneNumber,
    Picture,
    Unknown,
)
from loansms.privacy import Secret
from loansms.providers.base import SupportsCards
from loansms.providers.codec import CardCodec, Enquiry, HttpRequest, HttpResponse
from loansms.providers.http import HttpSettings, http_provider
from loansms.providers.wire.kept_templates import KeptTemplates
from loansms.testing.examples import AT, message
from loansms.testing.fake_clouds import FakeAliyun

SAMPLE = messages()[1]
WITH_CARD = KeptTemplates.of(
    {
        SAMPLE.template: {
            SAMPLE.locale: {"code": "SMS_1", "card": "CARD_SMS_1", "params": {"money": "amount_due"}}
        }
    }
)
SOON = AT + timedelta(seconds=5)
PHONES = [PhoneNumber.parse(f"1740000{n:04}", region="CN") for n in range(250)]


def codec(url: str = "https://dysmsapi.aliyuncs.com") -> Any:
    return evolve(aliyun(url), templates=WITH_CARD)


def test_a_card_of_the_message_fills_the_variables_of_the_card_and_not_of_the_text() -> None:
    kept = {"code": "SMS_1", "card": "CARD_SMS_1", "params": {"money": "amount_due", "url": "card_link_1"}}
    one = evolve(aliyun(), templates=KeptTemplates.of({SAMPLE.template: {SAMPLE.locale: kept}}))
    shown = Card(
        title=Secret("t"),
        picture=Picture(content=Secret(b""), width=1, height=1),
        buttons=(Button("b", "https://pay.example.net/1"),),
        fallback=Secret("f"),
    )
    _, told = asked(one.build_request(evolve(SAMPLE, card=shown), now=AT, nonce="n"))
    (sent,) = json.loads(told["CardObjects"])
    assert json.loads(sent["dyncParams"]) == {"money": "canary-sum-1", "url": "https://pay.example.net/1"}
    assert json.loads(told["SmsTemplateParam"]) == {"money": "canary-sum-1"}
    with pytest.raises(UnsupportedByProvider, match="card_link_1"):
        one.build_request(SAMPLE, now=AT, nonce="n")


def provider(gateway: FakeAliyun) -> Any:
    return http_provider(codec(gateway.url), HttpSettings(private_line=True), clock=FrozenClock(AT))


def enquiry(step_key: str = "s-1") -> Enquiry:
    return Enquiry(
        step_key=step_key,
        message_id="m-1",
        to=message().to,
        provider_message_id="",
        submitted_on=date(2026, 9, 24),
    )


def record(**changes: Any) -> dict[str, Any]:
    return {
        "OutId": "s-1", "PhoneNumber": "17400000001", "SendStatus": 3, "ErrCode": "DELIVERED", "TemplateCode": "CARD_SMS_1",
        "SendDate": "2026-09-24 10:00:00", "ReceiveDate": "2026-09-24 10:00:07", "RenderStatus": 1, "SmsContent": "",
        **changes,
    }  # fmt: skip


def looked_up(*records: object) -> Any:
    body = json.dumps({"Code": "OK", "CardSendDetailDTO": {"TotalCount": 1, "Records": records}}).encode()
    return codec().parse_lookup(enquiry(), HttpResponse(200, {}, body))


def asked(request: HttpRequest) -> tuple[str, dict[str, str]]:
    return request.headers["x-acs-action"], dict(parse_qsl(urlsplit(request.url).query))


def test_the_wire_of_cards() -> None:
    """Field by field as the vendor's SDK writes them."""
    one = codec()
    assert asked(one.build_request(SAMPLE, now=AT, nonce="n")) == (
        "SendCardSms",
        {
            "CardObjects": '[{"mobile": "17400000001", "dyncParams": "{\\"money\\": \\"canary-sum-1\\"}"}]',
            "CardTemplateCode": "CARD_SMS_1",
            "FallbackType": "SMS",
            "OutId": "s-1",
            "SignName": "示例",
            "SmsTemplateCode": "SMS_1",
            "SmsTemplateParam": '{"money": "canary-sum-1"}',
        },
    )
    support = one.build_card_support(PHONES[:2], SAMPLE.template, SAMPLE.locale, now=AT, nonce="n")
    assert asked(support) == (
        "QueryMobilesCardSupport",
        {
            "EncryptType": "NORMAL",
            "Mobiles": '[{"mobile": "17400000000"}, {"mobile": "17400000001"}]',
            "TemplateCode": "CARD_SMS_1",
        },
    )
    page = {"CurrentPage": "2", "PageSize": "50", "PhoneNumber": "17400000001", "SendDate": "20260924"}
    assert asked(one.build_page(enquiry(), "card:2", now=AT, nonce="n")) == ("GetCardSmsDetails", page)
    assert asked(one.build_page(enquiry(), "2", now=AT, nonce="n")) == ("QuerySendDetails", page)


@pytest.mark.parametrize(("shows", "leg"), [(True, "card"), (False, "text")])
def test_a_look_up_tells_which_leg_arrived(shows: bool, leg: str) -> None:
    with FakeAliyun(SECRET) as gateway, provider(gateway) as road:
        gateway.without_cards |= set() if shows else {"17400000001"}
        assert isinstance(road.submit(SAMPLE, SOON), Accepted)
        told = road.look_up(enquiry(), SOON)
        assert isinstance(told, DeliveryReceipt)
        assert (told.status, told.leg) == (DeliveryStatus.DELIVERED, leg)
        assert told.raw_code == ("CARD_SHOWN" if shows else "DELIVERED")
        actions = [one.headers["x-acs-action"] for one in gateway.received]
        assert actions == ["SendCardSms", "QuerySendDetails", "GetCardSmsDetails"]


def test_who_sends_no_cards_is_not_asked_about_them() -> None:
    with FakeAliyun(SECRET) as gateway:
        road: Any = http_provider(aliyun(gateway.url), HttpSettings(private_line=True), clock=FrozenClock(AT))
        assert road.look_up(enquiry(), SOON) == Unknown("not_listed")
        assert [one.headers["x-acs-action"] for one in gateway.received] == ["QuerySendDetails"]
        with pytest.raises(UnsupportedByProvider, match="no card"):
            road.card_support(PHONES[:1], SAMPLE.template, SAMPLE.locale, SOON)


def test_the_failure_of_a_card_is_not_the_failure_of_the_message() -> None:
    failed = record(SendStatus=4, ErrCode="NOT_SUPPORTED", RenderStatus=0)
    text = record(TemplateCode="SMS_1", SmsContent="-", RenderStatus=0)
    assert looked_up(failed) == Unknown("card_failed")
    assert looked_up(failed, {**text, "SendStatus": 1}) == Unknown("waiting")
    arrived = looked_up(failed, text)
    assert (arrived.status, arrived.leg) == (DeliveryStatus.DELIVERED, "text")
    lost = looked_up(failed, {**text, "SendStatus": 2, "ErrCode": "MOBILE_IN_BLACK"})
    assert (lost.status, lost.leg, lost.raw_code) == (DeliveryStatus.REJECTED, "text", "MOBILE_IN_BLACK")


def test_a_card_that_came_and_was_not_shown_says_so() -> None:
    told = looked_up(record(RenderStatus=3))
    assert (told.status, told.leg, told.raw_code) == (DeliveryStatus.DELIVERED, "card", "CARD_NOT_SHOWN")


def test_a_receipt_that_names_its_template_tells_the_leg() -> None:
    for template, leg in (("SMS_1", "text"), ("CARD_SMS_1", "card"), ("SMS_2", "")):
        (told,) = codec().parse_callback(pushed([{**RECEIPT, "template_code": template}]))
        assert told.leg == leg
    assert codec().parse_callback(pushed([RECEIPT]))[0].leg == ""


def test_whose_handset_shows_cards_is_told_for_each_number() -> None:
    with FakeAliyun(SECRET) as gateway, provider(gateway) as road:
        gateway.without_cards.add("17400000003")
        assert isinstance(road, SupportsCards)
        told = road.card_support(PHONES, SAMPLE.template, SAMPLE.locale, SOON)
        assert told == [one.e164 != "+8617400000003" for one in PHONES]
        assert len(gateway.received) == 3
        gateway.refused_with = "Throttling.User"
        with pytest.raises(ProviderError, match="cards"):
            road.card_support(PHONES[:1], SAMPLE.template, SAMPLE.locale, SOON)
    assert not isinstance(tencent(), CardCodec)


VALUES = (
    st.none() | st.booleans() | st.integers(-1, 5) | st.sampled_from(["s-1", "3", "SMS_1", "17400000001"])
)
RECORD = st.dictionaries(st.sampled_from([*record(), "Mobile", "Support"]), VALUES)


@given(told=st.none() | st.lists(RECORD | VALUES, max_size=3))
def test_a_strange_list_tells_nothing_and_falls_over_nothing(told: Any) -> None:
    body = json.dumps(
        {"Code": "OK", "CardSendDetailDTO": {"Records": told}, "Data": {"QueryResult": told}}
    ).encode()
    found = codec().parse_lookup(enquiry(), HttpResponse(200, {}, body))
    assert isinstance(found, Unknown | Accepted | DeliveryReceipt)
    support = codec().parse_card_support(PHONES[:2], HttpResponse(200, {}, body))
    assert all(one in (True, False, None) for one in support)
    assert len(support) == 2
