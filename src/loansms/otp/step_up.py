"""How much proof an act needs: from what is known of device, place, number and amount, one level and every reason.

A table: each sign asks for a level, more at a high amount; the highest wins, so a further sign never gives less.
While the SIM is fresh a code proves nothing, so whatever asks for one is refused.
REFUSE means that a code cannot carry this act: take a stronger factor (a kept authenticator, a person), not that
the borrower is turned away. What is not known of a SIM counts against a high amount.

>>> from datetime import UTC, datetime
>>> now = datetime(2026, 9, 24, 2, tzinfo=UTC)
>>> limits = StepUpLimits(high_amount=Money("5000", "CNY"))
>>> required_step(Signals(new_device=False, number_confirmed=True), limits, now).step
<StepUp.NONE: 'none'>
>>> answer = required_step(Signals(new_device=True, number_confirmed=True), limits, now)
>>> answer.step.value, answer.events, [reason.code for reason in answer.reasons]
('code_and_alert', ('new_login',), ['new_device'])
>>> required_step(Signals(new_device=False, number_confirmed=True, amount=Money("9000", "CNY")), limits, now).step.value
'refuse'
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from attrs import field, frozen

from loansms.clock import require_aware
from loansms.model import Money, PhoneNumber, Reason
from loansms.model.decision import no_truth


class StepUp(StrEnum):
    """What an act needs, from least to most.

    NONE: nothing beyond the session. CODE: a right code. CODE_AND_ALERT: a right code, and an alert.
    REFUSE: no code can carry it; take a stronger factor or a person.
    """

    NONE = "none"
    CODE = "code"
    CODE_AND_ALERT = "code_and_alert"
    REFUSE = "refuse"

    @property
    def rank(self) -> int:
        """The place from 0 (NONE) to 3 (REFUSE)."""
        return list(StepUp).index(self)


def _aware(_instance: object, attribute: object, value: datetime | None) -> None:
    if value is not None:
        require_aware(value, str(getattr(attribute, "name", "at")))


@frozen(kw_only=True)
class NumberHistory:
    """What a source knows of a number: `sim_changed_at` (None: no change on record), `held_since` by its holder.

    No history at all (None in its place) means that nothing is known.
    """

    sim_changed_at: datetime | None = field(default=None, validator=_aware)
    held_since: datetime | None = field(default=None, validator=_aware)


class NumberIntelligence(Protocol):
    """A host's source of number facts (a carrier's, CAMARA sim-swap, a look-up service)."""

    def look_up(self, phone: PhoneNumber) -> NumberHistory | None:
        """Return what is known, None when nothing is (no answer, no such service)."""
        ...


class AsyncNumberIntelligence(Protocol):
    """The same source, awaited."""

    async def look_up(self, phone: PhoneNumber) -> NumberHistory | None: ...  # noqa: D102


@frozen(kw_only=True)
class Signals:
    """What the host knows when somebody wants to act; times are aware.

    ``new_device``: not one that gave a right code before (a device nobody told counts as new).
    ``number_confirmed``: the number was proved by a code. ``number_changed_at``: when the account's number last
    changed. ``proved_at``: when the number last gave a right code or was answered from, None when that is not
    kept. ``number``: what a source knows of it, None for unknown.
    """

    new_device: bool
    number_confirmed: bool
    unusual_place: bool = False
    amount: Money | None = None
    number_changed_at: datetime | None = field(default=None, validator=_aware)
    proved_at: datetime | None = field(default=None, validator=_aware)
    number: NumberHistory | None = None


@frozen(kw_only=True)
class StepUpLimits:
    """Where the lender draws its lines (house, all of them).

    An amount above ``high_amount``, or in another currency, is high. A number rests ``cooling_for`` after a
    change, a SIM is fresh for ``sim_fresh_for``, and a number silent for ``silent_for`` counts as unproved.
    """

    high_amount: Money
    cooling_for: timedelta = timedelta(hours=72)
    sim_fresh_for: timedelta = timedelta(hours=72)
    silent_for: timedelta = timedelta(days=180)


@frozen(kw_only=True)
class StepUpDecision:
    """The level, every reason for it, and the security alerts to send with it (choices of the slot `event`)."""

    step: StepUp
    reasons: tuple[Reason, ...] = ()
    events: tuple[str, ...] = ()
    __bool__ = no_truth


@frozen
class _Sign:
    """A row: when it shows, what it asks for at an ordinary and at a high amount, which alert it owes.

    ``voids``: a code proves nothing while it shows, so wherever another row asks for one, this row refuses.
    """

    shows: Callable[[Signals, StepUpLimits, datetime], bool]
    ordinary: StepUp
    high: StepUp
    reason: Reason
    event: str = ""
    voids: bool = False


def required_step(signals: Signals, limits: StepUpLimits, now: datetime) -> StepUpDecision:
    """Return what `signals` ask for at `now` (aware); alerts come with CODE_AND_ALERT alone."""
    require_aware(now)
    high = _is_high(signals, limits)
    shown = [sign for sign in _SIGNS if sign.shows(signals, limits, now)]
    asked = [(sign.high if high else sign.ordinary, sign) for sign in shown]
    if any(level is not StepUp.NONE for level, _ in asked):
        asked = [(StepUp.REFUSE if sign.voids else level, sign) for level, sign in asked]
    step = max((level for level, _ in asked), key=lambda level: level.rank, default=StepUp.NONE)
    alerts = step is StepUp.CODE_AND_ALERT
    return StepUpDecision(
        step=step,
        reasons=tuple(sign.reason for level, sign in asked if level is not StepUp.NONE),
        events=tuple(dict.fromkeys(sign.event for _, sign in asked if alerts and sign.event)),
    )


def _is_high(signals: Signals, limits: StepUpLimits) -> bool:
    amount, most = signals.amount, limits.high_amount
    if amount is None:
        return False
    # What cannot be compared is not known to be small.
    return amount.currency != most.currency or amount > most


def _since(at: datetime | None, span: timedelta, now: datetime) -> bool:
    """Return whether `at` lies less than `span` back; a time to come (a clock stepped back) does."""
    return at is not None and now - at < span


def _sim_fresh(signals: Signals, limits: StepUpLimits, now: datetime) -> bool:
    return signals.number is not None and _since(signals.number.sim_changed_at, limits.sim_fresh_for, now)


def _passed_on(signals: Signals, _limits: StepUpLimits, _now: datetime) -> bool:
    """Return whether the number's present holder has held it for less time than it is proved."""
    since = None if signals.number is None else signals.number.held_since
    return since is not None and signals.proved_at is not None and since > signals.proved_at


