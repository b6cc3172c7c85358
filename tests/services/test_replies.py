"""What a borrower suffers when a reply is not heard: texts after a stop, dunning in a dispute, a debt told to a stranger."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from tests.replies.opt_outs import opt_outs
from tests.services.parts import NOW, Answers, AsyncAnswers, event, outcomes, overdue, service
from tests.services.reply_parts import MINUTE, Core, bench, number

from loansms import Channel, IntakeService, Lender, Purpose
from loansms.errors import ConfigurationError, StoreError
from loansms.model import Account, HoldKind, RecipientRole, RecordKind
from loansms.model.examples import borrower
from loansms.replies import CaseKind, Intent
from loansms.services import (
    Actor,
    AsyncOutreachService,
    AsyncReplyService,
    Desk,
    Outcome,
    ReplyService,
    ReplyTaken,
    Role,
)
from loansms.services.replies.values import tail_of
from loansms.stores import AsyncMemoryStore, Claimed, MemoryStore, SqliteStore, Suppressed
from loansms.templates import Catalogue
from loansms.testing.examples import claim

CN = Lender.example("CN")
LATER = NOW + timedelta(days=1)
CLERK = Actor("desk-1", Role)


def test_a_stop_to_a_reminder_ends_that_purpose_by_text_and_nothing_else() -> None:
    made = bench({})
    taken = made.says("ＴＤ")
    assert (taken.intent, taken.stopped) == (Intent.OPT_OUT, {Purpose.REPAYMENT_REMINDER})
    assert taken.answer is Outcome.SUBMITTED
    assert "停止发送" in made.last_text
    [revoked] = made.records(RecordKind.REVOKED)
    assert revoked.data["channels"] == ("mms", "sms")
    free, refused = (
        claim(debtor=f"{CN.group}|B-1", step_key=one, channel=one) for one in (Channel.VOICE, Channel.SMS)
    )
    assert [type(one) for one in made.store.claim([free, refused])] == [Claimed, Suppressed]
    paid = made.outreach.notify_many([event("E-1", made.core.accounts["L-1"].borrower)], now=LATER)
    assert outcomes(paid) == ["submitted"], "a receipt for money is no reminder"
    made.rows[0]["next_due_on"] = "2026-09-25"
    again = made.outreach.run(made.rows, now=LATER)
    assert not any(one.outcome is Outcome.SUBMITTED and one.row.channel is Channel.SMS for one in again.rows)


def test_a_stop_to_marketing_ends_marketing_of_the_group_on_every_channel() -> None:
    made = bench({}, sent=False)
    willing = borrower(borrower_id="B-1", consent_marketing=True, consent_sms=True)
    assert outcomes(made.outreach.notify_many([event("E-1", willing, "care.birthday")], now=NOW)) == [
        "submitted"
    ]
    assert made.says("拒收").stopped == {Purpose.MARKETING}
    assert outcomes(made.outreach.notify_many([event("E-2", willing, "care.birthday")], now=LATER)) == [
        "denied"
    ]
    assert outcomes(made.run().outreach.run(made.rows, now=NOW)) == ["already_done"], "the reminder went"


@pytest.mark.parametrize("text", ["所有短信都退订", "stop all messages"])
def test_words_that_ask_for_all_stop_all_but_codes_alerts_and_required_notices(text: str) -> None:
    made = bench({})
    taken = made.says(text)
    assert taken.stopped == frozenset(Purpose) - {
        Purpose.OTP,
        Purpose.SECURITY_ALERT,
        Purpose.CREDIT_PRENOTICE,
    }
    told = made.outreach.notify_many([event("E-1"), event("E-2", template="alert.security")], now=LATER)
    assert outcomes(told) == ["denied", "submitted"]
    assert taken.answer is Outcome.SUBMITTED, "its one confirmation"
    [confirmed] = [one for one in made.provider.outbox if one.template == "reply.opt_out_confirmed"]
    assert confirmed.purpose is Purpose.TRANSACTION_NOTICE


def test_a_stop_of_all_is_confirmed_once_and_not_by_a_late_message() -> None:
    made = bench({})
    message = made.message("stop all messages")
    assert made.replies.take(message, now=message.received_at).answer is Outcome.SUBMITTED
    assert made.replies.take(message, now=message.received_at + 2 * MINUTE).answer is Outcome.ALREADY_DONE
    assert made.says("stop all messages").answer is Outcome.DENIED, "stopped already: not told twice"
    late = bench({})
    message = late.message("stop all messages")
    taken = late.replies.take(message, now=message.received_at + 6 * MINUTE)
    assert (taken.answer, taken.why) == (Outcome.DENIED, "opted_out")
    assert len(late.provider.outbox) == 1


def test_a_wrong_number_is_told_once_that_it_was_heard() -> None:
    made = bench({})
    taken = made.says("你打错了，我不是张三")
    assert (taken.template, taken.answer) == ("reply.wrong_person_noted", Outcome.SUBMITTED)
    assert made.says("打错了").answer is not Outcome.SUBMITTED
    assert outcomes(made.outreach.notify_many([event("E-9")], now=LATER)) == ["denied"]


def test_a_stop_is_in_the_ledger_though_the_core_system_is_down() -> None:
    made = bench({})
    made.core.down = True
    message = made.message("别再发了，我要投诉你们")
    with pytest.raises(ConnectionError):
        made.replies.take(message, now=NOW)
    assert made.records(RecordKind.REVOKED)
    assert made.records(RecordKind.HELD)
    assert made.queue.cases
    made.core.down = False
    before = len(made.records(RecordKind.REVOKED)), len(made.records(RecordKind.HELD)), len(made.queue.cases)
    taken = made.replies.take(message, now=NOW)
    assert taken.again
    assert taken.answer is Outcome.SUBMITTED
    after = len(made.records(RecordKind.REVOKED)), len(made.records(RecordKind.HELD)), len(made.queue.cases)
    assert before == after


def test_the_same_reply_twice_does_nothing_twice() -> None:
    made = bench(overdue(2))
    message = made.message("还欠多少钱")
    first, second = (made.replies.take(message, now=message.received_at) for _ in range(2))
    assert (first.answer, second.answer, second.again) == (Outcome.SUBMITTED, Outcome.ALREADY_DONE, True)
    assert len(made.records(RecordKind.REPLY)) == 1
    assert len(made.provider.outbox) == 2


def test_who_released_a_stop_is_not_stopped_anew_by_the_reply_told_again() -> None:
    made = bench({})
    message = made.message("全部退订")
    made.replies.take(message, now=message.received_at)
    desk = Desk(store=made.store, lender=CN)
    assert desk.release("B-1", "opted_out", by=CLERK, at=NOW + timedelta(hours=1))
    made.replies.take(message, now=message.received_at)
    assert outcomes(made.outreach.notify_many([event("E-1")], now=LATER)) == ["submitted"]


def test_a_balance_is_told_masked_and_of_today() -> None:
    made = bench({})
    assert made.says("还欠多少").answer is Outcome.SUBMITTED
    assert "应还1,256.30元" in made.last_text
    assert f"尾号{tail_of('L-1')}" in made.last_text


@pytest.mark.parametrize("kept", ["in memory", "in a file"])
def test_of_two_loans_the_answer_asks_which_and_the_next_reply_names_it(kept: str, tmp_path: Path) -> None:
    store = MemoryStore() if kept == "in memory" else SqliteStore(tmp_path / "ledger.db")
    one = {"borrower_id": "B-1", "phone": "17400000001"}
    made = bench(
        {**one, "loan_id": "L-20260011"}, {**one, "loan_id": "L-20260022", "amount_due": "88.00"}, store=store
    )
    other = event("E-1", made.core.accounts["L-20260022"].borrower, loan_id="L-20260022")
    assert outcomes(made.outreach.notify_many([other], now=NOW + timedelta(seconds=9))) == ["submitted"]
    asked = made.says("还欠多少")
    assert (asked.template, asked.answer) == ("reply.which_loan", Outcome.SUBMITTED)
    assert "88" not in made.last_text
    told = made.says("0022")
    assert (told.template, told.answer, told.intent) == (
        "reply.balance",
        Outcome.SUBMITTED,
        Intent.QUESTION_BALANCE,
    )
    assert "88.00元" in made.last_text
    assert made.says("9999").template == "", "no loan of that name: a person looks"


def test_a_promise_holds_the_ladder_until_its_day_and_no_longer() -> None:
    made = bench(overdue(3))
    taken = made.says("周五发工资还")
    assert taken.promise_on == date(2026, 9, 25)
    assert taken.answer is Outcome.SUBMITTED
    assert "9月25日" in made.last_text
    made.rows[0]["oldest_unpaid_due_on"] = "2026-09-20"
    sent = len(made.provider.outbox)
    made.outreach.run(made.rows, now=LATER)
    assert len(made.provider.outbox) == sent


@pytest.mark.parametrize(
    ("text", "kind", "case"),
    [
        ("这笔钱不是我借的", HoldKind.DISPUTE, CaseKind.DISPUTE),
        ("失业了实在没钱还", HoldKind.HARDSHIP, CaseKind.HARDSHIP),
        ("我要投诉你们骚扰", HoldKind.OPERATOR, CaseKind.COMPLAINT),
    ],
)
def test_collection_stands_still_until_a_person_releases_it(
    text: str, kind: HoldKind, case: CaseKind
) -> None:
    made = bench(overdue(3))
    taken = made.says(text)
    assert case in taken.cases
    [opened] = [one for one in made.queue.cases.values() if one.reason == f"reply.{case.value}"]
    assert opened.owner
    assert opened.answer_by is not None
    assert opened.answer_by > NOW.date()
    assert opened.history.reveal() == text
    history = made.store.histories([f"{CN.group}|B-1"], NOW)[f"{CN.group}|B-1"]
    assert [one.kind for one in history.holds] == [kind]
    assert Desk(store=made.store, lender=CN).release_hold("B-1", kind, by=CLERK, at=LATER) == 1


def test_a_complaint_is_answered_with_its_number_and_its_day() -> None:
    made = bench(overdue(3))
    assert made.says("我要投诉").answer is Outcome.SUBMITTED
    [opened] = made.queue.cases.values()
    assert opened.answer_by == date(2026, 10, 15), (
        "ten working days, the holiday of October and its make-up days counted"
    )
    assert "最迟于10月15日答复" in made.last_text
    assert tail_of(opened.case_id) in made.last_text


def test_a_stranger_is_never_told_of_the_debt_and_never_written_to_again() -> None:
    made = bench({})
    taken = made.says("你打错了，我不是张三")
    assert taken.intent is Intent.WRONG_PERSON
    sent = len(made.provider.outbox)
    asked = made.says("那他欠多少钱")
    assert asked.template == ""
    assert outcomes(made.outreach.notify_many([event("E-1")], now=LATER)) == ["denied"]
    assert len(made.provider.outbox) == sent


@pytest.mark.parametrize("text", ["我是他妈妈，他欠多少", "我是她老公，她还欠多少钱"])
def test_somebody_else_of_the_household_is_told_nothing(text: str) -> None:
    made = bench({})
    sent = len(made.provider.outbox)
    assert CaseKind.THIRD_PARTY in made.says(text).cases
    assert len(made.provider.outbox) == sent


def test_a_reply_from_another_number_than_the_borrowers_is_not_answered() -> None:
    made = bench({})
    sent = len(made.provider.outbox)
    taken = made.says("还欠多少", phone=number("17400009999"))
    assert (taken.answer, taken.why) == (None, "another_number")
    assert CaseKind.UNCLEAR in taken.cases
    assert len(made.provider.outbox) == sent


def test_one_number_of_two_borrowers_stops_both_and_tells_neither_a_balance() -> None:
    shared = {"phone": "17400000001"}
    made = bench(shared, shared)
    phone, sent = number("17400000001"), len(made.provider.outbox)
    asked = made.says("还欠多少", None, phone=phone)
    assert (asked.borrowers, asked.answer, asked.why) == (("B-1", "B-2"), None, "several_borrowers")
    assert CaseKind.UNCLEAR in asked.cases
    assert made.says("TD", None, phone=phone).stopped == {Purpose.REPAYMENT_REMINDER}
    assert {one.debtor for one in made.records(RecordKind.REVOKED)} == {f"{CN.group}|B-1", f"{CN.group}|B-2"}
    assert len(made.provider.outbox) == sent


def test_a_number_finds_its_borrower_and_the_step_key_its_message() -> None:
    made = bench({}, {})
    taken = made.says(
        "还欠多少", None, phone=number("17400000002"), reply_to=made.provider.outbox[1].step_key
    )
    assert (taken.borrowers, taken.answer) == (("B-2",), Outcome.SUBMITTED)


def test_a_reply_of_nobody_we_know_goes_to_a_person() -> None:
    made = bench({})
    taken = made.says("退订", None, phone=number("17400007777"))
    assert (taken.borrowers, taken.cases, taken.opted_out) == ((), (CaseKind.UNCLEAR,), True)
    assert len(made.queue.cases) == 1


def test_the_access_number_says_what_a_stop_is_about() -> None:
    made = bench({}, sent=False)
    willing = borrower(borrower_id="B-1", consent_marketing=True, consent_sms=True)
    made.outreach.notify_many([event("E-1", willing, "care.birthday")], now=NOW - timedelta(hours=1))
    made.run()
    codes = {"1069000": frozenset({Purpose.REPAYMENT_REMINDER}), "10690001": frozenset({Purpose.MARKETING})}
    heard = made.listening(access_codes=codes)
    assert heard.take(made.message("R", access_code="1069000188"), now=NOW).stopped == {Purpose.MARKETING}
    assert made.says("R").stopped == {Purpose.MARKETING, Purpose.REPAYMENT_REMINDER}, (
        "both came lately: both end"
    )


def test_a_number_means_what_the_menu_said() -> None:
    made = bench({})
    who = made.core.accounts["L-1"].borrower
    made.outreach.notify(
        "reply.menu", borrower=who, values={}, event_id="M-1", now=NOW + timedelta(seconds=9)
    )
    assert made.says("１").template == "reply.balance"
    assert CaseKind.CALL_BACK in made.says("0", reply_to=made.provider.outbox[1].step_key).cases


def test_the_journal_keeps_the_meaning_and_the_vault_the_words() -> None:
    made = bench({})
    words = "周五还两千，我叫王小明"
    taken = made.says(words)
    assert words not in repr(list(made.store.entries())) + repr(taken) + repr(made.replies.__dict__)
    assert "王小明" not in str([dict(one.data) for one in made.records(RecordKind.REPLY)])
    desk = Desk(store=made.store, lender=CN, keeper=made.keeper)
    plain = desk.read("B-1", f"reply|{taken.reply_id}", by=CLERK, why="complaint 7", at=LATER)
    assert plain is not None
    assert (plain.said.text.reveal(), plain.proved) == (words, True)


def test_a_guarantor_who_answers_is_heard_and_told_nothing() -> None:
    made = bench({}, sent=False)
    who = made.core.accounts["L-1"].borrower
    stands = event("G-1", who, "notice.payment_received", recipient=RecipientRole.GUARANTOR, loan_id="L-1")
    assert outcomes(made.outreach.notify_many([stands], now=NOW)) == ["submitted"]
    taken = made.says("还欠多少", reply_to=made.provider.outbox[0].step_key)
    assert (taken.answer, taken.why, taken.cases) == (None, "not_the_borrower", (CaseKind.UNCLEAR,))


def test_a_loan_the_core_system_no_longer_lists_is_not_spoken_of() -> None:
    made = bench({})
    del made.core.accounts["L-1"]
    assert made.says("还欠多少").why == "no_facts"


def test_a_reply_fetched_days_later_is_obeyed_but_answered_by_a_person() -> None:
    made = bench({})
    taken: ReplyTaken = made.replies.take(made.message("还欠多少"), now=NOW + timedelta(days=3))
    assert (taken.answer, taken.why, taken.cases) == (None, "too_late", (CaseKind.UNCLEAR,))


def test_the_intake_hands_its_replies_over() -> None:
    made = bench({})

    class Mailbox:
        def inbound(self, _now: object) -> list[object]:
            return [made.message("TD"), made.message("退订", None)]

    intake = IntakeService(store=made.store, lender=CN, replies=made.replies)
    taken = intake.collect(Mailbox(), now=NOW + timedelta(hours=1))
    assert (taken.replies, taken.opted_out, taken.unattributed) == (2, 1, 1)


class Watched:
    """A store that tells which acts changed it, in order, and can lose its connection after some of them."""

    CHANGES = frozenset(
        {"suppress", "revoke_consent", "record_hold", "record_contact", "append", "claim", "keep_sealed"}
    )

    def __init__(self, store: MemoryStore, most: int = 99) -> None:
        self._store, self._most = store, most
        self.acts: list[str] = []

    def __getattr__(self, name: str) -> Any:
        """Return the verb, watched."""
        verb = getattr(self._store, name)
        if name not in self.CHANGES:
            return verb

        def watched(*given: Any, **more: Any) -> Any:
            if len(self.acts) >= self._most:
                raise StoreError("gone", "断开")
            self.acts.append(name)
            return verb(*given, **more)

        return watched


@pytest.mark.parametrize("most", range(1, 6))
def test_whatever_fails_after_it_the_stop_comes_first_and_the_rest_is_made_up_for(most: int) -> None:
    made = bench({})
    message = made.message("别再发了，我要投诉你们")
    cut = Watched(made.store, most)
    with pytest.raises(StoreError):
        made.listening(store=cut).take(message, now=NOW)
    assert cut.acts[:2] == ["revoke_consent", "record_hold"][:most]
    assert CaseKind.COMPLAINT in made.replies.take(message, now=NOW).cases
    kinds = (RecordKind.REVOKED, RecordKind.HELD, RecordKind.REPLY, RecordKind.CASE)
    assert [len(made.records(one)) for one in kinds] == [1, 1, 1, 2], "a complaint, and the doubt"


def test_in_the_united_states_a_stop_ends_every_purpose() -> None:
    made = bench({}, sent=False)
    us = Lender.example("US")
    outreach = service(made.provider, made.store, lender=us, policy=None)
    replies = made.listening(lender=us, outreach=outreach)
    taken = replies.take(made.message("stop texting me"), now=NOW)
    assert Purpose.TRANSACTION_NOTICE in taken.stopped
    assert Purpose.OTP not in taken.stopped


def test_the_awaited_face_does_the_same() -> None:
    made = bench({})

    async def told() -> ReplyTaken:
        store = AsyncMemoryStore()
        outreach = AsyncOutreachService(lender=CN, store=store, provider=AsyncAnswers(), policy="cn-consumer")
        await outreach.run(made.rows, now=NOW)
        facts = AsyncCore(made.core)
        replies = AsyncReplyService(store=store, lender=CN, outreach=outreach, facts=facts)
        message = made.message("还欠多少")
        return await replies.take(message, now=message.received_at)

    assert asyncio.run(told()).answer is Outcome.SUBMITTED


class AsyncCore:
    """The core system, awaited."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
        """Return the accounts."""
        return self._core.current(loan_ids)


