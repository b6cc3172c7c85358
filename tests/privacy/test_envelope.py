"""Data keys under a provider: made, opened, rotated and shredded, and asked for no more often than needed."""

import asyncio
import base64
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from loansms.errors import ConfigurationError
from loansms.privacy import (
    AsyncEnvelope,
    AwaitedKeys,
    CannotOpen,
    DataKeys,
    Envelope,
    EnvironmentKeys,
    Fault,
    StaticKeys,
    open_field,
    seal_field,
)

OLD, NEW = b"o" * 32, b"n" * 32
NOW = datetime(2026, 9, 24, tzinfo=UTC)
PLACE = {"tenant": "main", "table": "borrowers", "subject": "B-1", "field": "phone", "row": "B-1"}
BEFORE = StaticKeys({"2025a": OLD}, current="2025a")
DURING = StaticKeys({"2025a": OLD, "2026a": NEW}, current="2026a")
AFTER = StaticKeys({"2026a": NEW}, current="2026a")
SECRET = bytes(range(32))


class Counted:
    """A provider that counts what it is asked."""

    def __init__(self, provider=BEFORE):
        self.provider = provider
        self.asked = 0

    def wrap(self, key, aad):
        return self.provider.wrap(key, aad)

    def unwrap(self, kek_id, blob, aad):
        self.asked += 1
        return self.provider.unwrap(kek_id, blob, aad)


def wrapped_by(provider, subject="B-1", suite="intl"):
    secret = SECRET if suite == "intl" else SECRET[:16]
    return Envelope(provider).new_key(secret, tenant="main", subject=subject, suite=suite)


def fault_of(act):
    with pytest.raises(CannotOpen) as caught:
        act()
    assert caught.value.__context__ is None
    return caught.value.fault


def unwrapped(provider, wrapped):
    return Envelope(provider).data_key(wrapped, NOW)


@pytest.mark.parametrize("suite", ["intl", "gm"])
@pytest.mark.parametrize("made_with", ["intl", "gm"])
def test_a_key_made_today_opens_tomorrow_what_it_sealed(suite, made_with):
    provider = StaticKeys({"2025a": OLD}, current="2025a", suite=made_with)
    wrapped = wrapped_by(provider, suite=suite)
    sealed = seal_field(unwrapped(provider, wrapped), b"a number", **PLACE, nonce=bytes(12))
    # The suite a provider wraps with may change; what was wrapped names its own.
    assert open_field(unwrapped(BEFORE, wrapped), sealed, **PLACE) == b"a number"
    assert SECRET[:16] not in wrapped.blob


def test_a_rotation_rewraps_keys_and_touches_no_record():
    wrapped = wrapped_by(BEFORE)
    sealed = seal_field(unwrapped(BEFORE, wrapped), b"a number", **PLACE, nonce=bytes(12))
    anew = Envelope(DURING).rewrap(wrapped)
    assert (wrapped.kek_id, anew.kek_id) == ("2025a", "2026a")
    assert attrs.evolve(anew, kek_id=wrapped.kek_id, blob=wrapped.blob) == wrapped
    assert open_field(unwrapped(AFTER, anew), sealed, **PLACE) == b"a number"
    assert open_field(unwrapped(DURING, wrapped), sealed, **PLACE) == b"a number"


def test_a_key_not_rewrapped_before_its_wrapping_key_went_is_told_so():
    assert fault_of(lambda: unwrapped(AFTER, wrapped_by(BEFORE))) is Fault.UNKNOWN_KEK


def test_a_provider_that_would_lose_the_key_is_found_out_before_the_old_one_is_overwritten():
    class Forgetful(Counted):
        def wrap(self, key, aad):
            return self.provider.wrap(bytes(len(key)), aad)

    assert fault_of(lambda: Envelope(Forgetful()).rewrap(wrapped_by(BEFORE))) is Fault.NOT_AUTHENTIC


