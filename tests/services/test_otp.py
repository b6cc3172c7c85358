"""One-time codes as a borrower, a stranger and an operator meet them."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

import pytest
from attrs import evolve
from tests.services.otp_parts import (
    CLIENT,
    OTHER_PHONE,
    PAYMENT,
    PHONE,
    STRANGER,
    Bank,
    Jobs,
    code_in,
    other_than,
    ring,
)

from loansms import Channel, Lender, Money, PhoneNumber
from loansms.errors import CallerError, ConfigurationError, UnsupportedByProvider
from loansms.model import Message, Reason, SubmitResult
from loansms.otp import Client, Issued, Refused, Transaction, VerdictKind, profiles
from loansms.privacy import KeyRing
from loansms.providers import SandboxProvider
from loansms.providers.aio import AsyncSandboxProvider
from loansms.stores import AsyncMemoryStore, MemoryStore


@pytest.fixture
def bank() -> Bank:
    return Bank()


class TestTheRightCode:
    def test_is_accepted_once_and_its_grant_redeemed_once(self, bank: Bank) -> None:
        issued = bank.issued()
        verdict = bank.verify(issued, bank.code)
        assert verdict.kind is VerdictKind.ACCEPTED
        assert bank.kind(issued, bank.code) is VerdictKind.SUPERSEDED
        spent = [bank.otp.redeem(verdict.grant.id, subject="B-1", action="login") for _ in range(3)]
        assert spent == [True, False, False]

    def test_times_are_those_of_the_profile(self, bank: Bank) -> None:
        issued = bank.issued()
        assert issued.expires_at - bank.clock.now() == timedelta(seconds=300)
        assert issued.resend_at - bank.clock.now() == timedelta(seconds=60)
        assert (issued.channel, issued.masked_phone) == (Channel.SMS, "138****8000")

    def test_is_expired_at_the_very_end_and_not_before(self, bank: Bank) -> None:
        issued = bank.issued()
        bank.clock.move(timedelta(seconds=300))
        assert bank.kind(issued, bank.code) is VerdictKind.EXPIRED
        bank.clock.move(-timedelta(microseconds=1))
        assert bank.kind(issued, bank.code) is VerdictKind.ACCEPTED

    def test_is_never_accepted_when_the_clock_stepped_back(self, bank: Bank) -> None:
        issued = bank.issued()
        bank.clock.move(-timedelta(hours=1))
        assert bank.kind(issued, bank.code) is VerdictKind.EXPIRED

    def test_of_another_subject_action_or_transaction_costs_an_attempt(self, bank: Bank) -> None:
        issued = bank.issued(action="early_repayment", transaction=PAYMENT)
        code = bank.code
        dearer = Transaction(amount=Money("5100.01", "CNY"), payee=PAYMENT.payee, reference=PAYMENT.reference)
        right = {"action": "early_repayment", "transaction": PAYMENT}
        for wrong in (
            {**right, "subject": "B-2"},
            {**right, "action": "login"},
            {**right, "transaction": None},
            {**right, "transaction": dearer},
            {**right, "transaction": Transaction(amount=PAYMENT.amount, payee="别人", reference="L-1")},
        ):
            assert bank.kind(issued, code, **wrong) is VerdictKind.WRONG
        assert bank.kind(issued, code, **right) is VerdictKind.LOCKED

    def test_grant_is_good_for_nothing_else(self, bank: Bank) -> None:
        issued = bank.issued(action="early_repayment", transaction=PAYMENT)
        grant = bank.verify(issued, bank.code, action="early_repayment", transaction=PAYMENT).grant
        redeem = bank.otp.redeem
        assert not redeem(grant.id, subject="B-2", action="early_repayment", transaction=PAYMENT)
        assert not redeem(grant.id, subject="B-1", action="login", transaction=PAYMENT)
        assert not redeem(grant.id, subject="B-1", action="early_repayment")
        assert not redeem(issued.challenge_id, subject="B-1", action="early_repayment", transaction=PAYMENT)
        assert not redeem("nonsense", subject="B-1", action="early_repayment", transaction=PAYMENT)
        assert redeem(grant.id, subject="B-1", action="early_repayment", transaction=PAYMENT)

    def test_grant_expires(self, bank: Bank) -> None:
        issued = bank.issued()
        grant = bank.verify(issued, bank.code).grant
        bank.clock.set(grant.expires_at)
        assert not bank.otp.redeem(grant.id, subject="B-1", action="login")


class TestBadInput:
    @pytest.mark.parametrize(
        "damage",
        [
            lambda _: "",
            lambda code: code * 40,
            lambda code: code.translate({48 + n: 0xFF10 + n for n in range(10)}),
            " ".join,
            lambda code: f" {code}",
            lambda code: code.translate({48 + n: 0x0660 + n for n in range(10)}),
            lambda _: "abcdef",
            lambda code: f"{code}\0",
            int,
            lambda _: None,
            str.encode,
        ],
        ids=[
            "empty",
            "long",
            "full-width",
            "spaced",
            "padded",
            "arabic",
            "letters",
            "nul",
            "int",
            "none",
            "bytes",
        ],
    )
    def test_is_wrong_and_counted(self, bank: Bank, damage: object) -> None:
        issued = bank.issued()
        code = bank.code
        assert callable(damage)
        assert [bank.kind(issued, damage(code)) for _ in range(6)] == [
            *[VerdictKind.WRONG] * 5,
            VerdictKind.LOCKED,
        ]

    @pytest.mark.parametrize(
        "no_id", ["", "v1.k1", "v1.k9.AAAAAAAAAAAAAAAAAAAAAA", "x" * 5000, "v1.k1.é" * 9]
    )
    def test_an_id_that_is_none_is_unknown(self, bank: Bank, no_id: object) -> None:
        verdict = bank.otp.verify(no_id, "123456", subject="B-1", action="login")
        assert verdict.kind is VerdictKind.UNKNOWN
        assert isinstance(bank.otp.resend(no_id), Refused)

    def test_subjects_and_actions_are_text_and_errors_repeat_nothing(self, bank: Bank) -> None:
        for wrong in ({"subject": ""}, {"action": "a\nb"}, {"subject": "B" * 201}, {"phone": "13800138000"}):
            with pytest.raises(CallerError) as told:
                bank.issue(**wrong)
            assert "13800138000" not in str(told.value)
            assert told.value.zh
        assert bank.texts == []

    def test_numbers_that_are_not_served_are_refused_before_anything_is_charged(self, bank: Bank) -> None:
        foreign = PhoneNumber.parse("+12025550123")
        landline = PhoneNumber.parse("+861065529988")
        assert bank.issue(phone=foreign).retry_at is None
        assert bank.issue(phone=landline).reason.code == "cannot_text"
        assert bank.texts == []

    def test_a_channel_nobody_speaks_is_one_error(self) -> None:
        bank = Bank(provider=SandboxProvider(channels=frozenset({Channel.SMS})))
        with pytest.raises(UnsupportedByProvider):
            bank.issue(channel=Channel.VOICE)
        with pytest.raises(CallerError):
            bank.issue(channel=Channel.EMAIL)


class TestTheFailureBudget:
    def test_survives_resend_new_challenge_voice_rotation_and_restart(self, bank: Bank) -> None:
        issued = bank.issued()
        first = bank.code
        assert bank.kind(issued, other_than(first)) is VerdictKind.WRONG
        bank.clock.move(timedelta(seconds=61))
        bank.otp.resend(issued.challenge_id, channel=Channel.VOICE)
        assert bank.code == first
        assert bank.kind(issued, other_than(first)) is VerdictKind.WRONG
        bank.clock.move(timedelta(seconds=61))
        bank.otp = bank.again(keys=ring("k2"))
        newer = bank.issued()
        for _ in range(3):
            assert bank.kind(newer, bank.wrong) is VerdictKind.WRONG
        locked = bank.verify(newer, bank.code)
        assert locked.kind is VerdictKind.LOCKED
        assert locked.retry_at > bank.clock.now()
        bank.clock.move(timedelta(seconds=61))
        refused = bank.issue()
        assert isinstance(refused, Refused)
        assert refused.reason.code == "locked"

    def test_has_a_ceiling_in_24_hours_that_right_codes_do_not_lift(self, bank: Bank) -> None:
        wrong = 0
        for _ in range(12):
            issued = bank.issue(client=None)
            if isinstance(issued, Issued):
                for _ in range(2):
                    wrong += bank.kind(issued, bank.wrong, client=None) is VerdictKind.WRONG
                bank.verify(issued, bank.code, client=None)
            bank.clock.move(timedelta(minutes=61))
        assert wrong <= 10

    def test_of_an_unconfirmed_number_is_its_own(self, bank: Bank) -> None:
        theirs = bank.issued(number_confirmed=False, client=STRANGER)
        for _ in range(5):
            bank.verify(theirs, bank.wrong, client=STRANGER)
        assert bank.kind(theirs, bank.code, client=STRANGER) is VerdictKind.LOCKED
        mine = bank.issued()
        assert bank.kind(mine, bank.code) is VerdictKind.ACCEPTED

    def test_a_stranger_cannot_lock_a_known_device_out(self, bank: Bank) -> None:
        assert bank.kind(bank.issued(), bank.code) is VerdictKind.ACCEPTED
        for _ in range(4):
            bank.clock.move(timedelta(minutes=61))
            theirs = bank.issue(client=STRANGER)
            if isinstance(theirs, Issued):
                for _ in range(6):
                    bank.verify(theirs, bank.wrong, client=STRANGER)
        bank.clock.move(timedelta(seconds=61))
        assert isinstance(bank.issue(client=STRANGER), Refused)
        assert bank.kind(bank.issued(), bank.code) is VerdictKind.ACCEPTED

    def test_a_strangers_code_does_not_supersede_mine(self, bank: Bank) -> None:
        mine = bank.issued()
        code = bank.code
        bank.clock.move(timedelta(seconds=61))
        bank.issued(client=STRANGER)
        assert bank.kind(mine, code) is VerdictKind.ACCEPTED

    def test_the_newest_code_of_a_device_supersedes_its_others(self, bank: Bank) -> None:
        old = bank.issued()
        code = bank.code
        bank.clock.move(timedelta(seconds=61))
        bank.issued()
        assert bank.kind(old, code) is VerdictKind.SUPERSEDED


class TestSending:
    def test_limits_of_a_number_are_rolling(self, bank: Bank) -> None:
        assert isinstance(bank.issue(), Issued)
        early = bank.issue()
        assert isinstance(early, Refused)
        assert early.retry_at == bank.clock.now() + timedelta(seconds=60)
        for _ in range(4):
            bank.clock.move(timedelta(seconds=60))
            assert isinstance(bank.issue(), Issued)
        bank.clock.move(timedelta(seconds=60))
        assert isinstance(bank.issue(), Refused)
        bank.clock.move(timedelta(minutes=55))
        for _ in range(5):
            assert isinstance(bank.issue(), Issued)
            bank.clock.move(timedelta(seconds=60))
        bank.clock.move(timedelta(hours=3))
        tenth = bank.issue()
        assert isinstance(tenth, Refused)
        assert tenth.retry_at is not None
        bank.clock.set(tenth.retry_at)
        assert isinstance(bank.issue(), Issued)

    def test_resend_keeps_the_code_and_ends_with_its_life(self, bank: Bank) -> None:
        issued = bank.issued()
        early = bank.otp.resend(issued.challenge_id)
        assert isinstance(early, Refused)
        bank.clock.move(timedelta(seconds=60))
        again = bank.otp.resend(issued.challenge_id)
        assert isinstance(again, Issued)
        assert (again.challenge_id, again.expires_at, again.send) == (
            issued.challenge_id,
            issued.expires_at,
            2,
        )
        assert code_in(bank.texts[0]) == code_in(bank.texts[1])
        assert ["5分钟" in bank.texts[0], "4分钟" in bank.texts[1]] == [True, True]
        bank.clock.move(timedelta(seconds=181))
        late = bank.otp.resend(issued.challenge_id)
        assert isinstance(late, Refused)
        assert late.reason.code == "ending"

    def test_voice_says_the_same_code_twice(self, bank: Bank) -> None:
        issued = bank.issued()
        bank.clock.move(timedelta(seconds=60))
        called = bank.otp.resend(issued.challenge_id, channel=Channel.VOICE)
        assert isinstance(called, Issued)
        assert called.channel is Channel.VOICE
        spoken = "，".join(code_in(bank.texts[0]))
        assert bank.texts[1].count(spoken) == 2

    def test_what_was_certainly_not_sent_is_given_back(self) -> None:
        bank = Bank(provider=SandboxProvider(reject_rate=1.0, unknown_rate=0.0, calm=frozenset()))
        refused = bank.issue()
        assert isinstance(refused, Refused)
        assert refused.reason.code == "not_sent"
        bank.otp = bank.again(provider=SandboxProvider())
        assert isinstance(bank.issue(), Issued)

    def test_what_nobody_knows_is_neither_given_back_nor_sent_again(self) -> None:
        bank = Bank(provider=SandboxProvider(reject_rate=0.0, unknown_rate=1.0, calm=frozenset()))
        issued = bank.issued()
        assert issued.unsure
        assert len(bank.texts) == 1
        assert isinstance(bank.issue(), Refused)
        assert bank.kind(issued, bank.code) is VerdictKind.ACCEPTED

    def test_a_code_never_sent_may_be_asked_for_again_at_once(self, bank: Bank) -> None:
        first = bank.issued()
        old = bank.code
        bank.clock.move(timedelta(seconds=61))
        broken = SandboxProvider(reject_rate=1.0, unknown_rate=0.0, calm=frozenset())
        refused = bank.again(provider=broken).issue(subject="B-1", phone=PHONE, action="login", client=CLIENT)
        assert isinstance(refused, Refused)
        assert bank.kind(first, old) is VerdictKind.SUPERSEDED
        again = bank.issued()
        assert bank.kind(again, bank.code) is VerdictKind.ACCEPTED

    def test_a_provider_that_refuses_everything_is_not_asked_without_end(self) -> None:
        bank = Bank(provider=SandboxProvider(reject_rate=1.0, unknown_rate=0.0, calm=frozenset()))
        asked = [bank.issue().reason.code for _ in range(30)]
        assert asked[:20] == ["not_sent"] * 20
        assert set(asked[20:]) == {"full_device"}

    def test_a_bound_text_shows_amount_and_payee(self, bank: Bank) -> None:
        bank.issued(action="early_repayment", transaction=PAYMENT)
        assert "5,100.00" in bank.texts[-1]
        assert PAYMENT.payee in bank.texts[-1]

    def test_a_payee_that_would_phish_is_refused_unsent(self, bank: Bank) -> None:
        phish = Transaction(amount=PAYMENT.amount, payee="点击 http://evil.example 领取", reference="L-1")
        refused = bank.issue(action="early_repayment", transaction=phish)
        assert isinstance(refused, Refused)
        assert bank.texts == []


class TestThePublicFace:
    def test_is_one_type_with_one_content_for_every_failure(self, bank: Bank) -> None:
        issued = bank.issued()
        code = bank.code
        faces = [bank.verify(issued, other_than(code)).public]
        faces.append(
            bank.otp.verify("v1.k1.AAAAAAAAAAAAAAAAAAAAAA", code, subject="B-1", action="login").public
        )
        for _ in range(4):
            bank.verify(issued, other_than(code))
        faces.append(bank.verify(issued, code).public)
        bank.clock.move(timedelta(hours=2))
        faces.append(bank.verify(issued, code).public)
        assert len({repr(face) for face in faces}) == 1

    def test_of_a_refusal_and_a_decoy_is_that_of_an_issue(self, bank: Bank) -> None:
        real = bank.issued().public
        throttled = bank.issue().public
        nobody = bank.otp.decoy("B-404").public
        assert type(real) is type(throttled) is type(nobody)
        for face in (throttled, nobody):
            assert len(face.challenge_id) == len(real.challenge_id)
            assert (face.expires_at, face.resend_at, face.channel) == (
                real.expires_at,
                real.resend_at,
                real.channel,
            )

    def test_a_decoy_goes_every_way_that_a_borrower_goes(self, bank: Bank) -> None:
        real, decoy = bank.issued(), bank.otp.decoy("B-404", action="login", client=CLIENT)
        assert isinstance(decoy, Issued)
        assert len(decoy.masked_phone) == len(real.masked_phone)
        assert isinstance(bank.otp.decoy("B-404", action="login"), Refused)
        bank.clock.move(timedelta(seconds=61))
        for turn in (Issued, Refused):
            again = [bank.otp.resend(one.challenge_id, channel=Channel.VOICE) for one in (real, decoy)]
            assert all(isinstance(one, turn) for one in again)
            faces = [one.public for one in again]
            assert [one.challenge_id for one in faces] == [real.challenge_id, decoy.challenge_id]
            assert faces[0].resend_at == faces[1].resend_at
        wrong = other_than(bank.code)
        for issued, subject in ((real, "B-1"), (decoy, "B-404")):
            kinds = [
                bank.otp.verify(issued.challenge_id, wrong, subject=subject, action="login").kind
                for _ in range(6)
            ]
            assert kinds == [*[VerdictKind.WRONG] * 5, VerdictKind.LOCKED]
        bank.clock.move(timedelta(seconds=61))
        others = [bank.issue(action="reset_password"), bank.otp.decoy("B-404", action="reset_password")]
        assert all(isinstance(one, Issued) for one in others)
        assert [one.template for one in bank.provider.outbox] == ["otp.code", "otp.voice", "otp.code"]

    def test_of_a_resend_is_the_same_for_what_was_never_kept(self, bank: Bank) -> None:
        issued, refused = bank.issued(), bank.issue()
        bank.clock.move(timedelta(seconds=61))
        faces = [bank.otp.resend(one).public for one in (issued.challenge_id, refused.public.challenge_id)]
        assert [(one.resend_at, one.expires_at, one.channel) for one in faces] == [
            (bank.clock.now() + timedelta(seconds=60), None, None)
        ] * 2
        assert faces[1].challenge_id == refused.public.challenge_id
        assert (bank.events[-1].act, bank.events[-1].outcome) == ("resend", "unknown")

    def test_a_queued_decoy_is_a_job_that_sends_nothing(self) -> None:
        jobs = Jobs()
        bank = Bank(queue=jobs)
        bank.issued()
        bank.otp.decoy("B-404")
        assert [bank.otp.deliver(job) for job in jobs] == [True, False]
        assert len(bank.texts) == 1


class TestTheHostsMistakes:
    def test_members_of_an_enum_are_the_text_they_are(self, bank: Bank) -> None:
        Action = enum.Enum("Action", {"LOGIN": "login"}, type=str)  # noqa: N806 - a class, as 3.10 wrote it
        issued = bank.issued(action=Action.LOGIN)
        assert bank.kind(issued, bank.code, action="login") is VerdictKind.ACCEPTED

    def test_what_is_no_transaction_is_told_and_counts_nothing(self, bank: Bank) -> None:
        with pytest.raises(CallerError, match="Transaction"):
            bank.issue(transaction={"amount": "1"})
        issued = bank.issued()
        with pytest.raises(CallerError, match="Transaction"):
            bank.verify(issued, bank.code, transaction={"amount": "1"})

    def test_a_channel_may_be_told_by_its_word(self, bank: Bank) -> None:
        assert bank.issued(channel="sms").channel is Channel.SMS

    def test_a_code_of_text_never_vouches(self, bank: Bank) -> None:
        assert bank.issue(action="number_change_vouch").reason.code == "stronger_factor"

    def test_awaited_things_are_refused_by_a_service_that_awaits_nothing(self, bank: Bank) -> None:
        async def sink(event: object) -> None: ...

        class Queue:
            async def put(self, job: str) -> None: ...

        for wrong in (
            {"store": AsyncMemoryStore()},
            {"provider": AsyncSandboxProvider()},
            {"queue": Queue()},
            {"audit": sink},
        ):
            with pytest.raises(ConfigurationError):
                bank.again(**wrong)

    def test_a_time_out_of_the_provider_is_unsure_and_the_code_stays(self) -> None:
        class Lost(SandboxProvider):
            def submit(self, message: Message, deadline: datetime) -> SubmitResult:
                super().submit(message, deadline)
                raise TimeoutError

        bank = Bank(provider=Lost())
        issued = bank.issued()
        assert issued.unsure
        assert bank.kind(issued, bank.code) is VerdictKind.ACCEPTED
        assert bank.events[0].outcome == "unknown"

    def test_a_queue_that_raises_is_told_to_the_audit(self) -> None:
        class Broken:
            def put(self, job: str) -> None:
                raise ConnectionError

        bank = Bank(queue=Broken())
        with pytest.raises(ConnectionError):
            bank.issue()
        assert [one.outcome for one in bank.events] == ["not_queued"]

    def test_a_job_that_was_turned_into_a_call_is_refused(self) -> None:
        jobs = Jobs()
        bank = Bank(queue=jobs)
        bank.issued()
        with pytest.raises(CallerError):
            bank.otp.deliver(jobs[0].replace("#sms", "#voice"))
        assert bank.otp.deliver(jobs[0])

    def test_a_job_about_to_end_is_given_back_unsent(self) -> None:
        jobs = Jobs()
        bank = Bank(queue=jobs)
        bank.issued()
        bank.clock.move(timedelta(seconds=250))
        assert not bank.otp.deliver(jobs[0])
        assert (bank.texts, bank.events[-1].outcome) == ([], "ending")

    def test_a_road_that_is_not_there_charges_nothing(self) -> None:
        bank = Bank()
        issued = bank.issued(channel=Channel.VOICE)
        bank.clock.move(timedelta(seconds=61))
        bank.otp = bank.again(provider=SandboxProvider(channels=frozenset({Channel.SMS})))
        with pytest.raises(UnsupportedByProvider):
            bank.otp.resend(issued.challenge_id)
        assert isinstance(bank.otp.resend(issued.challenge_id, channel=Channel.SMS), Issued)

    def test_no_text_goes_to_a_landline_by_a_resend_or_an_alert(self, bank: Bank) -> None:
        landline = PhoneNumber.parse("+861065529988")
        issued = bank.issued(phone=landline, channel=Channel.VOICE)
        bank.clock.move(timedelta(seconds=61))
        assert bank.otp.resend(issued.challenge_id, channel=Channel.SMS).reason.code == "cannot_text"
        told = bank.otp.alert(
            "alert.security",
            subject="B-1",
            phone=landline,
            event_id="1",
            on=bank.clock.now().date(),
            event="new_login",
        )
        assert isinstance(told, Reason)
        assert [one.channel for one in bank.provider.outbox] == [Channel.VOICE]

    def test_what_a_provider_raises_reaches_the_host_and_the_audit(self) -> None:
        class Broken(SandboxProvider):
            def submit(self, message: Message, deadline: datetime) -> SubmitResult:
                raise KeyError("a mistake of the provider's")

        bank = Bank(provider=Broken())
        with pytest.raises(KeyError):
            bank.issue()
        assert [(one.outcome, one.detail) for one in bank.events] == [("unknown", "raised")]

    @pytest.mark.parametrize(
        "wrong", [{"answer_after": 0.2}, {"deadline_for": 5}, {"answer_after": timedelta(seconds=-1)}]
    )
    def test_spans_are_checked_when_the_service_is_built(self, bank: Bank, wrong: dict[str, object]) -> None:
        with pytest.raises(ConfigurationError, match="timedelta"):
            bank.again(**wrong)

    def test_other_mistakes_are_named(self, bank: Bank) -> None:
        issued = bank.issued()
        for act in (
            lambda: bank.issue(client="x"),
            lambda: bank.verify(issued, bank.code, client="x"),
            lambda: bank.otp.deliver(b"job"),
            lambda: bank.otp.deliver(None),
            lambda: bank.otp.alert(
                "alert.security", subject="B-1", phone="138", event_id="1", on=bank.clock.now().date()
            ),
        ):
            with pytest.raises(CallerError):
                act()

    def test_a_naive_clock_is_one_error(self, bank: Bank) -> None:
        class Naive:
            def now(self) -> datetime:
                return datetime(2026, 9, 24)

        with pytest.raises(CallerError, match="time zone"):
            bank.again(clock=Naive()).issue(subject="B-1", phone=PHONE, action="login")


class TestStrictCustomerAuthentication:
    def test_five_failures_whichever_number_the_code_went_to(self) -> None:
        bank = Bank(profile=profiles.PSD2_SCA)
        mine = bank.issued()
        theirs = bank.issued(number_confirmed=False, phone=OTHER_PHONE)
        wrong = other_than(bank.code)
        kinds = [bank.kind(one, wrong) for one in (mine, theirs) * 4]
        assert kinds.count(VerdictKind.WRONG) <= 5

    def test_a_misspelt_payment_needs_its_amount_too(self) -> None:
        bank = Bank(profile=profiles.PSD2_SCA)
        for action in ("Early_Repayment", "early_repayment ", "repay", "transfer"):
            assert bank.issue(action=action).reason.code == "transaction_needed"


class TestTenants:
    def test_a_code_and_grant_of_one_lender_are_nothing_at_another(self, bank: Bank) -> None:
        other = bank.again(lender=evolve(Lender.example(), group="another"))
        issued = bank.issued()
        code = bank.code
        asked = {"subject": "B-1", "action": "login"}
        assert other.verify(issued.challenge_id, code, **asked).kind is VerdictKind.WRONG
        assert isinstance(other.resend(issued.challenge_id), Refused)
        grant = bank.verify(issued, code).grant
        assert not other.redeem(grant.id, **asked)
        assert bank.otp.redeem(grant.id, **asked)


class TestKeys:
    def test_old_codes_verify_under_the_old_key_while_it_is_in_the_ring(self, bank: Bank) -> None:
        issued = bank.issued()
        bank.otp = bank.again(keys=ring("k2"))
        assert bank.kind(issued, bank.code) is VerdictKind.ACCEPTED

    def test_a_retired_key_accepts_nothing_and_counts(self, bank: Bank) -> None:
        issued = bank.issued()
        code = bank.code
        bank.otp = bank.again(keys=KeyRing({"k2": b"2" * 32}, current="k2", index={"i1": b"i" * 32}))
        assert bank.kind(issued, code) is VerdictKind.WRONG
        assert bank.otp.resend(issued.challenge_id).reason.code == "key_retired"

    def test_rotating_the_index_keeps_limits_and_failures(self, bank: Bank) -> None:
        issued = bank.issued()
        for _ in range(5):
            bank.verify(issued, bank.wrong)
        bank.otp = bank.again(keys=ring(i1=b"i" * 32, i2=b"j" * 32))
        assert bank.kind(issued, bank.code) is VerdictKind.LOCKED
        bank.clock.move(timedelta(hours=2))
        fresh = bank.issued()
        for _ in range(2):
            bank.verify(fresh, bank.wrong)
        bank.otp = bank.again(keys=ring(i2=b"j" * 32))
        assert isinstance(bank.issue(), Refused)


class TestTheQueue:
    def test_carries_no_code_and_each_job_is_sent_once(self) -> None:
        jobs = Jobs()
        bank = Bank(queue=jobs)
        issued = bank.issued()
        assert not issued.submitted
        assert bank.texts == []
        assert [bank.otp.deliver(jobs[0]) for _ in range(3)] == [True, False, False]
        assert len(bank.texts) == 1
        assert bank.code not in jobs[0]
        assert bank.kind(issued, bank.code) is VerdictKind.ACCEPTED
        with pytest.raises(CallerError):
            bank.otp.deliver("nonsense")

    def test_a_job_that_comes_too_late_is_not_sent(self) -> None:
        jobs = Jobs()
        bank = Bank(queue=jobs)
        bank.issued()
        bank.clock.move(timedelta(seconds=300))
        assert not bank.otp.deliver(jobs[0])
        assert bank.texts == []


class TestWhatTheAuditIsTold:
    def test_is_every_reason_and_no_phone_code_or_subject(self, bank: Bank) -> None:
        issued = bank.issued(action="early_repayment", transaction=PAYMENT)
        code = bank.code
        bank.verify(issued, other_than(code), action="early_repayment", transaction=PAYMENT)
        bank.issue()
        grant = bank.verify(issued, code, action="early_repayment", transaction=PAYMENT).grant
        bank.otp.redeem(grant.id, subject="B-1", action="early_repayment", transaction=PAYMENT)
        bank.otp.decoy("B-404")
        assert [(one.act, one.outcome) for one in bank.events] == [
            ("issue", "submitted"),
            ("verify", "wrong"),
            ("issue", "full_phone"),
            ("verify", "accepted"),
            ("redeem", "redeemed"),
            ("issue", "decoy"),
        ]
        said = repr(bank.events)
        for secret in (code, "13800138000", "B-1'", grant.id, PAYMENT.payee, "203.0.113.7", "d-1"):
            assert secret not in said


class TestBuilding:
    def test_the_example_lender_speaks_to_nobody_real(self) -> None:
        class Gateway(SandboxProvider):
            name = "gateway"

        with pytest.raises(ConfigurationError):
            Bank(provider=Gateway())

    def test_two_borrowers_with_one_phone_are_apart(self, bank: Bank) -> None:
        mine = bank.issued(subject="B-1")
        bank.clock.move(timedelta(seconds=61))
        theirs = bank.issued(subject="B-2", client=Client(device="d-2"))
        assert bank.kind(mine, bank.code) is VerdictKind.WRONG
        assert bank.kind(theirs, bank.code, subject="B-2") is VerdictKind.ACCEPTED

    def test_another_number_of_the_borrower_gets_another_code(self, bank: Bank) -> None:
        bank.issued()
        bank.issued(phone=OTHER_PHONE)
        assert code_in(bank.texts[0]) != code_in(bank.texts[1])

    def test_a_store_forgets_what_is_over(self) -> None:
        bank = Bank()
        store = bank.settings["store"]
        assert isinstance(store, MemoryStore)
        bank.issued()
        bank.clock.move(timedelta(days=100))
        assert store.forget_codes() > 0
        assert store.forget_codes() == 0
