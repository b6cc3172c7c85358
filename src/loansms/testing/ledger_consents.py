"""Checks of consents and revocations: kept once, told whole, and obeyed by the very next claim."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from loansms.model import (
    Channel,
    Confirmation,
    Consent,
    ConsentScope,
    GivenTo,
    History,
    Purpose,
    Revocation,
)
from loansms.stores import REVOKED, Claim, Suppressed
from loansms.testing.examples import AT, claim
from loansms.testing.ledger_case import LedgerCase, kinds

DAY = timedelta(days=1)
FIVE = timedelta(minutes=5)
WHO = "example|B-1"


def _agreed(at: datetime = AT - 9 * DAY, **changes: Any) -> Consent:
    fields: dict[str, Any] = {
        "purposes": ["marketing", "repayment_reminder"],
        "channels": ["sms", "email"],
        "text_version": "m-3",
        "source": "app",
        "evidence": "doc-17",
    }
    return Consent(at=at, **{**fields, **changes})


def _heard(code: str = "opted_out", stopped_at: datetime = AT, within: timedelta = FIVE) -> Confirmation:
    return Confirmation(code=code, stopped_at=stopped_at, until=stopped_at + within)


def _confirming(told: Confirmation, **changes: Any) -> Claim:
    fields: dict[str, Any] = {"step_key": told.key(WHO), "purpose": Purpose.TRANSACTION_NOTICE, "at": AT}
    return claim(confirms=told, **{**fields, **changes})


class ConsentChecks(LedgerCase):
    """A record is never lost, never changed, and a refusal is obeyed at once."""

    def test_a_record_comes_back_whole(self) -> None:
        """Every field, to the microsecond, in the order of time, however old it is."""
        at = datetime(2024, 2, 29, 23, 59, 59, 123457, tzinfo=UTC)
        first = _agreed(at, given_to=GivenTo.COLLECTOR, expires_at=AT + DAY)
        wider = Consent(at=AT - DAY, scopes=[ConsentScope.CONTACT_OUTSIDE_HOURS])
        taken = Revocation(
            at=AT - 2 * DAY, purposes=["marketing"], channels=["email"], scopes=["more_contacts"]
        )
        with self.opened() as store:
            assert store.record_consent(WHO, wider, "form-2")
            assert store.record_consent(WHO, first, "form-1")
            assert store.revoke_consent(WHO, taken, "call-1")
            assert store.histories([WHO, "example|B-2"], AT) == {
                WHO: History(consents=(first, wider), revocations=(taken,)),
                "example|B-2": History(),
            }

    def test_a_record_is_kept_once_per_source(self) -> None:
        """A form that is delivered twice counts once and cannot be rewritten; another debtor's is another's."""
        with self.opened() as store:
            assert store.record_consent(WHO, _agreed(), "form-1")
            assert not store.record_consent(WHO, _agreed(AT), "form-1")
            assert store.record_consent("example|B-2", _agreed(), "form-1")
            assert store.revoke_consent(WHO, Revocation(at=AT - DAY), "form-1")
            assert not store.revoke_consent(WHO, Revocation(at=AT), "form-1")
            told = store.histories([WHO], AT)[WHO]
            assert told.consents == (_agreed(),)
            assert told.revocations == (Revocation(at=AT - DAY),)

    def test_what_was_revoked_since_the_plan_is_not_claimed(self) -> None:
        """The claim is refused with its reason and leaves no trace; a step done before is still done."""
        with self.opened() as store:
            store.record_consent(WHO, _agreed(), "form-1")
            assert kinds(store.claim([claim(step_key="before")])) == ["Claimed"]
            store.revoke_consent(WHO, Revocation(at=AT - DAY), "call-1")
            assert store.claim([claim()]) == [Suppressed(REVOKED)]
            assert kinds(store.claim([claim(step_key="before"), claim(debtor="example|B-2")])) == [
                "AlreadyDone",
                "Claimed",
            ]
            assert {record.step_key for record in store.attempts()} == {"before", "step-1"}

    def test_a_revocation_stops_what_it_names_and_nothing_else(self) -> None:
        """By purpose and channel; codes and alerts pass, and so does the notice of law unless it is named."""
        kind = {"purpose": Purpose.MARKETING, "channel": Channel.SMS}
        other = [
            {"purpose": Purpose.MARKETING, "channel": Channel.EMAIL},
            {"purpose": Purpose.REPAYMENT_REMINDER, "channel": Channel.SMS},
            {"purpose": Purpose.OTP, "channel": Channel.SMS},
        ]
        with self.opened() as store:
            store.revoke_consent(WHO, Revocation(at=AT, purposes=["marketing"], channels=["sms"]), "c-1")
            asked = [claim(step_key=f"s-{number}", **one) for number, one in enumerate([kind, *other])]
            assert kinds(store.claim(asked)) == ["Suppressed", *["Claimed"] * 3]
        every = [Purpose.COLLECTION, Purpose.CREDIT_PRENOTICE, Purpose.SECURITY_ALERT, Purpose.OTP]
        asked = [claim(step_key=f"s-{number}", purpose=one) for number, one in enumerate(every)]
        with self.opened() as store:
            store.revoke_consent(WHO, Revocation(at=AT), "c-2")
            assert kinds(store.claim(asked)) == ["Suppressed", *["Claimed"] * 3]
        with self.opened() as store:
            store.revoke_consent(WHO, Revocation(at=AT, purposes=["credit_prenotice", "otp"]), "c-3")
            assert kinds(store.claim(asked)) == ["Claimed", "Suppressed", "Claimed", "Claimed"]
        with self.opened() as store:
            store.revoke_consent(WHO, Revocation(at=AT, scopes=["more_contacts"]), "c-4")
            assert kinds(store.claim(asked)) == ["Claimed"] * 4

    def test_a_new_consent_opens_the_way_again_while_it_lasts(self) -> None:
        """Only a later one, for just this; in whatever order the two came in."""
        with self.opened() as store:
            store.record_consent(WHO, _agreed(AT - DAY, expires_at=AT + DAY), "form-2")
            store.revoke_consent(WHO, Revocation(at=AT - 2 * DAY), "call-1")
            store.record_consent(WHO, _agreed(), "form-1")
            late = claim(step_key="late", at=AT + DAY)
            debt = claim(step_key="debt", purpose=Purpose.COLLECTION)
            assert kinds(store.claim([claim(), late, debt])) == ["Claimed", "Suppressed", "Suppressed"]

    def test_of_one_moment_the_refusal_wins(self) -> None:
        """Whoever says yes and no in the same second has said no."""
        with self.opened() as store:
            store.record_consent(WHO, _agreed(AT), "form-1")
            store.revoke_consent(WHO, Revocation(at=AT), "call-1")
            assert kinds(store.claim([claim()])) == ["Suppressed"]

    def test_a_stop_is_confirmed_once_and_at_once(self) -> None:
        """The one message that may follow it; a second, a late or another one is refused, and so is one of another stop."""
        heard = _heard()
        with self.opened() as store:
            store.suppress(WHO, "opted_out", AT)
            refused = [
                _confirming(heard, step_key="another"),
                _confirming(heard, purpose=Purpose.MARKETING),
                _confirming(heard, purpose=Purpose.COLLECTION),
                _confirming(heard, at=AT + FIVE + timedelta(microseconds=1)),
                _confirming(_heard(stopped_at=AT - DAY), at=AT),
                _confirming(_heard("wrong_person")),
                claim(step_key=heard.key(WHO), purpose=Purpose.TRANSACTION_NOTICE),
            ]
            assert kinds(store.claim(refused)) == ["Suppressed"] * 7
            assert list(store.attempts()) == []
            last = _confirming(heard, at=AT + FIVE)
            assert kinds(store.claim([last, last])) == ["Claimed", "AlreadyDone"]
            assert kinds(store.claim([_confirming(heard), _confirming(heard, step_key="second")])) == [
                "AlreadyDone",
                "Suppressed",
            ]
            assert kinds(store.claim([claim(step_key="s-9")])) == ["Suppressed"]

    def test_a_confirmation_passes_its_own_stop_alone(self) -> None:
        """Whoever is stopped for another reason too, or took the kind back, is told nothing."""
        with self.opened() as store:
            store.suppress(WHO, "opted_out", AT)
            store.suppress(WHO, "wrong_person", AT)
            assert kinds(store.claim([_confirming(_heard()), _confirming(_heard("wrong_person"))])) == [
                "Suppressed",
                "Suppressed",
            ]
            assert store.release(WHO, "opted_out", AT, "desk-1")
            store.revoke_consent(WHO, Revocation(at=AT, purposes=["transaction_notice"]), "call-1")
            assert store.claim([_confirming(_heard("wrong_person"))]) == [Suppressed(REVOKED)]

    def test_confirmations_at_once_are_one(self) -> None:
        """From several threads: one of them goes."""
        with self.opened() as store, ThreadPoolExecutor(4) as threads:
            store.suppress(WHO, "opted_out", AT)
            ran = [threads.submit(store.claim, [_confirming(_heard())]) for _ in range(8)]
            answers = sorted(kinds(one.result())[0] for one in ran)
            assert answers == ["AlreadyDone"] * 7 + ["Claimed"]

    def test_claims_and_revocations_at_once_keep_the_refusal(self) -> None:
        """From several threads: once the revocation has returned, no claim gets through."""
        with self.opened() as store, ThreadPoolExecutor(4) as threads:
            for number in range(8):
                who, keys = f"example|B-{number}", [f"s-{number}-{run}" for run in range(6)]
                ran = [threads.submit(store.claim, [claim(step_key=key, debtor=who)]) for key in keys]
                store.revoke_consent(who, Revocation(at=AT), "call-1")
                after = claim(step_key=f"after-{number}", debtor=who)
                assert kinds(store.claim([after])) == ["Suppressed"]
                answers = [kinds(one.result())[0] for one in ran]
                assert set(answers) <= {"Claimed", "Suppressed"}
                taken = {record.step_key for record in store.attempts() if record.debtor == who}
                assert len(taken) == answers.count("Claimed")
