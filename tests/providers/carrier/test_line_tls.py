"""A line under TLS trusts the carrier's own CA and nobody else."""

from __future__ import annotations

import asyncio
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.providers.carrier.lines import cmpp, letter, settings, soon

from loansms.clock import SystemClock
from loansms.model import Accepted, Rejected
from loansms.providers.carrier.session import AsyncCarrierLine
from loansms.testing.fake_ismg import FakeIsmg


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for "ismg.example" that signs itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ismg.example")])
    now = SystemClock().now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("ismg.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("tls") / "gateway.pem"
    path.write_bytes(plain + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(
    ("trusts", "name", "reached"),
    [
        (True, "ismg.example", True),
        (True, "other.example", False),
        (False, "ismg.example", False),
    ],
)
def test_only_the_right_certificate_for_the_right_name_is_spoken_to(
    paper: Path, trusts: bool, name: str, reached: bool
) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(paper)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if trusts:
        client.load_verify_locations(paper)

    async def drive() -> None:
        told = settings(gateway, tls=client, server_name=name, private_line=False)
        async with AsyncCarrierLine(cmpp(), told) as line:
            answer = await line.submit(letter(), soon(5 if reached else 0.1))
            assert isinstance(answer, Accepted if reached else Rejected)
            assert not line.private_line

    with FakeIsmg(tls=server) as gateway:
        asyncio.run(drive())
    assert len(gateway.record.taken) == reached
