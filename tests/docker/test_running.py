"""Our images, really built and really run: as somebody who is not root, on a root that nobody writes to."""

import io
import json
import secrets
import stat
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
from PIL import Image

from aoi_modules.cluster.local.engine import find_engine, size_of
from tests.docker.engine import CONFINED, NEED, TAG, aoi, built, docker, inspect, port_of, running, said, stopped, until
from tests.docker.versions import ROOT, VERSIONS

MOST_MB = {"gateway": 200, "model-server": 400, "model-sync": 150, "trainer": 3_500, "jupyter": 3_700}
"""Megabytes of 1e6 bytes over the base image, uncompressed."""

pytestmark = NEED


@pytest.mark.parametrize("image", MOST_MB)
def test_it_is_as_small_as_promised(image: str, capsys: pytest.CaptureFixture[str]) -> None:
    base = VERSIONS["JUPYTER_CPU_IMAGE" if image == "jupyter" else "PYTHON_IMAGE"]
    over = (size_of(built(image)) - size_of(base)) / 1e6
    with capsys.disabled():
        sys.stdout.write(f"\n{image}: {over:.0f} MB over {base}, at most {MOST_MB[image]} MB\n")
    assert over < MOST_MB[image]


@pytest.mark.parametrize("image", MOST_MB)
def test_it_says_what_it_is_and_runs_as_a_number(image: str) -> None:
    config: dict[str, Any] = json.loads(inspect(built(image), "{{json .Config}}"))
    labels: Mapping[str, str] = config["Labels"]
    assert labels["org.opencontainers.image.version"] == TAG
    assert len(labels["org.opencontainers.image.revision"]) == 40
    assert config["User"] == ("1000:100" if image == "jupyter" else "10001:10001")
    assert not [name for name in config["Env"] if "TOKEN" in name or "PASSWORD" in name]


@pytest.mark.parametrize("image", MOST_MB)
def test_it_runs_with_nothing_to_write_to_and_no_network(image: str) -> None:
    run = ("run", "--rm", *CONFINED, "--network=none")
    assert docker(*run, "--entrypoint=aoi", built(image), "--version")
    tried = said(*run, "--entrypoint=sh", built(image), "-c", "id -u; touch $(command -v aoi); touch /x", code=1)
    assert tried.splitlines()[0] == ("1000" if image == "jupyter" else "10001")
    # Even on a root that can be written to, code belongs to somebody else.
    tried = said("run", "--rm", "--entrypoint=sh", built(image), "-c", "echo >> $(command -v aoi)", code=None)
    assert "ermission denied" in tried


@pytest.mark.parametrize("image", ["gateway", "model-server", "model-sync"])
def test_small_images_have_no_tensorflow_no_installer_and_no_compiler(image: str) -> None:
    script = "for program in uv cc gcc hatchling; do command -v $program; done; python -c 'import tensorflow'"
    words = said("run", "--rm", "--entrypoint=sh", built(image), "-c", script, code=1)
    assert words.splitlines()[-1] == "ModuleNotFoundError: No module named 'tensorflow'"
    assert words.startswith("Traceback")


def test_the_gateway_answers_is_healthy_and_ends_well(volume: str) -> None:
    routes = f"--volume={ROOT}/docker/routes.yaml:/etc/aoi/routes.yaml:ro"
    words = ("--host=0.0.0.0", "--routes=/etc/aoi/routes.yaml", "--results=/var/lib/aoi/results")
    keep = (f"--volume={volume}:/var/lib/aoi", "--publish=127.0.0.1::8080", "--health-interval=1s")
    with running(routes, *keep, built("gateway"), "gateway", *words, "--behind-proxy=0.0.0.0/0") as name:
        until(name, lambda: inspect(name, "{{.State.Health.Status}}") == "healthy", "health")
        answer = requests.get(f"http://127.0.0.1:{port_of(name, 8080)}/healthz", timeout=10)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        assert stopped(name) == 0
        assert '"event":"stopped"' in said("logs", name)


def test_the_gateway_alone_tells_that_it_speaks_no_plain_http_to_others() -> None:
    words = said("run", "--rm", *CONFINED, "--network=none", built("gateway"), code=2)
    assert "expected TLS" in words


def test_from_training_to_a_verdict_by_our_images_alone(servables: Path, network: str) -> None:
    """Trained and exported without a network, served by the name of the original, judged by the gateway."""
    gateway_address = docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", network)
    server = (
        f"--network={network}",
        "--network-alias=model-server",
        f"--volume={servables}:/models:ro",
        "--health-interval=1s",
    )
    flags = ("--port=8500", "--rest_api_port=8501", "--model_name=tile", "--model_base_path=/models/tile")
    routes = f"--volume={ROOT}/docker/routes.yaml:/etc/aoi/routes.yaml:ro"
    listen = ("--host=0.0.0.0", "--routes=/etc/aoi/routes.yaml", f"--behind-proxy={gateway_address}/32")
    keep = (f"--network={network}", "--publish=127.0.0.1::8080", "--tmpfs=/var/lib/aoi:uid=10001,mode=700")
    with running(*server, "--entrypoint=tensorflow_model_server", built("model-server"), *flags) as models:
        until(models, lambda: inspect(models, "{{.State.Health.Status}}") == "healthy", "health")
        assert "OpenVINO runs it" in said("logs", models)
        with running(routes, *keep, built("gateway"), "gateway", *listen) as gateway:
            url = f"http://127.0.0.1:{port_of(gateway, 8080)}"
            until(gateway, lambda: _says_ready(url), "readiness")
            key = docker("exec", gateway, "aoi", "gateway", "key", "add", "camera").splitlines()[0]
            head = {"Authorization": f"Bearer {key}"}
            until(gateway, lambda: _inspected(url, head).status_code == 200, "the key", seconds=10)
            found = _inspected(url, head).json()
            assert found["verdict"] in ("PASS", "REVIEW", "FAIL")
            assert found["model"]["version"] == 1
            assert stopped(gateway) == 0
        assert stopped(models) == 0


