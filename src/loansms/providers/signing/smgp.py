"""China Telecom SMGP 3.0, who logs in and who answers.

Source: China Telecom SMGP 3.0.3, 6.2.2.
"""

from __future__ import annotations

from loansms.providers.signing.digests import md5
from loansms.providers.signing.login_time import login_time


def smgp_authenticator(*, source_addr: str, shared_secret: str, timestamp: str) -> bytes:
    """Return the AuthenticatorClient of LOGIN: 16 bytes. `source_addr` is the ClientID, `timestamp` MMDDHHMMSS.

    Raises:
        CallerError: `timestamp` is not ten digits.

    >>> smgp_authenticator(source_addr="12345678", shared_secret="888888", timestamp="0102030405").hex()
    'a57c033d6fc570ed26a547ee0f7477a2'
    """
    return md5(source_addr, bytes(7), shared_secret, login_time(timestamp))


def smgp_server_authenticator(*, status: int, authenticator_client: bytes, shared_secret: str) -> bytes:
    """Return the AuthenticatorServer of LOGIN_RESP: 16 bytes. Compare what came with `same_signature`.

    A refusal may carry zeros instead.

    >>> len(smgp_server_authenticator(status=0, authenticator_client=bytes(16), shared_secret="888888"))
    16
    """
    return md5(status.to_bytes(4, "big"), authenticator_client, shared_secret)
