"""A store whose verbs are timed while a service uses it, so that one step tells both what it took and whose."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from loansms.otp.admission import Bucket
from loansms.otp.budget import FailureLimits
from loansms.otp.challenge import Attempt, Checked, NewChallenge
from loansms.otp.verdict import VerdictKind
from loansms.stores import CodeStore, Guarantees, Opening


class Watched:
    """The verbs that issuing, checking and redeeming need, each passed on; `took` holds seconds by verb."""

    def __init__(self, store: CodeStore) -> None:
        self._store = store
        self.took: dict[str, list[float]] = defaultdict(list)

    def guarantees(self) -> Guarantees:
        return self._store.guarantees()

    def open_challenge(
        self, new: NewChallenge, buckets: Sequence[Bucket], limits: FailureLimits, now: int | None = None
    ) -> Opening:
        began = time.perf_counter()
        answer = self._store.open_challenge(new, buckets, limits, now)
        self.took["open"].append(time.perf_counter() - began)
        return answer

    def check_code(
        self, challenge_id: str, attempt: Attempt, limits: FailureLimits, now: int | None = None
    ) -> Checked:
        began = time.perf_counter()
        answer = self._store.check_code(challenge_id, attempt, limits, now)
        self.took[answer.kind.value].append(time.perf_counter() - began)
        return answer

    def redeem_grant(self, challenge_id: str, grant: bytes, now: int | None = None) -> bool:
        return self._store.redeem_grant(challenge_id, grant, now)


class Later(Watched):
    """Answers a check as it will be answered and keeps the question, to be asked in a turn without the service."""

    def __init__(self, store: CodeStore) -> None:
        super().__init__(store)
        self.kept: list[tuple[str, Attempt, FailureLimits]] = []
        self.kind = VerdictKind.WRONG

    def check_code(
        self, challenge_id: str, attempt: Attempt, limits: FailureLimits, now: int | None = None
    ) -> Checked:
        self.kept.append((challenge_id, attempt, limits))
        return Checked(kind=self.kind, at=now or 0)

    def ask(self, question: tuple[str, Attempt, FailureLimits]) -> None:
        if self._store.check_code(*question).kind is not self.kind:
            raise AssertionError(f"the benchmark measures {self.kind}")


def timed(act: Callable[[Any], object], one: Any) -> float:
    """Return the seconds of one call."""
    began = time.perf_counter()
    act(one)
    return time.perf_counter() - began
