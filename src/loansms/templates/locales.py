"""Which of the catalogue's languages serves a reader whose language has no text of its own.

>>> fallbacks("zh-HK"), fallbacks("zh"), fallbacks("en-GB"), fallbacks("vi")
(('zh-HK', 'zh-Hant'), ('zh', 'zh-CN'), ('en-GB', 'en'), ('vi',))
"""

from __future__ import annotations

from functools import lru_cache

_KEPT = 1024  # a language tag may come from outside, so not every one is remembered
# Readers of traditional characters by region (CLDR likely subtags: zh-TW, zh-HK and zh-MO are Hant).
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


@lru_cache(_KEPT)
def fallbacks(language: str) -> tuple[str, ...]:
    """Return the locales that may serve `language` (a BCP 47 tag, `_` allowed), the nearest first."""
    tag = language.replace("_", "-")
    subtags = [part.lower() for part in tag.split("-")]
    found = [tag]
    if subtags[0] == "zh":
        traditional = bool(_TRADITIONAL & set(subtags[1:])) and "hans" not in subtags
        found.append("zh-Hant" if traditional else "zh-CN")
    elif len(subtags) > 1:
        found.append(subtags[0])
    return tuple(dict.fromkeys(found))
