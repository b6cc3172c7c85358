"""What the screen shows at the end: counts, the main reasons, never a person's data unless asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import evolve

from loansms.cli.session import Session
from loansms.insights import RunSummary, summarise
from loansms.insights.sentences import moment, number
from loansms.insights.wording import say
from loansms.model import Lender
from loansms.services import Outcome, RunReport

_TOP = 3  # reasons named for an outcome
_SHOWN = 20  # rows of a plan on the screen


def named(done: RunReport, lenders: Iterable[Lender], lang: str) -> RunReport:
    """Return the report with its lenders called by their names in `lang`."""
    return evolve(done, lenders=tuple(one.slots(lang)["lender_name"] for one in lenders))


def show_summary(
    session: Session, done: RunReport, title: str, stages: Mapping[str, tuple[str, str]] | None = None
) -> None:
    """Show what became of the rows, and why; `stages` are the policy's with their labels."""
    figures = summarise(done.rows, stages)
    session.say(session.tell(title, lender=", ".join(done.lenders), book=done.book, now=moment(done.now)))
    heads = [session.tell("head.outcome"), session.tell("head.rows"), session.tell("head.why")]
    rows = [
        [say(f"outcome.{key}", session.lang), number(count), _why(session, figures, key)]
        for key, count in figures.outcomes.items()
    ]
    session.table(heads, rows, numeric=[1], footer=[session.tell("head.total"), number(figures.total), ""])
    if figures.segments:
        session.say(session.tell("segments", count=number(figures.segments)))
    if figures.next_send_at:
        session.say(session.tell("next", at=moment(figures.next_send_at)))


def _why(session: Session, figures: RunSummary, outcome: str) -> str:
    reasons = figures.reasons_of(outcome)
    if len(reasons) == 1:
        return reasons[0].told(session.lang)
    lines = [f"{number(one.count)} × {one.told(session.lang)}" for one in reasons[:_TOP]]
    rest = sum(one.count for one in reasons[_TOP:])
    if rest:
        lines.append(say("why.more", session.lang, count=number(rest)))
    return "\n".join(lines)


def show_plan(session: Session, planned: RunReport, *, show_text: bool) -> None:
    """Show the first rows that have a step due; their texts only on request."""
    due = [one for one in planned.rows if one.outcome not in {Outcome.NONE, Outcome.REJECTED}]
    shown = due[:_SHOWN]
    names = ["loan_id", "stage", "step", "outcome", "send_at", "reason"]
    rows = [
        [
            one.row.loan_id,
            one.row.stage,
            one.row.step,
            say(f"outcome.{one.outcome.value}", session.lang),
            f"{one.row.send_at:%m-%d %H:%M}" if one.row.send_at else "",
            one.row.reason,
        ]
        for one in shown
    ]
    session.say(session.tell("shown", shown=number(len(shown)), total=number(len(due))))
    session.table([session.tell(f"col.{name}") for name in names], rows)
    for one in shown if show_text else ():
        if one.row.text:
            # The brackets are the form of mainland texts; elsewhere the text itself names the sender.
            signature = f"【{one.row.signature}】" if one.row.locale.startswith("zh") else ""
            session.say(f"{one.row.loan_id}  {signature}{one.row.text.reveal()}")
