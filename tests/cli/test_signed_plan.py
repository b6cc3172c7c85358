"""A plan signed by two people: what they signed goes, everything else waits, and a changed file is nobody's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import NOW, PHONE, Cli, MakeBook, loan, rows_of, usual

DUE = {"next_due_on": "2026-09-24"}


def planned(cli: Cli, book: Path, out: str = "approved.parquet") -> None:
    pytest.importorskip("polars")
    assert cli("plan", book, "--policy", "cn-consumer", "--now", NOW, "--out", out, "--quiet").code == 0


def sign(cli: Cli, by: str, plan: str = "approved.parquet") -> int:
    return cli("sign-plan", plan, "--by", by).code


def outcomes(path: Path) -> list[tuple[str, str]]:
    return [(one["outcome"], one["reason"]) for one in rows_of(path)]


@pytest.mark.parametrize("out", ["approved.parquet", "approved.csv", "approved.jsonl"])
def test_only_the_signed_plan_is_sent(cli: Cli, make_book: MakeBook, tmp_path: Path, out: str) -> None:
    planned(cli, make_book(loan(1, **DUE)), out)
    book = make_book(loan(1, **DUE), loan(2, **DUE))
    run = usual(book, "--plan", out)
    assert cli(*run).code == 2
    assert sign(cli, "e-1", out) == 0
    alone = cli(*run)
    assert (alone.code, "two different people" in alone.err) == (2, True)
    assert sign(cli, "E-1", out) == 2
    second = cli("sign-plan", out, "--by", "e-2", "--json")
    told = json.loads(second.out)
    assert (told["signed"], told["complete"], told["messages"]) == (["e-1", "e-2"], True, 1)
    assert not (tmp_path / "run.db").exists()
    assert cli(*run).code == 0
    found = outcomes(tmp_path / "out.jsonl")
    assert found[0][0] == "submitted"
    assert found[1] == ("deferred", "not_in_plan")
    assert cli(*run).code == 0
    assert [one for one, _ in outcomes(tmp_path / "out.jsonl")] == ["already_done", "deferred"]


def test_a_plan_changed_after_the_signatures_is_signed_by_nobody(
    cli: Cli, make_book: MakeBook, tmp_path: Path
) -> None:
    planned(cli, make_book(loan(1, **DUE)), "approved.jsonl")
    assert [sign(cli, by, "approved.jsonl") for by in ("e-1", "e-2")] == [0, 0]
    plan = tmp_path / "approved.jsonl"
    plan.write_text(plan.read_text(encoding="utf-8").replace("L-1", "L-2"), encoding="utf-8")
    for args in (usual(make_book(loan(2, **DUE)), "--plan", plan), ["sign-plan", plan, "--by", "e-3"]):
        ended = cli(*args)
        assert (ended.code, len(ended.lines), "is not what was signed" in ended.err) == (2, 1, True)
    assert not (tmp_path / "run.db").exists()


def test_a_signed_message_is_still_asked_of_every_rule(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    """Paid and refused since the signatures: signed or not, nobody is written to."""
    planned(cli, make_book(loan(1, **DUE), loan(2, **DUE)))
    assert [sign(cli, by) for by in ("e-1", "e-2")] == [0, 0]
    book = make_book({**loan(1, **DUE), "opt_out": "true"}, {**loan(2, **DUE, amount_due="0"), "opt_out": ""})
    assert cli(*usual(book, "--plan", "approved.parquet")).code == 0
    assert [one for one, _ in outcomes(tmp_path / "out.jsonl")] == ["denied", "none"]


@pytest.mark.parametrize("name", ["gone.parquet", "book.csv", "text.jsonl", "plan.txt", "torn.parquet"])
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_what_is_no_plan_is_one_line(
    cli: Cli, make_book: MakeBook, tmp_path: Path, name: str, lang: str
) -> None:
    pytest.importorskip("polars")
    book = make_book(loan(1))
    (tmp_path / "text.jsonl").write_text(f'["{PHONE}"]\n', encoding="utf-8")
    (tmp_path / "plan.txt").write_text("x", encoding="utf-8")
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 torn")
    for args in (
        ["sign-plan", name, "--by", "e-1"],
        [*usual(book, "--plan", name), *(["--out", "o.jsonl"] if name == "book.csv" else [])],
    ):
        ended = cli(*args, "--lang", lang)
        assert (ended.code, ended.out, len(ended.lines)) == (2, "", 1), ended.err
        assert PHONE not in ended.err


def test_signatures_nobody_can_read_are_one_line(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    planned(cli, make_book(loan(1, **DUE)))
    beside = tmp_path / "approved.signed.toml"
    for text in ("x", 'plan = "p"\nsha256 = 1\n', 'plan = "p"\nsha256 = ""\n[[signed]]\nby = "e"\nat = 1\n'):
        beside.write_text(text, encoding="utf-8")
        ended = cli("sign-plan", "approved.parquet", "--by", "e-1")
        assert (ended.code, len(ended.lines), "approved.signed.toml" in ended.err) == (2, 1, True)


def test_seeds_then_a_share_then_nobody_until_receipts_say_so(
    cli: Cli, make_book: MakeBook, tmp_path: Path
) -> None:
    (tmp_path / "seeds.txt").write_text("B-1\n\nB-2\n", encoding="utf-8")
    book = make_book(*(loan(number, **DUE) for number in range(1, 8)))
    args = usual(book, "--seeds", "seeds.txt", "--first", "1", "--share", "20%")
    assert cli(*args).code == 0
    found = outcomes(tmp_path / "out.jsonl")
    assert found[0][0] == "submitted"
    assert set(found[1:]) == {("deferred", "ramp")}
    assert cli(*args).code == 0
    assert outcomes(tmp_path / "out.jsonl")[1:] == found[1:], "no receipt yet"


def test_old_figures_are_named_and_not_sent(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    book = make_book({**loan(1, **DUE), "as_of": "2026-09-22"}, {**loan(2, **DUE), "as_of": "2026-09-23"})
    ended = cli(*usual(book, "--max-age", "36h", "--lang", "zh-CN"))
    old, young = outcomes(tmp_path / "out.jsonl")
    assert (old, young[0]) == (("denied", "facts_stale"), "submitted")
    assert "数据超过允许的时限" in ended.out


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--share", "0.1"], "--share"),
        (["--share", "101%"], "--share"),
        (["--share", "0%"], "share"),
        (["--share", "10%", "--wait", "soon"], "--wait"),
        (["--share", "10%", "--wait", "9d"], "ramp"),
        (["--share", "10%", "--first", "0"], "ramp"),
        (["--share", "10%", "--failing", "-1%"], "--failing"),
        (["--seeds", "empty.txt"], "--seeds"),
        (["--seeds", "gone.txt"], "gone.txt"),
        (["--seeds", "run.db"], "run.db"),
        (["--max-age", "36"], "--max-age"),
    ],
)
def test_mistyped_limits_are_one_line_and_send_nothing(
    cli: Cli, make_book: MakeBook, tmp_path: Path, args: list[str], told: str
) -> None:
    (tmp_path / "empty.txt").write_text("\n", encoding="utf-8")
    ended = cli(*usual(make_book(loan(1, **DUE)), *args))
    assert (ended.code, len(ended.lines), told in ended.err) == (2, 1, True), ended.err
    assert not (tmp_path / "out.jsonl").exists()
