"""A lock that one process holds at a time."""

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from aoi_modules.errors import CourseError
from aoi_modules.lock import alone

TAKEN = CourseError("somebody is there", hint="wait")
HOLD = """
import sys, time
from pathlib import Path
from aoi_modules.lock import alone
from aoi_modules.errors import CourseError
with alone(Path(sys.argv[1]), 0.0, CourseError("taken")):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_one_is_refused_and_the_third_finds_it_free(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lock"
    with alone(path, 0.0, TAKEN), pytest.raises(CourseError, match="somebody is there"), alone(path, 0.0, TAKEN):
        pytest.fail("two hold the same lock")
    with alone(path, 0.0, TAKEN):
        assert path.is_file()


def test_who_waits_gets_it_when_the_holder_leaves(tmp_path: Path) -> None:
    path, waiting, got = tmp_path / "lock", threading.Event(), threading.Event()

    def wait() -> None:
        waiting.set()
        with alone(path, 60.0, TAKEN):
            got.set()

    with alone(path, 0.0, TAKEN):
        waiter = threading.Thread(target=wait)
        waiter.start()
        assert waiting.wait(30)
        assert not got.is_set()
    waiter.join(60)
    assert got.is_set()


def test_an_error_inside_is_not_taken_for_a_lock_and_frees_it(tmp_path: Path) -> None:
    with pytest.raises(BlockingIOError), alone(tmp_path / "lock", 0.0, TAKEN):
        raise BlockingIOError
    with alone(tmp_path / "lock", 0.0, TAKEN):
        pass


def test_a_holder_that_is_killed_leaves_it_free(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CourseError), alone(path, 0.0, TAKEN):
            pytest.fail("the other process holds it")
        holder.send_signal(signal.SIGKILL)
        holder.wait(30)
    with alone(path, 0.0, TAKEN):
        pass


def test_a_place_that_cannot_be_written_is_told_and_is_no_other_process(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(CourseError, match=r"file/lock: cannot be written: File exists"),
        alone(tmp_path / "file" / "lock", 0.0, TAKEN),
    ):
        pass


def test_a_file_system_without_locks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some network file systems answer."""
    import fcntl

    def refuse(file: object, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(CourseError, match=r"lock: cannot be locked: No locks"), alone(tmp_path / "lock", 0.0, TAKEN):
        pass
