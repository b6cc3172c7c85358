"""The approval of a template: which version of its words who wrote, read and released, and when.

A text moves draft -> reviewed -> approved -> retired, one step at a time. Whoever approves it has neither written
nor reviewed it, so that no text reaches a borrower by one person's hand. An approval holds for one version of
the words (`Template.version`): with other words the template is a draft again.

>>> from datetime import date
>>> day = date(2026, 9, 1)
>>> text = Approval(template="reminder.due_in_3", locale="en", version="0a1b2c3d4e5f", drafted_by="e-104")
>>> text = advance(text, "reviewed", by="e-104", on=day)
>>> advance(text, "approved", by="e-104", on=day)
Traceback (most recent call last):
loansms.errors.TemplateError: reminder.due_in_3 [en]: approved_by: e-104 wrote or reviewed this text; \
expected another person
>>> advance(text, "approved", by="e-221", on=day).state.value
'approved'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NoReturn

from attrs import evolve, field, frozen

from loansms.errors import TemplateError

SHIPPED: Final = "shipped"
"""The source of the approval with which the built-in templates come."""

FILE: Final = "approvals.toml"
"""Where a folder of templates keeps its approvals, and the source of those."""

_LIBRARY: Final = "loansms"
_STAFF_ID: Final = re.compile(r"[\w.@-]{1,64}")
_LONGEST_NOTE: Final = 200


class ApprovalState(StrEnum):
    """How far a text has come; only APPROVED may go out through a provider that reaches people."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    RETIRED = "retired"


NEXT: Final[Mapping[ApprovalState, frozenset[ApprovalState]]] = MappingProxyType(
    {
        ApprovalState.DRAFT: frozenset({ApprovalState.REVIEWED}),
        ApprovalState.REVIEWED: frozenset({ApprovalState.APPROVED}),
        ApprovalState.APPROVED: frozenset({ApprovalState.RETIRED}),
        ApprovalState.RETIRED: frozenset(),
    }
)
"""From each state the states that may follow; changed words start anew as a draft."""

# What a state must be able to show. Retiring is a refusal, so it asks for nobody but who did it.
_SHOWN: Final[Mapping[ApprovalState, tuple[str, ...]]] = MappingProxyType(
    {
        ApprovalState.DRAFT: ("drafted",),
        ApprovalState.REVIEWED: ("drafted", "reviewed"),
        ApprovalState.APPROVED: ("drafted", "reviewed", "approved"),
        ApprovalState.RETIRED: ("retired",),
    }
)
_ACTS: Final = ("drafted", "reviewed", "approved", "retired")


@frozen(kw_only=True)
class ApprovalRow:
    """What stands in one row of ``approvals.toml``: staff ids, never names, and the days of each act."""

    template: str
    locale: str
    version: str
    state: ApprovalState = ApprovalState.DRAFT
    drafted_by: str = ""
    drafted_on: date | None = None
    reviewed_by: str = ""
    reviewed_on: date | None = None
    approved_by: str = ""
    approved_on: date | None = None
    retired_by: str = ""
    retired_on: date | None = None
    note: str = ""


@frozen(kw_only=True)
class Approval(ApprovalRow):
    """The approval of one version of one text; ``source`` says where it stands (`SHIPPED` or a file).

    Making one raises TemplateError when it claims a state that its people and days do not bear out: whoever
    approved is neither author nor reviewer, each act has its staff id and its day, the days run forward. The
    author may review the own text: two people are enough, but never one.
    """

    source: str = field(default=FILE, eq=False)

    def __attrs_post_init__(self) -> None:
        if self.source != SHIPPED:
            _people(self)
            _days(self)
            _note(self)

    @classmethod
    def shipped(cls, template: str, locale: str, version: str) -> Approval:
        """Return the approval that a built-in text comes with, pinned to the words it is shipped with."""
        return cls(
            template=template,
            locale=locale,
            version=version,
            state=ApprovalState.APPROVED,
            approved_by=_LIBRARY,
            source=SHIPPED,
        )

    @property
    def place(self) -> str:
        """How errors name it: id and locale."""
        return f"{self.template} [{self.locale}]"


