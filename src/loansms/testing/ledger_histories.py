"""Checks of what a debtor's history tells: contacts, steps done, unknown and deferred, refusals."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from loansms.model import (
    Accepted,
    Channel,
    Contact,
    ContactKind,
    History,
    Preferences,
    Purpose,
    Rejected,
    StepMark,
)
from loansms.testing.examples import AT, claim
from loansms.testing.ledger_case import LedgerCase, kinds, token_of

DAY = timedelta(days=1)
LONG_AGO = AT - timedelta(days=400)
WHO = "example|B-1"


def _call(at: datetime = AT - DAY) -> Contact:
    return Contact(channel=Channel.VOICE, at=at, kind=ContactKind.CONVERSATION, purpose=Purpose.COLLECTION)


class HistoryChecks(LedgerCase):
    """One history per debtor, over loans, channels and agencies."""

    def test_a_stranger_has_an_empty_history(self) -> None:
        """Every debtor asked for is answered."""
        with self.opened() as store:
            assert store.histories([WHO, "example|B-2"], LONG_AGO) == {
                WHO: History(),
                "example|B-2": History(),
            }
            assert store.histories([], LONG_AGO) == {}

    def test_the_latest_word_on_each_wish_stands(self) -> None:
        """Once per source, in whatever order they came in; and of one debtor alone."""
        evenings = Preferences(less_often=True, hours=(time(18), time(21)), language="zh-Hant")
        with self.opened() as store:
            later = Preferences(channel=Channel.EMAIL, less_often=False)
            assert store.record_preferences(WHO, later, AT, "reply-2")
            assert store.record_preferences(WHO, evenings, AT - DAY, "reply-1")
            assert not store.record_preferences(WHO, Preferences(shorter=True), AT, "reply-1")
            assert store.histories([WHO, "example|B-2"], AT) == {
                WHO: History(
                    preferences=Preferences(
                        less_often=False,
                        channel=Channel.EMAIL,
                        hours=(time(18), time(21)),
                        language="zh-Hant",
                    )
                ),
                "example|B-2": History(),
            }
            assert kinds(store.claim([claim()])) == ["Claimed"], "a wish is no refusal"

    def test_claims_are_contacts_and_steps_done(self) -> None:
        """A claim tells its channel, time, purpose and loan; while open it is also unknown."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            told = store.histories([WHO], LONG_AGO)[WHO]
            assert told.contacts == (
                Contact(channel=Channel.SMS, at=AT, purpose=Purpose.REPAYMENT_REMINDER, loan_id="L-1"),
            )
            assert told.done == told.unknown == {claim().mark}
            store.finish("step-1", token, Accepted("p-1"), AT)
            assert store.histories([WHO], LONG_AGO)[WHO].unknown == frozenset()

    def test_a_refused_step_is_done_but_no_contact(self) -> None:
        """Nobody heard it; a refusal worth another try is not even done."""
        with self.opened() as store:
            for key, retryable in (("hard", False), ("soft", True)):
                token = token_of(store.claim([claim(step_key=key, step=key)])[0])
                store.finish(key, token, Rejected("E1", retryable=retryable), AT)
            told = store.histories([WHO], LONG_AGO)[WHO]
            assert told.contacts == ()
            assert {mark.step for mark in told.done} == {"hard"}

    def test_a_step_that_came_back_has_to_wait(self) -> None:
        """Its day may be over at the next run, so it is told as deferred until it is claimed again."""
        with self.opened() as store:
            token = token_of(store.claim([claim()])[0])
            store.finish("step-1", token, Rejected("busy", retryable=True), AT)
            assert store.histories([WHO], LONG_AGO)[WHO].deferred == {claim().mark}
            store.claim([claim()])
            assert store.histories([WHO], LONG_AGO)[WHO].deferred == frozenset()

    def test_contacts_of_all_loans_and_agencies_come_in_order(self) -> None:
        """Oldest first, whoever made them."""
        with self.opened() as store:
            store.claim([claim(), claim(step_key="2", loan_id="L-2", at=AT - 2 * DAY)])
            store.record_contact(WHO, _call(), "agency|77")
            told = store.histories([WHO], LONG_AGO)[WHO]
            assert [contact.at for contact in told.contacts] == [AT - 2 * DAY, AT - DAY, AT]

    def test_a_contact_is_counted_once_per_source(self) -> None:
        """A file that is delivered twice counts once; the same source id of another debtor is another's."""
        with self.opened() as store:
            assert store.record_contact(WHO, _call(), "agency|77")
            assert not store.record_contact(WHO, _call(), "agency|77")
            assert store.record_contact("example|B-2", _call(), "agency|77")
            assert len(store.histories([WHO], LONG_AGO)[WHO].contacts) == 1

    def test_contacts_before_since_are_left_out_and_steps_are_not(self) -> None:
        """A step of long ago is still done."""
        with self.opened() as store:
            store.claim([claim(at=AT - 30 * DAY)])
            told = store.histories([WHO], AT - 29 * DAY)[WHO]
            assert told.contacts == ()
            assert told.done == {claim().mark}
            assert len(store.histories([WHO], AT - 30 * DAY)[WHO].contacts) == 1

    def test_times_keep_their_microseconds_and_come_back_aware(self) -> None:
        """What went in comes out, in whatever zone it was told."""
        at = datetime(2026, 9, 24, 10, 0, 0, 123457, tzinfo=UTC)
        with self.opened() as store:
            store.record_contact(WHO, _call(at), "s-1")
            (contact,) = store.histories([WHO], LONG_AGO)[WHO].contacts
            assert contact.at == at
            assert contact.at.utcoffset() is not None

    def test_an_event_without_a_loan_or_a_due_date_is_remembered(self) -> None:
        """Its mark has an empty loan and no date."""
        with self.opened() as store:
            store.claim([claim(loan_id=None, due_on=None, step="event-9")])
            assert store.histories([WHO], LONG_AGO)[WHO].done == {StepMark("", "event-9", None)}

    def test_a_deferred_step_is_remembered_until_it_is_claimed(self) -> None:
        """Deferring twice is one note; the claim of that very step removes it, another's does not."""
        mark, event = claim().mark, StepMark("", "event-9", None)
        with self.opened() as store:
            store.defer([(WHO, mark, AT + DAY), (WHO, event, AT + DAY)])
            store.defer([(WHO, mark, AT + 2 * DAY), (WHO, event, AT + DAY)])
            assert store.histories([WHO], LONG_AGO)[WHO].deferred == {mark, event}
            store.claim([claim()])
            assert store.histories([WHO], LONG_AGO)[WHO].deferred == {event}
            store.claim([claim(step_key="event", loan_id=None, due_on=None, step="event-9")])
            assert store.histories([WHO], LONG_AGO)[WHO].deferred == frozenset()

    def test_a_refusal_is_told_and_other_suppressions_are_not(self) -> None:
        """`opted_out` is the person's word; a dispute is not."""
        with self.opened() as store:
            store.suppress(WHO, "dispute_open", AT)
            assert not store.histories([WHO], LONG_AGO)[WHO].opted_out
            store.suppress(WHO, "opted_out", AT)
            assert store.histories([WHO], LONG_AGO)[WHO].opted_out
            store.release(WHO, "opted_out", AT, "desk-7")
            assert not store.histories([WHO], LONG_AGO)[WHO].opted_out

    def test_a_whole_book_is_asked_at_once(self) -> None:
        """Twelve thousand debtors, repeated ones among them, each get their own history."""
        debtors = [f"example|B-{number}" for number in range(12_000)]
        with self.opened() as store:
            for number in (0, 4_999, 5_000, 11_999):
                store.claim([claim(step_key=f"{number}", debtor=debtors[number])])
            told = store.histories([*debtors, debtors[0]], LONG_AGO)
            assert len(told) == 12_000
            assert {who for who, history in told.items() if history.done} == {
                debtors[number] for number in (0, 4_999, 5_000, 11_999)
            }

    def test_naive_times_are_refused(self) -> None:
        """A time without a zone could be any hour; nothing is recorded."""
        naive = AT.replace(tzinfo=None)
        with self.opened() as store:
            verbs = (
                lambda: store.histories([WHO], naive),
                lambda: store.record_contact(WHO, _call(naive), "s"),
                lambda: store.defer([(WHO, claim().mark, naive)]),
                lambda: store.suppress(WHO, "opted_out", naive),
                lambda: store.finish("step-1", "token", Accepted("p"), naive),
            )
            for verb in verbs:
                try:
                    verb()
                except ValueError:
                    continue
                raise AssertionError("a naive time was taken")
            assert store.histories([WHO], LONG_AGO)[WHO] == History()
            assert kinds(store.claim([claim()])) == ["Claimed"]
