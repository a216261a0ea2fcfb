"""A process of its own that proves servables."""

import shutil
import signal
import threading
from pathlib import Path

import pytest

from aoi_modules.errors import Argument, ModelError, StoreError
from aoi_modules.export.checker import Checker, shared_checker
from aoi_modules.export.verification import verify
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.golden import Golden


@pytest.fixture
def version(pcb: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return shutil.copytree(pcb, tmp_path / "1")


def test_another_process_finds_the_same(version: Path, pcb: Path) -> None:
    assert shared_checker().check(pcb) == pytest.approx(verify(pcb))
    (version / layout.GOLDEN_FILE).unlink()
    with pytest.raises(StoreError, match=r"no golden samples there.*nothing was published"):
        shared_checker().check(version)
    (version / layout.MANIFEST_FILE).unlink()
    with pytest.raises(StoreError, match="no manifest there"):
        shared_checker().check(version)


def test_a_graph_that_kills_its_process_kills_only_that(pcb: Path) -> None:
    mortal = Checker()
    mortal.start()
    assert mortal.process is not None
    mortal.process.send_signal(signal.SIGSTOP)  # so that it dies in the middle
    threading.Timer(0.5, mortal.process.kill).start()
    with pytest.raises(ModelError, match="ended the process that tried it"):
        mortal.check(pcb)
    assert mortal.check(pcb) < 1e-5  # the next one has a new process
    mortal.stop()


def test_what_an_error_is_about_comes_along(version: Path) -> None:
    truth = Golden.read(version)
    Golden(truth.pictures, {"short": truth.scores["short"] + 1}).write(version)
    with pytest.raises(ModelError, match=r"differs by .*nothing was published") as caught:
        shared_checker().check(version)
    assert caught.value.arguments == (Argument("tolerance"),)
    assert str(Argument("tolerance")) in caught.value.hint


def test_the_checker_of_a_process_is_made_once() -> None:
    assert shared_checker() is shared_checker()


def test_it_stops_when_it_is_told_and_starts_again(pcb: Path) -> None:
    own = Checker()
    assert own.stop() == 0  # nothing runs yet
    own.start()
    first = own.process
    own.start()
    assert own.process is first
    own.stop()
    assert own.process is None
    assert first is not None
    assert first.poll() is not None
    assert own.check(pcb) < 1e-5
    own.stop()
    assert own.process is None
