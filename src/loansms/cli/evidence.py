"""`loansms evidence`: seal the journal, show and export a loan, and hold what was sealed against keys and checkpoints."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer
from attrs import evolve, frozen

from loansms.cli import evidence_store, options
from loansms.cli.invocation import end, session_of
from loansms.cli.session import Session
from loansms.errors import CallerError
from loansms.evidence import Ed25519Verifier, Verdict, keys_of, verify_export, verify_files
from loansms.evidence.files import checkpoint_file, export_lines
from loansms.evidence.wording import say

evidence: typer.Typer = typer.Typer(name="evidence", help="What proves that messages went out as they did.")


@frozen(kw_only=True)
class VerifyRequest:
    """An export to check, checkpoints and documents had from outside, and the published keys; without keys those of the file."""

    export: Path
    checkpoints: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    keys: tuple[str, ...] = ()
    json: bool = False


@evidence.command("verify")
def verify_command(
    context: typer.Context,
    export: Annotated[
        Path, typer.Argument(metavar="EXPORT", help="An export of evidence (.jsonl), or a ledger.")
    ],
    *,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", help="A checkpoint.txt had earlier, from outside; repeatable."),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key",
            help="A public key as the lender published it, or its file; repeatable. Default: the export's own.",
        ),
    ] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option("--file", help="A document that was sent, such as a notice; repeatable."),
    ] = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """Check an export of evidence, or a whole ledger; exit 1 when anything in it does not hold."""
    asked = VerifyRequest(
        export=export,
        checkpoints=tuple(checkpoint or ()),
        files=tuple(file or ()),
        keys=tuple(key or ()),
        json=as_json,
    )
    end(bad=not verify_evidence(session_of(context, lang), asked))


Zone = Annotated[str, typer.Option("--zone", help="The zone times are shown in.")]
Ledger = Annotated[Path, typer.Option("--store", help="SQLite file of the runs.")]


@evidence.command("new-key")
def new_key_command(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Where the private key is written (PEM).")],
    *,
    name: Annotated[str, typer.Option("--name", help="The journal's name, such as bank.example/evidence.")],
    lang: options.Lang = None,
) -> None:
    """Make a key that signs seals, and say its public line: publish that one."""
    evidence_store.new_key(session_of(context, lang), path, name)


@evidence.command("seal")
def seal_command(
    context: typer.Context,
    *,
    store: Ledger,
    key_file: Annotated[Path, typer.Option("--key-file", help="The private key (PEM) that signs.")],
    name: Annotated[str, typer.Option("--name", help="The journal's name, such as bank.example/evidence.")],
    checkpoints: Annotated[
        Path | None,
        typer.Option("--checkpoints", help="A folder that leaves this machine: takes every checkpoint."),
    ] = None,
    lang: options.Lang = None,
) -> None:
    """Seal what is new in the journal; run it every few minutes."""
    session = session_of(context, lang)
    session.say(str(evidence_store.seal(session, store, key_file, name, checkpoints)))


@evidence.command("show")
def show_command(
    context: typer.Context,
    loan: Annotated[str, typer.Argument(metavar="LOAN", help="The loan id.")],
    *,
    store: Ledger,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page instead.")] = None,
    zone: Zone = "Asia/Shanghai",
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """Show what happened with a loan, every value masked; exit 1 when nothing is on record."""
    end(bad=not evidence_store.show(session_of(context, lang), store, loan, html, zone, as_json=as_json))


@evidence.command("export")
def export_command(
    context: typer.Context,
    loan: Annotated[str, typer.Argument(metavar="LOAN", help="The loan id.")],
    *,
    store: Ledger,
    key: Annotated[
        list[str],
        typer.Option("--key", help="The public line of a key that sealed, or its file; repeatable."),
    ],
    out: Annotated[Path, typer.Option("--out", help="The export, .jsonl.")],
    html: Annotated[Path | None, typer.Option("--html", help="And the page of it.")] = None,
    zone: Zone = "Asia/Shanghai",
    lang: options.Lang = None,
) -> None:
    """Take a loan's evidence out: a file that anybody checks without us."""
    evidence_store.export(session_of(context, lang), store, loan, key, out, html, zone)


def verify_evidence(session: Session, asked: VerifyRequest) -> bool:
    """Check an export, or a ledger, and show what was found; return whether it is proved."""
    outside = [checkpoint_file(path) for path in asked.checkpoints]
    if evidence_store.is_ledger(asked.export):
        keys = asked.keys
        verdict = evidence_store.verify_store(session, asked.export, keys, outside)
    else:
        keys = asked.keys or keys_of(export_lines(asked.export))
        verdict = verify_export(export_lines(asked.export), [_verifier(key) for key in keys], outside)
    if asked.files:
        entries = evidence_store.entries_of(session, asked.export)
        changed = verify_files(
            entries, {path.name: evidence_store.read(path, "--file") for path in asked.files}
        )
        verdict = evolve(verdict, findings=(*verdict.findings, *changed))
    if asked.json:
        session.json(_record(session, asked, verdict, keys))
    else:
        _show(session, asked, verdict, keys)
    return verdict.is_proved


def _verifier(key: str) -> Ed25519Verifier:
    try:
        return Ed25519Verifier(evidence_store.public_key(key))
    except CallerError as wrong:
        raise CallerError(
            f"{wrong}; a journal of suite gm must be checked by the host, with its own verifier",
            f"{wrong.zh}；gm 套件的日志须由宿主以自有的验签器核验",
        ) from None


def _show(session: Session, asked: VerifyRequest, verdict: Verdict, keys: tuple[str, ...]) -> None:
    told = {
        "path": asked.export.name,
        "records": str(verdict.records),
        "sealed": str(verdict.sealed),
        "seals": str(verdict.seals),
        "until": f"{verdict.until.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if verdict.until else "-",
        "count": str(len(verdict.findings)),
    }
    session.say(say("verdict.holds" if verdict.is_proved else "verdict.fails", session.lang, **told))
    for finding in verdict.findings:
        session.say(f"  {finding.told(session.lang)}")
    for key, count in (("verdict.unsealed", verdict.unsealed), ("verdict.stamps", verdict.unchecked_stamps)):
        if count:
            session.say(say(key, session.lang, count=str(count)))
    if not asked.keys:
        session.warn(say("verdict.own_key", session.lang, keys=", ".join(keys)))
    if not asked.checkpoints:
        session.warn(say("verdict.no_checkpoint", session.lang))


def _record(
    session: Session, asked: VerifyRequest, verdict: Verdict, keys: tuple[str, ...]
) -> dict[str, object]:
    return {
        "command": "evidence verify",
        "export": asked.export.name,
        "proved": verdict.is_proved,
        "records": verdict.records,
        "sealed": verdict.sealed,
        "unsealed": verdict.unsealed,
        "seals": verdict.seals,
        "until": verdict.until.isoformat() if verdict.until else None,
        "unchecked_stamps": verdict.unchecked_stamps,
        "keys": keys,
        "own_keys": not asked.keys,
        "checkpoints": len(asked.checkpoints),
        "findings": [
            {
                "code": one.code.value,
                "line": one.line,
                "number": one.number,
                "place": one.place,
                "seal": one.seal,
                "file": one.file,
                "message": one.told(session.lang),
            }
            for one in verdict.findings
        ],
    }
