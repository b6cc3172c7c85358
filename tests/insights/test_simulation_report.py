"""What people see of a simulation: that it is assumed, the figures, and nobody's data."""

from __future__ import annotations

import builtins
import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loansms.errors import MissingExtra
from loansms.insights import Behaviour, Simulation, simulate, simulation_html
from loansms.insights.simulation_wording import WORDS, tell
from loansms.model import Lender
from loansms.policy import Policy

HOSTILE = "B-<script>alert(1)</script>"
PHONE, NAME = "17400000001", "周金丝"


@pytest.fixture(scope="module")
def done() -> Simulation:
    row = {
        "name": NAME,
        "country": "CN",
        "currency": "CNY",
        "amount_due": "100.00",
        "next_due_on": "2026-09-22",
    }
    rows = [
        {
            **row,
            "loan_id": f"L-{n}",
            "borrower_id": HOSTILE if n == 1 else f"B-{n}",
            "phone": f"1740000000{n}",
        }
        for n in range(1, 5)
    ]
    return simulate(
        "cn-consumer",
        rows,
        6,
        Behaviour.example(),
        lender=Lender.example("CN"),
        start=datetime(2026, 9, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai")),
        against=Policy.preset("cn-consumer", ["3-2-1"]),
        price=Decimal("0.045"),
        seed=1,
    )


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_page_says_on_its_face_that_it_is_assumed(done: Simulation, lang: str) -> None:
    page = simulation_html(done, lang)
    head, _, rest = page.partition("<main>")
    assert tell("assumed", lang) in head
    assert page.startswith("<!doctype html>")
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page
    assert "B-&lt;script&gt;" in rest
    for chance in ("97 %", "80 %", "0.3 %"):
        assert chance in rest


def test_nobody_can_be_recognised(done: Simulation) -> None:
    told = [simulation_html(done), simulation_html(done, "zh-CN"), done._repr_html_(), repr(done)]
    told += [str(chart.to_dict()) for chart in done.charts().values()]
    told += [str(frame.to_dicts()) for frame in (done.events, done.loans, done.changed, done.borrowers)]
    for text in told:
        assert PHONE not in text
        assert NAME not in text
    assert not re.search(r"1740000000\d", "".join(told))


def test_the_page_holds_the_figures(done: Simulation) -> None:
    page = simulation_html(done)
    for row in done.totals.to_dicts():
        assert f"Version {row['version']} sent {row['messages']} messages" in page
    assert str(done.totals["cost"][1].quantize(Decimal("0.01"))) in page
    assert "One message a debtor" in page or not (done.kept_back["reason"] == "yields_to_other_loan").any()


def test_a_page_of_one_version_compares_nothing() -> None:
    one = simulate(
        "cn-consumer",
        [{"loan_id": "L-1", "borrower_id": "B-1", "phone": PHONE, "country": "CN", "currency": "CNY",
          "amount_due": "0", "next_due_on": "2026-12-01"}],
        1,
        Behaviour(name="nobody"),
        lender=Lender.example("CN"),
        start=datetime(2026, 9, 19, 10, tzinfo=ZoneInfo("Asia/Shanghai")),
    )  # fmt: skip
    page = simulation_html(one)
    assert "Version A" in page
    assert "Version B" not in page
    assert list(one.charts()) == ["messages", "migration"]
    assert one.totals.select("messages", "owed", "cured_share").row(0) == (0, 0, None)


def test_charts_hold_every_version_and_count_what_the_frames_count(done: Simulation) -> None:
    charts = done.charts()
    assert list(charts) == ["messages", "migration", "comparison"]
    drawn = charts["messages"].to_dict()
    (rows,) = drawn["datasets"].values()
    assert sum(row["messages"] for row in rows) == done.totals["messages"].sum()
    (moved,) = charts["migration"].to_dict()["datasets"].values()
    assert sum(row["loans"] for row in moved) == done.loans.height
    assert all("assumed" in chart.to_dict()["title"] for chart in charts.values())


def test_without_altair_the_extra_is_named(done: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name == "altair":
            raise ModuleNotFoundError(name="altair")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingExtra, match=r"loansms\[insights\]"):
        done.charts()


def test_every_word_has_both_languages_with_the_same_places() -> None:
    for key, (english, chinese) in WORDS.items():
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", chinese)), key
        assert english
        assert chinese
