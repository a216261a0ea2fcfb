"""A process stands still, goes on, and is never left standing."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aoi_modules.child_process import Child
from aoi_modules.line.faults.slowing import command

STANDS = "T"


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Child]:
    with Child([sys.executable, "-c", "import time; time.sleep(600)"], tmp_path / "worker.log") as child:
        yield child
        child.kill()


def state(child: Child) -> str:
    """What the system says of a process: T where it stands still."""
    return Path(f"/proc/{child.pid}/stat").read_text().rpartition(") ")[2][0]


def until(child: Child, *, stands: bool) -> None:
    end = time.monotonic() + 240
    while (state(child) == STANDS) != stands:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_it_stands_and_goes_on_and_goes_on_for_good_at_the_end(worker: Child, tmp_path: Path) -> None:
    with Child(command(worker.pid, 0.25), tmp_path / "slow.log") as slowing:
        for stands in (True, False, True):
            until(worker, stands=stands)
    assert slowing.exit_code == 0, slowing.log_tail()
    assert state(worker) != STANDS


def test_it_goes_on_where_the_parent_of_what_slows_it_is_gone(worker: Child, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from aoi_modules.child_process import Child; "
        f"from aoi_modules.line.faults.slowing import command; "
        f"child = Child(command({worker.pid}, 1.0), Path({str(tmp_path / 'slow.log')!r})); input()"
    )
    with Child([sys.executable, "-c", program], tmp_path / "parent.log") as parent:
        until(worker, stands=True)
        parent.kill()
        until(worker, stands=False)


def test_what_is_gone_is_slowed_no_more(worker: Child, tmp_path: Path) -> None:
    with Child(command(worker.pid, 0.25), tmp_path / "slow.log") as slowing:
        until(worker, stands=True)
        worker.kill()
        assert slowing.wait(60) == 0, slowing.log_tail()
