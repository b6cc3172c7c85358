"""What the gate knows of the debt and the debtor besides the message itself.

Nothing here is looked up: the caller hands in what its records say, and what is missing counts against
sending (`None` party or an empty provider is a refusal, not a guess).

>>> context = Context(jurisdiction="CN", party=Party.FIRST, zones=("Asia/Shanghai",), provider="sandbox")
>>> context.missing()
()
>>> Context(jurisdiction="", party=None, zones=("Asia/Shanghai",), provider="").missing()
('jurisdiction', 'party', 'provider')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from attrs import field, frozen

from loansms.calendars import WorkCalendar
from loansms.model import Consent, Contact, Party, Revocation

# The suppressions a store or a book may name. Any other word is refused by the gate: nobody knows its rule.
SUPPRESSIONS = frozenset(
    {
        "attorney_represented",
        "bankruptcy",
        "cease_or_refusal_to_pay",
        "consent_revoked",
        "contact_refused",
        "deceased",
        "dispute_open",
        "hardship",
        "marketing_refused",
        "medium_or_address_refused",
        "opted_out",
        "revoke_all",
        "wrong_number",
    }
)


def _words(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(given)


def _contacts(given: Iterable[Contact]) -> tuple[Contact, ...]:
    return tuple(given)


def _consents(given: Iterable[Consent]) -> tuple[Consent, ...]:
    return tuple(given)


def _revocations(given: Iterable[Revocation]) -> tuple[Revocation, ...]:
    return tuple(given)


def _flags(given: Iterable[str]) -> frozenset[str]:
    return frozenset(given)


@frozen(kw_only=True)
class Context:
    """The facts of one debt, one debtor and one route.

    ``jurisdiction`` is a country or a state in it ("US", "US-MA"); ``region`` names the state where the
    jurisdiction does not. ``zones`` are the IANA zones the recipient may be in, likeliest first; every rule
    on hours must hold in all of them. ``past_contacts`` are those with this debtor over all loans of the
    lender group. ``consents`` and ``revocations`` are the records of what the person agreed to and took back; where
    they speak of a kind of message they win over ``consent_marketing``, and a revocation over ``consent_sms``,
    the plain columns of a book (None means nothing is recorded). ``suppressions`` are words of `SUPPRESSIONS`. ``facts`` are keyed as the compliance reference names them. ``calendar`` None takes the
    shipped calendar of the country.
    """

    jurisdiction: str
    party: Party | None
    zones: tuple[str, ...] = field(converter=_words)
    provider: str
    past_contacts: tuple[Contact, ...] = field(default=(), converter=_contacts)
    facts: Mapping[str, Any] = field(factory=dict[str, Any])
    consent_sms: bool | None = None
    consent_marketing: bool = False
    consents: tuple[Consent, ...] = field(default=(), converter=_consents)
    revocations: tuple[Revocation, ...] = field(default=(), converter=_revocations)
    opted_out: bool = False
    suppressions: frozenset[str] = field(default=frozenset(), converter=_flags)
    loan_id: str | None = None
    region: str | None = None
    calendar: WorkCalendar | None = None

    @cached_property
    def country(self) -> str:
        """The country of the jurisdiction."""
        return self.jurisdiction.partition("-")[0]

    def missing(self) -> tuple[str, ...]:
        """Return the inputs without which nothing may be sent."""
        if self.jurisdiction and self.party and self.provider and self.zones:
            return ()
        given = {
            "jurisdiction": self.jurisdiction,
            "party": self.party,
            "provider": self.provider,
            "zones": self.zones,
        }
        return tuple(name for name, value in given.items() if not value)
