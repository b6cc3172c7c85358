"""How large a multimedia message may be, by who carries it.

>>> limit("cn_carrier").message
300000
"""

from __future__ import annotations

from attrs import frozen

from loansms.documents.files import carrier_limits
from loansms.errors import ConfigurationError
from loansms.files import structure


@frozen(kw_only=True)
class SizeLimit:
    """Bytes: ``message`` for all of a message as packed, ``picture`` for one picture (None: no limit of its own)."""

    message: int
    picture: int | None = None
    source: str = "house"
    verified: str | None = None


def limit(name: str) -> SizeLimit:
    """Return one of the limits that ship (data/limits.toml); raise ConfigurationError for an unknown name."""
    known = carrier_limits()
    if name not in known:
        told = ", ".join(known)
        raise ConfigurationError(f"limit: expected one of {told}", f"limit：应为 {told} 之一")
    return structure(known[name], SizeLimit, f"limits.toml {name}")
