"""How a borrower's number is changed: both numbers are told, both are proved, and some acts wait afterwards.

    asked ── old number, or a stronger factor ──► vouched ── new number ──► ready ── host's act ──► completed
      └──────────────────────┴──────── not me, or it took too long ────────┘──► cancelled

The old number comes first: who holds neither it nor a stronger factor cannot make us text a number of their
choice. Every code is bound by `NumberChange.binding` to both numbers and to when the change was asked for, so a
code read out for one change, or left over from a cancelled one, confirms no other.
Sources: facts of attacks in the field (a takeover begins with a changed number), NIST SP 800-63B-4 (changing
the number is binding a new authenticator), OWASP ASVS 5.0, 6.3.7 (notice on changed details). How long a
change stays open and how long acts wait are house values.

>>> from datetime import UTC, datetime
>>> at = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
>>> old, new = [PhoneNumber.parse(text, region="CN") for text in ("17400000001", "17400000002")]
>>> change = request("B-1", old, new, at)
>>> [(type(one).__name__, one.phone == old) for one in messages(change)]
[('AlertTo', True), ('CodeTo', True)]
>>> change = advance(advance(change, Event.OLD_NUMBER, at), Event.NEW_NUMBER, at)
>>> done = advance(change, Event.COMPLETE, at)
>>> done.stage.value, cooling_until(done).isoformat()
('completed', '2026-09-27T02:00:00+00:00')
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal

from attrs import evolve, field, frozen

from loansms.clock import require_aware
from loansms.model import Channel, PhoneNumber, Reason, Rejected, SubmitResult, Unknown
from loansms.model.decision import no_truth
from loansms.otp.issued import Issued, Refused
from loansms.otp.profile import Profile
from loansms.otp.profiles import LENDER, served
from loansms.otp.request import pack, plain_text
from loansms.otp.verdict import Verdict

COOLING_FOR = timedelta(hours=72)
"""How long disbursements and the like wait after a change, so that the alert is read first (house value)."""

OPEN_FOR = timedelta(hours=24)
"""How long an asked change may stay unfinished (house value)."""

ACTION_OLD = "number_change_old"
"""The action of the code to the old number."""

ACTION_NEW = "number_change_new"
"""The action of the code to the new number."""

ACTION_VOUCH = "number_change_vouch"
"""The action of a stronger factor's grant: never that of a text, or a text would vouch in its place."""

ALERT_REQUESTED = "alert.number_change_requested"
"""The template that tells of a change that was asked for."""

ALERT_CHANGED = "alert.number_changed"
"""The template that tells of a change that was made."""

ConfirmedBy = Literal["old_number", "stronger_factor"]
"""Who vouched for the change: a code to the old number, or a grant of something stronger than a text."""


def _in_utc(at: datetime) -> datetime:
    return require_aware(at, "a time of a number change").astimezone(UTC)


def _maybe_in_utc(at: datetime | None) -> datetime | None:
    return None if at is None else _in_utc(at)


