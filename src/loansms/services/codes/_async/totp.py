"""Hand over to a kept authenticator: the same failure budgets, the same grants."""

from __future__ import annotations

from loansms.errors import ConfigurationError
from loansms.otp import Client, Grant, Transaction, Verdict, VerdictKind, codes
from loansms.otp.admission import NoRoom
from loansms.otp.buckets import budget_ids, device_id
from loansms.otp.challenge import Attempt, Closed, NewChallenge
from loansms.otp.codes import Bound
from loansms.otp.request import digest_of, require_client, require_text, require_transaction
from loansms.otp.totp import Authenticator, matching_step, step_buckets, step_id
from loansms.services.codes._async.base import AsyncOtpBase
from loansms.stores import LockedOut
from loansms.stores.rows import moment

_LINE = "totp"  # steps supersede nothing but each other
_LIVES = 60_000_000  # microseconds: a step is checked in the moment it is opened


class AsyncTotp(AsyncOtpBase):
    """The stronger factor of those who have one."""

    async def verify_totp(
        self,
        authenticator: Authenticator,
        code: str,
        *,
        subject: str,
        action: str,
        transaction: Transaction | None = None,
        binding: str = "",
        client: Client | None = None,
    ) -> Verdict:
        """Check a code of a kept authenticator (RFC 6238) against the failure budget of (subject, action).

        Each step is accepted once; a second use is SUPERSEDED. The authenticator knows nothing of the
        transaction, so a profile that demands the binding refuses it: ConfigurationError.
        """
        setup = self.setup
        if not setup.profile.totp and (transaction is not None or setup.profile.needs_transaction(action)):
            raise ConfigurationError(
                f"profile {setup.profile.name}: an authenticator's code is not bound to amount and payee "
                "(PSD2 RTS art. 5); issue a code for this action",
                f"配置 {setup.profile.name}：动态令牌未绑定金额与收款方（PSD2 RTS 第 5 条），该操作请下发验证码",
            )
        require_transaction(transaction)
        if client is not None:
            require_client(client)
        bound = Bound(
            subject=require_text("subject", subject),
            action=require_text("action", action),
            transaction=digest_of(transaction, binding),
            tenant=setup.tenant,
        )
        began = self._floor.start()
        # What is caught further down, with its frames, shows no code.
        step, code = matching_step(authenticator, code, self._wall.now()), ""
        try:
            verdict = await self._attempt(authenticator, step, bound, client.device if client else None)
            self._event("totp", verdict.kind.value, bound.subject, action, retry_at=verdict.retry_at)
            return verdict
        finally:
            await self._floor.hold(began)

    async def _attempt(
        self, authenticator: Authenticator, step: int | None, bound: Bound, device_name: str | None
    ) -> Verdict:
        """Use up `step`, or count a failure where the code was of none."""
        setup, ring = self.setup, self.setup.ring
        token = f"{len(setup.tenant)}:{setup.tenant}:{authenticator.id}"
        device = device_id(ring, setup.tenant, bound.subject, device_name)
        if step is None:
            # A failure of its own, so that it is counted; nothing can match it.
            challenge_id = codes.new_id(ring.current, self._entropy.token(codes.NONCE))
        else:
            challenge_id = step_id(ring, token, step)
        tag = codes.tag(ring, challenge_id, bound, "totp")
        opening = await self._store.open_challenge(
            NewChallenge(
                id=challenge_id,
                budgets=budget_ids(ring, setup.tenant, bound.subject, bound.action, True),
                tag=tag,
                sealed=b"",
                lives=_LIVES,
                device=device,
                line=_LINE if step is not None else challenge_id,
            ),
            () if step is None else step_buckets(ring, token, step),
            setup.limits,
            self._now(),
        )
        if isinstance(opening, LockedOut):
            return Verdict(VerdictKind.LOCKED, retry_at=moment(opening.retry_at))
        if isinstance(opening, NoRoom | Closed):
            return Verdict(VerdictKind.SUPERSEDED)
        grant_id = codes.new_grant(challenge_id, self._entropy.token(codes.NONCE))
        attempt = Attempt(
            tag=b"" if step is None else tag,
            device=device,
            grant=codes.grant_tag(ring, grant_id, bound),
            grant_lives=setup.grant_lives,
        )
        checked = await self._store.check_code(challenge_id, attempt, setup.limits, self._now())
        accepted = checked.kind is VerdictKind.ACCEPTED
        return Verdict(
            checked.kind,
            Grant(grant_id, moment(checked.at + setup.grant_lives)) if accepted else None,
            None if checked.retry_at is None else moment(checked.retry_at),
        )
