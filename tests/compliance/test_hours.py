"""When: house and legal hours in China and the United States, in every zone, over holidays and clock changes."""

import pytest

from loansms.compliance import evaluate
from loansms.model import Allow, Defer, Party, Purpose
from tests.compliance.cases import CN, US, context, draft, local

NY, LA = "America/New_York", "America/Los_Angeles"
COLLECTION, REMINDER = Purpose.COLLECTION, Purpose.REPAYMENT_REMINDER


@pytest.mark.parametrize(
    ("purpose", "now", "until"),
    [
        (COLLECTION, "2026-09-24T10:00", None),
        (COLLECTION, "2026-09-24T08:59", "2026-09-24T09:00"),
        (COLLECTION, "2026-09-24T20:00", "2026-09-28T09:00"),  # 25 to 27 are the Mid-Autumn days off
        (COLLECTION, "2026-09-20T10:00", None),  # a Sunday, worked
        (COLLECTION, "2026-09-19T10:00", "2026-09-20T09:00"),
        (COLLECTION, "2026-02-14T19:30", None),  # a Saturday, worked, the last before the Spring Festival
        (COLLECTION, "2026-02-14T20:30", "2026-02-24T09:00"),
        (COLLECTION, "2026-10-01T12:00", "2026-10-08T09:00"),
        (Purpose.SETTLEMENT_OFFER, "2026-09-26T10:00", "2026-09-28T09:00"),
        (Purpose.CREDIT_PRENOTICE, "2026-09-26T10:00", "2026-09-28T09:00"),
        (REMINDER, "2026-09-26T10:00", None),
        (REMINDER, "2026-09-26T21:01", "2026-09-27T09:00"),
        (REMINDER, "2026-09-26T03:00", "2026-09-26T09:00"),
        (Purpose.OTP, "2026-09-26T03:00", None),
        (Purpose.SECURITY_ALERT, "2026-09-26T03:00", None),
        (Purpose.TRANSACTION_NOTICE, "2026-09-26T03:00", None),
    ],
)
def test_china(purpose: Purpose, now: str, until: str | None) -> None:
    decision = evaluate(draft(purpose), context("CN"), [CN], local(now))
    if until is None:
        assert isinstance(decision, Allow)
    else:
        assert isinstance(decision, Defer)
        assert decision.until == local(until)
        assert decision.reasons


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-09-24T08:00", None),
        ("2026-09-24T21:00", None),  # the closing minute is in
        ("2026-09-24T21:01", "2026-09-25T08:00"),
        ("2026-03-08T07:30", "2026-03-08T08:00"),  # clocks went forward that night
        ("2026-11-01T01:30", "2026-11-01T08:00"),  # clocks went back that night
    ],
)
@pytest.mark.parametrize("party", [Party.FIRST, Party.THIRD])
def test_united_states(now: str, until: str | None, party: Party) -> None:
    decision = evaluate(draft(), context("US", party=party), [US], local(now, NY))
    if until is None:
        assert isinstance(decision, Allow)
    else:
        assert isinstance(decision, Defer)
        assert decision.until == local(until, NY)


def test_conflicting_zones_must_all_be_open() -> None:
    decision = evaluate(draft(), context("US", zones=(NY, LA)), [US], local("2026-09-24T09:00", NY))
    assert isinstance(decision, Defer)
    assert decision.until == local("2026-09-24T08:00", LA)


def test_a_recorded_agreement_lifts_the_law_but_not_the_house_hours() -> None:
    agreed = {"consents": [{"scope": "contact_outside_hours", "given_to": "collector"}]}
    decision = evaluate(draft(), context("CN", facts=agreed), [CN], local("2026-09-24T23:00"))
    assert isinstance(decision, Defer)
    assert {one.rule_id for one in decision.reasons} == {"CN-HOUSE-TIME-COLL"}


def test_every_closed_window_is_told_the_strongest_authority_first() -> None:
    decision = evaluate(draft(), context("CN"), [CN], local("2026-09-24T23:00"))
    assert [one.rule_id for one in decision.reasons] == ["CN-TIME-01", "CN-TIME-02", "CN-HOUSE-TIME-COLL"]
    assert all(one.citation and one.message and one.message_zh for one in decision.reasons)


def test_a_year_without_a_plan_of_make_up_days_is_warned_of() -> None:
    decision = evaluate(draft(), context("CN"), [CN], local("2030-09-24T10:00"))
    assert "calendar_stale" in {one.code for one in decision.reasons}
    assert isinstance(decision, Allow)


def test_no_collection_at_the_turn_of_the_lunar_year() -> None:
    decision = evaluate(draft(), context("CN"), [CN], local("2026-02-16T10:00"))
    assert isinstance(decision, Defer)
    assert "CN-CAL-01" in {one.rule_id for one in decision.reasons}


def test_a_time_the_consumer_called_inconvenient_is_closed_to_a_collector() -> None:
    facts = {
        "consumer_designations": [{"kind": "inconvenient", "days": ["thu"], "from": "09:00", "to": "17:00"}]
    }
    known = context("US", party=Party.THIRD, facts=facts)
    decision = evaluate(draft(), known, [US], local("2026-09-24T10:00", NY))
    assert isinstance(decision, Defer)
    assert decision.until == local("2026-09-24T17:00", NY)
