"""Whose certificates are trusted."""

import ssl
from pathlib import Path

import pytest

from aoi_modules.errors import ResultsError
from aoi_modules.results.sinks.trust import trusting
from tests.client.certificates import certify, needs_openssl


@needs_openssl
def test_a_file_is_trusted_in_place_of_the_system(tmp_path: Path) -> None:
    certify(tmp_path, "line")
    trusted = trusting(str(tmp_path / "line.pem"))
    assert (trusted.verify_mode, trusted.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert len(trusted.get_ca_certs()) == 1


def test_without_a_file_the_system_is_trusted() -> None:
    assert trusting(None).verify_mode == ssl.CERT_REQUIRED


@pytest.mark.parametrize(("content", "fault"), [(None, "cannot be read: No such file"), ("none", "no certificates")])
def test_what_holds_no_certificates_is_said(tmp_path: Path, content: str | None, fault: str) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ResultsError, match=f"^ca_file: {path} .*{fault}"):
        trusting(str(path))
