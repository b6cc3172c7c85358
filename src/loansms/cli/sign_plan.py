"""`loansms sign-plan`: one of the two signatures without which `loansms run --plan` sends nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from loansms.cli import options
from loansms.cli.invocation import session_of
from loansms.cli.kept_store import By, staff_id
from loansms.cli.output import written
from loansms.insights.sentences import number
from loansms.services.sending.plan_file import PlanFile


def sign_plan_command(
    context: typer.Context,
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan that `loansms plan --out` wrote.")],
    *,
    by: By,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """Sign a plan; two different people have to, and a changed file is signed by nobody."""
    session = session_of(context, lang)
    read = PlanFile.read(plan)
    signed = read.signatures().with_one_more(staff_id(by), session.clock.now())
    with (
        written("PLAN", read.signatures_path) as part,
        part.open("w", encoding="utf-8", newline="\n") as file,
    ):
        file.write(signed.text)
        file.flush()
        os.fsync(file.fileno())
    names = [one.by for one in signed.signed]
    if as_json:
        session.json(
            {
                "command": "sign-plan",
                "plan": plan.name,
                "sha256": read.digest,
                "messages": len(read.steps),
                "signed": names,
                "complete": len(names) > 1,
            }
        )
        return
    told = {"plan": plan.name, "digest": read.digest[:16], "count": number(len(read.steps)), "by": by}
    session.say(session.tell("signed.done" if len(names) > 1 else "signed.first", **told))
