"""What a carrier session asks of a protocol: bytes to send, and what bytes that came in mean.

A dialect (CMPP, SGIP, SMGP, SMPP) owns no socket, no clock and no state but the line's settings, and answers every
frame with values. The session (`loansms.providers.carrier.session`) owns window, time-outs, keep-alive and reconnecting, and
knows no byte of any protocol. So each can be tested without the other, and a fake gateway speaks the same PDUs.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from attrs import field, frozen

from loansms.model import DeliveryReceipt, InboundMessage, Message, SubmitResult

# What pairs an answer with its request: four bytes of CMPP, SMGP and SMPP, twelve of SGIP.
Pairing: TypeAlias = Hashable


class WireError(ValueError):
    """The stream of bytes cannot be trusted any more (a length no frame has): the line must be closed.

    Its words are ours and quote nothing that came in.
    """


@frozen
class Submit:
    """One segment on its way: the frame, and what its answer will be paired by."""

    sequence: Pairing
    frame: bytes = field(repr=False)


@frozen
class LoginAnswered:
    """The gateway's answer to a login: `code` is its own, ``refused`` says that it let nobody in."""

    code: str
    refused: bool
    note: str = ""


@frozen
class SubmitAnswered:
    """The gateway's answer to one segment. ``throttled``: it was not taken and may be handed over again."""

    sequence: Pairing
    result: SubmitResult
    throttled: bool = False


@frozen
class Reported:
    """A report or a reply, and the frames that answer it: taken, and please bring it again (None: no such answer)."""

    sequence: Pairing
    report: DeliveryReceipt | InboundMessage
    taken: bytes = field(repr=False)
    again: bytes | None = field(default=None, repr=False)


@frozen
class Asked:
    """A request that is answered at once (a test of the line, a login to our listener), with its answer.

    ``closes``: the other side is leaving, the line ends after the answer. ``login`` is the name and secret somebody logs in
    to our listener with; `answer` lets them in, ``refusal`` does not.
    """

    answer: bytes = field(repr=False)
    closes: bool = False
    login: tuple[str, str] | None = field(default=None, repr=False)
    refusal: bytes = field(default=b"", repr=False)


@frozen
class Alive:
    """An answer to our own test of the line, or to our farewell (``closes``)."""

    closes: bool = False


@frozen
class Unreadable:
    """A whole frame that is not understood: the line goes on, `answer` says so to the other side where there is a way."""

    why: str
    sequence: Pairing | None = None
    answer: bytes = field(default=b"", repr=False)


Event: TypeAlias = LoginAnswered | SubmitAnswered | Reported | Asked | Alive | Unreadable


class Dialect(Protocol):
    """A protocol as seen by a session."""

    @property
    def name(self) -> str:
        """What it is called: "cmpp3"."""
        ...

    @property
    def login_table(self) -> str:
        """The table of `loansms.providers.taxonomy` that says why a login was refused."""
        ...

    @property
    def window(self) -> int:
        """How many submits may be unanswered by the standard."""
        ...

    def login(self, *, now: datetime, sequence: int) -> bytes:
        """Return the frame that logs in at `now` (aware)."""
        ...

    def submits(self, message: Message, *, now: datetime, sequences: Sequence[int]) -> Sequence[Submit]:
        """Return one frame a segment; `sequences` are numbers nobody has used, more than enough of them."""
        ...

    def test(self, *, now: datetime, sequence: int) -> bytes:
        """Return the frame that tests an idle line; b"" where the protocol has none."""
        ...

    def farewell(self, *, now: datetime, sequence: int) -> bytes:
        """Return the frame that ends a session in order."""
        ...

    def read(self, buffer: bytearray, *, now: datetime) -> Sequence[Event]:
        """Take every whole frame off the front of `buffer` and return what each means.

        What is left is the beginning of a frame. Raise WireError where no frame can have such a length: then nothing behind
        it can be understood either.
        """
        ...
