"""The provider a command line names: `sandbox`, `sandbox:SEED`, `spool:DIR` or `FILE.toml`.

>>> from datetime import UTC, datetime
>>> from loansms.clock import FrozenClock
>>> parse("sandbox:7", clock=FrozenClock(datetime(2026, 9, 24, tzinfo=UTC)))
SandboxProvider(seed=7, submitted=0)
>>> parse("carrier.toml")
Traceback (most recent call last):
loansms.errors.ConfigurationError: provider carrier.toml: no such file; expected a TOML file
"""

from __future__ import annotations

import re

from loansms.clock import Clock
from loansms.errors import ConfigurationError
from loansms.providers.base import Provider
from loansms.providers.sandbox import SandboxProvider
from loansms.providers.spool import SpoolProvider

_EXPECTED = "expected sandbox[:SEED], spool:DIR or FILE.toml"
_EXPECTED_ZH = "应为 sandbox[:种子]、spool:目录 或 文件.toml"


def parse(spec: str, clock: Clock | None = None) -> Provider:
    """Return the provider `spec` names, with `clock`; raise ConfigurationError for any other word.

    A file declares a gateway (docs/reference/declared-providers.md); its secrets are read from the environment
    variables it names. Raise MissingExtra where the extra `http` is not installed.
    """
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
        return _declared(spec, clock)
    raise ConfigurationError(f"provider {spec}: {_EXPECTED}", f"通道 {spec}：{_EXPECTED_ZH}")


def _declared(spec: str, clock: Clock | None) -> Provider:
    # Imported here: a run through the sandbox needs no HTTP client.
    from loansms.providers.declared import DeclaredCodec  # noqa: PLC0415
    from loansms.providers.http import HttpSettings, http_provider  # noqa: PLC0415

    try:
        codec = DeclaredCodec.load(spec)
    except ConfigurationError as wrong:
        raise ConfigurationError(f"provider {wrong}", f"通道 {wrong.zh}") from None
    return http_provider(codec, HttpSettings(private_line=codec.declaration.private_line), clock=clock)


def _seed(spec: str, rest: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", rest):
        raise ConfigurationError(
            f"provider {spec}: the seed must be a whole number, such as sandbox:7",
            f"通道 {spec}：种子应为整数，例如 sandbox:7",
        )
    return int(rest)
