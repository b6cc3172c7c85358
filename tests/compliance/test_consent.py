"""Consent before the gate: what the record shows, what was taken back, and what nobody ever said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from loansms.compliance import Context, Rule, RulePack, Severity, contact_decision, evaluate
from loansms.compliance.consents import records_of, with_records
from loansms.compliance.rule import Applies, Authority, CheckSpec
from loansms.errors import PackError
from loansms.model import Allow, Channel, Consent, Contact, ContactKind, Deny, Party, Purpose, Revocation
from loansms.privacy import Secret
from tests.compliance.cases import DAY, PACKS, context, draft, local

NOW = local("2026-09-24T10:00")
RECORD = {"text_version": "m-3", "source": "app", "evidence": "doc-17"}
MARKETING = draft(Purpose.MARKETING)
EXPRESS = {"kind": "express", "record": ["text_version", "time", "scope", "source"], "silence": "refusal"}
WRITTEN = {"purposes": ["marketing"], "channels": ["sms"], "at": "2026-09-01T10:00:00+08:00", **RECORD}


def agreed(at: datetime = NOW - 9 * DAY, **more: Any) -> Consent:
    return Consent(**{"at": at, "purposes": ["marketing"], "channels": ["sms"], **RECORD, **more})


def rule(params: dict[str, Any], severity: Severity = Severity.BLOCK, **applies: Any) -> Rule:
    return Rule(
        id="CONSENT-1",
        jurisdiction="CN",
        authority=Authority.HOUSE,
        severity=severity,
        applies=Applies(**applies),
        check=CheckSpec("require_consent", params),
        citation="house",
        message_en="It needs consent.",
        message_zh="需征得同意。",
    )


def codes(params: dict[str, Any], known: Context, message: object = MARKETING) -> set[str]:
    """Return why one rule stops the message; nothing when it passes."""
    pack = RulePack.of([rule(params)], jurisdiction="CN")
    decision = evaluate(message, known, [pack], NOW)
    assert isinstance(decision, Deny) == bool(decision.reasons)
    return {one.code for one in decision.reasons}


@pytest.mark.parametrize("country", ["CN", "US"])
def test_marketing_goes_on_a_record_alone_and_stops_when_it_is_taken_back(country: str) -> None:
    """No column of the book is needed; of a revocation each kind of message is stopped by itself."""
    now = local("2026-09-24T10:00", context(country).zones[0])
    willing = context(country, consents=[agreed()])
    assert isinstance(evaluate(MARKETING, willing, [PACKS[country]], now), Allow)
    for taken in (Revocation(at=now), Revocation(at=now, purposes=["marketing"], channels=["sms"])):
        refused = evolve(willing, revocations=[taken])
        answer = evaluate(MARKETING, refused, [PACKS[country]], now)
        assert isinstance(answer, Deny)
        assert "consent_revoked" in {one.code for one in answer.reasons}
    elsewhere = evolve(willing, revocations=[Revocation(at=now, channels=["email"])])
    assert isinstance(evaluate(MARKETING, elsewhere, [PACKS[country]], now), Allow)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"consents": [agreed()]}, set()),
        ({}, {"no_express_consent"}),
        ({"consent_marketing": True}, set()),
        ({"consents": [agreed(text_version="")]}, {"consent_incomplete"}),
        ({"consents": [agreed(source="")], "consent_marketing": True}, {"consent_incomplete"}),
        ({"consents": [agreed(source=""), agreed()]}, set()),
        ({"consents": [agreed(channels=[])]}, {"consent_incomplete"}),
        ({"consents": [agreed(channels=["email"])], "consent_marketing": True}, {"no_express_consent"}),
        ({"consents": [agreed(expires_at=NOW)], "consent_marketing": True}, {"no_express_consent"}),
        ({"consents": [agreed(purposes=["collection"])]}, {"no_express_consent"}),
        ({"consents": [agreed(NOW + DAY)]}, {"no_express_consent"}),
        ({"consents": [agreed(NOW + DAY)], "consent_marketing": True}, set()),
        ({"revocations": [Revocation(at=NOW)], "consent_marketing": True}, {"consent_revoked"}),
        ({"revocations": [Revocation(at=NOW - DAY)], "consents": [agreed(NOW)]}, set()),
        ({"facts": {"consents": [WRITTEN]}}, set()),
        ({"facts": {"consents": [{**WRITTEN, "at": "last week"}]}}, {"consent_incomplete"}),
        ({"facts": {"consents": [{**WRITTEN, "expires_at": "soon"}]}}, {"consent_incomplete"}),
        ({"facts": {"consents": [{**WRITTEN, "purposes": "marketing"}]}}, set()),
        ({"facts": {"consents": [WRITTEN], "revocations": [{"at": NOW}]}}, {"consent_revoked"}),
        ({"facts": {"consents": [WRITTEN], "revocations": {"at": "2026-02-30"}}}, {"consent_revoked"}),
        ({"facts": {"consents": [WRITTEN], "revocations": ["no more"]}}, {"consent_revoked"}),
        (
            {"facts": {"consents": [WRITTEN], "revocations": [{"at": NOW, "purposes": ["x"]}]}},
            {"consent_revoked"},
        ),
        ({"facts": {"consents": [WRITTEN], "revocations": [{"at": NOW, "channels": ["email"]}]}}, set()),
    ],
)
def test_an_express_consent_is_one_that_can_be_shown(more: dict[str, Any], told: set[str]) -> None:
    """Silence, a record without its proof, and a refusal that cannot be read all stop."""
    assert codes(EXPRESS, context(**more)) == told


def test_a_record_wins_over_the_book_but_not_over_its_no() -> None:
    """The column's "no" has no date: a consent cannot be shown to be younger, so no text goes."""
    reminder = draft(Purpose.REPAYMENT_REMINDER)
    sms = {"kind": "sms"}
    taken = [Revocation(at=NOW - DAY, channels=["sms"])]
    again = [agreed(NOW, purposes=["repayment_reminder"])]
    assert codes(sms, context(consent_sms=True, revocations=taken), reminder) == {"consent_revoked"}
    assert codes(sms, context(consent_sms=True, revocations=taken, consents=again), reminder) == set()
    assert codes(sms, context(consent_sms=False, consents=again), reminder) == {"sms_refused"}
    assert codes(sms, context(revocations=[Revocation(at=NOW, channels=["email"])]), reminder) == set()


