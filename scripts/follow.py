"""Follow one page as a reader does: write its files, run its commands, type its Python, and compare what comes out.

Run by `scripts/tutorials.py` with the Python of a fresh environment, so it stands on the standard library alone.
Blocks of one page share their names, as one session does; `<!--- skip: next -->` leaves a block out.
"""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FENCED = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^ {4}.*\n)+", re.MULTILINE)
COMMANDS = ("loansms ", "python ", "make ")
SHELLS = {"shell", "console", "bash", "sh"}
# `make demo` runs before, in an environment of its own; `make test` is the suite itself.
LEFT_OUT = ("make ",)
SKIP = "<!--- skip: next"


def blocks(page: str) -> Iterator[tuple[str, str, str]]:
    """Yield kind, file name and content of what a reader copies, in the order of the page."""
    found = [(one.start(), one[1], one[2] or "", one[3]) for one in FENCED.finditer(page)]
    plain = FENCED.sub(lambda one: re.sub(r"[^\n]", " ", one[0]).replace("    ", "   \t"), page)
    found += [
        (one.start(), "shell", "", one[0])
        for one in INDENTED.finditer(plain)
        if one[0].strip().startswith(COMMANDS)
    ]
    for at, kind, name, content in sorted(found):
        if SKIP not in page[:at].rstrip().rpartition("\n")[2]:
            yield kind, name, content


def typed(content: str, page: str, names: dict[str, object]) -> int:
    """Type a block of Python; return how many of its lines came out otherwise than the page shows."""
    if ">>>" not in content:
        exec(compile(content, page, "exec"), names)
        return 0
    lesson = doctest.DocTestParser().get_doctest(content, names, page, page, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    failed = runner.run(lesson, clear_globs=False).failed
    names.update(lesson.globs)
    return failed


def commanded(content: str) -> int:
    """Run the commands of a block; return how many ended otherwise than the page says (`# exit 1`)."""
    failed = 0
    for line in re.sub(r"\\\n\s*", " ", content).splitlines():
        command = line.strip().removeprefix("$ ")
        if not command.startswith(COMMANDS) or command.startswith(LEFT_OUT):
            continue
        said = re.search(r"# exit (\d+)$", command)
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
        if done.returncode != int(said[1] if said else 0):
            print(f"{command}\nexit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
            failed += 1
    return failed


def follow(path: Path) -> tuple[int, int]:
    """Follow a page; return how many blocks it has, and how much of it came out otherwise."""
    names: dict[str, object] = {"__name__": "__main__"}
    found = list(blocks(path.read_text(encoding="utf-8")))
    failed = 0
    for kind, name, content in found:
        if kind == "python":
            failed += typed(content, path.name, names)
        elif kind in SHELLS:
            failed += commanded(content)
        elif name:
            Path(name).write_text(content, encoding="utf-8")
    return len(found), failed


if __name__ == "__main__":
    count, wrong = follow(Path(sys.argv[1]))
    print(f"{sys.argv[1]}: {count} blocks{f', {wrong} came out otherwise' if wrong else ''}")
    sys.exit(1 if wrong or not count else 0)
