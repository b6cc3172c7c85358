"""The digest of words that are kept sealed elsewhere, keyed per subject: when that key goes, it tells nothing more.

A plain digest of a text about a known loan could be guessed, text by text; a keyed one cannot. Whoever holds the
subject's key can show that an unsealed text is the one a record speaks of.

>>> key = bytes(range(32))
>>> told = body_digest(key, "Your payment is due on Friday.")
>>> told.partition(":")[0], body_matches(key, "Your payment is due on Friday.", told), body_matches(key, "Pay now.", told)
('intl', True, False)
"""

from __future__ import annotations

from hmac import compare_digest

from loansms.errors import CallerError
from loansms.evidence.suites import SUITES, suite_named

_LEAST = 32
# A subject's key may serve other ends; nothing else is keyed with these words before it.
_USE = b"loansms body 1\x00"


def body_digest(key: bytes, text: str, suite: str = "intl") -> str:
    """Return `suite:hex` of HMAC over `text` under the subject's `key` (at least 32 random bytes).

    Raises CallerError for a shorter key and ConfigurationError for an unknown suite.
    """
    if len(key) < _LEAST:
        raise CallerError(
            f"key: expected at least {_LEAST} random bytes", f"key：应为至少 {_LEAST} 个随机字节"
        )
    said = _USE + text.encode("utf-8", "surrogatepass")
    return f"{suite}:{suite_named(suite).mac(key, said).hex()}"


def body_matches(key: bytes, text: str, digest: str) -> bool:
    """Return whether `text` is what `digest` was taken of under `key`; False for a digest of an unknown suite."""
    suite = digest.partition(":")[0]
    return suite in SUITES and compare_digest(body_digest(key, text, suite).encode(), digest.encode())
