"""Who belongs to which arm: for good, by borrower, in the shares asked for."""

from __future__ import annotations

from collections import Counter

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.parts import noon, policy, step

from loansms.model import History
from loansms.model.examples import account, borrower
from loansms.policy import Experiment, StepDue, assign
from loansms.policy.arms import bucket, fnv1a

IDS = st.text(min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("seed", "unit", "place"),
    [("seed", "a", 0.0505), ("seed", "b", 0.2696), ("foo", "ab", 0.2575), ("foo", "def", 0.2019)],
)
def test_places_are_those_of_growthbook(seed: str, unit: str, place: float) -> None:
    assert bucket(seed, unit) == place


@pytest.mark.parametrize(("text", "digest"), [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)])
def test_digests_are_those_of_the_published_tables(text: str, digest: int) -> None:
    assert fnv1a(text) == digest


def test_text_beyond_ascii_is_hashed_as_utf_8() -> None:
    assert fnv1a("é") == fnv1a(b"\xc3\xa9".decode())
    assert fnv1a("张") == 0x811C9DC5 * 0 + _by_hand("张".encode())


def _by_hand(data: bytes) -> int:
    digest = 2166136261
    for byte in data:
        digest = ((digest ^ byte) * 16777619) % 2**32
    return digest


@given(unit=IDS, other=IDS)
def test_an_arm_is_the_borrower_s_own_and_asks_for_nothing_else(unit: str, other: str) -> None:
    arms = ["a", "b", "c"]
    first = assign(unit, "x", arms)
    assign(other, "x", arms)
    assert assign(unit, "x", arms) == first
    assert first in arms


@given(unit=IDS, weights=st.lists(st.integers(0, 5), min_size=1, max_size=5).filter(any))
def test_nobody_is_in_an_arm_without_weight(unit: str, weights: list[int]) -> None:
    arms = [str(at) for at in range(len(weights))]
    assert weights[int(assign(unit, "x", arms, weights))] > 0


@given(
    unit=IDS, weights=st.lists(st.integers(0, 5), min_size=2, max_size=4).filter(any), by=st.integers(1, 9)
)
def test_shares_count_and_not_their_sum(unit: str, weights: list[int], by: int) -> None:
    arms = [str(at) for at in range(len(weights))]
    assert assign(unit, "x", arms, weights) == assign(unit, "x", arms, [weight * by for weight in weights])


def test_shares_are_kept_over_many_borrowers() -> None:
    tone = Experiment(name="tone", arms={"usual": 6, "warm": 3}, holdout=1)
    told = Counter(tone.arm(f"B-{number}") for number in range(20_000))
    # Four standard deviations of a share are at most 0.0139 here.
    for arm, share in (("usual", 0.6), ("warm", 0.3), ("", 0.1)):
        assert told[arm] / 20_000 == pytest.approx(share, abs=0.014)


@given(unit=IDS)
def test_the_order_in_which_arms_are_written_moves_nobody(unit: str) -> None:
    """Two files of one version give one arm: the digest of a policy does not see the order of its keys."""
    one = Experiment(name="tone", arms={"usual": 1, "warm": 2}, holdout=1)
    other = Experiment(name="tone", arms={"warm": 2, "usual": 1}, holdout=1)
    assert one.arm(unit) == other.arm(unit)
    first, second = (policy(step(1, experiment="tone"), experiments=[each]) for each in (one, other))
    assert first.version == second.version


def test_without_a_holdout_everybody_is_in_an_arm() -> None:
    tone = Experiment(name="tone", arms={"usual": 1, "warm": 0})
    assert {tone.arm(f"B-{number}") for number in range(2_000)} == {"usual"}


@pytest.mark.parametrize(
    ("arms", "weights"), [([], None), (["a"], [1, 2]), (["a"], [0]), (["a", "b"], [-1, 2])]
)
def test_weights_that_are_none_are_refused(arms: list[str], weights: list[float] | None) -> None:
    with pytest.raises(ValueError, match="arms: expected one or more"):
        assign("B-1", "x", arms, weights)


def test_two_loans_of_one_borrower_are_in_one_arm_and_hear_one_text() -> None:
    tone = Experiment(name="tone", arms={"usual": 1, "warm": 1}, holdout=1)
    one = policy(
        step(1, id="base"),
        step(1, id="usual", priority=61, experiment="tone", arm="usual"),
        step(1, id="warm", priority=61, experiment="tone", arm="warm"),
        experiments=[tone],
    )
    for number in range(60):
        name = f"B-{number}"
        loans = [account(loan_id=loan, borrower=borrower(borrower_id=name)) for loan in ("L-1", "L-2")]
        due = [one.next_step(loan, History(), (), noon(1)) for loan in loans]
        said = {each.step for each in due if isinstance(each, StepDue)}
        assert said == {tone.arm(name) or "base"}


def test_another_experiment_shuffles_anew() -> None:
    one, other = (Experiment(name=name, arms={"a": 1, "b": 1}) for name in ("one", "other"))
    pairs = Counter((one.arm(f"B-{number}"), other.arm(f"B-{number}")) for number in range(4_000))
    assert min(pairs.values()) > 800
    assert attrs.evolve(one, name="other") == other
