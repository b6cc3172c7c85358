"""The pages lead where they say: each is on the index, each link has a file and a heading, none asks the network."""

from __future__ import annotations

import doctest
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "scripts"))

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^(```+).*?^\1$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\]\(([^)]*)\)")
BARE = re.compile(r"https?:[^\s)>\]]*")


def prose(page: Path) -> str:
    """Return a page without its blocks of code, in which an address may be anybody's."""
    return CODE.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))


def headings(page: Path) -> set[str]:
    """Return the anchors of a page, as code hosts and the site make them."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title) for title in titles]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in plain}


def faults(page: Path) -> Iterator[str]:
    """Yield what is wrong with the links of a page."""
    text = prose(page)
    for target in LINK.findall(text):
        if target.startswith(("http:", "https:")):
            continue
        path, _, anchor = target.partition("#")
        led = (page.parent / path).resolve() if path else page
        if " " in target or not led.exists():
            yield f"{target}: no such file"
        elif anchor and anchor not in headings(led):
            yield f"{target}: no such heading"
    for target in [
        *BARE.findall(LINK.sub("]", text)),
        *(one for one in LINK.findall(text) if one.startswith("http")),
    ]:
        parts = urlsplit(target)
        if parts.scheme != "https" or "." not in (parts.hostname or "") or re.search(r"[\s<>\"']", target):
            yield f"{target}: expected https, a host and no spaces"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_of_a_page_can_be_followed(page: Path) -> None:
    assert list(faults(page)) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Up\n[a](none.md) [b](#up) [c](#down) [d](http://a.example) [e](https://a b.example) [f](https://x)\n"
    )
    assert [one.split(":")[0] for one in faults(page)] == [
        *("none.md", "#down"),
        *("http", "https", "https"),
    ]


def test_each_page_is_on_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {
        (index.parent / one.partition("#")[0]).resolve()
        for one in LINK.findall(index.read_text(encoding="utf-8"))
    }
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in {*linked, index}] == []


def test_the_site_brings_all_it_shows() -> None:
    own = [
        *(ROOT / "docs" / "_static").iterdir(),
        *(ROOT / "docs" / "_templates").iterdir(),
        ROOT / "docs" / "conf.py",
    ]
    assert [one.name for one in own if re.search(r"https?://|//cdn", one.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("name", ["api_prose", "drawing", "lives", "site_build"])
def test_what_builds_the_site_does_what_it_says(name: str) -> None:
    told = doctest.testmod(import_module(name))
    assert (told.attempted > 0, told.failed) == (True, 0)
