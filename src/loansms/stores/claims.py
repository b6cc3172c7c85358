"""What a claim says and what it is answered: the words every store speaks.

A claim is asked before a byte leaves and answered once: `Claimed` (go on the wire, then finish under the
token), `AlreadyDone`, `CapReached` or `Suppressed`. Promise: at most one submission per step key while the
store keeps the writes it acknowledged. Source: the at-most-once step of durable execution engines, where the
start is committed before the step runs and an interrupted attempt is never run again by itself.

>>> AttemptState.UNKNOWN.counts, AttemptState.REJECTED.counts, AttemptState.REJECTED_RETRYABLE.is_done
(True, False, False)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from attrs import field, frozen

from loansms.clock import require_aware
from loansms.model import CapLimit, Channel, DeliveryStatus, Purpose, Reason, RecipientRole, StepMark

OPTED_OUT = "opted_out"
"""The suppression code of a person who refused; `History.opted_out` is told from it."""


class AttemptState(StrEnum):
    """Where one attempt stands.

    ATTEMPTING: claimed, the provider may be speaking. ACCEPTED: the provider took it. REJECTED: definitely
    not sent, and not to be tried again. REJECTED_RETRYABLE: definitely not sent, and the step may be claimed
    anew. UNKNOWN: nobody knows; never sent again by itself.
    """

    ATTEMPTING = "attempting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REJECTED_RETRYABLE = "rejected_retryable"
    UNKNOWN = "unknown"

    @property
    def counts(self) -> bool:
        """Whether an attempt in this state uses up caps: all that were not definitely refused."""
        return self not in (AttemptState.REJECTED, AttemptState.REJECTED_RETRYABLE)

    @property
    def is_done(self) -> bool:
        """Whether the step may not be claimed again."""
        return self is not AttemptState.REJECTED_RETRYABLE

    @property
    def is_open(self) -> bool:
        """Whether the holder of the token may still tell how it ended."""
        return self in (AttemptState.ATTEMPTING, AttemptState.UNKNOWN)


@frozen(kw_only=True)
class Claim:
    """One step that is about to go on the wire; it carries no phone, no name and no text.

    ``step_key`` dedupes, ``debtor`` is the person over all loans of a lender group, ``loan_id`` is None for
    an event without a loan, ``fingerprint`` a digest of what is said, ``limits`` the caps to hold, ``at``
    the moment of the contact (aware), ``versions`` the policy, pack and template versions behind it.
    """

    step_key: str
    debtor: str
    borrower_id: str
    loan_id: str | None
    step: str
    due_on: date | None
    recipient: RecipientRole
    purpose: Purpose
    channel: Channel
    template: str
    fingerprint: str
    at: datetime = field(converter=require_aware)
    limits: tuple[CapLimit, ...] = ()
    versions: Mapping[str, str] = field(factory=dict[str, str])

    @property
    def mark(self) -> StepMark:
        """The step as the debtor's history names it."""
        return StepMark(self.loan_id or "", self.step, self.due_on)


@frozen
class Claimed:
    """The step is yours: submit it once, then finish it under `token`."""

    token: str = field(repr=False)


@frozen
class AlreadyDone:
    """The step was claimed before and stands at `state`; a changed text or amount does not matter."""

    state: AttemptState


@frozen
class CapReached:
    """`limit` is full; it frees at `retry_at`, None = nobody can say. Of several, the last to free."""

    limit: CapLimit
    retry_at: datetime | None


@frozen
class Suppressed:
    """The debtor is on the suppression list, or took back the consent to this."""

    reason: Reason


ClaimResult = Claimed | AlreadyDone | CapReached | Suppressed


REVOKED = Reason(
    "consent_revoked",
    "house",
    "The debtor took back the consent to messages of this kind.",
    severity="block",
    message_zh="债务人已撤回对此类消息的同意。",
)
"""Why a claim is stopped by a recorded revocation."""

Deferral = tuple[str, StepMark, datetime]
"""A due step that has to wait: debtor, step, and until when."""


@frozen(kw_only=True)
class Suppression:
    """A debtor must not be written to: why, since when, until when, for which purposes (None = all).

    Codes and security alerts pass every suppression: they answer what the person does now.
    """

    code: str
    at: datetime
    until: datetime | None = None
    purposes: frozenset[Purpose] | None = None

    def stops(self, purpose: Purpose, at: datetime) -> bool:
        """Return whether a message of `purpose` at `at` is stopped."""
        return (
            purpose not in (Purpose.OTP, Purpose.SECURITY_ALERT)
            and (self.purposes is None or purpose in self.purposes)
            and (self.until is None or at < self.until)
        )

    @property
    def reason(self) -> Reason:
        """The reason a claim is told."""
        return Reason(
            self.code,
            "house",
            f"The debtor is on the suppression list ({self.code}).",
            severity="block",
            message_zh=f"债务人在禁发名单中（{self.code}）。",
        )


@frozen(kw_only=True)
class AttemptRecord:
    """One attempt as the ledger keeps it.

    ``code`` is the provider's code of a rejection or our word for an unknown; ``tries`` counts the claims of
    a step that was refused and claimed anew; ``delivery`` is the receipt's word, beside the state.
    """

    step_key: str
    debtor: str
    borrower_id: str
    loan_id: str | None
    step: str
    due_on: date | None
    recipient: RecipientRole
    purpose: Purpose
    channel: Channel
    template: str
    fingerprint: str
    at: datetime
    versions: Mapping[str, str]
    state: AttemptState
    lease_until: datetime
    tries: int = 1
    finished_at: datetime | None = None
    provider_message_id: str | None = None
    code: str = ""
    delivery: DeliveryStatus | None = None
    delivery_at: datetime | None = None
    delivery_code: str = ""
    token: str = field(default="", repr=False)

    @property
    def mark(self) -> StepMark:
        """The step as the debtor's history names it."""
        return StepMark(self.loan_id or "", self.step, self.due_on)


@frozen(kw_only=True)
class AuditEntry:
    """A decision a person took about the ledger: who, when, what, about which step or debtor."""

    at: datetime
    by: str
    act: str
    subject: str
    detail: str


@frozen(kw_only=True)
class Guarantees:
    """What a store promises; a service refuses a store too weak for it.

    ``durable``: writes outlive the process. ``atomic_claims``: dedupe, caps and suppression are one act.
    ``survives_process_kill``: an acknowledged claim is there after SIGKILL. ``survives_power_loss``: and
    after the power fails, where the disk keeps what it flushed. ``multi_process``: several processes may
    share it. ``lease_for``: how long a claim may stay silent before it is told as unknown; a service stops
    handing rows of a claim over before that.
    """

    durable: bool
    atomic_claims: bool
    survives_process_kill: bool
    survives_power_loss: bool
    multi_process: bool
    lease_for: timedelta = timedelta(minutes=10)
    ledger: bool = True
    codes: bool = False
