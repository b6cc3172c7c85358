"""The last line of a text: exactly the shape a phone reads, or one clear refusal when it is set up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.errors import ConfigurationError
from loansms.otp.autofill import RetrieverHash, WebOtp

HASH = "FA+9qCX9VSu"


@pytest.mark.parametrize(
    ("host", "embedded", "line"),
    [
        ("example.com", None, "@example.com #747723"),
        ("example.com", "ecommerce.example", "@example.com #747723 @ecommerce.example"),
        ("login.lender.co.uk", None, "@login.lender.co.uk #747723"),
        ("xn--fsqu00a.xn--55qx5d", None, "@xn--fsqu00a.xn--55qx5d #747723"),
        ("3com.example", None, "@3com.example #747723"),
    ],
)
def test_the_line_is_written_as_the_draft_has_it(host: str, embedded: str | None, line: str) -> None:
    assert WebOtp(host, embedded=embedded).line("747723") == line
    assert WebOtp(host, embedded).ended("Hi.", "747723", bound=False) == f"Hi.\n{line}"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "https://example.com",
        "example.com:443",
        "example.com/login",
        "user@example.com",
        "Example.com",
        "例子.中国",
        "192.0.2.1",
        "[2001:db8::1]",
        "-a.example",
        "a-.example",
        "a..example",
        ".example.com",
        "example.com.",
        "example.com ",
        "exa mple.com",
        "example.com\n",
        "example.com #000000",
        "under_score.example",
        "a" * 64 + ".example",
        "a." * 130 + "example",
        None,
        5,
    ],
)
def test_what_is_no_domain_is_refused_once_and_clearly(host: object) -> None:
    with pytest.raises(ConfigurationError, match=r"^host: expected a domain") as refused:
        WebOtp(host)
    assert refused.value.zh
    if host is not None:
        with pytest.raises(ConfigurationError, match=r"^embedded: expected a domain"):
            WebOtp("example.com", embedded=host)


@given(
    labels=st.lists(
        st.from_regex(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True), min_size=2, max_size=5
    ),
    code=st.from_regex(r"[0-9]{4,8}", fullmatch=True),
)
def test_a_browser_reads_back_the_very_host_and_code(labels: list[str], code: str) -> None:
    """WICG: nothing before the first @, exactly one space, then # and the code."""
    line = WebOtp(".".join(labels)).line(code)
    found = re.fullmatch(r"@([^ #@]+) #([^ ]+)", line)
    assert found is not None
    assert found.groups() == (".".join(labels), code)


def test_an_app_is_named_by_its_hash_at_the_end() -> None:
    assert RetrieverHash(HASH).ended("Code 747723.", "747723", bound=False) == f"Code 747723.\n{HASH}"


@pytest.mark.parametrize(
    "value", ["", HASH[:-1], HASH + "A", "FA+9qCX9VS=", "FA_9qCX9VSu", "FA 9qCX9VSu", HASH + "\n", None, 11]
)
def test_what_is_no_hash_is_refused_once_and_clearly(value: object) -> None:
    with pytest.raises(ConfigurationError, match=r"^hash: expected the 11 base64 characters") as refused:
        RetrieverHash(value)
    assert refused.value.zh


@pytest.mark.parametrize(("letter", "size"), [("a", 1), ("码", 3)])
def test_a_message_of_140_bytes_fits_and_one_more_does_not(letter: str, size: int) -> None:
    room = 140 - len(HASH) - 1
    longest = letter * (room // size) + "." * (room % size)
    fits = RetrieverHash(HASH).ended(longest, "747723", bound=False)
    assert fits is not None
    assert len(fits.encode()) == 140
    assert RetrieverHash(HASH).ended(longest + ".", "747723", bound=False) is None


def test_an_app_fills_in_no_code_whose_amount_nobody_read() -> None:
    assert RetrieverHash(HASH).ended("x" * 300, "747723", bound=True) == "x" * 300
    assert WebOtp("example.com").ended("Hi.", "747723", bound=True) == "Hi.\n@example.com #747723"
