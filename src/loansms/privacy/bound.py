"""What a sealed value belongs to, written so that no two places are written alike.

Every word goes with its length before it, so moving a letter from one word to the next is another place.

>>> bound("ab", "c") == bound("a", "bc")
False
"""

from __future__ import annotations


def bound(*words: str) -> bytes:
    """Return `words` as associated data: each as UTF-8 after its length in four bytes."""
    # surrogatepass: a lone surrogate is a word too, and an encoding error would carry the whole text.
    said = [word.encode("utf-8", "surrogatepass") for word in words]
    return b"".join([len(word).to_bytes(4, "big") + word for word in said])
