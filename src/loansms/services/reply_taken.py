"""What became of one reply: what was understood, stopped, held and opened, and how it was answered."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Final

from attrs import frozen

from loansms.model import Hold, InboundMessage, Purpose
from loansms.replies import CaseKind, Intent
from loansms.services.report import Outcome

_LENGTH: Final = 24  # hex digits: enough that no two replies of a lender share an id

# What the gate says of an answer that went, or may have gone: nobody has to give another.
ANSWERED: Final = frozenset({Outcome.SUBMITTED, Outcome.ALREADY_DONE, Outcome.UNKNOWN})


@frozen(kw_only=True)
class ReplyTaken:
    """What was done with a reply.

    ``borrowers`` are those it may come from: none, and a person has to look; several, and only what stops is done for each.
    ``stopped`` are the purposes whose messages end, ``again`` that it had been taken before. ``template`` is the answer
    that was asked for, ``answer`` its outcome at the gate (None: nothing was asked), ``why`` the reason's code.
    """

    reply_id: str
    borrowers: tuple[str, ...] = ()
    intent: Intent = Intent.UNCLEAR
    confidence: float = 0.0
    stopped: frozenset[Purpose] = frozenset[Purpose]()
    holds: tuple[Hold, ...] = ()
    cases: tuple[CaseKind, ...] = ()
    promise_on: date | None = None
    score: int | None = None
    wishes: tuple[str, ...] = ()
    template: str = ""
    answer: Outcome | None = None
    why: str = ""
    again: bool = False
    opted_out: bool = False


def reply_id(message: InboundMessage, tag: str = "") -> str:
    """Return the id of a reply: the same one told twice has the same.

    It is made of the provider's own id, else of who wrote when; `tag` is the keyed tag of the number, because a digest
    of a bare number could be undone by trying them all.
    """
    who = message.borrower_id or tag
    told = ("id", message.provider_id, message.access_code) if message.provider_id else ("at",)
    parts = (*told, who, message.received_at.isoformat() if not message.provider_id else "")
    framed = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(framed.encode()).hexdigest()[:_LENGTH]
