"""The sandbox answers like a gateway, the same for the same seed, in whatever order it is asked."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.clock import FrozenClock
from loansms.errors import UnsupportedByProvider
from loansms.model import Accepted, Channel, DeliveryStatus, Message, Purpose, Rejected, SubmitResult, Unknown
from loansms.privacy import Secret
from loansms.providers import SandboxProvider
from loansms.replies import asks_to_stop
from loansms.testing.examples import AT, message

DEADLINE = AT + timedelta(seconds=30)
LATER = AT + timedelta(days=3)


def book(count: int, **changes: object) -> list[Message]:
    return [message(message_id=f"m-{n}", step_key=f"s-{n}", **changes) for n in range(count)]


def answers(sandbox: SandboxProvider, messages: list[Message]) -> dict[str, SubmitResult]:
    return {one.step_key: sandbox.submit(one, DEADLINE) for one in messages}


@given(seed=st.integers(0, 10**6), order=st.permutations(book(12)))
def test_fate_depends_on_the_seed_and_the_step_not_on_the_order(seed: int, order: list[Message]) -> None:
    one, other = (
        SandboxProvider(seed, reject_rate=0.3, unknown_rate=0.3),
        SandboxProvider(seed, reject_rate=0.3, unknown_rate=0.3),
    )
    assert answers(one, order) == answers(other, book(12))
    assert {r.step_key: r.status for r in one.receipts(LATER)} == {
        r.step_key: r.status for r in other.receipts(LATER)
    }


def test_another_seed_is_another_day() -> None:
    first, second = (answers(SandboxProvider(seed), book(400)) for seed in (1, 2))
    troubled = [{key for key, got in day.items() if not isinstance(got, Accepted)} for day in (first, second)]
    assert troubled[0] != troubled[1]


def test_modest_trouble_by_default() -> None:
    """Of 4,000 messages about 2 % are refused, 1 % lost sight of, 4 % of the rest not delivered."""
    sandbox = SandboxProvider()
    got = Counter(type(one) for one in answers(sandbox, book(4_000)).values())
    assert 40 <= got[Rejected] <= 130
    assert 15 <= got[Unknown] <= 75
    told = Counter(receipt.status for receipt in sandbox.receipts(LATER))
    assert 0.94 <= told[DeliveryStatus.DELIVERED] / told.total() <= 0.98
    assert 10 <= len(sandbox.inbound(LATER)) <= 90


@pytest.mark.parametrize(
    ("rates", "kind"),
    [
        ({"reject_rate": 1}, Rejected),
        ({"reject_rate": 0, "unknown_rate": 1}, Unknown),
        ({"reject_rate": 0, "unknown_rate": 0}, Accepted),
    ],
)
def test_rates_can_be_forced(rates: dict[str, float], kind: type) -> None:
    assert {type(one) for one in answers(SandboxProvider(**rates), book(50)).values()} == {kind}


@pytest.mark.parametrize("rate", ["reject_rate", "unknown_rate", "deliver_rate", "reply_rate"])
@pytest.mark.parametrize("value", [-0.1, 1.1, 2])
def test_a_rate_that_is_no_share_is_refused(rate: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{rate}: expected a share"):
        SandboxProvider(**{rate: value})


def test_the_outbox_can_be_read_but_does_not_print() -> None:
    """A test reads the text there; a log line of the outbox shows neither text nor number."""
    sandbox = SandboxProvider()
    sandbox.submit(message(text=Secret("Your code is 839201.")), DEADLINE)
    (sent,) = sandbox.outbox
    assert sent.text == "Your code is 839201."
    assert sent.text.reveal() == "Your code is 839201."
    assert (sent.step_key, sent.borrower_id, sent.purpose) == ("step-1", "B-1", Purpose.REPAYMENT_REMINDER)
    assert "839201" not in f"{sandbox!r} {sandbox.outbox!r}"
    assert "17400000001" not in f"{sandbox.outbox!r}"


def test_a_second_submission_of_a_step_is_seen() -> None:
    """The sandbox does not dedupe: a library that sends twice must be caught by its outbox."""
    sandbox = SandboxProvider(reject_rate=0, unknown_rate=0)
    ids = [sandbox.submit(message(), DEADLINE) for _ in range(3)]
    assert len(sandbox.outbox) == 3
    assert len(set(ids)) == 3


def test_receipts_come_after_the_submission_and_once() -> None:
    clock = FrozenClock(AT)
    sandbox = SandboxProvider(clock=clock, reject_rate=0, unknown_rate=0, deliver_rate=1)
    answers(sandbox, book(20))
    assert sandbox.receipts(AT) == []
    told = sandbox.receipts(LATER)
    assert {one.step_key for one in told} == {f"s-{n}" for n in range(20)}
    assert all(AT < one.at <= AT + timedelta(minutes=2) for one in told)
    assert sandbox.receipts(LATER) == []


def test_without_a_clock_the_deadline_tells_the_day() -> None:
    """A day simulated in the past or the future is answered within that day."""
    sandbox = SandboxProvider(deliver_rate=1, reject_rate=0, unknown_rate=0)
    sandbox.submit(message(), DEADLINE)
    (receipt,) = sandbox.receipts(LATER)
    assert DEADLINE < receipt.at < DEADLINE + timedelta(minutes=5)


def test_some_of_the_unknown_turn_out_delivered_and_some_stay_silent() -> None:
    """As with a real gateway after a time-out: the message may have gone out, or not."""
    sandbox = SandboxProvider(reject_rate=0, unknown_rate=1)
    answers(sandbox, book(100))
    assert 0 < len(sandbox.receipts(LATER)) < 100


def test_refused_messages_get_no_receipt() -> None:
    sandbox = SandboxProvider(reject_rate=1)
    answers(sandbox, book(50))
    assert sandbox.receipts(LATER) == []
    assert sandbox.inbound(LATER) == []


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_people_reply_in_their_language_and_some_opt_out(locale: str) -> None:
    sandbox = SandboxProvider(reject_rate=0, unknown_rate=0, deliver_rate=1, reply_rate=1)
    answers(sandbox, book(60, locale=locale))
    replies = sandbox.inbound(LATER)
    words = {reply.text.reveal() for reply in replies}
    assert len(replies) == 60
    assert any(asks_to_stop(word) for word in words)
    assert not all(asks_to_stop(word) for word in words)
    assert all(word.isascii() for word in words) is (locale == "en")
    assert {reply.reply_to for reply in replies} == {f"s-{n}" for n in range(60)}


@pytest.mark.parametrize("purpose", [Purpose.OTP, Purpose.SECURITY_ALERT])
def test_codes_always_arrive_unless_asked_otherwise(purpose: Purpose) -> None:
    """A host's test of its login must not fail one time in thirty."""
    codes = book(300, purpose=purpose)
    calm = SandboxProvider()
    assert {type(one) for one in answers(calm, codes).values()} == {Accepted}
    assert {one.status for one in calm.receipts(LATER)} == {DeliveryStatus.DELIVERED}
    rough = SandboxProvider(calm=frozenset(), reject_rate=0.5)
    assert {type(one) for one in answers(rough, codes).values()} >= {Accepted, Rejected}


def test_nobody_answers_a_code() -> None:
    sandbox = SandboxProvider(reject_rate=0, unknown_rate=0, deliver_rate=1, reply_rate=1)
    answers(sandbox, book(20, purpose=Purpose.OTP))
    assert sandbox.inbound(LATER) == []


def test_a_channel_it_was_not_given_is_refused_aloud() -> None:
    sandbox = SandboxProvider(channels=frozenset({Channel.SMS}))
    with pytest.raises(UnsupportedByProvider, match="voice"):
        sandbox.submit(message(channel=Channel.VOICE), DEADLINE)
    assert sandbox.outbox == []
