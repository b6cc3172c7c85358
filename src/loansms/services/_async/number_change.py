"""Change a borrower's number: both numbers are told, both are proved, some acts wait afterwards.

The host keeps the `NumberChange` between the steps and writes the new number down itself, in the moment it calls
`complete`; what may come next is `loansms.otp.number_change`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from loansms.clock import Clock, SystemClock
from loansms.errors import CallerError
from loansms.model import PhoneNumber
from loansms.otp import Client, Issued, Refused, Verdict, VerdictKind
from loansms.otp.number_change import (
    ACTION_NEW,
    ACTION_OLD,
    COOLING_FOR,
    AlertTo,
    Event,
    NumberChange,
    Stage,
    advance,
    binding,
    messages,
    request,
)
from loansms.services._async.otp import AsyncOtpService

Step = tuple[NumberChange | Refused, Issued | Refused | None]
"""A change after a step, and the code that went out for the next one (None: none is due)."""

_PROVES = {Stage.ASKED: (ACTION_OLD, Event.OLD_NUMBER), Stage.VOUCHED: (ACTION_NEW, Event.NEW_NUMBER)}


class AsyncNumberChangeService:
    """Carries a number change through, over the codes and alerts of one `AsyncOtpService`."""

    def __init__(
        self, otp: AsyncOtpService, *, clock: Clock | None = None, cooling_for: timedelta = COOLING_FOR
    ) -> None:
        self._otp = otp
        self._clock = clock or SystemClock()
        self._cooling_for = cooling_for

    async def begin(
        self,
        *,
        subject: str,
        old: PhoneNumber,
        new: PhoneNumber,
        client: Client | None = None,
        cools_until: datetime | None = None,
        locale: str | None = None,
    ) -> Step:
        """Ask for a change: the old number is told, and gets the first code.

        ``cools_until`` is when the subject's last change has cooled down.
        """
        setup = self._otp.setup
        asked = request(
            subject,
            old,
            new,
            self._clock.now(),
            profile=setup.profile,
            jurisdiction=setup.lender.jurisdiction,
            cools_until=cools_until,
        )
        return asked, await self._say(asked, client, locale)

    async def confirm(
        self,
        change: NumberChange,
        challenge_id: str,
        code: str,
        *,
        client: Client | None = None,
        locale: str | None = None,
    ) -> tuple[Verdict, NumberChange | Refused, Issued | Refused | None]:
        """Check the code that is due; after the old number's the new one gets its own.

        Raise CallerError when no code is due at this stage.
        """
        if change.stage not in _PROVES:
            raise CallerError(
                f"change: no code is due while it is {change.stage.value}", "更换流程当前阶段无需验证码"
            )
        action, event = _PROVES[change.stage]
        bound = binding(change.old, change.new)
        verdict = await self._otp.verify(
            challenge_id, code, subject=change.subject, action=action, binding=bound, client=client
        )
        if verdict.kind is not VerdictKind.ACCEPTED or verdict.grant is None:
            return verdict, change, None
        await self._otp.redeem(verdict.grant.id, subject=change.subject, action=action, binding=bound)
        after = advance(change, event, self._clock.now())
        return verdict, after, await self._say(after, client, locale)

    async def vouch(
        self,
        change: NumberChange,
        grant_id: str,
        *,
        client: Client | None = None,
        locale: str | None = None,
    ) -> Step:
        """Take a stronger factor for the old number: a grant of `verify_totp` for `ACTION_OLD` and `binding`."""
        bound = binding(change.old, change.new)
        spent = await self._otp.redeem(grant_id, subject=change.subject, action=ACTION_OLD, binding=bound)
        if not spent:
            return change, None
        after = advance(change, Event.STRONGER_FACTOR, self._clock.now())
        return after, await self._say(after, client, locale)

    async def complete(self, change: NumberChange, *, locale: str | None = None) -> NumberChange | Refused:
        """Complete a change whose numbers are proved: call it where the host writes the new number down.

        Both numbers are told; `cooling_until` says how long some acts wait.
        """
        done = advance(change, Event.COMPLETE, self._clock.now())
        await self._say(done, None, locale)
        return done

    def cancel(self, change: NumberChange) -> NumberChange | Refused:
        """Stop a change: the borrower said it was not them, or gave up."""
        return advance(change, Event.CANCEL, self._clock.now())

    async def _say(
        self, change: NumberChange | Refused, client: Client | None, locale: str | None
    ) -> Issued | Refused | None:
        """Send what is due at this stage; return what came of its code."""
        if isinstance(change, Refused):
            return None
        issued: Issued | Refused | None = None
        for one in messages(change):
            if isinstance(one, AlertTo):
                await self._otp.alert(
                    one.template,
                    subject=change.subject,
                    phone=one.phone,
                    event_id=f"{change.stage.value} {change.requested_at.isoformat()}",
                    on=self._clock.now().date(),
                    waits_for=self._cooling_for,
                    locale=locale,
                )
                continue
            issued = await self._otp.issue(
                subject=change.subject,
                phone=one.phone,
                action=one.action,
                binding=one.binding,
                client=client,
                number_confirmed=one.action == ACTION_OLD,
                channel=one.channel,
                locale=locale,
            )
        return issued
