"""A borrower's number changes hands only with both numbers told and proved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.services.otp_parts import OTHER_PHONE, PHONE, Bank, code_in, other_than
from tests.services.test_totp import token_of

from loansms import NumberChangeService
from loansms.errors import CallerError
from loansms.otp import Issued, Refused, VerdictKind
from loansms.otp.number_change import ACTION_OLD, NumberChange, Stage, binding, cooling_until
from loansms.otp.totp import Authenticator
from loansms.privacy import Secret


@pytest.fixture
def bank() -> Bank:
    return Bank()


def told(bank: Bank) -> list[tuple[str, str]]:
    return [(one.template, one.to.masked) for one in bank.provider.outbox]


def service(bank: Bank) -> NumberChangeService:
    return NumberChangeService(bank.otp, clock=bank.clock)


def test_the_whole_way(bank: Bank) -> None:
    desk = service(bank)
    change, first = desk.begin(subject="B-1", old=PHONE, new=OTHER_PHONE)
    assert isinstance(change, NumberChange)
    assert isinstance(first, Issued)
    assert told(bank) == [
        ("alert.number_change_requested", PHONE.masked),
        ("otp.code", PHONE.masked),
    ]
    verdict, vouched, second = desk.confirm(change, first.challenge_id, bank.code)
    assert verdict.kind is VerdictKind.ACCEPTED
    assert isinstance(vouched, NumberChange)
    assert isinstance(second, Issued)
    assert told(bank)[2:] == [("otp.code", OTHER_PHONE.masked)]
    _, ready, nothing = desk.confirm(vouched, second.challenge_id, bank.code)
    assert isinstance(ready, NumberChange)
    assert nothing is None
    done = desk.complete(ready)
    assert isinstance(done, NumberChange)
    assert done.stage is Stage.COMPLETED
    assert cooling_until(done) == bank.clock.now() + timedelta(hours=72)
    assert told(bank)[3:] == [
        ("alert.number_changed", PHONE.masked),
        ("alert.number_changed", OTHER_PHONE.masked),
    ]


def test_a_wrong_code_changes_nothing_and_is_counted(bank: Bank) -> None:
    desk = service(bank)
    change, first = desk.begin(subject="B-1", old=PHONE, new=OTHER_PHONE)
    assert isinstance(change, NumberChange)
    assert isinstance(first, Issued)
    for _ in range(5):
        verdict, same, _ = desk.confirm(change, first.challenge_id, other_than(bank.code))
        assert verdict.kind is VerdictKind.WRONG
        assert same == change
    assert desk.confirm(change, first.challenge_id, bank.code)[0].kind is VerdictKind.LOCKED


def test_a_code_read_out_for_one_change_confirms_no_other(bank: Bank) -> None:
    desk = service(bank)
    mine, first = desk.begin(subject="B-1", old=PHONE, new=OTHER_PHONE)
    assert isinstance(mine, NumberChange)
    assert isinstance(first, Issued)
    thief = NumberChange(
        subject="B-1",
        old=PHONE,
        new=type(PHONE).parse("17400000099", region="CN"),
        requested_at=bank.clock.now(),
    )
    assert desk.confirm(thief, first.challenge_id, bank.code)[0].kind is VerdictKind.WRONG


def test_the_new_number_gets_no_code_before_the_old_one_agrees(bank: Bank) -> None:
    desk = service(bank)
    desk.begin(subject="B-1", old=PHONE, new=OTHER_PHONE)
    assert all(masked == PHONE.masked for _, masked in told(bank))


def test_nothing_completes_unproved(bank: Bank) -> None:
    desk = service(bank)
    change, _ = desk.begin(subject="B-1", old=PHONE, new=OTHER_PHONE)
    assert isinstance(change, NumberChange)
    before = len(bank.texts)
    assert isinstance(desk.complete(change), Refused)
    assert len(bank.texts) == before


def test_a_stronger_factor_stands_in_for_a_lost_number(bank: Bank) -> None:
    desk = service(bank)
    change, _ = desk.begin(subject="B-1", old=PHONE, new=OTHER_PHONE)
    assert isinstance(change, NumberChange)
    kept = Authenticator(id="A-1", secret=Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))
    bound = binding(PHONE, OTHER_PHONE)
    verdict = bank.otp.verify_totp(
        kept, token_of(kept, bank.clock.now()), subject="B-1", action=ACTION_OLD, binding=bound
    )
    assert verdict.grant is not None
    vouched, issued = desk.vouch(change, verdict.grant.id)
    assert isinstance(vouched, NumberChange)
    assert vouched.confirmed_by == "stronger_factor"
    assert isinstance(issued, Issued)
    assert desk.vouch(change, verdict.grant.id) == (change, None)


def test_while_it_cools_there_is_no_second_change(bank: Bank) -> None:
    until = bank.clock.now() + timedelta(hours=1)
    refused, nothing = service(bank).begin(subject="B-1", old=PHONE, new=OTHER_PHONE, cools_until=until)
    assert isinstance(refused, Refused)
    assert refused.retry_at == until
    assert nothing is None
    assert bank.texts == []


def test_a_cancelled_change_asks_for_no_code(bank: Bank) -> None:
    desk = service(bank)
    change, first = desk.begin(subject="B-1", old=PHONE, new=OTHER_PHONE)
    assert isinstance(change, NumberChange)
    assert isinstance(first, Issued)
    cancelled = desk.cancel(change)
    assert isinstance(cancelled, NumberChange)
    with pytest.raises(CallerError):
        desk.confirm(cancelled, first.challenge_id, code_in(bank.texts[-1]))