class Stage(StrEnum):
    """Where a change stands."""

    ASKED = "asked"
    VOUCHED = "vouched"
    READY = "ready"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What moves it: a code of that number was right, a stronger factor was, the host changes it or stops."""

    OLD_NUMBER = "old_number"
    STRONGER_FACTOR = "stronger_factor"
    NEW_NUMBER = "new_number"
    COMPLETE = "complete"
    CANCEL = "cancel"


@frozen(kw_only=True)
class NumberChange:
    """One change of one subject's number, for the host to keep until it is completed or cancelled; times in UTC."""

    subject: str = field(validator=plain_text, repr=False)
    old: PhoneNumber
    new: PhoneNumber
    requested_at: datetime = field(converter=_in_utc)
    confirmed_by: ConfirmedBy | None = None
    new_confirmed: bool = False
    completed_at: datetime | None = field(default=None, converter=_maybe_in_utc)
    cancelled_at: datetime | None = field(default=None, converter=_maybe_in_utc)

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        if self.cancelled_at is not None:
            return Stage.CANCELLED
        if self.confirmed_by is None:
            return Stage.ASKED
        if not self.new_confirmed:
            return Stage.VOUCHED
        return Stage.READY if self.completed_at is None else Stage.COMPLETED

    @property
    def binding(self) -> str:
        """The digest that binds codes and grants to this very change: 64 hex digits, in a transaction's place.

        It is no secret's keeper: whoever tries all numbers finds these two, so it is neither stored nor logged.
        """
        asked = self.requested_at.isoformat(timespec="microseconds")
        return _digest("number change", self.old.e164, self.new.e164, asked)

    @property
    def event_id(self) -> str:
        """What an alert of this stage is told under: no time is in it, or each new asking would be told anew."""
        return _digest("number change alert", self.stage, self.subject, self.old.e164, self.new.e164)


@frozen
class CodeTo:
    """Issue a code for `action` to `phone`, bound by `binding`; by voice where the number takes no texts."""

    phone: PhoneNumber
    action: str
    binding: str = field(repr=False)
    channel: Channel = Channel.SMS


@frozen
class AlertTo:
    """Tell `phone` by the alert `template`."""

    phone: PhoneNumber
    template: str


@frozen
class Told:
    """What became of one alert: the template, whom it was for (printed masked), and how it ended.

    ``outcome``: the provider's answer; a Reason why nothing was sent (no texts, too many a day, words missing);
    None when the same alert went to the provider in the last 24 hours, in a step that said how it ended.
    """

    template: str
    phone: PhoneNumber
    outcome: SubmitResult | Reason | None
    __bool__ = no_truth

    @property
    def failed(self) -> bool:
        """Whether it is not known to have gone out: refused by the provider, unanswered, or never sent."""
        return isinstance(self.outcome, Rejected | Unknown | Reason)


@frozen(kw_only=True)
class NumberChangeStep:
    """One step of a change: what it is now, what went out for the next step, who was told, what was answered.

    ``change``: after the step; unchanged by a wrong code or grant, Refused when there can be no such step.
    ``issued``: the code for the next step, None when none is due. ``verdict``: of the code that was given.
    """

    change: NumberChange | Refused
    issued: Issued | Refused | None = None
    alerts: tuple[Told, ...] = ()
    verdict: Verdict | None = None
    __bool__ = no_truth

    @property
    def untold(self) -> tuple[PhoneNumber, ...]:
        """The numbers whose alert is not known to have gone out: tell these borrowers some other way."""
        return tuple([one.phone for one in self.alerts if one.failed])


def request(
    subject: str,
    old: PhoneNumber,
    new: PhoneNumber,
    now: datetime,
    *,
    profile: Profile = LENDER,
    jurisdiction: str | None = None,
    cools_until: datetime | None = None,
) -> NumberChange | Refused:
    """Ask for a change, or say why there can be none.

    Countries follow `profile` as a code's do, at home in `jurisdiction` (None: the old number's country).
    `cools_until` is when the subject's last change has cooled down: until then there is no other.
    """
    require_aware(now)
    if old == new:
        return Refused(_SAME)
    if not new.can_text:
        return Refused(_NO_TEXTS)
    unserved = served(profile, jurisdiction or old.country, new)
    if unserved is not None:
        return Refused(unserved)
    if cools_until is not None and now < require_aware(cools_until, "cools_until"):
        return Refused(_COOLING, retry_at=cools_until)
    return NumberChange(subject=subject, old=old, new=new, requested_at=now)


