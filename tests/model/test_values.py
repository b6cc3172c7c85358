"""Values that print nothing private, decisions without truth, profiles that say what is wrong with them."""

import pickle
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from loansms import Allow, Channel, Defer, Deny, Lender, Purpose, Reason
from loansms.clock import FrozenClock
from loansms.errors import BadRow, ConfigurationError
from loansms.model import CapLimit, Contact, ContactKind, Hold, HoldKind
from loansms.model.examples import account, borrower
from loansms.privacy import Secret, mask_name

NOW = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("decision", [Allow(), Defer(until=NOW), Deny()])
def test_a_decision_has_no_truth_value(decision: object) -> None:
    """`if decision:` fails loudly instead of reading a Deny as yes."""
    with pytest.raises(TypeError, match="no truth value"):
        bool(decision)


def test_naive_times_are_refused() -> None:
    """A Defer and a clock need a time zone."""
    with pytest.raises(ValueError, match="time zone"):
        Defer(until=datetime(2026, 9, 24))
    with pytest.raises(ValueError, match="time zone"):
        FrozenClock(datetime(2026, 9, 24))


def test_a_frozen_clock_moves_only_when_told() -> None:
    """Two readings are equal until it is moved."""
    clock = FrozenClock(NOW)
    assert clock.now() == clock.now()
    clock.move(timedelta(days=1))
    assert NOW + timedelta(days=1) == clock.now()


def test_nothing_private_in_any_repr() -> None:
    """A borrower and an account print without phone or name."""
    shown = f"{borrower()!r} {account()!r} {account(extra={'memo': 'canary'})!r}"
    assert "13800138000" not in shown
    assert "张三" not in shown
    assert "canary" not in shown
    assert "138****8000" in shown


def test_a_secret_is_not_pickled_formatted_or_joined() -> None:
    """A secret cannot slip into a queue payload or a string."""
    secret = Secret("canary")
    assert "canary" not in f"{secret}{secret!r}{secret:>10}{[secret]}"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)
    assert Secret("canary") == secret
    assert secret.reveal() == "canary"


@pytest.mark.parametrize(
    ("name", "masked"), [("欧阳震华", "欧***"), ("O'Brien", "O***"), ("李", "李"), ("", "")]
)
def test_names_keep_their_first_character(name: str, masked: str) -> None:
    """Chinese names keep their length, others do not."""
    assert masked == mask_name(name)


def test_days_past_due_counts_from_the_due_date() -> None:
    """0 on the due date, negative before, whole calendar days."""
    due = account(due_on=date(2026, 2, 28))
    assert tuple(
        due.days_past_due(day)
        for day in (date(2026, 2, 28), date(2026, 2, 21), date(2026, 3, 1), date(2026, 3, 31))
    ) == (0, -7, 1, 31)


def test_a_hold_stops_its_loan_until_its_last_day() -> None:
    """A promise holds through its day; a hold without a loan stops every loan."""
    promise = Hold(HoldKind.PROMISE, date(2026, 9, 24), "L-1")
    assert promise.active(date(2026, 9, 24), "L-1")
    assert not promise.active(date(2026, 9, 25), "L-1")
    assert not promise.active(date(2026, 9, 24), "L-2")
    assert Hold(HoldKind.DISPUTE).active(date(2099, 1, 1), "L-9")


def test_a_cap_counts_messages_of_its_pool_only() -> None:
    """Other purposes, channels, kinds and earlier contacts use nothing up."""
    limit = CapLimit(
        count=1,
        since=NOW,
        purposes=frozenset({Purpose.COLLECTION}),
        channels=frozenset({Channel.SMS}),
        reason=Reason("cap", "house"),
    )
    sent = Contact(channel=Channel.SMS, at=NOW, purpose=Purpose.COLLECTION)
    assert limit.counts(sent, "L-1")
    others = [
        Contact(channel=Channel.VOICE, at=NOW, purpose=Purpose.COLLECTION),
        Contact(channel=Channel.SMS, at=NOW, purpose=Purpose.OTP),
        Contact(channel=Channel.SMS, at=NOW - timedelta(seconds=1), purpose=Purpose.COLLECTION),
        Contact(channel=Channel.SMS, at=NOW, purpose=Purpose.COLLECTION, kind=ContactKind.INBOUND_MESSAGE),
    ]
    assert not any(limit.counts(other, "L-1") for other in others)
    assert limit.counts(Contact(channel=Channel.SMS, at=NOW), "L-1")  # nobody told its purpose


