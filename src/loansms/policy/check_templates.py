"""Steps whose words are missing, missing in a language, or written for another purpose, reader or channel."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from attrs import frozen
from babel import Locale, UnknownLocaleError

from loansms.model import Channel, Purpose, RecipientRole
from loansms.policy.check_finding import Finding, Severity, finding
from loansms.policy.check_subject import Subject


class TemplateLike(Protocol):
    """What is asked of a template."""

    @property
    def purpose(self) -> Purpose:
        """Why its text is sent."""
        ...

    @property
    def recipient(self) -> RecipientRole:
        """Whom its words speak to."""
        ...

    @property
    def channel(self) -> Channel:
        """The channel its words were written for."""
        ...


class CatalogueLike(Protocol):
    """What the proof of a policy asks of a catalogue; `loansms.templates.Catalogue` has it."""

    def ids(self) -> Collection[str]:
        """Return every template id."""
        ...

    def locales(self, template_id: str, /) -> Collection[str]:
        """Return the locales in which a template exists."""
        ...

    def get(self, template_id: str, /, *, locale: str) -> TemplateLike:
        """Return the template in one of its locales."""
        ...


def template_findings(
    subject: Subject, catalogue: CatalogueLike, languages: Sequence[str]
) -> Iterator[Finding]:
    """Yield what is wrong with the words of each step; `languages` are those the book needs."""
    known = frozenset(catalogue.ids())
    for asked in _asked(subject):
        if asked.template in known:
            locales = sorted(catalogue.locales(asked.template))
            yield from _languages(asked, locales, languages)
            yield from _differs(asked, catalogue, locales)
        else:
            yield finding(
                Severity.ERROR,
                "template_missing",
                asked.where,
                f'The catalogue has no template "{asked.template}".',
                f"模板目录中没有“{asked.template}”。",
            )


@frozen
class _Asked:
    """Words that are needed: where, which template, and what for; no channels where any will do."""

    where: str
    template: str
    purpose: Purpose
    recipient: RecipientRole = RecipientRole.BORROWER
    channels: tuple[Channel, ...] = ()


def _asked(subject: Subject) -> Iterator[_Asked]:
    for step in subject.steps:
        yield _Asked(f"step {step.id}", step.template, step.purpose, step.recipient, step.channels)
    for purpose, template in subject.joined.items():
        yield _Asked(f"joined {purpose}", template, Purpose(purpose))


def _languages(asked: _Asked, locales: Sequence[str], languages: Sequence[str]) -> Iterator[Finding]:
    served = {_script(locale) for locale in locales}
    for language in languages:
        if _script(language) not in served:
            yield finding(
                Severity.ERROR,
                "language_missing",
                asked.where,
                f'Template "{asked.template}" has no text in {language}; it has {", ".join(locales)}.',
                f"模板“{asked.template}”没有 {language} 文本，现有：{'、'.join(locales)}。",
            )


def _differs(asked: _Asked, catalogue: CatalogueLike, locales: Sequence[str]) -> Iterator[Finding]:
    for locale in locales:
        template = catalogue.get(asked.template, locale=locale)
        if template.purpose is not asked.purpose:
            yield _other(asked, locale, "purpose", "用途", template.purpose, asked.purpose)
        if template.recipient is not asked.recipient:
            yield _other(asked, locale, "recipient", "对象", template.recipient, asked.recipient)
        if asked.channels and template.channel not in asked.channels:
            yield _other(asked, locale, "channel", "渠道", template.channel, ", ".join(asked.channels))


def _other(asked: _Asked, locale: str, what: str, what_zh: str, written: str, said: str) -> Finding:
    return finding(
        Severity.WARN if what == "channel" else Severity.ERROR,
        f"{what}_differs",
        asked.where,
        f'Template "{asked.template}" ({locale}) is written for {written}, the policy says {said}.',
        f"模板“{asked.template}”（{locale}）的{what_zh}为 {written}，而策略填写的是 {said}。",
    )


def _script(language: str) -> tuple[str, str | None]:
    """Return language and script, so that zh-TW is served by zh-Hant and en-US by en."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return language, None
    return locale.language, locale.script