def test_a_shredded_subject_opens_nowhere_and_a_new_key_opens_nothing_old():
    wrapped = wrapped_by(BEFORE)
    envelope = Envelope(BEFORE)
    sealed = seal_field(envelope.data_key(wrapped, NOW), b"a number", **PLACE, nonce=bytes(12))
    envelope.held.forget(tenant="main", subject="B-1")
    anew = envelope.new_key(b"x" * 32, tenant="main", subject="B-1")
    key = envelope.data_key(anew, NOW)
    assert fault_of(lambda: open_field(key, sealed, **PLACE)) is Fault.OTHER_KEY


@pytest.mark.parametrize("change", [{"subject": "B-2"}, {"tenant": "east"}])
def test_a_wrapped_key_in_another_place_opens_nothing(change):
    moved = attrs.evolve(wrapped_by(BEFORE), **change)
    assert fault_of(lambda: unwrapped(BEFORE, moved)) is Fault.NOT_AUTHENTIC


def test_a_wrapped_key_called_by_another_suite_or_wrapping_key_opens_nothing():
    wrapped = wrapped_by(BEFORE)
    twins = StaticKeys({"2025a": OLD, "2026a": NEW}, current="2025a")
    assert fault_of(lambda: unwrapped(BEFORE, attrs.evolve(wrapped, suite="gm"))) is Fault.NOT_AUTHENTIC
    assert fault_of(lambda: unwrapped(BEFORE, attrs.evolve(wrapped, suite="x"))) is Fault.UNKNOWN_SUITE
    assert fault_of(lambda: unwrapped(twins, attrs.evolve(wrapped, kek_id="2026a"))) is Fault.NOT_AUTHENTIC


def test_a_wrapped_key_changed_or_cut_anywhere_opens_nothing():
    wrapped = wrapped_by(BEFORE)
    for place in range(len(wrapped.blob)):
        broken = bytearray(wrapped.blob)
        broken[place] ^= 1
        for blob in (bytes(broken), wrapped.blob[:place]):
            fault_of(lambda blob=blob: unwrapped(BEFORE, attrs.evolve(wrapped, blob=blob)))
    assert fault_of(lambda: BEFORE.unwrap("2025a", b"\x02" + wrapped.blob[1:], b"")) is Fault.UNKNOWN_VERSION


def test_a_provider_that_returns_a_key_of_another_size_is_told_so():
    wrapped = wrapped_by(BEFORE)

    class Longer(Counted):
        def unwrap(self, kek_id, blob, aad):
            return super().unwrap(kek_id, blob, aad) + b"\n"

    assert fault_of(lambda: unwrapped(Longer(), wrapped)) is Fault.WRONG_SIZE


def test_two_wrappings_of_one_key_share_no_nonce():
    assert wrapped_by(BEFORE).blob[2:14] != wrapped_by(BEFORE).blob[2:14]


def test_a_secret_of_the_wrong_size_is_refused_before_the_provider_sees_it():
    with pytest.raises(ConfigurationError, match="expected 16 random bytes for the suite gm, got 32"):
        Envelope(BEFORE).new_key(SECRET, tenant="main", subject="B-1", suite="gm")


def test_a_provider_is_asked_once_while_the_key_is_held():
    provider, wrapped = Counted(), wrapped_by(BEFORE)
    envelope = Envelope(provider, held=DataKeys(lives=timedelta(minutes=5)))
    for after, asked in [(0, 1), (299, 1), (300, 2)]:
        envelope.data_key(wrapped, NOW + timedelta(seconds=after))
        assert provider.asked == asked
    # A clock that stepped back lengthens no life.
    envelope.data_key(wrapped, NOW)
    assert provider.asked == 3


def test_a_held_key_is_the_one_of_the_wrapped_form_and_goes_with_it():
    envelope = Envelope(DURING)
    wrapped = wrapped_by(BEFORE)
    first = envelope.data_key(wrapped, NOW)
    # Another process shredded the subject and made a new key: what is held here must not seal under the old one.
    other = envelope.new_key(b"x" * 32, tenant="main", subject="B-1")
    assert envelope.data_key(wrapped, NOW) is first
    assert envelope.data_key(other, NOW).id != first.id


