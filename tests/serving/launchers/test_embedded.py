"""The child process that lessons and tests start."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aoi_modules.errors import AoiError
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests.serving.calls import http, wait_for

pytestmark = pytest.mark.slow


def test_stop_and_restart_on_the_same_ports(models: Path, tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with EmbeddedServer({"half": models / "half"}, log=log) as server:
        before = (server.grpc, server.rest, server.pid)
        url = f"{server.rest}/v1/models/half"
        assert http(url)[0] == 200
        assert server.stop() == 0
        assert not server.running()
        assert "model half version 1: AVAILABLE" in log.read_text()
        server.restart()
        assert (server.grpc, server.rest) == before[:2]
        assert server.pid != before[2]
        assert http(url)[0] == 200
        assert server.kill() == -signal.SIGKILL
        server.restart()
        assert http(url)[0] == 200


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(AoiError, match="No such option '--no_such_flag'"):
        EmbeddedServer({"half": tmp_path}, flags=["--no_such_flag=1"])


def test_the_child_ends_with_its_parent(models: Path, tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from aoi_modules.serving.launchers.embedded import EmbeddedServer\n"
        f"server = EmbeddedServer({{'half': {str(models / 'half')!r}}})\n"
        "print(server.pid, flush=True)\n"
        "os._exit(0)  # no clean-up, as after a crash\n"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, timeout=120, check=True)
    child = int(done.stdout)

    def gone() -> bool:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return True
        return Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "Z"

    wait_for(gone, bool)
