"""Wordings that a text generator proposes: drafts and no more, held to everything a person's draft is held to.

The generator sees a template's words, never a person. What comes back is read by the checks of every template; what passes
is a draft by the one who asked, which others have to review and approve before any of it can go out.

>>> class Scripted:
...     def propose(self, brief):
...         return [brief.words.replace("Please", "Kindly"), "You will be arrested. Pay now at http://evil.example"]
>>> drafted = draft("reminder.due_in_3", "en", Scripted(), by="e-101", lender=Lender.example())
>>> [one.accepted for one in drafted.proposals], [one.state.value for one in drafted.accepted]
([True, False], ['draft'])
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import cast

from attrs import evolve, field, frozen

from loansms.compliance import RulePack
from loansms.model import Lender, Reason
from loansms.privacy import Secret
from loansms.services.drafting.brief import DraftBrief, DraftLimits, TextGenerator, brief_of, masked_reply
from loansms.services.drafting.checks import Judge, plain
from loansms.templates import Approval, Catalogue, Finding, Template, standing

_NO_ANSWER = Reason(
    "generator_too_slow",
    "house",
    "The generator did not answer in time.",
    message_zh="生成器未在限时内返回。",
)
_FAILED = Reason("generator_failed", "house", "The generator raised an error.", message_zh="生成器出错。")
_NO_LIST = Reason(
    "generator_no_list",
    "house",
    "The generator returned no list of texts.",
    message_zh="生成器未返回文本列表。",
)
_TOO_MANY = Reason(
    "generator_too_many", "house", "The generator returned more than was asked for; the rest was left unread.",
    message_zh="生成器返回过多，其余未读取。",
)  # fmt: skip


@frozen(kw_only=True)
class Proposal:
    """One proposed wording: the draft it makes (None: none that can be read) and everything found in it.

    ``template`` has the state draft and its approval names who asked as its author, so that somebody else must approve it.
    """

    template: Template | None = field(repr=False)
    approval: Approval | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether it may be laid before a reviewer: it can be read, and nothing found is an error."""
        return self.template is not None and all(one.severity != "error" for one in self.findings)


@frozen(kw_only=True)
class Drafting:
    """What came of one question: the brief as it was handed over, each proposal, and what the generator did wrong."""

    brief: DraftBrief
    proposals: tuple[Proposal, ...] = ()
    faults: tuple[Reason, ...] = ()

    @property
    def accepted(self) -> tuple[Template, ...]:
        """The drafts a reviewer may read."""
        return tuple(one.template for one in self.proposals if one.accepted and one.template is not None)


def draft(
    template_id: str,
    locale: str,
    generator: TextGenerator,
    *,
    by: str,
    lender: Lender,
    catalogue: Catalogue | None = None,
    packs: Sequence[RulePack | str] | None = None,
    reply: Secret[str] | None = None,
    known: Iterable[Secret[str]] = (),
    limits: DraftLimits | None = None,
    provider: str = "sandbox",
) -> Drafting:
    """Ask `generator` for other words of a template, and return what it brought, judged.

    `by` is the staff id of who asks: the author of every draft. `reply` is what a borrower wrote, handed over only after
    `known` (every value you hold of that person) is masked; a proposal that says one of them again is refused. `packs`
    default to the lender's jurisdiction. Nothing is sent, stored or laid into a catalogue.
    Raise TemplateError for a template that is not there and for `by` that is no staff id, ConfigurationError where no pack
    covers the lender. A generator that never ends keeps its thread: give its client a time-out of its own.
    """
    catalogue, limits = catalogue or Catalogue.builtin(), limits or DraftLimits()
    asked = catalogue.get(template_id, locale=locale)
    standing(evolve(asked, approval=None), by)
    rules = [
        one if isinstance(one, RulePack) else RulePack.load(one) for one in packs or [lender.jurisdiction]
    ]
    told = tuple(one.reveal() for one in known)
    words = masked_reply(reply.reveal(), told) if reply is not None else ""
    brief = brief_of(asked, catalogue, rules, limits, words)
    judge = Judge(
        template=asked,
        catalogue=catalogue,
        packs=rules,
        lender=lender,
        provider=provider,
        longest=limits.characters,
        personal=told,
    )
    brought, faults = _asked(generator, brief, limits)
    seen = {plain(asked.text)}
    proposals = [_judged(judge, one, seen, by) for one in brought]
    return Drafting(brief=brief, proposals=tuple(proposals), faults=faults)


def _judged(judge: Judge, proposed: object, seen: set[str], by: str) -> Proposal:
    made, findings = judge.read(proposed, seen)
    if made is None:
        return Proposal(template=None, findings=findings)
    approval = standing(made, by)
    return Proposal(template=evolve(made, approval=approval), approval=approval, findings=findings)


def _asked(
    generator: TextGenerator, brief: DraftBrief, limits: DraftLimits
) -> tuple[list[object], tuple[Reason, ...]]:
    """Return what the generator brought in time, at most as many as asked for, and its faults; none of its words in them."""
    # In a thread: what it raises stays in the future, and its time is ours to end.
    room = ThreadPoolExecutor(max_workers=1, thread_name_prefix="drafting")
    asked: Future[list[object] | None] = room.submit(_taken, generator, brief, limits.proposals + 1)
    room.shutdown(wait=False)
    done, _ = wait([asked], limits.within.total_seconds())
    if not done:
        return [], (_NO_ANSWER,)
    if asked.exception() is not None:
        return [], (_FAILED,)
    brought = asked.result()
    if brought is None:
        return [], (_NO_LIST,)
    return brought[: limits.proposals], (_TOO_MANY,) if len(brought) > limits.proposals else ()


def _taken(generator: TextGenerator, brief: DraftBrief, most: int) -> list[object] | None:
    return _listed(generator.propose(brief), most)


def _listed(brought: object, most: int) -> list[object] | None:
    """Return the first `most` of what was brought, None where that is no list: one text would be read letter by letter."""
    if isinstance(brought, str | bytes) or not isinstance(brought, Iterable):
        return None
    return list(islice(cast("Iterable[object]", brought), most))
