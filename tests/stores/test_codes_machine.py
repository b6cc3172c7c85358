"""Whatever is asked in whatever order, every store of codes answers like one that counts everything anew.

And whatever it answers, the promises hold: they are checked on the answers alone.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.stores import code_stores
from tests.stores.code_stores import Fresh
from tests.stores.naive_codes import NaiveCodes

from loansms.clock import FrozenClock
from loansms.otp.admission import Bucket, Guard
from loansms.otp.budget import DAY, SECOND, FailureLimits
from loansms.otp.challenge import Attempt, State
from loansms.otp.verdict import VerdictKind
from loansms.stores.codes import Opening, Sent
from loansms.stores.rows import micros
from loansms.testing.code_examples import HOUR, INSTANT, MINUTE, blind, bucket, challenge, new, tag_of
from loansms.testing.examples import AT

LIMITS = FailureLimits(
    failures=2, window=10 * MINUTE, ceiling=4, reserve=1, lane=1, known=2, known_for=2 * DAY
)
OLD, YOUNG, OTHER = blind("person, old key"), blind("person, new key"), blind("another person")
PEOPLE = st.sampled_from([(OLD,), (OLD,), (OLD,), (YOUNG, OLD), (YOUNG,), (OTHER,), ()])
DEVICES = st.sampled_from(["", "", blind("d1"), blind("d1"), blind("d2"), blind("d3")])
WHICH = st.sampled_from([*[0] * 8, *[1] * 4, 2, 2, 3, 5, -1])
"""Which challenge is meant, counted from the one opened last; -1: one that nobody knows."""
PLAIN = (
    bucket("phone", (1, MINUTE), (3, HOUR)),
    bucket("ip", (4, HOUR)),
    bucket("country", (5, 2 * HOUR), slot=10 * MINUTE),
)
WATCHED = (
    bucket("prefix", (3, HOUR), guard=Guard(percent=60)),
    bucket("net", (2, HOUR), slot=MINUTE, guard=Guard(percent=0, shadow=True)),
)
BUCKETS = st.just(()) | st.lists(st.sampled_from([*PLAIN, *WATCHED]), unique=True, max_size=3).map(tuple)
GUARDS = st.sampled_from([(), WATCHED, WATCHED[:1]])
FORWARD = st.sampled_from([INSTANT, 30 * SECOND, MINUTE, MINUTE, 10 * MINUTE, 10 * MINUTE, HOUR, DAY - HOUR])
BACK = 2 * MINUTE
"""How far a clock may be set back, at most, behind the latest time it told."""


class Codes(RuleBasedStateMachine):
    fresh: ClassVar[Fresh]
    own_expiry = False

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        clock = FrozenClock(AT)
        self.store = type(self).fresh(clock, Path(self.folder.name) / "codes.db")
        self.naive = NaiveCodes(LIMITS)
        self.now = self.latest = micros(AT)
        self.may_step_back = False
        self.opened = 0
        self.accepted: list[str] = []
        self.wrong: list[tuple[str, int]] = []
        self.admitted: dict[tuple[str, int], tuple[int, tuple[Bucket, ...]]] = {}
        self.given_back: list[tuple[str, int]] = []
        self.taken: list[tuple[str, int]] = []
        self.redeemed: list[str] = []

    def teardown(self) -> None:
        code_stores.close(self.store)
        self.folder.cleanup()

    @initialize(back=st.booleans(), device=DEVICES)
    def begin(self, back: bool, device: str) -> None:
        """A clock that may step back or not, and a first code."""
        self.may_step_back = back
        self.open(False, (OLD,), device, None, (), WATCHED, HOUR, True)

    @rule(by=FORWARD)
    def nothing_happens(self, by: int) -> None:
        self.time_passes(by)

    def time_passes(self, by: int) -> None:
        self.now += by
        self.latest = max(self.latest, self.now)

    @precondition(lambda self: self.may_step_back)
    @rule(by=st.sampled_from([INSTANT, 30 * SECOND, BACK]))
    def the_clock_steps_back(self, by: int) -> None:
        self.now = max(self.now - by, self.latest - BACK)

    @rule(
        again=st.sampled_from([False] * 7 + [True]),
        budgets=PEOPLE,
        device=DEVICES,
        line=DEVICES | st.none(),
        buckets=BUCKETS,
        guards=GUARDS,
        lives=st.sampled_from([MINUTE, 10 * MINUTE, HOUR, 2 * DAY]),
        taken=st.booleans(),
    )
    def ask(self, again, budgets, device, line, buckets, guards, lives, taken) -> None:
        self.open(again, budgets, device, line, buckets, guards, lives, taken)

    @rule(
        budgets=PEOPLE,
        device=DEVICES,
        by=DEVICES | st.none(),
        buckets=BUCKETS,
        guards=GUARDS,
        wrong=st.integers(0, 3),
        right=st.booleans(),
        later=st.sampled_from([0, INSTANT, MINUTE, 10 * MINUTE, HOUR, DAY - HOUR]),
    )
    def visit(self, budgets, device, by, buckets, guards, wrong, right, later) -> None:
        """Later somebody asks for a code, mistypes it, perhaps gets it right, and uses what it grants."""
        self.time_passes(later)
        self.open(False, budgets, device, None, buckets, guards, HOUR, True)
        typing = device if by is None else by
        self.type(self.which(0), "wrong", typing, wrong, MINUTE)
        if right:
            self.type(self.which(0), "right", typing, 1, MINUTE)
            self.use(self.which(0), "right")

    def open(self, again, budgets, device, line, buckets, guards, lives, taken) -> None:
        one = self.which(0) if again else challenge(f"m-{self.opened}")
        self.opened += 1
        asked = new(
            one,
            budgets=budgets,
            tag=self.tag(one, "right", "code"),
            device=device,
            line=device if line is None else line,
            guards=guards,
            lives=lives,
            taken=taken,
        )
        answer = self.store.open_challenge(asked, buckets, LIMITS, self.now)
        assert answer == self.naive.open(asked, buckets, self.now)
        self.note(one, answer, buckets, taken)

    @rule(which=WHICH, buckets=BUCKETS, left=st.sampled_from([0, MINUTE, MINUTE + 1]), taken=st.booleans())
    def resend(self, which, buckets, left, taken) -> None:
        one = self.which(which)
        answer = self.store.resend_challenge(one, buckets, LIMITS, left=left, taken=taken, now=self.now)
        assert answer == self.naive.resend(one, buckets, left, taken, self.now)
        self.note(one, answer, buckets, taken)

    def note(self, one: str, answer: Opening, buckets: tuple[Bucket, ...], taken: bool) -> None:
        if isinstance(answer, Sent):
            assert (one, answer.send) not in self.admitted
            self.admitted[one, answer.send] = (self.now, buckets)
            if taken:
                self.taken.append((one, answer.send))

    @rule(which=WHICH, send=st.integers(0, 3))
    def take(self, which: int, send: int) -> None:
        one = self.which(which)
        told = self.store.take_send(one, send, self.now)
        assert told == self.naive.take(one, send, self.now)
        if told:
            assert (one, send) in self.admitted
            self.taken.append((one, send))

    @rule(which=WHICH, send=st.sampled_from([1, 1, 1, 2, 3]))
    def refund(self, which: int, send: int) -> None:
        one = self.which(which)
        _, buckets = self.admitted.get((one, send), (0, ()))
        told = self.store.refund_send(one, send, buckets)
        assert told == self.naive.refund(one, send, buckets)
        if told:
            self.given_back.append((one, send))

    @rule(
        which=WHICH,
        typed=st.sampled_from(["right", "wrong", "wrong", "wrong", "nothing", "another's"]),
        device=DEVICES,
        times=st.integers(1, 4),
        grant_lives=st.sampled_from([MINUTE, 3 * DAY]),
    )
    def check(self, which: int, typed: str, device: str, times: int, grant_lives: int) -> None:
        """The same is typed several times over: a person who insists, a machine that guesses."""
        self.type(self.which(which), typed, device, times, grant_lives)

    def type(self, one: str, typed: str, device: str, times: int, grant_lives: int) -> None:
        tag = self.tag(one, typed, "code")
        attempt = Attempt(
            tag=tag, device=device, grant=self.tag(one, "right", "grant"), grant_lives=grant_lives
        )
        for _ in range(times):
            before = self.store.load_challenge(one)
            told = self.store.check_code(one, attempt, LIMITS, self.now)
            assert told == self.naive.check(one, attempt, self.now)
            if told.kind is VerdictKind.ACCEPTED:
                assert before is not None
                assert typed == "right"
                assert before.state is State.OPEN
                assert before.issued_at <= self.now < before.expires_at
                self.accepted.append(one)
            elif told.kind is VerdictKind.WRONG:
                assert before is not None
                assert typed != "right"
                self.wrong += [(budget, self.now) for budget in before.budgets]

    @rule(which=WHICH, typed=st.sampled_from(["right", "right", "another's", "nothing"]))
    def redeem(self, which: int, typed: str) -> None:
        self.use(self.which(which), typed)

    def use(self, one: str, typed: str) -> None:
        grant = self.tag(one, typed, "grant")
        told = self.store.redeem_grant(one, grant, self.now)
        assert told == self.naive.redeem(one, grant, self.now)
        if told:
            assert typed == "right"
            assert one in self.accepted
            self.redeemed.append(one)

    def which(self, back: int) -> str:
        known = list(self.naive.codes)
        return known[-1 - back % len(known)] if known and back >= 0 else challenge("unknown")

    def tag(self, one: str, typed: str, what: str) -> bytes:
        of = f"{self.which(0)}, not {one}" if typed == "another's" else one
        return b"" if typed == "nothing" else tag_of("wrong" if typed == "wrong" else f"{what} of {of}")

    @rule()
    def forget(self) -> None:
        """What no later time can need may go; a clock set back is still a later time than this."""
        at = self.latest - BACK
        told = self.store.forget_codes(at)
        assert told == 0 or not self.own_expiry
        for one, code in list(self.naive.codes.items()):
            due = max(code.ends, code.grant_ends) + DAY <= at
            gone = self.store.load_challenge(one) is None
            assert gone is (due and not self.own_expiry)
            if gone:
                self.lose(one)

    def lose(self, one: str) -> None:
        """Let go of a challenge that was forgotten: its id may be opened as another."""
        del self.naive.codes[one]
        for history in (self.accepted, self.redeemed):
            history[:] = [other for other in history if other != one]
        for sends in (self.given_back, self.taken):
            sends[:] = [send for send in sends if send[0] != one]
        self.admitted = {send: told for send, told in self.admitted.items() if send[0] != one}

    @rule(which=WHICH)
    def look(self, which: int) -> None:
        one = self.which(which)
        code = self.naive.codes.get(one)
        assert self.store.load_challenge(one) == (None if code is None else code.record)

    @invariant()
    def each_happens_at_most_once(self) -> None:
        """A code is accepted once, a grant redeemed once, a send taken once and given back once."""
        for history in (self.accepted, self.redeemed, self.given_back, self.taken):
            assert max(Counter(history).values(), default=1) == 1

    @invariant()
    def no_day_sees_more_failures_than_the_ceiling(self) -> None:
        for budget in (OLD, YOUNG, OTHER):
            times = [at for who, at in self.wrong if who == budget]
            assert all(len([at for at in times if end - DAY < at <= end]) <= LIMITS.ceiling for end in times)

    @invariant()
    def no_window_sees_more_sends_than_its_limit(self) -> None:
        """Of sends that were not given back, by a clock that runs forwards."""
        if self.may_step_back:
            return
        for plain in PLAIN:
            times = [
                at
                for send, (at, buckets) in self.admitted.items()
                if plain in buckets and send not in self.given_back
            ]
            for limit in plain.limits:
                ends = [len([at for at in times if end - limit.window < at <= end]) for end in times]
                assert max(ends, default=0) <= limit.count


class OverMemory(Codes):
    fresh = staticmethod(code_stores.memory)


class OverAsyncMemory(Codes):
    fresh = staticmethod(code_stores.async_memory)


class OverSqlite(Codes):
    fresh = staticmethod(code_stores.sqlite)


class OverAsyncSqlite(Codes):
    fresh = staticmethod(code_stores.async_sqlite)


class OverRedis(Codes):
    fresh = staticmethod(code_stores.redis)
    own_expiry = True


class OverAsyncRedis(Codes):
    fresh = staticmethod(code_stores.async_redis)
    own_expiry = True


class OverPostgres(Codes):
    fresh = staticmethod(code_stores.postgres)


class OverAsyncPostgres(Codes):
    fresh = staticmethod(code_stores.async_postgres)


def examples(count: int) -> settings:
    most = 40 * count if os.environ.get("LOANSMS_SOAK") else count
    return settings(max_examples=most, stateful_step_count=50, deadline=None, derandomize=True)


TestOverMemory = OverMemory.TestCase
TestOverMemory.settings = examples(150)
TestOverAsyncMemory = OverAsyncMemory.TestCase
TestOverAsyncMemory.settings = examples(10)
TestOverSqlite = OverSqlite.TestCase
TestOverSqlite.settings = examples(25)
TestOverAsyncSqlite = OverAsyncSqlite.TestCase
TestOverAsyncSqlite.settings = examples(8)
TestOverRedis = OverRedis.TestCase
TestOverRedis.settings = examples(20)
TestOverAsyncRedis = OverAsyncRedis.TestCase
TestOverAsyncRedis.settings = examples(8)
TestOverPostgres = OverPostgres.TestCase
TestOverPostgres.settings = examples(20)
TestOverAsyncPostgres = OverAsyncPostgres.TestCase
TestOverAsyncPostgres.settings = examples(8)
