"""What a person agreed to and took back: nobody is written to on a consent that is gone, or never was given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.model import (
    CONSENT_FREE,
    Channel,
    Consent,
    ConsentRecord,
    ConsentScope,
    Purpose,
    Revocation,
    consent_in_force,
    consent_revoked,
    consents_in_force,
)

START = datetime(2026, 9, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
TIMES = st.integers(0, 9).map(lambda hours: START + hours * HOUR)
PURPOSES = st.sampled_from([Purpose.MARKETING, Purpose.COLLECTION, Purpose.OTP])
CHANNELS = st.sampled_from([Channel.SMS, Channel.EMAIL])
SCOPES = st.none() | st.sampled_from([ConsentScope.MORE_CONTACTS, ConsentScope.CONTACT_OUTSIDE_HOURS])
REVOCATIONS = st.builds(
    Revocation,
    at=TIMES,
    purposes=st.sets(PURPOSES),
    channels=st.sets(CHANNELS),
    scopes=st.sets(SCOPES.filter(bool)),
)
CONSENTS = st.builds(
    Consent,
    at=TIMES,
    purposes=st.sets(PURPOSES, min_size=1),
    channels=st.sets(CHANNELS),
    scopes=st.sets(SCOPES.filter(bool)),
    text_version=st.sampled_from(["", "v1", "v2"]),
    expires_at=st.none() | TIMES,
)
RECORDS = st.lists(CONSENTS | REVOCATIONS, max_size=6)


def agreed(at: datetime = START, **more: object) -> Consent:
    return Consent(**{"at": at, "purposes": ["marketing"], "channels": ["sms", "email"], **more})


@given(RECORDS, st.randoms(), PURPOSES, CHANNELS, SCOPES, TIMES)
def test_the_order_in_which_records_came_in_does_not_matter(
    known: list[ConsentRecord],
    chance: object,
    purpose: Purpose,
    channel: Channel,
    scope: ConsentScope,
    now: datetime,
) -> None:
    found = consents_in_force(known, purpose, channel, now, scope=scope)
    shuffled = [*known, *known[:2]]
    chance.shuffle(shuffled)
    assert consents_in_force(shuffled, purpose, channel, now, scope=scope) == found


@given(RECORDS, REVOCATIONS, PURPOSES, CHANNELS, SCOPES, TIMES)
def test_a_revocation_ends_all_that_it_names_and_nothing_else(
    known: list[ConsentRecord],
    taken: Revocation,
    purpose: Purpose,
    channel: Channel,
    scope: ConsentScope | None,
    now: datetime,
) -> None:
    before = consents_in_force(known, purpose, channel, now, scope=scope)
    after = consents_in_force([*known, taken], purpose, channel, now, scope=scope)
    if taken.ends(purpose, channel, scope):
        assert after == tuple(one for one in before if one.at > taken.at)
    else:
        assert after == before


@given(RECORDS, PURPOSES, CHANNELS, TIMES)
def test_more_revocations_never_allow_more(
    known: list[ConsentRecord], purpose: Purpose, channel: Channel, now: datetime
) -> None:
    """Nor is anything allowed that no single consent names."""
    found = consents_in_force(known, purpose, channel, now)
    assert all(one.covers(purpose, channel) and one.holds(now) for one in found)
    stopped = [*known, Revocation(at=START + 10 * HOUR)]
    assert consents_in_force(stopped, purpose, channel, now) == ()
    assert consent_revoked(stopped, purpose, channel, now) == (purpose not in CONSENT_FREE)


@given(RECORDS, PURPOSES, CHANNELS, TIMES)
def test_who_has_agreed_has_not_refused(
    known: list[ConsentRecord], purpose: Purpose, channel: Channel, now: datetime
) -> None:
    refused = consent_revoked(known, purpose, channel, now)
    assert not (refused and consent_in_force(known, purpose, channel, now))
    assert not refused or any(isinstance(one, Revocation) for one in known)


def test_a_consent_lasts_from_its_time_until_its_end() -> None:
    one = agreed(expires_at=START + 2 * HOUR)
    asked = [
        START - timedelta(microseconds=1),
        START,
        START + 2 * HOUR - timedelta(microseconds=1),
        START + 2 * HOUR,
    ]
    found = [consent_in_force([one], Purpose.MARKETING, Channel.SMS, now) for now in asked]
    assert found == [None, one, one, None]


def test_a_consent_after_a_revocation_counts_again() -> None:
    known = [agreed(), Revocation(at=START + HOUR), agreed(START + 2 * HOUR, channels=["sms"])]
    now = START + 3 * HOUR
    assert consent_in_force(known, Purpose.MARKETING, Channel.SMS, now) == known[2]
    assert consent_in_force(known, Purpose.MARKETING, Channel.EMAIL, now) is None
    assert consent_revoked(known, Purpose.MARKETING, Channel.EMAIL, now)


def test_a_refusal_of_the_same_moment_or_dated_later_stops() -> None:
    """A run dated back writes to nobody who has refused since."""
    for late in (timedelta(0), 30 * HOUR):
        assert (
            consent_in_force([agreed(), Revocation(at=START + late)], Purpose.MARKETING, Channel.SMS, START)
            is None
        )


def test_the_hour_that_runs_twice_in_autumn_keeps_its_order() -> None:
    """01:45 summer time, then 01:15 winter time: the wall clock would put the refusal first."""
    zone = ZoneInfo("America/New_York")
    yes = agreed(datetime(2026, 11, 1, 1, 45, tzinfo=zone))
    no = Revocation(at=datetime(2026, 11, 1, 1, 15, fold=1, tzinfo=zone))
    now = datetime(2026, 11, 2, tzinfo=zone)
    assert consent_in_force([yes, no], Purpose.MARKETING, Channel.SMS, now) is None


def test_a_wider_agreement_is_no_leave_to_write_and_stands_apart() -> None:
    wide = Consent(at=START, scopes=["contact_outside_hours"], purposes=["collection"])
    scope = ConsentScope.CONTACT_OUTSIDE_HOURS
    assert consent_in_force([wide], Purpose.COLLECTION, Channel.SMS, START) is None
    assert consent_in_force([wide], Purpose.COLLECTION, Channel.SMS, START, scope=scope) is wide
    assert consent_in_force([wide], Purpose.MARKETING, Channel.SMS, START, scope=scope) is None
    both = [agreed(), wide, Revocation(at=START + HOUR, scopes=[scope])]
    now = START + HOUR
    assert consent_in_force(both, Purpose.MARKETING, Channel.SMS, now) == agreed()
    assert consent_in_force(both, Purpose.COLLECTION, Channel.SMS, now, scope=scope) is None


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"purposes": ["everything"]}, "purposes"),
        ({"purposes": "marketing"}, "purposes"),
        ({"channels": ["fax"]}, "channels"),
        ({"scopes": ["anything"]}, "scopes"),
        ({"given_to": "a friend"}, "given_to"),
        ({"purposes": []}, "consent"),
        ({"at": datetime(2026, 9, 1)}, "at"),
        ({"expires_at": datetime(2026, 9, 1)}, "expires_at"),
        ({"evidence": "the borrower said yes on the phone"}, "evidence"),
        ({"source": "王小明"}, "source"),
        ({"text_version": "v" * 129}, "text_version"),
    ],
)
def test_a_record_that_says_too_little_or_too_much_is_refused(wrong: dict, told: str) -> None:
    """In one line in both languages, without the value."""
    with pytest.raises(ValueError, match=rf"^{told}: ") as refused:
        agreed(**wrong)
    assert refused.value.zh
    assert "王" not in str(refused.value)
    assert "phone" not in str(refused.value)


def test_the_proof_is_not_printed() -> None:
    assert "13800138000" not in repr(agreed(evidence="13800138000", source="13800138000"))


def test_who_wants_no_texts_gets_none_with_pictures() -> None:
    """But a consent to texts is none to pictures."""
    for named, asked in ((Channel.SMS, Channel.MMS), (Channel.MMS, Channel.SMS)):
        both = agreed(channels=["sms", "mms", "email"])
        known = [both, Revocation(at=START, channels=[named])]
        assert consent_in_force(known, Purpose.MARKETING, asked, START) is None
        assert consent_in_force(known, Purpose.MARKETING, Channel.EMAIL, START) == both
        assert consent_in_force([agreed(channels=[named])], Purpose.MARKETING, asked, START) is None