def test_prior_consent_asks_for_a_way_to_refuse_in_the_text() -> None:
    ask = {"kind": "prior", "opt_out": "free"}
    willing = context(consents=[agreed()])
    plain, told = Secret("New rates this month."), Secret("New rates this month. Reply STOP to opt out.")
    assert codes(ask, willing, evolve(MARKETING, text=told)) == set()
    assert codes(ask, willing, evolve(MARKETING, text=plain)) == {"required_content"}
    assert codes(ask, context(), evolve(MARKETING, text=told)) == {"no_express_consent"}
    paid = evolve(willing, facts={"opt_out_free": False})
    assert codes(ask, paid, evolve(MARKETING, text=told)) == {"opt_out_not_free"}
    assert codes({**ask, "opt_out": "each_message"}, paid, evolve(MARKETING, text=told)) == set()
    assert codes({"kind": "prior"}, willing, evolve(MARKETING, text=plain)) == set()


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, set()),
        ({"lawful_basis": "contract"}, set()),
        ({"lawful_basis": ["legitimate_interest", "habit"]}, set()),
        ({"lawful_basis": "habit"}, {"no_lawful_basis"}),
        ({"lawful_basis": []}, {"no_lawful_basis"}),
        ({"data_minimised": False}, {"not_minimised"}),
        ({"special_data": True}, {"special_data"}),
    ],
)
def test_a_lawful_basis_is_asked_where_one_is_named(facts: dict[str, Any], told: set[str]) -> None:
    ask = {
        "kind": "lawful_basis",
        "any_of": ["contract", "legitimate_interest"],
        "minimise": True,
        "special_data": "forbid",
        "per_message": "purpose_tag",
    }
    assert codes(ask, context(facts=facts)) == told


