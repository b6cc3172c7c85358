"""A FastAPI service of a lender's: codes for its app, and the address its gateway pushes receipts and replies to.

    uvicorn --factory fastapi_service:from_environment

What is the host's own stands here: who is logged in, which borrower a number belongs to. The rest is loansms. `create`
takes every part as an argument, so the tests build the same service over fakes.
"""

# FastAPI reads the annotations of its handlers, `logged_in` among them: no `from __future__ import annotations` here.
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated

from attrs import evolve, frozen
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from pydantic import BaseModel, Field

from loansms import AsyncOtpService, Lender, PhoneNumber
from loansms.model import DeliveryReceipt, InboundMessage
from loansms.otp import Client, Issued
from loansms.privacy import KeyRing, Secret
from loansms.providers.aio import AsyncSandboxProvider
from loansms.providers.callback_apps import CallbackApp
from loansms.providers.codec import CallbackCodec, Report
from loansms.providers.twilio import TwilioCodec
from loansms.services import AsyncIntakeService
from loansms.stores import AsyncSqliteStore

ACTIONS = frozenset({"login", "early_repayment"})


@frozen
class Customer:
    """Who is logged in: the host's own idea of a borrower."""

    borrower_id: str
    phone: PhoneNumber


class Asked(BaseModel):
    """What the app sends to have a code."""

    action: str = Field(max_length=32)


class Typed(BaseModel):
    """What the borrower typed."""

    action: str = Field(max_length=32)
    code: str = Field(max_length=16)


class Pending(BaseModel):
    """What the app may show: never the number, never why something failed."""

    challenge_id: str
    sent_to: str
    resend_at: datetime


class Answer(BaseModel):
    """Whether the act may go on; `grant` is spent where the act itself is done."""

    accepted: bool
    grant: str = ""


def create(
    *,
    otp: AsyncOtpService,
    intake: AsyncIntakeService,
    codec: CallbackCodec,
    customer_of: Callable[[str], Customer | None],
    borrower_of: Callable[[PhoneNumber], str | None],
    public_url: str = "",
) -> FastAPI:
    """Return the service; `customer_of` reads a session, `borrower_of` finds whose number wrote."""
    app = FastAPI(title="Lender", docs_url=None, redoc_url=None)

    def logged_in(authorization: Annotated[str, Header()] = "") -> Customer:
        found = customer_of(authorization.removeprefix("Bearer "))
        if found is None:
            raise HTTPException(401, "log in first")
        return found

    @app.post("/codes", status_code=201)
    async def ask(asked: Asked, request: Request, who: Annotated[Customer, Depends(logged_in)]) -> Pending:
        _known(asked.action)
        caller = Client(ip=request.client.host if request.client else None)
        issued = await otp.issue(subject=who.borrower_id, phone=who.phone, action=asked.action, client=caller)
        if not isinstance(issued, Issued):
            raise HTTPException(429, "too early: try again later")
        return Pending(
            challenge_id=issued.challenge_id, sent_to=issued.masked_phone, resend_at=issued.resend_at
        )

    @app.post("/codes/{challenge_id}")
    async def check(challenge_id: str, typed: Typed, who: Annotated[Customer, Depends(logged_in)]) -> Answer:
        _known(typed.action)
        verdict = await otp.verify(challenge_id, typed.code, subject=who.borrower_id, action=typed.action)
        grant = verdict.grant.id if verdict.grant else ""
        return Answer(accepted=verdict.public.accepted, grant=grant)

    @app.post("/early-repayments")
    async def repay(grant: str, who: Annotated[Customer, Depends(logged_in)]) -> Mapping[str, bool]:
        # The code's grant is spent in the very act it was given for: a second request finds nothing.
        if not await otp.redeem(grant, subject=who.borrower_id, action="early_repayment"):
            raise HTTPException(403, "ask for a new code")
        return {"repaid": True}

    async def keep(reports: Sequence[Report]) -> None:
        for report in reports:
            match report:
                case DeliveryReceipt():
                    await intake.receipt(report)
                case InboundMessage():
                    borrower_id = borrower_of(report.phone) if report.phone else None
                    await intake.reply(evolve(report, borrower_id=borrower_id))

    app.mount("/gateway", CallbackApp(codec, keep, public_url=public_url))
    return app


def _known(action: str) -> None:
    if action not in ACTIONS:
        raise HTTPException(422, f"action: expected one of {', '.join(sorted(ACTIONS))}")


def from_environment() -> FastAPI:
    """Build the service as it is deployed; codes go to the sandbox until you give your own provider."""
    lender, store = Lender.example(), AsyncSqliteStore(os.environ["LENDER_DB"])
    keys = KeyRing(
        {"k1": bytes.fromhex(os.environ["LENDER_CODE_KEY"])},
        current="k1",
        index={"i1": bytes.fromhex(os.environ["LENDER_INDEX_KEY"])},
    )
    codec = TwilioCodec(
        account_sid=os.environ["TWILIO_ACCOUNT"],
        auth_token=Secret(os.environ["TWILIO_TOKEN"]),
        sender=os.environ["TWILIO_SENDER"],
        status_callback="https://sms.example/gateway/",
    )
    demo = Customer("B-1", PhoneNumber.parse("13800138000", region="CN"))
    return create(
        otp=AsyncOtpService(store=store, provider=AsyncSandboxProvider(), keys=keys, lender=lender),
        intake=AsyncIntakeService(store=store, lender=lender),
        codec=codec,
        customer_of={"demo": demo}.get,
        borrower_of={demo.phone: demo.borrower_id}.get,
        public_url="https://sms.example",
    )
