"""Check a code and spend its grant."""

from __future__ import annotations

from loansms.otp import Client, Grant, Transaction, Verdict, VerdictKind, codes
from loansms.otp.buckets import device_id
from loansms.otp.challenge import Attempt
from loansms.otp.request import require_client
from loansms.privacy import Secret
from loansms.services.codes._async.base import AsyncOtpBase
from loansms.stores import AsyncGrants
from loansms.stores.rows import moment

_NOBODY = "v1.none.AAAAAAAAAAAAAAAAAAAAAA"  # never stored: asked for in place of an id that is none
_LONGEST = 10  # digits of a code that are looked at; no profile has more


class AsyncChecking(AsyncOtpBase):
    """The half of the service that the borrower's answer meets."""

    async def verify(
        self,
        challenge_id: str,
        code: str,
        *,
        subject: str,
        action: str,
        transaction: Transaction | None = None,
        binding: str = "",
        client: Client | None = None,
    ) -> Verdict:
        """Check a code: counted first, compared, consumed and granted in one act of the store.

        Anything but the right code of this very subject, action and transaction is WRONG and charged to the
        challenge's own subject and action. Show `verdict.public` alone.
        """
        began = self._floor.start()
        # What is caught further down, with its frames, shows no code.
        typed, code = Secret(code), ""
        try:
            return await self._verify(challenge_id, typed, subject, action, transaction, binding, client)
        finally:
            await self._floor.hold(began)

    async def _verify(
        self,
        challenge_id: str,
        typed: Secret[str],
        subject: str,
        action: str,
        transaction: Transaction | None,
        binding: str,
        client: Client | None,
    ) -> Verdict:
        setup = self.setup
        if client is not None:
            require_client(client)
        bound = setup.bound(subject, action, transaction, binding)
        known = codes.key_id_of(challenge_id)
        tag = grant_tag = b""
        grant_id = ""
        if known is not None and known in setup.ring and bound is not None and _is_code(typed.reveal()):
            grant_id = codes.new_grant(challenge_id, self._entropy.token(codes.NONCE))
            tag, grant_tag = codes.both_tags(setup.ring, known, challenge_id, grant_id, bound, typed.reveal())
        checked = await self._store.check_code(
            _NOBODY if known is None else challenge_id,
            Attempt(
                tag=tag,
                device=device_id(
                    setup.ring, setup.tenant, subject, client.device if client and bound else None
                ),
                grant=grant_tag,
                grant_lives=setup.grant_lives,
            ),
            setup.limits,
            self._now(),
        )
        grant = None
        if checked.kind is VerdictKind.ACCEPTED:
            grant = Grant(grant_id, moment(checked.at + setup.grant_lives))
        verdict = Verdict(checked.kind, grant, None if checked.retry_at is None else moment(checked.retry_at))
        if self._audit is not None:
            self._event(
                "verify",
                checked.kind.value,
                subject,
                action,
                challenge_id="" if known is None else challenge_id,
                retry_at=verdict.retry_at,
            )
        return verdict

    async def redeem(
        self,
        grant_id: str,
        *,
        subject: str,
        action: str,
        transaction: Transaction | None = None,
        binding: str = "",
        grants: AsyncGrants | None = None,
    ) -> bool:
        """Spend a grant on exactly what it was given for: True once, False for every other asking.

        ``grants``: a store joined to the host's own transaction (`PostgresStore.redeem_in`), so that the grant
        and the act it allows are committed together.
        """
        began = self._floor.start()
        try:
            challenge_id = codes.challenge_of(grant_id)
            bound = self.setup.bound(subject, action, transaction, binding)
            spent = False
            if bound is not None and codes.key_id_of(challenge_id or "") in self.setup.ring and challenge_id:
                tag = codes.grant_tag(self.setup.ring, grant_id, bound)
                spent = await (grants or self._store).redeem_grant(challenge_id, tag, self._now())
            if self._audit is not None:
                outcome = "redeemed" if spent else "not_redeemed"
                self._event("redeem", outcome, str(subject), str(action), challenge_id=challenge_id or "")
            return spent
        finally:
            await self._floor.hold(began)


def _is_code(code: object) -> bool:
    """Return whether `code` is digits of ASCII alone: nothing is guessed into a code."""
    return isinstance(code, str) and len(code) <= _LONGEST and code.isascii() and code.isdigit()
