"""Whom a connection believes: TLS that proves certificate and name, always. That it does so is no setting anywhere.

>>> require_verification(ssl.create_default_context())
>>> require_verification(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
Traceback (most recent call last):
loansms.errors.ConfigurationError: ssl context: it must verify certificates and host names; name a private authority with a \
file of its own, and a name that is not the host's with server_name
"""

from __future__ import annotations

import ssl

from loansms.errors import ConfigurationError


def require_verification(context: ssl.SSLContext) -> None:
    """Raise ConfigurationError unless `context` checks the certificate and the name in it."""
    if context.verify_mode is not ssl.CERT_REQUIRED or not context.check_hostname:
        raise ConfigurationError(
            "ssl context: it must verify certificates and host names; name a private authority with a file of its own, and "
            "a name that is not the host's with server_name",
            "ssl 上下文必须校验证书与主机名；私有 CA 请用其证书文件，名称与主机不同时请用 server_name",
        )


def trusted(ca_file: str | None, setting: str) -> ssl.SSLContext:
    """Return a context that verifies by the machine's authorities, or by those in `ca_file` alone.

    Raise ConfigurationError, which names `setting`, for a file that holds none.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError:  # ssl.SSLError is one
        raise ConfigurationError(
            f"{setting}: ca_file: expected a readable PEM file of certificates",
            f"{setting}：ca_file 应为可读的 PEM 证书文件",
        ) from None
