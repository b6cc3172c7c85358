"""What came of the messages: how many were sent, read, answered and paid upon, by what a manager can change.

Everything is counted from the attempts of a ledger and from frames of the host's own; no frame holds a phone, a name or a
text. A message counts once in each figure, whatever follows it; what follows belongs to one message: the last one sent to
that borrower before it, within so many days (`Figures.attribution` says so in words). This says what came after a
message, never what came because of it: for that, compare arms (`loansms.insights.experiment`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from loansms.clock import require_aware
from loansms.errors import CallerError
from loansms.insights.attribution import attributed, with_events
from loansms.insights.figure_frames import (
    bill_of,
    currency_of,
    events_of,
    messages_of,
    people_of,
)
from loansms.insights.figure_tables import DIMENSIONS, counted, single
from loansms.insights.figures_report import figure_sections, figures_html, summary_html
from loansms.insights.figures_wording import attribution_told
from loansms.insights.host_frames import require_polars
from loansms.policy import Experiment, Policy
from loansms.stores import AttemptRecord

if TYPE_CHECKING:
    import polars

__all__ = ["SMALLEST", "Figures", "figure_sections", "figures", "figures_html"]

SMALLEST: Final = 10
"""Groups of fewer borrowers are not told: the usual smallest cell of published statistics."""


@frozen(kw_only=True, eq=False)
class Figures:
    """Counts and rates of messages, in all and by dimension.

    ``messages`` has a row for each attempt, with ids, and is the host's own: it is not suppressed. ``unattributed``
    counts, by kind, what followed no message. ``k`` is how many borrowers a group needs to be told, ``within`` the days
    of the attribution, ``currency`` that of the payments.
    """

    messages: polars.DataFrame = field(repr=False)
    within: int
    k: int
    as_of: datetime
    zone: str
    currency: str | None
    unattributed: Mapping[str, int]

    @property
    def total(self) -> polars.DataFrame:
        """All messages in one row; suppressed where they reached fewer than k borrowers."""
        return single(self.messages, self.k)

    def by(self, *dimensions: str) -> polars.DataFrame:
        """Return one row for each template, stage, step, channel, provider, hour, segment, purpose or arm, or several of them.

        A group of fewer than k borrowers has ``suppressed`` true and null figures, and so has the next smallest where
        the total less the other rows would give the small one away; of several dimensions, also where those of one value
        less the others would. Raise CallerError for another dimension.
        """
        if not dimensions or not set(dimensions) <= set(DIMENSIONS) or len(set(dimensions)) < len(dimensions):
            raise CallerError(
                f"dimension: expected one of {', '.join(DIMENSIONS)}",
                f"dimension：应为 {'、'.join(DIMENSIONS)} 之一",
            )
        return counted(self.messages, dimensions, self.k)

    def attribution(self, lang: str = "en") -> str:
        """Return in words to which message an event belongs, and which messages a payment rate is of."""
        return attribution_told(self, lang)

    def _repr_html_(self) -> str:
        return summary_html(self)


def figures(
    attempts: Iterable[AttemptRecord],
    *,
    as_of: datetime,
    zone: tzinfo,
    payments: object = None,
    promises: object = None,
    replies: object = None,
    clicks: object = None,
    opt_outs: object = None,
    complaints: object = None,
    scores: object = None,
    bill: object = None,
    people: object = None,
    policy: Policy | None = None,
    experiment: Experiment | None = None,
    provider: str = "",
    within: int = 7,
    k: int = SMALLEST,
) -> Figures:
    """Return the figures of `attempts`, such as `store.attempts()`, with what came back until `as_of` (aware).

    What came back is in the journal (`loansms.insights.journal_events` takes it out) or in frames of the host's, Polars's or
    anything it reads; what is not given is null, not 0:

    - `payments`: payment_id, borrower_id, at; amount, currency, loan_id where known. One currency.
    - `promises`: borrower_id, at; kept (true, false, null while it runs), loan_id.
    - `replies`, `clicks` (a link followed: the message was read), `opt_outs`, `complaints`: borrower_id, at; loan_id, and
      step_key where the answer names its message.
    - `scores`: the same with score, a whole number: what a survey was answered with.
    - `bill`: step_key; cost, segments, provider.
    - `people`: borrower_id; segment, timezone (an IANA name, for the hour of sending; `zone` where there is none).

    ``at`` is an aware time; a payment may have a date alone, and counts as made at the end of that day in `zone`.
    `policy` names the stage of a step where the ledger does not, `experiment` the arm of a borrower, `provider` the gateway of
    messages of which neither bill nor ledger says it. An event belongs to the last message accepted by a provider before it, at most `within` days, to
    the same borrower, and about the same loan where the event and the message name one.

    Raise MissingExtra without the extra ``portfolio``, CallerError for a frame without a needed column, times without
    an offset, columns of another kind, two payments of one id that differ, and several currencies.
    """
    require_polars("figures of messages")
    require_aware(as_of, "as_of")
    _checked("within", within, 1)
    _checked("k", k, 1)
    messages = messages_of(attempts, zone, people_of(people), policy, experiment, as_of)
    messages = bill_of(bill, messages, provider)
    given = {
        "payments": payments,
        "promises": promises,
        "replies": replies,
        "clicks": clicks,
        "opt_outs": opt_outs,
        "complaints": complaints,
        "scores": scores,
    }
    window = timedelta(days=within)
    events = {
        name: attributed(events_of(name, frame, zone, as_of), messages, window)
        for name, frame in given.items()
        if frame is not None
    }
    return Figures(
        messages=with_events(messages, events, as_of - window),
        within=within,
        k=k,
        as_of=as_of,
        zone=str(zone),
        currency=currency_of(events.get("payments")),
        unattributed={name: int(one["step_key"].null_count()) for name, one in events.items()},
    )


def _checked(name: str, value: int, least: int) -> None:
    if isinstance(value, bool) or value < least:
        raise CallerError(
            f"{name}: expected a whole number of {least} or more", f"{name}：应为不小于 {least} 的整数"
        )
