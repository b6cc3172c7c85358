"""A kept authenticator stands in for a code: same budgets, same grants, each step once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pyotp import TOTP
from tests.services.otp_parts import CLIENT, PAYMENT, PHONE, Bank, other_than, ring

from loansms.errors import ConfigurationError
from loansms.model import Accepted
from loansms.otp import VerdictKind, profiles
from loansms.otp.totp import Authenticator
from loansms.privacy import Secret

KEPT = Authenticator(id="A-1", secret=Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))


def token_of(kept: Authenticator, at: datetime) -> str:
    return TOTP(kept.secret.reveal()).at(at)


@pytest.fixture
def bank() -> Bank:
    return Bank()


def kind(bank: Bank, code: str, **changes: object) -> VerdictKind:
    asked: dict[str, object] = {"subject": "B-1", "action": "login", "client": CLIENT, **changes}
    return bank.otp.verify_totp(KEPT, code, **asked).kind


def test_a_step_is_accepted_once_and_gives_a_grant_for_its_action(bank: Bank) -> None:
    code = token_of(KEPT, bank.clock.now())
    verdict = bank.otp.verify_totp(KEPT, code, subject="B-1", action="login")
    assert verdict.kind is VerdictKind.ACCEPTED
    assert not bank.otp.redeem(verdict.grant.id, subject="B-1", action="early_repayment")
    assert bank.otp.redeem(verdict.grant.id, subject="B-1", action="login")
    assert kind(bank, code) is VerdictKind.SUPERSEDED
    assert kind(bank, code, action="early_repayment") is VerdictKind.SUPERSEDED
    bank.clock.move(timedelta(seconds=30))
    assert kind(bank, code) is VerdictKind.SUPERSEDED
    assert kind(bank, token_of(KEPT, bank.clock.now())) is VerdictKind.ACCEPTED


def test_a_replay_is_refused_over_a_rotation_of_the_keys(bank: Bank) -> None:
    code = token_of(KEPT, bank.clock.now())
    assert kind(bank, code) is VerdictKind.ACCEPTED
    bank.otp = bank.again(keys=ring("k2"))
    assert kind(bank, code) is VerdictKind.SUPERSEDED


def test_a_clock_may_drift_one_step_and_no_more(bank: Bank) -> None:
    now = bank.clock.now()
    assert kind(bank, token_of(KEPT, now - timedelta(seconds=30))) is VerdictKind.ACCEPTED
    assert kind(bank, token_of(KEPT, now + timedelta(seconds=30))) is VerdictKind.ACCEPTED
    assert kind(bank, token_of(KEPT, now - timedelta(seconds=60))) is VerdictKind.WRONG


def test_wrong_codes_share_the_budget_of_texted_ones(bank: Bank) -> None:
    issued = bank.issued()
    for _ in range(3):
        assert bank.kind(issued, bank.wrong) is VerdictKind.WRONG
    code = token_of(KEPT, bank.clock.now())
    for bad in (other_than(code), ""):
        assert kind(bank, bad) is VerdictKind.WRONG
    assert kind(bank, code) is VerdictKind.LOCKED
    assert bank.kind(issued, bank.code) is VerdictKind.LOCKED


def test_it_does_not_supersede_a_texted_code(bank: Bank) -> None:
    issued = bank.issued()
    assert kind(bank, token_of(KEPT, bank.clock.now())) is VerdictKind.ACCEPTED
    assert bank.kind(issued, bank.code) is VerdictKind.ACCEPTED


def test_it_confirms_no_payment_where_the_profile_wants_the_binding() -> None:
    bank = Bank(profile=profiles.PSD2_SCA)
    code = token_of(KEPT, bank.clock.now())
    with pytest.raises(ConfigurationError) as told:
        bank.otp.verify_totp(KEPT, code, subject="B-1", action="early_repayment", transaction=PAYMENT)
    assert "art. 5" in str(told.value)
    assert kind(bank, code) is VerdictKind.ACCEPTED


def test_an_alert_is_told_once(bank: Bank) -> None:
    alert = {
        "subject": "B-1",
        "phone": PHONE,
        "event_id": "login 1",
        "on": bank.clock.now().date(),
        "event": "new_login",
    }
    assert isinstance(bank.otp.alert("alert.security", **alert), Accepted)
    assert bank.otp.alert("alert.security", **alert) is None
    assert isinstance(bank.otp.alert("alert.security", **{**alert, "event_id": "login 2"}), Accepted)
    assert len(bank.texts) == 2
