"""The sandbox and the spool pass the suite that ships to authors of providers."""

from __future__ import annotations

from pathlib import Path

import pytest

from loansms.model import Channel
from loansms.providers import Provider, SandboxProvider, SpoolProvider
from loansms.testing import ProviderSuite


class TestSandbox(ProviderSuite):
    def make_provider(self) -> Provider:
        return SandboxProvider(seed=3, reply_rate=0.5)


class TestSandboxOfOneChannel(ProviderSuite):
    def make_provider(self) -> Provider:
        return SandboxProvider(channels=frozenset({Channel.SMS}))


class TestSpool(ProviderSuite):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def make_provider(self) -> Provider:
        return SpoolProvider(self.folder)
