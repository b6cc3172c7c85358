"""What is told of a request that was refused: to the public, and to the audit."""

from __future__ import annotations

from loansms.model import Channel, Reason
from loansms.otp import PublicIssue, Refused, codes
from loansms.otp.admission import Shadow
from loansms.services.codes._async.base import AsyncOtpBase
from loansms.services.codes._async.send import reference_of
from loansms.services.codes.reasons import why
from loansms.services.codes.record import CodeRecord
from loansms.stores.rows import micros, moment


class AsyncFaces(AsyncOtpBase):
    """One face for every refusal, and an event for every act."""

    def _refused(
        self,
        act: str,
        record: CodeRecord,
        reason: Reason,
        challenge_id: str,
        channel: Channel,
        retry_at: int | None = None,
    ) -> Refused:
        """Refuse, and tell the audit why."""
        again = None if retry_at is None else moment(retry_at)
        if self._audit is not None:
            self._event(
                act,
                reason.code,
                record.subject,
                record.action,
                challenge_id=challenge_id,
                channel=channel.value,
                country=record.phone.country,
                retry_at=again,
            )
        return Refused(reason, again, public=self._face(act, challenge_id, channel))

    def _unknown(self, cause: str, challenge_id: str) -> Refused:
        """Answer a resend of what is not kept: a refused issue's id, a forgotten code, a made-up one."""
        well = codes.key_id_of(challenge_id) is not None
        self._event("resend", cause, "", "", challenge_id=challenge_id if well else "")
        shown = challenge_id if well else self._no_id()
        return Refused(why(cause), public=self._face("resend", shown, Channel.SMS))

    def _face(self, act: str, challenge_id: str, channel: Channel, at: int | None = None) -> PublicIssue:
        """Return what is shown of a refusal: what is shown of a code that went out, at the time the store told."""
        now = micros(self._wall.now()) if at is None else at
        resend_at = moment(now + self.setup.spacing)
        if act == "resend":
            return PublicIssue(challenge_id=challenge_id, resend_at=resend_at)
        return PublicIssue(
            challenge_id=challenge_id,
            resend_at=resend_at,
            expires_at=moment(now + self.setup.lifetime),
            channel=channel,
        )

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
