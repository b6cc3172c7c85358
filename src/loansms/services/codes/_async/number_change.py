"""Change a borrower's number: both numbers are told, both are proved, some acts wait afterwards.

The host keeps the `NumberChange` between the steps (`keep` makes one line of text of it) and writes the new number
down itself, in the moment it calls `complete`; what may come next is `loansms.otp.number_change`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from loansms.clock import Clock, Entropy, SystemClock, SystemEntropy
from loansms.errors import CallerError
from loansms.model import PhoneNumber
from loansms.otp import Client, Issued, Refused, Verdict
from loansms.otp.number_change import (
    ACTION_NEW,
    ACTION_OLD,
    ACTION_VOUCH,
    COOLING_FOR,
    AlertTo,
    Event,
    NumberChange,
    NumberChangeStep,
    Stage,
    Told,
    advance,
    messages,
    request,
    untellable,
)
from loansms.otp.number_change_token import change_of, token_of
from loansms.privacy.seal import NONCE
from loansms.services.codes._async.service import AsyncOtpService

_PROVES = {Stage.ASKED: (ACTION_OLD, Event.OLD_NUMBER), Stage.VOUCHED: (ACTION_NEW, Event.NEW_NUMBER)}


class AsyncNumberChangeService:
    """Carries a number change through, over the codes and alerts of one `AsyncOtpService`.

    Every step returns a `NumberChangeStep`: look at its `untold`, the numbers that no alert is known to have
    reached.
    """

    def __init__(
        self,
        otp: AsyncOtpService,
        *,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        cooling_for: timedelta = COOLING_FOR,
    ) -> None:
        self._otp = otp
        self._clock = clock or SystemClock()
        self._entropy = entropy or SystemEntropy()
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
    ) -> NumberChangeStep:
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
        return await self._step(asked, client, locale)

    async def confirm(
        self,
        change: NumberChange,
        challenge_id: str,
        code: str,
        *,
        client: Client | None = None,
        locale: str | None = None,
    ) -> NumberChangeStep:
        """Check the code that is due; after the old number's the new one gets its own.

        Raise CallerError when no code is due at this stage.
        """
        if change.stage not in _PROVES:
            raise CallerError(
                f"change: expected a stage with a code to check, it is {change.stage.value}",
                f"change：应处于待验证码的阶段，现为 {change.stage.value}",
            )
        action, event = _PROVES[change.stage]
        verdict = await self._otp.verify(
            challenge_id, code, subject=change.subject, action=action, binding=change.binding, client=client
        )
        if verdict.grant is None or not await self._spent(change, verdict.grant.id, action):
            return NumberChangeStep(change=change, verdict=verdict)
        return await self._step(advance(change, event, self._clock.now()), client, locale, verdict)

    async def vouch(
        self,
        change: NumberChange,
        grant_id: str,
        *,
        client: Client | None = None,
        locale: str | None = None,
    ) -> NumberChangeStep:
        """Take a stronger factor for the old number: a grant of `verify_totp` for ACTION_VOUCH and `change.binding`.

        Any other grant changes nothing, a texted code's of this very change too.
        """
        vouched = advance(change, Event.STRONGER_FACTOR, self._clock.now())
        # Asked first: a grant is not spent on what cannot be.
        if isinstance(vouched, NumberChange) and not await self._spent(change, grant_id, ACTION_VOUCH):
            return NumberChangeStep(change=change)
        return await self._step(vouched, client, locale)

    async def complete(self, change: NumberChange, *, locale: str | None = None) -> NumberChangeStep:
        """Complete a change whose numbers are proved: call it where the host writes the new number down.

        Both numbers are told, and it is complete whether or not they could be: an old number is often dead.
        Whoever is `untold` is to be told some other way; the same call again tries only what the provider
        refused. `cooling_until` says how long some acts wait.
        """
        return await self._step(advance(change, Event.COMPLETE, self._clock.now()), None, locale)

    def cancel(self, change: NumberChange) -> NumberChange | Refused:
        """Stop a change: the borrower said it was not them, or gave up."""
        return advance(change, Event.CANCEL, self._clock.now())

    def keep(self, change: NumberChange) -> str:
        """Return `change` as one line of text, sealed under the key ring: for your own books, between the steps."""
        setup = self._otp.setup
        return token_of(change, setup.ring, tenant=setup.tenant, nonce=self._entropy.token(NONCE))

    def kept(self, token: str) -> NumberChange | None:
        """Return the change that `keep` made `token` of, None when it was tampered with or its key is gone."""
        setup = self._otp.setup
        return change_of(token, setup.ring, tenant=setup.tenant)

    async def _spent(self, change: NumberChange, grant_id: str, action: str) -> bool:
        return await self._otp.redeem(grant_id, subject=change.subject, action=action, binding=change.binding)

    async def _step(
        self,
        change: NumberChange | Refused,
        client: Client | None,
        locale: str | None,
        verdict: Verdict | None = None,
    ) -> NumberChangeStep:
        """Send what is due at this stage, and say what came of it."""
        if isinstance(change, Refused):
            return NumberChangeStep(change=change, verdict=verdict)
        issued: Issued | Refused | None = None
        alerts: list[Told] = []
        for one in messages(change):
            if isinstance(one, AlertTo):
                alerts.append(await self._tell(change, one, locale))
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
        return NumberChangeStep(change=change, issued=issued, alerts=tuple(alerts), verdict=verdict)

    async def _tell(self, change: NumberChange, one: AlertTo, locale: str | None) -> Told:
        outcome = untellable(one.phone)
        if outcome is not None:
            return Told(one.template, one.phone, outcome)
        answer = await self._otp.alert(
            one.template,
            subject=change.subject,
            phone=one.phone,
            event_id=change.event_id,
            on=self._clock.now().date(),
            waits_for=self._cooling_for,
            locale=locale,
        )
        return Told(one.template, one.phone, answer)
