"""The deployment as it runs: a real PostgreSQL, a real Redis, a Celery worker of two processes, one of them killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from tests.stores.postgres_server import fresh_schema, postgres_dsn
from tests.stores.redis_server import redis_url

from loansms.clock import SystemClock

HOSTS = Path(__file__).resolve().parents[2] / "examples" / "hosts"
LOANS = 60
MORNING = datetime(2026, 9, 24, 2, tzinfo=UTC)  # ten o'clock in Shanghai
TABLE = """
create table loans (loan_id text primary key, borrower_id text, phone text, country text, currency text, amount_due numeric(14, 2),
  next_due_on date, closed boolean not null default false);
insert into loans select 'L-' || n, 'B-' || n, '174' || lpad(n::text, 8, '0'), 'CN', 'CNY', 100 + n, '2026-09-24', n = 7
  from generate_series(1, %s) n
"""


@contextmanager
def celery(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [
        "-A",
        "celery_deployment",
        "worker",
        "--concurrency",
        "2",
        "--loglevel",
        "error",
        "-n",
        "lender@here",
    ]
    started = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "celery",
            *command,
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ],
        cwd=HOSTS,
        env=environment,
        start_new_session=True,
    )
    yield started
    os.killpg(started.pid, signal.SIGKILL)
    started.wait(10)


def call(task: str, environment: dict[str, str]) -> None:
    told = f"import celery_deployment as host; host.{task}.delay()"
    subprocess.run([sys.executable, "-c", told], cwd=HOSTS, env=environment, check=True)


def sent(spool: Path) -> Counter[str]:
    lines = spool.joinpath("submitted.jsonl")
    told = lines.read_text(encoding="utf-8").splitlines() if lines.exists() else []
    return Counter(str(json.loads(line)["loan_id"]) for line in told)


def test_a_book_is_shared_by_processes_and_sent_once(tmp_path: Path) -> None:
    with fresh_schema() as schema:
        dsn = make_conninfo(postgres_dsn(), options=f"-csearch_path={schema}")
        with psycopg.connect(postgres_dsn(), autocommit=True) as connection:
            connection.execute(f"create schema {schema}".encode())
            connection.execute(f"set search_path to {schema}".encode())
            connection.execute(TABLE.replace("%s", str(LOANS)).encode())
        environment = {
            **os.environ,
            "LENDER_PG": dsn,
            "LENDER_REDIS": redis_url(),
            "LENDER_SCHEMA": schema,
            "LENDER_SPOOL": str(tmp_path),
            "LENDER_SHIFT": str((MORNING - SystemClock().now()).total_seconds()),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        call("plan_the_day", environment)
        call("plan_the_day", environment)
        with celery(environment):
            deadline = time.monotonic() + 60
            while len(sent(tmp_path)) < LOANS - 1 and time.monotonic() < deadline:
                time.sleep(0.1)
    assert sent(tmp_path) == Counter(f"L-{number}" for number in range(1, LOANS + 1) if number != 7)
