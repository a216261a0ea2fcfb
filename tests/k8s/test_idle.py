"""What trainees leave idle ends: the flags of the manifest in a real JupyterLab, with seconds in place of hours."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
import websocket

from aoi_modules.commands.k8s.flags import JUPYTER
from aoi_modules.machine.free_ports import free_ports
from tests.cluster.overlays import container, overlay

PATIENCE = 240.0
TOKEN = "a-token-for-this-test"
SHORT = {"cull_idle_timeout": "20", "cull_inactive_timeout": "20", "cull_interval": "1"}


def flags() -> list[str]:
    """As they stand in the manifest, with other times."""
    program, *words = container(overlay("local"), "StatefulSet", "jupyter")["args"]
    assert program == JUPYTER
    return [re.sub(r"\.(cull_\w+)=\d+$", lambda found: f".{found[1]}={SHORT[found[1]]}", word) for word in words]


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"not in {PATIENCE:g} s: {what}"
        time.sleep(0.2)


@pytest.mark.slow
def test_a_kernel_ends_though_its_page_is_open_and_the_server_stays(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    url, asking = f"http://127.0.0.1:{port}", requests.Session()
    asking.headers["Authorization"] = f"token {TOKEN}"
    command = [sys.executable, "-m", "jupyter", "lab", "--ip=127.0.0.1", f"--port={port}", "--no-browser",
               "--allow-root", f"--ServerApp.root_dir={tmp_path}", *flags()]  # fmt: skip
    environment = {**os.environ, "JUPYTER_TOKEN": TOKEN, "JUPYTER_CONFIG_DIR": str(tmp_path), "HOME": str(tmp_path)}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=tmp_path)
    try:
        until(lambda: answers(f"{url}/api"), f"the server: {(tmp_path / 'log').read_text()[-2000:]}")
        assert "unrecognized" not in (tmp_path / "log").read_text().lower()
        kernel = asking.post(f"{url}/api/kernels", json={}, timeout=60).json()["id"]
        page = websocket.create_connection(
            f"ws://127.0.0.1:{port}/api/kernels/{kernel}/channels", header=[f"Authorization: token {TOKEN}"]
        )
        try:
            assert [one["id"] for one in json.loads(asking.get(f"{url}/api/kernels", timeout=60).text)] == [kernel]
            until(lambda: asking.get(f"{url}/api/kernels", timeout=60).json() == [], "the kernel's end")
        finally:
            page.close()
        assert answers(f"{url}/api"), "the server goes on, and so does the pod"
    finally:
        server.terminate()
        server.wait(60)


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=10).status_code == 200
    except requests.RequestException:
        return False
