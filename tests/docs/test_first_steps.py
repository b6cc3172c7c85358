"""What a new user wants first takes fewer than fifteen lines, each time from nothing."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "tutorials" / "three-firsts.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^## (.+?)\n.*?^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FIRSTS = dict(SECTION.findall(PAGE))
# The heading, and what its last lines have to show.
SHOWN = {
    "A code, sent": ["('138****8000', 1)", "'accepted'"],
    "A book, planned": ["('L-0001', 'send', 'reminder.due_today', 1)"],
    "A text, refused, and why": ["('Deny', 'CN-CONT-01', 'V2')", "商业银行信用卡业务监督管理办法"],
}


def test_the_page_has_the_three() -> None:
    assert set(FIRSTS) == set(SHOWN)


@pytest.mark.parametrize("heading", SHOWN)
def test_it_takes_fewer_than_fifteen_lines_and_stands_alone(heading: str) -> None:
    lesson = doctest.DocTestParser().get_doctest(FIRSTS[heading], {}, heading, None, 0)
    lines = [line for one in lesson.examples for line in one.source.splitlines()]
    assert 0 < len(lines) < 15
    assert max(map(len, lines)) <= 140
    wanted = "".join(one.want for one in lesson.examples)
    assert all(shown in wanted for shown in SHOWN[heading])
    assert doctest.DocTestRunner().run(lesson).failed == 0
