"""What a fake carrier gateway does wrong, on demand and by a seed, and the record of what it really did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from attrs import define, field, frozen

from loansms.testing.gateway_wire import SubmitHeard


@frozen(kw_only=True)
class Faults:
    """How often what goes wrong; every share is of the segments that come in, 0 never and 1 always.

    A segment may be answered "too fast" (``throttled``) or refused for its number (``refused``, or ``refused_part`` of every long
    message); the connection may be reset
    before it is taken (``reset_before``), or when it has been and before the answer (``reset_after``), or every so many frames
    (``reset_every``); an answer may be cut in mid-frame (``cut``), have a length that no frame has (``garbled``), never come
    (``mute``), come twice (``answered_twice``) or ``late_by`` seconds late (``late``).

    A report may never come though the segment was taken (``dropped``), say that it failed (``undelivered``), overtake the answer
    (``early``), come twice (``reported_twice``) or on another connection (``elsewhere``); ``shuffled`` reports come in any order.
    A gateway may refuse every login (``login_refused``), or answer nothing after it, not even a test of the line (``deaf``).
    """

    seed: int = 0
    throttled: float = 0.0
    refused: float = 0.0
    refused_part: int = 0
    reset_before: float = 0.0
    reset_after: float = 0.0
    reset_every: int = 0
    cut: float = 0.0
    garbled: float = 0.0
    mute: float = 0.0
    answered_twice: float = 0.0
    late: float = 0.0
    late_by: float = 0.0
    dropped: float = 0.0
    undelivered: float = 0.0
    early: float = 0.0
    reported_twice: float = 0.0
    elsewhere: float = 0.0
    shuffled: bool = False
    login_refused: bool = False
    deaf: bool = False


@frozen
class TakenSegment:
    """A segment that the gateway really took, as its `part`-th, on its ``connection``-th connection."""

    part: int
    connection: int
    segment: SubmitHeard = field(repr=False)
    delivered: bool = True
    dropped: bool = False


@define
class GatewayRecord:
    """Everything a fake gateway did; read it when the traffic has ended."""

    logins: int = 0
    refused_logins: int = 0
    connections: int = 0
    tests: int = 0
    farewells: int = 0
    resets: int = 0
    most_unanswered: int = 0
    taken: list[TakenSegment] = field(factory=list[TakenSegment], repr=False)
    throttled: list[SubmitHeard] = field(factory=list[SubmitHeard], repr=False)
    refused: list[SubmitHeard] = field(factory=list[SubmitHeard], repr=False)
    lost: list[SubmitHeard] = field(factory=list[SubmitHeard], repr=False)
    reports_taken: int = 0
    reports_again: int = 0
    reported: Counter[Hashable] = field(factory=Counter[Hashable], repr=False)

    def taken_twice(self) -> list[TakenSegment]:
        """Return every segment whose number, words and place the gateway had taken before: what must never happen."""
        seen: set[tuple[str, bytes, tuple[int, int]]] = set()
        twice: list[TakenSegment] = []
        for one in self.taken:
            key = (one.segment.phone, one.segment.content, one.segment.place)
            if key in seen:
                twice.append(one)
            seen.add(key)
        return twice
