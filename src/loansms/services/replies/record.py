"""What the journal keeps of a reply: its meaning and its dates, never a word of it."""

from __future__ import annotations

from datetime import date, datetime

from loansms.model import Channel, Json, Record, RecordKind
from loansms.replies import CaseKind
from loansms.services.replies.reading import Reading
from loansms.services.replies.trail import REPLY_STEP


def reply_record(
    reply: str, debtor: str, at: datetime, reading: Reading, *, shared: bool, digest: str = ""
) -> Record:
    """Return the record of a reply; `shared`: its number stands for several, `digest` is of its words, keyed."""
    said, answered = reading.understanding, reading.answered
    data: dict[str, Json] = {
        "id": reply,
        "channel": Channel.SMS.value,
        "purpose": answered.purpose.value if answered else None,
        "template": answered.template if answered else "",
        "answers": answered.step_key if answered else "",
        "about": reading.about.step_key if reading.about else "",
        "intent": said.intent.value,
        "confidence": f"{said.confidence:.2f}",
        "meant": tuple(dict.fromkeys(one.intent.value for one in said.all)),
        "rules": tuple(dict.fromkeys(one.rule for one in said.all)),
        "doubts": tuple(one.value for one in said.doubts),
        "scope": said.scope.value if said.scope else None,
        "promise_on": said.promise_on.isoformat() if said.promise_on else None,
        "promise_amount": None if said.promise_amount is None else str(said.promise_amount),
        "asked_of": reading.context.loan_ids if reading.plan.asks_which_loan else (),
        "score": reading.score,
        "wishes": reading.wishes,
        "call_hours": tuple(one.isoformat("minutes") for one in reading.call_hours or ()),
        "shared": shared,
        "digest": digest,
    }
    loans = reading.context.loan_ids
    return Record(
        kind=RecordKind.REPLY,
        at=at,
        debtor=debtor,
        loan_id=loans[0] if len(loans) == 1 else "",
        step_key=f"{REPLY_STEP}{reply}",
        data=data,
    )


def case_id(reply: str, kind: CaseKind) -> str:
    """Return the id of the case a reply opens: one of a kind, however often the reply is told."""
    return f"case-{kind.value}-{reply[:16]}"


def case_record(
    case: str,
    debtor: str,
    at: datetime,
    *,
    kind: CaseKind,
    owner: str,
    answer_by: date,
    reply: str,
    queued: bool | None,
) -> Record:
    """Return the record of a case; `queued` is what the host's queue said, None where it does not know or there is none."""
    return Record(
        kind=RecordKind.CASE,
        at=at,
        debtor=debtor,
        step_key=f"{REPLY_STEP}{reply}",
        data={
            "id": case,
            "case": kind.value,
            "owner": owner,
            "answer_by": answer_by.isoformat(),
            "reply": reply,
            "queued": queued,
        },
    )
