"""How much proof an act needs: by sign, by amount, never less for more risk, and closed where nothing is known."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loansms.model import Money, PhoneNumber
from loansms.otp.step_up import (
    NumberHistory,
    NumberIntelligence,
    Signals,
    StepUp,
    StepUpLimits,
    required_step,
)

NOW = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
LIMITS = StepUpLimits(high_amount=Money("5000", "CNY"))
SMALL, HIGH = Money("5000.00", "CNY"), Money("5000.01", "CNY")
QUIET = NumberHistory()
CALM = Signals(new_device=False, number_confirmed=True, number=QUIET)
SECOND = timedelta(seconds=1)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


SIGNS = {
    "new_device": {"new_device": True},
    "unusual_place": {"unusual_place": True},
    "number_unconfirmed": {"number_confirmed": False},
    "number_changed": {"number_changed_at": ago(hours=71)},
    "number_silent": {"proved_at": ago(days=180)},
    "number_passed_on": {"proved_at": ago(days=60), "number": NumberHistory(held_since=ago(days=30))},
    "sim_changed": {"number": NumberHistory(sim_changed_at=ago(hours=71))},
    "sim_unknown": {"number": None},
}


def step(signals: Signals, limits: StepUpLimits = LIMITS) -> StepUp:
    return required_step(signals, limits, NOW).step


@pytest.mark.parametrize(
    ("sign", "quiet", "small", "high", "events"),
    [
        ("new_device", StepUp.CODE_AND_ALERT, StepUp.CODE_AND_ALERT, StepUp.CODE_AND_ALERT, ("new_login",)),
        ("unusual_place", StepUp.CODE, StepUp.CODE, StepUp.CODE, ()),
        ("number_unconfirmed", StepUp.CODE, StepUp.CODE, StepUp.REFUSE, ()),
        ("number_changed", StepUp.CODE_AND_ALERT, StepUp.CODE_AND_ALERT, StepUp.REFUSE, ("phone_changed",)),
        ("number_silent", StepUp.CODE, StepUp.CODE, StepUp.REFUSE, ()),
        ("number_passed_on", StepUp.REFUSE, StepUp.REFUSE, StepUp.REFUSE, ()),
        ("sim_changed", StepUp.NONE, StepUp.REFUSE, StepUp.REFUSE, ()),
        ("sim_unknown", StepUp.NONE, StepUp.CODE, StepUp.REFUSE, ()),
    ],
)
def test_each_sign_asks_for_its_level_with_its_reason_and_alert(sign, quiet, small, high, events) -> None:
    signals = evolve(CALM, **SIGNS[sign])
    for amount, wanted in ((None, quiet), (SMALL, small), (HIGH, high)):
        answer = required_step(evolve(signals, amount=amount), LIMITS, NOW)
        assert answer.step is wanted
        assert answer.events == (events if wanted is StepUp.CODE_AND_ALERT else ())
        codes = [reason.code for reason in answer.reasons]
        # A sign gives a reason exactly where it asks for something; an unknown SIM asks at a high amount alone.
        asks = wanted is not StepUp.NONE and not (sign == "sim_unknown" and amount != HIGH)
        assert (sign in codes) is asks
        assert ("amount" in codes) is (amount is not None)
        assert all(reason.citation and reason.message and reason.message_zh for reason in answer.reasons)


def test_nothing_unusual_and_no_money_needs_nothing_and_money_needs_a_code() -> None:
    calm = required_step(CALM, LIMITS, NOW)
    assert (calm.step, calm.reasons, calm.events) == (StepUp.NONE, (), ())
    assert step(evolve(CALM, amount=SMALL)) is StepUp.CODE
    assert step(evolve(CALM, amount=HIGH)) is StepUp.CODE


def test_a_fresh_sim_refuses_whatever_would_ask_for_a_code() -> None:
    fresh = evolve(CALM, **SIGNS["sim_changed"])
    assert step(fresh) is StepUp.NONE
    assert step(evolve(fresh, unusual_place=True)) is StepUp.REFUSE
    assert step(evolve(fresh, new_device=True)) is StepUp.REFUSE


def test_an_amount_in_another_currency_is_not_known_to_be_small() -> None:
    strange = evolve(CALM, amount=Money("1", "USD"), number=None)
    assert step(strange) is StepUp.REFUSE
    assert step(evolve(strange, amount=Money("1", "CNY"))) is StepUp.CODE


@pytest.mark.parametrize(
    ("field", "span", "recent"),
    [
        ("number_changed_at", LIMITS.cooling_for, StepUp.CODE_AND_ALERT),
        ("proved_at", LIMITS.silent_for, StepUp.NONE),
    ],
)
def test_spans_end_to_the_second(field, span, recent) -> None:
    over = StepUp.NONE if recent is StepUp.CODE_AND_ALERT else StepUp.CODE
    assert step(evolve(CALM, **{field: NOW - span + SECOND})) is recent
    assert step(evolve(CALM, **{field: NOW - span})) is over


def test_a_change_that_lies_ahead_after_a_clock_stepped_back_counts_as_fresh() -> None:
    assert step(evolve(CALM, number_changed_at=NOW + timedelta(days=9))) is StepUp.CODE_AND_ALERT
    ahead = NumberHistory(sim_changed_at=NOW + timedelta(days=9))
    assert step(evolve(CALM, number=ahead, amount=SMALL)) is StepUp.REFUSE


def test_several_alerts_are_all_owed_the_gravest_first() -> None:
    answer = required_step(evolve(CALM, new_device=True, number_changed_at=ago(hours=1)), LIMITS, NOW)
    assert answer.events == ("phone_changed", "new_login")
    assert [reason.code for reason in answer.reasons] == ["number_changed", "new_device"]


def test_every_alert_is_an_event_that_the_template_can_word() -> None:
    slots = tomllib.loads(
        files("loansms.templates").joinpath("data", "slots.toml").read_text(encoding="utf-8")
    )
    assert {"phone_changed", "new_login"} <= set(slots["event"]["choices"])


moments = st.none() | st.integers(-30, 400).map(lambda days: NOW - timedelta(days=days))
numbers = st.none() | st.builds(NumberHistory, sim_changed_at=moments, held_since=moments)
amounts = st.none() | st.sampled_from([SMALL, HIGH, Money("7", "USD")])
any_signals = st.builds(
    Signals,
    new_device=st.booleans(),
    number_confirmed=st.booleans(),
    unusual_place=st.booleans(),
    amount=amounts,
    number_changed_at=moments,
    proved_at=moments,
    number=numbers,
)


def worse(signals: Signals) -> list[Signals]:
    """Return the same signals with one more risk in each."""
    number = signals.number
    known = number or QUIET
    found = [
        evolve(signals, new_device=True),
        evolve(signals, unusual_place=True),
        evolve(signals, number_confirmed=False),
        evolve(signals, number_changed_at=ago(hours=1)),
        evolve(signals, amount=signals.amount or SMALL),
        evolve(signals, amount=HIGH),
    ]
    if number is not None:
        found.append(evolve(signals, number=evolve(known, sim_changed_at=ago(hours=1))))
    if number is not None and signals.proved_at is not None:
        found.append(evolve(signals, number=evolve(known, held_since=signals.proved_at + SECOND)))
    if number == QUIET:
        found.append(evolve(signals, number=None))
    return found


@given(any_signals)
def test_more_risk_never_asks_for_less(signals) -> None:
    now = step(signals).rank
    for risky in worse(signals):
        assert step(risky).rank >= now


@given(any_signals, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_wider_spans_and_a_lower_limit_never_ask_for_less(signals, more) -> None:
    strict = StepUpLimits(
        high_amount=Money("1", "CNY"),
        cooling_for=LIMITS.cooling_for + more,
        sim_fresh_for=LIMITS.sim_fresh_for + more,
        silent_for=max(LIMITS.silent_for - more, SECOND),
    )
    assert step(signals, strict).rank >= step(signals).rank


@given(any_signals.filter(lambda one: one.amount is not None))
def test_a_high_amount_with_an_unknown_sim_is_always_refused(signals) -> None:
    assert step(evolve(signals, amount=HIGH, number=None)) is StepUp.REFUSE


@pytest.mark.parametrize("field", ["number_changed_at", "proved_at"])
def test_times_without_a_zone_are_refused(field) -> None:
    naive = datetime(2026, 9, 24)
    with pytest.raises(ValueError, match=field):
        evolve(CALM, **{field: naive})
    with pytest.raises(ValueError, match="sim_changed_at"):
        NumberHistory(sim_changed_at=naive)
    with pytest.raises(ValueError, match="now"):
        required_step(CALM, LIMITS, naive)


def test_an_answer_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="no truth value"):
        bool(required_step(CALM, LIMITS, NOW))


class Carrier:
    """A host's source of number facts."""

    def __init__(self, known: dict[str, NumberHistory]) -> None:
        self._known = known

    def look_up(self, phone: PhoneNumber) -> NumberHistory | None:
        return self._known.get(phone.e164)


def test_a_hosts_source_of_number_facts_feeds_the_decision() -> None:
    swapped = PhoneNumber.parse("17400000001", region="CN")
    source: NumberIntelligence = Carrier({swapped.e164: NumberHistory(sim_changed_at=ago(hours=2))})
    unknown = PhoneNumber.parse("17400000002", region="CN")
    assert step(evolve(CALM, number=source.look_up(swapped), amount=SMALL)) is StepUp.REFUSE
    assert step(evolve(CALM, number=source.look_up(unknown), amount=SMALL)) is StepUp.CODE
