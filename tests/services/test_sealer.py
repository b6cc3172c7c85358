"""The journal is sealed whoever works beside it, its checkpoints leave, and sinks are told in order, at least once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve
from tests.services.parts import NOW, Answers, AsyncAnswers, book, service

from loansms import AsyncOutreachService, IntakeService, Lender
from loansms.errors import ConfigurationError, StoreError
from loansms.evidence import Ed25519Signer, read_checkpoint, verify
from loansms.model import DeliveryReceipt, DeliveryStatus, RecordKind, Rejected, Unknown
from loansms.services import AsyncEventPump, AsyncSealer, EventPump, LedgerEvent, Sealer
from loansms.stores import AsyncMemoryStore, Guarantees, MemoryStore, SqliteStore

SIGNER = Ed25519Signer("bank.example/evidence", bytes(range(32)))
MINUTE = timedelta(minutes=1)


class Kept:
    """A sink that keeps what it is handed, and fails as often as it is told to."""

    def __init__(self, fails: int = 0) -> None:
        self.fails = fails
        self.told: list[LedgerEvent] = []

    def put(self, told: object) -> None:
        if self.fails:
            self.fails -= 1
            raise ConnectionError("the sink is away")
        self.told += told if isinstance(told, list) else [told]


def verdict_of(store: object, outside: list[str] = ()) -> object:
    """Return the check of the whole journal."""
    pairs = list(store.leaves())
    sealed = {leaf.number for leaf, _ in pairs}
    entries = [entry for _, entry in pairs] + [one for one in store.entries() if one.number not in sealed]
    seals = [read_checkpoint(one) for one in outside]
    return verify(entries, [leaf for leaf, _ in pairs], store.seals(), [SIGNER.verifier()], seals)


def test_sealed_in_batches_the_journal_is_proved_and_checkpoints_leave() -> None:
    store, outside = MemoryStore(), Kept()
    service(Answers(), store).run(book({}, {}, {}), now=NOW)
    sealer = Sealer(store=store, signer=SIGNER, outside=outside, most=4)
    assert sealer.seal(NOW) == 6  # three claims, three endings
    assert sealer.seal(NOW) == 0
    service(Answers(), store).run(book({}, {}, {}, {}), now=NOW)
    assert sealer.seal(NOW + MINUTE) == 2
    assert [read_checkpoint(one).size for one in outside.told] == [4, 6, 8]
    told = verdict_of(store, outside.told)
    assert told.is_proved
    assert (told.sealed, told.unsealed) == (8, 0)
    assert sealer.last().size == 8


def test_a_checkpoint_that_could_not_leave_leaves_later() -> None:
    store, outside = MemoryStore(), Kept(fails=1)
    service(Answers(), store).run(book({}), now=NOW)
    sealer = Sealer(store=store, signer=SIGNER, outside=outside)
    with pytest.raises(ConnectionError):
        sealer.seal(NOW)
    sealer.seal(NOW)
    assert [read_checkpoint(one).size for one in outside.told] == [2]


def test_two_sealers_seal_every_entry_once(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "run.db") as one, SqliteStore(tmp_path / "run.db") as two:
        service(Answers(), one).run(book(*[{}] * 30), now=NOW)
        first = Sealer(store=one, signer=SIGNER, most=7)
        second = Sealer(store=two, signer=SIGNER, most=7)
        assert first.seal(NOW) + second.seal(NOW) == 60
        assert verdict_of(one).is_proved


def test_a_changed_row_of_the_database_is_named(tmp_path: Path) -> None:
    """By its number, and by nothing else: one change is told once."""
    with SqliteStore(tmp_path / "run.db") as store:
        service(Answers(), store).run(book(*[{}] * 5), now=NOW)
        Sealer(store=store, signer=SIGNER, most=3).seal(NOW)
        with store._file.writing() as db:
            db.execute("UPDATE ledger_entry SET data = replace(data, 'sms', 'mms') WHERE number = 4")
        (found,) = verdict_of(store).findings
        assert found.number == 4
        with store._file.writing() as db:
            db.execute("UPDATE ledger_entry SET data = replace(data, 'mms', 'sms') WHERE number = 4")
            db.execute("DELETE FROM ledger_entry WHERE number = 6")
        assert not verdict_of(store).is_proved


def test_a_sink_is_told_in_order_and_again_after_a_fault() -> None:
    store, sink = MemoryStore(), Kept(fails=1)
    provider = Answers(Unknown("timeout"), Rejected("E1"))
    service(provider, store).run(book({}, {}, {}), now=NOW)
    intake = IntakeService(store=store, lender=Lender.example("CN"))
    intake.receipt(
        DeliveryReceipt(
            provider_message_id="p",
            step_key=provider.outbox[2].step_key,
            status=DeliveryStatus.DELIVERED,
            at=NOW + MINUTE,
        )
    )
    pump = EventPump(store=store, sink=sink, name="core", most=3)
    assert pump.pump() == 0  # nothing is sealed yet
    Sealer(store=store, signer=SIGNER).seal(NOW)
    with pytest.raises(ConnectionError):
        pump.pump()
    assert pump.pump() == 4
    assert pump.pump() == 0
    assert sorted(one.what.value for one in sink.told) == ["delivered", "refused", "sent", "unknown"]
    places = [one.place for one in sink.told]
    assert places == sorted(places)


def test_names_and_sizes_are_checked() -> None:
    for wrong in ("", "checkpoints"):
        with pytest.raises(ConfigurationError, match="name"):
            EventPump(store=MemoryStore(), sink=Kept(), name=wrong)
    with pytest.raises(ConfigurationError, match="most"):
        Sealer(store=MemoryStore(), signer=SIGNER, most=0)


class AsyncKept(Kept):
    async def put(self, told: object) -> None:
        super().put(told)


def test_awaited_it_is_the_same() -> None:
    async def tried() -> list[str]:
        store, sink = AsyncMemoryStore(), AsyncKept()
        outreach = AsyncOutreachService(
            store=store, provider=AsyncAnswers(), policy="cn-consumer", lender=Lender.example("CN")
        )
        await outreach.run(book({}), now=NOW)
        assert await AsyncSealer(store=store, signer=SIGNER).seal(NOW) == 2
        await AsyncEventPump(store=store, sink=sink, name="core").pump()
        return [one.what.value for one in sink.told]

    assert asyncio.run(tried()) == ["sent"]


def test_what_was_kept_back_is_on_record_too() -> None:
    """Why, by which rule and version; what nobody owed is not."""
    store = MemoryStore()
    refusing = {"opt_out": "true"}
    service(Answers(), store).run(book(refusing, {}, {"next_due_on": "2026-12-01"}), now=NOW)
    kept = [one.record for one in store.entries() if one.record.kind is RecordKind.DECIDED]
    assert [one.loan_id for one in kept] == ["L-1"]
    assert kept[0].data["outcome"] == "denied"
    assert kept[0].data["reasons"]
    assert "policy" in kept[0].data["versions"]


def test_what_must_be_proved_is_not_sent_by_a_store_without_a_journal() -> None:
    class Silent(MemoryStore):
        def guarantees(self) -> Guarantees:
            return evolve(super().guarantees(), journal=False)

    with pytest.raises(StoreError, match="journal"):
        service(Answers(), Silent(), audit="required")
    provider, store = Answers(), Silent()
    service(provider, store).run(book({}, {"opt_out": "true"}), now=NOW)
    assert len(provider.outbox) == 1


def test_a_record_that_cannot_be_written_stops_its_message(tmp_path: Path) -> None:
    provider = Answers()
    with SqliteStore(tmp_path / "run.db") as store:
        with store._file.writing() as db:
            db.execute("DROP TABLE ledger_entry")
        with pytest.raises(StoreError):
            service(provider, store, audit="required").run(book({}), now=NOW)
    assert provider.outbox == []
