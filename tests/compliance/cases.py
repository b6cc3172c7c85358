"""Short ways to build a message and what is known around it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from loansms.compliance import Context, RulePack
from loansms.model import Channel, Contact, Draft, Party, Purpose

CN = RulePack.load("CN")
US = RulePack.load("US")
PACKS = {"CN": CN, "US": US}
ZONES = {"CN": "Asia/Shanghai", "US": "America/New_York"}
DAY = timedelta(days=1)


def local(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def draft(purpose: Purpose = Purpose.COLLECTION, channel: Channel = Channel.SMS, **more: Any) -> Draft:
    return Draft(purpose=purpose, channel=channel, **{"signature": "安信示例", **more})


def context(jurisdiction: str = "CN", **more: Any) -> Context:
    known: dict[str, Any] = {
        "party": Party.FIRST,
        "provider": "sandbox",
        "zones": (ZONES.get(jurisdiction[:2], "UTC"),),
    }
    return Context(jurisdiction=jurisdiction, **{**known, **more})


def sent(at: datetime, purpose: Purpose | None = Purpose.COLLECTION, **more: Any) -> Contact:
    return Contact(**{"channel": Channel.SMS, **more}, at=at, purpose=purpose)
