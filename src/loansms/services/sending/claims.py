"""Between a planned row and the ledger: the claim it makes, the message it sends, the outcome it ends in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from attrs import evolve, frozen

from loansms.model import (
    Accepted,
    Channel,
    History,
    Json,
    Message,
    Reason,
    Rejected,
    SubmitResult,
    Unknown,
)
from loansms.planning import (
    ALREADY_DONE,
    UNKNOWN_OUTCOME,
    PlanDecision,
    PlanRow,
    debtor_key,
    fingerprint,
    step_key,
)
from loansms.privacy import Secret
from loansms.services.keeping.kept import Kept, masked_words
from loansms.services.sending.attached import attached
from loansms.services.sending.report import Outcome, RunRow
from loansms.stores import (
    AlreadyDone,
    AttemptState,
    CapReached,
    Claim,
    Claimed,
    ClaimResult,
    Deferral,
    Stopped,
    Suppressed,
)

NOTHING_KEPT = Kept()
JOINED = "joined"
"""The ledger's code of a step that another loan's message told."""

# What a planned decision means while nothing is sent.
UNSENT = {
    PlanDecision.REJECT: Outcome.REJECTED,
    PlanDecision.NONE: Outcome.NONE,
    PlanDecision.DENY: Outcome.DENIED,
    PlanDecision.DEFER: Outcome.DEFERRED,
    PlanDecision.SEND: Outcome.PLANNED,
}
_DONE_BEFORE = {"already_done": Outcome.ALREADY_DONE, "unknown_outcome": Outcome.UNKNOWN}


def unsent(row: PlanRow, line: int | None = None) -> RunRow:
    """Return the outcome of a row that is not to be sent now."""
    return RunRow(row, _DONE_BEFORE.get(row.reason, UNSENT[row.decision]), line)


def key_of(row: PlanRow) -> str:
    """Return the row's step key; an event without a loan is about its borrower, a confirmation about its stop.

    Without the borrower in it, one event told to two people (joint borrowers) would reach only the first.
    """
    if row.confirms is not None:
        return row.confirms.key(debtor_of(row))
    subject = row.loan_id or f"borrower|{row.borrower_id}"
    return step_key(row.tenant, row.recipient.value, subject, row.step, row.due_on, row.hop)


def debtor_of(row: PlanRow) -> str:
    """Return under which debtor the row is counted."""
    return debtor_key(row.tenant, row.borrower_id)


def waits_until(row: PlanRow) -> datetime | None:
    """Return until when a due step has to wait: for a lawful hour, or for a full cap to free."""
    if row.decision is PlanDecision.DEFER:
        return row.send_at
    # A denial that names a time is full caps and nothing else.
    return row.retry_at if row.decision is PlanDecision.DENY else None


@frozen(kw_only=True)
class Terms:
    """What every claim of a run says beside its row: the versions that decided, the provider, the age of the facts.

    ``facts_at`` is when the facts were asked for, where the host's system was asked (``asked``), else when the book was
    read: a book that says of which day it is (``as_of``) is no younger than that day's start.
    """

    versions: Mapping[str, str]
    route: str = ""
    facts_at: datetime
    asked: bool = False


def claim_of(row: PlanRow, at: datetime, terms: Terms, kept: Kept = NOTHING_KEPT) -> Claim:
    """Return what the ledger is asked before a byte goes out; `kept` is what was sealed of it."""
    if row.purpose is None or row.channel is None or row.text is None:
        raise ValueError("row: expected a worded step with its purpose and channel")
    versions = terms.versions
    digest = kept.digest or fingerprint(row.template, row.locale, row.text.reveal())
    return Claim(
        step_key=key_of(row),
        debtor=debtor_of(row),
        borrower_id=row.borrower_id,
        loan_id=row.loan_id or None,
        step=row.step,
        due_on=row.due_on,
        recipient=row.recipient,
        purpose=row.purpose,
        channel=row.channel,
        template=row.template,
        fingerprint=digest,
        limits=row.limits,
        at=at,
        versions={**versions, "template": row.template_version} if row.template_version else versions,
        tenant=row.tenant,
        stage=row.stage,
        route=terms.route,
        segments=row.segments or 0,
        number=kept.tags[0] if kept.tags else "",
        facts_at=_facts_at(row, terms),
        local_on=row.borrower.local_date(at) if row.borrower else None,
        evidence=_evidence(row, digest),
        sealed=kept.sealed,
        tags=kept.tags,
        confirms=row.confirms,
    )


def claims_joined(row: PlanRow, own: Claim, terms: Terms) -> list[Claim]:
    """Return the claims of the steps for which `row` speaks: done with it, under its caps alone, told by its words."""
    return [
        evolve(
            claim_of(one, own.at, terms),
            template=own.template,
            fingerprint=own.fingerprint,
            limits=(),
            versions=own.versions,
            segments=0,
            number=own.number,
            evidence={"joined": own.step_key},
        )
        for one in row.joined
    ]


def _facts_at(row: PlanRow, terms: Terms) -> datetime | None:
    """Return when what the row says was true; None for an event, whose own values say what happened."""
    if row.account is None or row.borrower is None:
        return None
    if terms.asked or row.account.as_of is None:
        return terms.facts_at
    return min(row.borrower.start_of(row.account.as_of), terms.facts_at)


def _evidence(row: PlanRow, digest: str) -> dict[str, Json]:
    """Return what the journal keeps of a claim beside its own fields: why, and the words with their values masked."""
    return {
        **attached(row),
        "reasons": tuple(reason.code for reason in row.reasons),
        "findings": tuple(reason.rule_id for reason in row.reasons if reason.rule_id),
        "locale": row.locale,
        "segments": row.segments or 0,
        "words": masked_words(row),
        "digest": digest,
    }


def ending_joined(result: SubmitResult) -> SubmitResult:
    """Return how a step ends that another row spoke for: done, and no contact of its own.

    A definite refusal is the one ending a ledger keeps as done without counting it.
    """
    return Rejected(JOINED) if isinstance(result, Accepted) else result


def held_elsewhere(row: PlanRow) -> RunRow:
    """Return the outcome of a row of which another process holds a part: it waits for the next run."""
    why = Reason(
        "joined_changed",
        "house",
        "One of the loans it speaks for is being told elsewhere; the next run plans them anew.",
        severity="defer",
        message_zh="所合并的借据之一正由其他进程处理，下次运行重新规划。",
    )
    return RunRow(
        evolve(row, decision=PlanDecision.DEFER, reasons=(why, *row.why), limits=()), Outcome.DEFERRED
    )


def deferrals(rows: Iterable[PlanRow]) -> Iterator[Deferral]:
    """Yield what has to wait of `rows`, the steps of unsent rows' joined loans among it."""
    for row in rows:
        if row.account is None:
            continue
        until = waits_until(row)
        if until is not None:
            yield debtor_of(row), row.mark, until
        if row.decision is PlanDecision.SEND:
            continue
        for one in row.joined:
            waits = until or one.send_at
            if waits is not None:
                yield debtor_of(one), one.mark, waits


