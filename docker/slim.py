"""Takes from an installed environment what a server never reads, so that its image stays small.

    slim.py /opt/aoi

Run by the builder stage of each image, before anything is copied from there.
"""

import shutil
import sys
from pathlib import Path

KEPT_SERVICES = {"s3", "sso", "sso-oidc", "sts"}
"""Of the four hundred services that botocore describes: the store of pictures, and those by which it finds keys."""
KEPT_PAGES = {"LICENSE", "swagger-ui-bundle.js", "swagger-ui.css"}
"""Of swagger-ui-py: what `/docs` shows."""
TESTED = ("numpy", "greenlet")
"""Packages that are installed with their tests."""
SOURCES = {".c", ".h", ".hpp", ".pxd", ".pyx", ".pyi"}
"""Of compiled modules; nobody compiles here."""


def slim(environment: Path) -> int:
    """Deletes it from an environment; returns how many bytes that were."""
    (packages,) = environment.glob("lib/python3*/site-packages")
    gone = [path for path in packages.rglob("*") if path.suffix in SOURCES and path.is_file()]
    gone += [path for name in TESTED for path in (packages / name).rglob("tests") if path.is_dir()]
    gone += [
        path for path in (packages / "botocore/data").glob("*") if path.is_dir() and path.name not in KEPT_SERVICES
    ]
    gone += [path for path in (packages / "swagger_ui/static").glob("*") if path.name not in KEPT_PAGES]
    return sum(map(_delete, gone))


def _delete(path: Path) -> int:
    """Deletes a file or folder, which may be gone with another one; returns how many bytes it had."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    return size


if __name__ == "__main__":
    sys.stderr.write(f"{slim(Path(sys.argv[1])) / 1e6:.0f} MB that no server reads are gone\n")
