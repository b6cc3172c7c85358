"""What a borrower agreed to or took back, read from records as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from loansms.compliance.consents import records_of, unread, with_records
from loansms.model import (
    Channel,
    Consent,
    Draft,
    Purpose,
    Revocation,
)
from tests.compliance.cases import DAY, context, draft
from tests.compliance.test_survivors import NOW

# Records of consent.

AT = NOW - 9 * DAY
WRITTEN: dict[str, Any] = {"at": AT, "purposes": ["marketing"], "channels": ["sms"]}


@pytest.mark.parametrize(
    ("one", "read"),
    [
        (WRITTEN, True),
        ({**WRITTEN, "at": AT.isoformat()}, True),
        ({**WRITTEN, "at": "once"}, False),
        ({**WRITTEN, "at": None}, False),
        ({**WRITTEN, "purposes": ["gossip"]}, False),
        ({**WRITTEN, "purposes": 3}, False),
        ({**WRITTEN, "channels": {"sms": 1}}, False),
        ({**WRITTEN, "purposes": "marketing", "channels": "sms"}, True),
        ({**WRITTEN, "purposes": {"marketing"}, "channels": frozenset({"sms"})}, True),
        ({**WRITTEN, "purposes": (Purpose.MARKETING,)}, True),
        ({**WRITTEN, "expires_at": None}, True),
        ({**WRITTEN, "expires_at": (NOW + DAY).isoformat()}, True),
        ({**WRITTEN, "expires_at": "never"}, False),
        ({**WRITTEN, "given_to": "nobody"}, False),
        ({**WRITTEN, "evidence": "a photo of it"}, False),
        ({**WRITTEN, "scope": "everything"}, False),
        ({**WRITTEN, "derived": True}, False),
        ({"at": AT}, False),
        ("yes", False),
        (None, False),
    ],
)
def test_a_consent_nobody_can_read_counts_as_none(one: object, read: bool) -> None:
    assert len(records_of(context(facts={"consents": [one]}))) == read
    alone = records_of(context(facts={"consents": one}))
    assert len(alone) == (read and one is not None)


def test_a_consent_is_read_with_all_that_it_says() -> None:
    more = {
        "expires_at": NOW + DAY,
        "given_to": "collector",
        "text_version": "v",
        "source": "s",
        "evidence": "e",
    }
    (one,) = records_of(context(facts={"consents": [WRITTEN | more]}))
    expected: dict[str, Any] = {**WRITTEN, **more}
    assert one == Consent(**expected)
    (plain,) = records_of(context(facts={"consents": [WRITTEN]}))
    assert plain == Consent(**{**WRITTEN, "given_to": "creditor"})
    (hidden,) = records_of(
        context(facts={"consents": [{**WRITTEN, "scopes": ["more_contacts"], "scope": "call_this_number"}]})
    )
    assert {str(each) for each in hidden.scopes} == {"more_contacts"}
    (named,) = records_of(context(facts={"consents": [{**WRITTEN, "purposes": ["txn_notice"]}]}))
    assert named.purposes == {Purpose.TRANSACTION_NOTICE}


@pytest.mark.parametrize(
    ("one", "ends_all"),
    [
        ({"at": AT, "channels": ["sms"]}, False),
        ({"at": AT.isoformat(), "channels": ["sms"]}, False),
        ({"at": "once", "channels": ["sms"]}, True),
        ({"channels": ["sms"]}, True),
        ({"at": AT, "channels": ["pigeon"]}, True),
        ({"at": AT, "purposes": ["gossip"]}, True),
        ({"at": AT, "scope": "everything"}, True),
        ("stop", True),
        (Revocation(at=AT, channels=["sms"]), False),
    ],
)
def test_a_refusal_nobody_can_read_ends_everything_for_ever(one: object, ends_all: bool) -> None:
    (found,) = records_of(context(facts={"revocations": [one]}))
    assert isinstance(found, Revocation)
    if ends_all:
        assert found == Revocation(at=datetime.max.replace(tzinfo=UTC))
    else:
        assert found == Revocation(at=AT, channels=["sms"])
    assert records_of(context(facts={"revocations": one})) == (found,)


def test_records_of_the_context_and_of_the_facts_stand_side_by_side() -> None:
    consent, taken = Consent(**WRITTEN), Revocation(at=AT)
    known = context(
        consents=[consent], revocations=[taken], facts={"consents": [WRITTEN], "revocations": [{"at": AT}]}
    )
    assert records_of(known) == (consent, consent, taken, taken)
    read = with_records(known, draft(), NOW)
    assert (read.consents, read.revocations) == ((consent,), (taken,))


@pytest.mark.parametrize(
    ("purposes", "asked", "told"),
    [
        (["marketing"], Purpose.MARKETING, True),
        (["marketing"], Purpose.OTP, False),
        ("marketing", Purpose.MARKETING, True),
        (None, Purpose.MARKETING, False),
    ],
)
def test_a_consent_that_was_meant_and_cannot_be_read_is_told(
    purposes: Any, asked: Purpose, told: bool
) -> None:
    assert unread(context(facts={"consents": [{"at": "once", "purposes": purposes}]}), asked) == told
    assert not unread(
        context(facts={"consents": [{**WRITTEN, "purposes": ["marketing"]}]}), Purpose.MARKETING
    )


def test_records_speak_where_the_book_is_silent_and_once_only() -> None:
    message = Draft(purpose=Purpose.MARKETING, channel=Channel.SMS)
    silent = context()
    assert with_records(silent, message, NOW) is silent
    agreed = context(facts={"consents": [WRITTEN]})
    first = with_records(agreed, message, NOW)
    assert first.consent_sms is True
    assert "consent_revoked" not in first.suppressions
    assert with_records(first, message, NOW) == first
    denied = with_records(context(consent_sms=False, facts={"consents": [WRITTEN]}), message, NOW)
    assert denied.consent_sms is False
    other = with_records(agreed, Draft(purpose=Purpose.COLLECTION, channel=Channel.SMS), NOW)
    assert other.consent_sms is None
    taken = with_records(
        context(suppressions={"hardship"}, facts={"consents": [WRITTEN], "revocations": [{"at": NOW - DAY}]}),
        message,
        NOW,
    )
    assert taken.suppressions == {"hardship", "consent_revoked"}
    assert taken.consent_sms is None


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        (None, True),
        ({"at": AT, "scope": "call_this_number"}, False),
        ({"at": AT, "scope": "more_contacts"}, True),
        ({"at": AT, "channels": ["email"]}, True),
        ({"at": AT}, False),
    ],
)
def test_an_agreement_without_a_date_is_older_than_any_refusal(taken: Any, left: bool) -> None:
    undated = {"scope": "call_this_number", "given_to": "collector"}
    facts: dict[str, Any] = {"consents": [undated, WRITTEN], "revocations": [taken] if taken else []}
    kept = with_records(context(facts=facts), draft(), NOW).facts["consents"]
    assert (undated in kept) == left


def test_wider_agreements_are_told_to_other_rules_with_who_was_given_them() -> None:
    wide = {
        "at": AT,
        "scopes": ["call_this_number", "more_contacts"],
        "given_to": "collector",
        "expires_at": NOW + DAY,
    }
    message = draft()
    kept = with_records(context(facts={"consents": [wide]}), message, NOW).facts["consents"]
    assert [(one["scope"], one["given_to"], one["at"]) for one in kept] == [
        ("call_this_number", "collector", AT),
        ("more_contacts", "collector", AT),
    ]
    assert with_records(context(facts={"consents": [wide]}), message, NOW + DAY).facts["consents"] == []
    again = with_records(with_records(context(facts={"consents": [wide]}), message, NOW), message, NOW)
    assert again.facts["consents"] == kept
