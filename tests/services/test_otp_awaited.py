"""The awaited service: the same codes, and a provider that hangs is cut off."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from tests.services.otp_parts import CLIENT, PAYMENT, PHONE, code_in, ring

from loansms import AsyncOtpService, Lender
from loansms.model import Accepted, Channel, Message, SubmitResult
from loansms.otp import Issued, Refused, VerdictKind
from loansms.providers.aio import AsyncSandboxProvider
from loansms.stores import AsyncMemoryStore


class Hung:
    """A gateway that never answers."""

    name = "sandbox"
    channels = frozenset({Channel.SMS})

    async def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        await asyncio.Event().wait()
        return Accepted("never")


def test_a_code_is_asked_for_checked_and_spent() -> None:
    async def act() -> None:
        provider = AsyncSandboxProvider()
        otp = AsyncOtpService(
            store=AsyncMemoryStore(), provider=provider, keys=ring(), lender=Lender.example()
        )
        asked = {"subject": "B-1", "action": "early_repayment", "transaction": PAYMENT, "client": CLIENT}
        issued = await otp.issue(phone=PHONE, **asked)
        assert isinstance(issued, Issued)
        assert isinstance(await otp.resend(issued.challenge_id), Refused)
        code = code_in(str(provider.outbox[-1].text))
        verdicts = await asyncio.gather(*(otp.verify(issued.challenge_id, code, **asked) for _ in range(20)))
        accepted = [one for one in verdicts if one.kind is VerdictKind.ACCEPTED]
        assert len(accepted) == 1
        assert accepted[0].grant is not None
        spend = {"subject": "B-1", "action": "early_repayment", "transaction": PAYMENT}
        spent = await asyncio.gather(*(otp.redeem(accepted[0].grant.id, **spend) for _ in range(20)))
        assert sum(spent) == 1

    asyncio.run(act())


def test_a_provider_that_hangs_is_cut_off_and_the_code_stays_open() -> None:
    async def act() -> None:
        otp = AsyncOtpService(
            store=AsyncMemoryStore(),
            provider=Hung(),
            keys=ring(),
            lender=Lender.example(),
            deadline_for=timedelta(milliseconds=20),
        )
        issued = await otp.issue(subject="B-1", phone=PHONE, action="login")
        assert isinstance(issued, Issued)
        assert issued.unsure

    asyncio.run(act())
