"""One code's life, state by state: what a check, a resend, a refund, a send and a redemption do in each."""

import pytest
from attrs import evolve

from loansms.otp.admission import Bucket, Limit
from loansms.otp.budget import Budget, FailureLimits
from loansms.otp.challenge import (
    Attempt,
    Challenge,
    Closed,
    NewChallenge,
    State,
    check,
    closed,
    judge,
    locked,
    redeems,
    refunded,
    refunds,
    resent,
    takes,
)
from loansms.otp.verdict import VerdictKind

LIMITS = FailureLimits(failures=2, window=1000, ceiling=5, reserve=1, lane=1)
RIGHT, WRONG = b"r" * 32, b"w" * 32
GRANT = b"g" * 32
ASKED, ENDS, NOW = 100, 400, 200
NEW = NewChallenge(
    id="c",
    budgets=("b",),
    tag=RIGHT,
    sealed=b"s",
    lives=ENDS - ASKED,
    device="d",
    line="l",
    guards=(Bucket("prefix", "p", (Limit(5, 60),)),),
)
OPEN = NEW.opened(ASKED)
ISSUED = Budget().issued("l", "c", ENDS, ASKED)
NEWER = ISSUED.issued("l", "c2", ENDS, 150)
LOCKED = ISSUED.failed(LIMITS, 190, "x").failed(LIMITS, 191, "x")
USED = evolve(OPEN, state=State.USED, grant=GRANT, grant_expires_at=NOW + 60)
VOID = refunded(OPEN, 1)


def attempt(tag: bytes = RIGHT, device: str = "d") -> Attempt:
    return Attempt(tag=tag, device=device, grant=GRANT, grant_lives=60)


def test_an_opened_challenge_is_what_was_asked_and_the_time():
    assert (
        Challenge(
            id="c",
            budgets=("b",),
            tag=RIGHT,
            sealed=b"s",
            issued_at=ASKED,
            expires_at=ENDS,
            device="d",
            line="l",
            guards=NEW.guards,
            sent_at=ASKED,
            taken=1,
        )
        == OPEN
    )
    assert evolve(NEW, taken=False).opened(ASKED).taken == 0


def test_a_challenge_shows_neither_tag_nor_record():
    for value in (OPEN, USED, NEW, attempt()):
        assert "rrr" not in repr(value)
        assert "ggg" not in repr(value)
        assert "sealed" not in repr(value)


# What is told, in the order it is asked: locked, closed, expired, the tag.
CHECKS = [
    pytest.param(OPEN, ISSUED, RIGHT, NOW, VerdictKind.ACCEPTED, id="open, right"),
    pytest.param(OPEN, ISSUED, WRONG, NOW, VerdictKind.WRONG, id="open, wrong"),
    pytest.param(OPEN, ISSUED, b"", NOW, VerdictKind.WRONG, id="open, no code at all"),
    pytest.param(OPEN, ISSUED, RIGHT + b"r", NOW, VerdictKind.WRONG, id="open, right and more"),
    pytest.param(OPEN, Budget(), RIGHT, NOW, VerdictKind.ACCEPTED, id="open, budget forgotten"),
    pytest.param(OPEN, ISSUED, RIGHT, ASKED, VerdictKind.ACCEPTED, id="at its issue"),
    pytest.param(OPEN, ISSUED, RIGHT, ENDS - 1, VerdictKind.ACCEPTED, id="in its last microsecond"),
    pytest.param(OPEN, ISSUED, RIGHT, ENDS, VerdictKind.EXPIRED, id="expired"),
    pytest.param(OPEN, ISSUED, WRONG, ENDS, VerdictKind.EXPIRED, id="expired, wrong"),
    pytest.param(OPEN, ISSUED, RIGHT, ASKED - 1, VerdictKind.EXPIRED, id="before its issue"),
    pytest.param(OPEN, NEWER, RIGHT, NOW, VerdictKind.SUPERSEDED, id="a newer one is out"),
    pytest.param(OPEN, NEWER, RIGHT, ENDS, VerdictKind.SUPERSEDED, id="a newer one is out, expired"),
    pytest.param(USED, ISSUED, RIGHT, NOW, VerdictKind.SUPERSEDED, id="used, right again"),
    pytest.param(USED, ISSUED, WRONG, NOW, VerdictKind.SUPERSEDED, id="used, wrong"),
    pytest.param(VOID, ISSUED, RIGHT, NOW, VerdictKind.SUPERSEDED, id="never sent"),
    pytest.param(OPEN, LOCKED, RIGHT, NOW, VerdictKind.LOCKED, id="locked, right"),
    pytest.param(OPEN, LOCKED, WRONG, NOW, VerdictKind.LOCKED, id="locked, wrong"),
    pytest.param(USED, LOCKED, RIGHT, NOW, VerdictKind.LOCKED, id="locked, used"),
    pytest.param(OPEN, LOCKED, RIGHT, ENDS, VerdictKind.LOCKED, id="locked, expired"),
]


