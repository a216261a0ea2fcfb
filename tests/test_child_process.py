import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aoi_modules.child_process import ChildProcess, check_ready_file, write_ready_file
from aoi_modules.errors import AoiError, SettingsError

GATEWAY = "components: {tile: {model: tile, upstream: '127.0.0.1:1'}}"


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    """Of a command that serves until it is told to stop."""
    routes = tmp_path / "routes.yaml"
    routes.write_text(GATEWAY)
    return ["gateway", "--routes", str(routes), "--port", "any", "--drain_seconds", "0"]


def test_a_child_tells_its_ports_and_stops_in_order(arguments: list[str]) -> None:
    with ChildProcess(arguments) as child:
        assert child.ports["http"] > 0
        assert child.running()
        assert child.stop() == 0
        assert "stopped" in child.log_tail(1)
    assert not child.running()


def test_a_killed_child_is_gone(arguments: list[str]) -> None:
    with ChildProcess(arguments) as child:
        assert child.kill() == -signal.SIGKILL
        assert not child.running()


def test_a_child_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    with pytest.raises(AoiError, match=r"before it was ready(.|\n)*none\.yaml: cannot be read") as caught:
        ChildProcess(["gateway", "--routes", str(tmp_path / "none.yaml")])
    assert caught.value.hint.startswith("run it by hand: aoi gateway")


def test_a_child_that_takes_too_long_is_ended(arguments: list[str]) -> None:
    with pytest.raises(AoiError, match=r"was not ready within 0 s"):
        ChildProcess(arguments, ready_seconds=0.0)


def test_a_child_ends_with_its_parent(arguments: list[str]) -> None:
    """Even when the parent is killed and can do nothing about it."""
    start = (
        "import sys, time; from aoi_modules.child_process import ChildProcess; "
        "child = ChildProcess(sys.argv[1:]); print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", start, *arguments], stdout=subprocess.PIPE, text=True) as parent:
        if parent.stdout is None:
            pytest.fail("the parent has no standard output")
        pid = int(parent.stdout.readline())
        parent.kill()
    end = time.monotonic() + 30
    while _runs(pid):
        assert time.monotonic() < end, "the child outlived its parent"
        time.sleep(0.05)


def test_a_child_heeds_ctrl_c_although_its_parent_ignores_it() -> None:
    """As the parent in a shell's background does; the child has a session of its own, so SIGINT is meant for it."""
    program = (
        "import signal, subprocess; from aoi_modules.child_process import follow_parent; "
        "was = signal.getsignal(signal.SIGINT); follow_parent(); "
        "print(was is signal.SIG_IGN, signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    )
    shell = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-c", program]
    with subprocess.Popen(shell, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "True True\n"
        child.kill()


def _runs(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be reaped by whoever adopted it does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.is_file() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_ready_file_is_never_half_written(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    write_ready_file(path, {"grpc": 1})
    write_ready_file(path, {"grpc": 8500, "rest": 8501})
    assert path.read_text() == '{"grpc": 8500, "rest": 8501}'
    assert list(tmp_path.iterdir()) == [path]


def test_a_ready_file_without_a_place_is_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none" / "ready.json", tmp_path):
        for write in (check_ready_file, lambda path: write_ready_file(path, {"grpc": 1})):
            with pytest.raises(SettingsError, match=f"`ready_file='{path}'`: "):
                write(path)
    check_ready_file(tmp_path / "ready.json")
    check_ready_file(Path("ready.json"))
