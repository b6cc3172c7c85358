"""What issuing and checking codes stand on: the checked setup, the store, the clock, the audit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from loansms.clock import AsyncFloor, Clock, Entropy, SystemClock, SystemEntropy
from loansms.model import Lender
from loansms.otp.autofill import Autofill
from loansms.otp.profiles import LENDER, Profile
from loansms.privacy import KeyRing
from loansms.providers import AsyncProvider
from loansms.services._async.otp_send import AsyncCodeSender
from loansms.services.otp_events import AuditSink, OtpEvent
from loansms.services.otp_jobs import AsyncCodeQueue
from loansms.services.otp_setup import OtpSetup
from loansms.stores import AsyncCodeStore
from loansms.stores.rows import micros
from loansms.templates import Catalogue


class AsyncOtpBase:
    """Built and checked once; safe to share between threads and tasks."""

    def __init__(
        self,
        *,
        store: AsyncCodeStore,
        provider: AsyncProvider,
        keys: KeyRing,
        lender: Lender,
        profile: Profile = LENDER,
        clock: Clock | None = None,
        catalogue: Catalogue | None = None,
        voice: AsyncProvider | None = None,
        autofill: Autofill | None = None,
        template: str | None = None,
        audit: AuditSink | None = None,
        queue: AsyncCodeQueue | None = None,
        entropy: Entropy | None = None,
        answer_after: timedelta = timedelta(0),
        deadline_for: timedelta = timedelta(seconds=10),
    ) -> None:
        roads = [provider] if voice is None else [provider, voice]
        self.setup = OtpSetup.of(
            ring=keys,
            lender=lender,
            profile=profile,
            catalogue=catalogue,
            autofill=autofill,
            template=template,
            providers={road.name: road.channels for road in roads},
            guarantees=store.guarantees(),
        )
        self._store = store
        self._clock = clock
        self._wall = clock or SystemClock()
        self._audit = audit
        self._queue = queue
        self._entropy = entropy or SystemEntropy()
        self._floor = AsyncFloor(answer_after)
        self._sender = AsyncCodeSender(
            provider=provider, voice=voice, clock=self._wall, deadline_for=deadline_for
        )

    def _now(self) -> int | None:
        """Return the time of the clock that was given, None to leave it to the store's."""
        return None if self._clock is None else micros(self._clock.now())

    def _event(self, act: str, outcome: str, subject: str, action: str, **more: Any) -> None:
        """Tell the audit, where there is one."""
        if self._audit is None:
            return
        self._audit(
            OtpEvent(
                at=self._wall.now(),
                act=act,
                outcome=outcome,
                tenant=self.setup.tenant,
                subject=self.setup.ring.blind("subject", f"{self.setup.tenant}\0{subject}")[0],
                action=action,
                profile=self.setup.profile.name,
                **more,
            )
        )
