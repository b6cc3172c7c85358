"""Content standards: what each kind of notice has to tell its reader, and what a template lacks of it.

The standards are data (``data/content.toml``; a folder may lay its own over them). An element is met by a slot,
by a pattern in the fixed words, or by the frame; an element may also stand behind the pay channel or app that
the text names, so that a reminder stays short and shows little in a preview.

>>> from loansms.templates.catalogue import Catalogue
>>> catalogue = Catalogue.builtin()
>>> template = catalogue.get("notice.debit_failed", "en")
>>> catalogue.standards.of(template).title, lacks(template, catalogue.standards)
('A direct debit that failed', ())
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, field, frozen

from loansms.errors import CallerError, TemplateError
from loansms.files import structure
from loansms.templates.frame import jurisdiction_of
from loansms.templates.parts import Fixed
from loansms.templates.template import Template

LANGUAGES: Final = ("zh", "en")
_FRAMES: Final = ("sender", "opt_out")
_APP: Final = "app"  # the element that names where the rest is to be seen
_FLAGS: Final = {"zh": re.NOFLAG, "en": re.IGNORECASE}


def _patterns(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(given)


@frozen(kw_only=True)
class Element:
    """One thing a text may have to tell.

    ``slots`` any of which tells it, patterns in the fixed words by language (``zh``, ``en``), ``frame`` what of
    the frame does (sender, opt_out). ``least`` asks for that many different ones of them. ``rule`` names what
    is lacking in the lint ("content" where no other check has a name for it), ``citation`` its source.
    """

    means: str
    means_zh: str
    slots: tuple[str, ...] = ()
    zh: tuple[str, ...] = field(default=(), converter=_patterns)
    en: tuple[str, ...] = field(default=(), converter=_patterns)
    frame: str = ""
    least: int = 1
    rule: str = "content"
    citation: str = "house"

    def __attrs_post_init__(self) -> None:
        if self.frame and self.frame not in _FRAMES:
            raise CallerError(
                f"frame: expected one of {', '.join(_FRAMES)}", f"frame：应为 {'、'.join(_FRAMES)} 之一"
            )
        if not (self.slots or self.zh or self.en or self.frame):
            raise CallerError(
                "expected slots, zh, en or frame: nothing could meet it",
                "应给出 slots、zh、en 或 frame，否则无从满足",
            )
        for pattern in (*self.zh, *self.en):
            try:
                re.compile(pattern)
            except re.error:
                raise CallerError("zh, en: expected regular expressions", "zh、en：应为正则表达式") from None

    def told_by(self, template: Template, words: str, language: str) -> int:
        """Return how many different things in `template` tell this; `words` are its folded fixed words."""
        slots = sum(name in template.slots or name in template.lender_slots for name in self.slots)
        patterns = self.zh if language == "zh" else self.en if language == "en" else ()
        found = sum(re.search(one, words, _FLAGS[language]) is not None for one in patterns)
        return slots + found + (self.frame in _FRAMES and _framed(template, self.frame))

    def readable_in(self, language: str) -> bool:
        """Return whether fixed words of `language` could have been found; other languages a person reads."""
        return language in LANGUAGES or not (self.zh or self.en)


@frozen(kw_only=True)
class Standard:
    """What one kind of notice tells; every entry names an element.

    Without a ``required`` one the text is refused; one of ``in_app`` may stand behind the pay channel or app
    that the text names; ``advised`` ones are told as warnings; a ``forbidden`` one may not stand.
    ``with_facts`` asks for an element only where the template declares one of the facts listed.
    """

    title: str
    title_zh: str
    required: tuple[str, ...] = ()
    in_app: tuple[str, ...] = ()
    advised: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    with_facts: Mapping[str, tuple[str, ...]] = field(factory=dict[str, tuple[str, ...]])

    @property
    def named(self) -> frozenset[str]:
        """Every element it speaks of."""
        return frozenset({*self.required, *self.in_app, *self.advised, *self.forbidden, *self.with_facts})


@frozen(kw_only=True)
class Lack:
    """One element a template lacks, or holds though its standard forbids it.

    ``severity`` is error (the text is refused) or warning. The messages name template, element and remedy.
    """

    template: str
    locale: str
    element: str
    severity: str
    message: str
    message_zh: str
    rule: str = "content"
    citation: str = "house"


@frozen(kw_only=True)
class Standards:
    """The standards of one catalogue, by name, and which template follows which."""

    elements: Mapping[str, Element] = field(factory=dict[str, Element], repr=False)
    standards: Mapping[str, Standard] = field(factory=dict[str, Standard], repr=False)
    follows: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    purposes: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    fold: Mapping[int, str] = field(factory=dict[int, str], repr=False)

    def over(self, below: Standards) -> Standards:
        """Return these laid over `below`: what both name, these decide."""
        return Standards(
            elements={**below.elements, **self.elements},
            standards={**below.standards, **self.standards},
            follows={**below.follows, **self.follows},
            purposes={**below.purposes, **self.purposes},
            fold={**below.fold, **self.fold},
        )

    def name_of(self, template: Template) -> str:
        """Return the name of the standard `template` follows: by its id, its purpose, then its kind; or ""."""
        kind = template.id.partition(".")[0]
        return (
            self.follows.get(template.id)
            or self.purposes.get(template.purpose.value)
            or self.follows.get(f"{kind}.*")
            or ""
        )

    def of(self, template: Template) -> Standard | None:
        """Return the standard `template` follows, None where there is none for its kind."""
        return self.standards.get(self.name_of(template))

    def checked(self, source: str) -> Standards:
        """Return these standards; raise TemplateError where one names what is not there."""
        for name, standard in self.standards.items():
            _known(f"{source} standards.{name}", standard.named | {_APP}, self.elements)
        for table, named in (("follows", self.follows), ("purposes", self.purposes)):
            for key, name in named.items():
                _known(f"{source} {table}.{key}", {name}, self.standards)
        return self


def _known(where: str, named: Iterable[str], there: Mapping[str, object]) -> None:
    odd = sorted(set(named) - set(there))
    if odd:
        told = ", ".join(odd)
        raise TemplateError(
            f"{where}: not declared: {told}; expected some of {', '.join(there)}",
            f"{where}：未声明 {told}；应为 {'、'.join(there)} 之一",
        )


def standards_of(content: Mapping[str, Any], source: str) -> Standards:
    """Return the standards in the `content` of a content.toml; raise TemplateError naming key and expectation."""
    tables = structure(content, _Tables, source, TemplateError)
    shown, read = tables.fold.get("shown", ""), tables.fold.get("read", "")
    if len(shown) != len(read):
        raise TemplateError(
            f"{source} fold: expected as many characters in read as in shown",
            f"{source} fold：shown 与 read 的字数应相同",
        )
    return Standards(
        elements=_each(tables.elements, Element, f"{source} elements"),
        standards=_each(tables.standards, Standard, f"{source} standards"),
        follows=tables.follows,
        purposes=tables.purposes,
        fold={ord(one): other for one, other in zip(shown, read, strict=True)},
    )


@frozen(kw_only=True)
class _Tables:
    elements: Mapping[str, Mapping[str, Any]] = field(factory=dict[str, Mapping[str, Any]])
    standards: Mapping[str, Mapping[str, Any]] = field(factory=dict[str, Mapping[str, Any]])
    follows: Mapping[str, str] = field(factory=dict[str, str])
    purposes: Mapping[str, str] = field(factory=dict[str, str])
    fold: Mapping[str, str] = field(factory=dict[str, str])


def _each(tables: Mapping[str, Mapping[str, Any]], into: type[Any], source: str) -> dict[str, Any]:
    return {name: structure(one, into, f"{source}.{name}", TemplateError) for name, one in tables.items()}


def lacks(template: Template, standards: Standards) -> tuple[Lack, ...]:
    """Return what `template` lacks of its standard, errors first."""
    standard = standards.of(template)
    if standard is None:
        return ()
    words = "".join(part.text if isinstance(part, Fixed) else "{}" for part in template.parts)
    read = _Read(template, standards, words.translate(dict(standards.fold)))
    return tuple(sorted(read.against(standard), key=lambda one: one.severity))


@frozen
class _Read:
    """One template with its words in plain form."""

    template: Template
    standards: Standards
    words: str = field(repr=False)

    @property
    def language(self) -> str:
        return self.template.locale.partition("-")[0]

    def against(self, standard: Standard) -> Iterator[Lack]:
        asked = [name for name, facts in standard.with_facts.items() if set(facts) & set(self.template.facts)]
        for name in (*standard.required, *asked):
            if not self.tells(name):
                yield self.lack(name, standard, "error")
        for name in standard.in_app:
            if not self.tells(name) and not self.tells(_APP):
                yield self.lack(name, standard, "error")
        for name in standard.advised:
            if not self.tells(name):
                yield self.lack(name, standard, "warning")
        for name in standard.forbidden:
            if self.tells(name):
                yield self.holds(name, standard)
            elif not self.standards.elements[name].readable_in(self.language):
                yield self.lack(name, standard, "warning")

    def tells(self, name: str) -> bool:
        element = self.standards.elements[name]
        return element.told_by(self.template, self.words, self.language) >= element.least

    def lack(self, name: str, standard: Standard, severity: str) -> Lack:
        element = self.standards.elements[name]
        slots = [f"{{{one}}}" for one in element.slots]
        by = f"add {' or '.join(slots)}" if slots else "say so in the text"
        by_zh = f"请加上 {' 或 '.join(slots)}" if slots else "请在文案中说明"
        if slots and (element.zh or element.en):
            by, by_zh = f"{by}, or say so in the text", f"{by_zh}，或在文案中说明"
        readable = element.readable_in(self.language)
        if not readable:
            by = "its words are read in zh and en only: have a person check"
            by_zh = "该语言的文字无法自动判断，请人工核对"
        return Lack(
            template=self.template.id,
            locale=self.template.locale,
            element=name,
            severity=severity if readable else "warning",
            message=f"{self.template.place}: {standard.title}: lacks {element.means}; {by}",
            message_zh=f"{self.template.place}：{standard.title_zh}：缺少{element.means_zh}；{by_zh}",
            rule=element.rule,
            citation=element.citation,
        )

    def holds(self, name: str, standard: Standard) -> Lack:
        element = self.standards.elements[name]
        lack = self.lack(name, standard, "error")
        return evolve(
            lack,
            severity="error",
            message=f"{self.template.place}: {standard.title}: may not hold {element.means}; take it out",
            message_zh=f"{self.template.place}：{standard.title_zh}：不得含有{element.means_zh}；请删去",
        )


def _framed(template: Template, part: str) -> bool:
    if part == "sender":
        return template.names_sender or bool(template.frame.opening or template.frame.signed_opening)
    jurisdiction = jurisdiction_of(template.locale, None)
    return bool(template.frame.closing_for(template.purpose, jurisdiction, template.opt_out))


def require_content(templates: Iterable[Template], standards: Standards) -> None:
    """Raise one TemplateError that names everything `templates` lack; warnings pass."""
    refused = [one for each in templates for one in lacks(each, standards) if one.severity == "error"]
    if refused:
        raise TemplateError(
            "; ".join(one.message for one in refused), "；".join(one.message_zh for one in refused)
        )