def message_of(row: PlanRow) -> Message:
    """Return what the provider is handed."""
    if row.borrower is None or row.purpose is None or row.channel is None or row.text is None:
        raise ValueError("row: expected a worded step with its borrower, purpose and channel")
    key = key_of(row)
    return Message(
        message_id=f"m-{key[:24]}",
        step_key=key,
        borrower_id=row.borrower_id,
        loan_id=row.loan_id or None,
        to=row.borrower.phone,
        text=row.text,
        signature=row.signature,
        purpose=row.purpose,
        channel=row.channel,
        template=row.template,
        template_version=row.template_version,
        locale=row.locale,
        segments=row.segments or 0,
        recipient=row.recipient,
        slots=written(row.slots),
        attachments=row.attachments,
        card=row.card,
    )


def written(slots: Secret[Mapping[str, str]] | None) -> dict[str, Secret[str]]:
    """Return the values of a text as a message carries them."""
    return {name: Secret(value) for name, value in slots.reveal().items()} if slots else {}


def settled(done: RunRow, history: History) -> RunRow:
    """Return an unknown row as done where the ledger knows by now; every other row as it is."""
    mark = done.row.mark
    if done.outcome is not Outcome.UNKNOWN or mark in history.unknown or mark not in history.done:
        return done
    return RunRow(evolve(done.row, reasons=(ALREADY_DONE, *done.row.why)), Outcome.ALREADY_DONE, done.line)