def advance(change: NumberChange | Refused, event: Event, now: datetime) -> NumberChange | Refused:
    """Return the change after `event`, or why that cannot be; what was refused stays refused.

    An old change, and one from the future (a clock stepped back), can only be cancelled.
    """
    require_aware(now)
    if isinstance(change, Refused):
        return change
    if event not in _NEXT[change.stage]:
        return Refused(_NOT_NOW)
    if event is Event.CANCEL:
        return evolve(change, cancelled_at=now)
    if not change.requested_at <= now < change.requested_at + OPEN_FOR:
        return Refused(_TOO_LATE)
    return _AFTER[event](change, now)


def messages(change: NumberChange) -> tuple[CodeTo | AlertTo, ...]:
    """Return what is sent at this stage: once, when it is reached.

    With a stronger factor at hand the first code need not be issued; the first alert always goes out.
    """
    stage = change.stage
    if stage is Stage.ASKED:
        channel = Channel.SMS if change.old.can_text else Channel.VOICE
        code = CodeTo(change.old, ACTION_OLD, change.binding, channel)
        return (AlertTo(change.old, ALERT_REQUESTED), code)
    if stage is Stage.VOUCHED:
        return (CodeTo(change.new, ACTION_NEW, change.binding),)
    if stage is Stage.COMPLETED:
        return (AlertTo(change.old, ALERT_CHANGED), AlertTo(change.new, ALERT_CHANGED))
    return ()


def untellable(phone: PhoneNumber) -> Reason | None:
    """Return why no alert can reach `phone`, None when one can be tried."""
    return None if phone.can_text else _DEAF


def cooling_until(change: NumberChange, cooling_for: timedelta = COOLING_FOR) -> datetime | None:
    """Return until when what a thief would do first must wait, None for a change that was not made."""
    if change.stage is not Stage.COMPLETED or change.completed_at is None:
        return None
    return change.completed_at + cooling_for


def _digest(*parts: str) -> str:
    return hashlib.sha256(pack(*parts)).hexdigest()


_NEXT: dict[Stage, frozenset[Event]] = {
    Stage.ASKED: frozenset({Event.OLD_NUMBER, Event.STRONGER_FACTOR, Event.CANCEL}),
    Stage.VOUCHED: frozenset({Event.NEW_NUMBER, Event.CANCEL}),
    Stage.READY: frozenset({Event.COMPLETE, Event.CANCEL}),
    Stage.COMPLETED: frozenset(),
    Stage.CANCELLED: frozenset(),
}

_AFTER: dict[Event, Callable[[NumberChange, datetime], NumberChange]] = {
    Event.OLD_NUMBER: lambda change, _now: evolve(change, confirmed_by="old_number"),
    Event.STRONGER_FACTOR: lambda change, _now: evolve(change, confirmed_by="stronger_factor"),
    Event.NEW_NUMBER: lambda change, _now: evolve(change, new_confirmed=True),
    Event.COMPLETE: lambda change, now: evolve(change, completed_at=now),
}


def _refusal(code: str, message: str, message_zh: str) -> Reason:
    return Reason(code, "house", message, severity="block", message_zh=message_zh)


_SAME = _refusal("number_unchanged", "The new number is the old one.", "新号码与原号码相同。")
_NO_TEXTS = _refusal(
    "number_without_texts",
    "The new number cannot receive text messages; a mobile number is needed.",
    "新号码无法接收短信，请提供手机号。",
)
_DEAF = _refusal(
    "alert_without_texts",
    "This number receives no text messages, so nobody was told by one.",
    "该号码无法接收短信，未能以短信告知。",
)
_COOLING = _refusal(
    "number_change_cooling",
    "The number was changed a short while ago; another change has to wait.",
    "号码近期刚更换过，需等待一段时间才能再次更换。",
)
_NOT_NOW = _refusal(
    "number_change_order",
    "This change does not stand where that step can be taken.",
    "当前更换流程尚不能进行或已不能进行该步骤。",
)
_TOO_LATE = _refusal(
    "number_change_expired",
    "This change was left unfinished for too long; ask for it again.",
    "本次更换申请已过期，请重新申请。",
)
