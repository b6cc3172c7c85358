"""A line in the clear must be said to be private, and verification is never half off."""

from __future__ import annotations

import ssl

import pytest

from loansms.errors import ConfigurationError
from loansms.privacy import Secret
from loansms.providers.carrier.settings import LineSettings, Listening


def test_a_line_in_the_clear_must_be_said_to_be_private() -> None:
    with pytest.raises(ConfigurationError, match="private_line=True") as told:
        LineSettings(host="127.0.0.1", port=7890)
    assert "private_line=True" in told.value.told("zh-CN")
    assert LineSettings(host="127.0.0.1", port=7890, private_line=True).private_line
    assert not LineSettings(host="127.0.0.1", port=7890, tls=ssl.create_default_context()).private_line


@pytest.mark.parametrize("mode", [ssl.CERT_NONE, ssl.CERT_REQUIRED])
def test_a_context_that_verifies_nothing_or_no_name_is_refused(mode: ssl.VerifyMode) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = mode
    with pytest.raises(ConfigurationError, match="verify"):
        LineSettings(host="127.0.0.1", port=7890, tls=context, private_line=True)


def test_a_port_of_ours_in_the_clear_must_be_on_a_private_line_too() -> None:
    ours = Listening(host="127.0.0.1", port=0, name="smg", secret=Secret("example"))
    with pytest.raises(ConfigurationError):
        LineSettings(host="127.0.0.1", port=8801, tls=ssl.create_default_context(), listening=ours)
    assert "example" not in repr(ours)


@pytest.mark.parametrize("wrong", [{"window": 0}, {"rate": 0}, {"connections": 0}, {"tries": 0}, {"held": 0}])
def test_a_setting_that_cannot_work_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        LineSettings(host="127.0.0.1", port=7890, private_line=True, **wrong)
