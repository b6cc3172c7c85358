"""Hosts that shorten links: what stands behind such a link is hidden, and most gateways and packs refuse it.

>>> "bit.ly" in SHORT_HOSTS, "www.example.com" in SHORT_HOSTS
(True, False)
"""

from __future__ import annotations

from typing import Final

SHORT_HOSTS: Final = frozenset(
    [
        "t.cn",
        "dwz.cn",
        "url.cn",
        "suo.im",
        "bit.ly",
        "goo.gl",
        "tinyurl.com",
        "is.gd",
        "t.co",
        "ow.ly",
        "rb.gy",
        "cutt.ly",
        "s.id",
        "c.tb.cn",
    ]
)
