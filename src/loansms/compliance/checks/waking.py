"""What wakes a check: without it the check has nothing to say, and the gate need not ask.

A pack holds a hundred rules and most of them hang on a fact that few messages have. The table says on what;
a check that is not in it is always asked. That sleeping changes no answer is a property test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen

from loansms.compliance.checks.bans import ChannelBan
from loansms.compliance.checks.claims import FalseClaim, Mismatch
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
from loansms.compliance.checks.scope import AskedAgain, CountedTogether, Unverified
from loansms.compliance.checks.suppression import Suppression
from loansms.compliance.checks.template_shape import TemplateShape
from loansms.compliance.checks.texts import Families, RequireText


@frozen
class Waking:
    """A text, a finding of the wording review, a suppression that is up, or any of these facts."""

    text: bool = False
    findings: bool = False
    flags: bool = False
    facts: frozenset[str] = frozenset()


_TEXT: Final = Waking(text=True)


def _facts(*names: str) -> Waking:
    return Waking(facts=frozenset(names))


def _required(state_flag: str) -> Waking:
    named = {state_flag} if state_flag else set[str]()
    return Waking(text=True, facts=frozenset(named | {"instalment_years"}))


_TABLE: Final[Mapping[type, Waking | Callable[[Any], Waking]]] = {
    Charset: _TEXT,
    Length: _TEXT,
    ForbiddenPhrase: _TEXT,
    CodeWords: _TEXT,
    LastLine: _TEXT,
    Mismatch: _TEXT,
    Preview: _TEXT,
    LinkPolicy: _TEXT,
    ContactLines: _TEXT,
    RequireText: lambda check: _required(check.state_flag),
    FalseClaim: lambda check: Waking(text=True, facts=frozenset({check.claim})),
    Families: Waking(findings=True),
    Suppression: Waking(flags=True),
    Mask: Waking(text=True, facts=frozenset({"record", "masked_before", "phone_key"})),
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
    return found if found is None or isinstance(found, Waking) else found(check)
