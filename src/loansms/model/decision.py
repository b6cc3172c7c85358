"""What may be done with a message: allow it, defer it to a time, deny it, each with every reason.

A decision has no truth value: ``if decide(...)`` would read a Deny as yes.

>>> Deny(reasons=(Reason("opted_out", "house"),)).reasons[0].code
'opted_out'
>>> bool(Allow())
Traceback (most recent call last):
TypeError: Allow has no truth value: use isinstance or match
"""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

from attrs import field, frozen

from loansms.clock import require_aware


@frozen(cache_hash=True)
class Reason:
    """Why a decision fell as it did.

    ``code`` is a stable word for machines, ``citation`` the source (law, standard or "house"), ``message``
    one sentence for people in English and ``message_zh`` in Chinese, ``rule_id`` the rule of the pack,
    ``severity`` block, defer or warn, ``verified`` the mark of the citation (V1, V2, R, None for house).
    """

    code: str
    citation: str = ""
    message: str = ""
    rule_id: str = ""
    severity: str = ""
    verified: str | None = None
    message_zh: str = ""

    def told(self, lang: str = "en") -> str:
        """Return the sentence for people in `lang` (en or zh-CN), or the code where there is none."""
        return (self.message_zh if lang.startswith("zh") else "") or self.message or self.code


def no_truth(self: object) -> NoReturn:
    """Refuse to be read as yes or no: the ``__bool__`` of every outcome with more than two ends."""
    raise TypeError(f"{type(self).__name__} has no truth value: use isinstance or match")


@frozen
class Allow:
    """It may be sent now; reasons are warnings and the pack versions that were asked."""

    reasons: tuple[Reason, ...] = ()
    __bool__ = no_truth


@frozen(kw_only=True)
class Defer:
    """It may be sent from `until` on (aware), the first instant every rule allows."""

    until: datetime = field(converter=require_aware)
    reasons: tuple[Reason, ...] = ()
    __bool__ = no_truth


@frozen(kw_only=True)
class Deny:
    """It may not be sent; `retry_at` names the time at which a full cap frees, where there is one."""

    retry_at: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    __bool__ = no_truth


Decision = Allow | Defer | Deny
"""The answer of a gate: now, not before an instant, or not at all; each with its reasons, none with a truth value."""
