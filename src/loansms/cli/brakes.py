"""`loansms stop`, `resume` and `stops`: the brakes, which every run asks for inside its next claim."""

from __future__ import annotations

from typing import Annotated

import typer

from loansms.cli import choices, options
from loansms.cli.invocation import end, session_of
from loansms.cli.kept_store import By, KeptStore, kept_store, staff_id
from loansms.cli.session import Session
from loansms.errors import CallerError
from loansms.insights.sentences import moment
from loansms.stores import Stop, StopScope

Scope = Annotated[str, typer.Argument(metavar="SCOPE", help="all, tenant, template, stage, step or route.")]
Value = Annotated[
    str,
    typer.Argument(metavar="[VALUE]", help="Which one: its id, such as collection.early. None for all."),
]


def stop_command(
    context: typer.Context,
    scope: Scope,
    value: Value = "",
    *,
    store: KeptStore,
    by: By,
    why: Annotated[str, typer.Option("--why", help="The reason, kept with the stop.")],
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """Stop all sending, or that of one tenant, template, stage, step or route; a run in progress obeys at once."""
    session = session_of(context, lang)
    kind, named = _named(scope, value)
    if not why.strip():
        raise CallerError("--why: expected the reason of the stop", "--why：须说明暂停原因")
    stop = Stop(scope=kind, value=named, at=session.clock.now(), by=staff_id(by), why=why.strip())
    with kept_store(session, store) as ledger:
        changed = ledger.stop(stop)
        _tell(session, "stop", stop, changed, ledger.stops(), as_json=as_json)


def resume_command(
    context: typer.Context,
    scope: Scope,
    value: Value = "",
    *,
    store: KeptStore,
    by: By,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """Take a stop back, naming it as it was put on; exit 1 when there is none of that name."""
    session = session_of(context, lang)
    kind, named = _named(scope, value)
    asked = Stop(scope=kind, value=named, at=session.clock.now(), by=staff_id(by))
    with kept_store(session, store) as ledger:
        changed = ledger.resume(kind, named, asked.at, asked.by)
        _tell(session, "resume", asked, changed, ledger.stops(), as_json=as_json)
    end(bad=not changed)


def stops_command(
    context: typer.Context, *, store: KeptStore, as_json: options.Json = False, lang: options.Lang = None
) -> None:
    """List what is stopped: since when, by whom, and why."""
    session = session_of(context, lang)
    with kept_store(session, store) as ledger:
        standing = ledger.stops()
    if as_json:
        session.json({"command": "stops", "stops": [_record(one) for one in standing]})
    else:
        _list(session, standing)


def _named(scope: str, value: str) -> tuple[StopScope, str]:
    kind = choices.one_of(StopScope, scope, "SCOPE")
    if (kind is StopScope.ALL) is bool(value):
        expected = ("none", "不应填写") if value else ("one", "须填写")
        raise CallerError(
            f"VALUE: expected {expected[0]} for the scope {kind.value}",
            f"VALUE：范围为 {kind.value} 时{expected[1]}",
        )
    return kind, value


def _tell(
    session: Session, act: str, asked: Stop, changed: bool, standing: list[Stop], *, as_json: bool
) -> None:
    if as_json:
        session.json(
            {
                "command": act,
                "scope": asked.scope.value,
                "value": asked.value,
                "changed": changed,
                "stops": [_record(one) for one in standing],
            }
        )
        return
    what = f"{session.tell(f'scope.{asked.scope.value}')} {asked.value}".strip()
    session.say(session.tell(f"{act}.{'done' if changed else 'same'}", what=what))
    _list(session, standing)


def _list(session: Session, standing: list[Stop]) -> None:
    if not standing:
        session.say(session.tell("stops.none"))
        return
    heads = [session.tell(f"stops.{name}") for name in ("scope", "value", "since", "by", "why")]
    rows = [
        [session.tell(f"scope.{one.scope.value}"), one.value, moment(one.at), one.by, one.why]
        for one in standing
    ]
    session.table(heads, rows)


def _record(one: Stop) -> dict[str, object]:
    return {
        "scope": one.scope.value,
        "value": one.value,
        "at": one.at.isoformat(),
        "by": one.by,
        "why": one.why,
    }
