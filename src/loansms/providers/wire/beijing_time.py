"""Times that mainland gateways tell without a zone: taken as UTC+8, which the vendors' pages do not say.

>>> told_at("2026-09-24 10:00:05").isoformat()
'2026-09-24T10:00:05+08:00'
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


def told_at(text: object, form: str = "%Y-%m-%d %H:%M:%S") -> datetime:
    """Return the moment `text` tells; raise ValueError, which quotes nothing of it, for anything else."""
    try:
        return datetime.strptime(str(text), form).replace(tzinfo=BEIJING)
    except ValueError:
        raise ValueError("time: not of the form the gateway documents") from None
