"""Rolling counts against a brute-force count of the very same uses."""

from hypothesis import given
from hypothesis import strategies as st

from loansms.otp.admission import (
    Bucket,
    Guard,
    Limit,
    NoRoom,
    Room,
    Shadow,
    added,
    decide,
    full_until,
    kept,
    slot_of,
)

LIMITS = st.lists(st.builds(Limit, st.integers(1, 4), st.integers(1, 60)), min_size=1, max_size=3).map(tuple)
STEPS = st.lists(st.integers(0, 25), max_size=40)  # time between two askings
BUCKET = Bucket("phone", "b", (Limit(2, 10),))


def used(log: tuple[tuple[int, int, int], ...]) -> int:
    return sum(sent for _, sent, _ in log)


def most_in_a_window(uses: list[int], window: int) -> int:
    """Return the largest number of `uses` in any half-open window of that length."""
    return max([sum(1 for use in uses if at <= use < at + window) for at in uses], default=0)


@given(LIMITS, STEPS)
def test_an_exact_bucket_admits_what_a_count_of_every_use_admits(limits, steps):
    bucket = Bucket("phone", "b", limits)
    log, uses, now = (), [], 0
    for step in steps:
        now += step
        room = all(sum(1 for use in uses if use > now - one.window) < one.count for one in limits)
        until = full_until(log, bucket, now)
        assert (until is None) is room
        if room:
            uses.append(now)
            log = added(log, bucket, now)
    for one in limits:
        assert most_in_a_window(uses, one.window) <= one.count


@given(LIMITS, STEPS)
def test_retry_at_is_exact_full_one_microsecond_before_and_free_at_it(limits, steps):
    bucket = Bucket("phone", "b", limits)
    log, now = (), 0
    for step in steps:
        now += step
        until = full_until(log, bucket, now)
        if until is None:
            log = added(log, bucket, now)
        else:
            assert until > now
            assert full_until(log, bucket, until - 1) == until
            assert full_until(log, bucket, until) is None


@given(LIMITS, STEPS, st.integers(1, 30))
def test_a_slot_never_admits_what_an_exact_count_refuses_and_keeps_a_short_log(limits, steps, slot):
    bucket = Bucket("ip", "b", limits, slot)
    log, uses, now = (), [], 0
    for step in steps:
        now += step
        until = full_until(log, bucket, now)
        if until is None:
            uses.append(now)
            log = added(log, bucket, now)
        else:
            assert full_until(log, bucket, until - 1) is not None
            assert full_until(log, bucket, until) is None
            # Longer than exact by no more than the slot.
            waits = [
                one.window
                for one in limits
                if sum(1 for use in uses if use > now - one.window - slot) >= one.count
            ]
            assert until <= now + max(waits, default=0) + slot
        assert len(log) <= bucket.keeps // slot + 2
    for one in limits:
        assert most_in_a_window(uses, one.window) <= one.count


@given(st.integers(0, 1000), st.integers(1, 50))
def test_a_time_is_rounded_up_to_its_slot_and_never_down(at, slot):
    assert at <= slot_of(slot, at) < at + slot
    assert slot_of(slot, at) % slot == 0
    assert slot_of(0, at) == at


EVENTS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from([(1, 0), (0, 1), (-1, 0), (0, 0)])), min_size=1, max_size=40
)


@given(EVENTS, st.sampled_from([0, 7]))
def test_a_log_is_what_one_entry_for_each_slot_adds_up_to(events, slot):
    bucket = Bucket("ip", "b", (Limit(5, 40),), slot)
    log: tuple[tuple[int, int, int], ...] = ()
    plain: dict[int, tuple[int, int]] = {}
    now = 0
    for step, (sent, verified) in events:
        now += step
        log = added(log, bucket, now, sent=sent, verified=verified)
        at = slot_of(slot, now)
        count, proved = plain.get(at, (0, 0))
        plain[at] = (max(count + sent, 0), proved + verified)
        plain = {when: one for when, one in plain.items() if when > now - 40 and one != (0, 0)}
        assert log == tuple((when, *plain[when]) for when in sorted(plain))


@given(STEPS, st.integers(0, 39), st.sampled_from([0, 7]))
def test_a_refund_takes_back_the_use_of_its_own_time_and_nothing_else(steps, which, slot):
    bucket = Bucket("ip", "b", (Limit(100, 10_000),), slot)
    times = [sum(steps[: place + 1]) for place in range(len(steps))]
    log: tuple[tuple[int, int, int], ...] = ()
    for at in times:
        log = added(log, bucket, at)
    if which < len(times):
        without: tuple[tuple[int, int, int], ...] = ()
        for at in times[:which] + times[which + 1 :]:
            without = added(without, bucket, at)
        assert added(log, bucket, times[which], sent=-1) == without


