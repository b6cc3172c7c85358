"""What issuing and checking codes stand on: the checked setup, the store, the clock, the audit."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from loansms.clock import AsyncFloor, Clock, Entropy, SystemClock, SystemEntropy
from loansms.errors import ConfigurationError
from loansms.model import Lender
from loansms.otp.autofill import Autofill
from loansms.otp.profiles import LENDER, Profile
from loansms.privacy import KeyRing
from loansms.providers import AsyncProvider
from loansms.services.codes._async.send import AsyncCodeSender
from loansms.services.codes.events import AuditSink, OtpEvent
from loansms.services.codes.jobs import AsyncCodeQueue
from loansms.services.codes.setup import OtpSetup
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
        submits = {f"provider {road.name}": road.submit for road in roads}
        self._check_faces(
            {"store": store.check_code, **submits, **({} if queue is None else {"queue": queue.put})}
        )
        if audit is not None and inspect.iscoroutinefunction(audit):
            raise ConfigurationError(
                "audit: expected a function that is not awaited, or its events would be lost",
                "audit 应为非异步函数，否则事件会丢失",
            )
        self.setup: OtpSetup = OtpSetup.of(
            ring=keys,
            lender=lender,
            profile=profile,
            catalogue=catalogue,
            autofill=autofill,
            template=template,
            providers={road.name: road.channels for road in roads},
            guarantees=store.guarantees(),
        )
        for name, span in (("answer_after", answer_after), ("deadline_for", deadline_for)):
            if not is_span(span):
                raise ConfigurationError(
                    f"{name}: expected a timedelta of nothing or more", f"{name} 应为非负的 timedelta"
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

    async def _awaited(self) -> None:
        """Be awaited, or not: what everything this service stands on must be too."""

    def _check_faces(self, verbs: Mapping[str, object]) -> None:
        """Raise ConfigurationError when an awaited thing was given to a service that awaits nothing, or vice versa."""
        awaited = inspect.iscoroutinefunction(self._awaited)
        for name, verb in verbs.items():
            if inspect.iscoroutinefunction(verb) is not awaited:
                raise ConfigurationError(
                    f"{name}: expected one whose verbs are {'' if awaited else 'not '}awaited, as this service's are",
                    f"{name} 应为{'异步' if awaited else '同步'}版本，与本服务一致",
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


def is_span(value: object) -> bool:
    """Return whether `value` is a length of time."""
    return isinstance(value, timedelta) and value >= timedelta(0)
