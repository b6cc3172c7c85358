"""Checks of dedupe, order and suppression: what may be on the wire at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from loansms.clock import FrozenClock
from loansms.model import Accepted, Purpose, Rejected, SubmitResult, Unknown
from loansms.stores import AlreadyDone, AttemptState, Claimed, Suppressed
from loansms.testing.examples import AT, claim, rolling
from loansms.testing.ledger_case import LedgerCase, kinds, token_of

DAY = timedelta(days=1)


class ClaimChecks(LedgerCase):
    """A step is claimed once, in the order asked, and never for a suppressed debtor."""

    def test_a_step_is_claimed_once(self) -> None:
        """The second claim of a step is told that it is being attempted."""
        with self.opened() as store:
            token_of(store.claim([claim()])[0])
            assert store.claim([claim()]) == [AlreadyDone(AttemptState.ATTEMPTING)]

    def test_a_step_twice_in_one_batch_is_claimed_once(self) -> None:
        """Dedupe holds inside a batch as it does between batches."""
        with self.opened() as store:
            assert kinds(store.claim([claim(), claim()])) == ["Claimed", "AlreadyDone"]

    def test_another_text_under_the_same_step_is_already_done(self) -> None:
        """A changed amount, template or version never sends a done step again, and is no error."""
        with self.opened() as store:
            store.claim([claim()])
            changed = claim(fingerprint="f-2", template="reminder.other", versions={"policy": "p-2"})
            assert kinds(store.claim([changed])) == ["AlreadyDone"]

    def test_an_empty_batch_is_answered_by_nothing(self) -> None:
        """No claims, no answers, no error."""
        with self.opened() as store:
            assert store.claim([]) == []

    def test_answers_come_in_the_order_of_the_claims(self) -> None:
        """Each answer belongs to the claim at its place."""
        with self.opened() as store:
            store.claim([claim(step_key="b")])
            answers = store.claim([claim(step_key=key) for key in "abc"])
            assert kinds(answers) == ["Claimed", "AlreadyDone", "Claimed"]

    def test_tokens_differ(self) -> None:
        """No two claims share a token, so none can finish the other's attempt."""
        with self.opened() as store:
            answers = store.claim([claim(step_key=str(number)) for number in range(50)])
            assert len({token_of(answer) for answer in answers}) == 50

    def test_the_state_told_is_the_state_reached(self) -> None:
        """A done step is answered with what became of it."""
        ends: dict[str, tuple[SubmitResult, AttemptState]] = {
            "a": (Accepted("p-1"), AttemptState.ACCEPTED),
            "r": (Rejected("E1"), AttemptState.REJECTED),
            "u": (Unknown("timeout"), AttemptState.UNKNOWN),
        }
        with self.opened() as store:
            for key, (result, state) in ends.items():
                token = token_of(store.claim([claim(step_key=key)])[0])
                assert store.finish(key, token, result, AT)
                assert store.claim([claim(step_key=key)]) == [AlreadyDone(state)]

    def test_a_retryable_refusal_may_be_claimed_again(self) -> None:
        """Definitely not sent and worth another try: the step is free, under a new token."""
        with self.opened() as store:
            first = token_of(store.claim([claim()])[0])
            store.finish("step-1", first, Rejected("throttled", retryable=True), AT)
            second = token_of(store.claim([claim(at=AT + DAY)])[0])
            assert second != first
            assert not store.finish("step-1", first, Accepted("p-1"), AT)
            assert [record.tries for record in store.attempts()] == [2]

    def test_a_suppressed_debtor_is_not_claimed(self) -> None:
        """The suppression list is asked inside the claim, and says why."""
        with self.opened() as store:
            store.suppress("example|B-1", "opted_out", AT - DAY)
            (answer,) = store.claim([claim()])
            assert isinstance(answer, Suppressed)
            assert answer.reason.code == "opted_out"
            assert list(store.attempts()) == []

    def test_codes_and_alerts_pass_a_suppression(self) -> None:
        """They answer what the person is doing now."""
        with self.opened() as store:
            store.suppress("example|B-1", "opted_out", AT - DAY)
            claims = [
                claim(step_key=purpose, purpose=purpose) for purpose in (Purpose.OTP, Purpose.SECURITY_ALERT)
            ]
            assert kinds(store.claim(claims)) == ["Claimed", "Claimed"]

    def test_a_suppression_of_some_purposes_stops_those_alone(self) -> None:
        """A refusal of collection does not stop a notice of a payment received."""
        with self.opened() as store:
            store.suppress("example|B-1", "dispute_open", AT, purposes=frozenset({Purpose.COLLECTION}))
            claims = [claim(step_key="c", purpose=Purpose.COLLECTION), claim(step_key="r")]
            assert kinds(store.claim(claims)) == ["Suppressed", "Claimed"]

    def test_a_suppression_ends_at_its_hour(self) -> None:
        """It holds before `until` and not at it."""
        with self.opened() as store:
            store.suppress("example|B-1", "hardship", AT - DAY, until=AT)
            answers = store.claim([claim(at=AT - timedelta(microseconds=1)), claim()])
            assert kinds(answers) == ["Suppressed", "Claimed"]

    def test_another_debtor_is_not_touched_by_a_suppression(self) -> None:
        """Keys of debtors are compared whole."""
        with self.opened() as store:
            store.suppress("example|B-1", "opted_out", AT)
            assert kinds(store.claim([claim(debtor="example|B-10")])) == ["Claimed"]

    def test_a_done_step_of_a_suppressed_debtor_is_done(self) -> None:
        """Dedupe is asked before suppression, so a run can always account for what it sent."""
        with self.opened() as store:
            store.claim([claim()])
            store.suppress("example|B-1", "opted_out", AT)
            assert kinds(store.claim([claim()])) == ["AlreadyDone"]

    def test_a_released_debtor_is_claimed_again_and_who_released_is_kept(self) -> None:
        """Taking a suppression back is audited; taking back what is not there changes nothing."""
        with self.opened() as store:
            store.suppress("example|B-1", "hardship", AT)
            assert store.release("example|B-1", "hardship", AT, "desk-7")
            assert not store.release("example|B-1", "hardship", AT, "desk-7")
            assert kinds(store.claim([claim()])) == ["Claimed"]
            assert [(entry.by, entry.act, entry.detail) for entry in store.audit_trail()] == [
                ("desk-7", "release", "hardship")
            ]

    def test_many_threads_claim_a_step_once(self) -> None:
        """Of all who ask at once, one is given the step; caps hold between them."""
        window = timedelta(days=7)
        batches = [
            [
                claim(step_key=f"s-{step}", debtor=f"example|B-{step % 5}", limits=(rolling(3, window),))
                for step in range(40)
            ]
            for _ in range(4)
        ]
        with self.opened(FrozenClock(AT)) as store, ThreadPoolExecutor(4) as threads:
            asked = list(threads.map(store.claim, batches))
            won = [
                one.step_key
                for batch, answers in zip(batches, asked, strict=True)
                for one, answer in zip(batch, answers, strict=True)
                if isinstance(answer, Claimed)
            ]
            assert len(won) == len(set(won)) == 15
