"""What a code and a message go through, found by doing it to the memory store, the reference of every store.

Nothing here is told twice: each standing is reached by acts, every act is tried in each, and what it answers and
where it leads is read off. `scripts/diagrams.py` draws what is found.

>>> from loansms.otp.verdict import VerdictKind
>>> [move.to for move in code_life() if (move.at, move.by) == ("open", "right")]
['used']
>>> [move.to for move in message_life() if (move.at, move.by) == ("unknown", "claimed")]
['unknown']
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Final

from attrs import frozen

from loansms.clock import FrozenClock
from loansms.model import Accepted, DeliveryReceipt, DeliveryStatus, Rejected, SubmitResult, Unknown
from loansms.otp.challenge import Attempt, State
from loansms.otp.profiles import LENDER
from loansms.stores import Claimed, MemoryStore
from loansms.testing.code_examples import CODE, GRANT, RIGHT, WRONG, challenge, new
from loansms.testing.examples import AT, claim

LATE: Final = timedelta(hours=1)
LIMITS: Final = LENDER.failure_limits


@frozen
class Move:
    """One act tried in one standing: what it was answered, and where that led."""

    at: str
    by: str
    said: str
    to: str


class Case:
    """One store in which one code, or one message, has come as far as the acts so far brought it."""

    def __init__(self) -> None:
        self.clock = FrozenClock(AT)
        self.store = MemoryStore(clock=self.clock)
        self.token = ""

    def do(self, acts: Sequence[Act]) -> str:
        """Do `acts` in turn and return what the last one was answered."""
        said = ""
        for act in acts:
            said = act(self)
        return said


Act = Callable[[Case], str]


def _types(tag: bytes) -> Act:
    attempt = Attempt(tag=tag, grant=GRANT, grant_lives=LENDER.grant_lifetime // timedelta(microseconds=1))
    return lambda case: case.store.check_code(CODE, attempt, LIMITS).kind.value


def _often(act: Act, times: int) -> Act:
    return lambda case: case.do([act] * times)


def _resends(case: Case) -> str:
    left = LENDER.resend_left // timedelta(microseconds=1)
    return _name(case.store.resend_challenge(CODE, (), LIMITS, left=left))


def _waits(span: timedelta) -> Act:
    def act(case: Case) -> str:
        case.clock.move(span)
        case.store.expire_leases()
        return ""

    return act


def _name(answer: object) -> str:
    return str(getattr(answer, "value", "")) or type(answer).__name__


CODE_ACTS: Final[Mapping[str, Act]] = {
    "right": _types(RIGHT),
    "wrong": _types(WRONG),
    "wrong_often": _often(_types(WRONG), LENDER.failures),
    "resend": _resends,
    "not_sent": lambda case: str(case.store.refund_send(CODE, 1, ())),
    "newer": lambda case: _name(case.store.open_challenge(new(challenge("d")), (), LIMITS)),
    "redeem": lambda case: str(case.store.redeem_grant(CODE, GRANT)),
    "time": _waits(LENDER.lifetime),
    "window": _waits(LENDER.failure_window),
}

_CODE_PATHS: Final[Mapping[str, Sequence[str]]] = {
    "open": (),
    "used": ("right",),
    "redeemed": ("right", "redeem"),
    "locked": ("wrong_often",),
    "expired": ("time",),
    "superseded": ("newer",),
    "void": ("not_sent",),
}


@cache
def code_life() -> tuple[Move, ...]:
    """Return every act in every standing of a code, with the numbers of `profiles.LENDER`."""
    return tuple(
        Move(at, by, *_after_code([*path, by])) for at, path in _CODE_PATHS.items() for by in CODE_ACTS
    )


def unknown_code() -> str:
    """Return what a check of a code that nobody issued is answered."""
    return CODE_ACTS["wrong"](Case())


def _after_code(names: Sequence[str]) -> tuple[str, str]:
    case = Case()
    case.store.open_challenge(new(), (), LIMITS)
    said = case.do([CODE_ACTS[name] for name in names])
    kept = case.store.load_challenge(CODE)
    if kept is None:
        return said, "forgotten"
    if kept.state is not State.OPEN:
        return said, "redeemed" if kept.redeemed else kept.state.value
    # What an open code is as good as, a wrong attempt tells: it is compared only where nothing stands in the way.
    probe = CODE_ACTS["wrong"](case)
    return said, "open" if probe == "wrong" else probe


def _claims(case: Case) -> str:
    (answer,) = case.store.claim([claim()])
    if isinstance(answer, Claimed):
        case.token = answer.token
    return _name(answer)


def _answers(result: SubmitResult) -> Act:
    return lambda case: str(case.store.finish("step-1", case.token, result, case.clock.now()))


def _reports(status: DeliveryStatus) -> Act:
    def act(case: Case) -> str:
        case.clock.move(timedelta(seconds=1))
        receipt = DeliveryReceipt(
            provider_message_id="p-1", step_key="step-1", status=status, at=case.clock.now()
        )
        return str(case.store.record_receipt(receipt))

    return act


def _decides(sent: bool) -> Act:
    return lambda case: str(case.store.resolve("step-1", sent, "desk-7", case.clock.now()))


MESSAGE_ACTS: Final[Mapping[str, Act]] = {
    "claimed": _claims,
    "taken": _answers(Accepted("p-1")),
    "refused": _answers(Rejected("E1")),
    "refused_for_now": _answers(Rejected("E2", retryable=True)),
    "no_answer": _answers(Unknown("timeout")),
    "lease_over": _waits(LATE),
    **{f"receipt_{status.value}": _reports(status) for status in DeliveryStatus},
    "person_sent": _decides(True),
    "person_not_sent": _decides(False),
}

_MESSAGE_PATHS: Final[Mapping[str, Sequence[str]]] = {
    "due": (),
    "attempting": ("claimed",),
    "accepted": ("claimed", "taken"),
    "rejected": ("claimed", "refused"),
    "rejected_retryable": ("claimed", "refused_for_now"),
    "unknown": ("claimed", "no_answer"),
}


@cache
def message_life() -> tuple[Move, ...]:
    """Return every act in every state of a message's attempt."""
    return tuple(
        Move(at, by, *_after_message([*path, by]))
        for at, path in _MESSAGE_PATHS.items()
        for by in MESSAGE_ACTS
    )


@cache
def report_life() -> tuple[Move, ...]:
    """Return what a report makes of what was reported before, on a message that the provider has taken."""
    found: list[Move] = []
    for first in DeliveryStatus:
        for then in DeliveryStatus:
            case = Case()
            case.do([_claims, MESSAGE_ACTS["taken"], _reports(first)])
            said = _reports(then)(case)
            (record,) = case.store.attempts()
            found.append(
                Move(first.value, then.value, said, record.delivery.value if record.delivery else "")
            )
    return tuple(found)


def _after_message(names: Sequence[str]) -> tuple[str, str]:
    case = Case()
    said = case.do([MESSAGE_ACTS[name] for name in names])
    records = list(case.store.attempts())
    return said, records[0].state.value if records else "due"
