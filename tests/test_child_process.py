import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aoi_modules.child_process import Child, ChildProcess, aoi_command, check_ready_file, guarded, write_ready_file
from aoi_modules.errors import AoiError, SettingsError
from tests.processes import runs

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
    end = time.monotonic() + 240
    while runs(pid):
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


def test_a_command_of_ours_runs_to_its_end_and_leaves_its_log(tmp_path: Path) -> None:
    with Child(aoi_command(["--version"]), tmp_path / "log") as child:
        assert child.wait(60) == 0
        assert child.exit_code == 0
    assert child.log_tail() == (tmp_path / "log").read_text().strip()


def test_a_child_may_have_another_environment(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "import os; print(os.environ['SECRET'])"]
    with Child(program, tmp_path / "log", {**os.environ, "SECRET": "whispered"}) as child:
        assert child.wait(60) == 0
    assert child.log_tail() == "whispered"


@pytest.mark.parametrize(("program", "code"), [("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 137)])
def test_a_guard_ends_with_the_code_of_its_program(tmp_path: Path, program: str, code: int) -> None:
    with Child(guarded([sys.executable, "-c", program]), tmp_path / "log") as child:
        assert child.wait(60) == code


@pytest.mark.parametrize("how", ["stopped", "killed", "its parent is killed"])
def test_a_program_that_knows_no_parent_ends_with_its_guard(tmp_path: Path, how: str) -> None:
    program = "import os, pathlib, time; pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(60)"
    start = (
        "import pathlib, sys, time; from aoi_modules.child_process import Child, guarded; "
        "child = Child(guarded([sys.executable, '-c', sys.argv[1]]), pathlib.Path('log'))\n"
        "while not pathlib.Path('pid').is_file() or not pathlib.Path('pid').read_text(): time.sleep(0.02)\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-c", start, program], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        guard = int(parent.stdout.readline())
        pid = int((tmp_path / "pid").read_text())
        assert runs(pid)
        if how == "its parent is killed":
            parent.kill()
        else:
            os.kill(guard, signal.SIGTERM if how == "stopped" else signal.SIGKILL)
        end = time.monotonic() + 240
        while runs(pid):
            assert time.monotonic() < end, "the program outlived its guard"
            time.sleep(0.05)
        parent.kill()


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
