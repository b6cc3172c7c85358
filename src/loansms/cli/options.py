"""The options that several commands share, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Book = Annotated[Path, typer.Argument(metavar="BOOK", help="Loan book: .csv, .parquet or .xlsx.")]
PolicyName = Annotated[
    str, typer.Option("--policy", help="A preset (cn-consumer, us-first-party) or a policy TOML file.")
]
Options = Annotated[
    list[str] | None,
    typer.Option("--options", help="Optional steps of the policy, such as 3-2-1; repeatable."),
]
LenderFile = Annotated[
    Path | None,
    typer.Option(
        "--lender", help="Lender profile (TOML). Without it: a made-up example, sandbox and spool only."
    ),
]
Now = Annotated[
    str | None,
    typer.Option(
        "--now",
        help="The moment of the run with its offset, such as 2026-09-24T10:00:00+08:00. Default: the clock.",
    ),
]
Store = Annotated[
    Path,
    typer.Option(
        "--store", help="SQLite file of what was sent; the same file on every run prevents repeats."
    ),
]
MaybeStore = Annotated[
    Path | None, typer.Option("--store", help="SQLite file of earlier runs, read for history and caps.")
]
ProviderName = Annotated[
    str,
    typer.Option(
        "--provider",
        help="sandbox, sandbox:SEED, spool:DIR (writes messages to DIR/submitted.jsonl), or FILE.toml (a declared gateway).",
    ),
]
Packs = Annotated[
    list[str] | None,
    typer.Option(
        "--packs", help="Rule packs, such as CN or US; repeatable. Default: the lender's jurisdiction."
    ),
]
CatalogueFolder = Annotated[
    Path | None, typer.Option("--catalogue", help="Folder of your own templates. Default: the built-in ones.")
]
Calendar = Annotated[
    Path | None,
    typer.Option(
        "--calendar", help="TOML file of working days you add or correct, such as a new year's plan."
    ),
]
Columns = Annotated[
    str | None,
    typer.Option("--columns", help="TOML map from your headers to ours, or zh for the shipped one."),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Encoding of a CSV that is not UTF-8, such as gb18030.")
]
Out = Annotated[
    Path, typer.Option("--out", help="Rows out: .jsonl, .csv or .parquet; bad rows go to OUT.rejects.csv.")
]
MaybeOut = Annotated[
    Path | None,
    typer.Option("--out", help="Rows out: .jsonl, .csv or .parquet. Default: the first rows on the screen."),
]
EventsOut = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Rows out: .jsonl, .csv or .parquet; bad rows go to OUT.rejects.csv. Required with a file of events.",
    ),
]
Report = Annotated[Path | None, typer.Option("--report", help="An HTML report that reads offline.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit 1 when the input has bad rows.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar and no summary.")]
Lang = Annotated[
    str | None,
    typer.Option(
        "--lang", metavar="zh-CN|en", help="Language of what is printed. Default: LOANSMS_LANG, then LANG."
    ),
]
SignedPlanFile = Annotated[
    Path | None,
    typer.Option(
        "--plan", help="Send only what stands in this plan, signed by two people (sign-plan); all else waits."
    ),
]
Seeds = Annotated[
    Path | None,
    typer.Option(
        "--seeds", help="File of borrower ids, one a line: your own people in the book, written to first."
    ),
]
First = Annotated[
    int, typer.Option("--first", help="How many of the seeds with a step due are written to first.")
]
Share = Annotated[
    str | None,
    typer.Option(
        "--share", help="Then this share of the borrowers, such as 10%; the rest follows in a later run."
    ),
]
Failing = Annotated[
    str,
    typer.Option(
        "--failing", help="At most this share of them may be undelivered or refuse before the rest is sent."
    ),
]
Wait = Annotated[
    str, typer.Option("--wait", help="How long their receipts and refusals are awaited, such as 30m.")
]
Rollout = Annotated[
    str | None,
    typer.Option(
        "--rollout",
        help="Go live with this share of the borrowers, such as 1%; the system before keeps the others.",
    ),
]
Compare = Annotated[
    Path | None,
    typer.Option(
        "--compare",
        help="What the system before sent (borrower_id, sent_at, ...); --out and --report then hold the differences.",
    ),
]
MaxAge = Annotated[
    str | None,
    typer.Option("--max-age", help="Send nothing on figures older than this by their as_of, such as 36h."),
]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object on stdout and nothing else, for programs.")
]
Language = Annotated[str, typer.Option("--language", help="Language of the text, such as zh or en.")]
Facts = Annotated[
    list[str] | None, typer.Option("--fact", help="KEY=VALUE, repeatable: what is true and may be claimed.")
]
