"""Every page a person is handed, opened in a real browser as on a phone: Chinese, readable, whole, and without network."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.pages.browser import browser, look

from loansms.cli import main

NOW = "2026-09-24T10:00:00+08:00"
PHONE, NAME, WORDS = "17400000001", "周金丝", "不还款就上门"
RUN = f"--policy cn-consumer --now {NOW} --lang zh-CN"
BOOK = f"""\
loan_id,borrower_id,phone,name,country,currency,amount_due,next_due_on,timezone,opt_out
L-1,B-1,{PHONE},{NAME},CN,CNY,1256.30,2026-09-24,Asia/Shanghai,
L-2,B-2,17400000002,{NAME},CN,CNY,880.00,2026-09-24,Asia/Shanghai,yes
A-LOAN-WITH-A-VERY-LONG-NUMBER-000000000000000000000003,B-3,17400000003,{NAME},CN,CNY,500.00,2026-09-24,Asia/Shanghai,
L-4,B-4,12,{NAME},CN,CNY,610.00,2026-10-20,Asia/Shanghai,
"""
OLD = f"borrower_id,loan_id,sent_at,text\nB-1,L-1,2026-09-24 22:40:00,{WORDS}\nB-2,L-2,2026-09-24 09:00:00,\n"
PRICES = 'provider = "sandbox"\ncurrency = "CNY"\ncolumns = { message_id = "id" }\nprices = [{ per_segment = "0.045" }]\n'
MADE = (
    f"run book.csv {RUN} --store run.db --out rows.csv --report run.html",
    f"plan book.csv {RUN} --compare old.csv --out differences.csv --report compared.html",
    "simulate book.csv --policy cn-consumer --against-options 3-2-1 --days 5 --start 2026-09-22 --seed 1 --lang zh-CN --report simulated.html",
    "evidence new-key key.pem --name bank.example/evidence",
    "evidence seal --store run.db --key-file key.pem --name bank.example/evidence --checkpoints elsewhere",
    "evidence show L-1 --store run.db --html life.html --lang zh-CN",
    "evidence export L-1 --store run.db --key key.pem.pub --out L-1.jsonl --html evidence.html --lang zh-CN",
    "bill --store run.db --file bill.csv --month 2026-09 --prices prices.toml --report bill.html --lang zh-CN",
)
PAGES = ("run", "compared", "simulated", "life", "evidence", "bill")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for name, text in (
        ("book.csv", BOOK),
        ("old.csv", OLD),
        ("bill.csv", "id\nstrange-1\n"),
        ("prices.toml", PRICES),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "elsewhere").mkdir()
    before = Path.cwd()
    os.chdir(folder)
    try:
        for command in MADE:
            with redirect_stdout(StringIO()):
                assert main(command.split()) in (0, 1), command
    finally:
        os.chdir(before)
    return folder


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_on_a_phone_in_chinese_without_network(
    chromium: Browser, made: Path, name: str, dark: bool
) -> None:
    seen = look(chromium, made / f"{name}.html", dark=dark)
    assert (seen.overflow, seen.wide) == (0, [])
    assert (seen.asked, seen.errors) == ([], [])
    assert seen.lang == "zh-CN"
    assert any("\u4e00" <= one <= "\u9fff" for one in seen.title)
    assert seen.smallest >= 11
    assert not seen.faint
    assert not any(canary in seen.text for canary in (PHONE, NAME, WORDS))


def test_the_pages_say_what_happened(chromium: Browser, made: Path) -> None:
    life = look(chromium, made / "life.html").text
    assert "消息 · 短信" in life
    assert "原因：今天是还款日。" in life
    assert "结果：通道已接收" in life
    with (made / "differences.csv").open(encoding="utf-8", newline="") as file:
        kinds = {one["kind"] for one in csv.DictReader(file)}
    assert {"same", "held_back", "only_here"} <= kinds
    assert "旧系统已发，此处会拦下" in look(chromium, made / "compared.html").text
    assert "版本" in look(chromium, made / "simulated.html").text


def test_what_would_trouble_a_reader_is_noticed(chromium: Browser, tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        '<!doctype html><html lang="en"><title>Bad</title><body style="background:#fff">'
        '<p style="width:600px;font-size:9px">wide</p><p style="color:#aaa">faint</p>'
        '<img src="http://127.0.0.1:9/x.png" alt=""></body></html>',
        encoding="utf-8",
    )
    seen = look(chromium, page)
    assert seen.overflow > 0
    assert seen.wide == ["P."]
    assert seen.smallest == 9
    assert len(seen.faint) == 1
    assert seen.asked == ["http://127.0.0.1:9/x.png"]
    assert seen.errors
