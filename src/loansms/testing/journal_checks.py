"""Checks of a journal: every act is in it, in its own transaction, and seals give the places."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

from loansms.model import (
    Accepted,
    Channel,
    Consent,
    Contact,
    DeliveryReceipt,
    DeliveryStatus,
    Entry,
    Hold,
    HoldKind,
    Leaf,
    Record,
    RecordKind,
    Revocation,
    Seal,
)
from loansms.stores import Stop, StopScope
from loansms.testing.examples import AT, claim
from loansms.testing.kept_case import KeptCase
from loansms.testing.ledger_case import token_of

DEBTOR = "example|B-1"


def _note(number: int) -> Record:
    return Record(kind=RecordKind.DECIDED, at=AT, debtor=DEBTOR, loan_id="L-1", data={"number": number})


def _leaves(entries: list[Entry], start: int = 0) -> list[Leaf]:
    return [
        Leaf(place=start + turn, number=one.number, hash=b"h%d" % one.number, chain=b"c%d" % one.number)
        for turn, one in enumerate(entries)
    ]


def _seal(size: int) -> Seal:
    return Seal(
        size=size,
        root=b"r%d" % size,
        chain=b"c",
        at=AT,
        suite="intl",
        key_id="k-1",
        signature=b"s",
        frontier=(b"f1", b"f" * 32),
        stamp=b"t",
        previous=b"p",
    )


class JournalChecks(KeptCase):
    """What a store writes down, and how it is sealed and read on."""

    def test_every_act_is_written_down(self) -> None:
        """In the order in which it happened, with who and what, and no words of a message."""
        with self.opened_full() as store:
            token = token_of(store.claim([claim(evidence={"digest": "d"}, route="smsc")])[0])
            store.finish("step-1", token, Accepted("p-1"), AT)
            told = DeliveryReceipt(
                provider_message_id="p-1", step_key=None, status=DeliveryStatus.DELIVERED, at=AT
            )
            store.record_receipt(told)
            store.record_receipt(told)  # said before: nothing new
            store.suppress(DEBTOR, "opted_out", AT)
            store.release(DEBTOR, "opted_out", AT, "desk-1")
            store.record_consent(DEBTOR, Consent(at=AT, purposes=["marketing"], channels=["sms"]), "form-1")
            store.revoke_consent(DEBTOR, Revocation(at=AT), "call-1")
            store.record_hold(DEBTOR, Hold(HoldKind.HARDSHIP), AT, "call-2")
            store.record_contact(DEBTOR, Contact(channel=Channel.VOICE, at=AT), "call-3")
            store.stop(Stop(scope=StopScope.ALL, at=AT, by="desk-1"))
            store.append([_note(1)])
            found = list(store.entries())
            kinds = [one.record.kind.value for one in found]
            assert kinds == [
                "claimed", "finished", "receipt", "suppressed", "released", "consented", "revoked", "held",
                "contact", "stopped", "decided",
            ]  # fmt: skip
            assert found[0].record.data["digest"] == "d"
            assert found[0].record.data["route"] == "smsc"
            assert [one.number for one in found] == sorted({one.number for one in found})
            assert list(store.entries(debtor="nobody")) == []
            assert [one.record.kind.value for one in store.entries(loan_id="L-1")] == [
                "claimed", "finished", "receipt", "decided",
            ]  # fmt: skip

    def test_a_reader_of_one_period_gets_that_period(self) -> None:
        """By when it happened, not by when it was written down: what is told late of today is of today."""
        with self.opened_full() as store:
            week = timedelta(days=7)
            store.append([evolve(_note(1), at=AT - week), _note(2), evolve(_note(3), at=AT - week)])
            store.append([evolve(_note(4), at=AT + week, debtor="example|B-2")])
            told = [one.record.data["number"] for one in store.entries(since=AT)]
            assert told == [2, 4]
            assert [one.record.data["number"] for one in store.entries(debtor=DEBTOR, since=AT)] == [2]
            assert list(store.entries(since=AT + 2 * week)) == []

    def test_what_is_undone_is_not_written_down(self) -> None:
        """A known step, a wrong token, a second hold of one id: no entry."""
        with self.opened_full() as store:
            store.claim([claim(), claim()])
            store.finish("step-1", "another", Accepted("p-1"), AT)
            assert not store.release(DEBTOR, "opted_out", AT, "desk-1")
            assert [one.record.kind.value for one in store.entries()] == ["claimed"]

    def test_seals_give_the_places(self) -> None:
        """Batch after batch; a sealer that was too late changes nothing."""
        with self.opened_full() as store:
            store.append([_note(number) for number in range(5)])
            first = store.unsealed(3)
            assert len(first) == 3
            assert store.seal(_leaves(first), _seal(3))
            assert not store.seal(_leaves(first), _seal(3))
            rest = store.unsealed(10)
            assert not store.seal(_leaves(rest, start=4), _seal(6))
            assert store.seal(_leaves(rest, start=3), _seal(5))
            assert store.unsealed(10) == []
            assert store.seals() == [_seal(3), _seal(5)]
            assert [leaf for leaf, _ in store.leaves()] == [*_leaves(first), *_leaves(rest, start=3)]
            assert [entry for _, entry in store.leaves(1, 2)] == [first[1], first[2]]

    def test_a_reader_goes_on_where_it_stood(self) -> None:
        """And two of one name cannot both move on."""
        with self.opened_full() as store:
            assert store.cursor("sink") == 0
            assert store.move_cursor("sink", 0, 3)
            assert not store.move_cursor("sink", 0, 3)
            assert store.move_cursor("sink", 3, 5)
            assert (store.cursor("sink"), store.cursor("other")) == (5, 0)
