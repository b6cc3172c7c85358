"""The run and the event notice as a lender's engineer meets them."""

import logging
import traceback
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve
from tests.services.parts import NOW, Answers, outcomes, overdue, service
from tests.services.parts import book as a_book

from loansms import IntakeService, Lender, Money, PhoneNumber
from loansms.clock import FrozenClock
from loansms.errors import ConfigurationError, StoreError, TemplateError
from loansms.model import (
    Accepted,
    Account,
    Channel,
    Contact,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    Message,
    Purpose,
    Rejected,
    SubmitResult,
    Unknown,
)
from loansms.model.examples import account, borrower
from loansms.privacy import Secret
from loansms.providers import SandboxProvider, SpoolProvider
from loansms.services.sending.claims import Terms, claim_of
from loansms.stores import AttemptState, Claimed, MemoryStore, SqliteStore

PHONE, NAME = "17400001234", "金丝雀"


def book(*rows: dict[str, str]) -> list[dict[str, str]]:
    """Return rows of a book, by default due on the day, all with the phone and the name that must never be shown."""
    return a_book(*({"phone": PHONE, "name": NAME, **row} for row in rows))


def test_a_row_due_today_is_sent_once() -> None:
    """The text names amount and date; a second run is already done."""
    provider = Answers()
    outreach = service(provider)
    assert outcomes(outreach.run(book({}), now=NOW)) == ["submitted"]
    assert outcomes(outreach.run(book({}), now=NOW)) == ["already_done"]
    [message] = provider.outbox
    assert "1,256.30元" in message.text.reveal()
    assert "9月24日" in message.text.reveal()
    assert PHONE in message.to.e164


def test_a_changed_amount_does_not_send_the_step_again() -> None:
    """The step is done, whatever it would say now."""
    outreach = service(Answers())
    outreach.run(book({}), now=NOW)
    assert outcomes(outreach.run(book({"amount_due": "999.00"}), now=NOW)) == ["already_done"]


def test_an_unknown_is_never_sent_again_and_uses_up_the_day() -> None:
    """A time-out is told as unknown, today and tomorrow, and its debtor hears nothing else that day."""
    provider = Answers(Unknown("timeout"))
    outreach = service(provider)
    rows = book({}, {"borrower_id": "B-1", "next_due_on": "2026-09-27"})
    assert outcomes(outreach.run(rows, now=NOW)) == ["unknown", "deferred"]
    assert outcomes(outreach.run(rows, now=NOW + timedelta(hours=1))) == ["unknown", "denied"]
    assert len(provider.outbox) == 1


def test_a_step_another_process_finished_meanwhile_is_told_as_done() -> None:
    """In flight elsewhere when this run was planned, accepted before it ended: done, not unknown."""
    store = MemoryStore()
    elsewhere = service(Answers(), store).plan(book({}, {}), now=NOW).rows[1].row
    claim = claim_of(elsewhere, NOW, Terms(versions={}, facts_at=NOW))
    [taken] = store.claim([claim])
    assert isinstance(taken, Claimed)

    class Meanwhile(Answers):
        def submit(self, message: Message, deadline: datetime) -> SubmitResult:
            assert store.finish(claim.step_key, taken.token, Accepted("p-9"), NOW)
            return super().submit(message, deadline)

    assert outcomes(service(Meanwhile(), store).run(book({}, {}), now=NOW)) == ["submitted", "already_done"]


def test_a_refusal_is_told_with_the_providers_code() -> None:
    """A definite refusal is the row's outcome and names the code."""
    report = service(Answers(Rejected("MK:0001"))).run(book({}), now=NOW)
    assert outcomes(report) == ["refused"]
    assert "MK:0001" in report.rows[0].row.reasons[0].message


def test_an_opt_out_on_any_row_silences_every_loan() -> None:
    """Even if another row says false, and even if the row that says true is itself bad."""
    rows = book({"opt_out": "false"}, {"borrower_id": "B-1", "opt_out": "true", "amount_due": "x"})
    report = service(Answers()).run(rows, now=NOW)
    assert outcomes(report) == ["denied", "rejected"]
    assert report.rows[0].row.reason == "opted_out"


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"amount_due": "0"}, "none"),
        ({"consent_sms": "false"}, "denied"),
        ({"dispute": "true", **overdue(3)}, "denied"),
        ({"hardship": "true", **overdue(3)}, "denied"),
        ({"promise_to_pay_until": "2026-09-26", **overdue(3)}, "none"),
        ({"grace_days": "3", **overdue(3)}, "none"),
        (overdue(3), "submitted"),
        ({"next_due_on": "2026-09-29"}, "none"),
        ({"phone": "1.38E+10"}, "rejected"),
        ({"phone": "010-62345678"}, "rejected"),
        ({"amount_due": "-5"}, "rejected"),
        ({"currency": "RMBX"}, "rejected"),
        ({"lender_id": "nobody"}, "rejected"),
        ({"timezone": "Asia/Nowhere"}, "rejected"),
    ],
)
def test_what_becomes_of_a_row(changes: dict[str, str], outcome: str) -> None:
    """Each fact of the book has its outcome."""
    assert [outcome] == outcomes(service(Answers()).run(book(changes), now=NOW))


