"""The command `loansms simulate` and its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from loansms.cli import options
from loansms.cli.invocation import session_of
from loansms.cli.simulate import SimulateRequest, simulate_book


def simulate_command(
    context: typer.Context,
    *,
    book: options.Book,
    policy: options.PolicyName,
    start: Annotated[
        str,
        typer.Option("--start", help="The first run: a day (then 10:00 there), or a time with its offset."),
    ],
    option: options.Options = None,
    against: Annotated[
        str | None,
        typer.Option("--against", help="Version B to lay beside it: a preset or a policy TOML file."),
    ] = None,
    against_options: Annotated[
        list[str] | None,
        typer.Option(
            "--against-options", help="Optional steps of version B; alone, the same policy with them."
        ),
    ] = None,
    days: Annotated[int, typer.Option("--days", help="How many days are played, 1 to 366.")] = 30,
    seed: Annotated[
        int, typer.Option("--seed", help="The luck of the borrowers; the same seed, the same luck.")
    ] = 0,
    behaviour: Annotated[
        Path | None,
        typer.Option(
            "--behaviour", help="TOML file of what you assume of borrowers. Default: invented chances."
        ),
    ] = None,
    price: Annotated[
        str | None, typer.Option("--price", help="Price of one billed segment, such as 0.045.")
    ] = None,
    lender: options.LenderFile = None,
    packs: options.Packs = None,
    catalogue: options.CatalogueFolder = None,
    calendar: options.Calendar = None,
    columns: options.Columns = None,
    encoding: options.Encoding = None,
    report: options.Report = None,
    as_json: Annotated[
        Path | None, typer.Option("--json", help="A JSON file of all figures, for programs.")
    ] = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> None:
    """Play a policy, or two, against a book with an assumed behaviour of its borrowers; nothing is sent."""
    asked = SimulateRequest(
        book=book, policy=policy, start=start, days=days, seed=seed, options=option, against=against,
        against_options=against_options, behaviour=behaviour, price=price, lender=lender, packs=packs,
        catalogue=catalogue, calendar=calendar, columns=columns, encoding=encoding, report=report, json=as_json,
        quiet=quiet,
    )  # fmt: skip
    simulate_book(session_of(context, lang), asked)
