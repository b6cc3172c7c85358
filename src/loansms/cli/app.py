"""The commands and their options; each hands what was typed to the module that does the work."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from loansms.cli import check, choices, options
from loansms.cli.approve import ApproveRequest, approve
from loansms.cli.bill import bill_command
from loansms.cli.brakes import resume_command, stop_command, stops_command
from loansms.cli.check_pack import PackRequest, check_pack
from loansms.cli.check_templates import TemplatesRequest, check_templates
from loansms.cli.check_text import TextRequest, check_text
from loansms.cli.evidence import evidence
from loansms.cli.export import export
from loansms.cli.help_zh import speak_chinese
from loansms.cli.invocation import end, session_of
from loansms.cli.notify import NotifyRequest, notify
from loansms.cli.obligations_command import obligations_command
from loansms.cli.ramp import RampRequest
from loansms.cli.run import BookRequest, plan, run
from loansms.cli.session import Session
from loansms.cli.sign_plan import sign_plan_command
from loansms.cli.simulate_command import simulate_command
from loansms.cli.take import take_command
from loansms.cli.unknowns import health_command, settle_command, unknowns_command
from loansms.cli.who_got import who_got_command
from loansms.insights.wording import is_chinese

app: typer.Typer = typer.Typer(
    name="loansms",
    help="Messages between lenders and borrowers: the right words at a lawful hour, once, with proof.",
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(evidence, name="evidence")


def run_app(args: Sequence[str], lang: str) -> int:
    """Run the command line on `args` in `lang`; return the exit code, raise what went wrong."""
    command: Any = typer.main.get_command(app)
    if is_chinese(lang):
        speak_chinese(command)
    ended: object = command(list(args), obj=Session.start(lang), standalone_mode=False, prog_name="loansms")
    return ended if isinstance(ended, int) else 0


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"loansms {version('loansms')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(  # pyright: ignore[reportUnusedFunction]
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
    lang: options.Lang = None,
) -> None:
    session_of(context, lang)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("run")
def run_command(
    context: typer.Context,
    *,
    book: options.Book,
    policy: options.PolicyName,
    store: options.Store,
    out: options.Out,
    option: options.Options = None,
    lender: options.LenderFile = None,
    now: options.Now = None,
    report: options.Report = None,
    provider: options.ProviderName = "sandbox",
    packs: options.Packs = None,
    catalogue: options.CatalogueFolder = None,
    calendar: options.Calendar = None,
    columns: options.Columns = None,
    encoding: options.Encoding = None,
    signed: options.SignedPlanFile = None,
    seeds: options.Seeds = None,
    first: options.First = 5,
    share: options.Share = None,
    failing: options.Failing = "10%",
    wait: options.Wait = "30m",
    max_age: options.MaxAge = None,
    rollout: options.Rollout = None,
    lang: options.Lang = None,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
) -> None:
    """Send what today's loan book calls for, each step once; run again, it sends nothing twice."""
    asked = BookRequest(
        book=book, policy=policy, store=store, out=out, options=option, lender=lender, now=now, report=report,
        provider=provider, packs=packs, catalogue=catalogue, calendar=calendar, columns=columns, encoding=encoding, quiet=quiet,
        signed=signed, max_age=max_age, rollout=rollout,
        ramp=RampRequest(seeds=seeds, first=first, share=share, failing=failing, wait=wait),
    )  # fmt: skip
    rejected = run(session_of(context, lang), asked)
    end(bad=strict and rejected > 0)


@app.command("plan")
def plan_command(
    context: typer.Context,
    *,
    book: options.Book,
    policy: options.PolicyName,
    store: options.MaybeStore = None,
    out: options.MaybeOut = None,
    option: options.Options = None,
    lender: options.LenderFile = None,
    now: options.Now = None,
    report: options.Report = None,
    packs: options.Packs = None,
    catalogue: options.CatalogueFolder = None,
    calendar: options.Calendar = None,
    columns: options.Columns = None,
    encoding: options.Encoding = None,
    show_text: Annotated[
        bool, typer.Option("--show-text", help="Show the texts on the screen; they name amounts and people.")
    ] = False,
    max_age: options.MaxAge = None,
    rollout: options.Rollout = None,
    compare: options.Compare = None,
    lang: options.Lang = None,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
) -> None:
    """Say what a run would do, and why, without sending anything."""
    asked = BookRequest(
        book=book, policy=policy, store=store, out=out, options=option, lender=lender, now=now, report=report,
        packs=packs, catalogue=catalogue, calendar=calendar, columns=columns, encoding=encoding, quiet=quiet, show_text=show_text,
        max_age=max_age, rollout=rollout, compare=compare,
    )  # fmt: skip
    rejected = plan(session_of(context, lang), asked)
    end(bad=strict and rejected > 0)