def test_an_agency_needs_a_consent_of_its_own() -> None:
    """Bundled with another it is not separate; the lender itself needs none."""
    ask = {"kind": "separate", "for": "sharing_with_agency", "minimise_fields": True}
    scopes = ["sharing_with_agency"]
    own = Consent(at=NOW - DAY, scopes=scopes)
    bundled = Consent(at=NOW - DAY, scopes=[*scopes, "more_contacts"])
    agency = context(party=Party.THIRD)
    assert codes(ask, context()) == set()
    assert codes(ask, agency) == {"no_separate_consent"}
    assert codes(ask, evolve(agency, facts={"agency_sharing_consent": False})) == {"no_separate_consent"}
    assert codes(ask, evolve(agency, facts={"agency_sharing_consent": True})) == set()
    for known in (
        evolve(agency, consents=[own]),
        with_records(evolve(agency, consents=[own]), MARKETING, NOW),
    ):
        assert codes(ask, known) == set()
    for one in (bundled, evolve(own, channels=["sms"]), evolve(own, purposes=["collection"])):
        known = with_records(evolve(agency, consents=[one]), MARKETING, NOW)
        assert codes(ask, known) == {"no_separate_consent"}
    over = evolve(agency, consents=[own], revocations=[Revocation(at=NOW, scopes=scopes)])
    assert codes(ask, over) == {"no_separate_consent"}
    assert codes(ask, evolve(agency, consents=[own], facts={"fields_minimised": False})) == {"not_minimised"}


TEXTED = Contact(channel=Channel.SMS, at=NOW - 10 * DAY, kind=ContactKind.INBOUND_MESSAGE)
TO_COLLECTOR = {"scope": "text_this_number", "given_to": "collector", "at": NOW - 10 * DAY}
CHECKED = {"at": NOW - DAY, "result": "not_reassigned"}


@pytest.mark.parametrize(
    ("facts", "contacts", "inside"),
    [
        ({}, [], False),
        ({}, [TEXTED], True),
        ({}, [evolve(TEXTED, at=NOW - 40 * DAY)], False),
        ({"reassigned_check": CHECKED}, [evolve(TEXTED, at=NOW - 400 * DAY)], True),
        ({"reassigned_check": CHECKED}, [], False),
        ({"consents": [TO_COLLECTOR]}, [], True),
        ({"consents": [{**TO_COLLECTOR, "at": NOW - 60 * DAY}]}, [], True),
        ({"consents": [{**TO_COLLECTOR, "at": NOW - 60 * DAY - timedelta(seconds=1)}]}, [], False),
        ({"consents": [{**TO_COLLECTOR, "given_to": "creditor"}]}, [], False),
        ({"consents": [TO_COLLECTOR], "revocations": [{"at": NOW, "channels": ["sms"]}]}, [], False),
        ({"revocations": [{"at": NOW, "channels": ["sms"]}]}, [TEXTED], False),
        ({"revocations": [{"at": NOW, "channels": ["email"]}]}, [TEXTED], True),
        ({"opt_outs": [{"at": NOW - DAY, "channel": "sms"}]}, [TEXTED], False),
    ],
)
def test_the_safe_harbor_of_texts_needs_fresh_evidence(
    facts: dict[str, Any], contacts: list[Contact], inside: bool
) -> None:
    """In the shape of the reference, without a kind; each basis with its own days."""
    bases = [
        {"basis": "consumer_texted_from_number_about_debt", "within_days": 30, "or": "a check"},
        {"basis": "consent_given_directly_to_collector", "within_days": 60, "or": "a check"},
    ]
    ask = {
        "any_of": bases,
        "not_opted_out": True,
        "transfers_from_creditor": False,
        "known_disclosure_number": "block",
    }
    known = context(facts=facts, past_contacts=contacts)
    assert codes(ask, known, draft()) == set()
    chosen = evolve(known, facts={**facts, "text_only_inside_safe_harbor": True})
    assert codes(ask, chosen, draft()) == (set() if inside else {"outside_safe_harbor"})
    told = evolve(known, facts={**facts, "known_disclosure_number": True})
    assert codes(ask, told, draft()) == {"known_disclosure_number"}


def test_a_consent_that_passes_from_the_creditor_counts_where_the_rule_says_so() -> None:
    ask = {"transfers_from_creditor": True}
    facts = {"consents": [{**TO_COLLECTOR, "given_to": "creditor"}], "text_only_inside_safe_harbor": True}
    assert codes(ask, context(facts=facts), draft()) == set()


