"""What a claim says and what it is answered: the words every store speaks.

A claim is asked before a byte leaves and answered once: `Claimed` (go on the wire, then finish under the
token), `AlreadyDone`, `CapReached`, `Suppressed` or `Stopped`. Promise: at most one submission per step key while the
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
from loansms.model import (
    CapLimit,
    Channel,
    Confirmation,
    DeliveryStatus,
    Json,
    Purpose,
    Reason,
    RecipientRole,
    StepMark,
)
from loansms.stores.brakes import Stop, StopScope
from loansms.stores.vault import SealedField

LEASE_FOR = timedelta(minutes=10)
"""How long a claim may stay silent before it is told as unknown; a service gives back what it cannot reach."""

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

    ``tenant``, ``stage``, ``step`` and ``route`` (the provider it goes by) are what the brakes are asked about, ``number`` a keyed
    tag of the phone, with which an unsigned receipt has to agree. ``facts_at`` is when what the text says was true: a
    payment recorded after it stops the claim (None: not asked). ``local_on`` is the debtor's own date at `at`, by which
    holds end (None: the date of `at`). ``confirms`` names the stop that this message may follow: it passes that stop and no
    other, in its time and under the one step key of `Confirmation.key`, as a transaction notice. ``evidence`` goes into the journal, ``sealed`` and the
    ``tags`` of the number into the vault, in the claim's own transaction.
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
    tenant: str = ""
    stage: str = ""
    route: str = ""
    segments: int = 0
    number: str = field(default="", repr=False)
    facts_at: datetime | None = None
    local_on: date | None = None
    evidence: Mapping[str, Json] = field(factory=dict[str, Json], repr=False)
    sealed: tuple[SealedField, ...] = field(default=(), repr=False)
    tags: tuple[str, ...] = field(default=(), repr=False)
    confirms: Confirmation | None = None

    @property
    def mark(self) -> StepMark:
        """The step as the debtor's history names it."""
        return StepMark(self.loan_id or "", self.step, self.due_on)

    def named(self) -> dict[StopScope, str]:
        """Return what a stop may name of it."""
        return {
            StopScope.TENANT: self.tenant,
            StopScope.TEMPLATE: self.template,
            StopScope.STAGE: self.stage,
            StopScope.STEP: self.step,
            StopScope.ROUTE: self.route,
        }


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
    """The debtor is on the suppression list, took back the consent to this, paid since, or is held."""

    reason: Reason


@frozen
class Stopped:
    """The brakes are on: the step waits until a named person resumes it."""

    stop: Stop


ClaimResult = Claimed | AlreadyDone | CapReached | Suppressed | Stopped
"""The answer to a claim: it is yours, or one of four reasons why it is not."""

PAID_SINCE = Reason(
    "paid_since",
    "house",
    "A payment came in after the facts of this message: it has to be planned anew from fresh ones.",
    severity="block",
    message_zh="依据的数据之后已有还款入账，须按最新数据重新规划。",
)
"""Why a claim is stopped by a payment its facts do not know."""


def held_reason(kind: str) -> Reason:
    """Return why a claim is stopped by a recorded hold.

    >>> held_reason("dispute").code
    'held_dispute'
    """
    return Reason(
        f"held_{kind}",
        "house",
        f"A hold was recorded ({kind}): nothing is asked until it ends or is released.",
        severity="block",
        message_zh=f"已登记暂停事由（{kind}），在其结束或解除前不再催收。",
    )


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
    tenant: str = ""
    stage: str = ""
    route: str = ""
    segments: int = 0
    number: str = field(default="", repr=False)

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
    handing rows of a claim over before that. ``journal``: every act is written down in its own transaction, to be
    sealed; ``vault``: it keeps sealed values by subject; ``queue``: workers can share steps through it.
    """

    durable: bool
    atomic_claims: bool
    survives_process_kill: bool
    survives_power_loss: bool
    multi_process: bool
    lease_for: timedelta = LEASE_FOR
    ledger: bool = True
    codes: bool = False
    journal: bool = False
    vault: bool = False
    queue: bool = False