def _silent(signals: Signals, limits: StepUpLimits, now: datetime) -> bool:
    return signals.proved_at is not None and now - signals.proved_at >= limits.silent_for


def _reason(code: str, citation: str, message: str, zh: str, verified: str | None = None) -> Reason:
    return Reason(code, citation, message, severity="warn", verified=verified, message_zh=zh)


# Strongest first: the order in which reasons and alerts are told.
_SIGNS = (
    _Sign(
        _passed_on,
        StepUp.REFUSE,
        StepUp.REFUSE,
        _reason(
            "number_passed_on",
            "house; the age of a number as Twilio Lookup and Vonage tell it",
            "The number has had another holder since it was last proved.",
            "该号码自上次验证后已更换使用人。",
        ),
    ),
    _Sign(
        _sim_fresh,
        StepUp.NONE,
        StepUp.REFUSE,
        _reason(
            "sim_changed",
            "NIST SP 800-63B-4, use of the telephone network (public draft): weigh a change of SIM",
            "The SIM of this number was changed a short time ago.",
            "该号码近期更换过 SIM 卡。",
            "V1",
        ),
        voids=True,
    ),
    _Sign(
        lambda signals, _limits, _now: signals.number is None,
        StepUp.NONE,
        StepUp.REFUSE,
        _reason(
            "sim_unknown",
            "NIST SP 800-63B-4, use of the telephone network (public draft); house: unknown counts against",
            "Whether the SIM of this number was changed is not known, and the amount is high.",
            "无法确认该号码是否换过 SIM 卡，且金额较高。",
            "V1",
        ),
    ),
    _Sign(
        lambda signals, limits, now: _since(signals.number_changed_at, limits.cooling_for, now),
        StepUp.CODE_AND_ALERT,
        StepUp.REFUSE,
        _reason(
            "number_changed",
            "NIST SP 800-63B-4: a new number is a new authenticator; house: a cooling period follows",
            "The number of this account was changed a short time ago.",
            "该账户近期更换过手机号。",
            "V1",
        ),
        "phone_changed",
    ),
    _Sign(
        lambda signals, _limits, _now: not signals.number_confirmed,
        StepUp.CODE,
        StepUp.REFUSE,
        _reason(
            "number_unconfirmed",
            "OWASP ASVS 5.0, V6.6.1: codes go to a number validated before",
            "The number has not been proved yet.",
            "该号码尚未验证。",
            "V1",
        ),
    ),
    _Sign(
        _silent,
        StepUp.CODE,
        StepUp.REFUSE,
        _reason(
            "number_silent",
            "house: a number may have been given to somebody else",
            "Nothing has been proved by this number for a long time.",
            "该号码长期未完成过验证。",
        ),
    ),
    _Sign(
        lambda signals, _limits, _now: signals.new_device,
        StepUp.CODE_AND_ALERT,
        StepUp.CODE_AND_ALERT,
        _reason(
            "new_device",
            "house",
            "The device is not one that has given a right code before.",
            "该设备此前未完成过验证。",
        ),
        "new_login",
    ),
    _Sign(
        lambda signals, _limits, _now: signals.unusual_place,
        StepUp.CODE,
        StepUp.CODE,
        _reason("unusual_place", "house", "The place is an unusual one.", "登录地点异常。"),
    ),
    _Sign(
        lambda signals, _limits, _now: signals.amount is not None,
        StepUp.CODE,
        StepUp.CODE,
        _reason(
            "amount",
            "PSD2 RTS 2018/389, art. 5: what is paid is confirmed",
            "Money is moved.",
            "涉及资金操作。",
            "V1",
        ),
    ),
)
