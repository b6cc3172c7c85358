"""What a manager reads of an experiment: stop rules first, then the outcome, in words that fit the counts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loansms.errors import CallerError
from loansms.insights import figures_wording, read_out_wording
from loansms.insights.experiment import Arm, Experiment, Verdict, count_arms, read_out, read_out_html

USUAL = Arm(name="usual", borrowers=4000, outcome=1360, harms={"complained": 8, "opted_out": 20})
WARM = Arm(name="warm", borrowers=4010, outcome=1604, harms={"complained": 9, "opted_out": 24})
OUTCOME = ("paid within 7 days", "7 天内还款")
HOSTILE = "<script>alert(1)</script>"


def test_a_clear_gain_without_harm_is_a_decision() -> None:
    read = read_out([USUAL, WARM], outcome=OUTCOME)
    assert read.verdict is Verdict.BETTER
    assert not read.verdict.stops
    assert read.told() == (
        "Decide: “warm” is better than “usual” on paid within 7 days: +6.0 percentage points (95 % interval +2.7 to +9.3). "
        "No harm passed its limit."
    )
    assert read.told("zh-CN") == (
        "可以决定：就“7 天内还款”而言，“warm”优于“usual”：+6.0 个百分点（95 % 区间 +2.7 至 +9.3）。各项负面指标均未越限。"
    )


def test_a_gain_that_borrowers_pay_for_stops_the_experiment() -> None:
    read = read_out([USUAL, evolve(WARM, harms={"complained": 40, "opted_out": 24})])
    assert read.verdict is Verdict.STOP_HARM
    assert read.passed == (("warm", "complained"),)
    assert "“complained” in “warm” passed the limit" in read.told()
    assert "“warm”的“投诉”" in read.told("zh-CN")


def test_a_harm_stops_even_where_the_control_knows_none_at_all() -> None:
    calm = evolve(USUAL, harms={"complained": 0, "opted_out": 20})
    read = read_out([calm, evolve(WARM, harms={"complained": 12, "opted_out": 24})])
    assert read.verdict is Verdict.STOP_HARM
    (complained, _) = read.comparisons[0].harms
    assert complained.effect.told == "no_variance"
    assert complained.p_value < 0.001


def test_more_harm_than_chance_within_what_was_allowed_does_not_stop() -> None:
    more = evolve(WARM, harms={"complained": 30, "opted_out": 24})
    assert read_out([USUAL, more]).verdict is Verdict.STOP_HARM
    assert read_out([USUAL, more], limits={"complained": 0.01}).verdict is Verdict.BETTER


def test_a_broken_split_comes_before_everything() -> None:
    read = read_out([USUAL, evolve(WARM, borrowers=4600, harms={"complained": 90, "opted_out": 24})])
    assert read.verdict is Verdict.STOP_SPLIT
    assert "p < 0.001" in read.told()


def test_the_split_is_held_against_the_weights_of_the_experiment() -> None:
    third = evolve(WARM, borrowers=2000, outcome=700, harms={"complained": 4, "opted_out": 10})
    assert read_out([USUAL, third]).verdict is Verdict.STOP_SPLIT
    tone = Experiment(name="tone", arms={"usual": 2, "warm": 1})
    read = read_out([USUAL, third], experiment=tone)
    assert (read.experiment, read.verdict) == ("tone", Verdict.OPEN)


def test_a_fixed_interval_waits_for_its_size() -> None:
    early = read_out([USUAL, WARM], sequential=False, planned=20_000)
    assert early.verdict is Verdict.WAIT
    assert "8,010 of 20,000" in early.told()
    assert read_out([USUAL, WARM], sequential=False, planned=8000).verdict is Verdict.BETTER
    with pytest.raises(CallerError, match=r"^planned"):
        read_out([USUAL, WARM], sequential=False)


def test_less_is_better_where_it_is_said_so() -> None:
    assert read_out([WARM, USUAL], higher_is_better=False).verdict is Verdict.BETTER
    assert read_out([WARM, USUAL]).verdict is Verdict.WORSE
    assert "Keep “warm”" in read_out([WARM, USUAL]).told()


def test_where_nothing_can_be_computed_the_reader_is_told() -> None:
    read = read_out([evolve(USUAL, outcome=0), WARM])
    assert read.verdict is Verdict.CANNOT_TELL
    assert read.told().startswith("Cannot be computed")
    page = read_out_html(read)
    assert "cannot be computed" in page
    assert "[-100.0" not in page


def test_several_arms_share_alpha_and_the_best_is_named() -> None:
    third = Arm(name="short", borrowers=4005, outcome=1700, harms=USUAL.harms)
    read = read_out([USUAL, WARM, third])
    assert [one.effect.alpha for one in read.comparisons] == [0.025, 0.025]
    assert read.best is not None
    assert read.best.arm.name == "short"


def test_the_holdout_is_the_control_and_is_called_by_a_name() -> None:
    tone = Experiment(name="tone", arms={"usual": 1, "warm": 1}, holdout=2)
    ids = [f"B-{number}" for number in range(2000)]
    arms = count_arms(tone, [*ids, *ids], set(ids[::3]), {"complained": set(ids[:9])})
    assert [one.name for one in arms] == ["", "usual", "warm"]
    assert sum(one.borrowers for one in arms) == 2000
    assert sum(one.outcome for one in arms) == len(ids[::3])
    assert sum(one.harms["complained"] for one in arms) == 9
    read = read_out(arms, experiment=tone)
    assert not read.verdict.stops
    assert "holdout" in read.told()
    assert "对照留存组" in read.told("zh-CN")


def test_an_effect_without_a_harm_beside_it_says_so() -> None:
    arms = [evolve(one, harms={}) for one in (USUAL, WARM)]
    assert "No harm was counted" in read_out(arms).told()
    assert "未统计任何负面指标" in read_out_html(read_out(arms), "zh-CN")


@given(st.data())
def test_whatever_was_counted_there_is_a_verdict_a_sentence_and_a_page(data: st.DataObject) -> None:
    arms: list[Arm] = []
    for name in "abc"[: data.draw(st.integers(2, 3))]:
        n = data.draw(st.integers(0, 60))
        counts = [data.draw(st.integers(0, n)) for _ in range(2)]
        arms.append(Arm(name=name, borrowers=n, outcome=counts[0], harms={"complained": counts[1]}))
    read = read_out(arms)
    for lang in ("en", "zh-CN"):
        assert "{" not in read.told(lang)
        assert "nan" not in read_out_html(read, lang)
    assert "<table" in read._repr_html_()


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_page_reads_offline_and_nothing_hostile_gets_in(lang: str) -> None:
    arms = [evolve(USUAL, name=HOSTILE, harms={HOSTILE: 3}), evolve(WARM, harms={HOSTILE: 3})]
    page = read_out_html(read_out(arms, experiment=HOSTILE, outcome=(HOSTILE, HOSTILE)), lang)
    assert "<script" not in page
    assert not re.search(r"https?:|url\(|@import", page)
    assert "<svg" in page
    assert f'lang="{lang}"' in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"arms": [USUAL]}, "arms"),
        ({"arms": [USUAL, USUAL]}, "arms"),
        ({"arms": [USUAL, evolve(WARM, harms={})]}, "arms"),
        ({"control": "nobody"}, "control"),
        ({"weights": {"usual": 1}}, "weights"),
        ({"limits": {"overdraft": 0.1}}, "limits"),
        ({"limits": {"complained": -0.1}}, "limits"),
        ({"alpha": 2}, "alpha"),
        ({"sequential": False, "planned": -1}, "planned"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(change: dict[str, Any], said: str) -> None:
    arms = change.pop("arms", [USUAL, WARM])
    with pytest.raises(CallerError, match=f"^{said}: ") as caught:
        read_out(arms, **change)
    assert caught.value.zh


def test_an_arm_counts_borrowers_and_not_events() -> None:
    with pytest.raises(CallerError, match=r"^warm\.outcome"):
        Arm(name="warm", borrowers=10, outcome=11)
    with pytest.raises(CallerError, match=r"^holdout\.harms\.complained"):
        Arm(name="", borrowers=10, outcome=1, harms={"complained": 12})


def test_every_wording_has_both_languages_and_the_same_gaps() -> None:
    for key, (english, chinese) in {**read_out_wording.WORDS, **figures_wording.WORDS}.items():
        assert english, key
        assert re.search(r"[\u4e00-\u9fff、“”]", chinese) or key.startswith(("head.p", "head.control")), key
        assert sorted(set(re.findall(r"{\w+}", english))) == sorted(set(re.findall(r"{\w+}", chinese))), key
