"""Worker processes of the race and crash tests of codes, each with a store and threads of its own.

Arguments: "race" or "guess", the kind of store, its place. "race" forks eight processes that wait for one another,
check one right code in eight threads each, then guess wrong on three codes of another person; it prints the
verdicts of both as JSON. "guess" guesses wrong in four threads until it is killed, a line an answer.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from attrs import evolve

from loansms.otp.budget import FailureLimits
from loansms.otp.challenge import Attempt
from loansms.stores import CodeStore, PostgresStore, SqliteStore
from loansms.stores._sync.redis import RedisStore
from loansms.testing.code_examples import CODE, GRANT, LIMITS, MINUTE, RIGHT, WRONG, challenge

PROCESSES = 8
THREADS = 8
GUESSERS = 4
GUESSED = [challenge(f"g-{number}") for number in range(3)]
MANY = evolve(LIMITS, failures=200, ceiling=400)


def open_store(kind: str, place: str) -> Any:
    """Return the store of `kind` at its place: a file, an address and a tenant, a DSN and a schema."""
    if kind == "sqlite":
        return SqliteStore(Path(place))
    where, _, own = place.rpartition("|")
    return RedisStore(where, tenant=own) if kind == "redis" else PostgresStore(where, schema=own)


def check(store: CodeStore, one: str, tag: bytes, limits: FailureLimits = LIMITS) -> str:
    attempt = Attempt(tag=tag, grant=GRANT, grant_lives=MINUTE)
    return store.check_code(one, attempt, limits).kind.value


def race(kind: str, place: str) -> None:
    context = multiprocessing.get_context("fork")
    start = context.Barrier(PROCESSES)
    told = context.SimpleQueue()
    workers = [
        context.Process(target=_racer, args=(kind, place, number, start, told)) for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    sys.stdout.write(json.dumps([told.get() for _ in workers]))
    for worker in workers:
        worker.join()


def _racer(kind: str, place: str, number: int, start: Any, told: Any) -> None:
    store = open_store(kind, place)
    store.load_challenge(CODE)
    start.wait(60)
    right = _at_once(lambda _: check(store, CODE, RIGHT))
    start.wait(60)
    wrong = _at_once(lambda thread: check(store, GUESSED[(number + thread) % 3], WRONG))
    told.put([right, wrong])
    store.close()


def _at_once(act: Callable[[int], str]) -> list[str]:
    start = threading.Barrier(THREADS)

    def one(number: int) -> str:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def guess(kind: str, place: str) -> None:
    store = open_store(kind, place)

    def on_and_on(number: int) -> None:
        while True:
            told = check(store, GUESSED[number % 3], WRONG, MANY)
            os.write(1, f"{told}\n".encode())

    with ThreadPoolExecutor(GUESSERS) as pool:
        list(pool.map(on_and_on, range(GUESSERS)))


if __name__ == "__main__":
    {"race": race, "guess": guess}[sys.argv[1]](*sys.argv[2:])