app.command("obligations")(obligations_command)


app.command("simulate")(simulate_command)


app.command("bill")(bill_command)


app.command("sign-plan")(sign_plan_command)


app.command("who-got")(who_got_command)


app.add_typer(export)


app.command("take")(take_command)


app.command("stop")(stop_command)


app.command("resume")(resume_command)


app.command("stops")(stops_command)


app.command("health")(health_command)


app.command("unknowns")(unknowns_command)


app.command("settle")(settle_command)


@app.command("notify")
def notify_command(
    context: typer.Context,
    *,
    store: options.Store,
    events: Annotated[
        Path | None, typer.Argument(metavar="EVENTS", help="Events: .csv, .jsonl, .parquet or .xlsx.")
    ] = None,
    event_id: Annotated[str | None, typer.Option("--event-id", help="The id of a single event.")] = None,
    template: Annotated[str | None, typer.Option("--template", help="Such as notice.disbursed.")] = None,
    borrower: Annotated[str | None, typer.Option("--borrower", help="Borrower id.")] = None,
    phone: Annotated[
        str | None, typer.Option("--phone", help="Their number; kept out of all output.")
    ] = None,
    country: Annotated[
        str | None, typer.Option("--country", help="Country of the number, such as CN.")
    ] = None,
    timezone: Annotated[str | None, typer.Option("--timezone", help="IANA zone of the borrower.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="Such as zh-CN or en.")] = None,
    loan: Annotated[str | None, typer.Option("--loan", help="Loan id, where there is one.")] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", help="Currency of amounts, such as CNY.")
    ] = None,
    value: Annotated[
        list[str] | None, typer.Option("--value", help="SLOT=VALUE, repeatable: what the template needs.")
    ] = None,
    fact: options.Facts = None,
    lender_id: Annotated[
        str | None, typer.Option("--lender-id", help="Which lender of the profile file speaks.")
    ] = None,
    lender: options.LenderFile = None,
    now: options.Now = None,
    provider: options.ProviderName = "sandbox",
    packs: options.Packs = None,
    catalogue: options.CatalogueFolder = None,
    calendar: options.Calendar = None,
    encoding: options.Encoding = None,
    out: options.EventsOut = None,
    lang: options.Lang = None,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
) -> None:
    """Tell borrowers of events (disbursed, debit failed, paid ...), each event once."""
    named = {
        "event_id": event_id, "template": template, "borrower_id": borrower, "phone": phone, "country": country,
        "timezone": timezone, "language": language, "loan_id": loan, "currency": currency,
        "lender_id": lender_id,
    }  # fmt: skip
    cells = {name: cell for name, cell in named.items() if cell is not None}
    cells |= choices.pairs(value, "--value")
    cells |= {f"fact.{key}": cell for key, cell in choices.pairs(fact, "--fact").items()}
    asked = NotifyRequest(
        events=events, cells=cells, store=store, lender=lender, packs=packs, catalogue=catalogue,
        calendar=calendar, encoding=encoding, now=now, provider=provider, out=out, quiet=quiet,
    )  # fmt: skip
    rejected = notify(session_of(context, lang), asked)
    end(bad=strict and rejected > 0)


@app.command("check-text")
def check_text_command(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text, or - to read it from stdin.")],
    *,
    language: options.Language = "zh",
    purpose: Annotated[str, typer.Option("--purpose", help="Why it is sent.")] = "collection",
    recipient: Annotated[
        str, typer.Option("--recipient", help="Who reads it: borrower, guarantor ...")
    ] = "borrower",
    fact: options.Facts = None,
    packs: Annotated[
        list[str] | None,
        typer.Option("--packs", help="Ask these rule packs too, such as CN or your own file; repeatable."),
    ] = None,
    jurisdiction: Annotated[
        str | None, typer.Option("--jurisdiction", help="Of the debt, such as US-MA. Default: the pack's.")
    ] = None,
    party: Annotated[
        str | None,
        typer.Option("--party", help="first (the lender) or third. Default: third, the strict way."),
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option("--provider", help="Who carries it, such as aliyun_cn, for the rules it has."),
    ] = None,
    channel: Annotated[str, typer.Option("--channel", help="The road it takes: sms, voice ...")] = "sms",
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="IANA zone of the reader. Default: all the country has.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="The moment it would go, with its offset. Default: the clock.")
    ] = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """Review the wording of one text; exit 1 when it is not allowed."""
    asked = TextRequest(
        text=text, language=language, purpose=purpose, recipient=recipient, facts=fact, packs=packs,
        jurisdiction=jurisdiction, party=party, provider=provider, channel=channel, timezone=timezone, at=at,
        json=as_json,
    )  # fmt: skip
    end(bad=not check_text(session_of(context, lang), asked))


@app.command("check-policy")
def check_policy_command(
    context: typer.Context,
    policy: Annotated[str, typer.Argument(metavar="POLICY", help="A preset or a policy TOML file.")],
    option: options.Options = None,
    packs: options.Packs = None,
    catalogue: options.CatalogueFolder = None,
    language: Annotated[
        list[str] | None, typer.Option("--language", help="A language the book needs; repeatable.")
    ] = None,
    lang: options.Lang = None,
) -> None:
    """Find what would go wrong with a policy; exit 1 when something grave is found."""
    clean = check.check_policy(
        session_of(context, lang), policy, options=option, packs=packs, folder=catalogue, languages=language
    )
    end(bad=not clean)


@app.command("check-templates")
def check_templates_command(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder of templates. Default: the built-in ones.")
    ] = None,
    profile: Annotated[str, typer.Option("--profile", help="Whose rules: none, direct, aliyun ...")] = "none",
    packs: Annotated[
        list[str] | None,
        typer.Option("--packs", help="Ask these rule packs too, such as CN or your own file; repeatable."),
    ] = None,
    lender: Annotated[
        Path | None,
        typer.Option("--lender", help="Profile (TOML) of who sends them. Default: an example of the packs."),
    ] = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """Hold templates against the rules of a provider; exit 1 when something grave is found."""
    asked = TemplatesRequest(folder=folder, profile=profile, packs=packs, lender=lender, json=as_json)
    end(bad=not check_templates(session_of(context, lang), asked))


@app.command("check-pack")
def check_pack_command(
    context: typer.Context,
    pack: Annotated[
        str, typer.Argument(metavar="PACK", help="A shipped pack (CN, US, DE) or your own TOML file.")
    ],
    on: Annotated[
        str | None, typer.Option("--on", help="The day its rules are read for. Default: today.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 when the pack is not fit for production.")
    ] = False,
    diff: Annotated[
        str | None, typer.Option("--diff", help="Another pack: show what this one changes in it.")
    ] = None,
    rule: Annotated[
        str | None, typer.Option("--rule", help="Show the rule of this id in full, such as CN-TIME-01.")
    ] = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """Read a rule pack as a lawyer would: its rules, their sources, and what is open."""
    asked = PackRequest(name=pack, on=on, strict=strict, diff=diff, rule=rule, json=as_json)
    end(bad=not check_pack(session_of(context, lang), asked))


@app.command("approve")
def approve_command(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of your own templates.")],
    template: Annotated[
        str, typer.Argument(metavar="TEMPLATE", help="Such as reminder.due_in_3, or reminder.* for several.")
    ],
    *,
    locale: Annotated[str, typer.Option("--locale", help="Such as zh-CN or en.")],
    to: Annotated[str, typer.Option("--to", help="reviewed, approved or retired: one step at a time.")],
    by: Annotated[str, typer.Option("--by", help="Staff id of who does it.")],
    author: Annotated[
        str | None, typer.Option("--author", help="Staff id of who wrote the text. Default: --by.")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", help="The day of it. Default: today.")] = None,
    note: Annotated[str, typer.Option("--note", help="One line to keep with it.")] = "",
    lang: options.Lang = None,
) -> None:
    """Review, approve or retire one text; whoever approves has neither written nor reviewed it."""
    asked = ApproveRequest(
        folder=folder, template=template, locale=locale, to=to, by=by, author=author, on=on, note=note
    )
    approve(session_of(context, lang), asked)
