"""What the two clouds say of a message, and what becomes of it: codes, batches, look-ups, receipts, replies, bad bytes."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.providers.clouds.test_conformance import (
    DOOR,
    KEPT,
    RECEIPT,
    REPLY,
    SECRET,
    STATUS,
    aliyun,
    messages,
    pushed,
    tencent,
)
from tests.providers.clouds.test_voice import aliyun as calls_of_aliyun
from tests.providers.clouds.test_voice import tencent as calls_of_tencent

from loansms.clock import FrozenClock
from loansms.errors import ConfigurationError, UnsupportedByProvider
from loansms.model import (
    Accepted,
    Channel,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    OutcomeClass,
    PhoneNumber,
    Rejected,
    Unknown,
)
from loansms.providers.callbacks import Guarded, receive
from loansms.providers.codec import CallbackAnswer, CallbackRefused, Enquiry, HttpResponse
from loansms.providers.http import HttpSettings, http_provider
from loansms.providers.wire.kept_templates import KeptTemplates
from loansms.testing.examples import AT, message
from loansms.testing.fake_clouds import FakeAliyun, FakeTencent

NOW = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
CODECS = {"aliyun": aliyun(), "tencent": tencent()}


def answered(told: object, status: int = 200, **headers: str) -> HttpResponse:
    return HttpResponse(status, headers, json.dumps(told).encode())


def enquiry(step_key: str = "s-1") -> Enquiry:
    return Enquiry(
        step_key=step_key,
        message_id="m-1",
        to=message().to,
        provider_message_id="",
        submitted_on=date(2026, 9, 24),
    )


def test_the_request_carries_template_values_and_our_key_and_no_brackets() -> None:
    request = aliyun().build_request(messages()[0], now=NOW, nonce="n-1")
    query = parse_qs(urlsplit(request.url).query)
    assert query["PhoneNumbers"] == ["17400000001"]
    assert (query["SignName"], query["TemplateCode"], query["OutId"]) == (["安信示例"], ["SMS_1"], ["s-0"])
    assert json.loads(query["TemplateParam"][0]) == {"money": "canary-sum-0"}
    assert request.headers["x-acs-date"] == "2026-09-24T02:00:00Z"
    told = json.loads(tencent().build_request(messages()[0], now=NOW, nonce="n-1").body)
    assert told["PhoneNumberSet"] == ["+8617400000001"]
    assert (told["TemplateParamSet"], told["SessionContext"]) == (["canary-sum-0"], "s-0")


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
def test_a_template_nobody_mapped_is_refused_before_anything_is_sent(codec: Any) -> None:
    """And so is one that asks for a value the text has not: nothing is dropped, nothing is guessed."""
    with pytest.raises(UnsupportedByProvider, match="mapped"):
        codec.build_request(evolve(messages()[0], template="reminder.other"), now=NOW, nonce="n")
    with pytest.raises(UnsupportedByProvider, match="amount_due"):
        codec.build_request(evolve(messages()[0], slots={}), now=NOW, nonce="n")


@pytest.mark.parametrize(
    ("code", "kind", "retryable", "per_number"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", OutcomeClass.RATE_LIMITED, True, True),
        ("isv.AMOUNT_NOT_ENOUGH", OutcomeClass.BALANCE, True, False),
        ("isv.MOBILE_NUMBER_ILLEGAL", OutcomeClass.INVALID_NUMBER, False, False),
        ("isv.SMS_SIGNATURE_ILLEGAL", OutcomeClass.TEMPLATE_REJECTED, False, False),
    ],
)
def test_codes_of_aliyun(code: str, kind: OutcomeClass, retryable: bool, per_number: bool) -> None:
    told = aliyun().parse_response(message(), answered({"Code": code, "RequestId": "r"}))
    assert isinstance(told, Rejected)
    assert (told.kind, told.retryable, told.per_number) == (kind, retryable, per_number)


def test_a_limit_of_aliyun_says_how_long_to_wait() -> None:
    told = aliyun().parse_response(
        message(), answered({"Code": "Throttling.User"}, 429, **{"X-Acs-Retry-After": "1500"})
    )
    assert isinstance(told, Rejected)
    assert told.retry_after == timedelta(seconds=1.5)


@pytest.mark.parametrize("code", ["isp.SYSTEM_ERROR", "InternalError", "isv.NEVER_HEARD_OF"])
def test_what_may_have_been_sent_is_unknown(code: str) -> None:
    assert aliyun().parse_response(message(), answered({"Code": code}, 500)) == Unknown(code)


def test_of_a_batch_some_may_be_taken_and_others_not() -> None:
    told = [
        {"PhoneNumber": "+8617400000001", "Code": "Ok", "SerialNo": "1:1", "Fee": 1},
        {"PhoneNumber": "+8617400000002", "Code": "LimitExceeded.PhoneNumberDailyLimit", "SerialNo": ""},
        {"PhoneNumber": "+8617400000003", "Code": "InternalError.Timeout", "SerialNo": ""},
    ]
    sent = [
        evolve(messages()[0], to=type(message().to).parse(f"1740000000{n}", region="CN"))
        for n in (1, 2, 3, 4)
    ]
    found = tencent().parse_batch(sent, answered({"Response": {"SendStatusSet": told}}))
    assert found[0] == Accepted("1:1", segments=1)
    assert isinstance(found[1], Rejected)
    assert found[1].per_number
    assert found[2] == Unknown("InternalError.Timeout")
    assert isinstance(found[3], Unknown)


def test_groups_of_a_call_lose_nobody() -> None:
    many = [evolve(messages()[n % 5], message_id=f"m-{n}") for n in range(230)]
    for codec in CODECS.values():
        groups = codec.batches(many)
        assert sorted(one.message_id for group in groups for one in group) == sorted(
            one.message_id for one in many
        )
        assert max(map(len, groups)) <= codec.most
    # Tencent writes the same values to all numbers of a call.
    assert all(len({one.slots["amount_due"] for one in group}) == 1 for group in tencent().batches(many))


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
def test_no_number_stands_twice_in_a_request(codec: Any) -> None:
    """The answer names numbers: of two messages to one nobody could tell which was taken."""
    many = [
        evolve(messages()[0], message_id=f"m-{n}", to=PhoneNumber.parse(f"1740000000{n % 3}", region="CN"))
        for n in range(9)
    ]
    groups = codec.batches(many)
    assert sorted(one.message_id for group in groups for one in group) == sorted(
        one.message_id for one in many
    )
    assert all(len({one.to.e164 for one in group}) == len(group) for group in groups)
    assert max(map(len, groups)) == 3


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
def test_what_cannot_be_filled_takes_no_group_with_it(codec: Any) -> None:
    groups = codec.batches([evolve(messages()[0], slots={}), *messages()[1:3]])
    assert [one.message_id for one in groups[0]] == ["m-0"]


def test_the_rendering_of_a_card_is_dated_by_its_coming() -> None:
    told = {"mobile": "17400000001", "outId": "s-0", "render_status": 0, "desc": "-"}
    (read,) = aliyun().parse_callback(evolve(pushed([told]), received_at=NOW))
    assert (read.step_key, read.status, read.at) == ("s-0", DeliveryStatus.DELIVERED, NOW)


def test_a_card_falls_back_to_the_text_and_names_its_legs() -> None:
    kept = {"code": "SMS_1", "card": "CARD_1", "params": {"money": "amount_due"}}
    sample = messages()[0]
    with FakeAliyun(SECRET) as gateway:
        codec = evolve(
            aliyun(gateway.url), templates=KeptTemplates.of({sample.template: {sample.locale: kept}})
        )
        provider = http_provider(codec, HttpSettings(private_line=True), clock=FrozenClock(AT))
        told = provider.submit(sample, AT + timedelta(seconds=5))
        assert isinstance(told, Accepted)
        assert len(told.parts) == 2
        asked = gateway.received[0].query
    assert (asked["FallbackType"], asked["SmsTemplateCode"]) == ("SMS", "SMS_1")
    leg = codec.parse_callback(pushed([{**RECEIPT, "biz_id": "sms1", "out_id": ""}]))
    assert isinstance(leg, list)
    assert leg[0].provider_message_id == told.parts[1]


def test_what_nobody_knew_is_found_by_asking() -> None:
    with FakeAliyun(SECRET) as gateway:
        provider: Any = http_provider(
            aliyun(gateway.url), HttpSettings(private_line=True), clock=FrozenClock(AT)
        )
        provider.submit(messages()[1], AT + timedelta(seconds=5))
        told = provider.look_up(enquiry(), AT + timedelta(seconds=5))
        assert isinstance(told, DeliveryReceipt)
        assert (told.step_key, told.status) == ("s-1", DeliveryStatus.DELIVERED)
        assert provider.look_up(enquiry("s-9"), AT + timedelta(seconds=5)) == Unknown("not_listed")
    with FakeTencent(SECRET) as gateway:
        provider = http_provider(tencent(gateway.url), HttpSettings(private_line=True), clock=FrozenClock(AT))
        provider.submit(messages()[1], AT + timedelta(seconds=5))
        told = provider.look_up(enquiry(), AT + timedelta(seconds=5))
        assert isinstance(told, DeliveryReceipt)
        assert provider.look_up(enquiry("s-9"), AT + timedelta(seconds=5)) == Unknown("not_listed")
        (receipt,) = provider.receipts(AT)
        assert (receipt.step_key, receipt.status) == ("s-1", DeliveryStatus.DELIVERED)
        assert provider.receipts(AT) == []


def test_a_receipt_names_number_and_id_and_a_forged_number_matches_nothing() -> None:
    """The vendor signs nothing: an id that leaked is worth nothing without the number it was for."""
    codec = aliyun()
    accepted = codec.parse_response(message(), answered({"Code": "OK", "BizId": "9006^0"}))
    assert isinstance(accepted, Accepted)
    (told,) = codec.parse_callback(pushed([RECEIPT]))
    (forged,) = codec.parse_callback(pushed([{**RECEIPT, "phone_number": "17400000002"}]))
    assert told.provider_message_id == accepted.provider_message_id != forged.provider_message_id
    assert (told.status, told.segments, told.at.isoformat()) == (
        DeliveryStatus.DELIVERED,
        2,
        "2026-09-24T10:00:05+08:00",
    )
    assert "1740000" not in repr(told) + accepted.provider_message_id


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("MOBILE_IN_BLACK", DeliveryStatus.REJECTED, OutcomeClass.OPTED_OUT),
        ("MOBILE_NOT_ON_SERVICE", DeliveryStatus.UNDELIVERED, OutcomeClass.FAILED_RETRYABLE),
        ("NEVER_HEARD_OF", DeliveryStatus.UNDELIVERED, OutcomeClass.UNKNOWN),
        ("REQUEST_SUCCESS", DeliveryStatus.UNKNOWN, OutcomeClass.UNKNOWN),
    ],
)
def test_a_receipt_that_says_failed_did_fail(code: str, status: DeliveryStatus, kind: OutcomeClass) -> None:
    (told,) = aliyun().parse_callback(pushed([{**RECEIPT, "success": False, "err_code": code}]))
    assert (told.status, told.kind, told.raw_code) == (status, kind, code)


def test_the_international_sites_spelling_is_read_too() -> None:
    abroad = {"To": "8617400000001", "Status": "1", "MessageId": "77", "SmsSize": "1",
              "ReceiveDate": "Thu, 24 Sep 2026 10:00:05 +0800"}  # fmt: skip
    (told,) = aliyun().parse_callback(pushed([abroad]))
    assert (told.status, told.at) == (
        DeliveryStatus.DELIVERED,
        datetime.fromisoformat("2026-09-24T10:00:05+08:00"),
    )


def test_a_sentence_in_the_place_of_a_code_is_not_kept() -> None:
    """It may quote the number or the name; all that was said stays in `raw`, a Secret."""
    told = {**STATUS, "report_status": "FAIL", "errmsg": "no route to 17400000001, canary-name"}
    (read,) = tencent().parse_callback(pushed([told]))
    assert read.raw_code == "unreadable_code"
    answer = aliyun().parse_response(message(), answered({"Code": "17400000001 is canary-name's"}))
    assert answer == Unknown("unreadable_code")
    assert "17400000001" not in f"{read!r} {answer!r}"
    assert "canary" not in f"{read!r} {answer!r}"


def test_a_carriers_word_decides_what_a_failure_at_tencent_means() -> None:
    (told,) = tencent().parse_callback(pushed([{**STATUS, "report_status": "FAIL", "errmsg": "MK:0001"}]))
    assert (told.status, told.kind, told.raw_code) == (
        DeliveryStatus.UNDELIVERED, OutcomeClass.INVALID_NUMBER, "MK:0001",
    )  # fmt: skip


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
def test_a_reply_hides_its_words(codec: Any) -> None:
    told = codec.parse_callback(
        pushed([REPLY])
        if codec.name == "aliyun"
        else pushed(
            {"extend": "01", "mobile": "17400000001", "nationcode": "86", "text": "canary-reply", "time": 1}
        )
    )
    assert isinstance(told[0], InboundMessage)
    assert "canary-reply" not in repr(told)
    assert (told[0].phone.country, told[0].text.reveal()) == ("CN", "canary-reply")


EVERY = [*CODECS.values(), calls_of_aliyun(), calls_of_tencent()]


@pytest.mark.parametrize("codec", EVERY, ids=lambda one: one.name)
def test_without_a_guard_nobody_is_believed(codec: Any) -> None:
    """And with one only who comes by its door."""
    guessed = evolve(pushed([]), url="https://lender.example/in/guess")
    assert codec.authenticate(pushed([]), now=NOW) == CallbackRefused("unguarded")
    assert receive(codec, pushed([RECEIPT]), NOW) == ((), CallbackAnswer(403))
    guarded = Guarded(codec, DOOR)
    assert guarded.authenticate(pushed([]), now=NOW) is None
    assert guarded.authenticate(guessed, now=NOW) == CallbackRefused("path")
    assert Guarded(guarded, DOOR).authenticate(guessed, now=NOW) == CallbackRefused("path")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [*RECEIPT, *REPLY, *STATUS, "To", "Status", "MessageId", "text", "time", "render_status"]
            ),
            inner,
            max_size=8,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60)
@given(told=JSON, raw=st.binary(max_size=40))
def test_no_bytes_from_outside_make_a_codec_fall(told: object, raw: bytes) -> None:
    for codec in CODECS.values():
        for body in (json.dumps(told).encode(), raw):
            read = codec.parse_callback(evolve(pushed(None), body=body))
            assert isinstance(read, list | CallbackRefused)
            assert isinstance(
                codec.parse_response(message(), HttpResponse(200, {}, body)), Accepted | Rejected | Unknown
            )
            assert isinstance(
                codec.parse_lookup(enquiry(), HttpResponse(200, {}, body)),
                Unknown | Accepted | DeliveryReceipt,
            )


def test_the_map_of_templates_is_read_strictly(tmp_path: Any) -> None:
    path = tmp_path / "aliyun.toml"
    path.write_text(
        '["reminder.due_in_3".zh-CN]\ncode = "SMS_2"\nparams = { money = "amount_due" }\n', encoding="utf-8"
    )
    assert KeptTemplates.load(path).templates["reminder.due_in_3", "zh-CN"].code == "SMS_2"
    path.write_text('["reminder.due_in_3".zh-CN]\ncod = "SMS_2"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="cod"):
        KeptTemplates.load(path)
    path.write_text('title = "x"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="title"):
        KeptTemplates.load(path)
    assert KEPT.templates
    assert Channel.SMS in aliyun().channels
