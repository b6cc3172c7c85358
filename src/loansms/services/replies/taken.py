"""What became of one reply: what was understood, stopped, held and opened, and how it was answered.

>>> ReplyTaken(reply_id="a").answer is None
True
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, time
from typing import Final

from attrs import frozen

from loansms.model import Hold, InboundMessage, Purpose
from loansms.replies import CaseKind, Intent
from loansms.services.sending.report import Outcome

_LENGTH: Final = 24  # hex digits: enough that no two replies of a lender share an id
_WORDS: Final = 4

# What the gate says of an answer that went, or may have gone: nobody has to give another.
ANSWERED: Final = frozenset({Outcome.SUBMITTED, Outcome.ALREADY_DONE, Outcome.UNKNOWN})


@frozen(kw_only=True)
class ReplyTaken:
    """What was done with a reply.

    ``borrowers`` are those it may come from: none, and a person has to look; several, and only what stops is done for each.
    ``stopped`` are the purposes whose messages end, ``again`` that it had been taken before. ``call_hours`` are those in which the person asked
    to be rung. ``template`` is the answer
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
    call_hours: tuple[time, time] | None = None
    template: str = ""
    answer: Outcome | None = None
    why: str = ""
    again: bool = False
    opted_out: bool = False


def reply_id(message: InboundMessage, tag: str = "") -> str:
    """Return the id of a reply: the same one told twice has the same.

    It is made of the provider's own id, else of who wrote when, and two bytes of a digest of the words: enough to tell two
    replies of one second apart, too little to tell any words by. `tag` is the keyed tag of the number, because a digest of
    a bare number could be undone by trying them all.

    >>> from datetime import datetime
    >>> from loansms.privacy import Secret
    >>> at = datetime(2026, 9, 24, tzinfo=UTC)
    >>> told = [InboundMessage(borrower_id="B-1", text=Secret(one), received_at=at) for one in ("好的", "TD", "TD")]
    >>> first, second, again = (reply_id(one) for one in told)
    >>> first == second, second == again
    (False, True)
    """
    if message.provider_id:
        parts = ("id", message.provider_id, message.access_code, message.borrower_id or tag)
    else:
        words = hashlib.sha256(message.text.reveal().encode("utf-8", "surrogatepass")).hexdigest()[:_WORDS]
        at = message.received_at.astimezone(UTC).isoformat()
        parts = ("at", at, message.borrower_id or tag, words)
    framed = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(framed.encode()).hexdigest()[:_LENGTH]
