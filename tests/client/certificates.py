"""Certificates that openssl makes."""

import shutil
import subprocess
from pathlib import Path

import pytest

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the command openssl")


def certify(folder: Path, *names: str) -> Path:
    """Writes `NAME.key` and `NAME.pem` for each name. All are of a server called `line`; none trusts another."""
    for name in names:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem", "-days", "2", "-subj", "/CN=line",
             "-addext", "subjectAltName=DNS:line,IP:127.0.0.1"],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
    return folder
