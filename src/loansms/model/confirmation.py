"""The one message that may follow a stop: it says that the stop was heard, once and at once, and sells nothing.

Source: 47 CFR 64.1200(a)(12) leaves one text after a revocation, within five minutes and without marketing.

>>> from datetime import UTC
>>> at = datetime(2026, 9, 24, 2, tzinfo=UTC)
>>> heard = Confirmation(code="opted_out", stopped_at=at, until=at + timedelta(minutes=5))
>>> heard.key("anxin|B-1") == heard.key("anxin|B-1"), heard.key("anxin|B-1") == heard.key("anxin|B-2")
(True, False)
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

from attrs import field, frozen

from loansms.clock import require_aware
from loansms.errors import CallerError

LONGEST: Final = timedelta(hours=1)
"""What is said later than this confirms nothing any more, whatever a rule allows."""


@frozen(kw_only=True)
class Confirmation:
    """It answers the stop `code` recorded at `stopped_at`, and may go until `until` (aware), at most an hour later."""

    code: str
    stopped_at: datetime = field(converter=require_aware)
    until: datetime = field(converter=require_aware)

    def __attrs_post_init__(self) -> None:
        if not timedelta(0) <= self.until - self.stopped_at <= LONGEST:
            raise CallerError(
                "until: expected a moment within an hour after stopped_at",
                "until：应在 stopped_at 之后一小时之内",
            )

    def key(self, debtor: str) -> str:
        """Return the only step key under which this debtor's stop may be confirmed: a second message has the same."""
        parts = (debtor, self.code, self.stopped_at.astimezone(UTC).isoformat())
        framed = "".join(f"{len(part)}:{part}" for part in ("confirms", *parts))
        return hashlib.sha256(framed.encode()).hexdigest()[:40]
