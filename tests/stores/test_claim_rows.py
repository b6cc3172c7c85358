"""What a claim writes is written as text at once: it must be what the record of the same act would be."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.model import Channel, Purpose, RecipientRole
from loansms.stores.acts import claimed
from loansms.stores.claim_rows import taken_rows
from loansms.stores.claims import AttemptRecord, AttemptState
from loansms.stores.rows import attempt_from, micros, moment, record_row
from loansms.testing.examples import AT, claim

SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(Channel)
EVIDENCE = st.dictionaries(
    st.sampled_from(["words", "digest", "findings", "stage", "\u2028"]) | st.text(),
    st.recursive(
        SCALARS,
        lambda one: (
            st.lists(one, max_size=3)
            | st.tuples(one)
            | st.dictionaries(st.text(), one, max_size=3).map(MappingProxyType)
        ),
        max_leaves=6,
    ),
    max_size=5,
)
WORDS = st.text(max_size=6)
CLAIMS = st.builds(
    claim,
    step_key=WORDS,
    debtor=WORDS,
    borrower_id=WORDS,
    loan_id=st.none() | WORDS,
    step=WORDS,
    due_on=st.none() | st.dates(),
    recipient=st.sampled_from(RecipientRole),
    purpose=st.sampled_from(Purpose),
    channel=st.sampled_from(Channel),
    template=WORDS,
    fingerprint=WORDS,
    at=st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.timezones()),
    versions=st.dictionaries(WORDS, WORDS, max_size=3),
    tenant=WORDS,
    stage=WORDS,
    route=WORDS,
    segments=st.integers(0, 9),
    number=WORDS,
    evidence=EVIDENCE,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(CLAIMS, st.text("0123456789abcdef", min_size=4), st.integers(1, 9)), max_size=3))
def test_the_journal_says_of_a_claim_what_its_record_says(taken: list[Any]) -> None:
    """A seal covers these bytes: a claim told in other words by one path would not verify."""
    lease = AT + timedelta(minutes=10)
    attempts, entries = taken_rows(taken, micros(lease))
    assert entries == [record_row(claimed(one, tries)) for one, _, tries in taken]
    for row, (one, token, tries) in zip(attempts, taken, strict=True):
        own = {
            name: getattr(one, name)
            for name in ("step_key", "debtor", "borrower_id", "loan_id", "step", "due_on")
        }
        rest = (
            "recipient",
            "purpose",
            "channel",
            "template",
            "fingerprint",
            "versions",
            "tenant",
            "stage",
            "route",
        )
        own |= {name: getattr(one, name) for name in (*rest, "segments", "number")}
        assert attempt_from(row) == AttemptRecord(
            **own,
            at=moment(micros(one.at)),
            state=AttemptState.ATTEMPTING,
            lease_until=lease,
            tries=tries,
            token=token,
        )


def test_two_claims_an_hour_apart_in_the_hour_that_comes_twice() -> None:
    """Their times are equal to Python, and a cap counted from one of them would let a contact through."""
    first = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    attempts, entries = taken_rows(
        [(claim(at=first), "t", 1), (claim(at=first.replace(fold=1)), "t", 1)], micros(AT)
    )
    hour = 3_600_000_000
    assert attempts[1][11] - attempts[0][11] == entries[1][0] - entries[0][0] == hour


@pytest.mark.parametrize("odd", [0.5, b"x", {"a": [1.0]}, date(2026, 9, 24)])
def test_evidence_that_two_machines_would_write_differently_is_refused(odd: Any) -> None:
    """Nothing is claimed whose record could not be written down."""
    with pytest.raises(TypeError, match="expected text, a whole number"):
        taken_rows([(claim(evidence={"found": odd}), "t", 1)], 0)
