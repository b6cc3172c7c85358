"""What a request is counted under: blind, apart by tenant and kind, steady while keys rotate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loansms.errors import CallerError
from loansms.model import PhoneNumber
from loansms.otp.admission import Bucket, Guard, Log, NoRoom, Room, added, decide
from loansms.otp.buckets import buckets_for, buckets_of, budget_ids, device_id, guards_of
from loansms.otp.profiles import (
    DAY,
    HALF_HOUR,
    LENDER,
    MAINLAND,
    SHIPPED,
    BucketRule,
    Profile,
    Rate,
)
from loansms.otp.request import Client
from loansms.privacy import KeyRing

OLD, NEW = b"i" * 32, b"j" * 32
RING = KeyRing({"k1": bytes(32)}, current="k1", index={"i1": OLD})
ROTATING = KeyRing({"k1": bytes(32)}, current="k1", index={"i1": OLD, "i2": NEW})
PHONE = PhoneNumber.parse("17400000001", region="CN")
CLIENT = Client(ip="203.0.113.7", device="d-1")
SECOND = 1_000_000

plain_words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)


def asked(
    profile: Profile = LENDER,
    ring: KeyRing = RING,
    *,
    tenant: str = "t",
    phone: PhoneNumber = PHONE,
    action: str = "login",
    confirmed: bool = True,
    client: Client = CLIENT,
) -> tuple[Bucket, ...]:
    return buckets_for(
        profile, ring, tenant=tenant, phone=phone, action=action, confirmed=confirmed, client=client
    )


def ids(buckets: tuple[Bucket, ...], *names: str) -> set[str]:
    return {bucket.id for bucket in buckets if bucket.name in names}


def test_a_confirmed_number_and_an_unconfirmed_one_are_counted_apart_but_share_the_carriers_day() -> None:
    known, strange = asked(), asked(confirmed=False)
    names = ["phone", "phone_action", "carrier", "ip", "device", "prefix"]
    guards = ["prefix_guard", "country_guard", "ip_guard"]
    assert [bucket.name for bucket in known] == names + guards
    assert [bucket.name for bucket in strange] == ["phone_unconfirmed", *names[1:], *guards]
    assert ids(known, "phone", "phone_action").isdisjoint(ids(strange, "phone_unconfirmed", "phone_action"))
    assert ids(known, "carrier") == ids(strange, "carrier")


def test_what_the_host_does_not_know_is_not_counted() -> None:
    assert not ids(asked(client=Client()), "ip", "ip_guard", "device")
    assert ids(asked(client=Client(ip="203.0.113.7")), "ip", "ip_guard")
    assert ids(asked(client=Client(device="d-1")), "device")
    assert not ids(asked(client=Client(device="")), "device")


@given(
    line=st.integers(0, 999_999),
    ip=st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)),
    device=st.text(st.characters(categories=("L", "N")), min_size=6, max_size=40),
    subject=st.text(st.characters(categories=("L", "N")), min_size=6, max_size=40),
)
def test_no_id_holds_a_number_an_address_a_device_or_a_subject(line, ip, device, subject) -> None:
    phone = PhoneNumber.parse(f"17400{line:06d}", region="CN")
    buckets = asked(phone=phone, client=Client(ip=str(ip), device=device), action="-", tenant="-")
    told = [bucket.id for bucket in buckets]
    told += [*budget_ids(RING, "-", subject, "-", True), device_id(RING, "-", subject, device)]
    for one in told:
        for plain in (phone.e164[1:], phone.e164[3:], phone.e164[3:-4], str(ip), device, subject):
            assert plain not in one
    assert len(set(told)) == len(told)


def test_two_numbers_of_one_range_share_the_range_and_nothing_else() -> None:
    mine, next_door = asked(), asked(phone=PhoneNumber.parse("17400009999", region="CN"))
    far = asked(phone=PhoneNumber.parse("17400010001", region="CN"))
    shared = {"prefix", "prefix_guard", "ip", "ip_guard", "device", "country_guard"}
    for one, other in zip(mine, next_door, strict=True):
        assert (one.id == other.id) is (one.name in shared)
    assert ids(mine, "prefix").isdisjoint(ids(far, "prefix"))


def test_another_tenant_counts_in_buckets_of_its_own() -> None:
    full = LENDER.ruled(BucketRule(name="country", rates=(Rate(count=9, window=DAY),), slot=HALF_HOUR)).ruled(
        BucketRule(name="tenant", rates=(Rate(count=9, window=DAY),), slot=HALF_HOUR)
    )
    mine, theirs = asked(full, tenant="a"), asked(full, tenant="b")
    assert len(mine) == 11
    assert {one.id for one in mine}.isdisjoint({one.id for one in theirs})


@given(
    one=st.tuples(plain_words, plain_words, plain_words),
    other=st.tuples(plain_words, plain_words, plain_words),
)
def test_no_two_lots_of_tenant_subject_and_action_share_a_budget(one, other) -> None:
    assert (budget_ids(RING, *one, True) == budget_ids(RING, *other, True)) is (one == other)
    assert budget_ids(RING, *one, True) != budget_ids(RING, *one, False)
    assert (device_id(RING, *one) == device_id(RING, *other)) is (one == other)


@given(one=plain_words, other=plain_words)
def test_no_action_can_be_named_so_that_it_counts_as_another(one, other) -> None:
    mine = ids(asked(action=one), "phone_action")
    assert (mine == ids(asked(action=other), "phone_action")) is (one == other)
    assert mine.isdisjoint(ids(asked(action=other, confirmed=False), "phone_action"))


def test_while_an_index_key_is_replaced_everything_is_counted_under_both() -> None:
    before, during = asked(), asked(ring=ROTATING)
    alone = asked(ring=KeyRing({"k1": bytes(32)}, current="k1", index={"i2": NEW}))
    assert {one.id for one in during} == {one.id for one in before} | {one.id for one in alone}
    twice = [one.name for one in before if one.name != "country_guard"]
    # A country is no secret: its key never rotates, so it is charged once.
    assert sorted(one.name for one in during) == sorted([*twice, *twice, "country_guard"])
    assert budget_ids(ROTATING, "t", "B-1", "login", True)[:1] == budget_ids(RING, "t", "B-1", "login", True)
    assert device_id(ROTATING, "t", "B-1", "d-1") == device_id(RING, "t", "B-1", "d-1")


def test_a_new_code_key_moves_no_bucket_and_no_budget() -> None:
    ring = KeyRing({"k1": bytes(32), "k2": b"2" * 32}, current="k2", index={"i1": OLD})
    assert asked(ring=ring) == asked()
    assert budget_ids(ring, "t", "B-1", "login", True) == budget_ids(RING, "t", "B-1", "login", True)


def test_a_device_is_told_apart_for_each_subject_and_none_is_none() -> None:
    assert device_id(RING, "t", "B-1", None) == device_id(RING, "t", "B-1", "") == ""
    assert device_id(RING, "t", "B-1", "d-1") != device_id(RING, "t", "B-2", "d-1")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.8", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("203.0.113.7", "::FFFF:CB00:7107", True),
        ("2001:db8:0:1::1", "2001:0DB8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
    ],
)
def test_an_address_counts_the_same_however_it_is_written_and_ipv6_by_its_network(one, other, same) -> None:
    mine, yours = asked(client=Client(ip=one)), asked(client=Client(ip=other))
    assert (ids(mine, "ip") == ids(yours, "ip")) is same
    assert ids(mine, "ip_guard") != ids(mine, "ip")


@pytest.mark.parametrize(
    "ip",
    ["", "unknown", "203.0.113.7, 198.51.100.2", "203.0.113.07", "203.0.113.7:443", "256.0.0.1", "１.1.1.1"],
)
def test_what_is_no_address_is_refused_and_never_told(ip) -> None:
    with pytest.raises(CallerError) as told:
        asked(client=Client(ip=ip))
    assert "client.ip" in str(told.value)
    assert told.value.zh
    assert not ip or ip not in str(told.value)


@pytest.mark.parametrize("device", ["\ud800", "d\x00", "d" * 201])
def test_a_device_that_is_no_plain_text_is_refused_and_never_told(device) -> None:
    for ask in (lambda: asked(client=Client(device=device)), lambda: device_id(RING, "t", "B-1", device)):
        with pytest.raises(CallerError, match=r"client\.device") as told:
            ask()
        assert device not in str(told.value)


def test_buckets_are_made_again_from_what_was_charged_as_the_profile_limits_them_now() -> None:
    was = asked()
    charged = [bucket.id for bucket in was]
    assert buckets_of(LENDER, charged) == was
    strict = LENDER.unruled("device").ruled(BucketRule(name="ip", rates=(Rate(count=1, window=DAY),)))
    now = buckets_of(strict, charged)
    assert {one.name for one in was} - {one.name for one in now} == {"device"}
    assert [one.limits[0].count for one in now if one.name == "ip"] == [1]


def test_only_guards_are_told_of_a_right_code() -> None:
    buckets = asked()
    assert {one.name for one in guards_of(buckets)} == {"prefix_guard", "country_guard", "ip_guard"}
    assert all(one.guard == Guard(percent=30, shadow=True) for one in guards_of(buckets))


def _sends(profile: Profile, confirmed: bool, logs: dict[str, Log], times: range) -> int:
    """Ask at each second of `times`; return how often there was room."""
    buckets = asked(profile, confirmed=confirmed, client=Client())
    sent = 0
    for second in times:
        now = second * SECOND
        match decide(buckets, [logs.get(bucket.id, ()) for bucket in buckets], now):
            case Room():
                sent += 1
                for bucket in buckets:
                    logs[bucket.id] = added(logs.get(bucket.id, ()), bucket, now)
            case NoRoom():
                pass
    return sent


@pytest.mark.parametrize("profile", SHIPPED, ids=lambda one: one.name)
def test_a_stranger_who_asks_all_day_leaves_five_of_the_carriers_day(profile) -> None:
    logs: dict[str, Log] = {}
    evening = 23 * 3600
    assert _sends(profile, False, logs, range(0, evening, 30)) == 5
    assert _sends(profile, True, logs, range(evening, evening + 3600, 30)) == 5


def test_on_the_mainland_a_stranger_leaves_three_of_the_channels_hour() -> None:
    logs: dict[str, Log] = {}
    assert _sends(MAINLAND, False, logs, range(0, 300, 30)) == 2
    assert _sends(MAINLAND, True, logs, range(300, 3600, 30)) == 3


@pytest.mark.parametrize("profile", SHIPPED, ids=lambda one: one.name)
def test_no_log_of_a_shipped_rule_grows_past_a_few_hundred_entries(profile) -> None:
    """A log holds at most one entry a slot, or one a use; both are bounded by the profile."""
    for rule in profile.rules:
        longest = max(rate.window for rate in rule.rates)
        uses = max(rate.count for rate in rule.rates) if rule.guard is None else None
        slots = longest // rule.slot if rule.slot else None
        assert min(one for one in (uses, slots) if one is not None) <= 150


def test_a_rule_may_be_tightened_and_its_buckets_follow() -> None:
    tight = LENDER.ruled(
        BucketRule(name="prefix_guard", rates=(Rate(count=2, window=timedelta(hours=1)),), guard=Guard(10))
    )
    (guard,) = [one for one in asked(tight) if one.name == "prefix_guard"]
    assert (guard.limits[0].count, guard.guard) == (2, Guard(10))
    assert asked(evolve(tight, rules=LENDER.rules)) == asked()
