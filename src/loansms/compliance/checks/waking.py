"""What wakes a check: without it the check has nothing to say, and the gate need not ask.

A pack holds a hundred rules and most of them hang on a fact that few messages have. The table says on what;
a check that is not in it is always asked. That sleeping changes no answer is a property test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from attrs import Factory, field, frozen

from loansms.compliance.checks.bans import ChannelBan
from loansms.compliance.checks.claims import FalseClaim, Mismatch
from loansms.compliance.checks.consent import RequireConsent
from loansms.compliance.checks.contact_lines import ContactLines
from loansms.compliance.checks.formats import Charset, Length
from loansms.compliance.checks.hit import Check
from loansms.compliance.checks.inbound import InboundKeywords
from loansms.compliance.checks.link_policy import LinkPolicy
from loansms.compliance.checks.masks import Mask
from loansms.compliance.checks.phrases import CodeWords, ForbiddenPhrase, LastLine
from loansms.compliance.checks.preview import Preview
from loansms.compliance.checks.registration import CONTENT_FACTS, Registration, VendorRegistry
from loansms.compliance.checks.retention import RetentionMax, RetentionMin
from loansms.compliance.checks.scope import (
    AskedAgain,
    CountedTogether,
    RequiredInputs,
    UnknownParty,
    Unverified,
    WhoseRules,
)
from loansms.compliance.checks.suppression import Suppression
from loansms.compliance.checks.template_shape import TemplateShape
from loansms.compliance.checks.texts import Families, RequireText

# Hits of equal weight are told in turns: what is always asked, then what the text says, and so on.
_ALWAYS: Final = 0
_ON_TEXT: Final = 1


def _by_what_wakes(one: Waking) -> int:
    told = (one.text, one.findings, one.flags, True)
    return told.index(True) + _ON_TEXT


@frozen
class Waking:
    """A text, a finding of the wording review, a suppression that is up, or any of these facts; any one wakes."""

    text: bool = False
    findings: bool = False
    flags: bool = False
    facts: frozenset[str] = frozenset()
    turn: int = field(default=Factory(_by_what_wakes, takes_self=True))

    def by(self, text: bool, findings: bool, flags: bool, facts: frozenset[str]) -> bool:
        """Return whether a message that has these wakes the rule."""
        return (
            (self.text and text)
            or (self.findings and findings)
            or (self.flags and flags)
            or not self.facts.isdisjoint(facts)
        )


_TEXT: Final = Waking(text=True)


def _facts(*names: str, turn: int | None = None) -> Waking:
    return Waking(facts=frozenset(names)) if turn is None else Waking(facts=frozenset(names), turn=turn)


def _required(check: RequireText) -> Waking:
    named = {check.state_flag} if check.state_flag else set[str]()
    return Waking(text=True, facts=frozenset(named | {"instalment_years"}))


def _mask(check: Mask) -> Waking:
    if check.before or check.match_by:
        return _facts("masked_before", "phone_key", turn=_ON_TEXT)
    # What stands in full in a text the review has found; a masked number that shows too much it has not.
    return Waking(text=bool(check.sms_keep), findings=True, facts=frozenset({"record"}), turn=_ON_TEXT)


def _lines(check: ContactLines) -> Waking:
    return _facts("contact_allowlist", turn=_ON_TEXT) if check.allow else _TEXT


_CONSENTS: Final[Mapping[str, Waking]] = {
    "lawful_basis": _facts("lawful_basis", "data_minimised", "special_data", turn=_ALWAYS),
    "safe_harbor": _facts("known_disclosure_number", "text_only_inside_safe_harbor", turn=_ALWAYS),
}


_TABLE: Final[Mapping[type, Waking | Callable[[Any], Waking | None]]] = {
    Charset: _TEXT,
    Length: _TEXT,
    ForbiddenPhrase: _TEXT,
    CodeWords: _TEXT,
    LastLine: _TEXT,
    Mismatch: _TEXT,
    Preview: _TEXT,
    LinkPolicy: _TEXT,
    ContactLines: _lines,
    RequireText: _required,
    FalseClaim: lambda check: Waking(text=True, facts=frozenset({check.claim})),
    Families: Waking(findings=True),
    Suppression: Waking(flags=True),
    Mask: _mask,
    RequireConsent: lambda check: _CONSENTS.get(check.kind),
    # The gate itself refuses to judge without them.
    RequiredInputs: _facts(turn=_ALWAYS),
    UnknownParty: _facts("party", "third_party", turn=_ALWAYS),
    WhoseRules: _facts("party", "third_party", "collects_in_another_name", turn=_ALWAYS),
    Registration: _facts("registrations", *CONTENT_FACTS),
    VendorRegistry: _facts("registrations", "vendor_violence_record"),
    RetentionMin: _facts("record_store", "records_kept_months"),
    RetentionMax: _facts("records_kept_for"),
    TemplateShape: _facts("template_shape"),
    InboundKeywords: _facts("last_inbound", "last_inbound_intent"),
    ChannelBan: _facts("address_kind"),
    AskedAgain: _facts("decided_at"),
    CountedTogether: _facts("counter_key"),
    Unverified: _facts("production"),
}


def waking(check: Check) -> Waking | None:
    """Return what wakes a check; None is always asked."""
    found = _TABLE.get(type(check))
    return found if found is None or isinstance(found, Waking) else found(cast("Any", check))
