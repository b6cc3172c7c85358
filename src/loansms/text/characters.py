"""Characters that are read as others when a text is compared: traditional forms, and letters that look Latin.

One table for all readers (`data/characters.toml`): what a reply means and what a wording review finds do not differ by script.

>>> "請還款, plеase".translate(read_as())
'请还款, please'
"""

from __future__ import annotations

from functools import cache

from loansms.text.files import data


def traditional() -> str:
    """Return the characters that no simplified text is written in.

    >>> "還" in traditional(), "还" in traditional()
    (True, False)
    """
    shown: str = data("characters")["traditional"]["shown"]
    return shown


@cache
def read_as() -> dict[int, str]:
    """Return the table as `str.translate` takes it."""
    return {
        ord(shown): read
        for part in data("characters").values()
        for shown, read in zip(part["shown"], part["read"], strict=True)
    }
