"""`loansms approve`: take texts of a folder a step further, and keep who did it in approvals.toml."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from attrs import frozen

from loansms.cli import choices
from loansms.cli.output import written
from loansms.cli.session import Session
from loansms.errors import CallerError
from loansms.templates import (
    APPROVALS_FILE,
    Approval,
    ApprovalState,
    Catalogue,
    Template,
    advance,
    approvals_text,
    drafts,
    may_follow,
    standing,
)

_ANY = "*"


@frozen(kw_only=True)
class ApproveRequest:
    """Which text of which folder becomes what, and by whom; `template` may be a pattern such as reminder.*"""

    folder: Path
    template: str
    locale: str
    to: str
    by: str
    author: str | None = None
    on: str | None = None
    note: str = ""


def approve(session: Session, asked: ApproveRequest) -> None:
    """Carry out one step for every text asked for, write it, show what changed; raise what stands against it."""
    to = choices.one_of(ApprovalState, asked.to, "--to")
    on = choices.day(asked.on, session.clock)
    catalogue = _catalogue(asked.folder, to)
    chosen = _chosen(catalogue, asked, to)
    done = [(one, _advanced(one, asked, to, on)) for one in chosen]
    _keep(asked.folder, catalogue, [after for _, after in done])
    for template, after in done:
        _show(session, template, after, asked.by, on)
    for one in drafts(_catalogue(asked.folder, to)):
        session.say(one.told(session.lang))


def _catalogue(folder: Path, to: ApprovalState) -> Catalogue:
    """Return the folder's templates: what is to be released has to pass the review, what is stopped has not."""
    if to is ApprovalState.RETIRED:
        return Catalogue.load(folder, complete=False)
    return choices.catalogue(folder)


def _chosen(catalogue: Catalogue, asked: ApproveRequest, to: ApprovalState) -> list[Template]:
    """Return the text named, or of a pattern those whose next step this is."""
    if _ANY not in asked.template:
        return [catalogue.get(asked.template, asked.locale)]
    found = [
        one
        for one in catalogue.templates.values()
        if one.locale == asked.locale and fnmatchcase(one.id, asked.template) and may_follow(one.state, to)
    ]
    if not found:
        raise CallerError(
            f"TEMPLATE: expected a text in {asked.locale} that may become {to.value} now, none matches",
            f"TEMPLATE：{asked.locale} 中应有符合该模式且可变为 {to.value} 的文案，现无匹配",
        )
    return found


def _advanced(template: Template, asked: ApproveRequest, to: ApprovalState, on: date) -> Approval:
    before = standing(template, asked.author or asked.by)
    if asked.author not in (None, before.drafted_by):
        raise CallerError(
            f"--author: the author of {template.place} is {before.drafted_by} already; leave it out",
            f"--author：{template.place} 的撰写人已登记为 {before.drafted_by}；请去掉该选项",
        )
    return advance(before, to, by=asked.by, on=on, note=asked.note)


def _keep(folder: Path, catalogue: Catalogue, approvals: Sequence[Approval]) -> None:
    """Write `approvals` in the place of those of the same texts; the file appears whole or not at all."""
    kept = {(one.template, one.locale): one for one in (*_approvals(catalogue), *approvals)}
    with (
        written("DIR", folder / APPROVALS_FILE) as part,
        part.open("w", encoding="utf-8", newline="\n") as file,
    ):
        file.write(approvals_text(kept.values()))
        file.flush()
        os.fsync(file.fileno())


def _approvals(catalogue: Catalogue) -> Iterator[Approval]:
    return (one.approval for one in catalogue.templates.values() if one.approval is not None)


def _show(session: Session, template: Template, after: Approval, by: str, on: date) -> None:
    old = template.approval
    if old is not None and old.version != template.version:
        # Nobody should wonder why an approved text starts anew.
        session.say(session.tell("approve.other_words", place=template.place, version=old.version))
    session.say(
        session.tell(
            "approve.done",
            place=template.place,
            version=after.version,
            before=template.state.value,
            after=after.state.value,
            by=by,
            on=on.isoformat(),
        )
    )
