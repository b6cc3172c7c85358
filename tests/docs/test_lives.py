"""The drawings show what the stores do: nobody is led to believe in a way that is not there."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))

diagrams: ModuleType = import_module("diagrams")
lives: ModuleType = import_module("lives")


def test_page_and_drawings_are_what_the_script_writes(capsys: pytest.CaptureFixture[str]) -> None:
    assert diagrams.main(check=True) == 0, capsys.readouterr().out


def test_nothing_leads_from_unknown_back_to_the_wire() -> None:
    led = {move.to for move in lives.message_life() if move.at == "unknown"}
    assert "attempting" not in led
    assert {move.by for move in lives.message_life() if move.to == "attempting" != move.at} == {"claimed"}


def test_no_code_is_accepted_but_an_open_one() -> None:
    accepted = {(move.at, move.by) for move in lives.code_life() if move.said == "accepted"}
    assert accepted == {("open", "right")}


@pytest.mark.parametrize("table", ["CODE_WAYS", "MESSAGE_WAYS"])
def test_a_way_that_is_not_drawn_is_a_fault(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = dict(getattr(diagrams, table))
    fewer.popitem()
    monkeypatch.setattr(diagrams, table, fewer)
    with pytest.raises(SystemExit, match="found or placed, but not both"):
        diagrams.pictures()
