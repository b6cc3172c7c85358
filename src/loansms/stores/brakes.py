"""The brakes: a stop of everything, or of one tenant, template, stage, step or route, asked inside every claim.

>>> from datetime import UTC, datetime
>>> halt = Stop(scope=StopScope.TEMPLATE, value="collection.early", at=datetime(2026, 9, 24, tzinfo=UTC), by="desk-1", why="wrong date")
>>> halt.halts({StopScope.TEMPLATE: "collection.early"}), halt.halts({StopScope.TEMPLATE: "reminder.due_in_3"})
(True, False)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from loansms.clock import require_aware
from loansms.errors import CallerError
from loansms.model import Reason


class StopScope(StrEnum):
    """What a stop is about; ALL has the value "", STEP the id of a policy's step."""

    ALL = "all"
    TENANT = "tenant"
    TEMPLATE = "template"
    STAGE = "stage"
    STEP = "step"
    ROUTE = "route"


@frozen(kw_only=True)
class Stop:
    """Nothing of `scope` and `value` is claimed until somebody resumes it: since when, by whom, and why."""

    scope: StopScope
    value: str = ""
    at: datetime = field(converter=require_aware)
    by: str
    why: str = ""

    def __attrs_post_init__(self) -> None:
        if (self.scope is StopScope.ALL) != (not self.value):
            raise CallerError(
                f"value: expected {'none' if self.value else 'one'} for the scope {self.scope.value}",
                f"value：范围为 {self.scope.value} 时{'不应填写' if self.value else '须填写'}",
            )

    def halts(self, named: Mapping[StopScope, str]) -> bool:
        """Return whether a claim of these tenant, template, stage, step and route is halted."""
        return self.scope is StopScope.ALL or named.get(self.scope) == self.value

    @property
    def reason(self) -> Reason:
        """The reason a claim is told: it waits, and goes on when the stop is taken back."""
        what = f"{self.scope.value} {self.value}".strip()
        return Reason(
            "stopped",
            "house",
            f"Sending is stopped ({what}); it goes on when a named person resumes it.",
            severity="defer",
            message_zh=f"发送已暂停（{what}），须由指定人员恢复。",
        )
