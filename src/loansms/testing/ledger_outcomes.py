"""Checks of endings: the fence, the lease, receipts, and a person's decision."""

from __future__ import annotations

from datetime import timedelta

from loansms.clock import FrozenClock
from loansms.model import Accepted, DeliveryReceipt, DeliveryStatus, Rejected, Unknown
from loansms.stores import AlreadyDone, AttemptRecord, AttemptState, ContactLedger
from loansms.testing.examples import AT, claim, rolling
from loansms.testing.ledger_case import LedgerCase, kinds, token_of

LATER = AT + timedelta(hours=1)


def _receipt(status: DeliveryStatus, at_minute: int = 0, step_key: str | None = "step-1") -> DeliveryReceipt:
    return DeliveryReceipt(
        provider_message_id="p-1",
        step_key=step_key,
        status=status,
        at=LATER + timedelta(minutes=at_minute),
        raw_code=status.value.upper(),
    )


def _only(store: ContactLedger) -> AttemptRecord:
    (record,) = store.attempts()
    return record


class OutcomeChecks(LedgerCase):
    """One ending an attempt, told by who holds it, and late truths kept."""

    def test_an_ending_is_kept(self) -> None:
        """The record says what was claimed and how it ended."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            assert store.finish("step-1", token, Accepted("p-1"), LATER)
            record = _only(store)
            assert (record.state, record.provider_message_id) == (AttemptState.ACCEPTED, "p-1")
            assert (record.at, record.finished_at, record.versions) == (AT, LATER, {"policy": "p-1"})
            assert record.mark == claim().mark

    def test_a_stranger_cannot_finish(self) -> None:
        """Neither a wrong token nor an unknown step changes anything."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            assert not store.finish("step-1", "another", Accepted("p-1"), LATER)
            assert not store.finish("step-2", token, Accepted("p-1"), LATER)
            assert _only(store).state is AttemptState.ATTEMPTING

    def test_a_settled_attempt_is_not_settled_again(self) -> None:
        """The first definite answer stands."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            store.finish("step-1", token, Rejected("E1"), LATER)
            assert not store.finish("step-1", token, Accepted("p-1"), LATER)
            assert (_only(store).state, _only(store).code) == (AttemptState.REJECTED, "E1")

    def test_a_late_truth_replaces_an_unknown(self) -> None:
        """Who still holds the token may say what happened after all."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            assert store.finish("step-1", token, Unknown("timeout"), LATER)
            assert store.finish("step-1", token, Accepted("p-1"), LATER)
            assert _only(store).state is AttemptState.ACCEPTED

    def test_a_silent_holder_makes_the_step_unknown(self) -> None:
        """After the lease the step is unknown, counted, and never claimed again by itself."""
        clock = FrozenClock(AT)
        with self.opened(clock) as store:
            store.claim([claim()])
            assert store.expire_leases() == 0
            clock.move(timedelta(minutes=10))
            assert store.expire_leases() == 1
            assert store.expire_leases() == 0
            assert store.claim([claim()]) == [AlreadyDone(AttemptState.UNKNOWN)]
            capped = claim(step_key="next", limits=(rolling(1, timedelta(days=7)),))
            assert kinds(store.claim([capped])) == ["CapReached"]

    def test_a_claim_sees_leases_that_ran_out(self) -> None:
        """Nobody has to sweep before a run."""
        clock = FrozenClock(AT)
        with self.opened(clock) as store:
            store.claim([claim()])
            clock.move(timedelta(minutes=10))
            assert store.claim([claim()]) == [AlreadyDone(AttemptState.UNKNOWN)]

    def test_the_holder_of_an_expired_lease_may_still_tell(self) -> None:
        """A slow worker's answer is a late truth, not a stranger's."""
        clock = FrozenClock(AT)
        with self.opened(clock) as store:
            token = token_of(store.claim([claim()])[0])
            clock.move(timedelta(minutes=10))
            store.expire_leases()
            assert store.finish("step-1", token, Accepted("p-1"), LATER)
            assert _only(store).state is AttemptState.ACCEPTED

    def test_a_receipt_settles_an_unknown(self) -> None:
        """The network has seen it, so the provider had it."""
        for status in frozenset(DeliveryStatus) - {DeliveryStatus.UNKNOWN}:
            key = f"key-{status}"
            with self.opened() as store:
                token = token_of(store.claim([claim(step_key=key)])[0])
                store.finish(key, token, Unknown("timeout"), AT)
                assert store.record_receipt(_receipt(status, step_key=key))
                found = {record.step_key: record for record in store.attempts()}
                assert (found[key].state, found[key].delivery) == (AttemptState.ACCEPTED, status)

    def test_a_receipt_without_a_word_settles_nothing(self) -> None:
        """An unmapped status leaves an unknown unknown."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            store.finish("step-1", token, Unknown("timeout"), AT)
            assert store.record_receipt(_receipt(DeliveryStatus.UNKNOWN))
            assert _only(store).state is AttemptState.UNKNOWN

    def test_a_receipt_finds_its_attempt_by_the_providers_id(self) -> None:
        """Many carriers do not carry our reference back."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            store.finish("step-1", token, Accepted("p-1"), AT)
            assert store.record_receipt(_receipt(DeliveryStatus.DELIVERED, step_key=None))
            assert _only(store).delivery is DeliveryStatus.DELIVERED

    def test_the_ids_of_segments_lead_to_their_message(self) -> None:
        """A bill with a row a segment is read by them, from the day that is asked."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            store.finish("step-1", token, Accepted("p-1", parts=("p-1.1", "p-1.2")), LATER)
            assert store.segment_ids() == {"p-1.1": "p-1", "p-1.2": "p-1"}
            assert store.segment_ids(since=AT) == store.segment_ids()
            assert store.segment_ids(since=LATER) == {}

    def test_a_receipt_for_nothing_is_told_so(self) -> None:
        """A receipt of another system changes nothing."""
        with self.opened() as store:
            store.claim([claim()])
            assert not store.record_receipt(_receipt(DeliveryStatus.DELIVERED, step_key="foreign"))
            assert _only(store).delivery is None

    def test_delivered_is_final(self) -> None:
        """A later failure of another segment does not take a delivery back."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            store.finish("step-1", token, Accepted("p-1"), AT)
            store.record_receipt(_receipt(DeliveryStatus.DELIVERED, 0))
            store.record_receipt(_receipt(DeliveryStatus.UNDELIVERED, 5))
            assert _only(store).delivery is DeliveryStatus.DELIVERED

    def test_receipts_out_of_order_keep_the_latest_word(self) -> None:
        """An older receipt that comes late is ignored, unless it is the delivery."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            store.finish("step-1", token, Accepted("p-1"), AT)
            store.record_receipt(_receipt(DeliveryStatus.EXPIRED, 9))
            store.record_receipt(_receipt(DeliveryStatus.UNKNOWN, 3))
            assert _only(store).delivery is DeliveryStatus.EXPIRED
            store.record_receipt(_receipt(DeliveryStatus.DELIVERED, 1))
            assert _only(store).delivery is DeliveryStatus.DELIVERED

    def test_a_receipt_before_the_answer_does_not_lock_the_holder_out(self) -> None:
        """The receipt is kept, and the answer is still taken; an unknown is then none."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            assert store.record_receipt(_receipt(DeliveryStatus.DELIVERED))
            assert _only(store).state is AttemptState.ATTEMPTING
            assert store.finish("step-1", token, Unknown("timeout"), LATER)
            assert (_only(store).state, _only(store).delivery) == (
                AttemptState.ACCEPTED,
                DeliveryStatus.DELIVERED,
            )

    def test_a_receipt_before_the_lease_ran_out_is_proof(self) -> None:
        """The holder died, but the network has seen the message: accepted, not unknown."""
        clock = FrozenClock(AT)
        with self.opened(clock) as store:
            store.claim([claim()])
            store.record_receipt(_receipt(DeliveryStatus.DELIVERED))
            clock.move(timedelta(minutes=10))
            assert store.expire_leases() == 1
            assert _only(store).state is AttemptState.ACCEPTED

    def test_a_delivery_overturns_a_refusal_and_nothing_less_does(self) -> None:
        """What was heard was heard: it counts, and the step is not sent anew."""
        for retryable in (False, True):
            with self.opened() as store:
                token = token_of(store.claim([claim()])[0])
                store.finish("step-1", token, Rejected("E1", retryable=retryable), AT)
                refused = _only(store).state
                store.record_receipt(_receipt(DeliveryStatus.UNDELIVERED))
                assert _only(store).state is refused
                store.record_receipt(_receipt(DeliveryStatus.DELIVERED, 1))
                assert store.claim([claim()]) == [AlreadyDone(AttemptState.ACCEPTED)]

    def test_a_person_settles_an_unknown_as_sent(self) -> None:
        """It is done for good, and who decided is kept."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            store.finish("step-1", token, Unknown("timeout"), AT)
            assert store.resolve("step-1", True, "desk-7", LATER)
            assert store.claim([claim()]) == [AlreadyDone(AttemptState.ACCEPTED)]
            (entry,) = store.audit_trail()
            assert (entry.by, entry.act, entry.subject, entry.detail, entry.at) == (
                "desk-7", "resolve", "step-1", "sent", LATER,
            )  # fmt: skip

    def test_a_person_settles_an_unknown_as_not_sent(self) -> None:
        """The step may then be claimed anew, and the old holder is fenced out."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            store.finish("step-1", token, Unknown("timeout"), AT)
            assert store.resolve("step-1", False, "desk-7", LATER)
            assert kinds(store.claim([claim()])) == ["Claimed"]
            assert not store.finish("step-1", token, Accepted("p-1"), LATER)

    def test_a_late_acceptance_beats_a_decision_of_not_sent(self) -> None:
        """Nothing was claimed in between, so the truth is kept and nothing is sent twice."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            store.finish("step-1", token, Unknown("timeout"), AT)
            store.resolve("step-1", False, "desk-7", LATER)
            assert store.finish("step-1", token, Accepted("p-1"), LATER)
            assert store.claim([claim()]) == [AlreadyDone(AttemptState.ACCEPTED)]

    def test_only_an_unknown_is_a_persons_to_settle(self) -> None:
        """A step under way, a settled one and one that never was are refused, without an audit entry."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            assert not store.resolve("step-1", False, "desk-7", LATER)
            store.finish("step-1", token, Accepted("p-1"), AT)
            assert not store.resolve("step-1", False, "desk-7", LATER)
            assert not store.resolve("never", True, "desk-7", LATER)
            assert store.audit_trail() == []

    def test_attempts_are_listed_by_state(self) -> None:
        """An operator sees what is unknown, in a stable order."""
        with self.opened() as store:
            for key in ("c", "a", "b"):
                token = token_of(store.claim([claim(step_key=key)])[0])
                store.finish(key, token, Accepted("p") if key == "b" else Unknown("timeout"), AT)
            assert [record.step_key for record in store.attempts(AttemptState.UNKNOWN)] == ["a", "c"]
            assert [record.step_key for record in store.attempts()] == ["a", "b", "c"]

    def test_attempts_are_listed_from_a_day_on(self) -> None:
        """What goes on by another channel is looked for among the last weeks, not in the whole ledger."""
        with self.opened() as store:
            store.claim([claim(step_key="old", at=AT), claim(step_key="new", at=LATER)])
            assert [record.step_key for record in store.attempts(since=LATER)] == ["new"]
            assert [record.step_key for record in store.attempts(since=AT)] == ["new", "old"]
            assert list(store.attempts(AttemptState.UNKNOWN, LATER)) == []
