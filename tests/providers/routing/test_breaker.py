"""What a road is closed for, and for how long: a full line is not a wrong secret."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loansms.clock import FrozenClock
from loansms.model import Accepted, Rejected, Unknown
from loansms.providers._sync.router import goes_elsewhere
from loansms.providers.alerts import told_of
from loansms.providers.router import RouteAlert
from loansms.providers.routing.breaker import Breaker
from loansms.providers.taxonomy import refusal, refused_login
from loansms.testing.examples import AT


@pytest.mark.parametrize(
    ("table", "code", "why", "seconds"),
    [
        ("cmpp_connect", "3", "secret", 300),
        ("cmpp_connect", "2", "address", 300),
        ("cmpp_connect", "4", "version", 300),
        ("smgp_status", "2", "connections", 30),
        ("sgip_error", "3", "connections", 30),
        ("smpp_command_status", "0x0000000E", "secret", 300),
        ("smpp_command_status", "0x0000000D", "auth_error", 300),
    ],
)
def test_a_full_line_is_told_from_a_wrong_secret(table: str, code: str, why: str, seconds: int) -> None:
    """A secret stays wrong until somebody changes it; a line is free again when a connection ends."""
    refused = refused_login(table, code)
    breaker = Breaker()
    assert goes_elsewhere(refused)
    assert refused.code == f"login_{code}"
    assert breaker.note("a", refused, AT) == why
    assert breaker.closed(AT + timedelta(seconds=seconds - 1)) == {"a"}
    assert breaker.closed(AT + timedelta(seconds=seconds)) == frozenset()


@pytest.mark.parametrize(
    ("table", "code", "access"),
    [
        ("alibaba", "SignatureDoesNotMatch", "secret"),
        ("alibaba", "isv.DENY_IP_RANGE", "address"),
        ("alibaba", "InvalidTimeStamp.Expired", "clock"),
        ("tencent", "UnauthorizedOperation.RequestIpNotInWhitelist", "address"),
        ("tencent", "UnauthorizedOperation.SomethingNew", "permission"),
        ("tencent", "UnauthorizedOperation.ServiceSuspendDueToArrears", ""),
        ("huawei", "E000003", "secret"),
        ("alibaba", "isv.AMOUNT_NOT_ENOUGH", ""),
        ("smgp_status", "2", ""),
    ],
)
def test_what_was_wrong_with_our_access_is_kept_beside_the_gateways_code(
    table: str, code: str, access: str
) -> None:
    told = refusal(table, code)
    assert isinstance(told, Rejected)
    assert (told.code, told.access) == (code, access)


def test_after_its_rest_one_message_tries_a_road() -> None:
    """The others do not all run into what may still be broken."""
    clock = FrozenClock(AT)
    breaker = Breaker(failures=1)
    assert breaker.note("a", Unknown("timeout"), clock.now()) == "failures"
    clock.move(timedelta(seconds=31))
    assert [breaker.probe("a", clock.now()) for _ in range(3)] == [True, False, False]
    breaker.note("a", Accepted("p"), clock.now())
    assert breaker.probe("a", clock.now())


@pytest.mark.parametrize(
    "why", ["secret", "address", "version", "clock", "permission", "connections", "receipts"]
)
def test_an_alert_says_what_is_wrong_in_words(why: str) -> None:
    """And that a road tells no reports is not told as its rest."""
    title, text = told_of(RouteAlert("line-a", why, AT))
    assert title == ("loansms: line-a tells no reports" if why == "receipts" else "loansms: line-a rests")
    assert "line-a" in text
    assert not text.endswith(f": {why}.")
