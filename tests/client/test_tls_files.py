"""TLS as routes say it."""

from pathlib import Path

import msgspec
import pytest

from aoi_modules.client.tls import Tls
from aoi_modules.client.tls_files import TlsFiles
from tests.client.certificates import certify, needs_openssl


@needs_openssl
def test_files_become_what_a_connection_is_encrypted_with(tmp_path: Path) -> None:
    certify(tmp_path, "server")
    pem, key = tmp_path / "server.pem", tmp_path / "server.key"
    said = {
        "root_certificates": str(pem),
        "client_certificate": str(pem),
        "client_key": str(key),
        "server_name": "line",
    }
    assert msgspec.convert(said, TlsFiles).trust() == Tls(pem, pem, key, "line")
    assert msgspec.convert({}, TlsFiles).trust() == Tls()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"root_certificates": "missing.pem"}, "missing.pem: expected a PEM file"),
        ({"root_certificates": __file__}, "expected a PEM file, which has lines"),
        ({"client_key": "missing.key"}, "expected both or none"),
        ({"colour": "red"}, "unknown field `colour`"),
    ],
)
def test_what_is_none_is_refused(said: dict[str, str], told: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=told):
        msgspec.convert(said, TlsFiles)
