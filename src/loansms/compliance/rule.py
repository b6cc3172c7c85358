"""One rule of a pack as data: who it binds, what it checks, since when, and where it is written.

The record has the fields a lawyer reads in a pack file. `check` names one of the check types of
`loansms.compliance.checks`; its parameters are read there, strictly.

>>> rule = Rule(id="HOUSE-1", jurisdiction="CN", authority=Authority.HOUSE, severity=Severity.BLOCK,
...     applies=Applies(classes=("pre_due",)), check=CheckSpec("recipient_role", {"allow": ["borrower"]}),
...     citation="house", message_en="Only the borrower is reminded.", message_zh="仅提醒借款人本人。")
>>> rule.in_force(date(2026, 9, 24)), rule.applies.covers(Purpose.REPAYMENT_REMINDER, Channel.SMS)
(True, True)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from attrs import field, frozen

from loansms.errors import CallerError
from loansms.model import Channel, Purpose, Reason, RecipientRole

ANY = "*"

# The purposes of the model, and the compliance reference's own words for some of them; both are understood.
CLASSES: Mapping[str, Purpose] = {
    **{purpose.value: purpose for purpose in Purpose},
    "txn_notice": Purpose.TRANSACTION_NOTICE,
    "pre_due": Purpose.REPAYMENT_REMINDER,
    "due_today": Purpose.REPAYMENT_REMINDER,
    "hardship_info": Purpose.HARDSHIP,
    "relay_to_contact": Purpose.RELAY,
}

# Roads a rule may name although this library does not travel them: a rule on them alone never matches.
OTHER_CHANNELS = frozenset({"mail", "social", "visit"})
_TRAVELLED = frozenset(one.value for one in Channel)


class Authority(StrEnum):
    """Who stands behind a rule, the strongest first; HOUSE is the lender's own choice, never shown as law."""

    LAW = "law"
    REGULATION = "regulation"
    REC_STANDARD = "rec_standard"
    SELF_REG = "self_reg"
    CARRIER = "carrier"
    PROVIDER = "provider"
    HOUSE = "house"


class Severity(StrEnum):
    """What a hit means: do not send, hold to the next allowed time, or send and show."""

    BLOCK = "block"
    DEFER = "defer"
    WARN = "warn"


def _known(words: frozenset[str], what: str) -> Any:
    def check(_instance: object, _attribute: object, value: tuple[str, ...]) -> None:
        for word in value:
            if word not in words:
                raise CallerError(
                    f"{what}: expected one of {', '.join(sorted(words))}",
                    f"{what}：应为 {'、'.join(sorted(words))} 之一",
                )

    return check


_PARTIES = frozenset({"first", "third", "any"})


def _party(_instance: object, _attribute: object, value: str) -> None:
    if value not in _PARTIES:
        raise CallerError("party: expected first, third or any", "party：应为 first、third 或 any")


@cache
def purposes_of(classes: tuple[str, ...]) -> frozenset[Purpose]:
    """Return the purposes that classes of the reference name; "*" is all of them."""
    return frozenset(Purpose) if ANY in classes else frozenset(CLASSES[name] for name in classes)


@cache
def roads_of(channels: tuple[str, ...]) -> frozenset[Channel]:
    """Return the channels named, without those this library does not travel; "*" is all of them."""
    return (
        frozenset(Channel)
        if ANY in channels
        else frozenset(Channel(one) for one in channels if one in _TRAVELLED)
    )


@frozen(kw_only=True, cache_hash=True)
class Applies:
    """Which messages a rule looks at; "*" means all. `party` is first, third or any."""

    channels: tuple[str, ...] = field(
        default=(ANY,),
        validator=_known(frozenset({ANY, *OTHER_CHANNELS, *(one.value for one in Channel)}), "channels"),
    )
    classes: tuple[str, ...] = field(default=(ANY,), validator=_known(frozenset({ANY, *CLASSES}), "classes"))
    recipient_roles: tuple[str, ...] = field(
        default=(ANY,),
        validator=_known(frozenset({ANY, *(one.value for one in RecipientRole)}), "recipient_roles"),
    )
    party: str = field(default="any", validator=_party)

    def covers(self, purpose: Purpose, channel: Channel) -> bool:
        """Return whether messages of this purpose on this channel are looked at."""
        return (ANY in self.channels or channel.value in self.channels) and purpose in self.purposes

    @property
    def purposes(self) -> frozenset[Purpose]:
        """The purposes the classes name."""
        return purposes_of(self.classes)

    @property
    def roads(self) -> frozenset[Channel]:
        """The channels named, without those this library does not travel."""
        return roads_of(self.channels)


@frozen
class CheckSpec:
    """The type of check and its parameters, as the pack file gives them."""

    type: str
    params: Mapping[str, Any] = field(factory=dict[str, Any])


@frozen
class Override:
    """Who may lift the rule, and whether the reason is recorded."""

    by: str
    needs_reason: bool = True


@frozen(kw_only=True)
class Rule:
    """One rule with its source; `effective_from` None means no date was established, so it is in force."""

    id: str
    jurisdiction: str
    authority: Authority
    severity: Severity
    applies: Applies
    check: CheckSpec
    citation: str
    message_en: str
    message_zh: str
    tz: str | None = None
    calendar: str | None = None
    override: Override | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    supersedes: str | None = None
    verified: str | None = None

    def in_force(self, on: date) -> bool:
        """Return whether the rule binds on that day; both ends are included."""
        return (self.effective_from is None or self.effective_from <= on) and (
            self.effective_to is None or on <= self.effective_to
        )

    @cached_property
    def pending(self) -> bool:
        """Whether the rule is announced but not yet in force: it then only warns."""
        return self.check.params.get("status") == "pending"

    @cached_property
    def warns(self) -> bool:
        """Whether a hit is shown without stopping anything."""
        return self.pending or self.severity is Severity.WARN

    def binds(self, jurisdiction: str, region: str | None) -> bool:
        """Return whether the rule reaches a debt of `jurisdiction` (CN, US, US-MA) in `region` (MA or US-MA)."""
        country = jurisdiction.partition("-")[0]
        if self.jurisdiction in (ANY, jurisdiction, country):
            return True
        # Without its country "CA" would be California and Canada at once.
        return bool(region) and self.jurisdiction == (region if "-" in str(region) else f"{country}-{region}")

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """The zone in which the rule reads the clock, () where it is the recipient's."""
        return () if self.tz in (None, "recipient") else (str(self.tz),)

    @cached_property
    def outside_hours(self) -> Reason:
        """The reason of a rule on hours, the one a message meets most often."""
        return self.reason("outside_hours")

    @cached_property
    def cap_reached(self) -> Reason:
        """The reason of a cap, which goes into each limit handed to the store."""
        return self.reason("cap_reached")

    def reason(self, code: str, detail: str = "", detail_zh: str = "") -> Reason:
        """Return this rule as a reason; `detail` is appended to its sentence."""
        return Reason(
            code=code,
            citation=self.citation,
            message=f"{self.message_en} {detail}".strip(),
            rule_id=self.id,
            severity="warn" if self.warns else self.severity.value,
            verified=self.verified,
            message_zh=f"{self.message_zh}{detail_zh}",
        )
