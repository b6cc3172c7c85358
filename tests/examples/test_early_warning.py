"""The early-warning example runs, says the same twice, and its score tells who pays late next."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from loansms.policy import Policy
from loansms.templates import Catalogue

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def play(out: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / "early_warning.py"), "--out", str(out)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    return done.stdout


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    out = tmp_path_factory.mktemp("early")
    return out, play(out)


def test_it_says_and_writes_the_same_every_time(played: tuple[Path, str], tmp_path: Path) -> None:
    out, told = played
    assert play(tmp_path) == told
    assert (tmp_path / "early-warning.csv").read_bytes() == (out / "early-warning.csv").read_bytes()


def test_only_loans_at_risk_are_reminded_earlier(played: tuple[Path, str]) -> None:
    out, told = played
    with (out / "early-warning.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    risky = [
        one for one in rows if one["risk"] and int(one["risk"]) >= 60 and not one["oldest_unpaid_due_on"]
    ]
    assert f"\n{len(risky)} loans (risk 60 or more) get an earlier reminder" in told
    shown = re.findall(r"(L-\d+) risk +(\d+): reminded on days \[-7, -3, 0\]", told)
    assert [(one["loan_id"], one["risk"]) for one in risky[:5]] == shown
    assert len(shown) == 5


def test_the_higher_the_score_the_more_pay_the_next_instalment_late(played: tuple[Path, str]) -> None:
    bands = re.findall(r"([\d-]+): +(\d+) loans, +(\d+)% paid", played[1])
    assert [band for band, _, _ in bands] == ["0-19", "20-59", "60-100"]
    assert all(int(count) > 30 for _, count, _ in bands)
    low, middle, high = (int(share) for _, _, share in bands)
    assert 2 * low < middle < high


def test_no_number_of_the_book_is_printed_and_all_are_made_up(played: tuple[Path, str]) -> None:
    out, told = played
    assert not re.search(r"174\d{8}", told)
    assert set(re.findall(r",(\d{3})\d{8},CN,", (out / "early-warning.csv").read_text("utf-8"))) == {"174"}


def test_its_policy_is_clean() -> None:
    policy = Policy.load(EXAMPLES / "policies" / "early_warning.toml")
    assert [
        one for one in policy.check(Catalogue.builtin(), (), ("zh-CN", "en")) if one.severity == "error"
    ] == []