def test_a_menu_of_unknown_meanings_and_a_store_without_a_journal_are_refused(tmp_path: Path) -> None:
    (tmp_path / "templates.toml").write_text(
        '[reply.mine]\npurpose = "transaction_notice"\nmenu = { 1 = "balance" }\n', encoding="utf-8"
    )
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "mine.toml").write_text('[reply]\nmine = "Reply 1."\n', encoding="utf-8")
    outreach = service(Answers(), catalogue=Catalogue.load(tmp_path))
    with pytest.raises(ConfigurationError, match=r"reply.mine \[en\]: menu: expected"):
        ReplyService(store=MemoryStore(), lender=CN, outreach=outreach)


def test_every_seventh_spelling_of_a_stop_ends_the_reminders() -> None:
    made = bench({})
    for text in opt_outs()[::7]:
        taken = made.says(text)
        assert Purpose.REPAYMENT_REMINDER in taken.stopped, text


def test_two_replies_of_one_second_without_an_id_are_two() -> None:
    made = bench({})
    first, second = (made.message(one, provider_id="", received_at=NOW) for one in ("好的", "TD"))
    assert made.replies.take(first, now=NOW).stopped == frozenset()
    assert made.replies.take(second, now=NOW).stopped == {Purpose.REPAYMENT_REMINDER}
    assert made.replies.take(second, now=NOW).again


@pytest.mark.parametrize("country", ["CN", "US"])
def test_every_answer_we_ship_passes_the_gate(country: str) -> None:
    provider = Answers()
    outreach = service(provider, lender=Lender.example(country), policy=None)
    currency = {"CN": "CNY", "US": "USD"}[country]
    catalogue = Catalogue.builtin()
    answers = [one for one in catalogue.ids() if one.startswith("reply.")]
    for template, language in product(answers, ("zh-CN", "en")):
        slots = catalogue.get(template, language).slots
        done = outreach.notify(
            template,
            borrower=borrower(borrower_id=template + language, language=language),
            values={name: slot.sample(language, currency) for name, slot in slots.items()},
            event_id=template + language,
            loan_id="L-1",
            facts={"days_past_due": 4, "due_date": date(2026, 9, 20)},
            now=NOW,
        )
        assert done.outcome is Outcome.SUBMITTED, (template, done.row.reason)
