"""The options of `loansms obligations`; what they ask for is done in `loansms.cli.obligations`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from loansms.cli import options
from loansms.cli.invocation import end, session_of
from loansms.cli.obligations import ObligationsRequest, list_obligations


def obligations_command(
    context: typer.Context,
    *,
    book: options.Book,
    policy: options.PolicyName,
    store: Annotated[
        Path, typer.Option("--store", help="SQLite file of the runs: what it knows to be sent is done.")
    ],
    option: options.Options = None,
    lender: options.LenderFile = None,
    now: Annotated[
        str | None,
        typer.Option("--now", help="The moment to look at, with its offset. Default: the clock."),
    ] = None,
    packs: options.Packs = None,
    columns: options.Columns = None,
    encoding: options.Encoding = None,
    every: Annotated[bool, typer.Option("--all", help="List those that are done, too.")] = False,
    as_json: options.Json = False,
    lang: options.Lang = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit 1 when a duty is late or a row of the book cannot be read."),
    ] = False,
) -> None:
    """List the duties of a policy (obligatory steps) that are open, missed or unknown."""
    asked = ObligationsRequest(
        book=book, policy=policy, store=store, options=option, lender=lender, now=now, packs=packs,
        columns=columns, encoding=encoding, every=every, json=as_json,
    )  # fmt: skip
    in_order = list_obligations(session_of(context, lang), asked)
    end(bad=strict and not in_order)
