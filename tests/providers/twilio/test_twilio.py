"""Twilio's wire: what a borrower is sent, what its answers mean, and whose word about a borrower is taken."""

from __future__ import annotations

import json
from base64 import b64decode
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.clock import FrozenClock
from loansms.errors import ConfigurationError, ProviderError
from loansms.model import (
    Accepted,
    Channel,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    Money,
    OutcomeClass,
    PhoneNumber,
    Purpose,
    Rejected,
    Unknown,
)
from loansms.privacy import Secret
from loansms.providers.base import SupportsBalance, SupportsBatch, SupportsLookup, SupportsReceipts
from loansms.providers.callbacks import receive
from loansms.providers.codec import Callback, CallbackRefused, Codec, Enquiry, HttpResponse
from loansms.providers.http import HttpSettings, http_provider
from loansms.providers.twilio import TwilioCodec
from loansms.services.sending.answers import checked_answer
from loansms.testing.codec_suite import DEADLINE, CodecSuite
from loansms.testing.examples import AT, message
from loansms.testing.fake_twilio import FakeTwilio
from loansms.testing.gateway import FakeGateway

HOOK = "https://sms.example/twilio?house=1"
TO = PhoneNumber.parse("+12025550147")


def codec(url: str = "https://api.twilio.com", **changes: Any) -> TwilioCodec:
    fields: dict[str, Any] = {
        "account_sid": FakeTwilio.account_sid,
        "auth_token": Secret(FakeTwilio.token),
        "sender": "+12025550100",
        "status_callback": HOOK,
        "url": url,
        **changes,
    }
    return TwilioCodec(**fields)


def made(codec: TwilioCodec, **changes: Any) -> tuple[str, dict[str, str], dict[str, str]]:
    """Return address, headers and fields of the request for an example message."""
    request = codec.build_request(message(**{"to": TO, **changes}), now=AT, nonce="n")
    return request.url, dict(request.headers), dict(parse_qsl(request.body.decode("ascii")))


def callbacks(count: int = 1, **changes: Any) -> tuple[FakeTwilio, list[str]]:
    """Return a gateway that has taken messages, and their sids."""
    with FakeTwilio() as gateway:
        with http_provider(
            codec(gateway.url, **changes), HttpSettings(private_line=True), clock=FrozenClock(AT)
        ) as provider:
            for number in range(count):
                provider.submit(message(to=TO, step_key=f"step {number}&x=1"), DEADLINE)
        return gateway, list(gateway.taken)


class TestTwilio(CodecSuite):
    def make_gateway(self) -> FakeGateway:
        return FakeTwilio()

    def make_codec(self, gateway: FakeGateway) -> Codec:
        return codec(gateway.url)

    def secrets(self) -> list[str]:
        return [FakeTwilio.token]

    def callbacks(self) -> list[Callback]:
        gateway, [sid] = callbacks()
        return [
            gateway.status_callback(sid, "delivered"),
            gateway.status_callback(sid, "undelivered", 30003),
            gateway.reply(HOOK, TO.e164, "STOP please"),
        ]


def test_a_message_on_the_wire() -> None:
    url, headers, fields = made(codec(validity=timedelta(minutes=10)), text=Secret("Due: $20 & more"))
    assert url == f"https://api.twilio.com/2010-04-01/Accounts/{FakeTwilio.account_sid}/Messages.json"
    assert b64decode(headers["Authorization"].removeprefix("Basic ")).decode() == (
        f"{FakeTwilio.account_sid}:{FakeTwilio.token}"
    )
    assert fields == {
        "To": "+12025550147",
        "From": "+12025550100",
        "Body": "Due: $20 & more",
        "ValidityPeriod": "600",
        "StatusCallback": f"{HOOK}&step=step-1",
    }


def test_a_service_and_a_key_of_the_api_on_the_wire() -> None:
    signed = codec(
        sender="",
        messaging_service="MG00",
        api_key="SK00",
        api_secret=Secret("key-secret"),
        status_callback="",
    )
    _, headers, fields = made(signed)
    assert b64decode(headers["Authorization"].removeprefix("Basic ")) == b"SK00:key-secret"
    assert fields["MessagingServiceSid"] == "MG00"
    assert not {"From", "StatusCallback"} & fields.keys()


