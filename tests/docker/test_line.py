"""docker/compose.yaml, really started: from a pushed servable to a verdict, its row and its picture.

PostgreSQL and SeaweedFS are what the engine has under the names of their images; without them this is left out.
"""

import io
import os
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import requests
from PIL import Image

from aoi_modules.cluster.local.engine import has_image
from aoi_modules.cluster.local.secrets_file import fill
from aoi_modules.machine.free_ports import free_ports
from tests.docker.engine import NEED, NOT_NOW, TAG, aoi, built, docker
from tests.docker.test_compose import EXAMPLE, FILE, program
from tests.docker.versions import VERSIONS

OUTSIDE = [VERSIONS["POSTGRESQL_IMAGE"], VERSIONS["SEAWEEDFS_IMAGE"]]
MISSING = "" if NOT_NOW else ", ".join(name for name in OUTSIDE if not has_image(name))
pytestmark = [*NEED, pytest.mark.skipif(bool(MISSING), reason=f"the engine lacks {MISSING}")]
PORTS = ("GATEWAY_PORT", "SERVING_PORT", "SERVING_REST_PORT", "S3_PORT", "JUPYTER_PORT")


class Line:
    """The profile core of the Compose file.

    Args:
        folder: for its secrets.
    """

    def __init__(self, folder: Path) -> None:
        (folder / EXAMPLE.name).write_text(EXAMPLE.read_text())
        fill(folder)
        self._file = folder / ".env"
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self._name = f"aoitest{secrets.token_hex(4)}"
        given = {**self.ports, "AOI_TAG": TAG, "COMPOSE_PROJECT_NAME": self._name}
        with self._file.open("a") as file:
            file.write("".join(f"{name}={value}\n" for name, value in given.items()))
        self.values = dict(line.split("=") for line in self._file.read_text().splitlines())

    def compose(self, *words: str) -> str:
        """Runs Compose, which has to succeed."""
        command = [*(program() or []), "--env-file", str(self._file), "--file", str(FILE), "--profile", "core", *words]
        environment = {name: value for name, value in os.environ.items() if name not in self.values}
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, env=environment)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"
        return done.stdout

    def container(self, service: str) -> str:
        """The container of a service."""
        label = f"label=com.docker.compose.project={self._name}"
        return docker(
            "ps", "--all", "--quiet", "--filter", label, "--filter", f"label=com.docker.compose.service={service}"
        )


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    for image in ("gateway", "model-server", "model-sync"):
        built(image)
    line = Line(tmp_path_factory.mktemp("line"))
    try:
        line.compose("up", "--detach", "--no-build")
        yield line
    finally:
        line.compose("down", "--volumes", "--timeout", "60")


def test_what_is_pushed_is_served_judged_and_kept(line: Line, servables: Path) -> None:
    url = f"http://127.0.0.1:{line.ports['GATEWAY_PORT']}"
    assert _soon(lambda: _status(f"{url}/healthz") == 200)
    assert _status(f"{url}/readyz") == 503  # nothing was pushed
    pushed = aoi(
        "registry", "push", str(servables / "tile" / "1"),
        f"--registry=s3://models?endpoint=http://127.0.0.1:{line.ports['S3_PORT']}",
        AWS_ACCESS_KEY_ID="trainer", AWS_SECRET_ACCESS_KEY=line.values["S3_TRAINER_SECRET"],
    )  # fmt: skip
    assert pushed.returncode == 0, pushed.stderr
    assert _soon(lambda: _status(f"{url}/readyz") == 200)
    key = docker("exec", line.container("gateway"), "aoi", "gateway", "key", "add", "camera")
    picture = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64), dtype=np.uint8)).save(picture, "png")

    def inspected() -> requests.Response:
        head = {"Authorization": f"Bearer {key}", "Idempotency-Key": "1"}
        return requests.post(f"{url}/v1/inspect/tile", data=picture.getvalue(), headers=head, timeout=30)

    assert _soon(lambda: inspected().status_code == 200)
    found = inspected().json()
    assert (found["model"], found["repeated"]) == ({"name": "tile", "version": 1}, True)
    rows = ("psql", "--host=/run/postgresql", "--username=aoi", "--tuples-only", "--no-align", "--command")
    select = f"select verdict from inspections where id = '{found['id']}'"
    database = line.container("database")
    assert _soon(lambda: docker("exec", database, *rows, select) == found["verdict"])
    who = "select usename from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
    assert set(docker("exec", database, *rows, who).split()) == {"gateway"}
    assert found["verdict"] == "PASS" or found["id"] in _pictures(line)


def test_every_part_ends_when_it_is_told_to(line: Line) -> None:
    line.compose("stop", "--timeout", "60")
    services = ("gateway", "model-server", "model-sync", "database")
    codes = {name: docker("inspect", "--format", "{{.State.ExitCode}}", line.container(name)) for name in services}
    assert set(codes.values()) == {"0"}, codes


def _pictures(line: Line) -> str:
    """The names in the bucket, by the gateway's own keys, which open no other one."""
    script = (
        "import boto3, botocore.exceptions as e\n"
        "s3 = boto3.client('s3', endpoint_url='http://objects:8333', region_name='us-east-1')\n"
        "try: s3.list_objects_v2(Bucket='models'); raise SystemExit('models are open')\n"
        "except e.ClientError: pass\n"
        "print([one['Key'] for one in s3.list_objects_v2(Bucket='pictures').get('Contents', [])])"
    )
    return docker("exec", line.container("gateway"), "python", "-c", script)


def _status(url: str) -> int:
    try:
        return requests.get(url, timeout=5).status_code
    except requests.ConnectionError:
        return 0  # not yet


def _soon(condition: Callable[[], bool], seconds: float = 120) -> bool:
    """Whether something comes about in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True
