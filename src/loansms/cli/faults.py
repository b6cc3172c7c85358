"""Every way a command can fail, as one line on stderr and an exit code.

A value of the book never reaches the line: our own errors leave values out, an operating system error is
told by its own sentence and the file's name, a mistyped argument by the option's name, and anything
unexpected by its type and the place in the code alone.
"""

from __future__ import annotations

import traceback
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TextIO

from loansms.cli.wording import tell
from loansms.errors import LoansmsError

UNUSABLE, INTERNAL, INTERRUPTED = 2, 3, 130


class OneLine:
    """A context in which a command runs; `code` is its exit code, set from the fault where one is raised."""

    def __init__(self, lang: str, stream: TextIO) -> None:
        self.lang = lang
        self.code: int = 0
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if wrong is None:
            if self.code == INTERRUPTED:  # the parser turns Ctrl-C into this code
                self._say(tell("interrupted", self.lang))
            return False
        if isinstance(wrong, SystemExit | GeneratorExit):
            return False
        self.code, line = told(wrong, self.lang)
        self._say(line)
        return True

    def _say(self, line: str) -> None:
        with suppress(BrokenPipeError):  # nobody reads it any more; the exit code still says it
            self._stream.write(f"loansms: {' '.join(line.split())}\n")


def told(wrong: BaseException, lang: str) -> tuple[int, str]:
    """Return the exit code and the line for a fault."""
    if isinstance(wrong, LoansmsError):
        return UNUSABLE, wrong.told(lang)
    if isinstance(wrong, KeyboardInterrupt) or type(wrong).__name__ == "Abort":
        return INTERRUPTED, tell("interrupted", lang)
    if _is_usage(wrong):
        return UNUSABLE, _usage(wrong, lang)
    if isinstance(wrong, OSError) and wrong.strerror:
        return UNUSABLE, f"{_file(wrong)}{wrong.strerror}"
    return INTERNAL, tell("internal", lang, kind=type(wrong).__name__, place=_place(wrong))


def _file(wrong: OSError) -> str:
    name = wrong.filename
    return f"{name}: " if isinstance(name, str) else ""


def _place(wrong: BaseException) -> str:
    """Return the innermost place in our own code; a library's own lines help nobody at a terminal."""
    frames = [
        (frame.f_globals.get("__name__", ""), line) for frame, line in traceback.walk_tb(wrong.__traceback__)
    ]
    ours = [(module, line) for module, line in frames if module.split(".")[0] == "loansms"]
    module, line = (ours or frames or [("loansms", 0)])[-1]
    return f"{module}:{line}"


def _is_usage(wrong: BaseException) -> bool:
    # The parser's errors have moved between packages from one release to the next; their names have not.
    return any(kind.__name__ == "ClickException" for kind in type(wrong).__mro__)


def _usage(wrong: Any, lang: str) -> str:
    """Name the option at fault; the value given to it may be a phone number, and stays out."""
    context = getattr(wrong, "ctx", None)
    help_ = f"{context.command_path if context else 'loansms'} --help"
    kind = type(wrong).__name__
    if kind == "NoSuchOption":
        near = ", ".join(wrong.possibilities or ())
        hint = tell("did_you_mean", lang, near=near) if near else ""
        return tell("no_such_option", lang, name=wrong.option_name, hint=hint, help=help_)
    commands = sorted(getattr(getattr(context, "command", None), "commands", None) or ())
    if commands and getattr(wrong, "param", None) is None:
        return tell("no_such_command", lang, known=", ".join(commands), help=help_)
    parameter = getattr(wrong, "param", None)
    name = _parameter_name(parameter) if parameter is not None else getattr(wrong, "option_name", "")
    key = {"MissingParameter": "missing", "BadOptionUsage": "needs_value"}.get(kind, "unusable_value")
    return tell(key, lang, name=name, help=help_) if name else tell("unusable_arguments", lang, help=help_)


def _parameter_name(parameter: Any) -> str:
    options = [one for one in parameter.opts if one.startswith("--")]
    return str(options[0] if options else parameter.metavar or parameter.name.upper()).strip("[]")
