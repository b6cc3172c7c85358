"""What a service is built from, checked once when it is built: a wrong combination never gets to send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from attrs import evolve, field, frozen

from loansms.calendars import Overrides
from loansms.compliance import RulePack
from loansms.errors import ConfigurationError, StoreError
from loansms.model import History, Lender, Reason
from loansms.planning import Event, PlanRow, choose_lender, plan_event
from loansms.policy import Policy
from loansms.stores import Guarantees
from loansms.templates import Catalogue

# The providers that send nothing to anybody: the only ones the example lender may speak through.
DEVELOPMENT_PROVIDERS = frozenset({"sandbox", "spool"})


def real_provider(lenders: Iterable[Lender], providers: Iterable[str]) -> str | None:
    """Return the first provider that reaches people, None for none; ConfigurationError when an example would speak."""
    real = next((one for one in sorted(providers) if one not in DEVELOPMENT_PROVIDERS), None)
    if real is not None and any(one.example_only for one in lenders):
        raise ConfigurationError(
            f"lender: the example lender speaks through the sandbox and the spool only, not {real}; "
            "give your own profile",
            f"lender：示例机构只能配合 sandbox 或 spool 使用，不能用于 {real}；请提供自己的机构档案",
        )
    return real


def keeps_journal(guarantees: Guarantees, audit: str) -> bool:
    """Return whether the store keeps a journal; StoreError where it does not and one is required."""
    if not guarantees.journal and audit == "required":
        raise StoreError(
            "store: it keeps no journal, so what is sent could not be proved; use SqliteStore or PostgresStore",
            "store：未提供日志，无法举证；请使用 SqliteStore 或 PostgresStore",
        )
    return guarantees.journal


@frozen(kw_only=True)
class Setup:
    """The rules a service works by; every field is what `of` made of the arguments.

    ``packs`` are those in force on one day; `in_force` gives the same setup for another.
    """

    policy: Policy | None
    catalogue: Catalogue
    packs: tuple[RulePack, ...]
    pack_names: tuple[RulePack | str, ...]
    lenders: Mapping[str, Lender]
    provider: str
    overrides: Overrides = field(factory=Overrides)

    @classmethod
    def of(
        cls,
        *,
        policy: Policy | str | Path | None,
        catalogue: Catalogue | None,
        packs: Sequence[RulePack | str] | None,
        lender: Lender | Mapping[str, Lender],
        provider: str,
        guarantees: Guarantees,
        on: date,
        overrides: Overrides | None = None,
    ) -> Setup:
        """Return the checked setup.

        A policy may be a preset's name or a file; packs default to those of the lenders' jurisdictions, as in
        force `on` that day. Raise ConfigurationError for the example lender with a real provider, StoreError
        for a store that may forget what it has sent.
        """
        lenders = {lender.lender_id: lender} if isinstance(lender, Lender) else dict(lender)
        if not lenders:
            raise ConfigurationError("lender: expected at least one profile", "lender：至少需要一个机构档案")
        real = real_provider(lenders.values(), [provider]) is not None
        if real and not guarantees.survives_process_kill:
            raise StoreError(
                f"store: it forgets what was sent when the process ends, so it cannot serve {provider}; "
                "use SqliteStore",
                f"store：进程结束后会丢失发送记录，不能用于 {provider}；请使用 SqliteStore",
            )
        if not guarantees.atomic_claims:
            raise StoreError(
                "store: its claim is not one atomic act, so two runs could send a step twice; run "
                "loansms.testing.LedgerSuite over it",
                "store：认领不是原子操作，并行运行可能重复发送；请用 loansms.testing.LedgerSuite 检验",
            )
        names = tuple(packs if packs is not None else sorted({one.jurisdiction for one in lenders.values()}))
        return cls(
            policy=None if policy is None else Policy.named(policy),
            catalogue=catalogue or Catalogue.builtin(),
            packs=_in_force(names, on),
            pack_names=names,
            lenders=lenders,
            provider=provider,
            overrides=overrides or Overrides(),
        )

    def in_force(self, on: date) -> Setup:
        """Return this setup with the packs named to it as they stand on that day; packs given stay."""
        return evolve(self, packs=_in_force(self.pack_names, on))

    @property
    def approved_only(self) -> bool:
        """Whether nothing but approved templates may speak: with every provider that reaches people."""
        return real_provider(self.lenders.values(), [self.provider]) is not None

    @property
    def versions(self) -> dict[str, str]:
        """The version of every rule that decides, pinned beside each claim."""
        policy = {"policy": self.policy.version} if self.policy else {}
        return {**policy, **{f"pack {pack.jurisdiction}": pack.version for pack in self.packs}}

    def event(self, event: Event, lender_id: str | None, history: History, now: datetime) -> PlanRow:
        """Return the plan of one event notice."""
        return plan_event(
            event,
            catalogue=self.catalogue,
            packs=self.packs,
            lender=self.lender(event.lender_id or lender_id),
            now=now,
            history=history,
            provider=self.provider,
            overrides=self.overrides,
            approved_only=self.approved_only,
        )

    def lender(self, lender_id: str | None) -> Lender:
        """Return the profile of that id, or the only one; raise ConfigurationError for neither."""
        found = choose_lender(self.lenders, lender_id)
        if isinstance(found, Reason):
            raise ConfigurationError(found.message, found.message_zh)
        return found


def _in_force(names: tuple[RulePack | str, ...], on: date) -> tuple[RulePack, ...]:
    return tuple(one if isinstance(one, RulePack) else RulePack.load(one, on=on) for one in names)