def channel_refused(row: PlanRow, channels: frozenset[Channel], provider: str) -> RunRow | None:
    """Return the refusal of a row whose channel the provider does not have, before anything is claimed."""
    if row.channel in channels:
        return None
    channel = row.channel.value if row.channel else ""
    why = Reason(
        "channel_unsupported",
        "house",
        f"The provider {provider} has no channel {channel}.",
        message_zh=f"通道 {provider} 不支持 {channel}。",
    )
    return RunRow(evolve(row, reasons=(why, *row.reasons)), Outcome.REFUSED)


def outcome_of_claim(row: PlanRow, result: ClaimResult) -> RunRow:
    """Return the outcome of a row that the ledger did not let through."""
    match result:
        case AlreadyDone(state=AttemptState.ATTEMPTING | AttemptState.UNKNOWN):
            return RunRow(evolve(row, reasons=(UNKNOWN_OUTCOME, *row.reasons)), Outcome.UNKNOWN)
        case AlreadyDone():
            return RunRow(row, Outcome.ALREADY_DONE)
        case CapReached(limit=limit, retry_at=retry_at):
            denied = evolve(
                row,
                decision=PlanDecision.DENY,
                reasons=(limit.reason, *row.why),
                retry_at=retry_at,
                send_at=None,
            )
            return RunRow(denied, Outcome.DENIED)
        case Suppressed(reason=reason):
            denied = evolve(row, decision=PlanDecision.DENY, reasons=(reason, *row.why), send_at=None)
            return RunRow(denied, Outcome.DENIED)
        case Stopped(stop=stop):
            waiting = evolve(row, decision=PlanDecision.DEFER, reasons=(stop.reason, *row.why), send_at=None)
            return RunRow(waiting, Outcome.DEFERRED)
        case Claimed():
            raise ValueError("result: expected a claim that was not let through")


def outcome_of_twin(row: PlanRow, first: RunRow) -> RunRow:
    """Return the outcome of a row whose step another row of the same window has just asked for."""
    if first.outcome is Outcome.SUBMITTED:
        return RunRow(evolve(row, reasons=(ALREADY_DONE, *row.reasons)), Outcome.ALREADY_DONE)
    told = first.row
    return RunRow(
        evolve(
            row,
            decision=told.decision,
            reasons=told.reasons,
            send_at=told.send_at,
            retry_at=told.retry_at,
        ),
        first.outcome,
    )


def outcome_of_submit(row: PlanRow, result: SubmitResult) -> RunRow:
    """Return the outcome of a row that was handed to the provider."""
    match result:
        case Accepted():
            return RunRow(row, Outcome.SUBMITTED)
        case Rejected(code=code):
            why = Reason(
                "refused_by_provider",
                "provider",
                f"The provider refused it with its code {code}.",
                message_zh=f"通道拒绝，代码 {code}。",
            )
            return RunRow(evolve(row, reasons=(why, *row.reasons)), Outcome.REFUSED)
        case Unknown():
            return RunRow(evolve(row, reasons=(UNKNOWN_OUTCOME, *row.reasons)), Outcome.UNKNOWN)
