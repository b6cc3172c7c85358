"""Which providers a rule is asked of: the provider of the case, however its name is spelt.

>>> concerns(("aliyun_cn",), "aliyun"), concerns(("aliyun_cn",), "sandbox"), concerns((), "sandbox")
(True, False, True)
"""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def concerns(providers: tuple[str, ...], provider: str) -> bool:
    """Return whether `provider` is among those named; a rule that names none is asked of all."""
    return not providers or plain_name(provider) in {plain_name(one) for one in providers}


@lru_cache(maxsize=4096)
def plain_name(provider: str) -> str:
    """Return a provider's name without case, separators and the mark of its mainland road.

    >>> plain_name("Aliyun_CN"), plain_name("direct-carrier")
    ('aliyun', 'directcarrier')
    """
    spelt = provider.casefold().replace("-", "_").strip()
    return spelt.removesuffix("_cn").replace("_", "").replace(" ", "")
