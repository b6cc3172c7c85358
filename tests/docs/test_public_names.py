"""Whoever imports a name finds what it means: every public name says it, and has its place in the reference."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "scripts"))

api_names: ModuleType = import_module("api_names")
api_pages: ModuleType = import_module("api_pages")


def test_the_rooms_that_users_import_are_public() -> None:
    asked = {"model", "otp", "templates", "text", "policy", "compliance", "portfolio", "providers", "stores"}
    asked |= {"replies", "planning", "privacy", "services", "evidence", "insights", "documents", "testing"}
    assert {"loansms", *(f"loansms.{room}" for room in asked)} <= api_names.public().keys()


def test_every_public_name_says_what_it_means() -> None:
    assert api_pages.silent() == []


def test_every_public_name_has_one_entry_and_is_found_wherever_it_is_offered() -> None:
    told = "\n".join(api_pages.pages().values())
    entries = re.findall(r"^\.\. auto(?:class|function):: (\S+)$", told, re.MULTILINE)
    for page in told.split(".. py:module:: ")[1:]:
        entries += [
            f"{page.split()[0]}.{name}" for name in re.findall(r"^\.\. py:data:: (\S+)$", page, re.MULTILINE)
        ]
    assert sorted(entries) == sorted(set(api_names.homes().values()))
    links = set(re.findall(r"^- :py:obj:`\w+ <(\S+)>`$", told, re.MULTILINE))
    assert links == {home for path, home in api_names.homes().items() if path != home}


def test_a_page_names_every_room() -> None:
    told = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    rooms = {".".join(module.split(".")[:2]) for module in api_names.public()}
    assert set(re.findall(r"^\| `([\w.]+)` \|", told, re.MULTILINE)) == rooms


def test_a_name_that_says_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mute:
        pass

    Mute.__module__ = "loansms.text"
    text = import_module("loansms.text")
    monkeypatch.setattr(text, "Mute", Mute, raising=False)
    monkeypatch.setattr(text, "__all__", [*text.__all__, "Mute"])
    for known in (api_names.public, api_names.homes):
        known.cache_clear()
    try:
        assert api_pages.silent() == ["loansms.text.Mute"]
    finally:
        monkeypatch.undo()
        for known in (api_names.public, api_names.homes):
            known.cache_clear()


def test_a_built_site_without_a_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "objects.inv").write_bytes(b"# Sphinx inventory version 1\n# Project: x\n# Version: 1\n")
    assert api_pages.left_out(tmp_path / "objects.inv") == sorted(set(api_names.homes().values()))
