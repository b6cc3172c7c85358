"""What is wrong with words that a stranger proposes for a template, before anybody reads them.

A generator may be led astray by what it reads, so nothing it brings is believed: the slots must be the template's own, every
figure, link and address must stand in the approved words already, and the rest is read by the checks of every template.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from attrs import evolve, field, frozen

from loansms.compliance import RulePack, review_text
from loansms.compliance.wording.links import APART, LINK
from loansms.errors import TemplateError
from loansms.model import Lender
from loansms.planning import prove
from loansms.planning.gate import lender_facts
from loansms.templates import Catalogue, Finding, Template, lint
from loansms.templates.content import lacks
from loansms.templates.parts import Fixed, names, parse
from loansms.templates.review import sample_facts, sample_text, sample_values

_FIGURES: Final = re.compile(r"\d+(?:[.,:/-]\d+)*")
# Numerals written out carry amounts as well: 五百元 is as much a promise as 500元.
_SPELLED: Final = re.compile(
    r"[〇零一二三四五六七八九十百千万两兩壹贰叁肆伍陆柒捌玖拾佰仟]{2,}|[0-9〇零一二三四五六七八九十百千万两半]+(?=[元块成折倍%％])"
)
_ADDRESS: Final = re.compile(r"\S@\S|微信|v信|qq|wechat|whatsapp|telegram")
_BLANK: Final = re.compile(r"\s+")
_SHORTEST: Final = 2
# Nothing more is done with such words: they fill no slot, or they would be kept and quoted.
_UNREAD: Final = frozenset({"draft_slot_dropped", "draft_slot_invented", "draft_personal"})

# rule: (English, Chinese)
_TOLD: Final = {
    "draft_not_text": ("expected text", "应为文本"),
    "draft_too_long": ("longer than was asked for", "超出要求的长度"),
    "draft_control": (
        "expected one printable line without 【】 and marks that steer the direction of writing",
        "应为单行可见文本，不含【】和改变书写方向的字符",
    ),
    "draft_braces": ("a brace stands alone; slots are written {name}", "花括号不成对；变量应写作 {name}"),
    "draft_slot_dropped": ("a slot of the template is missing", "缺少模板中的变量"),
    "draft_slot_invented": ("a slot that the template does not have", "含有模板没有的变量"),
    "draft_figure": ("a figure that the approved words do not have", "含有原文案没有的数字"),
    "draft_link": ("a link or address that the approved words do not have", "含有原文案没有的链接或联系方式"),
    "draft_personal": ("a value of the person answered stands in it", "含有对方的个人信息"),
    "draft_language": ("not in the language of the template", "语言与模板不符"),
    "draft_same": ("the same words as the template's or another proposal's", "与原文案或另一方案相同"),
}


@frozen(kw_only=True)
class Judge:
    """Everything a proposal for `template` is held against; ``personal`` are values that must not come back."""

    template: Template
    catalogue: Catalogue
    packs: Sequence[RulePack]
    lender: Lender
    provider: str
    longest: int
    personal: tuple[str, ...] = field(default=(), repr=False)

    def read(self, proposed: object, seen: set[str]) -> tuple[Template | None, tuple[Finding, ...]]:
        """Return the draft that `proposed` makes, None where it makes none, and all findings, errors first."""
        rough = list(self._form(proposed))
        if rough or not isinstance(proposed, str):
            return None, tuple(rough)
        words = proposed.strip()
        found = [self._told(one) for one in self._said(words, seen)]
        seen.add(plain(words))
        if any(one.rule in _UNREAD for one in found):
            return None, tuple(found)
        made = evolve(self.template, text=words, source="draft", approval=None)
        found += self._lawful(made)
        return made, tuple(sorted(found, key=lambda one: one.severity))

    def _form(self, proposed: object) -> Iterator[Finding]:
        """Yield what keeps it from being read at all: nothing is done with the words of a huge or broken one."""
        if not isinstance(proposed, str) or not proposed.strip():
            yield self._told("draft_not_text")
        elif len(proposed) > self.longest:
            yield self._told("draft_too_long")
        elif not proposed.strip().isprintable() or "【" in proposed or "】" in proposed:
            yield self._told("draft_control")
        else:
            try:
                parse(proposed)
            except ValueError:
                yield self._told("draft_braces")

    def _said(self, words: str, seen: set[str]) -> Iterator[str]:
        parts, ours = parse(words), {*self.template.slots, *self.template.lender_slots}
        theirs = set(names(parts))
        if ours - theirs:
            yield "draft_slot_dropped"
        if theirs - ours:
            yield "draft_slot_invented"
        fixed = plain("\n".join(part.text for part in parts if isinstance(part, Fixed)))
        known = plain(self.template.fixed_words)
        if any(figure not in _figures(known) for figure in _figures(fixed)):
            yield "draft_figure"
        if any(one[0] not in known for kind in (LINK, APART, _ADDRESS) for one in kind.finditer(fixed)):
            yield "draft_link"
        if self._tells_of_a_person(fixed, known):
            yield "draft_personal"
        if not _same_script(fixed, known):
            yield "draft_language"
        if plain(words) in seen:
            yield "draft_same"

    def _tells_of_a_person(self, fixed: str, known: str) -> bool:
        """Return whether a value of the person stands in `fixed`, blanks or none between its characters."""
        said, ours = _BLANK.sub("", fixed), _BLANK.sub("", known)
        values = (_BLANK.sub("", plain(one)) for one in self.personal)
        return any(len(one) >= _SHORTEST and one in said and one not in ours for one in values)

    def _lawful(self, made: Template) -> Iterator[Finding]:
        """Yield what the review, the content standard, the lint and the packs find: as for any template."""
        try:
            said = sample_text(made, self.lender)
        except TemplateError as wrong:
            yield Finding("template_values", made.id, made.locale, "error", str(wrong), wrong.zh)
            return
        facts = {**lender_facts(self.lender), **sample_facts(made, sample_values(made, self.lender))}
        review = review_text(said, made.locale.partition("-")[0], made.purpose, facts, made.recipient)
        for one in review.findings:
            zh = one.message_zh or one.message
            yield Finding(one.family, made.id, made.locale, "error", one.message, zh, one.citation)
        for lack in lacks(made, self.catalogue.standards):
            yield Finding(
                lack.rule, made.id, made.locale, lack.severity, lack.message, lack.message_zh, lack.citation
            )
        alone = evolve(self.catalogue, templates={(made.id, made.locale): made})
        yield from (one for one in lint(alone, lender=self.lender) if one.template == made.id)
        yield from prove(alone, self.packs, self.lender, provider=self.provider)

    def _told(self, rule: str) -> Finding:
        template = self.template
        english, chinese = _TOLD[rule]
        return Finding(
            rule,
            template.id,
            template.locale,
            "error",
            f"{template.place}: {english}",
            f"{template.place}：{chinese}",
        )


def plain(words: str) -> str:
    """Return words as they are compared: one width, one case."""
    return unicodedata.normalize("NFKC", words).casefold()


def _figures(words: str) -> set[str]:
    return {one[0] for kind in (_FIGURES, _SPELLED) for one in kind.finditer(words)}


def _same_script(words: str, known: str) -> bool:
    """Return whether most letters are of the script most of the known ones are, and none of a script those lack."""
    told, ours = _scripts(words), _scripts(known)
    if not told or not ours:
        return bool(told) == bool(ours)
    return told.most_common(1)[0][0] == ours.most_common(1)[0][0] and set(told) <= set(ours) | {"LATIN"}


def _scripts(words: str) -> Counter[str]:
    return Counter(unicodedata.name(one, "?").partition(" ")[0] for one in words if one.isalpha())
