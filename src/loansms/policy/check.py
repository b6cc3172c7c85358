"""What would go wrong with a policy, found before a borrower is told anything.

The policy itself: days after the last stage, overdue stages without a step, a tone that softens as the debt
grows older, a step that another on its day always silences, a reminder sent after the due date. With a
catalogue: templates that are missing, missing in a language, or written for another purpose.

>>> from loansms.policy.stages import Stage, Tone
>>> stages = (Stage(name="early", from_dpd=1, to_dpd=7, tone=Tone.FIRM), Stage(name="late", from_dpd=8))
>>> [finding.code for finding in find(Ladder(stages, ()))]
['tone_goes_back', 'stage_without_step', 'stage_without_step']
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from attrs import frozen
from babel import Locale, UnknownLocaleError

from loansms.model import Purpose
from loansms.policy.ladder import Ladder
from loansms.policy.stages import Step, in_order


class TemplateLike(Protocol):
    """What is asked of a template."""

    @property
    def purpose(self) -> Purpose:
        """Why its text is sent."""
        ...


class CatalogueLike(Protocol):
    """What is asked of a catalogue of templates."""

    def ids(self) -> Collection[str]:
        """Return every template id."""
        ...

    def locales(self, template_id: str, /) -> Collection[str]:
        """Return the locales in which a template exists."""
        ...

    def get(self, template_id: str, /, *, locale: str) -> TemplateLike:
        """Return the template in one of its locales."""
        ...


class PackLike(Protocol):
    """What is asked of a rule pack."""

    @property
    def version(self) -> str:
        """The pack and its state."""
        ...


class Severity(StrEnum):
    """How grave a finding is, the gravest first: error = some borrower is told nothing or the wrong thing."""

    ERROR = "error"
    WARN = "warn"
    NOTE = "note"


@frozen(kw_only=True)
class Finding:
    """One thing found; `where` names the stage, step or pack."""

    severity: Severity
    code: str
    where: str
    message: str
    message_zh: str


def find(
    ladder: Ladder,
    catalogue: CatalogueLike | None = None,
    packs: Sequence[PackLike] = (),
    languages: Sequence[str] = (),
) -> list[Finding]:
    """Return the findings on `ladder`, the gravest first."""
    found = [*_stages(ladder), *_silenced(ladder), *_late_reminders(ladder)]
    if catalogue is not None:
        for step in ladder.steps:
            found += _template(step, catalogue, languages)
    found += [_not_judged(pack) for pack in packs]
    return sorted(found, key=lambda finding: list(Severity).index(finding.severity))


def _stages(ladder: Ladder) -> Iterator[Finding]:
    order = in_order(ladder.stages)
    for before, after in pairwise(order):
        if after.tone.rank < before.tone.rank:
            yield Finding(
                severity=Severity.ERROR,
                code="tone_goes_back",
                where=f"stage {after.name}",
                message=f'Stage "{after.name}" speaks {after.tone} after "{before.name}" spoke {before.tone}.',
                message_zh=f"阶段“{after.name}”的语气（{after.tone}）比前一阶段“{before.name}”（{before.tone}）更轻。",
            )
    spoken = {rung.stage.name for rung in ladder.rungs}
    for stage in order:
        overdue = stage.to_dpd is None or stage.to_dpd > 0
        if overdue and stage.name not in spoken:
            yield Finding(
                severity=Severity.WARN,
                code="stage_without_step",
                where=f"stage {stage.name}",
                message=f'Stage "{stage.name}" has no step: its borrowers hear nothing.',
                message_zh=f"阶段“{stage.name}”没有任何步骤，处于该阶段的借款人收不到消息。",
            )
    end = order[-1].to_dpd
    if end is not None:
        yield Finding(
            severity=Severity.WARN,
            code="days_after_last_stage",
            where=f"stage {order[-1].name}",
            message=f"Days from {end + 1} on belong to no stage: leave to_dpd of the last stage out.",
            message_zh=f"第 {end + 1} 天起不属于任何阶段；请省略最后一个阶段的 to_dpd。",
        )


def _silenced(ladder: Ladder) -> Iterator[Finding]:
    for rung, after in pairwise(ladder.rungs):
        if rung.step.day == after.step.day:
            yield _unreachable(rung.step, f'"{after.step.id}" stands on the same day', f"“{after.step.id}”")
    promises = [step for step in ladder.steps if step is not ladder.promise and not step.stage]
    for step in promises:
        first = ladder.promise.id if ladder.promise else ""
        yield _unreachable(step, f'"{first}" already answers a promise', f"“{first}”")


def _unreachable(step: Step, because: str, other: str) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        code="unreachable_step",
        where=f"step {step.id}",
        message=f'Step "{step.id}" is never heard: {because}.',
        message_zh=f"步骤“{step.id}”永远不会执行：与{other}落在同一天。",
    )


def _late_reminders(ladder: Ladder) -> Iterator[Finding]:
    for rung in ladder.rungs:
        if rung.step.day > 0 and rung.step.purpose is Purpose.REPAYMENT_REMINDER:
            yield Finding(
                severity=Severity.ERROR,
                code="reminder_after_due",
                where=f"step {rung.step.id}",
                message=f'Step "{rung.step.id}" speaks of an overdue debt as a reminder, past the rules on collection.',
                message_zh=f"步骤“{rung.step.id}”在逾期后仍以提醒名义发送，会绕过催收规则。",
            )


def _template(step: Step, catalogue: CatalogueLike, languages: Sequence[str]) -> Iterator[Finding]:
    where = f"step {step.id}"
    if step.template not in catalogue.ids():
        yield Finding(
            severity=Severity.ERROR,
            code="template_missing",
            where=where,
            message=f'The catalogue has no template "{step.template}".',
            message_zh=f"模板目录中没有“{step.template}”。",
        )
        return
    locales = sorted(catalogue.locales(step.template))
    served = {_script(locale) for locale in locales}
    for language in languages:
        if _script(language) not in served:
            yield Finding(
                severity=Severity.ERROR,
                code="language_missing",
                where=where,
                message=f'Template "{step.template}" has no text in {language}; it has {", ".join(locales)}.',
                message_zh=f"模板“{step.template}”没有 {language} 文本，现有：{'、'.join(locales)}。",
            )
    for locale in locales:
        meant = catalogue.get(step.template, locale=locale).purpose
        if meant is not step.purpose:
            yield Finding(
                severity=Severity.ERROR,
                code="purpose_differs",
                where=where,
                message=f'Template "{step.template}" ({locale}) is written for {meant}, the step says {step.purpose}.',
                message_zh=f"模板“{step.template}”（{locale}）的用途为 {meant}，而步骤填写的是 {step.purpose}。",
            )


def _script(language: str) -> tuple[str, str | None]:
    """Return language and script, so that zh-TW is served by zh-Hant and en-US by en."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return language, None
    return locale.language, locale.script


def _not_judged(pack: PackLike) -> Finding:
    return Finding(
        severity=Severity.NOTE,
        code="pack_judged_when_planned",
        where=f"pack {pack.version}",
        message="Hours and caps of this pack hang on the account and are judged when it is planned.",
        message_zh="该规则包的时段与频次取决于具体账户，在生成计划时判断。",
    )