def _says_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False  # not yet


def _inspected(url: str, head: Mapping[str, str]) -> requests.Response:
    picture = io.BytesIO()
    Image.fromarray(np.full((64, 64), 120, np.uint8)).save(picture, "png")
    return requests.post(f"{url}/v1/inspect/tile", data=picture.getvalue(), headers=dict(head), timeout=30)


def test_a_training_that_is_stopped_says_so_at_once(volume: str) -> None:
    words = ("train", "magnetic-tile", "--profile=cpu", "--out=tile")
    with running("--network=none", f"--volume={volume}:/var/lib/aoi", built("trainer"), *words) as name:
        time.sleep(3)
        assert stopped(name) == 130
        assert "stopped" in said("logs", name)


def test_jupyter_opens_by_its_token_alone_and_keeps_the_work(shared_folder: Path, free_port: int) -> None:
    name, token = f"aoi-test-{secrets.token_hex(4)}", secrets.token_hex(16)
    words = (
        "docker",
        "jupyter",
        "--no-gpu",
        f"--image={built('jupyter')}",
        f"--workdir={shared_folder / 'work'}",
        f"--name={name}",
    )
    try:
        done = aoi(*words, f"--port={free_port}", "--json", AOI_JUPYTER_TOKEN=token)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert token not in done.stdout + done.stderr
        assert token not in inspect(name, "{{json .Path}} {{json .Args}}")
        assert inspect(name, "{{.HostConfig.RestartPolicy.Name}}") == "always"
        api = told["url"].removesuffix("/lab") + "/api"
        assert requests.get(f"{api}/contents", timeout=10).status_code == 403
        head = {"Authorization": f"token {token}"}
        listed = requests.get(f"{api}/contents/notebooks", headers=head, timeout=10).json()["content"]
        assert len([one for one in listed if one["name"].endswith(".ipynb")]) > 10
        script = "import tensorflow as tf; print([one.device_type for one in tf.config.list_physical_devices()])"
        assert docker("exec", name, "python", "-c", script).splitlines()[-1] == "['CPU']"
        (lesson, *_) = sorted((shared_folder / "work/notebooks").glob("*.ipynb"))
        assert stat.S_ISREG(lesson.stat().st_mode)
        _refusals(words, name, free_port, token)
        assert stopped(name) == 0
    finally:
        said("rm", "--force", name, code=None)


def _refusals(words: tuple[str, ...], name: str, port: int, token: str) -> None:
    """What is said while a Jupyter of that name runs on that port."""
    taken = aoi(*words, f"--port={port}", AOI_JUPYTER_TOKEN=token)
    assert (taken.returncode, f"--port {port}:" in taken.stderr) == (1, True)
    named = aoi(*words, f"--port={port + 1}", AOI_JUPYTER_TOKEN=token)
    assert (named.returncode, f"docker rm --force {name}" in named.stderr) == (1, True)
    secretless = aoi(*words, f"--port={port + 1}", AOI_JUPYTER_TOKEN="")
    assert (secretless.returncode, "expected AOI_JUPYTER_TOKEN" in secretless.stderr) == (2, True)
    if not find_engine().has_gpus:
        gpu = aoi(*words[:2], "--gpu", *words[3:], f"--port={port + 1}", AOI_JUPYTER_TOKEN=token)
        assert (gpu.returncode, "a container sees no GPU" in gpu.stderr) == (1, True)
    assert inspect(name, "{{.State.Running}}") == "true"


def test_jupyter_without_a_token_does_not_start() -> None:
    words = said("run", "--rm", *CONFINED, "--tmpfs=/home/jovyan/work", built("jupyter"), code=2)
    assert "error: no token" in words


def test_jupyter_runs_as_kubernetes_starts_it(volume: str) -> None:
    """A root that cannot be written to, an empty home, and the token in a file."""
    home = ("--tmpfs=/home/jovyan:uid=1000,gid=100", f"--volume={volume}:/home/jovyan/work", "--health-interval=1s")
    script = "printf %s a-token-of-16-letters >/tmp/token; export JUPYTER_TOKEN_FILE=/tmp/token; exec start-course"
    with running(*home, "--network=none", "--entrypoint=sh", built("jupyter"), "-c", script) as name:
        until(name, lambda: inspect(name, "{{.State.Health.Status}}") == "healthy", "health")
        assert stopped(name) == 0
