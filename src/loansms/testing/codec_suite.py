"""The conformance suite of a codec: subclass it, name the codec and its fake gateway, run pytest.

    class TestMyGateway(CodecSuite):
        def make_gateway(self):
            return FakeMyGateway(key="key-1")

        def make_codec(self, gateway):
            return MyGateway(url=gateway.url, key=Secret("key-1"))

The fake must check signatures by code of its own, or both may be wrong alike. Every promise is kept by the sync provider
and by the awaited one.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from attrs import evolve

from loansms.clock import FrozenClock
from loansms.errors import ProviderError, UnsupportedByProvider
from loansms.model import Accepted, Channel, Message, Rejected, SubmitResult, Unknown
from loansms.privacy import Secret
from loansms.providers.base import SupportsBatch, SupportsLookup
from loansms.providers.codec import (
    BalanceCodec,
    BatchCodec,
    Callback,
    CallbackCodec,
    CallbackRefused,
    Codec,
    Enquiry,
    HttpResponse,
    LookupCodec,
    PullCodec,
)
from loansms.providers.http import HttpSettings, async_http_provider, http_provider
from loansms.services.sending.answers import checked_answer
from loansms.testing.examples import AT, message
from loansms.testing.gateway import FakeGateway, Fault

DEADLINE = AT + timedelta(seconds=10)
_SOON = timedelta(seconds=0.5)
_BODY = "canary-body-5512"
GARBAGE = (
    b"",
    b"{",
    b"null",
    b"[]",
    b"{}",
    b'"x"',
    b"0",
    b"NaN",
    b'{"Code": {}, "code": [1], "status": {"x": 1}}',
    b"<html>busy</html>",
    b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    b"\xff\xfe\x00\x01",
    "\u72b6\u6001".encode("gb18030"),
    b"[" * 50_000,
    b"1" * 5_000,
)
"""Answers no codec may fall over."""

# What each fault makes of a message; None: whatever the codec reads, but never a second request.
_FAULTS = {
    Fault.RESET_READ: "lost_connection",
    Fault.CLOSE: "lost_connection",
    Fault.CUT: "lost_connection",
    Fault.DROP: "timeout",
    Fault.HUGE: "answer_too_long",
    Fault.SERVER_ERROR: None,
    Fault.BAD_JSON: None,
    Fault.BAD_CHARSET: None,
    Fault.REDIRECT: None,
}


class CodecSuite(ABC):
    """What every codec must do; abilities beside the first are checked where they are there."""

    settings: HttpSettings = HttpSettings(private_line=True)

    @abstractmethod
    def make_gateway(self) -> FakeGateway:
        """Return the fake gateway, not started yet."""

    @abstractmethod
    def make_codec(self, gateway: FakeGateway) -> Codec:
        """Return the codec, pointed at the gateway's `url`."""

    def messages(self, codec: Codec) -> Sequence[Message]:
        """Return messages the gateway takes; override where it is choosy."""
        return [
            message(
                message_id=f"m-{number}",
                step_key=f"s-{number}",
                channel=min(codec.channels),
                text=Secret(f"{_BODY}-{number}"),
            )
            for number in range(5)
        ]

    def secrets(self) -> Sequence[str]:
        """Return the keys given to the codec: nothing may show them."""
        return ()

    def codec(self) -> Codec:
        """Return the codec alone: it is pure, and its gateway may be gone."""
        with self.make_gateway() as gateway:
            return self.make_codec(gateway)

    def callbacks(self) -> Sequence[Callback]:
        """Return genuine callbacks of the gateway, made at AT, where it sends any."""
        return ()

    def listener(self, codec: CallbackCodec) -> CallbackCodec:
        """Return what the callbacks come in by; override it with a guard before the codec where the gateway signs nothing."""
        return codec

    def test_it_says_who_it_is(self) -> None:
        """A name for reports, and at least one channel."""
        codec = self.codec()
        assert isinstance(codec, Codec)
        assert codec.name
        assert codec.channels
        assert codec.channels <= frozenset(Channel)

    def test_every_message_is_taken_once(self) -> None:
        """One request each, signed as the gateway wants it, and an id of its own."""
        for awaited in (False, True):
            with self.make_gateway() as gateway:
                codec = self.make_codec(gateway)
                sent = self.messages(codec)
                answers = self.submit(codec, sent, awaited=awaited)
                assert all(isinstance(one, Accepted) for one in answers), answers
                ids = [one.provider_message_id for one in answers if isinstance(one, Accepted)]
                assert all(ids)
                assert len(set(ids)) == len(sent) == len(gateway.received)
                assert [checked_answer(one, codec.name) for one in answers] == answers

    def test_a_request_is_a_value(self) -> None:
        """The same message, time and nonce give the same bytes: no clock and no chance of its own."""
        codec = self.codec()
        one = self.messages(codec)[0]
        first, second = (codec.build_request(one, now=AT, nonce="0123456789abcdef") for _ in range(2))
        assert first == second

    def test_nothing_shows_a_text_a_number_or_a_key(self) -> None:
        """Neither codec, request, answer nor provider prints what was sent, to whom, or with which key."""
        with self.make_gateway() as gateway:
            codec = self.make_codec(gateway)
            one = self.messages(codec)[0]
            request = codec.build_request(one, now=AT, nonce="0123456789abcdef")
            with http_provider(codec, self.settings, clock=FrozenClock(AT)) as provider:
                answer = provider.submit(one, DEADLINE)
                shown = f"{codec!r} {codec} {provider!r} {answer!r} {request!r}"
        for word in (one.text.reveal(), one.to.e164[-10:], *self.secrets()):
            assert word not in shown

    def test_a_channel_it_does_not_take_is_refused_aloud(self) -> None:
        """Unsupported things raise; they are never dropped."""
        with self.make_gateway() as gateway:
            codec = self.make_codec(gateway)
            with http_provider(codec, self.settings, clock=FrozenClock(AT)) as provider:
                for channel in frozenset(Channel) - codec.channels:
                    try:
                        provider.submit(message(channel=channel), DEADLINE)
                    except UnsupportedByProvider:
                        continue
                    raise AssertionError(f"{channel} was taken")
            assert not gateway.received

    def test_a_gateway_that_fails_is_asked_once_and_believed_in_nothing(self) -> None:
        """A lost or spoilt answer is Unknown, and no second request is ever made."""
        for awaited in (False, True):
            with self.make_gateway() as gateway:
                codec = self.make_codec(gateway)
                one = self.messages(codec)[:1]
                for count, (fault, cause) in enumerate(_FAULTS.items(), start=1):
                    gateway.fail(fault)
                    within = AT + _SOON if fault is Fault.DROP else DEADLINE
                    [answer] = self.submit(codec, one, awaited=awaited, deadline=within)
                    assert isinstance(answer, Unknown), (fault, answer)
                    assert cause in (None, answer.cause)
                    assert len(gateway.received) == count

    def test_answers_that_make_no_sense_are_unknown(self) -> None:
        """Whatever comes back, a message is not called sent or refused by it."""
        codec = self.codec()
        one = self.messages(codec)[0]
        for body in GARBAGE:
            for status in (200, 503):
                answer = codec.parse_response(one, HttpResponse(status, {}, body))
                assert isinstance(answer, Unknown), (status, body[:60], answer)
                assert checked_answer(answer, codec.name) == answer

    def test_a_true_answer_cut_short_is_read_without_a_fall(self) -> None:
        """Every beginning of a true answer gives a value."""
        with self.make_gateway() as gateway:
            codec = self.make_codec(gateway)
            one = self.messages(codec)[0]
            self.submit(codec, [one])
            [true] = gateway.replied
        for end in range(len(true.body)):
            answer = codec.parse_response(one, HttpResponse(true.status, {}, true.body[:end]))
            assert isinstance(answer, Accepted | Rejected | Unknown)

    def test_a_batch_answers_for_each_in_order(self) -> None:
        """Each message has a result of its own, and none is lost between the groups."""
        with self.make_gateway() as gateway:
            codec = self.make_codec(gateway)
            if not isinstance(codec, BatchCodec):
                return
            sent = [*self.messages(codec)]
            assert sum(len(group) for group in codec.batches(sent)) == len(sent)
            with http_provider(codec, self.settings, clock=FrozenClock(AT)) as provider:
                assert isinstance(provider, SupportsBatch)
                answers = provider.submit_many(sent, DEADLINE)
            assert len(answers) == len(sent)
            assert all(isinstance(one, Accepted) for one in answers), answers
            for body in GARBAGE:
                read = codec.parse_batch(sent, HttpResponse(200, {}, body))
                assert len(read) == len(sent)
                assert all(isinstance(one, Unknown) for one in read), body[:60]

    def test_an_enquiry_that_fails_says_nothing_of_the_message(self) -> None:
        """A look-up nobody answered settles no message."""
        with self.make_gateway() as gateway:
            codec = self.make_codec(gateway)
            if not isinstance(codec, LookupCodec):
                return
            one = self.messages(codec)[0]
            asked = Enquiry(
                step_key=one.step_key,
                message_id=one.message_id,
                to=one.to,
                provider_message_id="",
                submitted_on=date(2026, 9, 24),
            )
            gateway.fail(Fault.CLOSE, Fault.SERVER_ERROR, Fault.BAD_JSON)
            with http_provider(codec, self.settings, clock=FrozenClock(AT)) as provider:
                assert isinstance(provider, SupportsLookup)
                for _ in range(3):
                    assert isinstance(provider.look_up(asked, DEADLINE), Unknown)

    def test_reports_that_make_no_sense_are_refused(self) -> None:
        """A pull or a balance that cannot be read raises ProviderError, nothing else."""
        codec = self.codec()
        readers: list[Callable[[HttpResponse], object]] = []
        readers += [codec.parse_pull] if isinstance(codec, PullCodec) else []
        readers += [codec.parse_balance] if isinstance(codec, BalanceCodec) else []
        for read in readers:
            for body in GARBAGE[:4]:
                try:
                    read(HttpResponse(503, {}, body))
                except ProviderError:
                    continue
                raise AssertionError("an answer without sense was taken")

    def test_genuine_callbacks_are_believed_and_read(self) -> None:
        """Their reports have aware times and show no words."""
        codec = self.codec()
        for callback in self.callbacks():
            assert isinstance(codec, CallbackCodec)
            assert self.listener(codec).authenticate(callback, now=AT) is None
            told = codec.parse_callback(callback)
            assert not isinstance(told, CallbackRefused)
            assert told
            assert all(callback.body.decode("utf-8") not in repr(one) for one in told)

    def test_spoilt_callbacks_are_values_too(self) -> None:
        """Whatever is pushed, the answer is reports or a refusal, and "again" differs from "taken"."""
        codec = self.codec()
        for callback in self.callbacks():
            assert isinstance(codec, CallbackCodec)
            for body in (*GARBAGE, callback.body[: len(callback.body) // 2]):
                spoilt = evolve(callback, body=body)
                assert isinstance(self.listener(codec).authenticate(spoilt, now=AT), CallbackRefused | None)
                codec.parse_callback(spoilt)
            assert codec.callback_answer(True) != codec.callback_answer(False)

    def submit(
        self,
        codec: Codec,
        messages: Sequence[Message],
        *,
        awaited: bool = False,
        deadline: datetime = DEADLINE,
    ) -> list[SubmitResult]:
        """Hand messages over one after the other on a provider of the codec, sync or awaited."""
        clock = FrozenClock(AT)
        if not awaited:
            with http_provider(codec, self.settings, clock=clock) as provider:
                return [provider.submit(one, deadline) for one in messages]

        async def run() -> list[SubmitResult]:
            async with async_http_provider(codec, self.settings, clock=clock) as provider:
                return [await provider.submit(one, deadline) for one in messages]

        return asyncio.run(run())
