"""A certificate authority for one test: its certificate in a file, and a server certificate for 127.0.0.1."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from loansms.clock import Clock, SystemClock

_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake gateway")])


class Authority:
    """Signs its own certificate for `host`; `close` removes its files."""

    def __init__(self, host: str = "127.0.0.1", clock: Clock | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="fake-gateway-")
        key = ec.generate_private_key(ec.SECP256R1())
        now = (clock or SystemClock()).now()
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_NAME)
            .issuer_name(_NAME)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.ca_file: str = str(self._write("authority.pem", pem))
        self._chain = self._write("server.pem", secret + pem)

    def server_context(self) -> ssl.SSLContext:
        """Return what a server on the host needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._chain)
        return context

    def close(self) -> None:
        """Remove the files."""
        self._folder.cleanup()

    def _write(self, name: str, content: bytes) -> Path:
        path = Path(self._folder.name) / name
        path.write_bytes(content)
        return path
