"""China Mobile cloud MAS, the field `mac`: an MD5 over the fields in the order of the interface document.

Sources: two public clients, overtrue/easy-sms and dromara/SMS4J; the interface document is handed to customers only.
"""

from __future__ import annotations

from loansms.providers.signing.digests import md5


def mas_norsubmit_mac(
    *, ec_name: str, ap_id: str, secret_key: str, mobiles: str, content: str, sign: str, add_serial: str = ""
) -> str:
    """Return the mac of a free text, in lower-case hex. `mobiles` is comma-joined, `sign` the code of the signature.

    >>> mas_norsubmit_mac(
    ...     ec_name="e", ap_id="a", secret_key="s", mobiles="13800138000", content="c", sign="SIGN"
    ... )
    '72d9b6b2f2da199fc7d0c219ea951718'
    """
    return md5(ec_name, ap_id, secret_key, mobiles, content, sign, add_serial).hex()


def mas_tmpsubmit_mac(
    *,
    ec_name: str,
    ap_id: str,
    secret_key: str,
    template_id: str,
    mobiles: str,
    params: str,
    sign: str,
    add_serial: str = "",
) -> str:
    """Return the mac of a template's text, in lower-case hex. `params` is the JSON array as it is sent.

    >>> mas_tmpsubmit_mac(
    ...     ec_name="e", ap_id="a", secret_key="s", template_id="t", mobiles="13800138000", params='["1"]', sign="SIGN"
    ... )
    '4fe4a3bb85b8e8e23547cd3a8a9bb0e3'
    """
    return md5(ec_name, ap_id, secret_key, template_id, mobiles, params, sign, add_serial).hex()