def test_the_gravest_loan_of_a_debtor_speaks() -> None:
    """Of one overdue and two coming loans the overdue one is sent; the others name it and wait a day."""
    rows = book(
        {}, {"borrower_id": "B-1", **overdue(31)}, {"borrower_id": "B-1", "next_due_on": "2026-09-27"}
    )
    report = service(Answers()).run(rows, now=NOW)
    assert outcomes(report) == ["deferred", "submitted", "deferred"]
    assert "L-2" in report.rows[0].row.reasons[0].message
    assert date(2026, 9, 25) == report.rows[0].row.send_at.date()


def test_a_step_deferred_at_night_goes_out_next_morning() -> None:
    """T-3 planned at 22:00 waits for 09:00 and is then sent, though it is T-2 by then."""
    provider = Answers()
    outreach = service(provider)
    rows = book({"next_due_on": "2026-09-27"})
    night = outreach.run(rows, now=NOW.replace(hour=22))
    assert outcomes(night) == ["deferred"]
    until = night.rows[0].row.send_at
    assert until is not None
    assert (date(2026, 9, 25), 9) == (until.date(), until.hour)
    assert provider.outbox == []
    assert outcomes(outreach.run(rows, now=until)) == ["submitted"]


def test_a_step_kept_back_by_a_full_cap_goes_out_when_it_frees() -> None:
    """An agency's text this morning uses up the day; T-7 is sent the next morning, though it is T-6 then."""
    store, provider = MemoryStore(), Answers()
    outreach = service(provider, store)
    intake = IntakeService(store=store, lender=Lender.example("CN"))
    theirs = Contact(channel=Channel.SMS, at=NOW - timedelta(minutes=30), purpose=Purpose.COLLECTION)
    assert intake.record_contact("B-1", theirs, "agency-1")
    rows = book({"next_due_on": "2026-10-01"})
    today = outreach.run(rows, now=NOW)
    assert (outcomes(today), today.rows[0].row.reason) == (["denied"], "cap_reached")
    assert outcomes(outreach.run(rows, now=NOW + timedelta(days=1))) == ["submitted"]


def test_collection_waits_for_a_workday() -> None:
    """On the Mid-Autumn holiday collection is deferred to Monday; on a make-up Sunday it is sent."""
    rows = book({"oldest_unpaid_due_on": "2026-09-19", "next_due_on": "2026-10-19"})
    sunday = service(Answers()).run(rows, now=datetime.fromisoformat("2026-09-20T10:00:00+08:00"))
    assert outcomes(sunday) == ["submitted"]
    holiday = service(Answers()).run(rows, now=datetime.fromisoformat("2026-09-25T10:00:00+08:00"))
    assert outcomes(holiday) == ["deferred"]
    assert datetime.fromisoformat("2026-09-28T09:00:00+08:00") == holiday.rows[0].row.send_at


class Core:
    """The lender's core system, as it stands just before sending."""

    def __init__(self, *accounts: Account) -> None:
        self.accounts = {one.loan_id: one for one in accounts}

    def current(self, loan_ids: object) -> dict[str, Account]:
        """Return what is known of each loan."""
        return self.accounts


def test_fresh_facts_stop_or_change_what_was_planned() -> None:
    """Paid since: nothing; amount changed since: the new amount; gone: nothing."""
    fresh = Core(
        account(loan_id="L-1", amount_due=Money("0", "CNY")),
        account(loan_id="L-2", borrower=borrower(borrower_id="B-2"), amount_due=Money("7", "CNY")),
    )
    provider = Answers()
    report = service(provider, facts=fresh).run(book({}, {}, {}), now=NOW)
    assert outcomes(report) == ["none", "submitted", "none"]
    assert "7.00元" in provider.outbox[0].text.reveal()


