"""What came in and waits to be fetched: so much and no more, and a reply that comes twice is kept once.

>>> inbox = Inbox(most=1)
>>> inbox.full, inbox.receipts()
(False, [])
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence

from loansms.model import DeliveryReceipt, InboundMessage


class Inbox:
    """Receipts and replies until somebody fetches them; `most` of both together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._receipts: deque[DeliveryReceipt] = deque()
        self._inbound: deque[InboundMessage] = deque()

    def __len__(self) -> int:
        return len(self._receipts) + len(self._inbound)

    @property
    def full(self) -> bool:
        """Whether nothing more may be taken from a gateway before something is fetched."""
        return len(self) >= self._most

    def put(self, reports: Sequence[DeliveryReceipt | InboundMessage]) -> None:
        """Keep what came in."""
        for one in reports:
            if isinstance(one, InboundMessage):
                self._inbound.append(one)
            else:
                self._receipts.append(one)

    def receipts(self) -> list[DeliveryReceipt]:
        """Hand out every receipt, each once, in the order of their coming."""
        told = list(self._receipts)
        self._receipts.clear()
        return told

    def inbound(self) -> list[InboundMessage]:
        """Hand out every reply, each once."""
        told = list(self._inbound)
        self._inbound.clear()
        return told


class Replies:
    """The replies seen lately, by the provider's id: a gateway that missed our answer brings the same one again."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def new(self, reply: InboundMessage) -> bool:
        """Return whether `reply` was not seen before; one without an id always is."""
        if not reply.provider_id:
            return True
        key = (reply.provider_id, reply.access_code)
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return True

    def untold(self, reply: InboundMessage) -> None:
        """Forget one that could not be handed over: it will be brought again."""
        self._seen.pop((reply.provider_id, reply.access_code), None)