def test_the_key_unused_for_longest_goes_first():
    held, provider = DataKeys(most=2), Counted()
    envelope = Envelope(provider, held=held)
    one, two, three = (wrapped_by(BEFORE, subject) for subject in ("B-1", "B-2", "B-3"))
    for wrapped in (one, two, one, three, one):
        envelope.data_key(wrapped, NOW)
    assert (provider.asked, repr(held)) == (3, "DataKeys(most=2, held=2)")
    assert held.get(two, NOW) is None


def test_forgetting_one_subject_leaves_the_others_and_clearing_leaves_none():
    held = DataKeys()
    envelope = Envelope(BEFORE, held=held)
    wrapped = [wrapped_by(BEFORE, subject) for subject in ("B-1", "B-2")]
    for one in wrapped:
        envelope.data_key(one, NOW)
    held.forget(tenant="east", subject="B-1")
    held.forget(tenant="main", subject="B-1")
    assert [held.get(one, NOW) is None for one in wrapped] == [True, False]
    held.clear()
    assert held.get(wrapped[1], NOW) is None


def test_nothing_is_held_where_nothing_may_be():
    provider, wrapped = Counted(), wrapped_by(BEFORE)
    envelope = Envelope(provider, held=DataKeys(most=0))
    assert [envelope.data_key(wrapped, NOW).subject for _ in range(2)] == ["B-1"] * 2
    assert provider.asked == 2


@pytest.mark.parametrize("wrong", [{"most": -1}, {"lives": timedelta(seconds=-1)}])
def test_a_cache_below_nothing_is_refused(wrong):
    with pytest.raises(ConfigurationError, match="0 or more"):
        DataKeys(**wrong)


def test_the_awaited_face_makes_opens_and_rotates_the_same_keys():
    async def all_of_it():
        envelope = AsyncEnvelope(AwaitedKeys(DURING))
        wrapped = await envelope.new_key(SECRET, tenant="main", subject="B-1")
        anew = await envelope.rewrap(wrapped_by(BEFORE))
        return [(await envelope.data_key(one, NOW)).id for one in (wrapped, anew)]

    first, second = asyncio.run(all_of_it())
    assert first == second == unwrapped(BEFORE, wrapped_by(BEFORE)).id


@pytest.mark.parametrize(
    "written",
    [OLD.hex(), OLD.hex().upper() + "\n", base64.b64encode(OLD).decode(), base64.urlsafe_b64encode(OLD).decode().rstrip("=")],
)  # fmt: skip
def test_a_key_is_read_from_the_environment_however_it_is_written(written):
    provider = EnvironmentKeys({"2025a": "KEK_A"}, current="2025a", environ={"KEK_A": written})
    assert unwrapped(provider, wrapped_by(BEFORE)).subject == "B-1"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "x" * 32,
        OLD.hex()[:62],
        OLD.hex()[:63],
        OLD.hex() + "0",
        "short",
        "密钥" * 20,
        base64.b64encode(b"o" * 31).decode(),
    ],
)
def test_an_unreadable_variable_is_named_and_not_shown(written):
    with pytest.raises(ConfigurationError, match="KEK_A: expected at least 32 random bytes") as caught:
        EnvironmentKeys({"2025a": "KEK_A"}, current="2025a", environ={"KEK_A": written} if written else {})
    assert "KEK_A" in caught.value.zh
    assert not written or written not in str(caught.value) + caught.value.zh


@pytest.mark.parametrize(
    ("keys", "current", "said"),
    [({"a": b"short"}, "a", "got 5"), ({"a": OLD}, "b", "current: expected one of a"), ({}, "a", "at least one key"),
     ({"a": OLD, "b": OLD}, "a", "same bytes")],
)  # fmt: skip
def test_an_unusable_provider_is_refused(keys, current, said):
    with pytest.raises(ConfigurationError, match=said) as caught:
        StaticKeys(keys, current=current)
    assert caught.value.zh.startswith("密钥提供方")