def test_time_that_passes_during_a_run_counts() -> None:
    """What is left when the window closes is deferred, not sent late."""
    clock = FrozenClock(NOW)

    class Slow(Answers):
        def submit(self, message: Message, deadline: datetime) -> SubmitResult:
            clock.move(timedelta(minutes=2))
            return super().submit(message, deadline)

    provider = Slow()
    late = NOW.replace(hour=20, minute=59)
    report = service(provider, clock=clock, window=1).run(book({}, {}, {}), now=late)
    assert outcomes(report) == ["submitted", "deferred", "deferred"]


def test_an_exception_in_the_provider_loses_nothing() -> None:
    """The row in flight is unknown, the rows behind it in the window are given back and sent next time."""
    provider = Answers(Accepted("p-1"), RuntimeError("boom"))
    store = MemoryStore()
    outreach = service(provider, store)
    with pytest.raises(RuntimeError, match="boom"):
        outreach.run(book({}, {}, {}), now=NOW)
    assert outcomes(outreach.run(book({}, {}, {}), now=NOW)) == ["already_done", "unknown", "submitted"]


def test_an_event_is_told_once() -> None:
    """The event id dedupes; the same template for another event is another notice."""
    provider = Answers()
    outreach = service(provider)
    values = {"amount": Money("500.00", "CNY"), "loan_ref": "0001"}
    needed = outreach.setup.catalogue.get("notice.payment_received", locale="zh-CN").slots
    given = {name: values.get(name, slot.sample("zh-CN")) for name, slot in needed.items()}
    first = outreach.notify(
        "notice.payment_received", borrower=borrower(), values=given, event_id="E-1", now=NOW
    )
    again = outreach.notify(
        "notice.payment_received", borrower=borrower(), values=given, event_id="E-1", now=NOW
    )
    other = outreach.notify(
        "notice.payment_received", borrower=borrower(), values=given, event_id="E-2", now=NOW
    )
    assert (first.outcome.value, again.outcome.value, other.outcome.value) == (
        "submitted",
        "already_done",
        "submitted",
    )
    assert len(provider.outbox) == 2


def test_an_event_with_a_missing_value_is_denied_by_slot_name() -> None:
    """Nothing is guessed: the reason names the slot, and nothing is sent."""
    provider = Answers()
    told = service(provider).notify(
        "notice.payment_received", borrower=borrower(), values={}, event_id="E-1", now=NOW
    )
    assert (told.outcome.value, told.row.reason) == ("denied", "template_values")
    assert provider.outbox == []


def test_an_unknown_template_is_an_error() -> None:
    """A wrong template id is the caller's mistake, told at once."""
    with pytest.raises(TemplateError, match=r"notice\.nothing"):
        service(Answers()).notify("notice.nothing", borrower=borrower(), values={}, event_id="E-1", now=NOW)


def test_an_opt_out_by_reply_acts_on_the_next_message() -> None:
    """After 退订 the next run sends nothing, on no loan."""
    store, provider = MemoryStore(), Answers()
    outreach = service(provider, store)
    outreach.run(book({}), now=NOW)
    intake = IntakeService(store=store, lender=Lender.example("CN"))
    reply = InboundMessage(borrower_id="B-1", text=Secret(" ＴＤ "), received_at=NOW + timedelta(minutes=1))
    assert intake.reply(reply)
    tomorrow = outreach.run(book({**overdue(1)}), now=NOW + timedelta(days=4))
    assert outcomes(tomorrow) == ["denied"]
    assert tomorrow.rows[0].row.reason == "opted_out"


def test_a_receipt_settles_an_unknown() -> None:
    """The handset got it: the unknown was sent after all."""
    store, provider = MemoryStore(), Answers(Unknown("timeout"))
    outreach = service(provider, store)
    outreach.run(book({}), now=NOW)
    receipt = DeliveryReceipt(
        provider_message_id="", step_key=provider.outbox[0].step_key, status=DeliveryStatus.DELIVERED, at=NOW
    )
    assert IntakeService(store=store, lender=Lender.example("CN")).receipt(receipt)
    assert [one.state for one in store.attempts()] == [AttemptState.ACCEPTED]
    assert outcomes(outreach.run(book({}), now=NOW)) == ["already_done"]


def test_the_example_lender_and_a_weak_store_are_refused_for_a_real_provider() -> None:
    """A real provider needs a real profile and a store that remembers."""

    class Real(Answers):
        name = "gateway"

    with pytest.raises(ConfigurationError, match="example lender"):
        service(Real())
    profile = Lender.example("CN")
    real = Lender(
        lender_id="acme", name="A", signature="A", jurisdiction="CN", party=profile.party,
        service_lines=profile.service_lines, pay_channels=profile.pay_channels, complaint_line="400-000-0000",
    )  # fmt: skip
    with pytest.raises(StoreError, match="forgets"):
        service(Real(), lender=real)


