"""A real browser for the tests: the machine's Chromium, without a screen and without network.

Where there is none, these tests do not run and say so in one line; with CI set they fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import field, frozen
from playwright.sync_api import Browser, sync_playwright

ABSENT = "the tests of pages did not run: put chromium on PATH"
# What Chromium would ask of the network by itself; it finds none here.
_QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

# The effective background of an element is that of the nearest ancestor that has one.
_MEASURE = """() => {
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = one => { for (; one; one = one.parentElement) {
    const back = rgb(getComputedStyle(one).backgroundColor);
    if (back.length === 3 || back[3] > 0.99) return back.slice(0, 3);
  } return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255]; };
  const texts = [...document.body.querySelectorAll('*')].filter(one => one.checkVisibility()
    && !one.closest('svg') && [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()));
  const contrast = one => { const pair = [rgb(getComputedStyle(one).color), ground(one)].map(light).sort((a, b) => b - a);
    return (pair[0] + 0.05) / (pair[1] + 0.05); };
  const wide = [...document.body.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > innerWidth + 1
    && ![...(function* () { for (let p = one.parentElement; p; p = p.parentElement) yield p; })()]
      .some(p => ['auto', 'scroll', 'hidden'].includes(getComputedStyle(p).overflowX)));
  return { overflow: document.documentElement.scrollWidth - innerWidth,
    wide: wide.slice(0, 5).map(one => one.tagName + '.' + one.className),
    smallest: Math.min(...texts.map(one => parseFloat(getComputedStyle(one).fontSize))),
    faint: texts.filter(one => contrast(one) < 4.5).slice(0, 5)
      .map(one => one.tagName + '.' + one.className + ' ' + contrast(one).toFixed(2)),
    lang: document.documentElement.lang, title: document.title, text: document.body.innerText };
}"""


@frozen(kw_only=True)
class Seen:
    """What a reader meets: ``overflow`` in pixels beyond the screen, ``faint`` texts below 4.5:1 (WCAG 2.2, 1.4.3)."""

    overflow: int
    wide: list[str]
    smallest: float
    faint: list[str]
    lang: str
    title: str
    text: str
    asked: list[str] = field(factory=list[str])
    errors: list[str] = field(factory=list[str])


def executable() -> str:
    """Return Chromium's path; where it is not there, fail in CI and say elsewhere that the test did not run."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(ABSENT)
        pytest.skip(ABSENT)
    return found


@contextmanager
def browser() -> Iterator[Browser]:
    """Give a running browser."""
    path = executable()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        yield started
        started.close()


def look(started: Browser, page: Path, *, width: int = 390, dark: bool = False) -> Seen:
    """Open a file as on a phone of that width, offline, and return what is seen."""
    context = started.new_context(
        viewport={"width": width, "height": 844}, color_scheme="dark" if dark else "light", offline=True
    )
    opened = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    opened.on("request", lambda one: asked.append(one.url))
    opened.on("console", lambda one: errors.append(one.text))
    opened.on("pageerror", lambda one: errors.append(str(one)))
    opened.goto(page.as_uri())
    told = opened.evaluate(_MEASURE)
    context.close()
    return Seen(**told, asked=[one for one in asked if one != page.as_uri()], errors=errors)
