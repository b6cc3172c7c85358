"""China Unicom MaaP template messages, the field `sign`.

Source: a public client, overtrue/easy-sms; the vendor publishes no document.
"""

from __future__ import annotations

from loansms.providers.signing.digests import md5


def maap_sign(*, cpcode: str, msg: str, mobiles: str, templetid: str, key: str, excode: str = "") -> str:
    """Return the sign in lower-case hex; the arguments have the names of the fields (`templetid` is theirs).

    >>> maap_sign(cpcode="c", msg="1,2", mobiles="13800138000", templetid="t", key="k")
    '43ce9f7c6a9fed96a18d40a8f4e51f71'
    """
    return md5(cpcode, msg, mobiles, excode, templetid, key).hex()
