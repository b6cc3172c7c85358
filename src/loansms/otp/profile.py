"""The shape of a profile: everything about codes that a lender decides, as one value.

A rule's ``name`` says what it counts (`COUNTED`); every rate of it holds in any window of that length.

>>> rule = BucketRule(name="tenant", rates=(Rate(count=50_000, window=DAY),), slot=HALF_HOUR)
>>> rule.limits, rule.slot_micros
((Limit(count=50000, window=86400000000),), 1800000000)
>>> Profile(name="house", rules=(rule,)).ruled(BucketRule(name="tenant", rates=(Rate(count=5, window=HOUR),))).rules
(BucketRule(name='tenant', rates=(Rate(count=5, window=datetime.timedelta(seconds=3600)),), slot=datetime.timedelta(0), guard=None),)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import TypeGuard

from attrs import evolve, field, frozen

from loansms.errors import ConfigurationError
from loansms.model import Channel
from loansms.otp.admission import Guard, Limit
from loansms.otp.budget import FailureLimits

MINUTE = timedelta(minutes=1)
"""Sixty seconds."""

HALF_HOUR = timedelta(minutes=30)
"""Thirty minutes."""

HOUR = timedelta(hours=1)
"""Sixty minutes, wherever they begin."""

DAY = timedelta(hours=24)
"""A day is any 24 hours, as the carriers count it; never midnight to midnight."""

_MICROSECOND = timedelta(microseconds=1)

COUNTED: Mapping[str, str] = {
    "phone": "a confirmed number, over every action",
    "phone_unconfirmed": "a number that is not confirmed, over every action",
    "phone_action": "a number and an action, confirmed and unconfirmed apart",
    "carrier": "a number, over every action, confirmed or not: the day that a carrier allows it",
    "ip": "an address (of IPv6 the /64 network)",
    "device": "a device, over every subject",
    "prefix": "a range of numbers: all but the last four digits",
    "country": "the country of the number",
    "tenant": "everything the lender sends",
    "prefix_guard": "a range of numbers: what was sent and never verified",
    "country_guard": "the country of the number: what was sent and never verified",
    "ip_guard": "an address: what was sent and never verified",
}
"""What a rule of each name counts, always within one tenant."""

GUARD = "_guard"
"""How the name of a rule ends that counts the unverified."""


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _whole(_instance: object, attribute: object, value: int) -> None:
    if not _is_whole(value):
        name = str(getattr(attribute, "name", "value"))
        raise ConfigurationError(f"{name}: expected a whole number", f"{name} 应为整数")


def _is_span(value: object) -> TypeGuard[timedelta]:
    return isinstance(value, timedelta)


def _span(_instance: object, attribute: object, value: timedelta) -> None:
    if not _is_span(value):
        name = str(getattr(attribute, "name", "value"))
        raise ConfigurationError(f"{name}: expected a timedelta", f"{name} 应为 timedelta")


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)


def _several(_instance: object, attribute: object, value: object) -> None:
    """Refuse one text where several are meant: it would be read as its letters."""
    if _is_text(value):
        name = str(getattr(attribute, "name", "value"))
        raise ConfigurationError(
            f"{name}: expected several names, got one text", f"{name} 应为多个名称，而不是单个文本"
        )


def _several_or_none(instance: object, attribute: object, value: frozenset[str] | None) -> None:
    _several(instance, attribute, value)


@frozen(kw_only=True)
class Rate:
    """At most `count` in any window of this length."""

    count: int = field(validator=_whole)
    window: timedelta = field(validator=_span)


@frozen(kw_only=True)
class BucketRule:
    """How often one thing may be sent to or from; `name` is a key of `COUNTED`.

    ``slot`` rounds times up, so a large bucket keeps a short log and counts a little longer, never less.
    ``guard`` makes the rates count the unverified only.
    """

    name: str
    rates: tuple[Rate, ...] = field(validator=_several)
    slot: timedelta = field(default=timedelta(0), validator=_span)
    guard: Guard | None = None

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """The rates in the whole microseconds of a store."""
        return tuple([Limit(rate.count, rate.window // _MICROSECOND) for rate in self.rates])

    @cached_property
    def slot_micros(self) -> int:
        """The slot in whole microseconds."""
        return self.slot // _MICROSECOND


@frozen(kw_only=True)
class Profile:
    """Everything about codes that a lender decides; `standards` names what it claims to satisfy.

    ``failures`` wrong codes in ``failure_window``, ``failure_ceiling`` in 24 hours, of which the last
    ``failure_reserve`` are kept for known devices and ``device_lane`` for each device (see `otp.budget`).
    ``known_devices`` are remembered ``known_device_for``. A resend needs ``resend_left`` of life. ``countries``
    are the ISO codes served, None for the lender's own jurisdiction. ``transaction_actions`` are never issued
    without a transaction; ``unbound_actions``, where given, are the only ones issued without, so that a word
    nobody foresaw needs one too. ``template_profile`` names the channel whose rules of a code template apply.
    ``totp``: whether a kept authenticator may stand in for a code. ``split_budgets``: whether confirmed and
    unconfirmed numbers have failure budgets of their own.
    """

    name: str
    digits: int = field(default=6, validator=_whole)
    lifetime: timedelta = field(default=timedelta(seconds=300), validator=_span)
    failures: int = field(default=5, validator=_whole)
    failure_window: timedelta = field(default=HOUR, validator=_span)
    failure_ceiling: int = field(default=10, validator=_whole)
    failure_reserve: int = field(default=3, validator=_whole)
    device_lane: int = field(default=3, validator=_whole)
    known_devices: int = field(default=5, validator=_whole)
    known_device_for: timedelta = field(default=timedelta(days=90), validator=_span)
    grant_lifetime: timedelta = field(default=timedelta(seconds=300), validator=_span)
    resend_left: timedelta = field(default=timedelta(seconds=60), validator=_span)
    rules: tuple[BucketRule, ...] = field(validator=_several)
    countries: frozenset[str] | None = field(default=None, validator=_several_or_none)
    channels: frozenset[Channel] = field(default=frozenset({Channel.SMS, Channel.VOICE}), validator=_several)
    standards: tuple[str, ...] = field(default=(), validator=_several)
    template_profile: str | None = None
    transaction_actions: frozenset[str] = field(default=frozenset[str](), validator=_several)
    unbound_actions: frozenset[str] | None = field(default=None, validator=_several_or_none)
    totp: bool = True
    split_budgets: bool = True

    def needs_transaction(self, action: str) -> bool:
        """Return whether a code for `action` must be bound to a transaction."""
        if action in self.transaction_actions:
            return True
        return self.unbound_actions is not None and action not in self.unbound_actions

    @cached_property
    def failure_limits(self) -> FailureLimits:
        """The failure budget in the whole microseconds of a store."""
        return FailureLimits(
            failures=self.failures,
            window=self.failure_window // _MICROSECOND,
            ceiling=self.failure_ceiling,
            reserve=self.failure_reserve,
            lane=self.device_lane,
            known=self.known_devices,
            known_for=self.known_device_for // _MICROSECOND,
        )

    @cached_property
    def compiled(self) -> tuple[tuple[str, tuple[Limit, ...], int, Guard | None], ...]:
        """Every rule as (name, limits, slot, guard) in the whole microseconds of a store."""
        return tuple([(rule.name, rule.limits, rule.slot_micros, rule.guard) for rule in self.rules])

    def rule(self, name: str) -> BucketRule | None:
        """Return the rule of that name, None where the profile has none."""
        return next((rule for rule in self.rules if rule.name == name), None)

    def ruled(self, rule: BucketRule) -> Profile:
        """Return the profile with `rule` in the place of the one of its name, or added."""
        if self.rule(rule.name) is None:
            return evolve(self, rules=(*self.rules, rule))
        return evolve(self, rules=tuple([rule if one.name == rule.name else one for one in self.rules]))

    def unruled(self, name: str) -> Profile:
        """Return the profile without the rule of that name."""
        return evolve(self, rules=tuple([rule for rule in self.rules if rule.name != name]))
