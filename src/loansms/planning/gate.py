"""Who speaks, and what compliance is told: the facts, the consent, the stops, the zones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loansms.calendars import Overrides, WorkCalendar, calendar_for
from loansms.compliance import Context
from loansms.model import Account, Borrower, History, Lender, Reason


def choose_lender(lenders: Mapping[str, Lender], lender_id: str | None) -> Lender | Reason:
    """Return the profile a row's `lender_id` names, the only one where none is named, or why neither.

    >>> lenders = {"house": Lender.example("CN")}
    >>> choose_lender(lenders, None) is lenders["house"], choose_lender(lenders, "other").code
    (True, 'unknown_lender')
    """
    if lender_id is None and len(lenders) == 1:
        return next(iter(lenders.values()))
    if lender_id is not None and lender_id in lenders:
        return lenders[lender_id]
    return Reason(
        "unknown_lender",
        "house",
        f"lender_id: expected one of {', '.join(sorted(lenders))}",
        message_zh=f"lender_id：应为 {', '.join(sorted(lenders))} 之一",
    )


def lender_facts(lender: Lender) -> dict[str, Any]:
    """Return what a lender's profile lets a text claim and name; a fact it does not state is absent."""
    facts: dict[str, Any] = {
        "jurisdiction": lender.jurisdiction,
        "third_party": lender.party.value == "third",
        "signature": lender.signature,
        "provider_adds_signature": lender.jurisdiction == "CN",
        "sender_names": (lender.name, *lender.names.values(), lender.signature),
        "link_allowlist": list(lender.link_allowlist),
        "contact_allowlist": list(lender.allowed_contacts),
        "template_fixed": True,
        "credit_reporting": lender.credit_reporting,
        "litigation_policy_dpd": lender.litigation_policy_dpd,
    }
    return {key: value for key, value in facts.items() if value is not None}


def account_context(
    account: Account,
    *,
    lender: Lender,
    provider: str,
    history: History,
    days_past_due: int,
    reader: Borrower | None = None,
    opted_out: bool = False,
    obligatory: bool = False,
    overrides: Overrides | None = None,
) -> Context:
    """Return what the gate is asked about a step of `account` that speaks to `reader`, by default the borrower."""
    stops = {"dispute_open": account.dispute, "hardship": account.hardship}
    facts: dict[str, Any] = {
        "days_past_due": days_past_due,
        "due_date": account.due_on,
        "disputed": account.dispute,
    }
    if obligatory:
        facts["obligatory"] = True
    if account.autopay:
        facts["direct_debit_mandate"] = True
    return borrower_context(
        reader or account.borrower,
        lender=lender,
        provider=provider,
        history=history,
        loan_id=account.loan_id,
        opted_out=opted_out,
        suppressions=frozenset(name for name, there in stops.items() if there),
        facts=facts,
        overrides=overrides,
    )


def borrower_context(
    borrower: Borrower,
    *,
    lender: Lender,
    provider: str,
    history: History,
    loan_id: str | None = None,
    opted_out: bool = False,
    suppressions: frozenset[str] = frozenset(),
    facts: Mapping[str, Any] | None = None,
    overrides: Overrides | None = None,
) -> Context:
    """Return what the gate is asked about a message to `borrower`, with or without a loan.

    `overrides` correct the shipped calendar of the lender's country.
    """
    return Context(
        jurisdiction=lender.jurisdiction,
        region=borrower.region,
        party=lender.party,
        zones=borrower.zones,
        provider=provider,
        past_contacts=history.contacts,
        facts={**lender_facts(lender), "consent_marketing": borrower.consent_marketing, **(facts or {})},
        consent_sms=borrower.consent_sms,
        consent_marketing=borrower.consent_marketing,
        consents=history.consents,
        revocations=history.revocations,
        opted_out=opted_out or borrower.opted_out or history.opted_out,
        suppressions=suppressions,
        loan_id=loan_id,
        calendar=calendar_of(lender, overrides) if overrides and overrides.plans else None,
    )


def calendar_of(lender: Lender, overrides: Overrides | None) -> WorkCalendar:
    """Return the calendar by which rules on working days are read for `lender`.

    >>> from datetime import date
    >>> calendar_of(Lender.example("CN"), None).is_workday(date(2026, 10, 1))
    False
    """
    return calendar_for(lender.jurisdiction.partition("-")[0], overrides=overrides)
