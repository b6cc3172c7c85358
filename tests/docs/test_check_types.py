"""The page on check types tells of each type and of each of its parameters, and of no other."""

import re
from pathlib import Path

import pytest
from attrs import fields

from loansms.compliance.checks.table import REGISTERS, TYPES, VARIANTS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "check-types.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
# How a pack writes a parameter whose name Python keeps for itself.
WRITTEN = {"exceptions": "except", "words": "set", "taken_from": "from", "kept_for": "for", "sharing": "for"}
# Types that point to another section for their families.
ELSEWHERE = {"recipient_role", "claim_needs_fact", "link_policy"}


def parameters(kind: str) -> set[str]:
    made = [TYPES[kind], *(VARIANTS.get(kind, {}).values() if kind not in ELSEWHERE else ())]
    made += REGISTERS.values() if kind == "registration" else ()
    return {WRITTEN.get(one.name, one.name) for each in made for one in fields(each)}


def test_the_page_has_a_section_for_each_type_in_the_order_of_the_table() -> None:
    assert list(SECTIONS) == list(TYPES)


@pytest.mark.parametrize("kind", list(TYPES))
def test_every_parameter_of_a_type_is_told(kind: str) -> None:
    told = set(re.findall(r"`([\w-]+)(?: = [^`]*)?`", SECTIONS[kind]))
    assert parameters(kind) - told == set()


def test_every_code_a_check_answers_with_is_on_the_page() -> None:
    checks = Path(__file__).parents[2] / "src" / "loansms" / "compliance" / "checks"
    source = "".join(one.read_text(encoding="utf-8") for one in sorted(checks.glob("*.py")))
    codes = set(re.findall(r'(?:blocked\(\s*rule,\s*|rule\.reason\()"(\w+)"', source))
    assert len(codes) > 30
    assert {one for one in codes if f"`{one}`" not in PAGE} == set()
