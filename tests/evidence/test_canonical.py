"""Every machine writes the same bytes of a record, and only those bytes are read back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.errors import CallerError
from loansms.evidence import entry_bytes, read_entry, read_record, record_bytes
from loansms.evidence.canonical import canonical, parse
from loansms.model.record import Entry, Record, RecordKind

from .parts import read_or_refused

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.builds(
    Record,
    kind=st.sampled_from(RecordKind),
    at=st.datetimes(
        datetime(1000, 1, 1), datetime(9000, 1, 1), timezones=st.just(timezone(timedelta(hours=8)))
    ),
    debtor=TEXT,
    loan_id=TEXT,
    step_key=TEXT,
    data=st.dictionaries(TEXT, JSON, max_size=4),
)


@given(RECORDS, st.integers(0, 2**53 - 1))
def test_what_is_written_is_read_back_the_same(record, number):
    assert read_record(record_bytes(record)) == record
    assert read_entry(entry_bytes(Entry(number=number, record=record))) == Entry(number=number, record=record)
    assert parse(entry_bytes(Entry(number=number, record=record)))["number"] == number


def test_keys_stand_in_the_order_of_their_utf16_units_and_escapes_are_the_shortest():
    # The example of RFC 8785, 3.2.3, whose last two keys change places under the order of code points.
    table = {"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7}
    said = canonical(table).decode()
    assert said == '{"\\r":2,"1":4,"\x80":6,"ö":7,"€":1,"😀":5,"\ufb33":3}'
    assert canonical('\x0f\n"\\/\x7f') == b'"\\u000f\\n\\"\\\\/\x7f"'


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800", {"\udfff": 1}])
def test_what_two_readers_might_read_differently_is_refused(value):
    with pytest.raises(CallerError):
        canonical(value)


def test_a_nest_too_deep_is_refused():
    deep = []
    for _ in range(40):
        deep = [deep]
    with pytest.raises(CallerError, match="levels"):
        canonical(deep)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\xff",
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a": 1}',
        b"1.0",
        b"1e2",
        b"NaN",
        b'"\\u0041"',
        b"[" * 9999,
    ],
)
def test_another_spelling_is_refused(said):
    with pytest.raises(CallerError):
        parse(said)


@given(st.binary(max_size=80), st.integers(0, 200), st.integers(1, 255))
def test_bytes_that_are_no_record_are_a_clear_refusal(noise, at, flip):
    said = bytearray(
        entry_bytes(
            Entry(
                number=7,
                record=Record(kind=RecordKind.CASE, at=datetime(2026, 9, 24, tzinfo=UTC), debtor="d"),
            )
        )
    )
    said[at % len(said)] ^= flip
    for one in (noise, bytes(said)):
        read = read_or_refused(read_entry, one)
        assert read.zh if isinstance(read, CallerError) else entry_bytes(read) == one