LENDER = """
lender_id = "acme"
name = "Acme Lending"
signature = "Acme"
jurisdiction = "US"
party = "first"
complaint_line = "800-555-0102"
service_lines = [{number = "800-555-0101", audience = "guarantor"}, {number = "800-555-0100"}]
pay_channels = [{names = {"*" = "the Acme app"}}]
signature_filing = {china_mobile = "filed"}
"""


def test_a_profile_loads_and_picks_lines_by_audience(tmp_path: Path) -> None:
    """A guarantor gets the guarantor line, everyone else the line for all."""
    path = tmp_path / "lender.toml"
    path.write_text(LENDER, encoding="utf-8")
    lender = Lender.load(path)
    assert lender.slots("en", "borrower", "collection")["service_line"] == "800-555-0100"
    assert lender.slots("en", "guarantor", "collection")["service_line"] == "800-555-0101"
    assert lender.allowed_contacts == ("800-555-0101", "800-555-0100", "800-555-0102")
    assert {"acme"} == set(Lender.load_all(path))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('party = "first"', "expected one of first, third at .party"),
        ('name = "Acme Lending"', "expected text in quotes at .name"),
        ('complaint_line = "800-555-0102"', "complaint_line"),
        ('jurisdiction = "US"', "unknown keys jurisdicton"),
    ],
)
def test_a_wrong_profile_is_one_clear_line(tmp_path: Path, wrong: str, told: str) -> None:
    """The error names file, key and what was expected."""
    instead = {
        "party": 'party = "fourth"',
        "name": "name = 3",
        "complaint_line": "",
        "jurisdiction": 'jurisdicton = "US"',
    }
    path = tmp_path / "lender.toml"
    path.write_text(LENDER.replace(wrong, instead[wrong.split(" ", maxsplit=1)[0]]), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        Lender.load(path)
    assert told in str(caught.value)
    assert str(caught.value).startswith("lender.toml: ")
    assert "\n" not in str(caught.value)


def test_several_profiles_need_ids_of_their_own(tmp_path: Path) -> None:
    """Two under [[lender]] load by id; one id twice, or no table at all, is one clear line."""
    one = LENDER.replace("signature_filing", "# signature_filing")
    both = f"[[lender]]\n{one}\n[[lender]]\n{one.replace('acme', 'beta')}"
    path = tmp_path / "lenders.toml"
    path.write_text(both, encoding="utf-8")
    assert {"acme", "beta"} == set(Lender.load_all(path))
    for wrong, told in (
        (both.replace("beta", "acme"), "lender 2: lender_id"),
        ('lender = "acme"', r"\[\[lender\]\]"),
    ):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(ConfigurationError, match=told):
            Lender.load_all(path)


def test_a_missing_or_broken_file_is_one_clear_line(tmp_path: Path) -> None:
    """No such file, not TOML, not UTF-8: each says so."""
    for content, told in (
        (None, "no such file"),
        (b"a = ", "expected TOML"),
        ("名 = 1".encode("gbk"), "UTF-8"),
    ):
        path = tmp_path / "lender.toml"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ConfigurationError, match=told):
            Lender.load(path)


def test_a_third_party_names_its_lender() -> None:
    """An agency profile without the lender it collects for is refused."""
    with pytest.raises(ValueError, match="principal_lender"):
        Lender(
            lender_id="a", name="A", signature="A", jurisdiction="US", party=Lender.example().party.THIRD,
            service_lines=Lender.example().service_lines, pay_channels=Lender.example().pay_channels, complaint_line="1",
        )  # fmt: skip


def test_errors_speak_both_languages() -> None:
    """An error tells itself in English, and in Chinese where it has words."""
    wrong = BadRow("amount_due", "expected digits", "应为数字")
    assert (wrong.told("en"), wrong.told("zh-CN")) == ("amount_due: expected digits", "amount_due：应为数字")
    assert ConfigurationError("x").told("zh-CN") == "x"
