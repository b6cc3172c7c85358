"""Checks of admission: every bucket in every window, the time told, and the guard against pumping."""

from __future__ import annotations

from loansms.otp.admission import Bucket, Guard, NoRoom, Shadow
from loansms.otp.verdict import VerdictKind
from loansms.stores.codes import Opening
from loansms.testing.code_case import CodeCase, Desk, sent
from loansms.testing.code_examples import CODE, INSTANT, MINUTE, RIGHT, blind, bucket, challenge

HOUR = 60 * MINUTE


class _Requests:
    """Openings of a new challenge and a new person each, so that only buckets can refuse."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.number = 0

    def ask(self, *buckets: Bucket, guards: tuple[Bucket, ...] = ()) -> Opening:
        """Open the next challenge."""
        self.number += 1
        return self.desk.open(
            challenge(f"q-{self.number}"), *buckets, budgets=(blind(f"person {self.number}"),), guards=guards
        )

    def verify(self, number: int) -> None:
        """Give the right code of a challenge."""
        assert self.desk.kind(RIGHT, challenge(f"q-{number}")) is VerdictKind.ACCEPTED


class AdmissionChecks(CodeCase):
    """A limit holds in every window, and the moment it frees is known."""

    def test_a_limit_holds_exactly(self) -> None:
        """The last use under it goes, the next does not."""
        with self.opened() as desk:
            asks = _Requests(desk)
            for _ in range(3):
                sent(asks.ask(bucket("ip", (3, MINUTE))))
            assert asks.ask(bucket("ip", (3, MINUTE))) == NoRoom("ip", desk.now + MINUTE)

    def test_a_limit_holds_in_every_window(self) -> None:
        """Uses that straddle the minute of the clock count together."""
        two = bucket("phone", (2, MINUTE))
        with self.opened() as desk:
            asks = _Requests(desk)
            desk.wait(50 * INSTANT)
            sent(asks.ask(two))
            first = desk.now
            desk.wait(MINUTE // 2)
            sent(asks.ask(two))
            desk.wait(MINUTE // 2 - INSTANT)
            assert asks.ask(two) == NoRoom("phone", first + MINUTE)
            desk.wait(INSTANT)
            sent(asks.ask(two))
            assert asks.ask(two) == NoRoom("phone", first + MINUTE + MINUTE // 2)

    def test_a_refused_opening_uses_nothing_up(self) -> None:
        """However often it is tried, the bucket frees when it said."""
        one = bucket("phone", (1, MINUTE))
        with self.opened() as desk:
            asks = _Requests(desk)
            sent(asks.ask(one))
            until = desk.now + MINUTE
            for _ in range(5):
                desk.wait(MINUTE // 6)
                assert asks.ask(one) == NoRoom("phone", until)
            desk.wait(until - desk.now)
            sent(asks.ask(one))

    def test_every_limit_of_a_bucket_holds(self) -> None:
        """One a minute and two an hour: the third waits for the hour."""
        both = bucket("phone", (1, MINUTE), (2, HOUR))
        with self.opened() as desk:
            asks = _Requests(desk)
            start = desk.now
            sent(asks.ask(both))
            assert asks.ask(both) == NoRoom("phone", start + MINUTE)
            desk.wait(MINUTE)
            sent(asks.ask(both))
            assert asks.ask(both) == NoRoom("phone", start + HOUR)
            desk.wait(HOUR - MINUTE)
            sent(asks.ask(both))

    def test_of_full_buckets_the_last_to_free_is_told(self) -> None:
        """In whatever order they come; of two that free together the first is named."""
        short, long = bucket("phone", (1, MINUTE)), bucket("ip", (1, HOUR))
        same = bucket("device", (1, HOUR))
        with self.opened() as desk:
            asks = _Requests(desk)
            sent(asks.ask(short, long, same))
            assert asks.ask(short, long) == NoRoom("ip", desk.now + HOUR)
            assert asks.ask(long, short) == NoRoom("ip", desk.now + HOUR)
            assert asks.ask(same, long) == NoRoom("device", desk.now + HOUR)

    def test_buckets_are_told_apart_by_id(self) -> None:
        """Another phone has its own count under the same name."""
        with self.opened() as desk:
            asks = _Requests(desk)
            sent(asks.ask(bucket("phone", (1, MINUTE), of="one")))
            sent(asks.ask(bucket("phone", (1, MINUTE), of="another")))
            assert asks.ask(bucket("phone", (1, MINUTE), of="one")) == NoRoom("phone", desk.now + MINUTE)

    def test_no_bucket_is_no_limit(self) -> None:
        """Nothing to charge is room."""
        with self.opened() as desk:
            asks = _Requests(desk)
            for _ in range(5):
                sent(asks.ask())

    def test_a_slot_rounds_up_and_never_early(self) -> None:
        """A use just after a slot began counts until a window after its end."""
        rounded = bucket("country", (1, HOUR), slot=10 * MINUTE)
        with self.opened() as desk:
            desk.wait(-desk.now % (10 * MINUTE) + INSTANT)
            asks = _Requests(desk)
            sent(asks.ask(rounded))
            until = desk.now - INSTANT + 10 * MINUTE + HOUR
            assert asks.ask(rounded) == NoRoom("country", until)
            desk.wait(until - desk.now - INSTANT)
            assert asks.ask(rounded) == NoRoom("country", until)
            desk.wait(INSTANT)
            sent(asks.ask(rounded))

    def test_uses_on_a_slots_edge_are_not_rounded(self) -> None:
        """Exactly at its multiple a time stays what it is, and uses in one slot add up."""
        rounded = bucket("country", (3, HOUR), slot=10 * MINUTE)
        with self.opened() as desk:
            desk.wait(-desk.now % (10 * MINUTE))
            edge = desk.now
            asks = _Requests(desk)
            sent(asks.ask(rounded))
            desk.wait(MINUTE)
            sent(asks.ask(rounded))
            desk.wait(MINUTE)
            sent(asks.ask(rounded))
            assert asks.ask(rounded) == NoRoom("country", edge + HOUR)
            desk.wait(edge + HOUR - desk.now)
            sent(asks.ask(rounded))
            assert asks.ask(rounded) == NoRoom("country", edge + 10 * MINUTE + HOUR)

    def test_a_use_in_the_future_still_counts(self) -> None:
        """A clock that stepped back makes no room."""
        one = bucket("phone", (1, MINUTE))
        with self.opened() as desk:
            asks = _Requests(desk)
            sent(asks.ask(one))
            desk.wait(-HOUR)
            assert asks.ask(one) == NoRoom("phone", desk.now + HOUR + MINUTE)

    def test_uses_before_and_after_a_step_back_add_up(self) -> None:
        """Which of them leaves first is a matter of time, not of arrival."""
        two = bucket("phone", (2, HOUR))
        with self.opened() as desk:
            asks = _Requests(desk)
            sent(asks.ask(two))
            desk.wait(-10 * MINUTE)
            sent(asks.ask(two))
            assert asks.ask(two) == NoRoom("phone", desk.now + HOUR)

    def test_a_limit_may_be_changed(self) -> None:
        """A bucket is its id; the limits are those of whoever asks."""
        with self.opened() as desk:
            asks = _Requests(desk)
            for _ in range(3):
                sent(asks.ask(bucket("phone", (3, HOUR))))
            start = desk.now
            desk.wait(MINUTE)
            assert asks.ask(bucket("phone", (1, HOUR))) == NoRoom("phone", start + HOUR)
            sent(asks.ask(bucket("phone", (4, HOUR))))


class GuardChecks(CodeCase):
    """Sent and never verified is the sign of pumping."""

    def test_a_guard_counts_the_unverified(self) -> None:
        """A right code makes room for one more; used a second time it makes none."""
        watch = bucket("prefix", (2, HOUR), guard=Guard(percent=0))
        with self.opened() as desk:
            asks = _Requests(desk)
            sent(asks.ask(watch, guards=(watch,)))
            sent(asks.ask(watch, guards=(watch,)))
            assert asks.ask(watch) == NoRoom("prefix", desk.now + HOUR)
            asks.verify(1)
            assert desk.kind(RIGHT, challenge("q-1")) is VerdictKind.SUPERSEDED
            sent(asks.ask(watch, guards=(watch,)))
            assert asks.ask(watch) == NoRoom("prefix", desk.now + HOUR)

    def test_a_wrong_code_is_not_told_to_a_guard(self) -> None:
        """Only what was verified makes room."""
        watch = bucket("prefix", (1, HOUR), guard=Guard(percent=0))
        with self.opened() as desk:
            asks = _Requests(desk)
            sent(asks.ask(watch, guards=(watch,)))
            desk.guess(2, challenge("q-1"))
            assert isinstance(asks.ask(watch), NoRoom)

    def test_a_guard_allows_a_share_of_the_verified(self) -> None:
        """With six verified, half of them may be open, however small the count."""
        watch = bucket("prefix", (1, HOUR), guard=Guard(percent=50))
        with self.opened() as desk:
            asks = _Requests(desk)
            for number in range(1, 7):
                sent(asks.ask(watch, guards=(watch,)))
                asks.verify(number)
            for _ in range(3):
                sent(asks.ask(watch))
            assert isinstance(asks.ask(watch), NoRoom)

    def test_a_code_is_verified_at_its_own_time(self) -> None:
        """What is told to a guard leaves its window with the time of the right code, not of the send."""
        watch = bucket("prefix", (1, 10 * MINUTE), guard=Guard(percent=0))
        with self.opened() as desk:
            asks = _Requests(desk)
            sent(asks.ask(watch, guards=(watch,)))
            desk.wait(4 * MINUTE)
            asks.verify(1)
            desk.wait(6 * MINUTE)
            sent(asks.ask(watch))
            sent(asks.ask(watch))
            assert isinstance(asks.ask(watch), NoRoom)
            desk.wait(4 * MINUTE)
            assert asks.ask(watch) == NoRoom("prefix", desk.now - 4 * MINUTE + 10 * MINUTE)

    def test_a_guard_with_slots_learns_in_its_slot(self) -> None:
        """Rounded up like a use, and counted with the others of the slot."""
        watch = bucket("prefix", (1, HOUR), slot=10 * MINUTE, guard=Guard(percent=0))
        with self.opened() as desk:
            desk.wait(-desk.now % (10 * MINUTE) + INSTANT)
            asks = _Requests(desk)
            sent(asks.ask(watch, guards=(watch,)))
            desk.wait(MINUTE)
            asks.verify(1)
            sent(asks.ask(watch))
            edge = desk.now - MINUTE - INSTANT + 10 * MINUTE
            assert asks.ask(watch) == NoRoom("prefix", edge + HOUR)

    def test_a_shadow_is_told_and_refuses_nothing(self) -> None:
        """It says what would have been refused: how many unverified, how many allowed; and it still counts."""
        watch = bucket("prefix", (1, HOUR), guard=Guard(percent=0, shadow=True))
        with self.opened() as desk:
            asks = _Requests(desk)
            assert sent(asks.ask(watch, guards=(watch,))).shadows == ()
            assert sent(asks.ask(watch)).shadows == (Shadow("prefix", 1, 1),)
            assert sent(asks.ask(watch)).shadows == (Shadow("prefix", 2, 1),)
            asks.verify(1)
            assert sent(asks.ask(watch)).shadows == (Shadow("prefix", 2, 1),)
            assert sent(desk.resend(challenge("q-4"), watch)).shadows == (Shadow("prefix", 3, 1),)

    def test_several_shadows_are_told_in_order(self) -> None:
        """Each guard that would have refused is named, and the others are not."""
        shadow = Guard(percent=0, shadow=True)
        prefix, ip = bucket("prefix", (1, HOUR), guard=shadow), bucket("ip", (1, HOUR), guard=shadow)
        wide = bucket("country", (9, HOUR), guard=shadow)
        with self.opened() as desk:
            asks = _Requests(desk)
            sent(asks.ask(prefix, wide, ip))
            told = sent(asks.ask(ip, wide, prefix)).shadows
            assert told == (Shadow("ip", 1, 1), Shadow("prefix", 1, 1))

    def test_a_shadow_does_not_hide_a_full_bucket(self) -> None:
        """The bucket that refuses is named."""
        watch = bucket("prefix", (1, HOUR), guard=Guard(percent=0, shadow=True))
        one = bucket("phone", (1, MINUTE))
        with self.opened() as desk:
            asks = _Requests(desk)
            sent(asks.ask(watch, one))
            assert asks.ask(watch, one) == NoRoom("phone", desk.now + MINUTE)
            assert asks.ask(one, watch) == NoRoom("phone", desk.now + MINUTE)

    def test_a_refund_frees_a_guard(self) -> None:
        """What never went out was no pumping, and what was verified stays so."""
        watch = bucket("prefix", (1, HOUR), guard=Guard(percent=0))
        with self.opened() as desk:
            asks = _Requests(desk)
            sent(asks.ask(watch, guards=(watch,)))
            asks.verify(1)
            sent(asks.ask(watch))
            assert isinstance(asks.ask(watch), NoRoom)
            assert desk.store.refund_send(challenge("q-2"), 1, [watch])
            sent(desk.open(CODE, watch))
            assert isinstance(asks.ask(watch), NoRoom)
