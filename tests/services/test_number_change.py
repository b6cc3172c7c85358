"""A borrower's number changes hands only with both numbers told and proved."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from tests.services.otp_parts import CLIENT, OTHER_PHONE, PHONE, Bank, code_in, other_than, ring
from tests.services.test_totp import token_of

from loansms import AsyncNumberChangeService, AsyncOtpService, NumberChangeService, PhoneNumber
from loansms.errors import CallerError
from loansms.model import Accepted, Message, Purpose, Reason, Rejected, SubmitResult
from loansms.otp import Issued, Refused, VerdictKind
from loansms.otp.number_change import (
    ACTION_NEW,
    ACTION_OLD,
    ACTION_VOUCH,
    ALERT_CHANGED,
    NumberChange,
    NumberChangeStep,
    Stage,
    cooling_until,
)
from loansms.otp.totp import Authenticator
from loansms.privacy import KeyRing, Secret
from loansms.providers import AsyncSandboxProvider, SandboxProvider
from loansms.stores import AsyncMemoryStore

KEPT = Authenticator(id="A-1", secret=Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))
LANDLINE = PhoneNumber.parse("01062345678", region="CN")


class Dead(SandboxProvider):
    """A gateway that takes codes and refuses every alert, until it is mended."""

    mended = False

    def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        if message.purpose is Purpose.SECURITY_ALERT and not self.mended:
            return Rejected("absent")
        return super().submit(message, deadline)


@pytest.fixture
def bank() -> Bank:
    return Bank()


def told(bank: Bank) -> list[tuple[str, str]]:
    return [(one.template, one.to.masked) for one in bank.provider.outbox]


def service(bank: Bank) -> NumberChangeService:
    return NumberChangeService(bank.otp, clock=bank.clock)


def change_of(step: NumberChangeStep) -> NumberChange:
    assert isinstance(step.change, NumberChange), step.change
    return step.change


def code_of(step: NumberChangeStep) -> Issued:
    assert isinstance(step.issued, Issued), step.issued
    return step.issued


def kind_of(step: NumberChangeStep) -> VerdictKind:
    assert step.verdict is not None
    return step.verdict.kind


def begun(bank: Bank, old: PhoneNumber = PHONE) -> NumberChangeStep:
    return service(bank).begin(subject="B-1", old=old, new=OTHER_PHONE)


def proved(bank: Bank) -> NumberChange:
    """Return a change that both numbers have confirmed."""
    step = begun(bank)
    for _ in range(2):
        step = service(bank).confirm(change_of(step), code_of(step).challenge_id, bank.code)
    return change_of(step)


def vouching_grant(bank: Bank, change: NumberChange, **other: str) -> str:
    asked = {"subject": "B-1", "action": ACTION_VOUCH, "binding": change.binding, **other}
    verdict = bank.otp.verify_totp(KEPT, token_of(KEPT, bank.clock.now()), **asked)
    assert verdict.grant is not None
    return verdict.grant.id


def test_the_whole_way(bank: Bank) -> None:
    desk = service(bank)
    asked = begun(bank)
    assert told(bank) == [
        ("alert.number_change_requested", PHONE.masked),
        ("otp.code", PHONE.masked),
    ]
    assert asked.verdict is None
    vouched = desk.confirm(change_of(asked), code_of(asked).challenge_id, bank.code)
    assert kind_of(vouched) is VerdictKind.ACCEPTED
    assert told(bank)[2:] == [("otp.code", OTHER_PHONE.masked)]
    ready = desk.confirm(change_of(vouched), code_of(vouched).challenge_id, bank.code)
    assert change_of(ready).stage is Stage.READY
    assert ready.issued is None
    done = desk.complete(change_of(ready))
    assert change_of(done).stage is Stage.COMPLETED
    assert cooling_until(change_of(done)) == bank.clock.now() + timedelta(hours=72)
    assert told(bank)[3:] == [
        ("alert.number_changed", PHONE.masked),
        ("alert.number_changed", OTHER_PHONE.masked),
    ]
    for step in (asked, done):
        assert all(isinstance(one.outcome, Accepted) for one in step.alerts)
        assert step.untold == ()


def test_a_change_completes_though_nobody_can_be_told_and_says_so(bank: Bank) -> None:
    bank = Bank(provider=Dead(clock=bank.clock))
    done = service(bank).complete(proved(bank))
    assert change_of(done).stage is Stage.COMPLETED
    assert done.untold == (PHONE, OTHER_PHONE)
    assert [one.outcome for one in done.alerts] == [Rejected("absent")] * 2


def test_completing_again_tells_those_who_were_not_told(bank: Bank) -> None:
    bank = Bank(provider=Dead(clock=bank.clock))
    ready = proved(bank)
    assert service(bank).complete(ready).untold == (PHONE, OTHER_PHONE)
    bank.provider.mended = True
    assert service(bank).complete(ready).untold == ()
    assert told(bank)[-2:] == [(ALERT_CHANGED, PHONE.masked), (ALERT_CHANGED, OTHER_PHONE.masked)]


def test_an_asked_change_says_that_its_alert_was_refused(bank: Bank) -> None:
    asked = begun(Bank(provider=Dead(clock=bank.clock)))
    assert asked.untold == (PHONE,)
    assert isinstance(asked.issued, Issued)


def test_an_old_landline_is_called_and_named_as_untold(bank: Bank) -> None:
    asked = begun(bank, LANDLINE)
    assert asked.untold == (LANDLINE,)
    assert isinstance(asked.alerts[0].outcome, Reason)
    assert told(bank) == [("otp.voice", LANDLINE.masked)]


def test_asking_again_and_again_texts_one_alert(bank: Bank) -> None:
    steps = []
    for _ in range(60):
        steps.append(begun(bank))
        bank.clock.move(timedelta(seconds=1))
    assert [template for template, _ in told(bank)].count("alert.number_change_requested") == 1
    assert [one.outcome for step in steps[1:] for one in step.alerts] == [None] * 59
    assert steps[-1].untold == ()


def test_completing_twice_tells_nobody_twice(bank: Bank) -> None:
    ready = proved(bank)
    for _ in range(2):
        service(bank).complete(ready)
    assert [template for template, _ in told(bank)].count(ALERT_CHANGED) == 2


def test_a_wrong_code_changes_nothing_and_is_counted(bank: Bank) -> None:
    desk = service(bank)
    asked = begun(bank)
    for _ in range(5):
        step = desk.confirm(change_of(asked), code_of(asked).challenge_id, other_than(bank.code))
        assert kind_of(step) is VerdictKind.WRONG
        assert step.change == asked.change
        assert step.issued is None
    locked = desk.confirm(change_of(asked), code_of(asked).challenge_id, bank.code)
    assert kind_of(locked) is VerdictKind.LOCKED


def test_a_code_read_out_for_one_change_confirms_no_other(bank: Bank) -> None:
    asked = begun(bank)
    thief = NumberChange(
        subject="B-1",
        old=PHONE,
        new=PhoneNumber.parse("17400000099", region="CN"),
        requested_at=bank.clock.now(),
    )
    step = service(bank).confirm(thief, code_of(asked).challenge_id, bank.code)
    assert kind_of(step) is VerdictKind.WRONG
    assert step.change == thief


def test_a_code_of_a_cancelled_change_confirms_not_the_next_of_the_same_numbers(bank: Bank) -> None:
    desk = service(bank)
    first = desk.begin(subject="B-1", old=PHONE, new=OTHER_PHONE, client=CLIENT)
    desk.cancel(change_of(first))
    bank.clock.move(timedelta(seconds=1))
    # Another device, so that the first code is not superseded but still alive.
    second = begun(bank)
    step = desk.confirm(change_of(second), code_of(first).challenge_id, code_in(bank.texts[1]), client=CLIENT)
    assert kind_of(step) is VerdictKind.WRONG
    assert step.change == second.change


def test_the_new_number_gets_no_code_before_the_old_one_agrees(bank: Bank) -> None:
    begun(bank)
    assert all(masked == PHONE.masked for _, masked in told(bank))


def test_nothing_completes_unproved(bank: Bank) -> None:
    change = change_of(begun(bank))
    before = len(bank.texts)
    done = service(bank).complete(change)
    assert isinstance(done.change, Refused)
    assert done.alerts == ()
    assert len(bank.texts) == before


def test_a_stronger_factor_stands_in_for_a_lost_number(bank: Bank) -> None:
    desk = service(bank)
    change = change_of(begun(bank))
    grant = vouching_grant(bank, change)
    step = desk.vouch(change, grant)
    assert change_of(step).confirmed_by == "stronger_factor"
    assert code_of(step).masked_phone == OTHER_PHONE.masked
    assert desk.vouch(change, grant) == NumberChangeStep(change=change)


@pytest.mark.parametrize("action", [ACTION_OLD, ACTION_NEW])
def test_a_texted_code_vouches_for_nothing(bank: Bank, action: str) -> None:
    change = change_of(begun(bank))
    bank.clock.move(timedelta(minutes=2))
    issued = bank.issued(action=action, binding=change.binding)
    verdict = bank.verify(issued, bank.code, action=action, binding=change.binding)
    before = len(bank.texts)
    assert service(bank).vouch(change, verdict.grant.id) == NumberChangeStep(change=change)
    assert len(bank.texts) == before


def test_a_stronger_factor_vouches_for_its_own_change_alone(bank: Bank) -> None:
    change = change_of(begun(bank))
    bank.clock.move(timedelta(seconds=1))
    later = change_of(begun(bank))
    assert service(bank).vouch(later, vouching_grant(bank, change)).change == later
    bank.clock.move(timedelta(seconds=60))
    for other in ({"action": ACTION_OLD}, {"subject": "B-2"}):
        grant = vouching_grant(bank, change, **other)
        assert service(bank).vouch(change, grant).change == change
        bank.clock.move(timedelta(seconds=60))


def test_while_it_cools_there_is_no_second_change(bank: Bank) -> None:
    until = bank.clock.now() + timedelta(hours=1)
    step = service(bank).begin(subject="B-1", old=PHONE, new=OTHER_PHONE, cools_until=until)
    assert isinstance(step.change, Refused)
    assert step.change.retry_at == until
    assert (step.issued, step.alerts) == (None, ())
    assert bank.texts == []


def test_a_cancelled_change_asks_for_no_code(bank: Bank) -> None:
    desk = service(bank)
    asked = begun(bank)
    cancelled = desk.cancel(change_of(asked))
    assert isinstance(cancelled, NumberChange)
    with pytest.raises(CallerError):
        desk.confirm(cancelled, code_of(asked).challenge_id, code_in(bank.texts[-1]))


def test_a_change_is_kept_over_a_restart_and_a_rotation(bank: Bank) -> None:
    asked = begun(bank)
    token = service(bank).keep(change_of(asked))
    bank.otp = bank.again(keys=ring("k2"))
    change = service(bank).kept(token)
    assert change == asked.change
    step = service(bank).confirm(change, code_of(asked).challenge_id, bank.code)
    assert change_of(step).stage is Stage.VOUCHED


def test_a_token_of_another_ring_or_changed_is_none(bank: Bank) -> None:
    desk = service(bank)
    change = change_of(begun(bank))
    token = desk.keep(change)
    assert desk.keep(change) != token
    assert desk.kept(token[:-4]) is None
    bank.otp = bank.again(keys=KeyRing({"k1": b"9" * 32}, current="k1", index={"i1": b"i" * 32}))
    assert service(bank).kept(token) is None


def test_the_awaited_face_goes_the_same_way(bank: Bank) -> None:
    provider = AsyncSandboxProvider(clock=bank.clock)
    awaited = {**bank.settings, "store": AsyncMemoryStore(clock=bank.clock), "provider": provider}
    desk = AsyncNumberChangeService(AsyncOtpService(**awaited), clock=bank.clock)

    async def whole_way() -> NumberChangeStep:
        step = await desk.begin(subject="B-1", old=PHONE, new=OTHER_PHONE)
        for _ in range(2):
            change = desk.kept(desk.keep(change_of(step)))
            assert change is not None
            code = code_in(str(provider.outbox[-1].text))
            step = await desk.confirm(change, code_of(step).challenge_id, code)
        return await desk.complete(change_of(step))

    done = asyncio.run(whole_way())
    assert change_of(done).stage is Stage.COMPLETED
    assert [one.phone for one in done.alerts] == [PHONE, OTHER_PHONE]
    assert done.untold == ()
