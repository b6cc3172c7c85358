"""One-time codes on Redis, against a bare EVALSHA and a PING of the same run, and against `limits`.

The sides work in turns of 20 borrowers who were never seen before. A bare EVALSHA ("return 1") is measured twice: as
redis-py's client sends it, and over a plain connection of its pool, the least that any script can cost from
Python. `check_code` is the store's verb alone, `verify` the whole of the service around it.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any
from uuid import uuid4

import redis
from code_desk import FIVE_BUCKETS, Borrower, Desk
from code_peers import Stacked
from code_watch import Later, timed
from servers import redis_url

from loansms.otp import VerdictKind
from loansms.stores import RedisStore

ROUNDS = 30
TURN = 20


class Bare:
    """The least that can be asked of the server, over a connection of its own."""

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(url)
        self._digest = self.client.script_load("return 1")
        self._connection: Any = redis.Redis.from_url(url).connection_pool.get_connection()

    def ping(self, _: object) -> None:
        self.client.ping()

    def evalsha(self, _: object) -> None:
        self.client.evalsha(self._digest, 0)

    def plain(self, _: object) -> None:
        self._connection.send_command(b"EVALSHA", self._digest, b"0")
        self._connection.read_response(disable_decoding=True)

    def close(self) -> None:
        self._connection.disconnect()
        self.client.close()


def sent(url: str, act: Callable[[], object]) -> int:
    """Return how many commands reach the server during `act`, those inside a script not counted."""
    with redis.Redis.from_url(url) as watcher, redis.Redis.from_url(url) as asker:
        asker.ping()
        with watcher.monitor() as watch:
            act()
            asker.echo("the end of it")
            seen = iter(watch.next_command, None)
            told = itertools.takewhile(lambda one: one["command"] != "ECHO the end of it", seen)
            return sum(one["client_type"] != "lua" for one in told)


def run() -> list[tuple[str, float, str]]:
    url = redis_url()
    # Tenants of this run alone: the server may be one that others use too.
    five, nine = (RedisStore(url, tenant=f"bench-{uuid4().hex}") for _ in range(2))
    later = Later(five)
    desk, counter, whole = Desk(five, FIVE_BUCKETS), Desk(later, FIVE_BUCKETS), Desk(nine)
    bare, windows = Bare(url), Stacked(url)
    took: dict[str, list[float]] = defaultdict(list)

    def note(name: str, act: Callable[[Any], object], given: Sequence[Any]) -> None:
        took[name] += [timed(act, one) for one in given]

    for turn in range(ROUNDS):
        guests = [Borrower.numbered(turn * TURN + place) for place in range(TURN)]
        note("ping", bare.ping, guests)
        note("issue", desk.issue, guests)
        asked = desk.asked(guests)
        note("limits", windows.hit, [one.counted for one in guests])
        note("evalsha", bare.evalsha, guests)
        note("wrong", desk.wrong, asked)
        note("plain", bare.plain, guests)
        note("right", desk.right, asked)
        again = [Borrower.numbered((ROUNDS + turn) * TURN + place) for place in range(TURN)]
        for guest in again:
            counter.issue(guest)
        checked = counter.asked(again)
        for kind, typed in ((VerdictKind.WRONG, counter.wrong), (VerdictKind.ACCEPTED, counter.right)):
            later.kept, later.kind = [], kind
            for each in checked:
                typed(each)
            note(f"check {kind.value}", later.ask, later.kept)
        note("issue whole", whole.issue, guests)
        note("right whole", whole.right, whole.asked(guests))
    guest = Borrower.numbered(2 * ROUNDS * TURN)
    issue_sent = sent(url, lambda: desk.issue(guest))
    verify_sent = sent(url, lambda: desk.right(*desk.asked([guest])))
    for one in (bare, five, nine):
        one.close()
    of = {name: median(found) for name, found in took.items()}
    client = "the rate of a bare EVALSHA by redis-py (goal 0.7)"
    plain = "the rate of a bare EVALSHA over a connection"
    return [
        ("check_code, accepted", of["evalsha"] / of["check accepted"], client),
        ("check_code, wrong", of["evalsha"] / of["check wrong"], client),
        ("verify, accepted", of["evalsha"] / of["right"], client),
        ("verify, wrong", of["evalsha"] / of["wrong"], client),
        ("verify, accepted, three guards told", of["evalsha"] / of["right whole"], client),
        ("check_code, accepted", of["plain"] / of["check accepted"], plain),
        ("check_code, wrong", of["plain"] / of["check wrong"], plain),
        ("verify, accepted", of["plain"] / of["right"], plain),
        ("verify, accepted", of["right"] / of["ping"], "PING"),
        ("issue, five buckets", of["issue"] / of["ping"], "PING"),
        ("issue, all nine buckets of the profile", of["issue whole"] / of["ping"], "PING"),
        ("limits: five moving windows alone", of["limits"] / of["ping"], "PING"),
        ("issue, five buckets", of["issue"] / of["limits"], "limits: five moving windows alone"),
        ("round trips of an issue", issue_sent, "1 (goal: at most 2)"),
        ("round trips of a verify", verify_sent, "1 (goal: 1)"),
    ]


if __name__ == "__main__":
    for name, ratio, unit in run():
        print(f"{name:45} {ratio:8.2f} x  {unit}")
