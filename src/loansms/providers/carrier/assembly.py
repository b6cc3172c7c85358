"""Replies as they are heard: a long one arrives in parts, which wait here for one another, so long and so many and no more.

A reply that is not whole in time, or that must make room, is handed over with "…" for what is missing: half of "please stop
calling" must not be lost. A whole one stays for the time too, because a gateway that missed our answer brings its last part
again.

>>> from datetime import UTC
>>> now = datetime(2026, 9, 24, tzinfo=UTC)
>>> waiting = Assembly()
>>> first = Heard(source="13800138000", access_code="10690000", id="1", at=now, msg_fmt=8, udhi=True,
...     content=bytes.fromhex("050003070201") + "退".encode("utf-16-be"))
>>> waiting.hear(first, now) is None
True
>>> whole = waiting.hear(evolve(first, id="2", content=bytes.fromhex("050003070202") + "订".encode("utf-16-be")), now)
>>> whole.text.reveal(), whole.provider_id
('退订', '1')
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from attrs import define, evolve, field, frozen

from loansms.model import InboundMessage
from loansms.privacy import Secret
from loansms.providers.carrier.dialled import number_of
from loansms.providers.carrier.long_text import Place, headed
from loansms.providers.carrier.writing import read

_GAP: Final = "…"


@frozen(kw_only=True)
class Heard:
    """One message from a handset as a gateway brings it; `raw` is its frame."""

    source: str = field(repr=False)
    access_code: str
    id: str
    at: datetime
    msg_fmt: int
    udhi: bool
    content: bytes = field(repr=False)
    raw: bytes = field(default=b"", repr=False)


_Key: TypeAlias = tuple[str, str, int, int]


@define(eq=False)
class _Group:
    since: datetime
    total: int
    parts: dict[int, Heard] = field(factory=dict[int, Heard], repr=False)

    @property
    def whole(self) -> bool:
        return len(self.parts) == self.total


class Assembly:
    """The parts of long replies: at most `most` of them, each for `keep` at most."""

    def __init__(self, *, most: int = 4096, keep: timedelta = timedelta(minutes=10)) -> None:
        self._most = most
        self._keep = keep
        self._groups: OrderedDict[_Key, _Group] = OrderedDict()
        self._held = 0
        self._forced: list[InboundMessage] = []

    def __len__(self) -> int:
        return self._held

    def hear(self, heard: Heard, now: datetime) -> InboundMessage | None:
        """Return the reply that `heard` is or makes whole; None while parts of it are missing."""
        place, body = _placed(heard)
        one = evolve(heard, content=body)
        if place is None or place.total == 1:
            return _reply({1: one}, 1)
        key = (one.source, one.access_code, place.reference, place.total)
        group = self._groups.get(key)
        known = group.parts.get(place.index) if group else None
        if known is not None and known.content != one.content:
            # Handsets count to 255 and begin again: the same reference, another message.
            self._give_up(key)
            group = None
        if group is None:
            group = self._groups[key] = _Group(now, place.total)
        if place.index not in group.parts:
            self._held += 1
            group.parts[place.index] = one
        whole = _reply(group.parts, group.total) if group.whole else None
        while self._held > self._most:
            self._give_up(next(iter(self._groups)))
        return whole

    def overdue(self, now: datetime) -> list[InboundMessage]:
        """Return the replies that were waited for long enough, as far as they came, each once."""
        while self._groups:
            key, group = next(iter(self._groups.items()))
            if now - group.since < self._keep:
                break
            self._give_up(key)
        given, self._forced = self._forced, []
        return given

    def _give_up(self, key: _Key) -> None:
        group = self._groups.pop(key)
        self._held -= len(group.parts)
        if not group.whole:
            self._forced.append(_reply(group.parts, group.total))


def _placed(heard: Heard) -> tuple[Place | None, bytes]:
    if not heard.udhi:
        return None, heard.content
    try:
        return headed(heard.content)
    except ValueError:
        # The flag was wrong, or the header is: whatever was said, it is read.
        return None, heard.content


def _reply(parts: Mapping[int, Heard], total: int) -> InboundMessage:
    """Return what the parts say together; a pair of UCS-2 may be cut between two that follow each other."""
    told: list[str] = []
    run, fmt, before = b"", 0, 0
    for index, part in sorted(parts.items()):
        if index != before + 1 or (run and part.msg_fmt != fmt):
            told += [read(fmt, run)] if run else []
            told += [_GAP] if index != before + 1 else []
            run = b""
        run, fmt, before = run + part.content, part.msg_fmt, index
    told.append(read(fmt, run))
    if before != total:
        told.append(_GAP)
    first = parts[min(parts)]
    return InboundMessage(
        borrower_id=None,
        text=Secret("".join(told)),
        received_at=max(part.at for part in parts.values()),
        phone=number_of(first.source),
        access_code=first.access_code,
        provider_id=first.id,
        raw=Secret(" ".join(part.raw.hex() for _, part in sorted(parts.items()))),
    )
