"""`loansms health`, `unknowns` and `settle` at three in the morning: what nobody knows is listed, and settled on record."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from loansms.clock import SystemClock
from loansms.model import Unknown
from loansms.stores import AttemptState, Claimed, SqliteStore
from loansms.testing.examples import claim

from .conftest import Cli


def filled(path: Path) -> None:
    """One unknown, one claim whose holder died an hour ago."""
    with SqliteStore(path) as store:
        first, _ = store.claim([claim(), claim(step_key="step-2", step="due_in_7")])
        assert isinstance(first, Claimed)
        store.finish("step-1", first.token, Unknown("timeout"), SystemClock().now())
    later = SystemClock().now() + timedelta(hours=1)
    with SqliteStore(path, clock=_At(later)) as store:
        store.expire_leases()


class _At:
    def __init__(self, at: object) -> None:
        self.at = at

    def now(self) -> object:
        return self.at


def test_what_nobody_knows_is_listed_settled_and_gone(cli: Cli, tmp_path: Path) -> None:
    filled(tmp_path / "run.db")
    seen = cli("health", "--store", "run.db", "--json")
    assert (seen.code, json.loads(seen.out)["unknown"]) == (1, 2)
    listed = cli("unknowns", "--store", "run.db", "--lang", "zh-CN")
    assert listed.code == 1
    assert "step-1" in listed.out
    assert "请先向通道核实" in listed.out
    sent = cli("settle", "step-1", "--sent", "--store", "run.db", "--by", "e-104")
    assert (sent.code, sent.out) == (0, "settled as sent: step-1\n")
    freed = cli("settle", "step-2", "--not-sent", "--store", "run.db", "--by", "e-104", "--json")
    assert json.loads(freed.out) == {
        "command": "settle",
        "step_key": "step-2",
        "sent": False,
        "changed": True,
    }
    assert cli("settle", "step-2", "--not-sent", "--store", "run.db", "--by", "e-104").code == 1
    assert cli("unknowns", "--store", "run.db").out == "nothing is unknown\n"
    well = cli("health", "--store", "run.db")
    assert (well.code, "nothing waits for a person" in well.out) == (0, True)
    with SqliteStore(tmp_path / "run.db") as store:
        assert {one.by for one in store.audit_trail()} == {"e-104"}
        assert [one.step_key for one in store.attempts(AttemptState.ACCEPTED)] == ["step-1"]
        assert isinstance(store.claim([claim(step_key="step-2", step="due_in_7")])[0], Claimed)


def test_a_word_of_nobody_settles_nothing(cli: Cli, tmp_path: Path) -> None:
    filled(tmp_path / "run.db")
    unsaid = cli("settle", "step-1", "--store", "run.db", "--by", "e-104")
    assert (unsaid.code, "--sent or --not-sent: expected one of them" in unsaid.err) == (2, True)
    assert cli("settle", "step-1", "--sent", "--store", "other.db", "--by", "e-104").code == 2
    assert (
        json.loads(cli("unknowns", "--store", "run.db", "--json").out)["unknowns"][0]["step_key"] == "step-1"
    )