def advance(approval: Approval, to: ApprovalState | str, *, by: str, on: date, note: str = "") -> Approval:
    """Return `approval` one step further, done by the staff id `by` on the day `on`.

    Raise TemplateError for a step that is not the next one, for a person who may not take it, for an empty
    staff id, and for a day before that of the step before.
    """
    wanted = _state(approval, to)
    if not may_follow(approval.state, wanted):
        _jump(approval, wanted)
    done: dict[str, Any] = {f"{wanted.value}_by": by, f"{wanted.value}_on": on}
    return evolve(approval, state=wanted, note=note or approval.note, source=FILE, **done)


def may_follow(state: ApprovalState, to: ApprovalState) -> bool:
    """Return whether `to` is a next step of `state`, whoever takes it."""
    return to in NEXT[state]


def _state(approval: Approval, to: ApprovalState | str) -> ApprovalState:
    try:
        return ApprovalState(to)
    except ValueError:
        known = ", ".join(ApprovalState)
        raise TemplateError(
            f"{approval.place}: state: expected one of {known}",
            f"{approval.place}：state：应为 {known} 之一",
        ) from None


def _jump(approval: Approval, wanted: ApprovalState) -> NoReturn:
    after = ", ".join(sorted(NEXT[approval.state]))
    told = f"expected {after} next" if after else "nothing follows; change the words to start a new version"
    told_zh = f"下一步应为 {after}" if after else "其后没有状态；修改文案即产生新版本"
    raise TemplateError(
        f"{approval.place}: state: {approval.state.value} cannot become {wanted.value}; {told}",
        f"{approval.place}：state：{approval.state.value} 不能变为 {wanted.value}；{told_zh}",
    )


def _people(approval: Approval) -> None:
    shown = _SHOWN[approval.state]
    for act in _ACTS:
        who: object = getattr(approval, f"{act}_by")
        if (who or act in shown) and not (isinstance(who, str) and _STAFF_ID.fullmatch(who)):
            _wrong(
                approval,
                f"{act}_by",
                "expected a staff id (letters, digits, . _ - @)",
                "应为员工编号（字母、数字、. _ - @）",
            )
    author, reviewer, approver = (
        _same_person(one) for one in (approval.drafted_by, approval.reviewed_by, approval.approved_by)
    )
    if approver and approver in {author, reviewer}:
        _wrong(
            approval,
            "approved_by",
            f"{approval.approved_by} wrote or reviewed this text; expected another person",
            f"{approval.approved_by} 是该文案的撰写人或复核人；应由另一人批准",
        )


def _days(approval: Approval) -> None:
    # The day of the draft is often not known; those of the acts that release or stop a text are.
    before: date | None = None
    for act in _ACTS:
        day: object = getattr(approval, f"{act}_on")
        if day is None and (act == "drafted" or act not in _SHOWN[approval.state]):
            continue
        if not isinstance(day, date) or isinstance(day, datetime):
            _wrong(approval, f"{act}_on", "expected a date such as 2026-09-01", "应为日期，如 2026-09-01")
        if before is not None and day < before:
            _wrong(
                approval,
                f"{act}_on",
                f"expected a day not before {before}, the day of the step before",
                f"不应早于上一步的日期 {before}",
            )
        before = day


def _note(approval: Approval) -> None:
    if len(approval.note) > _LONGEST_NOTE or not approval.note.isprintable():
        _wrong(
            approval,
            "note",
            f"expected one line of at most {_LONGEST_NOTE} characters",
            f"应为不超过 {_LONGEST_NOTE} 个字符的单行文本",
        )


def _same_person(staff_id: str) -> str:
    """Return an id as two spellings of it compare: case and width do not make a second person."""
    return unicodedata.normalize("NFKC", staff_id).casefold()


def _wrong(approval: Approval, key: str, expected: str, zh: str) -> NoReturn:
    raise TemplateError(f"{approval.place}: {key}: {expected}", f"{approval.place}：{key}：{zh}")