def test_only_a_mainland_number_is_shown_a_signature_in_brackets() -> None:
    mainland = PhoneNumber.parse("13800138000", region="CN")
    assert made(codec(), to=mainland)[2]["Body"].startswith("【示例】")
    assert "【" not in made(codec())[2]["Body"]


def test_a_spoken_code_is_read_digit_by_digit_and_twice() -> None:
    """A text with marks of XML in it stays text, and what XML cannot hold is left out."""
    spoken = codec(caller="+12025550101")
    assert spoken.channels == {Channel.SMS, Channel.VOICE}
    url, _, fields = made(
        spoken,
        channel=Channel.VOICE,
        purpose=Purpose.OTP,
        text=Secret("Code 8392 <Dial>\x00 & 20"),
        locale="en-US",
    )
    assert url.endswith("/Calls.json")
    assert fields["From"] == "+12025550101"
    [say] = ElementTree.fromstring(fields["Twiml"])
    assert (say.tag, say.attrib) == ("Say", {"language": "en-US", "loop": "2"})
    assert say.text == "Code 8, 3, 9, 2 <Dial> & 2, 0"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"account_sid": "AC0/../x"}, "account_sid"),
        ({"auth_token": Secret("")}, "auth_token"),
        ({"messaging_service": "MG00"}, "either"),
        ({"sender": ""}, "either"),
        ({"api_key": "SK00"}, "go together"),
        ({"api_key": "SK00", "api_secret": Secret("")}, "go together"),
        ({"validity": timedelta(hours=11)}, "validity"),
        ({"shared_keys": [Secret("")]}, "shared_keys"),
    ],
)
def test_a_codec_that_could_not_work_cannot_be_built(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        codec(**changes)


SID = "SM0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("status", "body", "result"),
    [
        (201, b'{"sid": "%s", "status": "queued", "num_segments": "2"}', Accepted(SID, segments=2)),
        (201, b'{"sid": "%s", "status": "accepted", "num_segments": "0"}', Accepted(SID)),
        (201, b'{"status": "queued"}', Unknown("unreadable_answer")),
        (
            400,
            b'{"code": 21211, "status": 400}',
            Rejected("21211", kind=OutcomeClass.INVALID_NUMBER),
        ),
        (400, b'{"code": 21610}', Rejected("21610", kind=OutcomeClass.OPTED_OUT)),
        (400, b'{"code": 21617}', Rejected("21617", kind=OutcomeClass.TEMPLATE_REJECTED)),
        (400, b'{"code": 20006}', Rejected("20006", True, OutcomeClass.BALANCE)),
        (401, b'{"code": 20003}', Rejected("20003", True, OutcomeClass.AUTH_ERROR, access="secret")),
        (429, b'{"code": 20429}', Rejected("20429", True, OutcomeClass.RATE_LIMITED)),
        (500, b'{"code": 20429}', Rejected("20429", True, OutcomeClass.RATE_LIMITED)),
        (400, b'{"code": 39999}', Unknown("39999")),
        (400, b'{"code": true}', Unknown("unreadable_answer")),
        (400, b'{"code": "sorry, +12025550147"}', Unknown("unreadable_answer")),
        (500, b'{"sid": "%s"}', Unknown("unreadable_answer")),
    ],
)
def test_what_an_answer_means(status: int, body: bytes, result: object) -> None:
    told = body.replace(b"%s", SID.encode())
    assert codec().parse_response(message(), HttpResponse(status, {}, told)) == result


def test_its_provider_can_what_twilio_can_and_no_more() -> None:
    with http_provider(codec()) as provider:
        assert isinstance(provider, SupportsLookup)
        assert isinstance(provider, SupportsBalance)
        assert not isinstance(provider, SupportsReceipts | SupportsBatch)


def enquiry(sid: str = "") -> Enquiry:
    return Enquiry(
        step_key="step-1",
        message_id="m-1",
        to=TO,
        provider_message_id=sid,
        submitted_on=date(2026, 9, 24),
    )


