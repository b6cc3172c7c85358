"""Calls of the two clouds: the wire of each, how a call ended, and that nothing but a call goes this way."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.providers.clouds.test_conformance import DOOR, SECRET, pushed

from loansms.errors import UnsupportedByProvider
from loansms.model import (
    Accepted,
    Channel,
    DeliveryReceipt,
    DeliveryStatus,
    Message,
    OutcomeClass,
    Purpose,
    Rejected,
    Unknown,
)
from loansms.privacy import Secret
from loansms.providers.aliyun import AliyunKeys, AliyunVoiceCodec
from loansms.providers.callbacks import Guarded
from loansms.providers.codec import Callback, CallbackCodec, CallbackRefused, Codec, HttpResponse
from loansms.providers.tencent import TencentKeys, TencentVoiceCodec
from loansms.providers.wire.kept_templates import KeptTemplates
from loansms.testing.codec_suite import CodecSuite
from loansms.testing.examples import AT, message
from loansms.testing.fake_cloud_calls import FakeAliyunVoice, FakeTencentVoice
from loansms.testing.gateway import FakeGateway

KEPT = KeptTemplates.of({"otp.voice": {"zh-CN": {"code": "TTS_1", "params": {"code": "code"}}}})


def call(**changes: Any) -> Message:
    fields: dict[str, Any] = {
        "template": "otp.voice",
        "channel": Channel.VOICE,
        "purpose": Purpose.OTP,
        "slots": {"code": Secret("904417")},
    }
    return message(**{**fields, **changes})


def calls() -> list[Message]:
    return [
        call(
            message_id=f"m-{n}", step_key=f"s-{n}", text=Secret(f"canary-body-5512-{n}"),
            slots={"code": Secret(f"90441{n}")},
        )
        for n in range(5)
    ]  # fmt: skip


def aliyun(url: str = "https://dyvmsapi.aliyuncs.com") -> AliyunVoiceCodec:
    keys = AliyunKeys(access_key_id="canary-id", secret=Secret(SECRET))
    return AliyunVoiceCodec(keys=keys, templates=KEPT, endpoint=url)


def tencent(url: str = "https://vms.tencentcloudapi.com") -> TencentVoiceCodec:
    keys = TencentKeys(secret_id="canary-id", secret_key=Secret(SECRET))
    return TencentVoiceCodec(keys=keys, app_id="1400000000", templates=KEPT, endpoint=url)


REPORT = {
    "status_code": "200000", "callee": "17400000001", "ring_time": "2026-09-24 10:00:02", "duration": "10",
    "voice_type": "voice", "originate_time": "2026-09-24 10:00:00", "b_start_time": "2026-09-24 10:00:05",
    "end_time": "2026-09-24 10:00:15", "call_id": "1166^1", "caller": "0571", "status_msg": "-", "out_id": "s-0",
}  # fmt: skip
ENDED = {
    "result": "0", "accept_time": "1790217605", "call_from": "", "callid": "call-1", "end_calltime": "1790217615",
    "fee": "1", "mobile": "17400000001", "nationcode": "86", "start_calltime": "1790217600",
}  # fmt: skip


class Calls(CodecSuite):
    def messages(self, codec: Codec) -> Sequence[Message]:
        return calls()

    def listener(self, codec: CallbackCodec) -> CallbackCodec:
        return Guarded(codec, DOOR)

    def secrets(self) -> Sequence[str]:
        return [SECRET, "canary-id", "90441"]


class TestAliyunVoice(Calls):
    def make_gateway(self) -> FakeGateway:
        return FakeAliyunVoice(SECRET)

    def make_codec(self, gateway: FakeGateway) -> Codec:
        return aliyun(gateway.url)

    def callbacks(self) -> Sequence[Callback]:
        return [pushed([REPORT])]


class TestTencentVoice(Calls):
    def make_gateway(self) -> FakeGateway:
        return FakeTencentVoice(SECRET)

    def make_codec(self, gateway: FakeGateway) -> Codec:
        return tencent(gateway.url)

    def callbacks(self) -> Sequence[Callback]:
        return [pushed({"voicecode_callback": ENDED}), pushed({"voiceprompt_callback": ENDED})]


del Calls


def test_the_wire_of_a_call_at_aliyun() -> None:
    request = evolve(aliyun(), shown_number="05710000000").build_request(call(), now=AT, nonce="n-1")
    assert dict(parse_qsl(urlsplit(request.url).query)) == {
        "CalledNumber": "17400000001",
        "CalledShowNumber": "05710000000",
        "OutId": "step-1",
        "PlayTimes": "2",
        "TtsCode": "TTS_1",
        "TtsParam": '{"code": "904417"}',
    }
    assert (request.headers["x-acs-action"], request.headers["x-acs-version"]) == (
        "SingleCallByTts",
        "2017-05-25",
    )
    # OutId takes 15 bytes: a key that is longer is left out, a piece of one would be nobody's.
    long = aliyun().build_request(call(step_key="k" * 40), now=AT, nonce="n-1")
    assert "OutId" not in dict(parse_qsl(urlsplit(long.url).query))


def test_the_wire_of_a_call_at_tencent() -> None:
    request = tencent().build_request(call(), now=AT, nonce="n-1")
    assert json.loads(request.body) == {
        "TemplateId": "TTS_1",
        "TemplateParamSet": ["904417"],
        "CalledNumber": "+8617400000001",
        "VoiceSdkAppid": "1400000000",
        "PlayTimes": 2,
    }
    assert (request.headers["x-tc-action"], request.headers["x-tc-version"]) == (
        "SendTtsVoice",
        "2020-09-02",
    )
    assert "/vms/tc3_request" in request.headers["authorization"]
    spoken = evolve(tencent(), spoken_codes={"otp.voice"}).build_request(call(), now=AT, nonce="n-1")
    assert spoken.headers["x-tc-action"] == "SendCodeVoice"
    assert json.loads(spoken.body)["CodeMessage"] == "904417"


@pytest.mark.parametrize("codec", [aliyun(), tencent()], ids=lambda one: one.name)
def test_a_call_nobody_mapped_is_refused_before_anything_is_sent(codec: Any) -> None:
    with pytest.raises(UnsupportedByProvider, match="mapped"):
        codec.build_request(call(template="otp.transaction"), now=AT, nonce="n")
    with pytest.raises(UnsupportedByProvider, match="code"):
        codec.build_request(call(slots={}), now=AT, nonce="n")


def test_only_digits_are_spoken_as_a_code() -> None:
    codec = evolve(tencent(), spoken_codes={"otp.voice"})
    for code in ("ABC123", "", "٣٤٥", "90 44"):
        with pytest.raises(UnsupportedByProvider, match="digits"):
            codec.build_request(call(slots={"code": Secret(code)}), now=AT, nonce="n")


@pytest.mark.parametrize("plays", [0, 4])
def test_words_are_said_once_to_three_times(plays: int) -> None:
    for codec in (aliyun(), tencent()):
        with pytest.raises(ValueError, match="plays"):
            evolve(codec, plays=plays)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("200000", DeliveryStatus.DELIVERED, OutcomeClass.DELIVERED),
        ("200003", DeliveryStatus.UNDELIVERED, OutcomeClass.FAILED_RETRYABLE),
        ("200004", DeliveryStatus.UNDELIVERED, OutcomeClass.INVALID_NUMBER),
        ("200105", DeliveryStatus.UNKNOWN, OutcomeClass.UNKNOWN),
        ("987", DeliveryStatus.UNKNOWN, OutcomeClass.UNKNOWN),
    ],
)
def test_how_a_call_at_aliyun_ended(code: str, status: DeliveryStatus, kind: OutcomeClass) -> None:
    codec = aliyun()
    body = json.dumps({"Code": "OK", "CallId": "1166^1"}).encode()
    taken = codec.parse_response(call(), HttpResponse(200, {}, body))
    (told,) = codec.parse_callback(pushed([{**REPORT, "status_code": code}]))
    assert isinstance(taken, Accepted)
    assert isinstance(told, DeliveryReceipt)
    assert (told.status, told.kind, told.raw_code) == (status, kind, code)
    assert told.provider_message_id == taken.provider_message_id
    (forged,) = codec.parse_callback(pushed([{**REPORT, "callee": "17400000002"}]))
    assert isinstance(forged, DeliveryReceipt)
    assert forged.provider_message_id != taken.provider_message_id


def test_how_a_call_at_tencent_ended() -> None:
    body = json.dumps({"Response": {"SendStatus": {"CallId": "call-1"}, "RequestId": "r"}}).encode()
    assert tencent().parse_response(call(), HttpResponse(200, {}, body)) == Accepted("call-1")
    found = [
        tencent().parse_callback(pushed({"voiceprompt_callback": {**ENDED, "result": one}}))[0]
        for one in "012"
    ]
    assert [one.status for one in found] == [
        DeliveryStatus.DELIVERED,
        DeliveryStatus.UNDELIVERED,
        DeliveryStatus.UNDELIVERED,
    ]
    assert found[0].at.isoformat() == "2026-09-24T02:40:15+00:00"
    unanswered = {**ENDED, "result": "1", "end_calltime": "0", "start_calltime": ""}
    late = evolve(pushed({"voicecode_callback": unanswered}), received_at=AT)
    assert tencent().parse_callback(late)[0].at == AT


def test_what_is_told_on_the_way_of_a_call_decides_nothing_and_is_not_pushed_again() -> None:
    ringing = {"status_code": "200101", "status_time": "2026-09-24 10:00:01", "call_id": "1166^1"}
    assert aliyun().parse_callback(pushed([ringing])) == []
    assert tencent().parse_callback(pushed({"voicekey_callback": {"callid": "call-1"}})) == []


@pytest.mark.parametrize(
    ("code", "kind", "per_number"),
    [
        ("LimitExceeded.DeliveryFrequencyLimit", OutcomeClass.RATE_LIMITED, True),
        ("FailedOperation.InsufficientBalanceInVoicePackage", OutcomeClass.BALANCE, False),
        ("InvalidParameterValue.CalledNumberVerifyFail", OutcomeClass.INVALID_NUMBER, False),
    ],
)
def test_refusals_of_a_call(code: str, kind: OutcomeClass, per_number: bool) -> None:
    body = json.dumps({"Response": {"Error": {"Code": code}, "RequestId": "r"}}).encode()
    told = tencent().parse_response(call(), HttpResponse(200, {}, body))
    assert isinstance(told, Rejected)
    assert (told.kind, told.per_number) == (kind, per_number)


def test_a_call_that_may_have_been_made_is_unknown() -> None:
    body = json.dumps({"Response": {"Error": {"Code": "InternalError.AccessUpstreamTimeout"}}}).encode()
    assert isinstance(tencent().parse_response(call(), HttpResponse(200, {}, body)), Unknown)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from([*REPORT, *ENDED, "voicecode_callback", "voiceprompt_callback"]),
            inner,
            max_size=8,
        )
    ),
    max_leaves=10,
)


@settings(max_examples=40)
@given(told=JSON)
def test_no_bytes_from_outside_make_a_codec_fall(told: object) -> None:
    for codec in (aliyun(), tencent()):
        for body in (told, [told], {"voicecode_callback": told}):
            assert isinstance(codec.parse_callback(pushed(body)), list | CallbackRefused)