def test_a_channel_the_provider_lacks_is_refused_before_the_claim() -> None:
    """A hand-over with an SMS-only provider is told, and can be sent by another later."""

    class TextOnly(Answers):
        channels = frozenset({Channel.SMS})

    store = MemoryStore()
    rows = book(overdue(95))
    report = service(TextOnly(), store).run(rows, now=NOW)
    assert (outcomes(report), report.rows[0].row.reason) == (["refused"], "channel_unsupported")
    assert outcomes(service(Answers(), store).run(rows, now=NOW)) == ["submitted"]


def test_nothing_private_is_shown_anywhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """No phone, name or text in any log, repr, traceback with locals, report or the database file."""
    caplog.set_level(logging.DEBUG)
    store = SqliteStore(tmp_path / "run.db")
    provider = Answers(Accepted("p-1"), RuntimeError("boom"))
    outreach = service(provider, store)
    rows = book({"notes": "canary-note"}, {}, {"phone": "17400001234x"})
    path = tmp_path / "book.csv"
    path.write_text(
        ",".join(rows[0]) + "\n" + "\n".join(",".join(row.get(key, "") for key in rows[0]) for row in rows)
    )
    with pytest.raises(RuntimeError, match="boom") as caught:
        outreach.run(path, now=NOW)
    # Every frame but this test's own, with all its local variables.
    frames = caught.value.__traceback__.tb_next if caught.value.__traceback__ else None
    told = traceback.TracebackException(RuntimeError, caught.value, frames, capture_locals=True)
    shown = "".join(told.format())
    assert "outreach.py" in shown
    report = outreach.run(path, now=NOW)
    said = [message.text.reveal() for message in provider.outbox]
    database = b"".join(found.read_bytes() for found in tmp_path.glob("run.db*")).decode("utf-8", "replace")
    printed = f"{report!r}{report.rows!r}{report.rejects!r}{report.warnings!r}{outreach!r}{store!r}{provider.outbox!r}"
    for canary in (PHONE, PHONE[3:], NAME, "canary-note", *said, *(text[:12] for text in said)):
        for place in (shown, printed, caplog.text, database):
            assert canary not in place


def test_the_spool_holds_what_was_submitted(tmp_path: Path) -> None:
    """One line a message, with the text and the masked phone."""
    service(SpoolProvider(tmp_path)).run(book({}, {}), now=NOW)
    lines = (tmp_path / "submitted.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert PHONE not in "".join(lines)
    assert "174****1234" in lines[0]


def test_the_sandbox_repeats_itself_by_seed() -> None:
    """One seed, one story: the same rows are refused and unknown."""
    rows = book(*({} for _ in range(120)))
    told = [outcomes(service(SandboxProvider(7)).run(rows, now=NOW)) for _ in range(2)]
    assert told[0] == told[1]
    assert {"submitted", "refused"} <= set(told[0]) | {"unknown", "refused"}


def test_a_lender_may_add_one_sentence_of_advice_for_free() -> None:
    """With education lines a text grows only where no segment is added."""
    plain, taught = Answers(), Answers()
    rows = book({}, {"borrower_id": "B-2", "next_due_on": "2026-10-01"})
    service(plain).run(rows, now=NOW)
    report = service(taught, lender=evolve(Lender.example("CN"), education_lines=True)).run(rows, now=NOW)
    assert [done.row.segments for done in report.rows] == [message.segments for message in plain.outbox]
    longer = [
        len(new.text.reveal()) - len(old.text.reveal())
        for new, old in zip(taught.outbox, plain.outbox, strict=True)
    ]
    assert max(longer) > 0
    assert min(longer) >= 0


def test_naive_now_is_refused() -> None:
    """A `now` without a zone is the caller's mistake."""
    with pytest.raises(ValueError, match="time zone"):
        service(Answers()).run(book({}), now=datetime(2026, 9, 24, 10))


def test_an_event_reaches_a_phone_given_as_a_value() -> None:
    """No loan row is needed: a borrower alone is enough."""
    provider = Answers()
    someone = borrower(phone=PhoneNumber.parse("17400000009", region="CN"), borrower_id="B-9")
    values = {name: slot.sample("zh-CN") for name, slot in service(provider).setup.catalogue.get(
        "notice.application_received", locale="zh-CN").slots.items()}  # fmt: skip
    told = service(provider).notify(
        "notice.application_received", borrower=someone, values=values, event_id="E", now=NOW
    )
    assert told.outcome.value == "submitted"
