"""Every log of the whole run is watched: a code or a number in one fails the test that told it."""

from __future__ import annotations

import logging

import pytest


@pytest.mark.parametrize(
    "secret",
    [
        "839201",
        "code:839201",
        "your code is 839201.",
        "-839201",
        "13912345678",
        "+8613912345678",
        "验证码839201，用于登录",
        "13800138000",
        "+12025550123",
        "17400000001",
    ],
)
def test_a_logger_that_tells_a_secret_fails_its_test(secret: str) -> None:
    with pytest.raises(AssertionError, match="was told"):
        logging.getLogger("loansms.anything").debug("sent %s", secret)


def test_times_ports_and_ids_may_be_told() -> None:
    logging.getLogger("asyncio").debug("took 0.839201 s at 127.0.0.1:54321, job 0a1b2c")
