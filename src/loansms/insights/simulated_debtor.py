"""One debtor's life in a simulation, day by day: what they are sent, what they do then, what they pay.

Each day is planned by `loansms.portfolio.plan_rows` over the debtor's own rows, the very plan of a real day; a day on
which the policy has nothing to say is not planned at all. What is deferred to a later hour of the day is planned
again at that hour. Sending is the one thing made up: a row that may be sent becomes a contact, and nobody is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from attrs import define, evolve, field, frozen

from loansms.insights.behaviour import Behaviour, luck
from loansms.insights.happenings import Event, Happening, of_row
from loansms.insights.simulated_loan import fallen_due, paid_in_full, paid_in_part
from loansms.model import (
    Account,
    Channel,
    Contact,
    ContactKind,
    History,
    RecipientRole,
    StepMark,
)
from loansms.planning import PlanDecision, PlanRow
from loansms.policy import Policy, StepDue
from loansms.portfolio import Book, BookRow, PlanRules, plan_rows
from loansms.services.sending.claims import waits_until

# Each look passes one window or cap; a day holds few of them.
_LOOKS: Final = 8
_REPLIES_AFTER: Final = timedelta(minutes=30)


@frozen(kw_only=True)
class World:
    """What all debtors of one version live in; `rules` gives what a day is planned by."""

    policy: Policy
    rules: Callable[[datetime], PlanRules]
    behaviour: Behaviour
    seed: int
    caps: frozenset[str]


@define
class SimulatedDebtor:
    """One debtor with their loans, and what has happened to them so far.

    ``key`` is the debtor's in the ledger; ``book`` holds their rows alone, with what any row of theirs refuses.
    """

    world: World
    key: str
    book: Book
    history: History
    events: list[Event] = field(factory=list[Event])
    accounts: list[Account] = field(init=False)
    _read_on: dict[str, date] = field(factory=dict[str, date])
    _told: set[tuple[StepMark, str, str]] = field(factory=set[tuple[StepMark, str, str]])
    _reached: Counter[tuple[str, date]] = field(factory=Counter[tuple[str, date]])

    def __attrs_post_init__(self) -> None:
        self.accounts = [row.account for row in self.book.rows]

    def live(self, now: datetime) -> None:
        """Live one day whose run is at `now` (aware)."""
        today = self.accounts[0].borrower.local_date(now)
        self.accounts = [fallen_due(evolve(one, as_of=today), today) for one in self.accounts]
        self._hear(now, today)
        self.accounts = [self._pays(one, today) for one in self.accounts]

    def _hear(self, now: datetime, today: date) -> None:
        """Plan and send until nothing more is lawful before the day is over."""
        at = now
        for _ in range(_LOOKS):
            if not self._anything_due(at):
                return
            planned = self._plan(at)
            self._remember_waiting(planned, today)
            sent = [one for one in planned if one.decision is PlanDecision.SEND]
            if self._send_all(sent, at, today):
                continue
            later = [until for one in planned if (until := waits_until(one)) and until > at]
            ahead = [one for one in later if self.accounts[0].borrower.local_date(one) == today]
            if not ahead:
                return
            at = min(ahead).astimezone(now.tzinfo)

    def _send_all(self, rows: Sequence[PlanRow], at: datetime, today: date) -> bool:
        """Send rows, the most urgent first; return whether the debtor refused in between, and the rest is asked anew."""
        for place, row in enumerate(sorted(rows, key=_urgency), 1):
            refused = self.history.opted_out
            self._send(row, at, today)
            if self.history.opted_out != refused:
                return place < len(rows)
        return False

    def _anything_due(self, at: datetime) -> bool:
        steps = self.world.policy.steps_due
        return any(
            isinstance(due, StepDue) for one in self.accounts for due in steps(one, self.history, (), at)
        )

    def _plan(self, at: datetime) -> list[PlanRow]:
        rows = tuple(
            BookRow(row.line, account) for row, account in zip(self.book.rows, self.accounts, strict=True)
        )
        planned = plan_rows(
            evolve(self.book, rows=rows),
            setup=self.world.rules(at),
            now=at,
            histories={self.key: self.history},
        )
        return [one for _, one in planned]

    def _remember_waiting(self, planned: Sequence[PlanRow], today: date) -> None:
        kinds = {PlanDecision.DEFER: Happening.DEFERRED, PlanDecision.DENY: Happening.DENIED}
        for row in planned:
            if row.decision in kinds:
                self._kept_back(row, kinds[row.decision], today)
        waiting = {one.mark for one in planned if waits_until(one) is not None}
        if not waiting <= self.history.deferred:
            self.history = evolve(self.history, deferred=self.history.deferred | waiting)

    def _kept_back(self, row: PlanRow, what: Happening, today: date) -> None:
        key = (row.mark, what, row.reason)
        if key not in self._told:
            self._told.add(key)
            capped = any(one.rule_id in self.world.caps for one in row.reasons)
            self.events.append(of_row(row, today, what, capped=capped))

    def _send(self, row: PlanRow, at: datetime, today: date) -> None:
        if row.channel is None:
            return
        full = next((one for one in row.limits if self._fills(one.counts, row.loan_id) >= one.count), None)
        if full is not None:  # as the store counts again in its claim: what went before it today
            refused = evolve(row, reasons=(full.reason, *row.reasons))
            self._kept_back(refused, Happening.DENIED, today)
            return
        marks = {one.mark for one in (row, *row.joined)}
        contact = Contact(channel=row.channel, at=at, purpose=row.purpose, loan_id=row.loan_id)
        self.history = evolve(
            self.history,
            contacts=(*self.history.contacts, contact),
            done=self.history.done | marks,
            deferred=self.history.deferred - marks,
        )
        if row.channel is Channel.AGENT:
            self.events.append(of_row(row, today, Happening.HANDOVER, at=at))
            return
        self.events.append(of_row(row, today, Happening.MESSAGE, at=at))
        self.events += [of_row(one, today, Happening.JOINED) for one in row.joined]
        self._react(row, at, today)

    def _fills(self, counts: Callable[[Contact, str | None], bool], loan_id: str) -> int:
        return sum(counts(one, loan_id) for one in self.history.contacts)

    def _react(self, row: PlanRow, at: datetime, today: date) -> None:
        """Draw what the reader does with a message; only the borrower replies, refuses or pays."""
        behaviour, loan_id = self.world.behaviour, row.loan_id
        self._reached[loan_id, today] += 1
        place = self._reached[loan_id, today]

        def happens(kind: str, chance: float, who: str = loan_id) -> bool:
            return luck(self.world.seed, who, today, f"{kind} {place}") < chance

        if not happens("delivered", behaviour.delivered):
            return
        self.events.append(of_row(row, today, Happening.DELIVERED))
        borrowers_own = row.recipient is RecipientRole.BORROWER
        if happens("read", behaviour.read):
            self.events.append(of_row(row, today, Happening.READ))
            if borrowers_own:
                self._read_on |= dict.fromkeys(_told_of(row), today)
                if happens("reply", behaviour.reply):
                    self._replies(row, at, today, promises=happens("promise", behaviour.promise))
        if borrowers_own and happens("opt_out", behaviour.opt_out, row.borrower_id):
            self.events.append(of_row(row, today, Happening.OPT_OUT))
            self.history = evolve(self.history, opted_out=True)

    def _replies(self, row: PlanRow, at: datetime, today: date, *, promises: bool) -> None:
        self.events.append(of_row(row, today, Happening.REPLY))
        heard = Contact(channel=Channel.SMS, at=at + _REPLIES_AFTER, kind=ContactKind.INBOUND_MESSAGE)
        self.history = evolve(self.history, contacts=(*self.history.contacts, heard))
        if not promises or not any(self._may_promise(one, row, today) for one in self.accounts):
            return
        until = today + timedelta(days=self.world.behaviour.promise_days)
        self.accounts = [
            evolve(one, promise_to_pay_until=until) if self._may_promise(one, row, today) else one
            for one in self.accounts
        ]
        self.events.append(of_row(row, today, Happening.PROMISE))

    def _may_promise(self, account: Account, row: PlanRow, today: date) -> bool:
        """Whether a reply about `row` can promise anything for `account`: something is owed, and no promise is open."""
        promised = account.promise_to_pay_until
        open_still = promised is not None and promised >= today
        return account.loan_id in _told_of(row) and account.amount_due.amount > 0 and not open_still

    def _pays(self, account: Account, today: date) -> Account:
        """Return the account as the end of the day leaves it."""
        if account.amount_due.amount <= 0:
            return account
        behaviour = self.world.behaviour
        promised = account.promise_to_pay_until
        if promised is not None and promised >= today:
            # Who has promised pays on the day, or has broken the promise.
            if promised > today:
                return account
            kept = self._draws(account, today, "keeps", behaviour.keeps)
            self._happened(account, today, Happening.PROMISE_KEPT if kept else Happening.PROMISE_BROKEN)
            return self._paid(account, today) if kept else account
        if not self._draws(account, today, "pays", self._chance(account, today)):
            return account
        if self._draws(account, today, "in part", behaviour.partial):
            left = paid_in_part(account, Decimal(str(behaviour.part)))
            if 0 < left.amount_due.amount < account.amount_due.amount:
                amount = account.amount_due.amount - left.amount_due.amount
                self._happened(account, today, Happening.PART_PAYMENT, amount)
                return left
        return self._paid(account, today)

    def _chance(self, account: Account, today: date) -> float:
        behaviour = self.world.behaviour
        if account.debit_on == today:
            return behaviour.debit
        pace = behaviour.pace(account.days_past_due(today))
        if pace is None:
            return 0.0
        read_on = self._read_on.get(account.loan_id)
        lately = read_on is not None and (today - read_on).days < behaviour.lately_days
        return pace.after_reading if lately else pace.daily

    def _draws(self, account: Account, today: date, kind: str, chance: float) -> bool:
        return chance > 0 and luck(self.world.seed, account.loan_id, today, kind) < chance

    def _paid(self, account: Account, today: date) -> Account:
        self._happened(account, today, Happening.PAYMENT, account.amount_due.amount)
        return paid_in_full(account, today)

    def _happened(
        self, account: Account, today: date, what: Happening, amount: Decimal | None = None
    ) -> None:
        self.events.append(Event(day=today, loan_id=account.loan_id, what=what, amount=amount))


def _told_of(row: PlanRow) -> list[str]:
    """Return the loans a message speaks of."""
    return [one.loan_id for one in (row, *row.joined)]


def _urgency(row: PlanRow) -> tuple[int, str, str]:
    """The order in which a day's run sends: the most urgent first."""
    return (-row.priority, row.loan_id, row.recipient.value)
