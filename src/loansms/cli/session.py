"""What every command is handed: its language, its two streams and a clock."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager

from attrs import frozen
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from loansms.cli.wording import tell
from loansms.clock import Clock, SystemClock

# Without a terminal the width is ours to choose: wide enough that a reason stays on one or two lines.
_PLAIN_WIDTH = 110


class _Screen(Console):
    """A console whose reader may leave (`| head`): the work goes on and its exit code stands."""

    def on_broken_pipe(self) -> None:
        """Drop what is still to be shown."""
        self.quiet = True
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), self.file.fileno())


def _console(*, stderr: bool) -> Console:
    # Markup and emoji codes are off: what stands in a book is shown as it is, never obeyed.
    console = _Screen(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.width = _PLAIN_WIDTH
    return console


@frozen
class Session:
    """One invocation: `say` writes to stdout, `warn` to stderr; neither ever shows a person's data."""

    lang: str
    out: Console
    err: Console
    clock: Clock

    @classmethod
    def start(cls, lang: str) -> Session:
        """Return the session of this process."""
        return cls(lang, _console(stderr=False), _console(stderr=True), SystemClock())

    def tell(self, key: str, **values: str) -> str:
        """Return words of the command line in the session's language."""
        return tell(key, self.lang, **values)

    def say(self, text: str) -> None:
        """Write one line to stdout."""
        self.out.print(Text(text), soft_wrap=True)

    def json(self, record: Mapping[str, object]) -> None:
        """Write one JSON object to stdout: as it reads, or escaped where the terminal lacks a character."""
        text = json.dumps(record, ensure_ascii=False, indent=2, default=str)
        try:
            text.encode(self.out.encoding)
        except UnicodeEncodeError:
            text = json.dumps(record, indent=2, default=str)
        self.out.out(text, highlight=False)

    def warn(self, text: str) -> None:
        """Write one warning line to stderr."""
        self.err.print(Text(self.tell("warning", text=text)), soft_wrap=True)

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        numeric: Sequence[int] = (),
        footer: Sequence[str] = (),
    ) -> None:
        """Write a table to stdout; wide characters stay aligned."""
        made = Table(box=box.SIMPLE_HEAD, show_footer=bool(footer), pad_edge=False)
        for at, head in enumerate(heads):
            right = at in numeric
            made.add_column(
                Text(head),
                Text(footer[at]) if footer else "",
                justify="right" if right else "left",
                no_wrap=right,
                overflow="fold",
            )
        for row in rows:
            made.add_row(*(Text(cell) for cell in row))
        self.out.print(made)

    @contextmanager
    def progress(self, *, quiet: bool = False) -> Generator[Callable[[int, int], None] | None]:
        """Give a callback (done, total) that moves a bar on stderr; None where nobody watches."""
        if quiet or not self.err.is_terminal:
            yield None
            return
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self.err, transient=True) as shown:
            task = shown.add_task(self.tell("working"), total=None)

            def move(done: int, total: int) -> None:
                shown.update(task, completed=done, total=total)

            yield move
