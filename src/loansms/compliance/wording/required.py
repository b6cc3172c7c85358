"""What a text lacks, or carries on the wrong route: read only where the facts say which rules are asked.

A rule that hangs on a fact nobody gave does not run; an unknown party is read as a third-party collector.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from operator import methodcaller
from typing import Any, Final

from loansms.compliance.facts import Facts
from loansms.compliance.files import lexicon_file
from loansms.compliance.rule import CLASSES
from loansms.model import Purpose

COLLECTION: Final = frozenset(
    {Purpose.COLLECTION, Purpose.SETTLEMENT_OFFER, Purpose.CREDIT_PRENOTICE, Purpose.RELAY}
)
_WRITTEN: Final = lexicon_file("elements")
ELEMENTS: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile("|".join(f"(?:{one})" for one in patterns)) for name, patterns in _WRITTEN.items()
}
# One by one they are found sooner: a pattern that begins with one of a few characters leaps from one to the next.
_ONE_BY_ONE: Final[Mapping[str, tuple[re.Pattern[str], ...]]] = {
    name: tuple(re.compile(one) for one in patterns) for name, patterns in _WRITTEN.items()
}
_SIGNED: Final = re.compile(r"^\s*[【\[].{2,16}?[】\]]|[【\[].{2,16}?[】\]]\s*$")
_PROMOTION: Final = ELEMENTS["promotion"]
_SIGNATURE: Final = frozenset({"signature", "provider_adds_signature"})
_A2P: Final = frozenset({"10dlc", "toll_free", "toll-free", "verified", "a2p"})


def has(element: str, plain: str) -> bool:
    """Return whether a text in plain form carries an element, such as "opt_out_method"."""
    return any(map(methodcaller("search", plain), _ONE_BY_ONE[element]))


def signed(original: str) -> bool:
    """Return whether the text opens or ends with a 【signature】."""
    # Most texts hold no bracket at all.
    return ("】" in original or "]" in original) and _SIGNED.search(original) is not None


def purpose_of(facts: Facts, given: Purpose) -> Purpose | None:
    """Return the purpose the facts name, the given one where they name none, None for a provider group."""
    named = facts.get("message_class")
    return given if named is None else CLASSES.get(str(named))


def missing(original: str, plain: str, facts: Facts, purpose: Purpose | None) -> Iterator[str]:
    """Yield the id of each rule on required content that the text does not meet."""
    for rule_id, test in _TESTS.items():
        if test(original, plain, facts, purpose):
            yield rule_id


def _jurisdiction(facts: Facts) -> str:
    provider = str(facts.get("provider") or "")
    implied = "CN" if provider.endswith("_cn") else ""
    return str(facts.get("jurisdiction") or implied).split("-")[0]


def _third(facts: Facts) -> bool:
    party: Any = facts.get("party")
    if party is not None:
        return str(getattr(party, "value", party)) == "third"
    return facts.get("third_party") is not False


def _us_collection(facts: Facts, purpose: Purpose | None) -> bool:
    return (
        "message_class" in facts and purpose in COLLECTION and _jurisdiction(facts) == "US" and _third(facts)
    )


def _unasked_code(_original: str, _plain: str, facts: Facts, purpose: Purpose | None) -> bool:
    return purpose is Purpose.OTP and facts.get("user_initiated") is False


def _unnamed(original: str, _plain: str, facts: Facts, _purpose: Purpose | None) -> bool:
    if _SIGNATURE.isdisjoint(facts) or _jurisdiction(facts) != "CN":
        return False
    named = facts.get("signature") or facts.get("provider_adds_signature") is True
    return not named and not signed(original)


def _promotion(_original: str, plain: str, facts: Facts, purpose: Purpose | None) -> bool:
    named = facts.get("message_class")
    if named is None or purpose is Purpose.MARKETING:
        return False
    return _PROMOTION.search(plain) is not None


def _no_consent(_original: str, _plain: str, facts: Facts, purpose: Purpose | None) -> bool:
    return purpose is Purpose.MARKETING and facts.get("consent_marketing") is False


def _no_opt_out(_original: str, plain: str, facts: Facts, purpose: Purpose | None) -> bool:
    return _us_collection(facts, purpose) and not has("opt_out_method", plain)


def _undisclosed(_original: str, plain: str, facts: Facts, purpose: Purpose | None) -> bool:
    return _us_collection(facts, purpose) and not has("from_a_debt_collector", plain)


def _refused_route(_original: str, _plain: str, facts: Facts, purpose: Purpose | None) -> bool:
    channel = str(facts.get("channel") or "").casefold()
    return _us_collection(facts, purpose) and channel in _A2P and "third_party" in facts


def _opt_out_on_notice(_original: str, plain: str, facts: Facts, purpose: Purpose | None) -> bool:
    notice = purpose not in (None, Purpose.MARKETING, Purpose.OTP) or facts.get("message_class") == "notice"
    asked = facts.get("provider") == "aliyun_cn" and "message_class" in facts
    return asked and notice and has("refusal_method", plain)


_TESTS: Final[Mapping[str, Callable[[str, str, Facts, Purpose | None], bool]]] = {
    "GEN-OTP-02": _unasked_code,
    "CN-MUST-02": _unnamed,
    "GEN-CLASS-01": _promotion,
    "CN-SMS-01": _no_consent,
    "US-REGF-OPT": _no_opt_out,
    "US-REGF-MINI": _undisclosed,
    "US-A2P-3P": _refused_route,
    "CNP-OPT-01": _opt_out_on_notice,
}
