"""China Unicom MaaP template messages, the field `sign`.

Source: a public client, overtrue/easy-sms; the vendor publishes no document.
"""

from __future__ import annotations

from loansms.providers.signing.digests import md5


def maap_sign(*, cpcode: str, msg: str, mobiles: str, templetid: str, key: str, excode: str = "") -> str:
    """Return the sign in lower-case hex; the arguments have the names of the fields (`templetid` is theirs).

    >>> maap_sign(cpcode="c", msg="1,2", mobiles="13800138000", templetid="t", key="k", excode="01")
    '9da0bc219b7216eb7c68f8f9f6f8ccb4'
    """
    return md5(cpcode, msg, mobiles, excode, templetid, key).hex()
