"""What must hold for every message, past and hour, not only for the ones we thought of."""

from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.compliance import RulePack, evaluate
from loansms.model import Allow, Channel, Contact, ContactKind, Decision, Defer, Deny, Party, Purpose
from tests.compliance.cases import PACKS, context, draft

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 3, 1), timezones=st.just(UTC))
ZONE_SETS = {
    "CN": [("Asia/Shanghai",)],
    "US": [
        ("America/New_York",),
        ("America/New_York", "Pacific/Honolulu"),
        ("America/Phoenix", "America/Denver"),
    ],
}
TURNED = {country: RulePack.of(PACKS[country].rules[::-1], jurisdiction=country) for country in ("CN", "US")}
STRICTNESS = {Allow: 0, Defer: 1, Deny: 2}


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, Any, Any, datetime]:
    country = draw(st.sampled_from(["CN", "US"]))
    now = draw(MOMENTS)
    past = [
        Contact(
            channel=draw(st.sampled_from(list(Channel))),
            at=now - timedelta(hours=draw(st.integers(0, 24 * 9))),
            kind=draw(st.sampled_from([ContactKind.MESSAGE, ContactKind.ATTEMPT, ContactKind.CONVERSATION])),
            purpose=draw(st.sampled_from(list(Purpose))),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    known = context(
        country,
        zones=draw(st.sampled_from(ZONE_SETS[country])),
        party=draw(st.sampled_from(list(Party))),
        past_contacts=past,
        consent_sms=draw(st.sampled_from([None, True, False])),
        consent_marketing=draw(st.booleans()),
        opted_out=draw(st.booleans()),
        suppressions=draw(st.sets(st.sampled_from(["dispute_open", "hardship"]), max_size=1)),
    )
    message = draft(draw(st.sampled_from(list(Purpose))), draw(st.sampled_from(list(Channel))))
    return country, message, known, now


@given(asked())
def test_a_deferral_names_the_first_lawful_instant(case: tuple[str, Any, Any, datetime]) -> None:
    country, message, known, now = case
    decision = evaluate(message, evolve(known, past_contacts=()), [PACKS[country]], now)
    if not isinstance(decision, Defer):
        return
    assert decision.until > now
    alone = evolve(known, past_contacts=())
    assert not isinstance(evaluate(message, alone, [PACKS[country]], decision.until), Defer)
    before = evaluate(message, alone, [PACKS[country]], decision.until - timedelta(seconds=1))
    assert isinstance(before, Defer)


@settings(max_examples=60)
@given(asked(), st.data())
def test_a_rule_more_never_loosens(case: tuple[str, Any, Any, datetime], data: st.DataObject) -> None:
    country, message, known, now = case
    chosen = data.draw(
        st.lists(st.sampled_from(PACKS[country].rules), unique_by=lambda rule: rule.id, max_size=12)
    )
    fewer = RulePack.of(chosen[:-1], jurisdiction=country)
    more = RulePack.of(chosen, jurisdiction=country)
    first, second = (evaluate(message, known, [pack], now) for pack in (fewer, more))
    assert STRICTNESS[type(second)] >= STRICTNESS[type(first)]
    if isinstance(first, Defer) and isinstance(second, Defer):
        assert second.until >= first.until


@given(asked())
def test_the_order_of_rules_and_packs_does_not_matter(case: tuple[str, Any, Any, datetime]) -> None:
    country, message, known, now = case

    def outcome(decision: Decision) -> tuple[object, ...]:
        told = frozenset(one.rule_id for one in decision.reasons)
        return type(decision), getattr(decision, "until", None), getattr(decision, "retry_at", None), told

    assert outcome(evaluate(message, known, [TURNED[country]], now)) == outcome(
        evaluate(message, known, [PACKS[country]], now)
    )
    both = [PACKS["CN"], PACKS["US"]]
    assert outcome(evaluate(message, known, both, now)) == outcome(evaluate(message, known, both[::-1], now))


@given(asked())
def test_a_full_cap_frees_when_it_says(case: tuple[str, Any, Any, datetime]) -> None:
    country, message, known, now = case
    decision = evaluate(message, known, [PACKS[country]], now)
    if not isinstance(decision, Deny) or decision.retry_at is None:
        return
    assert decision.retry_at > now
    later = evaluate(message, known, [PACKS[country]], decision.retry_at)
    assert not isinstance(later, Deny)
