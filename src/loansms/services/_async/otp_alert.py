"""Tell a borrower what happened to their account: once, however often the host is told of it."""

from __future__ import annotations

from datetime import date, timedelta

from loansms.model import Accepted, Channel, Message, PhoneNumber, Purpose, Reason, SubmitResult
from loansms.otp import codes
from loansms.otp.budget import DAY
from loansms.otp.challenge import Closed, NewChallenge
from loansms.otp.request import require_text
from loansms.planning import plan_alert_text
from loansms.services._async.otp_base import AsyncOtpBase


class AsyncAlerting(AsyncOtpBase):
    """Tells a borrower what happened to their account."""

    async def alert(
        self,
        template: str,
        *,
        subject: str,
        phone: PhoneNumber,
        event_id: str,
        on: date,
        event: str | None = None,
        waits_for: timedelta | None = None,
        locale: str | None = None,
    ) -> SubmitResult | Reason | None:
        """Send the security alert `template` about what happened on day `on`; None when it was told before.

        ``event_id`` names what happened: the same id, template and number is told once in a day, whoever asks. A
        Reason says why the words may not be sent. A security alert waits for no hour and is stopped by no
        opt-out.
        """
        setup, ring = self.setup, self.setup.ring
        text = plan_alert_text(
            template,
            on=on,
            catalogue=setup.words.catalogue,
            lender=setup.lender,
            locale=locale,
            event=event,
            waits_for=waits_for,
        )
        if isinstance(text, Reason):
            return text
        told = f"{template}\0{require_text('event_id', event_id)}\0{phone.e164}"
        alert_id = codes.new_id(ring.current, bytes.fromhex(ring.blind("alert", told)[0]))
        opening = await self._store.open_challenge(
            NewChallenge(id=alert_id, budgets=(), tag=self._entropy.token(32), sealed=b"", lives=DAY),
            (),
            setup.limits,
            self._now(),
        )
        if isinstance(opening, Closed):
            return None
        result = await self._sender.send(
            Message(
                message_id=f"a-{alert_id[-22:]}",
                step_key=alert_id,
                borrower_id=require_text("subject", subject),
                loan_id=None,
                to=phone,
                text=text.text,
                signature=text.signature,
                purpose=Purpose.SECURITY_ALERT,
                channel=Channel.SMS,
                template=text.template,
                locale=text.locale,
                segments=text.segments,
            )
        )
        self._event("alert", "submitted" if isinstance(result, Accepted) else "not_sent", subject, template)
        return result
