"""A text that people complain of goes on being sent; one that was looked at is stopped again for its past."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.parts import NOW, outcomes, overdue
from tests.services.reply_parts import bench

from loansms import Lender
from loansms.errors import AccessDenied, ConfigurationError
from loansms.model import DeliveryReceipt, DeliveryStatus
from loansms.services import Actor, Desk, Guardrails, Limits, ReplyRules, Role
from loansms.services.replies.rules import reply_rules
from loansms.services.watching.guardrails import Count, Told, breaches, house_limits
from loansms.stores import StopScope

CN = Lender.example("CN")
HOUR = timedelta(hours=1)
STRICT = Limits(
    window_days=7,
    least=4,
    limits={
        StopScope.TEMPLATE: {Count.COMPLAINTS: Decimal("0.2"), Count.OPT_OUTS: Decimal("0.3")},
        StopScope.ROUTE: {Count.UNDELIVERED: Decimal("0.5")},
    },
)


def test_a_template_people_complain_of_pauses_itself_until_a_named_person_resumes_it() -> None:
    made = bench(*[overdue(2)] * 4)
    watch = Guardrails(store=made.store, limits=STRICT)
    assert watch.check(now=NOW + HOUR) == []
    made.says("我要投诉你们", "B-1", reply_to=made.provider.outbox[0].step_key)
    [breach] = watch.check(now=NOW + HOUR)
    assert (breach.scope, breach.value) == (StopScope.TEMPLATE, made.provider.outbox[0].template)
    assert watch.check(now=NOW + HOUR) == [], "stopped once"
    [stop] = made.store.stops()
    assert (stop.by, stop.why) == ("guardrail", "complaints 1 of 4 (25.00%), limit 20.00%, 7 days")
    made.rows.append({**made.rows[1], "loan_id": "L-9", "borrower_id": "B-9", "phone": "17400000009"})
    late = made.outreach.run(made.rows, now=NOW + 2 * HOUR)
    assert outcomes(late)[-1] == "deferred"
    desk = Desk(store=made.store, lender=CN)
    with pytest.raises(AccessDenied):
        desk.resume(breach.scope, breach.value, by=Actor("nobody"), at=NOW + 2 * HOUR)
    assert desk.resume(breach.scope, breach.value, by=Actor("officer-1", Role), at=NOW + 2 * HOUR)
    assert watch.check(now=NOW + 3 * HOUR) == [], "what was looked at does not stop it again"
    assert outcomes(made.outreach.run(made.rows, now=NOW + 3 * HOUR))[-1] == "submitted"


def test_stops_by_reply_and_a_route_that_loses_texts_count_too() -> None:
    made = bench(*[overdue(2)] * 4)
    for who in (1, 2):
        made.says("TD", f"B-{who}", reply_to=made.provider.outbox[who - 1].step_key)
    for sent in made.provider.outbox[:3]:
        made.store.record_receipt(
            DeliveryReceipt(
                provider_message_id="",
                step_key=sent.step_key,
                status=DeliveryStatus.UNDELIVERED,
                at=NOW + HOUR,
            )
        )
    found = Guardrails(store=made.store, limits=STRICT).passed(now=NOW + HOUR)
    assert {(one.scope, one.what, one.count) for one in found} >= {(StopScope.TEMPLATE, Count.OPT_OUTS, 2)}
    assert made.store.stops() == [], "asking stops nothing"


def test_a_step_pauses_over_all_its_templates_and_the_next_claim_of_it_waits() -> None:
    made = bench(*[overdue(2)] * 4)
    sent = made.provider.outbox[0]
    made.says("我要投诉你们", "B-1", reply_to=sent.step_key)
    by_step = Limits(window_days=7, least=4, limits={StopScope.STEP: {Count.COMPLAINTS: Decimal("0.2")}})
    [breach] = Guardrails(store=made.store, limits=by_step).check(now=NOW + HOUR)
    [attempt] = [one for one in made.store.attempts() if one.step_key == sent.step_key]
    assert (breach.scope, breach.value) == (StopScope.STEP, attempt.step)
    made.rows.append({**made.rows[1], "loan_id": "L-9", "borrower_id": "B-9", "phone": "17400000009"})
    assert outcomes(made.outreach.run(made.rows, now=NOW + 2 * HOUR))[-1] == "deferred"


@given(
    st.integers(0, 30),
    st.integers(1, 60),
    st.decimals("0", "1", places=3),
    st.integers(1, 40),
)
def test_a_limit_is_passed_exactly_when_the_rate_is_above_it_and_the_sample_is_large_enough(
    bad: int, texts: int, limit: Decimal, least: int
) -> None:
    told = [
        Told(at=NOW, template="t", bad=[Count.OPT_OUTS] if number < bad else []) for number in range(texts)
    ]
    limits = Limits(window_days=7, least=least, limits={StopScope.TEMPLATE: {Count.OPT_OUTS: limit}})
    passed = texts >= least and min(bad, texts) > limit * texts
    assert bool(breaches(told, limits, NOW)) is passed
    assert breaches(told, limits, NOW + timedelta(days=8)) == []


def test_limits_and_rules_of_ones_own_are_read_whole_or_refused(tmp_path: Path) -> None:
    assert set(house_limits().limits) == {
        StopScope.TEMPLATE,
        StopScope.STAGE,
        StopScope.STEP,
        StopScope.ROUTE,
    }
    mine = tmp_path / "mine.toml"
    mine.write_text('window_days = 7\nleast = 1\n[limits.template]\ncomplaints = "2"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="rates from"):
        Limits.load(mine)
    shipped = (files("loansms.services") / "data" / "replies.toml").read_text(encoding="utf-8")
    mine.write_text(shipped, encoding="utf-8")
    assert ReplyRules.load(mine) == reply_rules()
    mine.write_text(shipped.replace("complaint = {", "# complaint = {"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="missing complaint"):
        ReplyRules.load(mine)
