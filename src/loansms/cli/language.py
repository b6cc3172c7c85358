"""Which language a command answers in: ``--lang``, then LOANSMS_LANG, then the locale of the terminal.

>>> chosen_language(["run", "book.csv", "--lang", "zh-CN"], {})
'zh-CN'
>>> chosen_language([], {"LANG": "zh_CN.UTF-8"}), chosen_language([], {"LANG": "de_DE.UTF-8"})
('zh-CN', 'en')
>>> chosen_language(["--lang=en"], {"LOANSMS_LANG": "zh-CN"})
'en'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

# As the C library reads them: the first that is set decides.
_LOCALES = ("LOANSMS_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
LANGUAGES = ("zh-CN", "en")


def chosen_language(args: Sequence[str], environ: Mapping[str, str]) -> str:
    """Return "zh-CN" or "en"; read before the arguments are parsed, so that their errors speak it too."""
    asked = [value for name, value in pairwise(args) if name == "--lang"]
    asked += [arg.removeprefix("--lang=") for arg in args if arg.startswith("--lang=")]
    set_here = [environ[name] for name in _LOCALES if environ.get(name)]
    first = next(iter([*asked, *set_here]), "en")
    return "zh-CN" if first.casefold().startswith("zh") else "en"
