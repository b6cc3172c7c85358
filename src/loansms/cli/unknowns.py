"""`loansms health`, `unknowns` and `settle`: how a store stands, what nobody knows, and a person's word on it."""

from __future__ import annotations

from typing import Annotated

import typer

from loansms.cli import options
from loansms.cli.invocation import end, session_of
from loansms.cli.kept_store import By, KeptStore, kept_store, staff_id
from loansms.errors import CallerError
from loansms.insights.sentences import moment
from loansms.services import health
from loansms.stores import AttemptRecord, AttemptState

_COUNTS = ("unknown", "silent", "jobs", "unsealed", "stops")
_SPANS = ("silent_for", "job_late")


def health_command(
    context: typer.Context, *, store: KeptStore, as_json: options.Json = False, lang: options.Lang = None
) -> None:
    """Say how the store stands: unknowns, silent claims, waiting jobs, unsealed records, stops; exit 1 when a person is needed."""
    session = session_of(context, lang)
    with kept_store(session, store) as ledger:
        seen = health(ledger, session.clock.now())
    counts: dict[str, int] = {name: getattr(seen, name) for name in _COUNTS}
    spans: dict[str, int] = {name: int(getattr(seen, name).total_seconds()) for name in _SPANS}
    if as_json:
        session.json({"command": "health", "at": seen.at.isoformat(), "well": seen.well, **counts, **spans})
    else:
        heads = [session.tell(f"health.{name}") for name in ("figure", "value")]
        rows = [[session.tell(f"health.{name}"), str(count)] for name, count in counts.items()]
        rows += [
            [session.tell(f"health.{name}"), session.tell("health.minutes", count=str(seconds // 60))]
            for name, seconds in spans.items()
        ]
        session.table(heads, rows, [1])
        session.say(session.tell("health.well" if seen.well else "health.needed"))
    end(bad=not seen.well)


def unknowns_command(
    context: typer.Context, *, store: KeptStore, as_json: options.Json = False, lang: options.Lang = None
) -> None:
    """List the messages of which nobody knows whether they were sent, silent claims among them; exit 1 when there are any."""
    session = session_of(context, lang)
    with kept_store(session, store) as ledger:
        ledger.expire_leases()  # a claim whose holder is gone is an unknown from now on
        found = sorted(ledger.attempts(AttemptState.UNKNOWN), key=lambda one: (one.at, one.step_key))
    if as_json:
        session.json({"command": "unknowns", "unknowns": [_record(one) for one in found]})
    elif found:
        heads = [
            session.tell(f"unknowns.{name}")
            for name in ("step_key", "borrower_id", "loan_id", "step", "route", "at")
        ]
        session.table(heads, [_cells(one) for one in found])
        session.say(session.tell("unknowns.how"))
    else:
        session.say(session.tell("unknowns.none"))
    end(bad=bool(found))


def settle_command(
    context: typer.Context,
    step_key: Annotated[str, typer.Argument(metavar="STEP_KEY", help="As `unknowns` lists it.")],
    *,
    store: KeptStore,
    by: By,
    sent: Annotated[
        bool | None,
        typer.Option(
            "--sent/--not-sent", help="What the provider has said; not sent lets the step go out again."
        ),
    ] = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """Settle one unknown by what the provider has said, on record; exit 1 when it is none any more."""
    session = session_of(context, lang)
    if sent is None:
        raise CallerError(
            "--sent or --not-sent: expected one of them, as the provider has said",
            "--sent 或 --not-sent：须按通道的答复二选一",
        )
    with kept_store(session, store) as ledger:
        changed = ledger.resolve(step_key, sent, staff_id(by), session.clock.now())
    if as_json:
        session.json({"command": "settle", "step_key": step_key, "sent": sent, "changed": changed})
    else:
        done = "sent" if sent else "not_sent"
        session.say(session.tell(f"settle.{done}" if changed else "settle.same", step=step_key))
    end(bad=not changed)


def _cells(one: AttemptRecord) -> list[str]:
    return [one.step_key, one.borrower_id, one.loan_id or "", one.step, one.route, moment(one.at)]


def _record(one: AttemptRecord) -> dict[str, object]:
    return {
        "step_key": one.step_key,
        "borrower_id": one.borrower_id,
        "loan_id": one.loan_id,
        "step": one.step,
        "template": one.template,
        "channel": one.channel.value,
        "route": one.route,
        "at": one.at.isoformat(),
        "provider_message_id": one.provider_message_id,
    }
