"""A worker process of the race and crash tests: claim a window, submit, finish, until nothing is left.

Arguments: ledger ("sqlite FILE", "postgres SCHEMA DSN" or "mysql DSN"), spool folder or "-", number of steps, number of debtors, cap, die-after or "-". With
`die-after` N it sends itself SIGKILL after the Nth submission, between the provider's answer and the finish;
negative: after the |N|th claim that was committed, before the provider is called. Two more arguments name a folder and a
step: the worker begins at that step; after its first window it leaves a file in the folder, and goes on when it finds the
file "go" there. It prints a JSON line with the keys it claimed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

from loansms.providers import SpoolProvider
from loansms.stores import Claim, Claimed, MysqlStore, PostgresStore, SqliteStore
from loansms.testing.examples import AT, claim, message, rolling

WINDOW = 8


def claims_of(steps: int, debtors: int, cap: int) -> list[Claim]:
    limits = (rolling(cap, timedelta(days=7)), rolling(cap, timedelta(days=30)))
    return [
        claim(step_key=f"s-{number}", debtor=f"example|B-{number % debtors}", limits=limits)
        for number in range(steps)
    ]


def opened(ledger: str) -> SqliteStore | PostgresStore | MysqlStore:
    """Open the store that `ledger` names."""
    kind, _, where = ledger.partition(" ")
    if kind == "sqlite":
        return SqliteStore(where)
    if kind == "mysql":
        return MysqlStore(where)
    schema, _, dsn = where.partition(" ")
    return PostgresStore(dsn, schema=schema)


def waits(gate: Path) -> None:
    """Say that we are there, and wait to be let through."""
    (gate / f"ready-{os.getpid()}").touch()
    deadline = time.monotonic() + 60
    while not (gate / "go").exists():
        if time.monotonic() > deadline:
            raise TimeoutError("nobody opened the gate")
        time.sleep(0.005)


def main(ledger: str, spool: str, *rest: str) -> None:
    numbers, gates = rest[:4], rest[4:]
    steps, debtors, cap, die_after = (None if one == "-" else int(one) for one in numbers)
    assert steps is not None
    assert debtors is not None
    assert cap is not None
    provider = None if spool == "-" else SpoolProvider(Path(spool))
    won: list[str] = []
    submitted = claimed = 0
    with opened(ledger) as store:
        todo = claims_of(steps, debtors, cap)
        begin = int(gates[1]) if gates else 0
        todo = todo[begin:] + todo[:begin]
        for first in range(0, len(todo), WINDOW):
            window = todo[first : first + WINDOW]
            for one, answer in zip(window, store.claim(window), strict=True):
                if not isinstance(answer, Claimed):
                    continue
                claimed += 1
                if die_after is not None and -claimed == die_after:
                    os.kill(os.getpid(), signal.SIGKILL)
                won.append(one.step_key)
                if provider is None:
                    continue
                sent = message(message_id=f"m-{one.step_key}-{os.getpid()}", step_key=one.step_key)
                result = provider.submit(sent, AT)
                submitted += 1
                if submitted == die_after:
                    os.kill(os.getpid(), signal.SIGKILL)
                store.finish(one.step_key, answer.token, result, AT)
            if gates and not first:
                waits(Path(gates[0]))
    sys.stdout.write(json.dumps(won))
