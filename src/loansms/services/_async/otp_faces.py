"""What is told of a request that was refused: to the public, and to the audit."""

from __future__ import annotations

from loansms.model import Channel, Reason
from loansms.otp import PublicIssue, Refused, codes
from loansms.otp.admission import Shadow
from loansms.services._async.otp_base import AsyncOtpBase
from loansms.services._async.otp_send import reference_of
from loansms.services.otp_reasons import why
from loansms.services.otp_record import CodeRecord
from loansms.stores.rows import micros, moment


class AsyncFaces(AsyncOtpBase):
    """One face for every refusal, and an event for every act."""

    def _refused(
        self,
        act: str,
        record: CodeRecord,
        reason: Reason,
        challenge_id: str = "",
        retry_at: int | None = None,
        until: int | None = None,
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
        return Refused(reason, again, public=self._face(record, shown, until))

    def _face(self, record: CodeRecord, challenge_id: str, until: int | None) -> PublicIssue:
        """Return what is shown of a refusal: what is shown of a code that went out."""
        at = micros(self._wall.now())
        return PublicIssue(
            challenge_id=challenge_id or self._no_id(),
            expires_at=moment(at + self.setup.lifetime if until is None else until),
            resend_at=moment(at + self.setup.spacing),
            channel=record.channel,
            masked_phone=record.phone.masked,
        )

    def _unknown(self, cause: str, channel: Channel | None) -> Refused:
        """Answer a resend of what is not kept: a refused issue's id, a forgotten code, a made-up one."""
        at = micros(self._wall.now())
        face = PublicIssue(
            challenge_id=self._no_id(),
            expires_at=moment(at + self.setup.lifetime),
            resend_at=moment(at + self.setup.spacing),
            channel=channel or Channel.SMS,
            masked_phone="",
        )
        return Refused(why(cause), public=face)

    def _no_id(self) -> str:
        """Return an id that is kept nowhere."""
        return codes.new_id(self.setup.ring.current, self._entropy.token(codes.NONCE))

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
