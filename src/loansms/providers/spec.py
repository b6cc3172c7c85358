"""The provider a command line names: `sandbox`, `sandbox:SEED` or `spool:DIR`.

>>> from datetime import UTC, datetime
>>> from loansms.clock import FrozenClock
>>> parse("sandbox:7", clock=FrozenClock(datetime(2026, 9, 24, tzinfo=UTC)))
SandboxProvider(seed=7, submitted=0)
>>> parse("carrier.toml")
Traceback (most recent call last):
loansms.errors.ConfigurationError: provider carrier.toml: providers declared in a file are not part of this \
version; expected sandbox[:SEED] or spool:DIR
"""

from __future__ import annotations

import re

from loansms.clock import Clock
from loansms.errors import ConfigurationError
from loansms.providers.base import Provider
from loansms.providers.sandbox import SandboxProvider
from loansms.providers.spool import SpoolProvider

_EXPECTED = "expected sandbox[:SEED] or spool:DIR"
_EXPECTED_ZH = "应为 sandbox[:种子] 或 spool:目录"


def parse(spec: str, clock: Clock | None = None) -> Provider:
    """Return the provider `spec` names, with `clock`; raise ConfigurationError for any other word."""
    kind, _, rest = spec.partition(":")
    if kind == "sandbox":
        return SandboxProvider(_seed(spec, rest) if ":" in spec else 0, clock)
    if kind == "spool":
        if not rest.strip():
            raise ConfigurationError(
                f"provider {spec}: no folder after spool:; {_EXPECTED}",
                f"通道 {spec}：spool: 后缺少目录；{_EXPECTED_ZH}",
            )
        return SpoolProvider(rest, clock)
    if spec.endswith(".toml"):
        raise ConfigurationError(
            f"provider {spec}: providers declared in a file are not part of this version; {_EXPECTED}",
            f"通道 {spec}：本版本不含文件声明的通道；{_EXPECTED_ZH}",
        )
    raise ConfigurationError(f"provider {spec}: {_EXPECTED}", f"通道 {spec}：{_EXPECTED_ZH}")


def _seed(spec: str, rest: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", rest):
        raise ConfigurationError(
            f"provider {spec}: the seed must be a whole number, such as sandbox:7",
            f"通道 {spec}：种子应为整数，例如 sandbox:7",
        )
    return int(rest)
