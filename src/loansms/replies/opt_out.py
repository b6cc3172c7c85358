"""Whether a reply, taken as a whole, is a word that asks to stop.

The words are those that carriers and the law name: R, T, TD, N, 退订, 拒收 on mainland routes (provider
documentation, V1), STOP, QUIT, END, REVOKE, OPT OUT, CANCEL, UNSUBSCRIBE (47 CFR 64.1200(a)(10)), ARRET and
REMOVE (AWS keyword list). Width, case, spaces, quotes and punctuation do not matter. A sentence that merely
contains such a word is not decided here.

>>> [asks_to_stop(text) for text in ("ＴＤ", " 退 订。", "stop!", "Opt-Out", "don't stop the plan")]
[True, True, True, True, False]
"""

from __future__ import annotations

import unicodedata

_WORDS = frozenset(
    [
        "R",
        "T",
        "TD",
        "N",
        "STOP",
        "STOPALL",
        "QUIT",
        "END",
        "REVOKE",
        "OPTOUT",
        "CANCEL",
        "UNSUBSCRIBE",
        "ARRET",
        "REMOVE",
        "退订",
        "退訂",
        "拒收",
        "TD退订",
        "回T退订",
        "取消订阅",
        "不要再发",
        "请勿再发",
        "不要发了",
        "别发了",
    ]
)


def asks_to_stop(text: str) -> bool:
    """Return whether the whole reply is one of the words that ask to stop."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(ch for ch in plain if unicodedata.category(ch)[0] in "LN") in _WORDS
