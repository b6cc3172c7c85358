"""Who ends reminders by SMS is reminded by the next channel the policy names; who ends all of them by none."""

from __future__ import annotations

from datetime import date, datetime

from attrs import evolve

from loansms import Lender
from loansms.compliance import RulePack
from loansms.model import Channel, Consent, History, Purpose, Revocation
from loansms.model.examples import account
from loansms.planning import PlanDecision, plan_loan
from loansms.policy import Policy
from loansms.templates import Catalogue

NOW = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
PRESET = Policy.preset("cn-consumer")
POLICY = evolve(
    PRESET,
    steps=tuple(
        evolve(step, channels=(Channel.SMS, Channel.PUSH), then=()) if step.id == "t-3" else step
        for step in PRESET.steps
    ),
)
BY_SMS = Revocation(at=NOW, purposes=["repayment_reminder"], channels=["sms", "mms"])


def planned(*records: object) -> object:
    """Return the row of a loan due in three days whose borrower said so much."""
    revocations = tuple(one for one in records if isinstance(one, Revocation))
    consents = tuple(one for one in records if isinstance(one, Consent))
    (row, *_) = plan_loan(
        account(due_on=date(2026, 9, 27)),
        policy=POLICY,
        catalogue=Catalogue.builtin(),
        packs=[RulePack.load("CN", on=NOW.date())],
        lender=Lender.example("CN"),
        now=NOW,
        history=History(revocations=revocations, consents=consents),
    )
    return row


def test_a_step_goes_by_its_first_channel_while_nobody_refused_it() -> None:
    row = planned()
    assert (row.channel, row.hop) == (Channel.SMS, 0)


def test_a_step_refused_by_sms_goes_on_by_the_next_channel() -> None:
    row = planned(BY_SMS)
    assert (row.channel, row.hop, row.decision) == (Channel.PUSH, 1, PlanDecision.SEND)
    assert "channel_refused" in [reason.code for reason in row.why]
    assert row.text is not None


def test_who_refused_every_channel_is_not_written_to() -> None:
    row = planned(Revocation(at=NOW, purposes=["repayment_reminder"]))
    assert (row.channel, row.decision) == (Channel.SMS, PlanDecision.DENY)


def test_a_later_consent_brings_the_first_channel_back() -> None:
    agreed = Consent(at=NOW, purposes=["repayment_reminder"], channels=["sms"])
    row = planned(
        Revocation(at=NOW.replace(hour=8), purposes=["repayment_reminder"], channels=["sms"]), agreed
    )
    assert row.channel is Channel.SMS


def test_another_purpose_is_not_touched() -> None:
    row = planned(Revocation(at=NOW, purposes=[Purpose.MARKETING], channels=["sms"]))
    assert row.channel is Channel.SMS
