"""Checks of caps: exact to the microsecond and to the message, over everything a debtor hears."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from loansms.model import Accepted, Channel, Contact, ContactKind, Purpose, Rejected, SubmitResult, Unknown
from loansms.stores import CapReached, ContactLedger
from loansms.testing.examples import AT, calendar, claim, rolling
from loansms.testing.ledger_case import LedgerCase, kinds, token_of

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
INSTANT = timedelta(microseconds=1)


def _contact(
    at: datetime = AT - DAY, kind: ContactKind = ContactKind.MESSAGE, loan_id: str = "L-1"
) -> Contact:
    return Contact(channel=Channel.SMS, at=at, kind=kind, purpose=Purpose.REPAYMENT_REMINDER, loan_id=loan_id)


def _full(store: ContactLedger, count: int) -> CapReached:
    """Fill a weekly limit of `count` with claims a minute apart, and return the answer to one more."""
    cap = rolling(count, WEEK)
    for number in range(count):
        at = AT - timedelta(minutes=count - number)
        token_of(store.claim([claim(step_key=f"fill-{number}", at=at, limits=(cap,))])[0])
    (answer,) = store.claim([claim(step_key="over", limits=(cap,))])
    assert isinstance(answer, CapReached)
    return answer


class CapChecks(LedgerCase):
    """A cap is never passed, and never bites early."""

    def test_a_cap_holds_exactly(self) -> None:
        """The last message under the cap goes, the next does not, and leaves no trace."""
        with self.opened() as store:
            answer = _full(store, 3)
            assert answer.limit.count == 3
            assert len(list(store.attempts())) == 3

    def test_earlier_claims_of_a_batch_count_against_later_ones(self) -> None:
        """A batch is no way round a cap."""
        cap = (rolling(2, WEEK),)
        with self.opened() as store:
            answers = store.claim([claim(step_key=str(number), limits=cap) for number in range(4)])
            assert kinds(answers) == ["Claimed", "Claimed", "CapReached", "CapReached"]

    def test_a_refused_claim_does_not_use_the_cap_up(self) -> None:
        """What was not claimed does not count against what comes after it."""
        tight, wide = rolling(0, WEEK), rolling(1, WEEK)
        with self.opened() as store:
            answers = store.claim([claim(step_key="a", limits=(tight,)), claim(step_key="b", limits=(wide,))])
            assert kinds(answers) == ["CapReached", "Claimed"]

    def test_all_loans_of_a_debtor_share_a_cap(self) -> None:
        """The person is protected, not the loan."""
        cap = (rolling(1, WEEK),)
        with self.opened() as store:
            answers = store.claim(
                [claim(step_key=loan, loan_id=loan, limits=cap) for loan in ("L-1", "L-2", "L-3")]
            )
            assert kinds(answers) == ["Claimed", "CapReached", "CapReached"]

    def test_a_cap_per_loan_counts_one_loan(self) -> None:
        """Another loan, and an event without a loan, have their own count."""
        cap = (rolling(1, WEEK, per_loan=True),)
        with self.opened() as store:
            loans = ("L-1", "L-2", None, "L-1", None)
            answers = store.claim(
                [claim(step_key=f"{n}", loan_id=loan, limits=cap) for n, loan in enumerate(loans)]
            )
            assert kinds(answers) == ["Claimed", "Claimed", "Claimed", "CapReached", "CapReached"]

    def test_another_debtor_has_their_own_cap(self) -> None:
        """Counts never mix between people."""
        cap = (rolling(1, WEEK),)
        with self.opened() as store:
            answers = store.claim([claim(step_key=who, debtor=who, limits=cap) for who in ("e|B-1", "e|B-2")])
            assert kinds(answers) == ["Claimed", "Claimed"]

    def test_a_cap_counts_its_purposes_and_channels_alone(self) -> None:
        """A code and a letter by e-mail do not use up a cap on reminders by SMS."""
        with self.opened() as store:
            store.claim(
                [claim(step_key="o", purpose=Purpose.OTP), claim(step_key="e", channel=Channel.EMAIL)]
            )
            assert kinds(store.claim([claim(limits=(rolling(1, WEEK),))])) == ["Claimed"]

    def test_unknown_and_attempting_count_and_a_refusal_does_not(self) -> None:
        """What may have been heard counts; what definitely was not does not."""
        results: dict[str, SubmitResult | None] = {
            "a": Accepted("p"),
            "u": Unknown("timeout"),
            "x": None,
            "r": Rejected("E1"),
        }
        with self.opened() as store:
            for key, result in results.items():
                token = token_of(store.claim([claim(step_key=key)])[0])
                if result is not None:
                    store.finish(key, token, result, AT)
            assert kinds(store.claim([claim(step_key="over", limits=(rolling(3, WEEK),))])) == ["CapReached"]
            assert kinds(store.claim([claim(step_key="last", limits=(rolling(4, WEEK),))])) == ["Claimed"]

    def test_contacts_made_elsewhere_count(self) -> None:
        """A text by an agency uses up the same cap; a call, or the debtor's own message, does not."""
        cap = (rolling(1, WEEK),)
        with self.opened() as store:
            store.record_contact("example|B-1", _contact(kind=ContactKind.INBOUND_MESSAGE), "in-1")
            store.record_contact("example|B-1", _contact(kind=ContactKind.CONVERSATION), "call-1")
            assert kinds(store.claim([claim(step_key="first", limits=cap)])) == ["Claimed"]
            store.record_contact("example|B-2", _contact(), "agency-1")
            assert kinds(store.claim([claim(step_key="2", debtor="example|B-2", limits=cap)])) == [
                "CapReached"
            ]

    def test_a_rolling_window_counts_its_first_instant(self) -> None:
        """A contact exactly seven days ago is inside the window, one a microsecond older is not."""
        cap = (rolling(1, WEEK),)
        with self.opened() as store:
            store.record_contact("example|B-1", _contact(at=AT - WEEK), "edge")
            store.record_contact("example|B-2", _contact(at=AT - WEEK - INSTANT), "past")
            answers = store.claim(
                [claim(step_key=who, debtor=f"example|{who}", limits=cap) for who in ("B-1", "B-2")]
            )
            assert kinds(answers) == ["CapReached", "Claimed"]

    def test_a_rolling_cap_says_when_it_frees(self) -> None:
        """At that moment the step can be claimed, and not an instant before."""
        with self.opened() as store:
            free = _full(store, 3).retry_at
            assert free is not None
            early = free - INSTANT
            late = claim(step_key="over", at=free, limits=(rolling(3, WEEK, now=free),))
            soon = claim(step_key="over", at=early, limits=(rolling(3, WEEK, now=early),))
            assert kinds(store.claim([soon])) == ["CapReached"]
            assert kinds(store.claim([late])) == ["Claimed"]

    def test_an_overfull_cap_frees_when_enough_have_left(self) -> None:
        """Three texts by an agency under a cap of two: the second oldest has to leave as well."""
        with self.opened() as store:
            for day in (6, 5, 4):
                store.record_contact("example|B-1", _contact(at=AT - day * DAY), f"agency-{day}")
            (answer,) = store.claim([claim(limits=(rolling(2, WEEK),))])
            assert isinstance(answer, CapReached)
            assert answer.retry_at == AT - 5 * DAY + WEEK + INSTANT

    def test_a_calendar_cap_frees_at_its_boundary(self) -> None:
        """Yesterday's message does not count today; a full day frees at its end."""
        midnight = datetime(2026, 9, 23, 16, 0, tzinfo=UTC)  # the 24th begins in Shanghai
        today = (calendar(1, midnight, midnight + DAY),)
        with self.opened() as store:
            store.record_contact("example|B-1", _contact(at=midnight - INSTANT), "yesterday")
            assert kinds(store.claim([claim(limits=today)])) == ["Claimed"]
            (answer,) = store.claim([claim(step_key="second", limits=today)])
            assert isinstance(answer, CapReached)
            assert answer.retry_at == midnight + DAY

    def test_a_cap_of_nothing_never_frees(self) -> None:
        """Zero allowed is told without a time."""
        with self.opened() as store:
            (answer,) = store.claim([claim(limits=(rolling(0, WEEK),))])
            assert isinstance(answer, CapReached)
            assert answer.retry_at is None

    def test_of_two_full_caps_the_last_to_free_is_told(self) -> None:
        """Its time is the first at which anything can be sent."""
        caps = (rolling(1, DAY), rolling(1, WEEK))
        with self.opened() as store:
            store.claim([claim(limits=caps)])
            (answer,) = store.claim([claim(step_key="second", limits=caps)])
            assert isinstance(answer, CapReached)
            assert answer.limit == caps[1]

    def test_a_run_dated_back_does_not_pass_a_cap(self) -> None:
        """Contacts after the claim's own time count as well."""
        with self.opened() as store:
            store.claim([claim()])
            back = AT - timedelta(hours=6)
            earlier = claim(step_key="back", at=back, limits=(rolling(1, WEEK, now=back),))
            assert kinds(store.claim([earlier])) == ["CapReached"]
