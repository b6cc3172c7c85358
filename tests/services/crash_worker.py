"""Run a book over one store file and one spool, and die by SIGKILL at a named point: used by test_crash.py.

Usage: crash_worker.py STORE SPOOL BOOK NOW POINT COUNT; POINT is the verb around which it dies, "none" never.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import datetime
from typing import Any

from loansms import Lender, OutreachService
from loansms.providers import SpoolProvider
from loansms.stores import SqliteStore


class Fuse:
    """Counts down at one point and kills the process there."""

    def __init__(self, point: str, count: int) -> None:
        self.point, self.left = point, count

    def at(self, point: str) -> None:
        """Die here when this is the point and the count has run out."""
        if point == self.point:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def around(target: Any, verb: str, fuse: Fuse) -> None:
    """Put the fuse before and after one verb of an object."""
    plain = getattr(target, verb)

    def armed(*args: Any, **kwargs: Any) -> Any:
        fuse.at(f"before_{verb}")
        result = plain(*args, **kwargs)
        fuse.at(f"after_{verb}")
        return result

    setattr(target, verb, armed)


class Armed:
    """Delegates to a real store or provider, with a fuse around the verbs that matter."""

    def __init__(self, inner: Any, verbs: tuple[str, ...], fuse: Fuse) -> None:
        self._inner = inner
        for verb in verbs:
            setattr(self, verb, getattr(inner, verb))
            around(self, verb, fuse)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def main(store: str, spool: str, book: str, now: str, point: str, count: str) -> None:
    fuse = Fuse(point, int(count))
    service = OutreachService(
        policy="cn-consumer",
        lender=Lender.example("CN"),
        store=Armed(SqliteStore(store), ("claim", "finish", "defer"), fuse),
        provider=Armed(SpoolProvider(spool), ("submit",), fuse),
    )
    report = service.run(book, now=datetime.fromisoformat(now))
    sys.stdout.write(json.dumps([[done.row.loan_id, done.outcome.value] for done in report.rows]))


if __name__ == "__main__":
    main(*sys.argv[1:])
