"""Certificates that openssl makes."""

import shutil
import subprocess
from pathlib import Path

import pytest

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the command openssl")
_SERVER = ("-subj", "/CN=line", "-addext", "subjectAltName=DNS:line,IP:127.0.0.1")


def certify(folder: Path, *names: str) -> Path:
    """Writes `NAME.key` and `NAME.pem` for each name. All are of a server called `line`; none trusts another."""
    for name in names:
        _make(folder, name, *_SERVER)
    return folder


def certify_by(folder: Path, authority: str, name: str) -> Path:
    """Writes `AUTHORITY.pem`, and `NAME.key` and `NAME.pem` of a server called `line`, signed by that authority."""
    _make(folder, authority, "-subj", f"/CN={authority}")
    signer = ("-CA", folder / f"{authority}.pem", "-CAkey", folder / f"{authority}.key")
    _make(folder, name, *signer, *_SERVER, "-addext", "basicConstraints=critical,CA:FALSE")
    return folder


def _make(folder: Path, name: str, *more: str | Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem", "-days", "2", *more],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
