"""The logging filter: numbers are gone from everything a handler may write, and logs stay readable."""

import io
import json
import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.privacy import PersonalDataFilter
from loansms.privacy.log_filter import mask_digits

CANARIES = ("13800138000", "138 0013 8000", "+86-138-0013-8000", "(202) 555-0123", "202.555.0123", "839201")


class Everything(logging.Formatter):
    """Writes all that is on a record, as a JSON log does."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record twice: as text, and with its fields."""
        return super().format(record) + json.dumps(vars(record), default=repr)


def told_by(words: str, *arguments: object, fault: Exception | None = None, **extra: object) -> str:
    """Return what a handler with the filter writes."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(PersonalDataFilter())
    handler.setFormatter(Everything())
    info = (type(fault), fault, fault.__traceback__) if fault else None
    handler.handle(logging.makeLogRecord({"msg": words, "args": arguments, "exc_info": info, **extra}))
    return out.getvalue()


@pytest.mark.parametrize("canary", CANARIES)
def test_a_number_is_nowhere_in_a_record(canary: str) -> None:
    """Message, argument, exception, and extra field."""
    try:
        raise LookupError(f"no subscriber {canary}")
    except LookupError as fault:
        told = told_by(f"{canary} and %s", canary, fault=fault, to=canary, all=[canary])
    assert canary not in told
    assert "LookupError: no subscriber" in told


def test_a_record_that_cannot_be_formatted_is_still_written() -> None:
    """A wrong number of arguments neither stops the log nor lets the number by."""
    assert "839201" not in told_by("code 839201 %s %s", "839201")


def test_what_a_person_on_duty_reads_stays() -> None:
    """Times, amounts, ports, counts and durations are as they were."""
    plain = "2026-09-24 10:00:05,123 1,256.30 CNY in 0.123456 s on port 8080: 99999 rows, 2026-2027, v1.2.3"
    assert mask_digits(plain) == plain
    assert '"rows": 512' in told_by("done", rows=512)


@given(st.text(), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text())
def test_no_mobile_number_comes_through_whatever_stands_about_it(
    before: str, number: str, after: str
) -> None:
    """Only as the digits of a fraction it stays."""
    if not re.search(r"\d\.\d*$", before):
        assert number not in mask_digits(before + number + after)
