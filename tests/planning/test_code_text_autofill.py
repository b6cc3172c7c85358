"""The last line of a code that a site or an app reads: it stands where it helps, and is refused where it may not."""

from __future__ import annotations

import pytest
from attrs import evolve
from tests.planning.code_text_parts import CATALOGUE, CN, HASH, LOCALES, SITE, US, VOICE, bound, refused, said

from loansms.errors import ConfigurationError
from loansms.model import Channel
from loansms.otp import Transaction, profiles
from loansms.otp.autofill import RetrieverHash, WebOtp
from loansms.planning import CodeWords, check_code_templates
from loansms.text import count


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("transaction", [None, bound()])
def test_the_site_stands_in_the_last_line_and_is_counted(
    locale: str, transaction: Transaction | None
) -> None:
    done = said(CodeWords(CATALOGUE, US, autofill=SITE), locale, transaction=transaction)
    text = done.text.reveal()
    assert text.split("\n")[1:] == ["@example.com #839201"]
    assert done.segments == count(text).segments


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("action", sorted(CATALOGUE.vocabulary["action"].choices))
def test_an_apps_hash_fits_whatever_is_confirmed(locale: str, action: str) -> None:
    done = said(CodeWords(CATALOGUE, US, autofill=HASH), locale, action=action)
    assert done.template == "otp.short"
    assert done.text.reveal().endswith("\nFA+9qCX9VSu")
    assert len(done.text.reveal().encode()) <= 140


@pytest.mark.parametrize("autofill", [SITE, HASH])
def test_a_call_and_other_channels_carry_no_such_line(autofill: WebOtp | RetrieverHash) -> None:
    for channel in (VOICE, Channel.PUSH, Channel.EMAIL):
        assert "\n" not in said(CodeWords(CATALOGUE, US, autofill=autofill), channel=channel).text.reveal()


def test_a_hash_that_does_not_fit_is_refused_and_found_when_built() -> None:
    words = CodeWords(CATALOGUE, US, autofill=HASH, template="otp.code")
    assert refused(words, "en").code == "too_long"
    found = check_code_templates(CATALOGUE, US, profiles.LENDER, autofill=HASH, template="otp.code")
    assert {one.rule for one in found} == {"too_long"}
    assert all(one.told("zh") != one.told("en") for one in found)


@pytest.mark.parametrize("jurisdiction", ["CN", "CN-31"])
@pytest.mark.parametrize("autofill", [SITE, HASH])
def test_the_mainland_takes_no_such_line(autofill: WebOtp | RetrieverHash, jurisdiction: str) -> None:
    lender = evolve(CN, jurisdiction=jurisdiction)
    with pytest.raises(ConfigurationError, match=r"^autofill: mainland") as wrong:
        CodeWords(CATALOGUE, lender, autofill=autofill)
    assert wrong.value.zh
    with pytest.raises(ConfigurationError, match=r"^autofill: mainland"):
        check_code_templates(CATALOGUE, lender, profiles.LENDER, autofill=autofill)
