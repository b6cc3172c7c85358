"""The page of keys names every key there is: a key that nobody can find is a key that nobody uses."""

from __future__ import annotations

import re
from pathlib import Path

import attrs
import pytest

from loansms.providers.declared import content, content_auth, content_guard
from loansms.providers.declared.files import shipped
from loansms.providers.declared.placeholders import FIELD_FORMS, MEANINGS, SLOT_FORMS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "declared-providers.md").read_text(
    encoding="utf-8"
)
GUIDE = (Path(__file__).parents[3] / "docs" / "how-to" / "add-a-gateway-without-code.md").read_text(
    encoding="utf-8"
)
NAMED = set(re.findall(r"`([^`\n]+)`", PAGE))
CLASSES = [
    one
    for module in (content, content_auth, content_guard)
    for one in vars(module).values()
    if isinstance(one, type) and attrs.has(one) and one.__module__ == module.__name__
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda one: one.__name__)
def test_every_key_stands_on_the_page(kind: type[attrs.AttrsInstance]) -> None:
    assert {one.name for one in attrs.fields(kind)} <= NAMED


def test_every_recipe_guard_and_placeholder_stands_on_the_page() -> None:
    assert {*content_auth.AUTHS, *content_guard.GUARDS} <= NAMED
    told = set(re.findall(r"\{([a-z_]+)", PAGE))
    assert set(MEANINGS) <= told
    assert {f"{{slots:{one}}}" for one in SLOT_FORMS if one} | {
        f"{{fields:{one}}}" for one in FIELD_FORMS
    } <= NAMED


def test_the_guide_names_every_shipped_declaration() -> None:
    assert {one for one in shipped() if f"`{one}`" not in GUIDE} == {"example_aggregator"}