@pytest.mark.parametrize(("challenge", "budget", "tag", "now", "kind"), CHECKS)
def test_a_check_in_every_state(challenge, budget, tag, now, kind):
    answer, after, budgets = check(challenge, [budget], attempt(tag, device="x"), LIMITS, now)
    assert (answer.kind, answer.at) == (kind, now)
    assert (answer.retry_at is not None) is (kind is VerdictKind.LOCKED)
    if kind is VerdictKind.ACCEPTED:
        assert after == evolve(challenge, state=State.USED, grant=GRANT, grant_expires_at=now + 60)
        assert budgets == [budget.passed(LIMITS, now, "x")]
    elif kind is VerdictKind.WRONG:
        assert after is challenge
        assert budgets == [budget.failed(LIMITS, now, "x")]
    else:
        # Nothing was compared, so nothing is counted.
        assert after is challenge
        assert budgets == [budget]
    assert judge(challenge, [budget], attempt(tag, device="x"), LIMITS, now) == (answer, budgets)


def test_the_device_that_asked_keeps_its_lane_and_no_other_does():
    answer, _, _ = check(OPEN, [LOCKED], attempt(device="d"), LIMITS, NOW)
    assert answer.kind is VerdictKind.ACCEPTED
    for device in ("x", ""):
        answer, _, _ = check(OPEN, [LOCKED], attempt(device=device), LIMITS, NOW)
        assert (answer.kind, answer.retry_at) == (VerdictKind.LOCKED, 1190)


def test_a_challenge_without_a_device_is_nobodys_own():
    nobody = evolve(OPEN, device="")
    answer, _, _ = check(nobody, [LOCKED], attempt(device=""), LIMITS, NOW)
    assert answer.kind is VerdictKind.LOCKED


def test_of_several_budgets_one_lock_locks_and_all_are_charged():
    answer, _, budgets = check(OPEN, [ISSUED, LOCKED], attempt(device="x"), LIMITS, NOW)
    assert (answer.kind, answer.retry_at, budgets) == (VerdictKind.LOCKED, 1190, [ISSUED, LOCKED])
    later = Budget().failed(LIMITS, 195, "x").failed(LIMITS, 196, "x")
    assert locked([LOCKED, later, ISSUED], LIMITS, NOW, "x", own=False) == 1195
    assert locked([later, LOCKED], LIMITS, NOW, "x", own=False) == 1195
    assert locked([ISSUED, Budget()], LIMITS, NOW, "x", own=False) is None
    assert locked([], LIMITS, NOW, "x", own=False) is None
    _, _, failed = check(OPEN, [ISSUED, Budget()], attempt(WRONG), LIMITS, NOW)
    assert [one.failures for one in failed] == [((NOW, "d"),)] * 2
    _, _, passed = check(OPEN, [ISSUED, Budget()], attempt(), LIMITS, NOW)
    assert [one.cleared for one in passed] == [NOW] * 2


def test_in_any_budget_a_newer_challenge_supersedes():
    assert closed(OPEN, [ISSUED, NEWER], NOW) is Closed.SUPERSEDED
    assert closed(OPEN, [NEWER, ISSUED], NOW) is Closed.SUPERSEDED


CLOSED = [
    (OPEN, ISSUED, NOW, None),
    (OPEN, ISSUED, ASKED - 1, Closed.EXPIRED),
    (OPEN, ISSUED, ENDS, Closed.EXPIRED),
    (OPEN, NEWER, NOW, Closed.SUPERSEDED),
    (USED, ISSUED, NOW, Closed.USED),
    (USED, NEWER, ENDS, Closed.USED),
    (VOID, ISSUED, NOW, Closed.USED),
]


