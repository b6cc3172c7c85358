"""Ask for a code, ask again, hand a queued one over, answer somebody nobody knows.

The order is store, then send: a challenge is open and every bucket charged before a byte leaves, so a crash
loses a message at most, never a limit. A send that certainly did not go out is given back; one whose outcome
nobody knows is neither given back nor sent again. A decoy goes the same way up to the provider.
"""

from __future__ import annotations

from loansms.errors import CallerError
from loansms.model import Channel, PhoneNumber, Reason
from loansms.otp import Client, Issued, Refused, Transaction, codes
from loansms.otp.buckets import buckets_for, buckets_of
from loansms.otp.decoy import decoy_phone, is_decoy
from loansms.otp.request import require_client, require_phone, require_text, require_transaction
from loansms.planning import CodeText
from loansms.services.codes._async.open import AsyncOpenings
from loansms.services.codes.jobs import parse_job
from loansms.services.codes.reasons import why
from loansms.services.codes.record import CodeRecord, opened
from loansms.stores.rows import micros

_NO_CLIENT = Client()
_DECOY = "decoy"  # the action of nobody


class AsyncIssuing(AsyncOpenings):
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
        budgets of their own. ``binding`` is any text the code is bound to besides (a contract's hash, the number
        that is being proved); give it again to `verify` and `redeem`. Raise CallerError for what cannot be a
        subject, an action, an address or a number, and UnsupportedByProvider for a channel nobody speaks.
        """
        began = self._floor.start()
        try:
            return await self._ask(
                subject,
                require_phone(phone),
                action,
                transaction,
                binding,
                client or _NO_CLIENT,
                number_confirmed,
                locale,
                channel,
            )
        finally:
            await self._floor.hold(began)

    async def decoy(
        self,
        subject: str,
        *,
        action: str = "decoy",
        client: Client | None = None,
        channel: Channel = Channel.SMS,
    ) -> Issued | Refused:
        """Answer somebody nobody knows as a borrower is answered: counted, throttled, locked, and nothing sent.

        Give the `action` and `client` that `issue` would have been given.
        """
        began = self._floor.start()
        try:
            nobody = decoy_phone(
                self.setup.ring,
                f"{self.setup.tenant}\0{require_text('subject', subject)}",
                self.setup.lender.jurisdiction.partition("-")[0],
            )
            return await self._ask(
                subject, nobody, action, None, "", client or _NO_CLIENT, True, None, channel
            )
        finally:
            await self._floor.hold(began)

    async def resend(self, challenge_id: str, *, channel: Channel | None = None) -> Issued | Refused:
        """Send the same code once more, by its own channel or another: one code, one failure budget.

        Refused when fewer seconds than the profile's `resend_left` of its life remain: issue a new one then.
        """
        began = self._floor.start()
        try:
            return await self._resend(challenge_id, channel)
        finally:
            await self._floor.hold(began)

    async def deliver(self, job: str) -> bool:
        """Send what a queue's `job` names, once; False when it was sent before, is a decoy's, or is too late.

        A job given twice, or to two workers, is sent once. A worker that dies on the way leaves it unsent or
        unknown: the borrower asks again.
        """
        named = parse_job(self.setup.ring, job)
        if named is None:
            raise CallerError(
                "job: expected one that this service queued, under a key that this worker's ring holds too",
                "job：应为本服务入队的任务，且其密钥在本进程的密钥环中",
            )
        challenge_id, send, channel = named
        self._sender.road(channel)
        kept = await self._store.load_challenge(challenge_id)
        record = None if kept is None else opened(kept.sealed, self.setup.ring, challenge_id)
        if kept is None or record is None or record.tenant != self.setup.tenant:
            self._event("deliver", "unknown", "", "", challenge_id=challenge_id, send=send)
            return False
        if not await self._store.take_send(challenge_id, send, self._now()):
            self._told("deliver", "taken_or_over", record, challenge_id, send, channel)
            return False
        left = kept.expires_at - micros(self._wall.now())
        text = self._worded(record, challenge_id, channel, kept.expires_at)
        if text is None:
            self._told("deliver", _DECOY, record, challenge_id, send, channel)
            return False
        if left < self.setup.left:
            # Too late to be of use: the borrower asks again, and it costs them nothing.
            text = why("ending")
        if isinstance(text, Reason):
            await self._give_back(record, challenge_id, send)
            self._told("deliver", text.code, record, challenge_id, send, channel)
            return False
        return not isinstance(
            await self._submit("deliver", record, text, challenge_id, send, channel), Reason
        )

    async def _ask(
        self,
        subject: str,
        phone: PhoneNumber,
        action: str,
        transaction: Transaction | None,
        binding: str,
        client: Client,
        confirmed: bool,
        locale: str | None,
        channel: Channel,
    ) -> Issued | Refused:
        setup = self.setup
        channel = self._allowed(channel)
        self._sender.road(channel)
        require_client(client)
        subject, action = require_text("subject", subject), require_text("action", action)
        locale = None if locale is None else require_text("locale", locale)
        require_transaction(transaction)
        buckets = buckets_for(
            setup.profile,
            setup.ring,
            tenant=setup.tenant,
            phone=phone,
            action=action,
            confirmed=confirmed,
            client=client,
        )
        if is_decoy(phone):
            # What is never sent says nothing of who pumps.
            buckets = tuple([one for one in buckets if one.guard is None])
        record = CodeRecord(
            tenant=setup.tenant,
            subject=subject,
            action=action,
            phone=phone,
            transaction=transaction,
            binding=binding,
            locale=locale,
            channel=channel,
            confirmed=confirmed,
            digits=setup.profile.digits,
            lifetime=setup.lifetime,
            buckets=tuple([one.id for one in buckets]),
        )
        return await self._issue(record, buckets, client.device)

    async def _resend(self, challenge_id: str, channel: Channel | None) -> Issued | Refused:
        setup = self.setup
        if channel is not None:
            channel = self._allowed(channel)
            self._sender.road(channel)
        kept = None
        if codes.key_id_of(challenge_id) is not None:
            kept = await self._store.load_challenge(challenge_id)
        record = None if kept is None else opened(kept.sealed, setup.ring, challenge_id)
        if kept is None or (record is not None and record.tenant != setup.tenant):
            return self._unknown("unknown", challenge_id)
        if record is None:
            return self._unknown("key_retired", challenge_id)
        by = channel or record.channel
        self._sender.road(by)
        text: CodeText | Reason | None = why("cannot_text")
        if not self._cannot_hear(record, by):
            text = self._worded(record, challenge_id, by, kept.expires_at)
        if isinstance(text, Reason):
            return self._refused("resend", record, text, challenge_id, by)
        opening = await self._store.resend_challenge(
            challenge_id,
            buckets_of(setup.profile, record.buckets),
            setup.limits,
            left=setup.left,
            taken=self._queue is None,
            now=self._now(),
        )
        return await self._sent("resend", record, text, challenge_id, by, opening)

    def _allowed(self, channel: Channel) -> Channel:
        if channel not in self.setup.profile.channels:  # a StrEnum: "sms" is in it too
            known = ", ".join(sorted(self.setup.profile.channels))
            raise CallerError(
                f"channel: expected one of the profile {self.setup.profile.name}: {known}",
                f"channel 应为配置 {self.setup.profile.name} 允许的渠道：{known}",
            )
        return Channel(channel)
