"""`plan` shows and sends nothing; `notify` tells an event once; the checks find what they should."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from .conftest import GOOD, NAME, NOW, PHONE, Cli, MakeBook, loan, rows_of, usual

SETTLED = {
    "event_id": "E-1",
    "template": "notice.loan_settled",
    "borrower_id": "B-1",
    "phone": PHONE,
    "country": "CN",
    "loan_ref": "0001",
    "settled_on": "2026-09-23",
}


def planned(book: Path, *more: object) -> list[object]:
    return ["plan", book, "--policy", "cn-consumer", "--now", NOW, *more]


def told(*more: object) -> list[object]:
    return ["notify", *more, "--store", "run.db", "--now", NOW]


def test_a_plan_sends_nothing_and_leaves_no_store(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    book = make_book(GOOD, loan(2, next_due_on="2026-12-01"))
    ended = cli(*planned(book, "--store", "run.db", "--out", "plan.jsonl"))
    assert ended.code == 0
    assert [one["outcome"] for one in rows_of(tmp_path / "plan.jsonl")] == ["planned", "none"]
    assert not (tmp_path / "run.db").exists()


def test_a_plan_reads_what_was_sent_before(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    book = make_book(GOOD)
    cli(*usual(book))
    cli(*planned(book, "--store", "run.db", "--out", "plan.jsonl"))
    assert rows_of(tmp_path / "plan.jsonl")[0]["outcome"] == "already_done"


def test_a_plan_on_the_screen_shows_texts_only_on_request(cli: Cli, make_book: MakeBook) -> None:
    book = make_book({**GOOD, "next_due_on": "2026-09-24"})
    bare, full = cli(*planned(book)), cli(*planned(book, "--show-text"))
    assert "L-1" in bare.out
    assert "【安信示例】" not in bare.out
    assert "【安信示例】" in full.out
    assert PHONE not in full.out
    assert NAME not in full.out


def test_a_plan_may_end_in_a_report(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    cli(*planned(make_book(GOOD), "--report", "plan.html"))
    assert "plan only, nothing sent" in (tmp_path / "plan.html").read_text(encoding="utf-8")


def test_strict_counts_bad_rows_of_a_plan_too(cli: Cli, make_book: MakeBook) -> None:
    assert cli(*planned(make_book({**GOOD, "phone": "1"}), "--strict")).code == 1


def test_an_event_is_told_once(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    events = make_book(SETTLED, {**SETTLED, "event_id": "E-2", "borrower_id": "B-2"}, name="events.csv")
    spool = tmp_path / "spool"
    first = cli(*told(events, "--out", "told.jsonl", "--provider", f"spool:{spool}"))
    assert first.code == 0
    assert [one["outcome"] for one in rows_of(tmp_path / "told.jsonl")] == ["submitted", "submitted"]
    again = cli(*told(events, "--out", "told.jsonl", "--provider", f"spool:{spool}"))
    assert again.code == 0
    assert {one["outcome"] for one in rows_of(tmp_path / "told.jsonl")} == {"already_done"}
    assert len((spool / "submitted.jsonl").read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    ("column", "cell", "named"),
    [
        ("phone", "12", "phone"),
        ("template", "notice.no_such", "template"),
        ("settled_on", "soon", "settled_on"),
        ("settled_on", "", "settled_on"),
        ("event_id", "", "event_id"),
        ("timezone", "Mars/Olympus", "timezone"),
        ("purpose", "gossip", "purpose"),
        ("amount", "5.00", "amount"),
    ],
)
def test_a_bad_event_is_filed_and_the_good_ones_are_told(
    cli: Cli, make_book: MakeBook, tmp_path: Path, column: str, cell: str, named: str
) -> None:
    good = {column: "", **SETTLED}
    bad = {**good, "event_id": "E-2", column: cell}
    ended = cli(*told(make_book(good, bad, name="events.csv"), "--out", "told.jsonl", "--strict"))
    assert ended.code == 1
    with (tmp_path / "told.rejects.csv").open(encoding="utf-8", newline="") as file:
        (filed,) = csv.DictReader(file)
    assert (filed["line"], filed["column"]) == ("3", named)
    assert [one["outcome"] for one in rows_of(tmp_path / "told.jsonl")] == ["submitted"]


def test_amounts_need_their_currency_and_whole_cents(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    paid = {
        **{name: cell for name, cell in SETTLED.items() if name != "settled_on"},
        "template": "notice.payment_received",
        "paid_on": "2026-09-23",
        "amount": "80.00",
        "currency": "CNY",
    }
    events = make_book(
        paid,
        {**paid, "event_id": "E-2", "currency": ""},
        {**paid, "event_id": "E-3", "amount": "80.005"},
        name="events.csv",
    )
    cli(*told(events, "--out", "told.jsonl"))
    with (tmp_path / "told.rejects.csv").open(encoding="utf-8", newline="") as file:
        assert [(one["line"], one["column"]) for one in csv.DictReader(file)] == [
            ("3", "amount"),
            ("4", "amount"),
        ]
    assert "80.00" in rows_of(tmp_path / "told.jsonl")[0]["text"]


def test_json_lines_may_hold_values_of_their_own(cli: Cli, tmp_path: Path) -> None:
    nested = {name: cell for name, cell in SETTLED.items() if name not in {"loan_ref", "settled_on"}}
    nested["values"] = {"loan_ref": "0001", "settled_on": "2026-09-23"}
    lines = [json.dumps(nested), "", "not json", json.dumps([1]), json.dumps({**nested, "event_id": "E-1"})]
    (tmp_path / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert cli(*told("events.jsonl", "--out", "told.jsonl")).code == 0
    with (tmp_path / "told.rejects.csv").open(encoding="utf-8", newline="") as file:
        assert [one["line"] for one in csv.DictReader(file)] == ["3", "4", "5"]
    assert len(rows_of(tmp_path / "told.jsonl")) == 1


def test_a_single_event_is_told_by_options(cli: Cli, tmp_path: Path) -> None:
    args = ["--event-id", "E-1", "--template", "notice.loan_settled", "--borrower", "B-1", "--phone", PHONE]
    args += ["--country", "CN", "--value", "loan_ref=0001", "--value", "settled_on=2026-09-23"]
    ended = cli(*told(*args, "--out", "told.jsonl"))
    assert ended.code == 0
    assert rows_of(tmp_path / "told.jsonl")[0]["outcome"] == "submitted"
    assert PHONE not in ended.out + ended.err


@pytest.mark.parametrize(
    ("args", "named"),
    [
        ([], "events file"),
        (["events.csv"], "--out"),
        (["events.csv", "--event-id", "E-1"], "either"),
        (["--event-id", "E-1"], "--template"),
        (["--event-id", "E-1", "--template", "t", "--borrower", "B", "--phone", "17400"], "--phone"),
        (["--event-id", "E-1", "--value", "17400000001"], "--value"),
        (["missing.csv", "--out", "told.jsonl"], "missing.csv"),
        (["missing.jsonl", "--out", "told.jsonl"], "missing.jsonl"),
    ],
)
def test_unusable_notices_are_one_line(cli: Cli, args: list[str], named: str) -> None:
    ended = cli(*told(*args))
    assert (ended.code, len(ended.lines)) == (2, 1)
    assert named in ended.err
    assert "17400" not in ended.err


def test_an_unlawful_text_is_refused_without_being_repeated(cli: Cli) -> None:
    text = "再不还款就让你全家不得安宁"
    ended = cli("check-text", text, "--language", "zh")
    assert ended.code == 1
    assert text not in ended.out
    assert "characters" in ended.out


def test_a_fair_text_passes_and_its_cost_is_told(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("您的借款已逾期3天，请尽快还款。\n"))
    ended = cli("check-text", "-", "--language", "zh", "--lang", "zh-CN")
    assert ended.code == 0
    assert "可以使用，计费 1 条" in ended.out


@pytest.mark.parametrize("option", ["--purpose", "--recipient"])
def test_unknown_words_of_a_check_are_one_line(cli: Cli, option: str) -> None:
    ended = cli("check-text", "x", option, "gossip")
    assert (ended.code, len(ended.lines)) == (2, 1)
    assert option in ended.err


def test_shipped_policies_and_templates_are_clean(cli: Cli) -> None:
    assert cli("check-policy", "cn-consumer", "--language", "zh-CN,en").code == 0
    assert cli("check-policy", "us-first-party", "--language", "en").code == 0
    assert cli("check-templates").code == 0


def test_a_policy_with_a_grave_fault_is_told_with_its_place(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'name = "mine"\n[[stage]]\nname = "early"\nfrom_dpd = 1\n'
        '[[step]]\nid = "d1"\nday = 1\nstage = "early"\ntemplate = "collection.no_such"\n'
        'purpose = "collection"\nchannels = ["sms"]\npriority = 1\n',
        encoding="utf-8",
    )
    ended = cli("check-policy", "mine.toml")
    assert ended.code == 1
    assert "step d1" in ended.out


def test_a_template_with_a_missing_slot_is_one_line_naming_it(
    cli: Cli, make_book: MakeBook, tmp_path: Path
) -> None:
    folder = tmp_path / "mine" / "zh-CN"
    folder.mkdir(parents=True)
    (folder / "collection.toml").write_text(
        '[collection]\nearly = "您好，{no_such_slot}。"\n', encoding="utf-8"
    )
    ended = cli(*usual(make_book(GOOD), "--catalogue", "mine"))
    assert (ended.code, len(ended.lines)) == (2, 1)
    assert "no_such_slot" in ended.err