def test_a_message_whose_answer_was_lost_is_found_by_number_and_day() -> None:
    with FakeTwilio() as gateway:
        line = HttpSettings(private_line=True)
        with http_provider(codec(gateway.url), line, clock=FrozenClock(AT)) as provider:
            assert isinstance(provider, SupportsLookup)
            assert provider.look_up(enquiry(), DEADLINE) == Unknown("none_found")
            accepted = provider.submit(message(to=TO), DEADLINE)
            assert isinstance(accepted, Accepted)
            assert provider.look_up(enquiry(), DEADLINE) == accepted
            gateway.taken[accepted.provider_message_id].status = "undelivered"
            gateway.taken[accepted.provider_message_id].error_code = 30005
            told = provider.look_up(enquiry(accepted.provider_message_id), DEADLINE)
            assert told == DeliveryReceipt(
                provider_message_id=accepted.provider_message_id,
                step_key="step-1",
                status=DeliveryStatus.UNDELIVERED,
                at=AT,
                raw_code="30005",
                kind=OutcomeClass.INVALID_NUMBER,
                phone=TO,
                segments=1,
            )
            # A second message of the day: nobody can say which of them is meant.
            provider.submit(message(to=TO), DEADLINE)
            assert provider.look_up(enquiry(), DEADLINE) == Unknown("several_found")
            assert provider.look_up(enquiry("SM404"), DEADLINE) == Unknown("unreadable_answer")


def test_the_balance_is_money() -> None:
    with FakeTwilio() as gateway:
        line = HttpSettings(private_line=True)
        with http_provider(codec(gateway.url), line, clock=FrozenClock(AT)) as provider:
            assert isinstance(provider, SupportsBalance)
            assert provider.balance(DEADLINE) == Money(Decimal("12.34"), "USD")
        wrong = codec(gateway.url, auth_token=Secret("another"))
        with http_provider(wrong, line, clock=FrozenClock(AT)) as provider:
            assert isinstance(provider, SupportsBalance)
            with pytest.raises(ProviderError, match="balance"):
                provider.balance(DEADLINE)


@pytest.mark.parametrize(
    ("word", "code", "status", "kind"),
    [
        ("sent", None, DeliveryStatus.ACCEPTED, OutcomeClass.ACCEPTED),
        ("delivered", None, DeliveryStatus.DELIVERED, OutcomeClass.DELIVERED),
        ("read", None, DeliveryStatus.DELIVERED, OutcomeClass.DELIVERED),
        ("partially_delivered", None, DeliveryStatus.PARTIAL, OutcomeClass.UNKNOWN),
        ("undelivered", 30005, DeliveryStatus.UNDELIVERED, OutcomeClass.INVALID_NUMBER),
        ("undelivered", None, DeliveryStatus.UNDELIVERED, OutcomeClass.FAILED_RETRYABLE),
        ("failed", 39999, DeliveryStatus.UNDELIVERED, OutcomeClass.UNKNOWN),
        ("canceled", None, DeliveryStatus.REJECTED, OutcomeClass.FAILED_PERMANENT),
        ("invented", None, DeliveryStatus.UNKNOWN, OutcomeClass.UNKNOWN),
    ],
)
def test_what_a_receipt_means(
    word: str, code: int | None, status: DeliveryStatus, kind: OutcomeClass
) -> None:
    """The step travels in the signed address: it is known even where the answer to the submit was lost."""
    gateway, [sid] = callbacks()
    [receipt], answer = receive(codec(), gateway.status_callback(sid, word, code), AT)
    assert isinstance(receipt, DeliveryReceipt)
    assert answer.status == 200
    assert (receipt.status, receipt.kind) == (status, kind)
    assert receipt.raw_code == str(code or word)
    assert (receipt.provider_message_id, receipt.step_key) == (sid, "step 0&x=1")
    assert (receipt.phone, receipt.at) == (TO, AT)


def test_a_reply_comes_with_its_number() -> None:
    gateway, _ = callbacks()
    [reply], _ = receive(codec(), gateway.reply(HOOK, TO.e164, "STOP & thanks 再见"), AT)
    assert isinstance(reply, InboundMessage)
    assert reply.text.reveal() == "STOP & thanks 再见"
    assert (reply.phone, reply.provider_id, reply.access_code) == (TO, "SM99", "+12025550100")
    assert "STOP" not in repr(reply)


