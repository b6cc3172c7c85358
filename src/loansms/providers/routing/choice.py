"""What a router decided about a message: the road it took, and why each other road was passed over. No personal data.

>>> RouteChoice("s-1", "line-b", (PassedOver("line-a", "resting"),))
RouteChoice(step_key='s-1', provider='line-b', passed_over=(PassedOver(provider='line-a', why='resting'),))
"""

from __future__ import annotations

from attrs import field, frozen


@frozen
class PassedOver:
    """A road that did not take a message, and why.

    Not for it: "purpose", "country", "operator", "channel", "attachment" (it carries no such files), "refuses" (what `refuses`
    told). Not now: "stopped" (by a person), "resting", "trial" (one message tries it after its rest), "paced_out",
    "queue_full". Asked in vain: "unsupported" (it has no template for the text), or the code it rejected the message with.
    """

    provider: str
    why: str


@frozen
class RouteChoice:
    """One message by its step key: the provider it stays with, and the roads passed over.

    It stays with the one that took it, and with one after which no other may be tried; "" where each was passed over.
    """

    step_key: str
    provider: str
    passed_over: tuple[PassedOver, ...] = field(default=())
