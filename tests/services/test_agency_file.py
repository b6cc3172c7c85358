"""An agency's file as the ledger meets it: taken twice, in any order, with bad rows, after a release."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.parts import NOW, Answers, book, outcomes, overdue, service

from loansms import Lender
from loansms.errors import BadRow, UnreadableBook
from loansms.services import AgencyIntake, AgencyTaken
from loansms.services.intake.agency_file import KNOWN, NewsKind, news_of
from loansms.stores import MemoryStore

AT = (NOW - timedelta(hours=1)).isoformat()
GOOD: Mapping[str, Mapping[str, str]] = {
    "contact": {
        "channel": "voice",
        "contact_kind": "conversation",
        "purpose": "collection",
        "loan_id": "L-1",
    },
    "payment": {"loan_id": "L-2", "amount": "80.00", "currency": "CNY"},
    "hold": {"hold": "dispute", "until": "2026-10-01", "loan_id": "L-3"},
    "consent": {
        "purposes": "marketing; collection",
        "channels": "sms",
        "text_version": "m-3",
        "source": "call",
    },
    "revocation": {"channels": "sms"},
    "disposition": {"result": "promise", "promise_on": "2026-09-30", "loan_id": "L-6"},
    "release": {"hold": "dispute", "loan_id": "L-3"},
}
BORROWERS = {"contact": "B-1", "payment": "B-2", "hold": "B-3", "consent": "B-4", "revocation": "B-5"}


def row(kind: str, **changes: str) -> dict[str, str]:
    own = {"kind": kind, "source_id": f"s-{kind}", "borrower_id": BORROWERS.get(kind, "B-6"), "at": AT}
    return {**own, **GOOD[kind], **changes}


def write(path: Path, *rows: Mapping[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, sorted({name for one in rows for name in one}), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    return path


def take(store: MemoryStore, path: Path, **who: str) -> AgencyTaken:
    return AgencyIntake(store=store, lender=Lender.example("CN"), **who).take(path, now=NOW)


def test_what_others_did_is_obeyed_by_the_next_run(tmp_path: Path) -> None:
    """Paid, held, withdrawn or promised elsewhere: nobody of them is asked; taken twice, it is the same."""
    store, provider = MemoryStore(), Answers()
    rows = [row(kind) for kind in GOOD if kind != "release"]
    path = write(tmp_path / "day.csv", *rows)
    assert (take(store, path).new, take(store, path)) == (6, AgencyTaken(new=0, known=6))
    loans = book(*(overdue(3) for _ in range(6)))
    assert outcomes(service(provider, store).run(loans, now=NOW))[2:] == [
        "none",
        "submitted",
        "denied",
        "denied",
    ]
    assert "L-3" not in provider.loans


def test_a_bad_row_stops_nothing_and_is_told_with_its_line(tmp_path: Path) -> None:
    path = write(
        tmp_path / "day.csv",
        row("payment", amount="1,000.00"),
        row("payment", source_id=""),
        row("payment", hold="dispute"),
        row("contact", at=(NOW + timedelta(days=1)).isoformat()),
        row("contact", at="2026-09-24 10:00"),
        row("release"),
        row("revocation"),
    )
    taken = take(MemoryStore(), path)
    assert taken.new == 1
    assert [(one.line, one.column) for one in taken.rejects] == [
        (2, "amount"), (3, "source_id"), (4, "hold"), (5, "at"), (6, "at"), (7, "kind"),
    ]  # fmt: skip
    assert all(one.reason and one.reason_zh for one in taken.rejects)


def test_a_release_ends_what_was_held_before_it_and_nothing_later(tmp_path: Path) -> None:
    """A file of yesterday taken again by mistake must not release what was recorded since."""
    store = MemoryStore()
    released = (NOW - timedelta(minutes=30)).isoformat()
    path = write(tmp_path / "day.csv", row("hold", until=""), row("release", borrower_id="B-3", at=released))
    assert take(store, path, by="e-1").new == 2
    again = (NOW - timedelta(minutes=10)).isoformat()
    take(store, write(tmp_path / "next.csv", row("hold", until="", source_id="s-9", at=again)))
    taken = take(store, path, by="e-1")
    assert [(one.line, one.column) for one in taken.rejects] == [(3, "at")]
    loans = book({}, {}, overdue(3))
    assert outcomes(service(Answers(), store).run(loans, now=NOW))[2] == "none"


def test_two_agencies_may_count_alike(tmp_path: Path) -> None:
    store = MemoryStore()
    path = write(tmp_path / "day.csv", row("contact", source_id="1"))
    assert [take(store, path, agency=one).new for one in ("a-1", "a-2", "a-1")] == [1, 1, 0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kind,source_id\n",
        "kind,source_id,borrower_id,at,13800138000\n",
        "kind,kind,source_id,borrower_id,at\n",
    ],
)
def test_a_file_of_other_columns_is_refused_as_a_whole(tmp_path: Path, text: str) -> None:
    path = tmp_path / "day.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableBook) as refused:
        take(MemoryStore(), path)
    assert "13800138000" not in str(refused.value) + refused.value.zh


@given(
    st.sampled_from(sorted(NewsKind)),
    st.dictionaries(st.sampled_from(sorted(KNOWN)), st.text(max_size=8), max_size=4),
)
def test_any_row_is_news_or_a_bad_row(kind: NewsKind, garbage: dict[str, str]) -> None:
    """Whatever stands in the cells, nothing else comes out, and no cell is repeated in a reason."""
    changes = {name: f"zq{cell}" if cell else "" for name, cell in garbage.items()}
    wrong = _wrong(row(kind.value) | changes)
    assert wrong is None or wrong.column in {*KNOWN, "row"}
    assert wrong is None or "zq" not in f"{wrong}{wrong.zh}"


def _wrong(cells: Mapping[str, str]) -> BadRow | None:
    try:
        assert news_of(cells, NOW).at == datetime.fromisoformat(AT)
    except BadRow as bad:
        return bad
    return None