@pytest.mark.parametrize(
    "params",
    [
        {"kind": "express", "record": ["colour"]},
        {"kind": "express", "silence": "consent"},
        {"kind": "prior", "opt_out": "sometimes"},
        {"kind": "lawful_basis"},
        {"kind": "lawful_basis", "any_of": [{"basis": "contract"}]},
        {"kind": "separate"},
        {"kind": "separate", "for": "anything"},
        {"kind": "separate", "sharing": "sharing_with_agency"},
        {"any_of": ["contract"]},
        {"any_of": [{"basis": "hearsay"}]},
        {"any_of": [{"basis": "consent_given_directly_to_collector", "within_days": "sixty"}]},
        {"kind": "tacit"},
        {"kind": "sms", "unknown": 1},
    ],
)
def test_a_rule_that_asks_for_nothing_known_does_not_load(params: dict[str, Any]) -> None:
    """It would enforce nothing while it seems to."""
    with pytest.raises(PackError) as told:
        RulePack.of([rule(params)], jurisdiction="CN")
    assert told.value.zh
    assert "\n" not in str(told.value)


def test_who_has_no_message_yet_is_answered_by_the_same_records() -> None:
    """As values, as arguments, and as facts."""
    ask = {"jurisdiction": "CN", "purpose": "marketing", "channel": "sms", "now": NOW}
    first = {"third_party": False}
    assert isinstance(contact_decision(**ask, facts=first), Deny)
    assert isinstance(contact_decision(**ask, facts=first, consents=[agreed()]), Allow)
    assert isinstance(contact_decision(**ask, facts={**first, "consents": [agreed()]}), Allow)
    assert isinstance(contact_decision(**ask, facts={**first, "consents": [WRITTEN]}), Allow)
    stopped = contact_decision(**ask, facts=first, consents=[agreed()], revocations=[Revocation(at=NOW)])
    assert isinstance(stopped, Deny)


def test_a_wider_agreement_lifts_hours_until_it_ends() -> None:
    """Contact at night on a recorded agreement; none after it ran out or was taken back."""
    night = local("2026-09-24T23:00")
    ask = {"jurisdiction": "CN", "purpose": "collection", "channel": "sms", "now": night}
    wide = Consent(at=NOW, scopes=["contact_outside_hours"])

    def hours(**more: Any) -> set[str]:
        answer = contact_decision(**ask, facts={"third_party": False}, **more)
        return {one.rule_id for one in answer.reasons} & {"CN-TIME-01", "CN-TIME-02"}

    both = {"CN-TIME-01", "CN-TIME-02"}
    assert hours() == both
    assert hours(consents=[wide]) == set()
    assert hours(consents=[evolve(wide, expires_at=night)]) == both
    assert hours(consents=[evolve(wide, purposes=["marketing"])]) == both
    assert (
        hours(consents=[wide], revocations=[Revocation(at=night, scopes=["contact_outside_hours"])]) == both
    )
    assert hours(consents=[wide], revocations=[Revocation(at=night, purposes=["marketing"])]) == set()


def test_records_are_told_to_other_rules_in_their_own_words() -> None:
    """Once or twice, the answer is the same, and no record is lost or made up on the way."""
    undated = {"scope": "more_contacts", "given_to": "creditor"}
    known = context(consents=[agreed()], facts={"consents": [undated, WRITTEN]})
    once = with_records(known, MARKETING, NOW)
    twice = with_records(once, MARKETING, NOW)
    assert once == twice
    assert set(records_of(once)) == set(records_of(known))
    assert once.consent_sms is True
    assert once.facts["consents"] == [undated]
    over = with_records(evolve(known, revocations=[Revocation(at=NOW)]), MARKETING, NOW)
    assert over.facts["consents"] == []
    assert over.suppressions == {"consent_revoked"}
    assert over.consent_sms is None
    assert with_records(evolve(known, consent_sms=False), MARKETING, NOW).consent_sms is False
    nothing = context(facts={"consents": [undated]})
    assert with_records(nothing, MARKETING, NOW) is nothing
