"""A number is changed by both numbers, or it is not changed."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loansms.errors import CallerError
from loansms.model import Channel, PhoneNumber
from loansms.otp import Refused
from loansms.otp.codes import Bound, derive, new_id, tag
from loansms.otp.number_change import (
    ACTION_NEW,
    ACTION_OLD,
    ALERT_CHANGED,
    ALERT_REQUESTED,
    COOLING_FOR,
    OPEN_FOR,
    AlertTo,
    CodeTo,
    Event,
    NumberChange,
    Stage,
    advance,
    binding,
    cooling_until,
    messages,
    request,
)
from loansms.otp.profiles import LENDER
from loansms.privacy import KeyRing
from loansms.templates import Catalogue

AT = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
OLD, NEW, THIRD = (
    PhoneNumber.parse(text, region="CN") for text in ("17400000001", "17400000002", "17400000003")
)
LANDLINE = PhoneNumber.parse("01062345678", region="CN")
AMERICAN = PhoneNumber.parse("+12025550123")
RING = KeyRing({"k1": b"k" * 32}, current="k1", index={"i1": b"i" * 32})
ASKED = request("B-1", OLD, NEW, AT)
VOUCHED = advance(ASKED, Event.OLD_NUMBER, AT)
READY = advance(VOUCHED, Event.NEW_NUMBER, AT)
COMPLETED = advance(READY, Event.COMPLETE, AT)
CANCELLED = advance(ASKED, Event.CANCEL, AT)
BY_STAGE = {one.stage: one for one in (ASKED, VOUCHED, READY, COMPLETED, CANCELLED)}

# Every stage and every event; what is not here is refused.
MOVES = {
    (Stage.ASKED, Event.OLD_NUMBER): Stage.VOUCHED,
    (Stage.ASKED, Event.STRONGER_FACTOR): Stage.VOUCHED,
    (Stage.ASKED, Event.CANCEL): Stage.CANCELLED,
    (Stage.VOUCHED, Event.NEW_NUMBER): Stage.READY,
    (Stage.VOUCHED, Event.CANCEL): Stage.CANCELLED,
    (Stage.READY, Event.COMPLETE): Stage.COMPLETED,
    (Stage.READY, Event.CANCEL): Stage.CANCELLED,
}


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("event", Event)
def test_every_event_in_every_stage(stage, event):
    after = advance(BY_STAGE[stage], event, AT)
    if (stage, event) in MOVES:
        assert after.stage is MOVES[stage, event]
    else:
        assert isinstance(after, Refused)
        assert after.reason.code == "number_change_order"


@given(st.lists(st.tuples(st.sampled_from(Event), st.integers(0, 12)), max_size=12))
def test_no_order_of_events_changes_a_number_that_both_sides_did_not_confirm(events):
    change, now, seen = ASKED, AT, []
    for event, hours in events:
        now += timedelta(hours=hours)
        after = advance(change, event, now)
        if isinstance(after, NumberChange):
            change = after
            seen.append(event)
    if change.completed_at is not None:
        vouched = [one for one in seen if one in (Event.OLD_NUMBER, Event.STRONGER_FACTOR)]
        assert seen == [*vouched, Event.NEW_NUMBER, Event.COMPLETE]
        assert len(vouched) == 1
        assert change.confirmed_by == vouched[0].value
        assert change.completed_at < AT + OPEN_FOR


def test_a_refusal_stays_refused():
    refused = advance(ASKED, Event.NEW_NUMBER, AT)
    assert advance(refused, Event.OLD_NUMBER, AT) is refused


@pytest.mark.parametrize("event", [Event.OLD_NUMBER, Event.STRONGER_FACTOR])
def test_a_change_left_unfinished_can_only_be_cancelled(event):
    for now in (AT + OPEN_FOR, AT - timedelta(microseconds=1)):
        assert advance(ASKED, event, now).reason.code == "number_change_expired"
        assert advance(ASKED, Event.CANCEL, now).stage is Stage.CANCELLED
    last = AT + OPEN_FOR - timedelta(microseconds=1)
    assert advance(ASKED, event, last).stage is Stage.VOUCHED


def test_every_step_needs_its_time():
    assert advance(VOUCHED, Event.NEW_NUMBER, AT + OPEN_FOR).reason.code == "number_change_expired"
    assert advance(READY, Event.COMPLETE, AT + OPEN_FOR).reason.code == "number_change_expired"


def test_the_old_number_is_told_and_asked_first():
    assert messages(ASKED) == (
        AlertTo(OLD, ALERT_REQUESTED),
        CodeTo(OLD, ACTION_OLD, binding(OLD, NEW), Channel.SMS),
    )


def test_only_then_does_the_new_number_get_a_code():
    assert messages(VOUCHED) == (CodeTo(NEW, ACTION_NEW, binding(OLD, NEW), Channel.SMS),)
    assert messages(READY) == ()


def test_both_numbers_are_told_of_the_change_and_nobody_of_one_that_was_cancelled():
    assert messages(COMPLETED) == (AlertTo(OLD, ALERT_CHANGED), AlertTo(NEW, ALERT_CHANGED))
    assert messages(CANCELLED) == ()


def test_an_old_landline_is_called_and_told_by_no_text():
    change = request("B-1", LANDLINE, NEW, AT)
    assert messages(change) == (CodeTo(LANDLINE, ACTION_OLD, binding(LANDLINE, NEW), Channel.VOICE),)
    done = evolve(COMPLETED, old=LANDLINE)
    assert messages(done) == (AlertTo(NEW, ALERT_CHANGED),)


@pytest.mark.parametrize("template", [ALERT_REQUESTED, ALERT_CHANGED])
@pytest.mark.parametrize("locale", ["zh-CN", "zh-Hant", "en"])
def test_the_alerts_are_there_in_every_language(template, locale):
    assert Catalogue.builtin().get(template, locale=locale).id == template


REFUSED = [
    pytest.param({"new": OLD}, "number_unchanged", id="same number"),
    pytest.param(
        {"new": PhoneNumber.parse("+86 174 0000 0001")}, "number_unchanged", id="same, written otherwise"
    ),
    pytest.param({"new": LANDLINE}, "number_without_texts", id="landline"),
    pytest.param({"new": AMERICAN}, "country_not_served", id="abroad"),
    pytest.param({"jurisdiction": "US"}, "country_not_served", id="another jurisdiction"),
    pytest.param({"cools_until": AT + timedelta(hours=1)}, "number_change_cooling", id="changed lately"),
]


@pytest.mark.parametrize(("changed", "code"), REFUSED)
def test_what_cannot_be_is_refused_with_a_reason_in_both_languages(changed, code):
    refused = request(**{"subject": "B-1", "old": OLD, "new": NEW, "now": AT, **changed})
    assert isinstance(refused, Refused)
    assert refused.reason.code == code
    assert refused.reason.message
    assert refused.reason.message_zh
    assert refused.retry_at == changed.get("cools_until")
    assert "1740000" not in repr(refused)


def test_a_profile_may_serve_more_countries():
    both = evolve(LENDER, countries=frozenset({"CN", "US"}))
    assert isinstance(request("B-1", OLD, AMERICAN, AT, profile=both), NumberChange)
    assert isinstance(request("B-1", AMERICAN, NEW, AT, jurisdiction="CN"), NumberChange)


def test_a_change_that_has_cooled_down_hinders_no_other():
    assert isinstance(request("B-1", OLD, NEW, AT, cools_until=AT), NumberChange)


@pytest.mark.parametrize(
    "call", [lambda now: request("B-1", OLD, NEW, now), lambda now: advance(ASKED, Event.CANCEL, now)]
)
def test_a_naive_time_is_refused(call):
    with pytest.raises(ValueError, match="time zone"):
        call(AT.replace(tzinfo=None))


@pytest.mark.parametrize("subject", ["", "x" * 201, "a\n"])
def test_a_subject_that_is_no_plain_text_is_refused_unnamed(subject):
    with pytest.raises(CallerError, match="subject: expected") as caught:
        request(subject, OLD, NEW, AT)
    assert not subject or subject not in str(caught.value)


def test_acts_wait_from_the_change_on_and_only_after_one():
    assert cooling_until(COMPLETED) == AT + COOLING_FOR == AT + timedelta(hours=72)
    assert cooling_until(COMPLETED, timedelta(hours=24)) == AT + timedelta(hours=24)
    for stage in (ASKED, VOUCHED, READY, CANCELLED):
        assert cooling_until(stage) is None


def test_the_binding_is_of_both_numbers_in_their_order():
    pairs = [(OLD, NEW), (NEW, OLD), (OLD, THIRD), (THIRD, NEW)]
    assert len({binding(*pair) for pair in pairs}) == len(pairs)
    assert binding(OLD, NEW) == binding(PhoneNumber.parse("+8617400000001"), NEW)


def test_a_code_read_out_for_one_change_confirms_no_other():
    about = new_id("k1", bytes(16))

    def bound(new: PhoneNumber) -> Bound:
        return Bound(subject="B-1", action=ACTION_OLD, transaction=binding(OLD, new))

    code = derive(RING, about, bound(NEW), phone=OLD.e164, digits=10)
    assert code != derive(RING, about, bound(THIRD), phone=OLD.e164, digits=10)
    assert tag(RING, about, bound(NEW), code) != tag(RING, about, bound(THIRD), code)


def test_nothing_prints_a_number_a_subject_or_the_binding():
    printed = repr([ASKED, COMPLETED, *messages(ASKED), *messages(VOUCHED), *messages(COMPLETED)])
    for plain in (OLD.e164, NEW.e164, "17400000001", "17400000002", "B-1", binding(OLD, NEW)):
        assert plain not in printed
