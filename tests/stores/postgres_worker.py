"""Eight processes that start at once: each creates the tables, opens one challenge, tries the right code, redeems.

Arguments: DSN, schema. It prints one line a process. They are forked from this one, which holds no connection and
no thread, so that they are imported once.
"""

from __future__ import annotations

import os
import sys
import traceback

from loansms.otp.admission import Bucket, Limit
from loansms.otp.budget import SECOND, FailureLimits
from loansms.otp.challenge import Attempt, NewChallenge
from loansms.stores import PostgresStore

PROCESSES = 8
TRIES = 5


def one(dsn: str, schema: str) -> str:
    limits = FailureLimits(failures=5, window=60 * SECOND, ceiling=10, reserve=1, lane=1)
    new = NewChallenge(id="c", budgets=("b",), tag=b"right", sealed=b"s", lives=300 * SECOND)
    with PostgresStore(dsn, schema=schema) as store:
        opened = store.open_challenge(new, [Bucket("phone", "p", (Limit(1, 60 * SECOND),))], limits)
        told = [opened.value if isinstance(opened, str) else type(opened).__name__]
        attempt = Attempt(tag=b"right", grant=b"g", grant_lives=60 * SECOND)
        told += [store.check_code("c", attempt, limits).kind.value for _ in range(TRIES)]
        told.append(str(store.redeem_grant("c", b"g")))
    return " ".join(told)


def main(dsn: str, schema: str) -> None:
    for _ in range(PROCESSES):
        if os.fork() == 0:
            status = 1
            try:
                os.write(1, f"{one(dsn, schema)}\n".encode())
                status = 0
            finally:
                if status:
                    traceback.print_exc()
                os._exit(status)
    ended = [os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(PROCESSES)]
    sys.exit(max(ended))


if __name__ == "__main__":
    main(*sys.argv[1:])
