"""Open a challenge and hand its code over: what issuing, resending and delivering have in common."""

from __future__ import annotations

from collections.abc import Sequence

from loansms.model import Channel, Reason, Rejected, SubmitResult, Unknown
from loansms.otp import Issued, Refused, codes
from loansms.otp.admission import Bucket, NoRoom, Shadow
from loansms.otp.buckets import buckets_of, budget_ids, device_id, given_back, guards_of
from loansms.otp.challenge import Closed, NewChallenge
from loansms.otp.decoy import is_decoy
from loansms.otp.number_change import ACTION_VOUCH
from loansms.otp.profiles import served
from loansms.planning import CodeText
from loansms.privacy import Secret
from loansms.privacy.seal import NONCE
from loansms.services.codes._async.faces import AsyncFaces
from loansms.services.codes._async.send import reference_of
from loansms.services.codes.jobs import job_of
from loansms.services.codes.reasons import bucket_full, closed_because, why
from loansms.services.codes.record import CodeRecord, sealed
from loansms.stores import LockedOut, Opening, Sent
from loansms.stores.rows import micros, moment

_MINUTE = 60_000_000
_TAG = 32  # bytes


class AsyncOpenings(AsyncFaces):
    """From an opened challenge to its message, or to the reason why there is none."""

    async def _issue(
        self, record: CodeRecord, buckets: Sequence[Bucket], device_name: str | None
    ) -> Issued | Refused:
        setup, ring = self.setup, self.setup.ring
        challenge_id = codes.new_id(ring.current, self._entropy.token(codes.NONCE))
        refused = self._unserved(record)
        worded = refused or self._tagged(record, challenge_id)
        if isinstance(worded, Reason):
            return self._refused("issue", record, worded, self._no_id(), record.channel)
        tag, text = worded
        device = device_id(ring, setup.tenant, record.subject, device_name)
        opening = await self._store.open_challenge(
            NewChallenge(
                id=challenge_id,
                budgets=budget_ids(
                    ring,
                    setup.tenant,
                    record.subject,
                    record.action,
                    record.confirmed or not setup.profile.split_budgets,
                ),
                tag=tag,
                sealed=sealed(record, ring, challenge_id, self._entropy.token(NONCE)),
                lives=setup.lifetime,
                device=device,
                line=device,
                guards=guards_of(buckets),
                taken=self._queue is None,
            ),
            buckets,
            setup.limits,
            self._now(),
        )
        return await self._sent("issue", record, text, challenge_id, record.channel, opening)

    async def _sent(
        self,
        act: str,
        record: CodeRecord,
        text: CodeText | None,
        challenge_id: str,
        channel: Channel,
        opening: Opening,
    ) -> Issued | Refused:
        """Return what became of an opening: submitted, queued, or refused; a decoy has no `text`."""
        match opening:
            case NoRoom(name=name, retry_at=retry_at):
                return self._refused(act, record, bucket_full(name), challenge_id, channel, retry_at)
            case LockedOut(retry_at=retry_at):
                return self._refused(act, record, why("locked"), challenge_id, channel, retry_at)
            case Closed():
                return self._refused(act, record, closed_because(opening), challenge_id, channel)
            case Sent(at=at, expires_at=expires_at, send=send, shadows=shadows):
                unsure = False
                if self._queue is not None:
                    await self._enqueue(act, record, challenge_id, send, channel, shadows)
                elif text is not None:
                    ended = await self._submit(act, record, text, challenge_id, send, channel, shadows)
                    if isinstance(ended, Reason):
                        return Refused(ended, public=self._face(act, challenge_id, channel, at))
                    unsure = ended
                else:
                    self._told(act, "decoy", record, challenge_id, send, channel)
                return Issued(
                    challenge_id=challenge_id,
                    expires_at=moment(expires_at),
                    resend_at=moment(at + self.setup.spacing),
                    channel=channel,
                    masked_phone=record.phone.masked,
                    send=send,
                    unsure=unsure,
                    submitted=self._queue is None,
                )

    async def _submit(
        self,
        act: str,
        record: CodeRecord,
        text: CodeText,
        challenge_id: str,
        send: int,
        channel: Channel,
        shadows: tuple[Shadow, ...] = (),
    ) -> bool | Reason:
        """Submit one admitted send; return whether its outcome is unknown, or why it certainly is not out."""
        result: SubmitResult | None = None
        try:
            result = await self._sender.submit(record, text, channel, reference_of(challenge_id, send))
        finally:
            if result is None:
                # What the provider raised reaches the caller; whether it sent is as unknown as ever.
                self._told(act, "unknown", record, challenge_id, send, channel, shadows, "raised")
        if isinstance(result, Rejected):
            await self._give_back(record, challenge_id, send)
            self._told(act, "not_sent", record, challenge_id, send, channel, shadows, result.code)
            return why("not_sent")
        cause = result.cause if isinstance(result, Unknown) else None
        outcome = "submitted" if cause is None else "unknown"
        self._told(act, outcome, record, challenge_id, send, channel, shadows, cause or "")
        return cause is not None

    async def _enqueue(
        self,
        act: str,
        record: CodeRecord,
        challenge_id: str,
        send: int,
        channel: Channel,
        shadows: tuple[Shadow, ...],
    ) -> None:
        """Queue one admitted send; a queue that raises may have taken it, so nothing is given back."""
        outcome = "not_queued"
        try:
            if self._queue is not None:
                await self._queue.put(job_of(self.setup.ring, challenge_id, send, channel))
            outcome = "queued"
        finally:
            self._told(act, outcome, record, challenge_id, send, channel, shadows)

    async def _give_back(self, record: CodeRecord, challenge_id: str, send: int) -> None:
        buckets = given_back(buckets_of(self.setup.profile, record.buckets))
        await self._store.refund_send(challenge_id, send, buckets)

    def _tagged(self, record: CodeRecord, challenge_id: str) -> tuple[bytes, CodeText | None] | Reason:
        """Return the tag of a new code and its words; a decoy's tag is of no code, and it has no words."""
        if is_decoy(record.phone):
            return self._entropy.token(_TAG), None
        code = self._code(record, challenge_id)
        text = self._text(record, code, record.channel, record.lifetime)
        if isinstance(text, Reason):
            return text
        return codes.tag(self.setup.ring, challenge_id, record.bound, code.reveal()), text

    def _worded(
        self, record: CodeRecord, challenge_id: str, channel: Channel, expires_at: int
    ) -> CodeText | Reason | None:
        """Return the text of a code that is out, derived again; it tells the minutes still left."""
        if is_decoy(record.phone):
            return None
        left = expires_at - micros(self._wall.now())
        return self._text(record, self._code(record, challenge_id), channel, left)

    def _code(self, record: CodeRecord, challenge_id: str) -> Secret[str]:
        ring, phone = self.setup.ring, record.phone
        return Secret(codes.derive(ring, challenge_id, record.bound, phone=phone.e164, digits=record.digits))

    def _text(self, record: CodeRecord, code: Secret[str], channel: Channel, lives: int) -> CodeText | Reason:
        return self.setup.words.text(
            code=code.reveal(),
            action=record.action,
            minutes=max(1, lives // _MINUTE),
            channel=channel,
            transaction=record.transaction,
            locale=record.locale,
        )

    def _unserved(self, record: CodeRecord) -> Reason | None:
        """Return why this request can have no code at all, before anything is charged."""
        setup = self.setup
        if is_decoy(record.phone):
            return None
        refused = served(setup.profile, setup.lender.jurisdiction, record.phone)
        if refused is not None:
            return refused
        if record.action == ACTION_VOUCH:
            return why("stronger_factor")
        if self._cannot_hear(record, record.channel):
            return why("cannot_text")
        if record.transaction is None and setup.profile.needs_transaction(record.action):
            return why("transaction_needed")
        return None

    def _cannot_hear(self, record: CodeRecord, channel: Channel) -> bool:
        return channel is Channel.SMS and not record.phone.can_text
