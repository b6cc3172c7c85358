"""Tell a borrower what happened to their account: once, however often the host is told of it, and not without end."""

from __future__ import annotations

from datetime import date, timedelta

from loansms.model import (
    Accepted,
    Channel,
    Message,
    PhoneNumber,
    Purpose,
    Reason,
    Rejected,
    SubmitResult,
    Unknown,
)
from loansms.otp import codes
from loansms.otp.admission import Bucket, Limit, NoRoom
from loansms.otp.budget import DAY
from loansms.otp.challenge import NewChallenge
from loansms.otp.request import require_phone, require_text
from loansms.planning import plan_alert_text
from loansms.services.codes._async.base import AsyncOtpBase
from loansms.services.codes._async.send import reference_of
from loansms.services.codes.reasons import bucket_full, why
from loansms.services.sending.claims import written
from loansms.stores import Sent

_ONCE = Limit(1, DAY)
# House: who is told of one thing three times in a day has been told; more would be a way to bomb a number.
_OFTEN = Limit(3, DAY)


_OUTCOMES: dict[type[SubmitResult], str] = {Accepted: "submitted", Rejected: "not_sent", Unknown: "unknown"}


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

        ``event_id`` names what happened: the same id, template and number is told once in 24 hours, whoever
        asks, and a template three times to a number. A Reason says why it may not be sent. An alert that the
        provider certainly did not take may be told again. It waits for no hour and no opt-out stops it.
        """
        setup = self.setup
        require_text("subject", subject)
        require_phone(phone)
        self._sender.road(Channel.SMS)
        if not phone.can_text:
            return why("cannot_text")
        text = plan_alert_text(
            template,
            on=on,
            catalogue=setup.words.catalogue,
            lender=setup.lender,
            locale=locale,
            event=event,
            waits_for=waits_for,
            approved_only=setup.words.approved_only,
        )
        if isinstance(text, Reason):
            return text
        told = f"{len(setup.tenant)}:{setup.tenant}{template}\0{phone.e164}"
        once = self._counted("alert", f"{told}\0{require_text('event_id', event_id)}", _ONCE)
        buckets = (*once, *self._counted("alerts", told, _OFTEN))
        alert_id = codes.new_id(setup.ring.current, self._entropy.token(codes.NONCE))
        opening = await self._store.open_challenge(
            NewChallenge(id=alert_id, budgets=(), tag=self._entropy.token(32), sealed=b"", lives=DAY),
            buckets,
            setup.limits,
            self._now(),
        )
        if not isinstance(opening, Sent):
            before = isinstance(opening, NoRoom) and opening.name == "alert"
            self._event("alert", "told_before" if before else "full_alerts", subject, template)
            return None if before else bucket_full("alerts")
        reference = reference_of(alert_id, 1)
        result = await self._sender.send(
            Message(
                message_id=f"a-{reference[:24]}",
                step_key=reference,
                borrower_id=subject,
                loan_id=None,
                to=phone,
                text=text.text,
                signature=text.signature,
                purpose=Purpose.SECURITY_ALERT,
                channel=Channel.SMS,
                template=text.template,
                template_version=text.template_version,
                locale=text.locale,
                segments=text.segments,
                slots=written(text.slots),
            )
        )
        if isinstance(result, Rejected):
            await self._store.refund_send(alert_id, 1, buckets)
        self._event("alert", _OUTCOMES[type(result)], subject, template)
        return result

    def _counted(self, name: str, value: str, limit: Limit) -> tuple[Bucket, ...]:
        return tuple([Bucket(name, f"{name}:{key}", (limit,)) for key in self.setup.ring.blind(name, value)])
