"""A certificate of the line's own, for a cluster that has no other authority."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from aoi_modules.errors import MissingExtra

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey


@dataclass(frozen=True)
class Certified:
    """A certificate and what belongs to it, each as PEM.

    Args:
        certificate: of the server.
        key: of the server; nobody else may have it.
        authority: that signed it, and whose key nobody has any more: it signs nothing else.
    """

    certificate: str
    key: str
    authority: str

    def __repr__(self) -> str:
        return "Certified(...)"  # a key in a log is no key any more


def self_signed(name: str, others: Sequence[str], days: int) -> Certified:
    """Makes an authority, which signs one certificate and is then forgotten.

    Args:
        name: of the server.
        others: names by which it is called, too.
        days: that both are good for.

    Raises:
        MissingExtra: the package cryptography is not installed.
    """
    if find_spec("cryptography") is None:
        raise MissingExtra("a certificate", package="cryptography", extra="cluster")
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, own_name = _name("AOI line"), _name(name)
    authority = _signed(root_name, root_name, root, root, days, x509.BasicConstraints(ca=True, path_length=0))
    names = x509.SubjectAlternativeName([x509.DNSName(one) for one in dict.fromkeys([name, *others])])
    plain = x509.BasicConstraints(ca=False, path_length=None)
    certificate = _signed(own_name, root_name, key, root, days, plain, names)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    pem = [one.public_bytes(Encoding.PEM).decode() for one in (certificate, authority)]
    return Certified(certificate=pem[0], key=private, authority=pem[1])


def _name(text: str) -> "x509.Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _signed(
    subject: "x509.Name",
    issuer: "x509.Name",
    key: "EllipticCurvePrivateKey",
    signer: "EllipticCurvePrivateKey",
    days: int,
    *extensions: "x509.ExtensionType",
) -> "x509.Certificate":
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # for machines whose clocks are a little behind
        .not_valid_after(now + timedelta(days=days))
    )
    for one in extensions:
        builder = builder.add_extension(one, critical=isinstance(one, x509.BasicConstraints))
    return builder.sign(signer, hashes.SHA256())
