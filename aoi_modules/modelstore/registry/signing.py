"""Signatures under what a registry says: DSSE envelopes with Ed25519, by `cryptography`.

An envelope holds the very bytes that were signed, and their kind: a signed version cannot be shown as a label, and a
field that an older release does not know is signed all the same. Source: Dead Simple Signing Envelope 1.0, the form of
sigstore and in-toto, https://github.com/secure-systems-lab/dsse.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from aoi_modules.errors import MissingExtra, NotTrusted, RegistryError
from aoi_modules.machine import disk

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KIND = "application/vnd.aoi.registry.{}+json"


class _Signature(msgspec.Struct):
    keyid: str
    sig: str


class _Envelope(msgspec.Struct, rename="camel"):
    payload: str
    payload_type: str
    signatures: list[_Signature]


class Signer:
    """Who signs, by a private key.

    Args:
        key: of Ed25519.
    """

    def __init__(self, key: "Ed25519PrivateKey") -> None:
        self._key = key

    @classmethod
    def read(cls, path: Path, password: str = "") -> "Signer":
        """Reads a private key from a PEM file.

        Raises:
            RegistryError: there is none, it is of another kind, or the password does not open it.
            MissingExtra: `cryptography` is not installed.
        """
        _require()
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        content = _content(path)
        try:
            key = load_pem_private_key(content, password.encode() or None)
        except (ValueError, TypeError) as error:
            raise RegistryError(
                f"{path}: no private key that can be used: {error}",
                hint="AOI_SIGNING_PASSWORD opens one with a password",
            ) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise RegistryError(f"{path}: expected a private key of Ed25519", hint="aoi registry keys makes one")
        return cls(key)

    @property
    def trust(self) -> "Trust":
        """Who trusts this signer alone."""
        return Trust([self._key.public_key()])

    def sealed(self, kind: str, payload: bytes) -> bytes:
        """Puts what is said into an envelope.

        Args:
            kind: of record: `version`.
            payload: what is said.
        """
        signature = self._key.sign(_signed(kind, payload))
        envelope = _Envelope(
            base64.b64encode(payload).decode(),
            KIND.format(kind),
            [_Signature(key_id(self._key.public_key()), base64.b64encode(signature).decode())],
        )
        return msgspec.json.encode(envelope)


class Trust:
    """Who is trusted, by public keys; one signature of any of them is enough, so that keys can follow each other.

    Args:
        keys: of Ed25519.
    """

    def __init__(self, keys: Sequence["Ed25519PublicKey"]) -> None:
        self._keys = {key_id(key): key for key in keys}

    @classmethod
    def read(cls, paths: Sequence[Path]) -> "Trust":
        """Reads public keys from PEM files.

        Raises:
            RegistryError: one holds none.
            MissingExtra: `cryptography` is not installed.
        """
        _require()
        return cls([_public_key(path) for path in paths])

    def checked(self, kind: str, content: bytes, origin: str) -> bytes:
        """Makes sure that an object is an envelope of this kind, signed by one of the keys.

        Returns:
            The very bytes that were signed.

        Raises:
            NotTrusted: it is not; `origin` names it.
        """
        from cryptography.exceptions import InvalidSignature

        try:
            envelope = msgspec.json.decode(content, type=_Envelope)
            payload = base64.b64decode(envelope.payload, validate=True)
            signatures = [(one.keyid, base64.b64decode(one.sig, validate=True)) for one in envelope.signatures]
        except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error, ValueError):
            raise self._refused(origin, "it is not signed") from None
        if envelope.payload_type != KIND.format(kind):
            raise self._refused(origin, f"{envelope.payload_type!r} was signed")
        ours = [(name, signature) for name, signature in signatures if name in self._keys]
        for name, signature in ours:
            with suppress(InvalidSignature):
                self._keys[name].verify(signature, _signed(kind, payload))
                return payload
        if ours:
            raise self._refused(origin, f"the signature by key {ours[0][0]} is wrong")
        raise self._refused(origin, f"it is signed by {', '.join(name for name, _ in signatures) or 'nobody'}")

    def _refused(self, origin: str, why: str) -> NotTrusted:
        return NotTrusted(f"{origin}: expected to be signed by key {' or '.join(self._keys)}, and {why}")


def opened(content: bytes) -> bytes:
    """Takes what is said out of its envelope, whoever signed it; what is in none is given as it is."""
    try:
        return base64.b64decode(msgspec.json.decode(content, type=_Envelope).payload, validate=True)
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error, ValueError):
        return content


def make_keys(path: Path, password: str = "") -> str:
    """Makes a pair of keys: the private one at the path, for its owner alone, the public one at the path with `.pub`.

    Args:
        path: of the private key.
        password: that opens it; empty for none.

    Returns:
        The id of the key.

    Raises:
        RegistryError: one of the files is there, or cannot be written.
        MissingExtra: `cryptography` is not installed.
    """
    _require()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    encryption = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    both = ((path, private, 0o600), (path.with_name(f"{path.name}.pub"), public, 0o644))
    for file, _, _ in both:
        if file.exists():
            raise RegistryError(f"{file}: is there already, and keys are not written over", hint="name another file")
    for file, content, mode in both:
        try:
            file.touch(mode, exist_ok=False)
            file.write_bytes(content)
        except OSError as error:
            raise RegistryError(disk.trouble(error, file, "cannot be written"), hint=disk.way_out(error)) from None
    return key_id(key.public_key())


def key_id(key: "Ed25519PublicKey") -> str:
    """Names a key by the beginning of its SHA-256."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def _signed(kind: str, payload: bytes) -> bytes:
    """What is signed: DSSE's PAE, in which no two pairs of kind and payload are the same."""
    named = KIND.format(kind).encode()
    return b"DSSEv1 %d %s %d %s" % (len(named), named, len(payload), payload)


def _public_key(path: Path) -> "Ed25519PublicKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    content = _content(path)
    try:
        key = load_pem_public_key(content)
    except ValueError as error:
        raise RegistryError(f"{path}: no public key: {error}", hint="name the file that ends in .pub") from None
    if not isinstance(key, Ed25519PublicKey):
        raise RegistryError(f"{path}: expected a public key of Ed25519", hint="aoi registry keys makes one")
    return key


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RegistryError(disk.trouble(error, path, "cannot be read"), hint=disk.way_out(error)) from None


def _require() -> None:
    if find_spec("cryptography") is None:
        raise MissingExtra("signatures", package="cryptography", extra="registry")
