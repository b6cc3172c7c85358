"""What the tests of codes in a SQLite file share; its `main` is a worker of the race and crash tests."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from typing import Any

from loansms.otp.admission import Bucket, Guard, Limit
from loansms.otp.budget import DAY, SECOND, FailureLimits
from loansms.otp.challenge import Attempt, NewChallenge
from loansms.otp.verdict import VerdictKind
from loansms.stores import Sent, SqliteStore
from loansms.stores.rows import micros
from loansms.testing.examples import AT

NOW = micros(AT)
MINUTE = 60 * SECOND
LIMITS = FailureLimits(
    failures=3, window=15 * MINUTE, ceiling=6, reserve=1, lane=1, known=2, known_for=2 * DAY
)
PHONE = Bucket("phone", "b-phone", (Limit(1, MINUTE), Limit(5, 60 * MINUTE)))
GUARD = Bucket("prefix", "b-prefix", (Limit(3, DAY),), slot=5 * MINUTE, guard=Guard(percent=50))
RIGHT, WRONG, GRANT = b"r" * 32, b"w" * 32, b"g" * 32


def new(challenge: str = "c-1", **changes: Any) -> NewChallenge:
    fields: dict[str, Any] = {
        "id": challenge,
        "budgets": ("u-1",),
        "tag": RIGHT,
        "sealed": b"sealed",
        "lives": 5 * MINUTE,
        "device": "d-1",
        "line": "d-1",
        "guards": (GUARD,),
    }
    return NewChallenge(**{**fields, **changes})


def right(device: str = "d-1") -> Attempt:
    return Attempt(tag=RIGHT, device=device, grant=GRANT, grant_lives=5 * MINUTE)


def wrong(device: str = "d-1") -> Attempt:
    return Attempt(tag=WRONG, device=device, grant=GRANT, grant_lives=5 * MINUTE)


def accepted(store: SqliteStore, challenge: str = "c-1") -> None:
    """Open a challenge and answer it rightly, so that its grant is out."""
    assert isinstance(store.open_challenge(new(challenge), (), LIMITS), Sent)
    assert store.check_code(challenge, right(), LIMITS).kind is VerdictKind.ACCEPTED


def main(path: str, what: str, times: str) -> None:
    """Type the right code of every challenge and redeem it, or wrong ones; `die-…` ends in SIGKILL."""
    told: list[str] = []
    with SqliteStore(path) as store:
        if what == "die-redeeming":
            host = sqlite3.connect(path, isolation_level=None)
            host.execute("BEGIN IMMEDIATE")
            if store.redeem_in(host).redeem_grant("c-1", GRANT, NOW):
                os.kill(os.getpid(), signal.SIGKILL)
        for number in range(int(times)):
            if what == "right":
                told.append(store.check_code(f"c-{number}", right(), LIMITS, NOW).kind)
                told.append("redeemed" if store.redeem_grant(f"c-{number}", GRANT, NOW) else "refused")
            else:
                attempt = right() if what == "die-right" else wrong()
                told.append(store.check_code("c-1", attempt, LIMITS, NOW).kind)
        if what.startswith("die"):
            os.kill(os.getpid(), signal.SIGKILL)
    sys.stdout.write(json.dumps(told))
