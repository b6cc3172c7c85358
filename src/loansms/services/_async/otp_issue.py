"""Ask for a code, ask again, hand a queued one over, answer somebody nobody knows.

The order is store, then send: a challenge is open and every bucket charged before a byte leaves, so a crash
loses a message at most, never a limit. A send that certainly did not go out is given back; one whose outcome
nobody knows is neither given back nor sent again.
"""

from __future__ import annotations

from loansms.errors import CallerError
from loansms.model import Channel, PhoneNumber, Reason, Rejected, Unknown
from loansms.otp import Client, Issued, PublicIssue, Refused, Transaction, codes, decoy
from loansms.otp.admission import Bucket, NoRoom, Shadow
from loansms.otp.buckets import buckets_for, buckets_of, budget_ids, device_id, guards_of
from loansms.otp.challenge import Closed, NewChallenge
from loansms.otp.profiles import served
from loansms.otp.request import require_text
from loansms.planning import CodeText
from loansms.privacy.seal import NONCE
from loansms.services._async.otp_base import AsyncOtpBase
from loansms.services._async.otp_send import reference_of
from loansms.services.otp_jobs import job_of, parse_job
from loansms.services.otp_reasons import bucket_full, closed_because, why
from loansms.services.otp_record import CodeRecord, opened, sealed
from loansms.stores import LockedOut, Opening, Sent
from loansms.stores.rows import micros, moment

_NO_CLIENT = Client()


