"""One-time codes in memory, against one HMAC of the same run and against the peers doing the nearest same work.

Every side works in turns of 100 borrowers who were never seen before. Ours issues (rules, five buckets all or
nothing, failure budget, derived code, sealed record, text, a provider that accepts at once), checks (counted,
compared, consumed, granted); a peer does the part of it that it has. Time is that of this thread alone: on a busy
machine the wall clock would measure its neighbours.
"""

from __future__ import annotations

import gc
import hmac
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from code_desk import FIVE_BUCKETS, Borrower, Desk
from code_parts import Parts
from code_peers import Authenticator, Devices, Stacked

from loansms.stores import MemoryStore

ROUNDS = 25
TURN = 100
KEY = b"k" * 32
SAID = b"challenge, subject, action, transaction and code, about so long as they are packed"
TAG = hmac.digest(KEY, SAID, "sha256")


def compare(_: object) -> None:
    hmac.compare_digest(hmac.digest(KEY, SAID, "sha256"), TAG)


def timed(act: Callable[[Any], object], given: Sequence[Any]) -> float:
    """Return microseconds a call, the collector at rest as `timeit` has it."""
    gc.disable()
    began = time.thread_time()
    for one in given:
        act(one)
    took = time.thread_time() - began
    gc.enable()
    return took / len(given) * 1e6


def measure() -> dict[str, float]:
    """Return the median microseconds of everything that is measured."""
    desk, whole = Desk(MemoryStore(), FIVE_BUCKETS), Desk(MemoryStore())
    windows, authenticator, devices = Stacked("memory://"), Authenticator(), Devices(TURN)
    parts, places = Parts(), range(TURN)
    taken: dict[str, list[float]] = defaultdict(list)

    def note(name: str, act: Callable[[Any], object], given: Sequence[Any]) -> None:
        taken[name].append(timed(act, given))

    for turn in range(ROUNDS):
        guests = [Borrower.numbered(turn * TURN + place) for place in places]
        note("hmac", compare, places)
        note("issue", desk.issue, guests)
        note("issue parts", parts.issue, guests)
        note("verify parts", parts.verify, parts.out)
        parts.out.clear()
        asked = desk.asked(guests)
        note("limits", windows.hit, [one.counted for one in guests])
        note("wrong", desk.wrong, asked)
        note("hotp", authenticator.hotp, places)
        note("right", desk.right, asked)
        note("totp", authenticator.totp, places)
        note("issue whole", whole.issue, guests)
        again = whole.asked(guests)
        note("right whole", whole.right, again)
        note("django issue", devices.issue, places)
        note("django verify", devices.verify, places)
    return {name: median(found) for name, found in taken.items()}


def run() -> list[tuple[str, float, str]]:
    took = measure()
    floor, issue, verify = took["hmac"], took["issue"], took["right"]
    hmacs = "one HMAC-SHA256 and compare"
    return [
        ("issue: five buckets, code, tag, store", took["issue parts"], "1 us (goal: at most 60)"),
        ("verify: tags and the act of the store", took["verify parts"], "1 us (goal: at most 20)"),
        ("issue, five buckets, worded and handed over", issue, "1 us (goal: at most 60)"),
        ("verify, accepted", verify, "1 us (goal: at most 20)"),
        ("verify, wrong", took["wrong"], "1 us (goal: at most 20)"),
        ("issue, all nine buckets of the profile", took["issue whole"], "1 us"),
        ("verify, accepted, three guards told", took["right whole"], "1 us"),
        ("issue, five buckets", issue / floor, hmacs),
        ("verify, accepted", verify / floor, hmacs),
        ("verify, wrong", took["wrong"] / floor, hmacs),
        ("issue, five buckets", issue / took["limits"], "limits: five moving windows alone"),
        ("issue, five buckets", issue / took["django issue"], "django-otp: generate_token"),
        ("verify, accepted", verify / took["hotp"], "pyotp: HOTP.verify, which remembers nothing"),
        ("verify, accepted", verify / took["totp"], "pyotp: TOTP.verify of three steps"),
        ("verify, accepted", verify / took["django verify"], "django-otp: load and verify_token"),
    ]


if __name__ == "__main__":
    for name, ratio, unit in run():
        print(f"{name:45} {ratio:8.2f} x  {unit}")
