"""Twilio over HTTP passes the suite that every provider of this library passes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loansms.clock import FrozenClock
from loansms.privacy import Secret
from loansms.providers import Provider
from loansms.providers.http import HttpSettings, http_provider
from loansms.providers.twilio import TwilioCodec
from loansms.testing import ProviderSuite
from loansms.testing.examples import AT
from loansms.testing.fake_twilio import FakeTwilio


class TestTwilioProvider(ProviderSuite):
    @pytest.fixture(autouse=True)
    def _open(self) -> Iterator[None]:
        with FakeTwilio() as gateway:
            codec = TwilioCodec(
                account_sid=gateway.account_sid,
                auth_token=Secret(gateway.token),
                sender="+12025550100",
                url=gateway.url,
            )
            settings = HttpSettings(private_line=True, reuse=True)
            with http_provider(codec, settings, clock=FrozenClock(AT)) as self.provider:
                yield

    def make_provider(self) -> Provider:
        return self.provider
