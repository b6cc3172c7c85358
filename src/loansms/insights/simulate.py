"""Play a policy against a book for some days, and a second version of it beside the first.

Nothing leaves the process: no provider, no store, and the clock is an argument. The rules are the real ones; how
borrowers behave is assumed and stated (`loansms.insights.behaviour`), so the figures say what follows from the
assumption, never what will happen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from attrs import evolve

from loansms.calendars import Overrides
from loansms.clock import require_aware
from loansms.compliance import RulePack
from loansms.errors import CallerError
from loansms.insights.behaviour import Behaviour
from loansms.insights.outcomes import LoanLife, Outcomes, frames_of
from loansms.insights.simulated_debtor import SimulatedDebtor, World
from loansms.insights.simulation import SimulatedVersion, Simulation
from loansms.model import Account, History, Lender
from loansms.planning import choose_lender, debtor_key, tenant_of
from loansms.policy import Policy
from loansms.portfolio import Book, BookRow, PlanRules, book_facts, dialled_in, read_book, with_known_lenders
from loansms.portfolio.rules import Rules, policy_for
from loansms.templates import Catalogue

LONGEST = 366
NAMES = ("A", "B")


def simulate(
    policy: Policy | str | Path,
    book: object,
    days: int,
    behaviour: Behaviour,
    *,
    lender: Lender | Mapping[str, Lender],
    start: datetime,
    catalogue: Catalogue | None = None,
    packs: Sequence[RulePack | str] | None = None,
    against: Policy | str | Path | None = None,
    seed: int = 0,
    provider: str = "sandbox",
    history: Mapping[str, History] | None = None,
    price: Decimal | None = None,
    overrides: Overrides | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Return what `policy` (version A), and `against` (version B) where given, would do with `book` over `days` days.

    `book` is what `read_book` takes, or a Book; each day's run is at the hour of `start` (aware), and the book is taken
    for that of its morning. `history` maps a debtor key or a borrower id to what has happened before. `price` is that
    of one billed segment. `provider` names the route whose rules are asked; nothing is handed to it. The same
    arguments give the same result, in whatever order the book stands. Raise CallerError for days that are not 1 to 366
    and for a start without an offset, ConfigurationError for a policy that names a column the book lacks.
    """
    require_aware(start, "start")
    if isinstance(days, bool) or not 1 <= days <= LONGEST:
        raise CallerError(
            f"days: expected a whole number from 1 to {LONGEST}", f"days：应为 1 至 {LONGEST} 的整数"
        )
    lenders = {lender.lender_id: lender} if isinstance(lender, Lender) else dict(lender)
    read = book if isinstance(book, Book) else read_book(book, default_country=dialled_in(lenders.values()))
    read = with_known_lenders(read, lenders)
    names = tuple(packs if packs is not None else sorted({one.jurisdiction for one in lenders.values()}))
    given = [policy] if against is None else [policy, against]
    versions = [SimulatedVersion(name, Policy.named(one)) for name, one in zip(NAMES, given, strict=False)]
    base = Rules(
        policy=None,
        catalogue=catalogue or Catalogue.builtin(),
        packs=(),
        lenders=lenders,
        provider=provider,
        overrides=overrides or Overrides(),
        approved_only=False,
    )
    packs_on = _packs_by_day(names)
    for one in versions:
        policy_for(evolve(base, policy=one.policy), read.columns)
    debtors = list(_debtors(read, lenders))
    outcomes: list[Outcomes] = []
    total = len(debtors) * len(versions)
    for one in versions:
        world = World(
            policy=one.policy,
            rules=_rules_by_day(evolve(base, policy=one.policy), packs_on),
            behaviour=behaviour,
            seed=seed,
            caps=_caps(packs_on(start.date())),
        )
        for key, theirs in debtors:
            past = (history or {}).get(key) or (history or {}).get(_borrower(theirs)) or History()
            outcomes.append(_lived(one, SimulatedDebtor(world, key, theirs, past), start, days))
            if on_progress:
                on_progress(len(outcomes), total)
    events, loans = frames_of(outcomes, price)
    return Simulation(
        versions=tuple(versions),
        book=read.name,
        rejects=len(read.rejects),
        book_as_of=read.as_of,
        lenders=tuple(lenders.values()),
        packs=tuple(one.version for one in packs_on(start.date())),
        start=start,
        days=days,
        seed=seed,
        behaviour=behaviour,
        price=price,
        reasons={
            (event.reason.code, event.reason.rule_id): event.reason
            for one in outcomes
            for event in one.events
            if event.reason is not None
        },
        events=events,
        loans=loans,
    )


def _lived(version: SimulatedVersion, debtor: SimulatedDebtor, start: datetime, days: int) -> Outcomes:
    before = debtor.accounts
    for number in range(days):
        debtor.live(start + timedelta(days=number))
    first, last = (
        debtor.accounts[0].borrower.local_date(start + timedelta(days=number)) for number in (0, days - 1)
    )
    lives = [
        LoanLife.of(was, now, first, last, version.policy)
        for was, now in zip(before, debtor.accounts, strict=True)
    ]
    return Outcomes(
        version=version.name, borrower_id=_borrower(debtor.book), events=debtor.events, lives=lives
    )


def _borrower(book: Book) -> str:
    return book.rows[0].account.borrower.borrower_id


def _debtors(book: Book, lenders: Mapping[str, Lender]) -> Iterator[tuple[str, Book]]:
    """Yield each debtor's own book, with what any row of the whole book refuses in their name."""
    facts = book_facts(book)
    rows: defaultdict[tuple[str, str], list[Account]] = defaultdict(list)
    for account in sorted((row.account for row in book.rows), key=lambda one: one.loan_id):
        rows[account.borrower.borrower_id, _tenant(lenders, account)].append(account)
    for borrower_id, tenant in sorted(rows):
        known = facts[borrower_id]
        yield (
            debtor_key(tenant, borrower_id),
            Book(
                name=book.name,
                # Numbered anew: a plan stands in the order of its lines, and nothing may hang on the book's.
                rows=tuple(BookRow(at, one) for at, one in enumerate(rows[borrower_id, tenant])),
                opted_out=frozenset({borrower_id} if known.opted_out else ()),
                refused_sms=frozenset({borrower_id} if known.consent_sms is False else ()),
                columns=book.columns,
            ),
        )


def _tenant(lenders: Mapping[str, Lender], account: Account) -> str:
    found = choose_lender(lenders, account.lender_id)
    return tenant_of(found) if isinstance(found, Lender) else ""


def _packs_by_day(names: Sequence[RulePack | str]) -> Callable[[date], tuple[RulePack, ...]]:
    """Return what gives the packs of a day; days with the same rules share one reading of them."""
    seen: dict[tuple[str, tuple[str, ...]], RulePack] = {}

    def shared(pack: RulePack) -> RulePack:
        return seen.setdefault((pack.version, tuple(rule.id for rule in pack.rules)), pack)

    @cache
    def on(day: date) -> tuple[RulePack, ...]:
        found = (one if isinstance(one, RulePack) else RulePack.load(one, on=day) for one in names)
        return tuple(shared(one) for one in found)

    return on


def _rules_by_day(
    rules: Rules, packs_on: Callable[[date], tuple[RulePack, ...]]
) -> Callable[[datetime], PlanRules]:
    @cache
    def of_day(day: date) -> PlanRules:
        return evolve(rules, packs=packs_on(day))

    return lambda at: of_day(at.date())


def _caps(packs: Sequence[RulePack]) -> frozenset[str]:
    return frozenset(rule.id for pack in packs for rule in pack.rules if rule.check.type == "cap")
