"""What is sealed is sealed, read by who may, on record; and gone without a trace once it is shredded."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from tests.services.parts import NOW, Answers, book, outcomes, overdue, service

from loansms import IntakeService, Lender
from loansms.errors import AccessDenied, CallerError
from loansms.model import (
    DeliveryReceipt,
    DeliveryStatus,
    Hold,
    HoldKind,
    Money,
    Payment,
    PhoneNumber,
    RecordKind,
    Unknown,
)
from loansms.privacy import CannotOpen, StaticKeys
from loansms.services import Actor, Desk, Erased, Keeper, KeptUntil, Role
from loansms.stores import MemoryStore, SealedField, SqliteStore, StopScope

LENDER = Lender.example("CN")
YEARS = timedelta(days=6 * 366)
KEK = {"kek-1": b"k" * 32}
CLERK = Actor("desk-1", Role)
GUEST = Actor("desk-2")
ROW = {"name": "赵示例", "phone": "17400098765"}
PHONE = PhoneNumber.parse(ROW["phone"], region="CN")


def keeper_of(store: object, **more: object) -> Keeper:
    """Return a keeper over `store` with example keys."""
    return Keeper(store=store, keys=StaticKeys(KEK, current="kek-1"), index={"i1": b"i" * 32}, **more)


@pytest.fixture(params=["intl", "gm"])
def parts(request: pytest.FixtureRequest) -> tuple[MemoryStore, Keeper, Desk, Answers]:
    """A book of one row was run with a keeper of either suite."""
    store = MemoryStore()
    keeper = keeper_of(store, suite=request.param)
    provider = Answers(Unknown("timeout"))
    service(provider, store, keeper=keeper).run(book(ROW), now=NOW)
    return store, keeper, Desk(store=store, lender=LENDER, keeper=keeper), provider


def test_the_words_are_read_back_exactly_by_who_may(parts: tuple) -> None:
    store, _, desk, provider = parts
    sent = provider.outbox[0]
    plain = desk.read("B-1", sent.step_key, by=CLERK, why="complaint 7", at=NOW)
    assert plain.proved
    assert plain.said.text.reveal() == sent.text.reveal()
    assert (plain.said.phone.reveal(), plain.said.name.reveal()) == ("+8617400098765", "赵示例")
    last = list(store.entries())[-1].record
    assert (last.kind, last.data["by"], last.data["why"]) == (RecordKind.READ, "desk-1", "complaint 7")


def test_who_may_not_reads_nothing_and_leaves_no_record(parts: tuple) -> None:
    store, _, desk, provider = parts
    before = len(list(store.entries()))
    key = provider.outbox[0].step_key
    with pytest.raises(AccessDenied, match=r"desk-2.*read_plain"):
        desk.read("B-1", key, by=GUEST, why="curious", at=NOW)
    with pytest.raises(CallerError, match="why"):
        desk.read("B-1", key, by=CLERK, why=" ", at=NOW)
    for act in (
        lambda: desk.stop(StopScope.ALL, by=GUEST, at=NOW),
        lambda: desk.resume(StopScope.ALL, by=GUEST, at=NOW),
        lambda: desk.resolve(key, sent=True, by=GUEST, at=NOW),
        lambda: desk.release("B-1", "opted_out", by=GUEST, at=NOW),
        lambda: desk.release_hold("B-1", HoldKind.DISPUTE, by=GUEST, at=NOW),
        lambda: desk.ask_erasure("B-1", by=GUEST, at=NOW),
        lambda: desk.sweep(by=GUEST, at=NOW),
        lambda: desk.find(PHONE, by=GUEST, why="x", at=NOW),
    ):
        with pytest.raises(AccessDenied):
            act()
    assert len(list(store.entries())) == before


def test_the_timeline_shows_what_became_of_it_and_no_value(parts: tuple) -> None:
    _, _, desk, provider = parts
    IntakeService(store=parts[0], lender=LENDER).receipt(
        DeliveryReceipt(
            provider_message_id="p-9",
            step_key=provider.outbox[0].step_key,
            status=DeliveryStatus.DELIVERED,
            at=NOW + timedelta(minutes=1),
        )
    )
    (line,) = desk.timeline("B-1")
    assert (line.state, line.delivery, line.channel) == ("accepted", "delivered", "sms")
    assert "赵" not in line.words
    assert "1256" not in line.words
    assert "*" in line.words
    assert desk.timeline("B-2") == []


def test_a_number_is_found_again_and_only_by_its_whole(parts: tuple) -> None:
    _, _, desk, _ = parts
    assert desk.find(PHONE, by=CLERK, why="a call came in", at=NOW) == ["B-1"]
    other = PhoneNumber.parse("17400098766", region="CN")
    assert desk.find(other, by=CLERK, why="a call came in", at=NOW) == []


def test_a_receipt_for_another_number_settles_nothing(parts: tuple) -> None:
    store, keeper, _, provider = parts
    intake = IntakeService(store=store, lender=LENDER, keeper=keeper)
    told = {"step_key": provider.outbox[0].step_key, "status": DeliveryStatus.DELIVERED, "at": NOW}
    other = PhoneNumber.parse("17400098766", region="CN")
    assert not intake.receipt(DeliveryReceipt(provider_message_id="p", phone=other, **told))
    assert intake.receipt(DeliveryReceipt(provider_message_id="p", phone=PHONE, **told))


def test_a_changed_or_moved_value_does_not_open(parts: tuple) -> None:
    store, keeper, desk, provider = parts
    key = provider.outbox[0].step_key
    (kept,) = store.sealed(f"{LENDER.lender_id}|B-1") or store.sealed(_subject(store))
    for value in (kept.value[:-1] + bytes([kept.value[-1] ^ 1]), kept.value[:20]):
        changed = SealedField(subject=kept.subject, name=kept.name, row=kept.row, value=value, at=kept.at)
        store.keep_sealed([changed])
        with pytest.raises(CannotOpen):
            desk.read("B-1", key, by=CLERK, why="look", at=NOW)
    store.keep_sealed(
        [SealedField(subject=kept.subject, name=kept.name, row="other", value=kept.value, at=kept.at)]
    )
    with pytest.raises(CannotOpen):
        keeper.opened(kept.subject, "other", NOW)


def _subject(store: MemoryStore) -> str:
    return next(one.debtor for one in store.attempts())


def test_keys_are_wrapped_anew_and_everything_still_opens() -> None:
    store = MemoryStore()
    service(Answers(), store, keeper=keeper_of(store)).run(book(ROW, {}, {}), now=NOW)
    both = {**KEK, "kek-2": b"n" * 32}
    keeper = Keeper(store=store, keys=StaticKeys(both, current="kek-2"), index={"i1": b"i" * 32})
    assert keeper.rewrap(["kek-2"]) == 3
    assert keeper.rewrap(["kek-2"]) == 0
    alone = Keeper(
        store=store, keys=StaticKeys({"kek-2": b"n" * 32}, current="kek-2"), index={"i1": b"i" * 32}
    )
    attempt = next(one for one in store.attempts() if one.borrower_id == "B-1")
    assert alone.opened(attempt.debtor, attempt.step_key, NOW).name.reveal() == "赵示例"


def test_an_erasure_waits_for_the_law_and_stops_everything_meanwhile() -> None:
    store = MemoryStore()
    keeper = keeper_of(store)
    desk = Desk(store=store, lender=LENDER, keeper=keeper)
    provider = Answers()
    service(provider, store, keeper=keeper).run(book(ROW), now=NOW)
    asked = desk.ask_erasure("B-1", by=CLERK, at=NOW)
    assert isinstance(asked, KeptUntil)
    assert asked.until >= NOW + timedelta(days=5 * 365)
    later = NOW + timedelta(days=40)
    again = service(provider, store, keeper=keeper).run(
        book({**ROW, "next_due_on": later.date().isoformat()}), now=later
    )
    assert outcomes(again) == ["denied"]
    with pytest.raises(CallerError, match="erasure"):
        desk.release("B-1", "erasure_asked", by=CLERK, at=NOW)
    done = desk.ask_erasure("B-1", by=CLERK, at=NOW + YEARS)
    assert isinstance(done, Erased)
    assert (done.gone.keys, done.gone.fields, done.gone.tags) == (1, 1, 1)
    assert desk.read("B-1", provider.outbox[0].step_key, by=CLERK, why="look", at=NOW) is None
    kinds = [one.record.kind for one in store.entries()]
    assert RecordKind.ERASURE_ASKED in kinds
    assert RecordKind.SHREDDED in kinds


def test_a_sweep_takes_what_no_law_keeps_any_more() -> None:
    store = MemoryStore()
    keeper = keeper_of(store)
    desk = Desk(store=store, lender=LENDER, keeper=keeper)
    service(Answers(), store, keeper=keeper).run(book(ROW, {}), now=NOW)
    assert desk.sweep(by=CLERK, at=NOW + timedelta(days=5 * 365)) == 0
    assert desk.sweep(by=CLERK, at=NOW + YEARS) == 2


def test_no_trace_of_a_shredded_person_is_left_in_any_page(tmp_path: Path) -> None:
    """Phone, name, words, the wrapped key and the sealed value: no file of the ledger, nor a backup made after, has them."""
    path = tmp_path / "run.db"
    provider = Answers()
    with SqliteStore(path) as store:
        keeper = keeper_of(store)
        service(provider, store, keeper=keeper).run(book(ROW, *[{}] * 40), now=NOW)
        subject = next(one.debtor for one in store.attempts() if one.borrower_id == "B-1")
        key = store.subject_keys([subject])[subject]
        sealed = [one.value for one in store.sealed(subject)]
        tag = keeper.tags(PHONE)[0]
        words = next(one for one in provider.outbox if one.borrower_id == "B-1").text.reveal()
        everywhere = b"".join(one.read_bytes() for one in tmp_path.iterdir())
        assert key.wrapped in everywhere  # so the search below would see it
        assert sealed[0] in everywhere
        Desk(store=store, lender=LENDER, keeper=keeper).ask_erasure("B-1", by=CLERK, at=NOW + YEARS)
        backup = tmp_path / "backup.db"
        with closing(sqlite3.connect(backup)) as copy:
            store._file._db.backup(copy)
        traces = {
            "phone": b"17400098765",
            "name": "赵示例".encode(),
            "name as JSON": json.dumps("赵示例").strip('"').encode(),
            "words": words.encode(),
            "wrapped key": key.wrapped,
            "sealed value": sealed[0],
            "tag": tag.encode(),
        }
        for file in tmp_path.iterdir():
            held = file.read_bytes()
            for what, trace in traces.items():
                assert trace not in held, f"{what} in {file.name}"


def test_a_payment_and_a_hold_stop_what_was_planned_before_them() -> None:
    """The book is of this morning; the money came in since, the dispute a minute ago."""
    store, provider = MemoryStore(), Answers()
    intake = IntakeService(store=store, lender=LENDER)
    paid = Payment(loan_id="L-1", amount=Money("1256.30", "CNY"), at=NOW - timedelta(minutes=5))
    rows = book({**overdue(3), "as_of": "2026-09-24"}, {**overdue(3), "as_of": "2026-09-24"}, overdue(3))
    assert intake.record_payment("B-1", paid, "bank-1")
    assert intake.record_hold("B-2", Hold(HoldKind.DISPUTE, loan_id="L-2"), "call-1", at=NOW)
    report = service(provider, store).run(rows, now=NOW)
    assert provider.loans == ["L-3"]
    told = {row.row.loan_id: (row.outcome.value, row.row.reason) for row in report.rows}
    assert told["L-1"] == ("denied", "paid_since")
    assert told["L-2"][0] in ("denied", "none")


def test_the_brakes_hold_a_running_book_and_let_it_go_on() -> None:
    store, provider = MemoryStore(), Answers()
    desk = Desk(store=store, lender=LENDER)
    assert desk.stop(StopScope.TEMPLATE, "reminder.due_today", by=CLERK, why="wrong number", at=NOW)
    stopped = service(provider, store).run(book({}, {}), now=NOW)
    assert outcomes(stopped) == ["deferred", "deferred"]
    assert {row.row.reason for row in stopped.rows} == {"stopped"}
    assert provider.outbox == []
    assert desk.resume(StopScope.TEMPLATE, "reminder.due_today", by=CLERK, at=NOW)
    assert outcomes(service(provider, store).run(book({}, {}), now=NOW)) == ["submitted", "submitted"]
