"""What a fake carrier gateway hears and says, whatever the protocol: one `Wire` turns frames into these values and back."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol, TypeAlias

from attrs import field, frozen


@frozen
class LoginHeard:
    """Somebody logs in; `right` says whether name and proof are the agreed ones."""

    sequence: Hashable
    right: bool


@frozen
class SubmitHeard:
    """One segment: the number it goes to, and its octets without the header that joins long texts."""

    sequence: Hashable
    phone: str = field(repr=False)
    content: bytes = field(repr=False)
    place: tuple[int, int] = (1, 1)


@frozen
class TestHeard:
    """Somebody asks whether the line is alive."""

    sequence: Hashable


@frozen
class FarewellHeard:
    """Somebody leaves."""

    sequence: Hashable


@frozen
class ReportAnswered:
    """A report or reply of ours was answered: taken, or to be brought again."""

    sequence: Hashable
    taken: bool


@frozen
class OtherHeard:
    """Anything else, such as the answer to a login of ours."""

    sequence: Hashable


Heard: TypeAlias = LoginHeard | SubmitHeard | TestHeard | FarewellHeard | ReportAnswered | OtherHeard


class Wire(Protocol):
    """The gateway's side of one protocol: octets in both directions, and nothing else."""

    def heard(self, buffer: bytearray) -> Sequence[Heard]:
        """Take every whole frame off the front of `buffer`; raise ValueError for what no client may send."""
        ...

    def let_in(self, login: LoginHeard, refused: bool) -> bytes:
        """Answer a login."""
        ...

    def took(self, submit: SubmitHeard, part: int) -> bytes:
        """Answer that a segment was taken as the `part`-th."""
        ...

    def turned_down(self, submit: SubmitHeard, throttled: bool) -> bytes:
        """Answer that a segment came too fast, or goes to a number that does not exist."""
        ...

    def told(self, heard: TestHeard | FarewellHeard) -> bytes:
        """Answer a test of the line or a farewell."""
        ...

    def report(
        self, part: int, submit: SubmitHeard, delivered: bool, sequence: int
    ) -> tuple[Hashable, bytes]:
        """Report on the `part`-th segment; return what the answer is paired by, and the frame."""
        ...

    def reply(self, phone: str, text: str, count: int, sequence: int) -> tuple[Hashable, bytes]:
        """Bring the `count`-th reply of a handset."""
        ...

    def login(self, sequence: int) -> bytes:
        """Log in to a client that listens (SGIP); b"" where the protocol brings reports on the client's own connections."""
        ...


def frames(buffer: bytearray, shortest: int, longest: int = 4096) -> list[bytes]:
    """Take whole frames off `buffer` the plain way; raise ValueError for a length that no frame has."""
    taken: list[bytes] = []
    while len(buffer) >= 4:
        length = int.from_bytes(buffer[:4], "big")
        if not shortest <= length <= longest:
            raise ValueError("a frame of impossible length")
        if len(buffer) < length:
            break
        taken.append(bytes(buffer[:length]))
        del buffer[:length]
    return taken


def unheaded(content: bytes, udhi: bool) -> tuple[tuple[int, int], bytes]:
    """Return which of how many parts `content` is, and its octets without the header."""
    if udhi and len(content) >= 6:
        return (content[5], content[4]), content[content[0] + 1 :]
    return (1, 1), content


def number(sequence: Hashable) -> int:
    """Return a sequence number of four octets."""
    return sequence if isinstance(sequence, int) else 0
