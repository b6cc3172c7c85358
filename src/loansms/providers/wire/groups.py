"""Messages in groups that one request can hold: alike, few enough, and no number twice.

Gateways answer by number: of two messages to one number in a request nobody could tell which was taken.

>>> from loansms.testing.examples import message
>>> told = [message(message_id=f"m-{at}") for at in range(3)]
>>> [len(one) for one in grouped(told, lambda one: one.template, 100)]
[1, 1, 1]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence

from loansms.model import Message


def _never(_message: Message) -> bool:
    return False


def grouped(
    messages: Sequence[Message],
    alike: Callable[[Message], Hashable],
    most: int,
    alone: Callable[[Message], bool] = _never,
) -> list[list[Message]]:
    """Return `messages` in groups of at most `most` that are `alike`, in their order; those that go `alone` are one each."""
    groups: list[list[Message]] = []
    open_: dict[Hashable, list[list[Message]]] = {}
    times: Counter[tuple[Hashable, str]] = Counter()
    for one in messages:
        if alone(one):
            groups.append([one])
            continue
        kind = alike(one)
        # The second message to a number goes into the second group of its kind that has room, and so on.
        turn = times[kind, one.to.e164]
        times[kind, one.to.e164] += 1
        theirs = open_.setdefault(kind, [])
        if turn >= len(theirs):
            theirs.append([])
            groups.append(theirs[-1])
        theirs[turn].append(one)
        if len(theirs[turn]) == most:
            # A full group makes room for a new one in its place; numbers that are in the full one may come again.
            theirs[turn] = []
            groups.append(theirs[turn])
    return [one for one in groups if one]
