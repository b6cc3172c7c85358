"""A policy: stages and steps as data, asked for the step of one account, checked, and compared.

>>> plain = Policy.preset("cn-consumer")
>>> more = Policy.preset("cn-consumer", options=("3-2-1",))
>>> [step.id for step in plain.steps][:3]
['t-7', 't-3', 't-0']
>>> [change.told() for change in plain.diff(more)]
['step "t-1" added: day -1, reminder.due_in_1', 'step "t-2" added: day -2, reminder.due_in_2']
>>> plain.version == more.version
False
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Self

from attrs import field, frozen

from loansms.clock import require_aware
from loansms.model import Account, History, Hold, HoldKind, RecipientRole
from loansms.policy import check, diff, due
from loansms.policy.arms import Experiment
from loansms.policy.audience import Audience
from loansms.policy.columns import Kind
from loansms.policy.dated import beside
from loansms.policy.diff import Content
from loansms.policy.eligible import Eligible, Tracks
from loansms.policy.faults import find_faults, joined_faults, refuse
from loansms.policy.files import PolicyContent, read_policy, read_preset
from loansms.policy.ladder import Ladder
from loansms.policy.pinning import version
from loansms.policy.stages import Stage, Step


@frozen(kw_only=True)
class Policy:
    """Stages and steps without faults; built from a file, a preset or in code.

    ``columns`` are the lender's own columns of the book that audiences and anchors name, with their kinds;
    ``experiments`` what arms there are; ``promise_grace_days`` how long a promise is waited for beyond its day;
    ``joined`` the template, by purpose, in which several due loans of one borrower are told together. Raise PolicyError
    for stages that leave gaps or overlap and for steps that cannot be.
    """

    name: str
    stages: tuple[Stage, ...] = field(converter=tuple[Stage, ...])
    steps: tuple[Step, ...] = field(converter=tuple[Step, ...])
    columns: Mapping[str, Kind] = field(factory=dict[str, Kind], hash=False)
    experiments: tuple[Experiment, ...] = field(default=(), converter=tuple[Experiment, ...])
    promise_grace_days: int = 0
    joined: Mapping[str, str] = field(factory=dict[str, str], hash=False)

    def __attrs_post_init__(self) -> None:
        refuse(
            self.name,
            [
                *find_faults(
                    self.stages, self.steps, self.columns, self.experiments, self.promise_grace_days
                ),
                *joined_faults(self.joined),
            ],
        )

    @classmethod
    def preset(cls, name: str, options: Iterable[str] = ()) -> Self:
        """Return a shipped policy ("cn-consumer", "us-first-party") with the chosen `options`."""
        return cls._of(read_preset(name, options))

    @classmethod
    def load(cls, path: str | Path, options: Iterable[str] = ()) -> Self:
        """Return the policy in a TOML file; raise PolicyError naming file, key and what was expected."""
        return cls._of(read_policy(path, options))

    @classmethod
    def named(cls, policy: Self | str | Path, options: Iterable[str] = ()) -> Self:
        """Return the policy itself, the file at a path or a name that ends in .toml, or the preset so named."""
        if isinstance(policy, cls):
            return policy
        if isinstance(policy, Path) or str(policy).endswith(".toml"):
            return cls.load(str(policy), options)
        return cls.preset(str(policy), options)

    @classmethod
    def _of(cls, content: PolicyContent) -> Self:
        return cls(
            name=content.name,
            stages=content.stages,
            steps=content.steps,
            columns=content.columns,
            experiments=content.experiments,
            promise_grace_days=content.promise_grace_days,
            joined=content.joined,
        )

    @cached_property
    def version(self) -> str:
        """The name and a digest of the content: what a running case is pinned to."""
        return version(
            self.name,
            self.stages,
            self.steps,
            self.columns,
            self.experiments,
            self.promise_grace_days,
            self.joined,
        )

    @cached_property
    def ladder(self) -> Ladder:
        """The borrower's steps in the order of their days, whoever they are for."""
        return Ladder(self.stages, [step for step in self.steps if step.recipient is RecipientRole.BORROWER])

    @cached_property
    def eligible(self) -> Eligible:
        """The steps with the audiences and arms they are for."""
        audiences = {step.audience: self._audience(step) for step in self.steps if step.audience}
        return Eligible(self.stages, self.steps, audiences, {one.name: one for one in self.experiments})

    def _audience(self, step: Step) -> Audience:
        return Audience.parse(step.audience, self.columns)

    @cached_property
    def asked_columns(self) -> frozenset[str]:
        """The columns of an account that the audience, the anchor or the hour of some step asks for."""
        asked = {name for one in self.eligible.asked for name in one.columns}
        hours = {str(step.send_at) for step in self.steps if step.send_at is not None}
        return frozenset(asked | hours | {step.anchor for step in self.steps if step.dated})

    @cached_property
    def named_columns(self) -> frozenset[str]:
        """The lender's own columns among those."""
        return self.asked_columns & set(self.columns)

    def next_step(
        self, account: Account, history: History, holds: Iterable[Hold], now: datetime
    ) -> due.StepDue | due.NothingDue:
        """Return the one step due for `account` at `now` (aware), or why there is none.

        `history` tells which steps were done or had to wait, `holds` what stops the ladder beside the
        promise the account itself may state. Dates are the borrower's own, where they most likely are. Where several
        speak to the borrower, the highest priority is the answer; `steps_due` gives them all.
        """
        answer, *others = self.steps_due(account, history, holds, now)
        theirs = [
            one
            for one in (answer, *others)
            if isinstance(one, due.StepDue) and one.recipient is RecipientRole.BORROWER
        ]
        return max(theirs, key=lambda one: one.priority, default=answer)

    def steps_due(
        self, account: Account, history: History, holds: Iterable[Hold], now: datetime
    ) -> tuple[due.StepDue | due.NothingDue, ...]:
        """Return every step due for `account` at `now`: first the answer of the borrower's own ladder, a step or why none.

        After it come, where they are due, the steps for other recipients the account has, and those beside the
        ladder: dates of their own and duties.
        """
        today = account.borrower.local_date(require_aware(now))
        active = self._active(account, holds, today)
        tracks = self.eligible.of(account, today)
        return tuple(self._answers(tracks, account, history, active, today))

    def _answers(
        self, tracks: Tracks, account: Account, history: History, active: Sequence[Hold], today: date
    ) -> Iterable[due.StepDue | due.NothingDue]:
        for role, ladder in tracks.ladders.items():
            if role is RecipientRole.BORROWER:
                yield due.next_step(ladder, self.version, account, history, active, today)
        for role, ladder in tracks.ladders.items():
            if role is RecipientRole.BORROWER or not account.has(role):
                continue
            found = due.next_step(ladder, self.version, account, history, active, today)
            if isinstance(found, due.StepDue):
                yield found
        for one in beside(tracks.beside, self.version, account, history, active, today):
            if account.has(one.recipient):
                yield one

    def _active(self, account: Account, holds: Iterable[Hold], today: date) -> list[Hold]:
        # The day of a promise passes before the bank books the payment: the ladder waits some days more.
        waited = today - timedelta(days=self.promise_grace_days)
        return [
            hold
            for hold in (*account.holds, *holds)
            if hold.active(waited if hold.kind is HoldKind.PROMISE else today, account.loan_id)
        ]

    def check(
        self,
        catalogue: check.CatalogueLike | None = None,
        packs: Sequence[check.PackLike] = (),
        languages: Sequence[str] = (),
    ) -> list[check.Finding]:
        """Return what would go wrong with this policy, the gravest first; an empty list is a clean policy.

        `languages` are those the book needs. `packs` are asked together about a loan of which everything speaks for
        sending: what is refused or too much even then is found here; the rest is judged when an account is planned.
        """
        subject = check.Subject(
            self.stages, self.steps, self.eligible.audiences, self.experiments, self.joined
        )
        return check.find(subject, catalogue, packs, languages)

    def diff(self, other: Self) -> tuple[diff.Change, ...]:
        """Return what changes for a lender who goes from this policy to `other`."""
        return diff.compare(self._content, other._content)

    @property
    def _content(self) -> Content:
        return Content(
            name=self.name,
            stages=self.stages,
            steps=self.steps,
            columns=self.columns,
            experiments=self.experiments,
            promise_grace_days=self.promise_grace_days,
            joined=self.joined,
        )
