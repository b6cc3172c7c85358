"""The shape of a template as a provider files it: what is fixed, and what varies.

The fact ``template_shape`` gives it: ``fixed`` the words that never change, ``variables`` with ``name`` and
``max_chars``, ``adjacent`` whether two variables touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.checks.providers import concerns
from loansms.compliance.facts import records, whole
from loansms.compliance.rule import Rule
from loansms.errors import CallerError

_FORBID: Final = frozenset({"all_variable_template", "adjacent_variables"})
_REQUIRE: Final = frozenset({"scene_in_fixed_text"})
# A scene is named in two Chinese words or more; below that only marks and greetings are fixed. House reading.
_SCENE_LETTERS: Final = 4


@frozen(kw_only=True)
class TemplateShape:
    """`forbid` and `require` as a provider's form asks, with limits on variables and on their length."""

    forbid: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    max_variables: int | None = None
    max_variable_chars: int | None = None
    providers: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not set(self.forbid) <= _FORBID or not set(self.require) <= _REQUIRE:
            raise CallerError(
                f"template_ast: expected forbid {sorted(_FORBID)}, require {sorted(_REQUIRE)}",
                f"template_ast：forbid 应取自 {sorted(_FORBID)}，require 应取自 {sorted(_REQUIRE)}",
            )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for each thing the form refuses in a shape that is known."""
        shape = case.context.facts.get("template_shape")
        if isinstance(shape, Mapping) and concerns(self.providers, case.context.provider):
            for code in self._wrong(cast("Mapping[str, Any]", shape)):
                yield blocked(rule, code, f"({code})", f"（{code}）")

    def _wrong(self, shape: Mapping[str, Any]) -> Iterable[str]:
        letters = sum(one.isalpha() for one in str(shape.get("fixed") or ""))
        variables = records(shape.get("variables"))
        if "all_variable_template" in self.forbid and variables and not letters:
            yield "all_variable_template"
        elif "scene_in_fixed_text" in self.require and letters < _SCENE_LETTERS:
            yield "no_scene_in_fixed_text"
        if "adjacent_variables" in self.forbid and shape.get("adjacent") is True:
            yield "adjacent_variables"
        if self.max_variables is not None and len(variables) > self.max_variables:
            yield "too_many_variables"
        lengths = (whole(one.get("max_chars")) for one in variables)
        most = self.max_variable_chars
        if most is not None and any(length is not None and length > most for length in lengths):
            yield "variable_too_long"
