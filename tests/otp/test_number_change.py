"""A number is changed by both numbers, or it is not changed."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from loansms.errors import CallerError
from loansms.model import Accepted, Channel, PhoneNumber, Reason, Rejected, Unknown
from loansms.otp import Refused
from loansms.otp.codes import Bound, derive, new_id, tag
from loansms.otp.number_change import (
    ACTION_NEW,
    ACTION_OLD,
    ACTION_VOUCH,
    ALERT_CHANGED,
    ALERT_REQUESTED,
    COOLING_FOR,
    OPEN_FOR,
    AlertTo,
    CodeTo,
    Event,
    NumberChange,
    NumberChangeStep,
    Stage,
    Told,
    advance,
    cooling_until,
    messages,
    request,
    untellable,
)
from loansms.otp.number_change_token import change_of, token_of
from loansms.otp.profiles import LENDER
from loansms.privacy import KeyRing, Secret
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
        CodeTo(OLD, ACTION_OLD, ASKED.binding, Channel.SMS),
    )


def test_only_then_does_the_new_number_get_a_code():
    assert messages(VOUCHED) == (CodeTo(NEW, ACTION_NEW, ASKED.binding, Channel.SMS),)
    assert messages(READY) == ()


def test_both_numbers_are_told_of_the_change_and_nobody_of_one_that_was_cancelled():
    assert messages(COMPLETED) == (AlertTo(OLD, ALERT_CHANGED), AlertTo(NEW, ALERT_CHANGED))
    assert messages(CANCELLED) == ()


def test_an_old_landline_is_called_and_known_not_to_read_texts():
    change = request("B-1", LANDLINE, NEW, AT)
    assert messages(change) == (
        AlertTo(LANDLINE, ALERT_REQUESTED),
        CodeTo(LANDLINE, ACTION_OLD, change.binding, Channel.VOICE),
    )
    reason = untellable(LANDLINE)
    assert reason.code == "alert_without_texts"
    assert reason.message
    assert reason.message_zh
    assert untellable(OLD) is None


def test_a_step_names_whoever_is_not_known_to_have_been_told():
    outcomes = [Accepted("m-1"), None, Rejected("down"), Unknown("timeout"), Reason("alerts_full")]
    alerts = tuple([Told(ALERT_CHANGED, OLD, one) for one in outcomes])
    assert [one.failed for one in alerts] == [False, False, True, True, True]
    assert NumberChangeStep(change=ASKED, alerts=alerts).untold == (OLD, OLD, OLD)
    assert NumberChangeStep(change=ASKED, alerts=alerts[:2]).untold == ()


def test_neither_a_step_nor_an_alert_can_be_read_as_yes():
    for one in (NumberChangeStep(change=ASKED), Told(ALERT_CHANGED, OLD, Rejected("down"))):
        with pytest.raises(TypeError, match="no truth value"):
            bool(one)


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


def test_the_binding_is_of_both_numbers_in_their_order_and_of_the_asking():
    later = AT + timedelta(microseconds=1)
    asked = [(OLD, NEW, AT), (NEW, OLD, AT), (OLD, THIRD, AT), (THIRD, NEW, AT), (OLD, NEW, later)]
    assert len({request("B-1", *one).binding for one in asked}) == len(asked)


def test_the_binding_is_the_same_however_numbers_and_times_are_written():
    same = request(
        "B-1", PhoneNumber.parse("+8617400000001"), NEW, AT.astimezone(timezone(timedelta(hours=8)))
    )
    assert same.binding == ASKED.binding
    for later in (VOUCHED, READY, COMPLETED, CANCELLED):
        assert later.binding == ASKED.binding


def test_an_alert_is_named_by_stage_subject_and_numbers_never_by_time():
    assert request("B-1", OLD, NEW, AT + timedelta(hours=1)).event_id == ASKED.event_id
    others = [VOUCHED, COMPLETED, request("B-2", OLD, NEW, AT), request("B-1", OLD, THIRD, AT)]
    assert len({one.event_id for one in [ASKED, *others]}) == 5


def test_the_actions_are_three():
    assert len({ACTION_OLD, ACTION_NEW, ACTION_VOUCH}) == 3


@pytest.mark.parametrize("other", [request("B-1", OLD, THIRD, AT), request("B-1", OLD, NEW, AT + OPEN_FOR)])
def test_a_code_read_out_for_one_change_confirms_no_other(other):
    about = new_id("k1", bytes(16))

    def bound(change: NumberChange) -> Bound:
        return Bound(subject="B-1", action=ACTION_OLD, transaction=change.binding)

    code = derive(RING, about, bound(ASKED), phone=OLD.e164, digits=10)
    assert code != derive(RING, about, bound(other), phone=OLD.e164, digits=10)
    assert tag(RING, about, bound(ASKED), code) != tag(RING, about, bound(other), code)


NUMBERS = st.sampled_from([OLD, NEW, THIRD, LANDLINE, AMERICAN])
TIMES = st.datetimes(
    datetime(1970, 1, 2),
    datetime(2199, 1, 1),
    timezones=st.sampled_from(
        [UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-9, minutes=-30))]
    ),
)
CHANGES = st.builds(
    NumberChange,
    subject=st.text(min_size=1, max_size=200).filter(str.isprintable),
    old=NUMBERS,
    new=NUMBERS,
    requested_at=TIMES,
    confirmed_by=st.sampled_from([None, "old_number", "stronger_factor"]),
    new_confirmed=st.booleans(),
    completed_at=st.none() | TIMES,
    cancelled_at=st.none() | TIMES,
)


@given(CHANGES, st.binary(min_size=12, max_size=12))
def test_a_kept_change_is_the_same_change(change, nonce):
    token = token_of(change, RING, tenant="demo", nonce=nonce)
    again = change_of(token, RING, tenant="demo")
    assert again == change
    assert (again.stage, again.binding, again.event_id) == (change.stage, change.binding, change.event_id)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


TOKEN = token_of(READY, RING, tenant="demo", nonce=bytes(12))


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="utf-8"))
def test_a_token_with_any_sign_changed_is_no_change(at, sign):
    assume(TOKEN[at] != sign)
    assert change_of(TOKEN[:at] + sign + TOKEN[at + 1 :], RING, tenant="demo") is None


@pytest.mark.parametrize("subject", ["B", "BB", "BBB"])
def test_a_token_has_one_spelling(subject):
    token = token_of(evolve(READY, subject=subject), RING, tenant="demo", nonce=bytes(12))
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spelt = [token[:-1] + sign for sign in signs]
    assert [one for one in spelt if change_of(one, RING, tenant="demo") is not None] == [token]


@pytest.mark.parametrize(
    "token",
    ["", "nc1", "nc1.k1.", "nc1.k1.A", "nc1.k1.AAAA", TOKEN[:-1], TOKEN + "A", TOKEN + "=", None, b"nc1"],
)
def test_what_is_no_token_is_no_change(token):
    assert change_of(token, RING, tenant="demo") is None


def test_a_token_is_read_by_its_own_ring_and_lender_alone():
    other = KeyRing({"k1": b"o" * 32}, current="k1", index={"i1": b"i" * 32})
    assert change_of(TOKEN, other, tenant="demo") is None
    assert change_of(TOKEN, RING, tenant="another") is None
    assert change_of(TOKEN, RING, tenant="demo") == READY


def test_a_token_outlives_a_rotation_until_its_key_is_gone():
    keys = {"k1": b"k" * 32, "k2": b"2" * 32}
    rotated = KeyRing(keys, current="k2", index={"i1": b"i" * 32})
    assert change_of(TOKEN, rotated, tenant="demo") == READY
    assert token_of(READY, rotated, tenant="demo", nonce=bytes(12)).startswith("nc1.k2.")
    gone = KeyRing({"k2": b"2" * 32}, current="k2", index={"i1": b"i" * 32})
    assert change_of(TOKEN, gone, tenant="demo") is None


def test_a_token_tells_nothing():
    kept = urlsafe_b64decode(TOKEN.rpartition(".")[2] + "==")
    for plain in ("B-1", "17400000001", "17400000002", "old_number"):
        assert plain not in TOKEN
        assert plain.encode() not in kept


def test_a_number_that_no_plan_has_any_more_ends_its_change():
    void = PhoneNumber(Secret("+8610"), "CN", "****")
    token = token_of(evolve(ASKED, new=void), RING, tenant="demo", nonce=bytes(12))
    assert change_of(token, RING, tenant="demo") is None


def test_nothing_prints_a_number_a_subject_or_the_binding():
    step = NumberChangeStep(change=COMPLETED, alerts=(Told(ALERT_CHANGED, OLD, Accepted("m-1")),))
    printed = repr([ASKED, COMPLETED, step, *messages(ASKED), *messages(VOUCHED), *messages(COMPLETED)])
    for plain in (OLD.e164, NEW.e164, "17400000001", "17400000002", "B-1", ASKED.binding, ASKED.event_id):
        assert plain not in printed