def test_a_refund_of_what_is_not_there_gives_nothing():
    log = added((), BUCKET, 5)
    assert added(log, BUCKET, 6, sent=-1) == log
    assert added(added(log, BUCKET, 5, sent=-1), BUCKET, 5, sent=-1) == ()


def test_a_refund_leaves_what_was_verified_of_its_slot():
    bucket = Bucket("prefix", "b", (Limit(5, 100),), 10, Guard(50))
    log = added(added((), bucket, 3), bucket, 4, sent=0, verified=1)
    assert log == ((10, 1, 1),)
    assert added(log, bucket, 3, sent=-1) == ((10, 0, 1),)


def test_a_use_from_the_future_still_counts_after_the_clock_stepped_back():
    log = added(added((), BUCKET, 100), BUCKET, 101)
    assert full_until(log, BUCKET, 50) == 110
    assert kept(log, BUCKET, 50) == log
    assert added(log, BUCKET, 50) == ((50, 1, 0), (100, 1, 0), (101, 1, 0))


def test_every_bucket_has_room_or_none_is_told_as_free():
    full = added(added((), BUCKET, 1), BUCKET, 2)
    later = Bucket("ip", "c", (Limit(1, 100),))
    assert decide([BUCKET, later], [(), ()], 3) == Room()
    assert decide([], [], 3) == Room()
    assert decide([BUCKET, later], [full, ()], 3) == NoRoom("phone", 11)
    # Of several, the last to free: asking before would be refused again.
    assert decide([BUCKET, later], [full, added((), later, 2)], 3) == NoRoom("ip", 102)
    assert decide([later, BUCKET], [added((), later, 2), full], 3) == NoRoom("ip", 102)


@given(
    st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=40),
    st.integers(1, 4),
    st.integers(0, 100),
)
def test_a_guard_limits_what_was_sent_and_never_verified(events, count, percent):
    window = 60
    bucket = Bucket("prefix", "b", (Limit(count, window),), 0, Guard(percent))
    log, sends, proofs, now = (), [], [], 0
    for step, right in events:
        now += step
        sent = sum(1 for at in sends if at > now - window)
        verified = sum(1 for at in proofs if at > now - window)
        room = sent - verified < max(count, verified * percent // 100)
        assert (full_until(log, bucket, now) is None) is room
        if right and sent > verified:
            proofs.append(now)
            log = added(log, bucket, now, sent=0, verified=1)
        elif room:
            sends.append(now)
            log = added(log, bucket, now)


def test_codes_that_are_verified_keep_a_guard_open_for_ever():
    bucket = Bucket("prefix", "b", (Limit(1, 1000),), 0, Guard(50))
    log: tuple[tuple[int, int, int], ...] = ()
    for now in range(1, 200, 2):
        assert full_until(log, bucket, now) is None
        log = added(added(log, bucket, now), bucket, now + 1, sent=0, verified=1)
    assert used(log) == 100


def test_a_guard_in_shadow_tells_what_it_would_have_refused_and_refuses_nothing():
    guard = Guard(50, shadow=True)
    bucket = Bucket("prefix", "b", (Limit(5, 10), Limit(2, 1000)), 0, guard)
    log = ((1, 2, 0), (2, 3, 2))
    assert decide([bucket], [log], 3) == Room((Shadow("prefix", 3, 2),))
    full = added(added((), BUCKET, 1), BUCKET, 2)
    assert decide([bucket, BUCKET], [log, full], 3) == NoRoom("phone", 11)
    assert decide([bucket], [log], 2000) == Room()


def test_a_bucket_keeps_its_longest_window_and_is_equal_by_what_it_is_made_of():
    bucket = Bucket("phone", "b", (Limit(1, 60), Limit(10, 86_400), Limit(5, 3600)))
    assert bucket.keeps == 86_400
    assert bucket == Bucket("phone", "b", (Limit(1, 60), Limit(10, 86_400), Limit(5, 3600)))
    assert kept(((0, 1, 0), (1, 1, 0)), bucket, 86_400) == ((1, 1, 0),)
    assert kept(((0, 1, 0),), bucket, 86_399) == ((0, 1, 0),)
    assert kept((), bucket, 0) == ()