class AsyncIssuing(AsyncOtpBase):
    """The half of the service that sends."""

    async def issue(
        self,
        *,
        subject: str,
        phone: PhoneNumber,
        action: str,
        transaction: Transaction | None = None,
        binding: str = "",
        client: Client | None = None,
        number_confirmed: bool = True,
        locale: str | None = None,
        channel: Channel = Channel.SMS,
    ) -> Issued | Refused:
        """Send a code for `action` to `phone`, bound to `subject`, number and `transaction`.

        ``number_confirmed`` is False while the number itself is being proved: such sends and failures have
        budgets of their own. ``binding`` is any text the code is bound to besides (a contract's hash); give it again
        to `verify` and `redeem`. Raise CallerError for what cannot be a subject, an action or a number, and
        UnsupportedByProvider for a channel nobody speaks.
        """
        began = self._floor.start()
        self._sender.road(self._allowed(channel))
        subject, action = require_text("subject", subject), require_text("action", action)
        if locale is not None:
            require_text("locale", locale)
        asker = client or _NO_CLIENT
        buckets = buckets_for(
            self.setup.profile,
            self.setup.ring,
            tenant=self.setup.tenant,
            phone=_require_phone(phone),
            action=action,
            confirmed=number_confirmed,
            client=asker,
        )
        record = CodeRecord(
            subject=subject,
            action=action,
            phone=phone,
            transaction=transaction,
            binding=binding,
            locale=locale,
            channel=channel,
            confirmed=number_confirmed,
            digits=self.setup.profile.digits,
            lifetime=self.setup.lifetime,
            buckets=tuple([one.id for one in buckets]),
        )
        answer = await self._issue(record, buckets, asker.device)
        await self._floor.hold(began)
        return answer

    async def resend(self, challenge_id: str, *, channel: Channel | None = None) -> Issued | Refused:
        """Send the same code once more, by its own channel or another: one code, one failure budget.

        Refused when fewer seconds than the profile's `resend_left` of its life remain: issue a new one then.
        """
        began = self._floor.start()
        answer = await self._resend(challenge_id, channel)
        await self._floor.hold(began)
        return answer

    async def deliver(self, job: str) -> bool:
        """Send what a queue's `job` names, once; False when it was sent before or its time is over.

        A job given twice, or to two workers, is sent once. A worker that dies on the way leaves it unsent or
        unknown: the borrower asks again.
        """
        named = parse_job(job)
        if named is None:
            raise CallerError("job: expected one that this service queued", "job：应为本服务入队的任务")
        challenge_id, send, channel = named
        kept = await self._store.load_challenge(challenge_id)
        if kept is None:
            return False
        record = opened(kept.sealed, self.setup.ring, challenge_id)
        if record is None or not await self._store.take_send(challenge_id, send, self._now()):
            return False
        text = self._worded(record, challenge_id, channel, kept.expires_at)
        if isinstance(text, Reason):
            await self._store.refund_send(challenge_id, send, buckets_of(self.setup.profile, record.buckets))
            self._told("deliver", text.code, record, challenge_id, send, channel)
            return False
        return not isinstance(
            await self._submit("deliver", record, text, challenge_id, send, channel), Reason
        )

    async def decoy(self, subject: str, *, channel: Channel = Channel.SMS) -> Issued:
        """Return what somebody nobody knows is answered: nothing is sent, and no code will ever be right."""
        began = self._floor.start()
        at = micros(self._wall.now())
        challenge_id = decoy.decoy_id(self.setup.ring, at, self._entropy.token(decoy.CHANCE))
        answer = Issued(
            challenge_id=challenge_id,
            expires_at=moment(at + self.setup.lifetime),
            resend_at=moment(at + self.setup.spacing),
            channel=channel,
            masked_phone=decoy.decoy_mask(self.setup.ring, subject, self.setup.lender.jurisdiction),
        )
        if self._audit is not None:
            self._event("decoy", "decoy", subject, "", challenge_id=challenge_id)
        await self._floor.hold(began)
        return answer

    async def _issue(
        self, record: CodeRecord, buckets: tuple[Bucket, ...], device_name: str | None
    ) -> Issued | Refused:
        setup, ring = self.setup, self.setup.ring
        refused = self._unserved(record)
        if refused is not None:
            return self._refused("issue", record, refused)
        challenge_id = codes.new_id(ring.current, self._entropy.token(codes.NONCE))
        bound = record.bound
        code = codes.derive(ring, challenge_id, bound, phone=record.phone.e164, digits=record.digits)
        text = self._text(record, code, record.channel, record.lifetime)
        if isinstance(text, Reason):
            return self._refused("issue", record, text)
        device = device_id(ring, setup.tenant, record.subject, device_name)
        direct = self._queue is None
        opening = await self._store.open_challenge(
            NewChallenge(
                id=challenge_id,
                budgets=budget_ids(ring, setup.tenant, record.subject, record.action, record.confirmed),
                tag=codes.tag(ring, challenge_id, bound, code),
                sealed=sealed(record, ring, challenge_id, self._entropy.token(NONCE)),
                lives=setup.lifetime,
                device=device,
                line=device,
                guards=guards_of(buckets),
                taken=direct,
            ),
            buckets,
            setup.limits,
            self._now(),
        )
        return await self._sent("issue", record, text, challenge_id, record.channel, opening)

    async def _resend(self, challenge_id: str, channel: Channel | None) -> Issued | Refused:
        setup = self.setup
        kept = await self._store.load_challenge(challenge_id)
        if kept is None:
            return self._nobody(challenge_id, channel)
        record = opened(kept.sealed, setup.ring, challenge_id)
        if record is None:
            return Refused(why("key_retired"), public=self._face(challenge_id, "", channel or Channel.SMS))
        by = self._allowed(channel or record.channel)
        self._sender.road(by)
        text = self._worded(record, challenge_id, by, kept.expires_at)
        if isinstance(text, Reason):
            return self._refused("resend", record, text, challenge_id)
        opening = await self._store.resend_challenge(
            challenge_id,
            buckets_of(setup.profile, record.buckets),
            setup.limits,
            left=setup.left,
            taken=self._queue is None,
            now=self._now(),
        )
        return await self._sent("resend", record, text, challenge_id, by, opening)

    async def _sent(
        self,
        act: str,
        record: CodeRecord,
        text: CodeText,
        challenge_id: str,
        channel: Channel,
        opening: Opening,
    ) -> Issued | Refused:
        """Return what became of an opening: submitted, queued, or refused."""
        match opening:
            case NoRoom(name=name, retry_at=retry_at):
                return self._refused(act, record, bucket_full(name), challenge_id, retry_at)
            case LockedOut(retry_at=retry_at):
                return self._refused(act, record, why("locked"), challenge_id, retry_at)
            case Closed():
                return self._refused(act, record, closed_because(opening), challenge_id)
            case Sent(at=at, expires_at=expires_at, send=send, shadows=shadows):
                unsure = False
                if self._queue is None:
                    ended = await self._submit(act, record, text, challenge_id, send, channel, shadows)
                    if isinstance(ended, Reason):
                        return Refused(ended, public=self._face(challenge_id, record.phone.masked, channel))
                    unsure = ended
                else:
                    await self._queue.put(job_of(challenge_id, send, channel))
                    self._told(act, "queued", record, challenge_id, send, channel, shadows)
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
        result = await self._sender.submit(record, text, channel, reference_of(challenge_id, send))
        if isinstance(result, Rejected):
            await self._store.refund_send(challenge_id, send, buckets_of(self.setup.profile, record.buckets))
            self._told(act, "not_sent", record, challenge_id, send, channel, shadows, result.code)
            return why("not_sent")
        unsure = isinstance(result, Unknown)
        detail = result.cause if isinstance(result, Unknown) else ""
        self._told(
            act, "unknown" if unsure else "submitted", record, challenge_id, send, channel, shadows, detail
        )
        return unsure

    def _worded(
        self, record: CodeRecord, challenge_id: str, channel: Channel, expires_at: int
    ) -> CodeText | Reason:
        """Return the text of a code that is out, derived again; it tells the minutes still left."""
        code = codes.derive(
            self.setup.ring, challenge_id, record.bound, phone=record.phone.e164, digits=record.digits
        )
        return self._text(record, code, channel, expires_at - micros(self._wall.now()))

    def _text(self, record: CodeRecord, code: str, channel: Channel, lives: int) -> CodeText | Reason:
        return self.setup.words.text(
            code=code,
            action=record.action,
            minutes=max(1, lives // _MINUTE),
            channel=channel,
            transaction=record.transaction,
            locale=record.locale,
        )

    def _unserved(self, record: CodeRecord) -> Reason | None:
        """Return why this request can have no code at all, before anything is charged."""
        setup = self.setup
        refused = served(setup.profile, setup.lender.jurisdiction, record.phone)
        if refused is not None:
            return refused
        if record.channel is Channel.SMS and not record.phone.can_text:
            return why("cannot_text")
        if record.transaction is None and record.action in setup.profile.transaction_actions:
            return why("transaction_needed")
        return None

    def _allowed(self, channel: Channel) -> Channel:
        if channel not in self.setup.profile.channels:
            known = ", ".join(sorted(self.setup.profile.channels))
            raise CallerError(
                f"channel: expected one of the profile {self.setup.profile.name}: {known}",
                f"channel 应为配置 {self.setup.profile.name} 允许的渠道：{known}",
            )
        return channel

    def _refused(
        self,
        act: str,
        record: CodeRecord,
        reason: Reason,
        challenge_id: str = "",
        retry_at: int | None = None,
    ) -> Refused:
        again = None if retry_at is None else moment(retry_at)
        if self._audit is not None:
            self._event(
                act,
                reason.code,
                record.subject,
                record.action,
                challenge_id=challenge_id,
                channel=record.channel.value,
                country=record.phone.country,
                retry_at=again,
            )
        shown = challenge_id if act == "resend" else ""
        return Refused(reason, again, public=self._face(shown, record.phone.masked, record.channel))

    def _nobody(self, challenge_id: str, channel: Channel | None) -> Refused:
        """Answer a resend of an id that is not kept; a decoy's keeps the times it began with."""
        began = decoy.decoy_at(self.setup.ring, challenge_id)
        face = self._face(challenge_id, "", channel or Channel.SMS, began)
        return Refused(why("unknown"), public=face)

    def _face(
        self, challenge_id: str, masked: str, channel: Channel, began: int | None = None
    ) -> PublicIssue:
        """Return what is shown of a refusal: what is shown of a code that went out."""
        at = micros(self._wall.now())
        return PublicIssue(
            challenge_id=challenge_id
            or decoy.decoy_id(self.setup.ring, at, self._entropy.token(decoy.CHANCE)),
            expires_at=moment((at if began is None else began) + self.setup.lifetime),
            resend_at=moment(at + self.setup.spacing),
            channel=channel,
            masked_phone=masked,
        )

    def _told(
        self,
        act: str,
        outcome: str,
        record: CodeRecord,
        challenge_id: str,
        send: int,
        channel: Channel,
        shadows: tuple[Shadow, ...] = (),
        detail: str = "",
    ) -> None:
        if self._audit is not None:
            self._event(
                act,
                outcome,
                record.subject,
                record.action,
                challenge_id=challenge_id,
                channel=channel.value,
                country=record.phone.country,
                send=send,
                reference=reference_of(challenge_id, send),
                shadows=shadows,
                detail=detail,
            )


_MINUTE = 60_000_000


def _require_phone(phone: object) -> PhoneNumber:
    if not isinstance(phone, PhoneNumber):
        raise CallerError(
            "phone: expected a PhoneNumber (PhoneNumber.parse(text, region=...))",
            "phone 应为 PhoneNumber（用 PhoneNumber.parse 解析）",
        )
    return phone
