"""What stands on the screen: both languages whole, a bar only where somebody watches, nothing obeyed."""

from __future__ import annotations

import io
import re

from rich.console import Console

from loansms.cli.session import Session
from loansms.cli.wording import WORDS
from loansms.clock import SystemClock


def session(*, terminal: bool) -> tuple[Session, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    consoles = [
        Console(file=file, force_terminal=terminal, width=80, markup=False, emoji=False, highlight=False)
        for file in (out, err)
    ]
    return Session("en", consoles[0], consoles[1], SystemClock()), out, err


def test_every_word_has_both_languages_and_the_same_gaps() -> None:
    for key, (english, chinese) in WORDS.items():
        assert english, key
        assert re.search(r"[\u4e00-\u9fff\u3001\uff0c\uff08]", chinese), key  # a sign between words counts
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", chinese)), key


def test_a_terminal_gets_a_bar_on_stderr_alone() -> None:
    watched, out, err = session(terminal=True)
    with watched.progress() as move:
        assert move is not None
        move(3, 7)
    assert "3/7" in err.getvalue()
    assert out.getvalue() == ""


def test_a_pipe_and_a_quiet_run_get_none() -> None:
    for unwatched, quiet in ((session(terminal=False)[0], False), (session(terminal=True)[0], True)):
        with unwatched.progress(quiet=quiet) as move:
            assert move is None


def test_a_book_cannot_style_or_break_the_table() -> None:
    shown, out, _ = session(terminal=False)
    shown.table(["loan", "n"], [["[red]L-1[/red] :smile:", "1"]], numeric=[1])
    assert "[red]L-1[/red] :smile:" in out.getvalue()
