"""The roads out: what a provider must do, the seeded sandbox, and the spool that writes to a file."""

from loansms.providers.aio import AsyncSandboxProvider, AsyncSpoolProvider
from loansms.providers.base import (
    AsyncProvider,
    AsyncSupportsInbound,
    AsyncSupportsReceipts,
    Provider,
    SupportsInbound,
    SupportsReceipts,
    require_channel,
)
from loansms.providers.sandbox import SandboxProvider, Submitted
from loansms.providers.spec import parse
from loansms.providers.spool import SpoolProvider

__all__ = [
    "AsyncProvider",
    "AsyncSandboxProvider",
    "AsyncSpoolProvider",
    "AsyncSupportsInbound",
    "AsyncSupportsReceipts",
    "Provider",
    "SandboxProvider",
    "SpoolProvider",
    "Submitted",
    "SupportsInbound",
    "SupportsReceipts",
    "parse",
    "require_channel",
]
