"""A month's bill: a lender pays for what was agreed, finds every message that differs, and misses none at the month's edge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.errors import CallerError, ConfigurationError, UnreadableBook
from loansms.insights.bill import Bill, DifferenceKind, reconcile
from loansms.insights.bill_report import WORDS
from loansms.insights.bill_terms import BillTerms
from loansms.insights.journal_events import providers_asked
from loansms.model import Accepted, Channel, DeliveryStatus, OutcomeClass, Purpose, RecipientRole, Rejected
from loansms.stores import AttemptRecord, AttemptState, MemoryStore
from loansms.testing.examples import claim
from loansms.testing.ledger_case import token_of

AT = datetime(2026, 9, 10, 2, tzinfo=UTC)
TERMS: dict[str, Any] = {
    "provider": "aliyun",
    "currency": "CNY",
    "columns": {
        "message_id": "BizId", "segments": "Count", "price": "Fee", "status": "State", "step_key": "OutId", "part": "Part",
    },
    "prices": [{"per_segment": "0.045"}, {"purpose": "marketing", "per_segment": "0.05"}],
    "unbilled": ["FAIL"],
    "signatures": {"bank": "示例"},
}  # fmt: skip


def attempt(number: int, **changes: Any) -> AttemptRecord:
    fields: dict[str, Any] = {
        "step_key": f"step-{number}", "debtor": "bank|B-1", "borrower_id": "B-1", "loan_id": "L-1", "step": "s", "due_on": None,
        "recipient": RecipientRole.BORROWER, "purpose": Purpose.REPAYMENT_REMINDER, "channel": Channel.SMS, "template": "t",
        "fingerprint": "f", "at": AT, "versions": {}, "state": AttemptState.ACCEPTED, "lease_until": AT, "tenant": "bank",
        "route": "aliyun", "segments": 2, "provider_message_id": f"m-{number}", "delivery": DeliveryStatus.DELIVERED,
    }  # fmt: skip
    return AttemptRecord(**{**fields, **changes})


def billed(number: int, **changes: str) -> dict[str, str]:
    told = {
        "BizId": f"m-{number}", "Count": "2", "Fee": "0.09", "State": "OK", "OutId": f"step-{number}", "Part": "",
    }  # fmt: skip
    return {**told, **changes}


def held(
    attempts: Sequence[AttemptRecord],
    rows: Sequence[dict[str, str]],
    parts: dict[str, str] | None = None,
    **terms: Any,
) -> Bill:
    told = BillTerms.of({**TERMS, **terms})
    return reconcile(
        attempts, list(rows) or [dict.fromkeys(billed(1), "")], told, month="2026-09", parts=parts
    )


def kinds(bill: Bill) -> list[tuple[str, str]]:
    return [(one.kind.value, one.message_id) for one in bill.differences]


def test_a_bill_that_agrees_has_no_difference_and_its_sum() -> None:
    bill = held([attempt(1), attempt(2, purpose=Purpose.MARKETING)], [billed(1), billed(2, Fee="0.10")])
    assert not bill.differences
    assert (bill.agreed, bill.billed) == (bill.billed, bill.agreed)
    assert (bill.billed.amount, bill.disputed.amount) == (Decimal("0.190"), 0)
    assert [(one.signature, one.purpose, one.submitted, one.delivered) for one in bill.lines] == [
        ("示例", "marketing", 1, 1), ("示例", "repayment_reminder", 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "theirs", "kind", "disputed"),
    [
        ([], [billed(1)], "missing_here", "0.09"),
        ([attempt(1)], [billed(9, OutId="")], "missing_there", "0.09"),
        ([attempt(1)], [billed(1, Count="3", Fee="0.135")], "other_segments", "0.045"),
        ([attempt(1)], [billed(1, Fee="0.10")], "other_price", "0.01"),
        ([attempt(1)], [billed(1), billed(1)], "duplicate", "0.09"),
        ([attempt(1, state=AttemptState.REJECTED)], [billed(1)], "not_sent", "0.09"),
        ([attempt(1, at=datetime(2026, 8, 31, 15, 59, 59, tzinfo=UTC))], [billed(1)], "other_month", "0"),
        ([attempt(1, at=datetime(2026, 9, 30, 16, tzinfo=UTC))], [billed(1)], "other_month", "0"),
    ],
)
def test_each_way_in_which_a_message_differs_is_told_by_its_id_and_money(
    ours: list[AttemptRecord], theirs: list[dict[str, str]], kind: str, disputed: str
) -> None:
    bill = held(ours, theirs)
    assert kind in dict(kinds(bill))
    assert bill.disputed.amount == Decimal(disputed)
    assert bill.disputed.amount == sum(one.disputed.amount for one in bill.lines)


def test_the_first_and_last_second_of_the_month_are_of_it_in_shanghai() -> None:
    first = attempt(1, at=datetime(2026, 8, 31, 16, tzinfo=UTC))
    last = attempt(2, at=datetime(2026, 9, 30, 15, 59, 59, tzinfo=UTC))
    assert not held([first, last], [billed(1), billed(2)]).differences
    assert kinds(held([first], [billed(1)], zone="UTC")) == [("other_month", "m-1")]


def test_a_message_nobody_knew_of_is_found_by_the_step_it_echoes() -> None:
    lost = attempt(1, state=AttemptState.UNKNOWN, provider_message_id=None, delivery=None)
    bill = held([lost], [billed(1)])
    assert kinds(bill) == [("unknown_here", "m-1")]
    assert (bill.lines[0].unknown, bill.disputed.amount) == (1, 0)
    assert not held([lost], [billed(2, OutId="", State="FAIL")]).differences


def test_the_parts_of_a_long_message_are_one_message() -> None:
    by_column = [billed(1, Count="1", Fee="0.045", Part=one) for one in "12"]
    assert not held([attempt(1)], by_column).differences
    by_id = [billed(1, BizId=one, OutId="", Count="1", Fee="0.045") for one in ("p-1", "p-2")]
    assert not held([attempt(1)], by_id, {"p-1": "m-1", "p-2": "m-1"}).differences
    again = held([attempt(1)], [*by_id, by_id[1]], {"p-1": "m-1", "p-2": "m-1"})
    assert (kinds(again), again.disputed.amount) == ([("duplicate", "m-1")], Decimal("0.045"))


def test_who_bills_deliveries_may_not_bill_what_did_not_arrive() -> None:
    lost = attempt(1, delivery=DeliveryStatus.UNDELIVERED)
    bill = held([lost, attempt(2)], [billed(1), billed(2)], bills="delivered")
    assert (kinds(bill), bill.disputed.amount) == ([("not_delivered", "m-1")], Decimal("0.09"))
    assert not held([lost], [billed(1, State="FAIL")], bills="delivered").differences


def test_other_routes_and_what_was_refused_are_no_part_of_it() -> None:
    rows = [
        attempt(1),
        attempt(2, route="tencent"),
        attempt(3, state=AttemptState.REJECTED, provider_message_id=None),
    ]
    bill = held(rows, [billed(1)])
    assert not bill.differences
    assert sum(one.submitted for one in bill.lines) == 1
    assert kinds(held(rows, [billed(1)], routes=["aliyun", "tencent"])) == [("missing_there", "m-2")]


def test_what_a_router_sent_is_billed_by_the_provider_it_really_asked() -> None:
    store = MemoryStore()
    for number, provider in enumerate(("aliyun", "tencent", "aliyun", "")):
        token = token_of(store.claim([claim(step_key=f"step-{number}", route="router", segments=2)])[0])
        if provider:
            store.finish(f"step-{number}", token, Accepted(f"m-{number}", provider=provider), AT)
    asked = providers_asked(store.entries())
    assert asked == {"step-0": "aliyun", "step-1": "tencent", "step-2": "aliyun"}
    terms = BillTerms.of(TERMS)
    rows = [billed(number) for number in (0, 2, 3)]
    bill = reconcile(store.attempts(), rows, terms, month=f"{AT:%Y-%m}", asked=asked)
    # Nobody knows whom the last one was given to: without the router's name it is nobody's.
    assert kinds(bill) == [("missing_here", "m-3")]
    both = BillTerms.of({**TERMS, "routes": ["aliyun", "router"]})
    bill = reconcile(store.attempts(), rows, both, month=f"{AT:%Y-%m}", asked=asked)
    assert kinds(bill) == [("unknown_here", "m-3")]


def test_a_later_try_by_another_road_is_billed_by_that_one() -> None:
    store = MemoryStore()
    first = token_of(store.claim([claim(step_key="step-0", route="router", segments=2)])[0])
    refused = Rejected("busy", True, OutcomeClass.FAILED_RETRYABLE, provider="aliyun")
    store.finish("step-0", first, refused, AT)
    assert providers_asked(store.entries()) == {"step-0": "aliyun"}
    again = token_of(store.claim([claim(step_key="step-0", route="tencent", segments=2)])[0])
    # A worker that died now has told nobody whom it asked.
    assert providers_asked(store.entries()) == {}
    store.finish("step-0", again, Accepted("m-0"), AT)
    asked = providers_asked(store.entries())
    for provider, rows in (("tencent", [billed(0)]), ("aliyun", [])):
        terms = BillTerms.of({**TERMS, "provider": provider})
        told = rows or [dict.fromkeys(billed(1), "")]
        assert kinds(reconcile(store.attempts(), told, terms, month=f"{AT:%Y-%m}", asked=asked)) == []


def test_terms_that_name_the_router_take_in_what_it_gave_that_provider_and_nothing_else() -> None:
    sent = [attempt(1, route="router"), attempt(2, route="router")]
    terms = BillTerms.of({**TERMS, "routes": ["router"]})
    asked = {"step-1": "aliyun", "step-2": "tencent"}
    assert kinds(reconcile(sent, [billed(1)], terms, month="2026-09", asked=asked)) == []


@pytest.mark.parametrize(
    ("cell", "column"),
    [({"Count": "two"}, "Count"), ({"Count": "-1"}, "Count"), ({"Fee": "¥0.09"}, "Fee"), ({"Fee": "1e3"}, "Fee"),
     ({"BizId": " "}, "BizId"), ({"OutId": "x" * 200}, "OutId")],
)  # fmt: skip
def test_a_bad_row_is_told_by_line_and_reason_and_never_quoted(cell: dict[str, str], column: str) -> None:
    bill = held([attempt(1)], [billed(1), billed(2, **cell)])
    [bad] = bill.rejects
    assert (bad.line, bad.column) == (3, column)
    assert next(iter(cell.values())).strip() not in bad.reason or column == "BizId"
    assert WORDS["not_whole"][0].format(count="1") in bill.html()


def test_what_cannot_be_read_or_settled_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableBook, match="no column BizId"):
        held([], [{"other": "1"}])
    with pytest.raises(CallerError, match="month"):
        reconcile([], [billed(1)], BillTerms.of(TERMS), month="2026-13")
    for wrong in ({"prices": []}, {"currency": "XX"}, {"zone": "Mars"}, {"prices": [{"per_segment": "-1"}]}):
        with pytest.raises(ConfigurationError):
            BillTerms.of({**TERMS, **wrong})
    file = tmp_path / "bill.csv"
    file.write_text("BizId,Count,Fee,State,OutId,Part\nm-1,2,0.09,OK,step-1,\nm-2,2\n", encoding="utf-8")
    bill = reconcile([attempt(1)], file, BillTerms.of(TERMS), month="2026-09")
    assert (bill.differences, [one.line for one in bill.rejects]) == ((), [3])


def test_the_frames_and_the_page_say_the_same_and_escape_what_a_file_says() -> None:
    bill = held([attempt(1)], [billed(1, Fee="0.10"), billed(2, BizId="<b>x</b>", OutId="")])
    frame = bill.frame()
    assert frame["disputed"].sum() == bill.disputed.amount
    assert sorted(bill.differences_frame()["kind"].to_list()) == ["missing_here", "other_price"]
    assert "<b>x</b>" not in bill.html("zh-CN")
    assert "&lt;b&gt;x" in bill.html("zh-CN")
    assert {one.value for one in DifferenceKind} <= set(WORDS)
    assert held([], []).frame().height == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["both", "here", "there"]), st.integers(1, 4), st.integers(1, 4), st.booleans()
        ),
        max_size=8,
    )
)
def test_every_cent_billed_is_agreed_or_a_difference(cases: list[tuple[str, int, int, bool]]) -> None:
    ours = [attempt(n, segments=a) for n, (where, a, _, _) in enumerate(cases) if where != "there"]
    rows = [
        billed(n, Count=str(b), Fee=str(Decimal("0.045") * b))
        for n, (where, _, b, twice) in enumerate(cases)
        if where != "here"
        for _ in range(1 + twice)
    ]
    bill = held(ours, rows)
    assert bill.billed.amount - bill.agreed.amount == sum(one.over.amount for one in bill.differences)
    assert bill.disputed.amount == sum(max(one.over.amount, Decimal(0)) for one in bill.differences)


def test_a_message_before_the_month_by_more_than_a_blink_is_not_this_months() -> None:
    early = attempt(1, at=AT - timedelta(days=40))
    assert not held([early], [billed(2, State="FAIL")]).lines[0].submitted
