"""docker/slim.py, on an environment as pip leaves it."""

import subprocess
import sys
from pathlib import Path

from tests.docker.versions import ROOT

KEPT = (
    "numpy/core.py",
    "numpy/core.so",
    "botocore/data/endpoints.json",
    "botocore/data/s3/2006-03-01/service-2.json.gz",
    "swagger_ui/static/LICENSE",
    "swagger_ui/static/swagger-ui-bundle.js",
    "swagger_ui/static/swagger-ui.css",
    "other/tests/shapes.py",
)
GONE = (
    "numpy/core.pyx",
    "numpy/tests/test_core.py",
    "numpy/lib/tests/data.h",
    "botocore/data/ec2/2016-11-15/service-2.json.gz",
    "swagger_ui/static/swagger-editor.js",
)


def test_what_no_server_reads_is_gone_and_all_else_stays(tmp_path: Path) -> None:
    packages = tmp_path / "lib/python3.12/site-packages"
    for name in (*KEPT, *GONE):
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).write_bytes(b"x" * 1_000_000)
    command = [sys.executable, str(ROOT / "docker/slim.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    left = {path.relative_to(packages).as_posix() for path in packages.rglob("*") if path.is_file()}
    assert left == set(KEPT)
    assert done.stderr.strip() == f"{len(GONE)} MB that no server reads are gone"