@pytest.mark.parametrize(("challenge", "budget", "now", "why"), CLOSED)
def test_why_a_challenge_is_not_sent_again(challenge, budget, now, why):
    assert closed(challenge, [budget], now) is why


def test_a_resend_counts_and_keeps_the_code_its_end_and_its_budget():
    again = resent(OPEN, NOW, taken=True)
    assert again == evolve(OPEN, sends=2, sent_at=NOW, taken=2)
    assert resent(OPEN, NOW, taken=False) == evolve(OPEN, sends=2, sent_at=NOW, taken=1)


QUEUED = evolve(NEW, taken=False).opened(ASKED)
TWICE = resent(QUEUED, NOW, taken=False)
TAKES = [
    pytest.param(QUEUED, 1, NOW, True, id="admitted"),
    pytest.param(QUEUED, 2, NOW, False, id="not admitted"),
    pytest.param(QUEUED, 0, NOW, False, id="no send"),
    pytest.param(OPEN, 1, NOW, False, id="taken already"),
    pytest.param(TWICE, 2, NOW, True, id="the second"),
    pytest.param(evolve(TWICE, taken=2), 1, NOW, False, id="the first after the second"),
    pytest.param(evolve(QUEUED, refunded=1), 1, NOW, False, id="given back"),
    pytest.param(QUEUED, 1, ENDS, False, id="expired"),
    pytest.param(QUEUED, 1, ASKED - 1, False, id="before its issue"),
    pytest.param(evolve(QUEUED, state=State.USED), 1, NOW, False, id="used"),
    pytest.param(evolve(QUEUED, state=State.VOID), 1, NOW, False, id="void"),
]


@pytest.mark.parametrize(("challenge", "send", "now", "taken"), TAKES)
def test_a_send_goes_to_a_provider_once_in_order_while_the_code_lives(challenge, send, now, taken):
    assert takes(challenge, send, now) is taken


REFUNDS = [
    pytest.param(OPEN, 1, True, id="the only send"),
    pytest.param(OPEN, 2, False, id="never admitted"),
    pytest.param(OPEN, 0, False, id="no send"),
    pytest.param(VOID, 1, False, id="given back already"),
    pytest.param(TWICE, 2, True, id="the last"),
    pytest.param(TWICE, 1, False, id="not the last"),
    pytest.param(refunded(TWICE, 2), 2, False, id="the last, given back already"),
    pytest.param(USED, 1, True, id="used meanwhile"),
]


@pytest.mark.parametrize(("challenge", "send", "given"), REFUNDS)
def test_the_last_send_is_given_back_once(challenge, send, given):
    assert refunds(challenge, send) is given


def test_a_code_that_never_went_out_is_void_and_one_that_did_once_is_not():
    assert refunded(OPEN, 1) == evolve(OPEN, refunded=1, state=State.VOID)
    assert refunded(TWICE, 2) == evolve(TWICE, refunded=2)
    # A code that was right was evidently received.
    assert refunded(USED, 1) == evolve(USED, refunded=1)


REDEEMS = [
    pytest.param(USED, GRANT, NOW, True, id="right, in time"),
    pytest.param(USED, GRANT, NOW + 59, True, id="in its last microsecond"),
    pytest.param(USED, GRANT, NOW + 60, False, id="too late"),
    pytest.param(USED, WRONG, NOW, False, id="another grant"),
    pytest.param(USED, b"", NOW, False, id="no grant"),
    pytest.param(evolve(USED, redeemed=True), GRANT, NOW, False, id="redeemed before"),
    pytest.param(evolve(USED, grant=b""), b"", NOW, False, id="no grant was handed out"),
    pytest.param(evolve(USED, state=State.OPEN), GRANT, NOW, False, id="still open"),
    pytest.param(evolve(USED, state=State.VOID), GRANT, NOW, False, id="void"),
]


@pytest.mark.parametrize(("challenge", "grant", "now", "redeemed"), REDEEMS)
def test_a_grant_is_redeemed_once_and_in_time(challenge, grant, now, redeemed):
    assert redeems(challenge, grant, now) is redeemed
