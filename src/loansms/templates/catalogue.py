"""The templates a lender speaks with: the built-in ones, and the lender's own laid over them.

>>> catalogue = Catalogue.builtin()
>>> catalogue.get("collection.early", locale="zh-CN").purpose.value
'collection'
>>> catalogue.resolve_locale("collection.early", "zh-HK"), catalogue.resolve_locale("collection.early", "vi")
('zh-Hant', 'en')
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType

from attrs import evolve, field, frozen

from loansms.errors import CallerError, TemplateError
from loansms.templates.approval import FILE as APPROVALS
from loansms.templates.approval import Approval
from loansms.templates.content import Standards, require_content
from loansms.templates.files import Folder, Text, builtin_folder, read_folder
from loansms.templates.frame import Frame
from loansms.templates.locales import fallbacks
from loansms.templates.parts import names, parse
from loansms.templates.review import Reviewer, review_templates
from loansms.templates.slots import Slot, SlotKind
from loansms.templates.template import Template


@frozen(kw_only=True)
class Catalogue:
    """Templates by id and locale; read-only.

    ``vocabulary`` holds every slot that texts may use, ``education`` the education lines by locale,
    ``standards`` what each kind of notice has to tell.
    """

    templates: Mapping[tuple[str, str], Template] = field(repr=False)
    vocabulary: Mapping[str, Slot] = field(factory=dict[str, Slot], repr=False)
    education: Mapping[str, tuple[str, ...]] = field(factory=dict[str, tuple[str, ...]], repr=False)
    standards: Standards = field(factory=Standards, repr=False)

    @staticmethod
    def builtin() -> Catalogue:
        """Return the templates that ship with the package (zh-CN, zh-Hant, en)."""
        return _builtin()

    @staticmethod
    def load(
        folder: str | Path,
        review: Reviewer | None = None,
        *,
        builtin: bool = True,
        facts: Mapping[str, object] | None = None,
        complete: bool = True,
    ) -> Catalogue:
        """Return the templates of `folder`, laid over the built-in ones unless `builtin` is False.

        A text in the folder takes the place of the built-in one with its id and locale. `review` judges the
        fixed words of every text of the folder, with neutral samples in the slots and the facts the template
        declares taken as true; `facts` adds to those (an allowlist of links, say).
        A text of the folder is a draft until ``approvals.toml`` has an approval of its very words; the built-in ones
        are approved as they are shipped, and become drafts where the folder changes their slots or their frame.
        Every text of the folder must tell what its content standard requires; `complete` False lets one through
        that does not, for `lint` to tell.
        Raise TemplateError for what cannot be read, and one naming every finding when a text is refused.
        """
        own = read_folder(Path(folder))
        below = evolve(builtin_folder(), approvals=_shipped())
        made = _catalogue(
            own.over(below) if builtin else evolve(own, standards=own.standards.over(below.standards))
        )
        mine = [made.templates[key] for key in own.texts]
        if review is not None:
            review_templates(mine, review, facts or {})
        if complete:
            require_content(mine, made.standards)
        return made

    def ids(self) -> tuple[str, ...]:
        """Return every template id, sorted."""
        return tuple(sorted({key[0] for key in self.templates}))

    def locales(self, template_id: str) -> tuple[str, ...]:
        """Return the locales in which `template_id` has a text; raise TemplateError for an unknown id."""
        found = tuple(sorted(locale for known, locale in self.templates if known == template_id))
        if not found:
            near = get_close_matches(template_id, self.ids(), n=1)
            hint = f"; did you mean {near[0]}?" if near else "; ids() lists them"
            hint_zh = f"；是否应为 {near[0]}？" if near else "；所有编号见 ids()"
            raise TemplateError(
                f"{template_id}: no such template{hint}", f"{template_id}：没有此模板{hint_zh}"
            )
        return found

    def get(self, template_id: str, locale: str) -> Template:
        """Return the template in exactly `locale`; raise TemplateError naming the locales there are."""
        found = self.templates.get((template_id, locale))
        if found is None:
            there = ", ".join(self.locales(template_id))
            raise TemplateError(
                f"{template_id}: locale: expected one of {there}", f"{template_id}：locale：应为 {there} 之一"
            )
        return found

    def resolve_locale(self, template_id: str, language: str, default: str = "en") -> str:
        """Return the locale that serves a reader of `language`: its own, a relative's, else `default`.

        zh-TW, zh-HK and zh-MO are served by zh-Hant, other Chinese by zh-CN, en-GB by en. Where `default` has
        no text either, the first locale there is.
        """
        there = self.locales(template_id)
        wanted = (*fallbacks(language), *fallbacks(default))
        return next((locale for locale in wanted if locale in there), there[0])

    def review(self, review: Reviewer, facts: Mapping[str, object] | None = None) -> None:
        """Judge every template's fixed words as `load` does; raise TemplateError naming every finding."""
        review_templates(list(self.templates.values()), review, facts or {})