def test_a_forged_callback_is_not_believed() -> None:
    """Another body, address, key, or no signature: what it says of a borrower is not read."""
    gateway, [sid] = callbacks()
    true = gateway.status_callback(sid, "delivered")
    for forged in (
        evolve(true, body=true.body.replace(b"delivered", b"failed")),
        evolve(true, body=true.body + b"&ErrorCode=30005"),
        evolve(true, url=true.url.replace("house=1", "house=2")),
        evolve(true, url=true.url.replace("sms.example", "evil.example")),
        evolve(true, headers={}),
        evolve(true, headers={**true.headers, "x-twilio-signature": "AAAA"}),
        evolve(true, headers={**true.headers, "content-type": "application/json"}),
        evolve(true, method="GET"),
    ):
        assert receive(codec(), forged, AT)[1].status == 403
    assert receive(codec(auth_token=Secret("another")), true, AT)[1].status == 403
    changed = codec(auth_token=Secret("another"), former_auth_token=Secret(FakeTwilio.token))
    assert receive(changed, true, AT)[1].status == 200


def test_a_signature_by_shared_key_needs_that_key() -> None:
    gateway, [sid] = callbacks()
    fields = {"MessageSid": sid, "MessageStatus": "sent", "To": TO.e164}
    true = gateway.signed(HOOK, fields, shared_key="shared-1")
    believing = codec(shared_keys=[Secret("shared-0"), Secret("shared-1")])
    assert believing.authenticate(true, now=AT) is None
    assert codec().authenticate(true, now=AT) == CallbackRefused("signature")
    # The same mark without the header that announces SHA-256 is no SHA-1 mark.
    bare = evolve(true, headers={"x-twilio-signature": true.headers["x-twilio-signature"]})
    assert believing.authenticate(bare, now=AT) == CallbackRefused("signature")


def test_a_call_reports_too() -> None:
    with FakeTwilio() as gateway:
        spoken = codec(gateway.url, caller="+12025550101")
        line = HttpSettings(private_line=True)
        with http_provider(spoken, line, clock=FrozenClock(AT)) as provider:
            accepted = provider.submit(message(to=TO, channel=Channel.VOICE), DEADLINE)
    assert isinstance(accepted, Accepted)
    for word, status in (("completed", DeliveryStatus.DELIVERED), ("busy", DeliveryStatus.UNDELIVERED)):
        [told], _ = receive(spoken, gateway.status_callback(accepted.provider_message_id, word), AT)
        assert isinstance(told, DeliveryReceipt)
        assert told.status is status


def test_the_step_is_the_only_thing_added_to_the_address() -> None:
    gateway, [sid] = callbacks()
    query = parse_qs(urlsplit(gateway.taken[sid].fields["StatusCallback"]).query)
    assert query == {"house": ["1"], "step": ["step 0&x=1"]}


WORDS = st.sampled_from(["sid", "code", "status", "messages", "error_code", "date_updated", "balance", SID])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=80)
@given(told=JSON, status=st.sampled_from([200, 201, 400, 429, 503]), sid=st.sampled_from(["", SID]))
def test_no_answer_makes_the_reader_fall(told: object, status: int, sid: str) -> None:
    answer = HttpResponse(status, {}, json.dumps(told).encode())
    read = codec().parse_response(message(), answer)
    assert checked_answer(read, "twilio") == read
    found = codec().parse_lookup(enquiry(sid), answer)
    assert isinstance(found, Accepted | Rejected | Unknown | DeliveryReceipt)
    with suppress(ProviderError):
        assert codec().parse_balance(answer).currency


@settings(max_examples=80)
@given(
    body=st.binary(max_size=80)
    | st.dictionaries(
        st.sampled_from(["MessageSid", "MessageStatus", "ErrorCode", "To", "From", "Body"]),
        st.sampled_from(["delivered", "failed", "received", SID, "+12025550147", "0", "30003", "%ff", ""]),
    ).map(lambda fields: "&".join(f"{name}={value}" for name, value in fields.items()).encode()),
    url=st.text(max_size=30),
)
def test_no_callback_makes_the_reader_fall(body: bytes, url: str) -> None:
    pushed = Callback(method="POST", url=url, body=body, received_at=AT)
    assert isinstance(codec().authenticate(pushed, now=AT), CallbackRefused)
    told = codec().parse_callback(pushed)
    assert isinstance(told, CallbackRefused) or len(told) == 1
