"""`loansms run --provider FILE.toml`: a book goes out through a gateway that nobody wrote code for."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from loansms.cli import main
from loansms.providers.spec import parse
from loansms.testing.declared_gateways import ACCESS, FakeYunpian

LENDER = """
lender_id = "own"
name = "示例小贷"
signature = "示例小贷"
jurisdiction = "CN"
party = "first"
service_lines = [{ number = "400-111-0000" }]
pay_channels = [{ names = { "*" = "app" } }]
complaint_line = "400-111-0000"
"""
ROW = {
    "loan_id": "L-1",
    "borrower_id": "B-1",
    "phone": "17400000001",
    "country": "CN",
    "currency": "CNY",
    "amount_due": "1256.30",
    "next_due_on": "2026-09-27",
    "timezone": "Asia/Shanghai",
}
RUN = (
    "run",
    "book.csv",
    "--policy",
    "cn-consumer",
    "--now",
    "2026-09-24T10:00:00+08:00",
    "--store",
    "run.db",
)


@pytest.fixture(name="gateway")
def _gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeYunpian]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YUNPIAN_APIKEY", ACCESS)
    with Path("book.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(ROW), lineterminator="\n")
        table.writeheader()
        table.writerow(ROW)
    Path("lender.toml").write_text(LENDER, encoding="utf-8")
    with FakeYunpian() as gateway:
        Path("gateway.toml").write_text(
            f'use = "yunpian"\nprivate_line = true\n[settings]\nurl = "{gateway.url}"\n', encoding="utf-8"
        )
        yield gateway


def run(*more: str) -> int:
    return main([*RUN, "--out", "out.jsonl", "--provider", "gateway.toml", *more])


def test_a_book_goes_out_once(gateway: FakeYunpian) -> None:
    assert run("--lender", "lender.toml") == 0
    (row,) = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert row["outcome"] == "submitted"
    (sent,) = gateway.received
    assert sent.form["mobile"] == "+8617400000001"
    assert sent.form["text"].startswith("【示例小贷】")
    assert run("--lender", "lender.toml") == 0
    assert len(gateway.received) == 1


def test_the_example_lender_reaches_nobody_through_a_file(
    gateway: FakeYunpian, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 2
    told = capsys.readouterr().err
    assert "the example lender speaks through the sandbox and the spool only, not yunpian" in told
    assert not gateway.received


def test_a_secret_that_is_not_set_is_told_by_its_variable(
    gateway: FakeYunpian, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YUNPIAN_APIKEY")
    assert run("--lender", "lender.toml") == 2
    told = capsys.readouterr().err
    assert (
        "provider gateway.toml: secrets.apikey: expected a value in the environment variable YUNPIAN_APIKEY"
        in told
    )
    assert ACCESS not in told
    assert len(told.splitlines()) == 1


def test_plain_http_is_spoken_on_a_line_of_ones_own_only(gateway: FakeYunpian, tmp_path: Path) -> None:
    told = Path("gateway.toml").read_text(encoding="utf-8").replace("private_line = true\n", "")
    Path("gateway.toml").write_text(told, encoding="utf-8")
    assert run("--lender", "lender.toml") == 2
    assert not gateway.received


def test_what_a_file_declares_its_provider_can_do(gateway: FakeYunpian) -> None:
    provider = parse("gateway.toml")
    assert {one for one in ("submit_many", "receipts", "look_up", "balance") if hasattr(provider, one)} == {
        "submit_many",
        "receipts",
    }
