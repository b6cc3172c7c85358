"""A vendor of calling names that shows nothing to anybody: it reviews at once, by rules a test can see.

>>> from datetime import UTC, datetime
>>> soon = datetime(2026, 9, 24, tzinfo=UTC)
>>> names = SandboxCallingNames(marked={"400-000-0001": MarkKind.HARASSMENT})
>>> card = CallingProfile(enterprise="示例消费金融有限公司", display="示例消费金融", numbers=("400-000-0000", "400-000-0001"))
>>> [one.state.value for one in names.apply(card, soon)]
['pending', 'pending']
>>> names.status("card-1", soon).state.value, names.withdraw("card-2", soon).state.value
('shown', 'withdrawn')
>>> [one.kind.value for one in names.marks(card.numbers, soon)]
['none', 'harassment']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import evolve

from loansms.clock import require_aware
from loansms.errors import ProviderError
from loansms.providers.calling_name import (
    CallingProfile,
    CardState,
    CardStatus,
    MarkKind,
    NumberMark,
    digits_of,
)

NO_LICENCE = "no_licence"


class SandboxCallingNames:
    """Every application is pending until it is asked about, then shown; with ``strict`` one without licences is refused."""

    name = "sandbox"

    def __init__(self, *, marked: Mapping[str, MarkKind] | None = None, strict: bool = False) -> None:
        self._marked = {digits_of(number): kind for number, kind in (marked or {}).items()}
        self._strict = strict
        self._cards: dict[str, CardStatus] = {}
        self._ids: dict[tuple[str, CallingProfile], str] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(cards={len(self._cards)})"

    def apply(self, profile: CallingProfile, deadline: datetime) -> Sequence[CardStatus]:
        """Take an application for every number; the same one again is the same application."""
        require_aware(deadline, "deadline")
        return [self._applied(profile, number) for number in profile.numbers]

    def _applied(self, profile: CallingProfile, number: str) -> CardStatus:
        if self._strict and not profile.licences:
            return CardStatus(number=number, state=CardState.REFUSED, code=NO_LICENCE)
        known = self._ids.setdefault((digits_of(number), profile), f"card-{len(self._ids) + 1}")
        told = CardStatus(number=number, state=CardState.PENDING, application_id=known)
        return self._cards.setdefault(known, told)

    def status(self, application_id: str, deadline: datetime) -> CardStatus:
        """Return where an application stands: by now it is reviewed."""
        require_aware(deadline, "deadline")
        told = self._known(application_id)
        if told.state is CardState.PENDING:
            told = evolve(told, state=CardState.SHOWN, shown_on=("sandbox handset",))
        return self._kept(told)

    def withdraw(self, application_id: str, deadline: datetime) -> CardStatus:
        """Take a card back; a second time changes nothing."""
        require_aware(deadline, "deadline")
        return self._kept(evolve(self._known(application_id), state=CardState.WITHDRAWN, shown_on=()))

    def marks(self, numbers: Sequence[str], deadline: datetime) -> Sequence[NumberMark]:
        """Return the marks it was made with."""
        require_aware(deadline, "deadline")
        return [
            NumberMark(number=one, kind=self._marked.get(digits_of(one), MarkKind.NONE), source=self.name)
            for one in numbers
        ]

    def _known(self, application_id: str) -> CardStatus:
        try:
            return self._cards[application_id]
        except KeyError:
            raise ProviderError(
                "calling names sandbox: no such application; expected an id that apply returned",
                "来电名片 sandbox：没有这个申请，应为 apply 返回的编号",
            ) from None

    def _kept(self, told: CardStatus) -> CardStatus:
        self._cards[told.application_id] = told
        return told


class AsyncSandboxCallingNames:
    """SandboxCallingNames, awaited; it answers at once."""

    name = "sandbox"

    def __init__(self, *, marked: Mapping[str, MarkKind] | None = None, strict: bool = False) -> None:
        self._sandbox = SandboxCallingNames(marked=marked, strict=strict)

    async def apply(self, profile: CallingProfile, deadline: datetime) -> Sequence[CardStatus]:
        """Take an application for every number."""
        return self._sandbox.apply(profile, deadline)

    async def status(self, application_id: str, deadline: datetime) -> CardStatus:
        """Return where an application stands."""
        return self._sandbox.status(application_id, deadline)

    async def withdraw(self, application_id: str, deadline: datetime) -> CardStatus:
        """Take a card back."""
        return self._sandbox.withdraw(application_id, deadline)

    async def marks(self, numbers: Sequence[str], deadline: datetime) -> Sequence[NumberMark]:
        """Return the marks it was made with."""
        return self._sandbox.marks(numbers, deadline)
