"""Checks of what stops a claim after the plan was made: holds, payments, the brakes; and of reports on segments."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from loansms.model import (
    Accepted,
    DeliveryReceipt,
    DeliveryStatus,
    Hold,
    HoldKind,
    Money,
    Payment,
    Purpose,
    Unknown,
)
from loansms.stores import AttemptState, ContactLedger, Stop, Stopped, StopScope, Suppressed
from loansms.testing.examples import AT, claim
from loansms.testing.ledger_case import LedgerCase, kinds, token_of

MINUTE = timedelta(minutes=1)
DEBTOR = "example|B-1"


def _payment(**changes: Any) -> Payment:
    fields: dict[str, Any] = {"loan_id": "L-1", "amount": Money(Decimal("10.00"), "CNY"), "at": AT}
    return Payment(**{**fields, **changes})


def _report(part: str, status: DeliveryStatus) -> DeliveryReceipt:
    return DeliveryReceipt(provider_message_id=part, step_key=None, status=status, at=AT)


def _reason(store: ContactLedger, **changes: object) -> str:
    (answer,) = store.claim([claim(**changes)])
    assert isinstance(answer, Suppressed), f"expected Suppressed, got {type(answer).__name__}"
    return answer.reason.code


class ChangeChecks(LedgerCase):
    """What comes in between plan and claim is answered by the claim."""

    def test_a_hold_stops_what_asks_for_money(self) -> None:
        """And nothing else, on its loan alone, until it is released."""
        with self.opened() as store:
            hold = Hold(HoldKind.DISPUTE, loan_id="L-1")
            assert store.record_hold(DEBTOR, hold, AT, "call-1")
            assert not store.record_hold(DEBTOR, hold, AT, "call-1")
            assert _reason(store) == "held_dispute"
            others = [
                claim(step_key="s-2", loan_id="L-2"),
                claim(step_key="s-3", purpose=Purpose.TRANSACTION_NOTICE),
            ]
            assert kinds(store.claim(others)) == ["Claimed", "Claimed"]
            assert store.histories([DEBTOR], AT)[DEBTOR].holds == (hold,)
            assert store.release_holds(DEBTOR, HoldKind.DISPUTE, AT, "desk-1", "L-1") == 1
            assert store.release_holds(DEBTOR, HoldKind.DISPUTE, AT, "desk-1") == 0
            assert store.histories([DEBTOR], AT)[DEBTOR].holds == ()
            assert kinds(store.claim([claim()])) == ["Claimed"]
            assert [(one.act, one.detail) for one in store.audit_trail()] == [("release", "hold_dispute")]

    def test_a_hold_ends_with_the_debtors_own_day(self) -> None:
        """A promise until Friday is over on Saturday where the debtor lives."""
        with self.opened() as store:
            store.record_hold(DEBTOR, Hold(HoldKind.PROMISE, until=date(2026, 9, 25)), AT, "reply-1")
            assert _reason(store, local_on=date(2026, 9, 25)) == "held_promise"
            assert kinds(store.claim([claim(local_on=date(2026, 9, 26))])) == ["Claimed"]

    def test_a_payment_stops_what_does_not_know_it(self) -> None:
        """A message made from facts before the payment is stopped, one made after it goes out."""
        with self.opened() as store:
            assert store.record_payment(DEBTOR, _payment(), "bank-1")
            assert not store.record_payment(DEBTOR, _payment(), "bank-1")
            assert _reason(store, facts_at=AT - MINUTE) == "paid_since"
            assert kinds(store.claim([claim(step_key="s-2", loan_id="L-2", facts_at=AT - MINUTE)])) == [
                "Claimed"
            ]
            assert kinds(store.claim([claim(facts_at=AT)])) == ["Claimed"]

    def test_the_brakes_are_obeyed_by_the_next_claim(self) -> None:
        """Whatever scope they name; and what is not named goes on."""
        named = {
            "tenant": "bank",
            "template": "reminder.due_in_3",
            "stage": "pre_due",
            "step": "t-3",
            "route": "smsc",
        }
        for scope, value in [
            *((StopScope(name), value) for name, value in named.items()),
            (StopScope.ALL, ""),
        ]:
            with self.opened() as store:
                stop = Stop(scope=scope, value=value, at=AT, by="desk-1", why="wrong date")
                assert store.stop(stop)
                assert not store.stop(stop)
                assert store.stops() == [stop]
                assert store.claim([claim(**named)]) == [Stopped(stop)]
                other = claim(step_key="s-2", template="collection.early", tenant="other")
                free = "Claimed" if scope is not StopScope.ALL else "Stopped"
                assert kinds(store.claim([other])) == [free]
                assert store.resume(scope, value, AT, "desk-2")
                assert not store.resume(scope, value, AT, "desk-2")
                assert kinds(store.claim([claim(**named)])) == ["Claimed"]
                assert [(one.act, one.by) for one in store.audit_trail()] == [("resume", "desk-2")]

    def test_a_report_on_a_segment_counts_for_its_segment(self) -> None:
        """Delivered is said when every segment is; the store knows the ids after any restart."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            store.finish("step-1", token, Accepted("p-1", parts=("p-1", "p-2")), AT)
            assert store.record_receipt(_report("p-2", DeliveryStatus.DELIVERED))
            (first,) = store.attempts()
            assert first.delivery is DeliveryStatus.ACCEPTED
            assert store.record_receipt(_report("p-1", DeliveryStatus.DELIVERED))
            (whole,) = store.attempts()
            assert whole.delivery is DeliveryStatus.DELIVERED

    def test_one_lost_segment_is_a_partial_delivery(self) -> None:
        """In whatever order the reports come."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            store.finish("step-1", token, Accepted("p-1", parts=("p-1", "p-2")), AT)
            store.record_receipt(_report("p-1", DeliveryStatus.EXPIRED))
            store.record_receipt(_report("p-2", DeliveryStatus.DELIVERED))
            (record,) = store.attempts()
            assert record.delivery is DeliveryStatus.PARTIAL

    def test_a_receipt_for_another_number_is_no_receipt(self) -> None:
        """An unsigned report must agree with the number the message went to."""
        with self.opened() as store:
            token = token_of(store.claim([claim(number="tag-1")])[0])
            store.finish("step-1", token, Unknown("timeout"), AT)
            told = DeliveryReceipt(
                provider_message_id="p-1", step_key="step-1", status=DeliveryStatus.DELIVERED, at=AT
            )
            assert not store.record_receipt(told, ["tag-2"])
            (record,) = store.attempts()
            assert record.state is AttemptState.UNKNOWN
            assert store.record_receipt(told, ["tag-0", "tag-1"])
            (record,) = store.attempts()
            assert record.state is AttemptState.ACCEPTED
