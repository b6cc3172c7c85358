"""The plan of a whole book: one row for each of its rows, in order, bad ones in their place."""

from datetime import datetime

import polars as pl
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.portfolio.books import GOOD, row

from loansms.compliance import RulePack
from loansms.errors import ConfigurationError
from loansms.model import Lender
from loansms.policy import Policy
from loansms.portfolio import plan_book, plan_frame, read_book, with_known_lenders
from loansms.portfolio.frame import FIELDS
from loansms.templates import Catalogue

NOW = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
CN = Lender.example("CN")
CONTRACT = [
    "loan_id",
    "borrower_id",
    "recipient",
    "stage",
    "step",
    "purpose",
    "channel",
    "template",
    "decision",
    "reason",
    "send_at",
    "text",
    "segments",
]


POLICY = Policy.preset("cn-consumer")
CATALOGUE = Catalogue.builtin()
PACKS = [RulePack.load("CN", on=NOW.date())]


def plan(rows: list[dict[str, str]], lender: Lender | dict[str, Lender] = CN) -> pl.DataFrame:
    return plan_book(rows, policy=POLICY, catalogue=CATALOGUE, packs=PACKS, lender=lender, now=NOW)


def test_rules_by_name_are_the_rules_themselves() -> None:
    """A preset's name, the lender's packs and the built-in catalogue need not be spelt out."""
    by_name = plan_book([row()], policy="cn-consumer", lender=CN, now=NOW)
    assert by_name.equals(plan([row()]))
    assert by_name.equals(
        plan_book(pl.DataFrame([row()]), policy="cn-consumer", packs=["CN"], lender=CN, now=NOW)
    )


def test_a_row_due_today_is_worded_and_a_bad_one_is_told() -> None:
    """The contract's columns, one row for each row of the book, in its order."""
    frame = plan([row(phone="12"), row(loan_id="L-2", borrower_id="B-2")])
    assert frame.columns[: len(CONTRACT)] == CONTRACT
    assert frame["decision"].to_list() == ["reject", "send"]
    assert frame["loan_id"].to_list() == ["L-1", "L-2"]
    bad, good = frame.to_dicts()
    assert bad["reason"] == "bad_row"
    assert bad["why"].startswith("line 2, column phone: ")
    assert good["send_at"] == NOW
    assert "1256.30" in good["text"].replace(",", "")
    assert good["segments"] >= 1


def test_a_frame_of_nothing_has_the_same_types() -> None:
    """Types do not depend on what the rows hold."""
    empty, full = plan_frame([]), plan([row()])
    assert empty.schema == full.schema
    assert tuple(FIELDS) == tuple(empty.columns)
    assert pl.Datetime("us", "UTC") == empty.schema["send_at"]


def test_an_opt_out_on_a_bad_row_silences_the_good_ones() -> None:
    """A refusal anywhere holds everywhere: nothing is sent on the borrower's other loan."""
    frame = plan([row(), row(loan_id="L-2", amount_due="x", opt_out="yes")])
    assert frame["decision"].to_list() == ["deny", "reject"]
    assert frame["text"].to_list() == [None, None]


def test_sms_refused_on_one_loan_is_refused_on_all() -> None:
    """consent_sms false on any row of a borrower keeps every text back."""
    frame = plan([row(consent_sms="true"), row(loan_id="L-2", consent_sms="false")])
    assert "send" not in frame["decision"].to_list()


def test_one_message_a_debtor() -> None:
    """Of two loans due on one day one speaks; the other waits and names it."""
    frame = plan([row(), row(loan_id="L-2", amount_due="9999.00")])
    assert frame["decision"].to_list() == ["defer", "send"]
    assert "L-2" in frame["why"][0]


def test_a_row_of_an_unknown_lender_is_rejected() -> None:
    """lender_id chooses among profiles; one that is not there is a bad row, named like the others."""
    other = evolve(CN, lender_id="other", group="other")
    rows = [row(lender_id="other"), row(loan_id="L-2", lender_id="nobody"), row(loan_id="L-3")]
    lenders = {CN.lender_id: CN, "other": other}
    assert plan(rows, lenders)["decision"].to_list() == ["send", "reject", "reject"]
    book = with_known_lenders(read_book(rows), lenders)
    assert [(one.line, one.column) for one in book.rejects] == [(3, "lender_id"), (4, "lender_id")]
    assert all("expected one of" in one.reason and one.reason_zh for one in book.rejects)


def test_arguments_that_cannot_work_are_named() -> None:
    """A naive now and a policy nobody ships."""
    with pytest.raises(ValueError, match="time zone"):
        plan_book([row()], policy="cn-consumer", lender=CN, now=NOW.replace(tzinfo=None))
    with pytest.raises(ConfigurationError):
        plan_book([row()], policy="no-such-policy", lender=CN, now=NOW)


CHANGES = st.fixed_dictionaries(
    {
        "borrower_id": st.sampled_from(["B-1", "B-2", "B-3"]),
        "next_due_on": st.sampled_from(["2026-09-24", "2026-09-27", "2026-10-24", "soon"]),
        "amount_due": st.sampled_from(["0", "80.00", "-1", "1256.30"]),
        "opt_out": st.sampled_from(["", "no", "yes"]),
    }
)


@settings(max_examples=30)
@given(st.lists(CHANGES, min_size=1, max_size=8))
def test_every_row_is_planned_or_rejected_in_order(changes: list[dict[str, str]]) -> None:
    """No row of any mix is lost, and nobody is sent two messages or one they refused."""
    rows = [{**GOOD, **change, "loan_id": f"L-{at}"} for at, change in enumerate(changes)]
    frame = plan(rows)
    assert [one["loan_id"] for one in rows] == frame["loan_id"].to_list()
    sent = frame.filter(pl.col("decision") == "send")["borrower_id"].to_list()
    assert len(sent) == len(set(sent))
    assert not {one["borrower_id"] for one in rows if one["opt_out"] == "yes"} & set(sent)


def test_a_book_that_counted_before_a_due_date_duns_nobody_for_it() -> None:
    """Days past due told on 2026-09-20, asked on the 24th: who was to pay on the 22nd may have paid."""
    rows = [
        row(next_due_on="2026-09-22", days_past_due="-2"),
        row(loan_id="L-2", borrower_id="B-2", oldest_unpaid_due_on="2026-09-10", days_past_due="10"),
        row(loan_id="L-3", borrower_id="B-3", next_due_on="2026-09-27", days_past_due="-7"),
    ]
    told = plan(rows).select("decision", "reason").rows()
    assert told[0] == ("none", "book_outdated")
    assert [one[0] for one in told[1:]] == ["send", "send"]