@cache
def _builtin() -> Catalogue:
    made = _catalogue(builtin_folder())
    approved = {
        key: evolve(one, approval=Approval.shipped(one.id, one.locale, one.version))
        for key, one in made.templates.items()
    }
    return evolve(made, templates=MappingProxyType(approved))


def _shipped() -> dict[tuple[str, str], Approval]:
    return {key: one.approval for key, one in _builtin().templates.items() if one.approval is not None}


def _catalogue(folder: Folder) -> Catalogue:
    templates = {key: _template(folder, *key, text) for key, text in sorted(folder.texts.items())}
    for key in folder.approvals:
        _known_text(key, templates)
    return Catalogue(
        templates=MappingProxyType(templates),
        vocabulary=MappingProxyType(dict(folder.slots)),
        education=MappingProxyType(dict(folder.education)),
        standards=folder.standards.checked("content.toml"),
    )


def _template(folder: Folder, template_id: str, locale: str, text: Text) -> Template:
    where = f"{text.source} {template_id}"
    declared = folder.declarations.get(template_id)
    if declared is None:
        raise TemplateError(
            f"{where}: no purpose declared; add [{template_id}] with a purpose to templates.toml",
            f"{where}：未声明用途；请在 templates.toml 中添加 [{template_id}] 及 purpose",
        )
    try:
        used = names(parse(text.words))
    except CallerError as wrong:
        raise TemplateError(f"{where}: {wrong}", f"{where}：{wrong.zh}") from None
    for name in used:
        _known_slot(folder, where, name)
    slots = {name: folder.slots[name] for name in used if folder.slots[name].kind is not SlotKind.LENDER}
    return Template(
        id=template_id,
        locale=locale,
        text=text.words,
        slots=MappingProxyType(slots),
        lender_slots=tuple(name for name in used if name not in slots),
        purpose=declared.purpose,
        recipient=declared.recipient,
        channel=declared.channel,
        facts=declared.facts,
        education=declared.education,
        menu=declared.menu,
        scale=declared.scale,
        opt_out=declared.opt_out,
        frame=folder.frames.get(locale, Frame()),
        source=text.source,
        approval=folder.approvals.get((template_id, locale)),
    )


def _known_text(key: tuple[str, str], templates: Mapping[tuple[str, str], Template]) -> None:
    if key in templates:
        return
    template_id, locale = key
    where = f"{APPROVALS} {template_id} [{locale}]"
    there = sorted(tag for known, tag in templates if known == template_id)
    near = get_close_matches(template_id, {known for known, _ in templates}, n=1)
    hint = f"; its locales: {', '.join(there)}" if there else f"; did you mean {near[0]}?" if near else ""
    hint_zh = f"；其语言有 {', '.join(there)}" if there else f"；是否应为 {near[0]}？" if near else ""
    raise TemplateError(
        f"{where}: no such text{hint}; remove the row or mend its template and locale",
        f"{where}：没有此文案{hint_zh}；请删除该条目或更正 template 和 locale",
    )


def _known_slot(folder: Folder, where: str, name: str) -> None:
    if name in folder.slots:
        return
    near = get_close_matches(name, folder.slots, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    hint_zh = f"（是否应为 {near[0]}？）" if near else ""
    raise TemplateError(
        f"{where}: {{{name}}}: no such slot{hint}; declare it in slots.toml",
        f"{where}：{{{name}}}：没有此变量{hint_zh}；请在 slots.toml 中声明",
    )
