"""A training that is killed goes on, and ends at the same place."""

import json
import multiprocessing
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.tf import keras
from aoi_modules.training.fitting.backup import FILE_NAME, Backup
from aoi_modules.training.fitting.unfinished import CSV_NAME
from tests.training.fitting.killed_training import Shape, run

# Each training gets a process of its own, forked from one that has loaded TensorFlow and trained nothing.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([run.__module__])


def started(work: Path, out: Path, shape: Shape) -> tuple[ForkServerProcess, Connection]:
    """A training in a process, and where its lines come out."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=run, args=(work, out, shape, theirs))
    process.start()
    theirs.close()
    return process, ours


def lines(said: Connection) -> Iterator[str]:
    """What a training says until its process ends."""
    with suppress(EOFError):
        while True:
            yield said.recv()


def kill_after(started: tuple[ForkServerProcess, Connection], beginning: str) -> None:
    """Waits for the line, then lets the training no time to tidy up."""
    process, said = started
    for line in lines(said):
        if line.startswith(beginning):
            process.kill()
            break
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    said.close()


def ended(work: Path, out: Path, shape: Shape) -> tuple[list[str], dict[str, list[float]]]:
    """All lines of a training that is left alone, and its history."""
    process, said = started(work, out, shape)
    found = list(lines(said))
    process.join(60)
    assert process.exitcode == 0
    said.close()
    return found, json.loads(out.with_suffix(".json").read_text())


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["cosine", "plateau"])
def test_a_training_killed_twice_ends_where_it_would_have_ended(tmp_path: Path, shape: Shape) -> None:
    _, history = ended(tmp_path / "whole", tmp_path / "whole.npz", shape)
    work = tmp_path / "killed"
    kill_after(started(work, tmp_path / "killed.npz", shape), "epoch 2/")
    time.sleep(0.1)
    kill_after(started(work, tmp_path / "killed.npz", shape), "epoch 4/")
    said, killed = ended(work, tmp_path / "killed.npz", shape)
    assert said[0].startswith("going on after epoch ")
    assert killed == history
    with np.load(tmp_path / "whole.npz") as expected, np.load(tmp_path / "killed.npz") as found:
        for name in expected.files:
            assert np.array_equal(found[name], expected[name]), name
    epochs = (work / CSV_NAME).read_text().splitlines()
    assert [line.split(",")[0] for line in epochs] == ["epoch", *(str(epoch) for epoch in range(1, len(epochs)))]


def test_a_state_of_another_model_is_refused(tmp_path: Path) -> None:
    def dense(units: int) -> keras.Model:
        x = keras.Input((3,))
        model = keras.Model(x, keras.layers.Dense(units)(x))
        model.compile("adam", "mse")
        return model

    data = np.ones((4, 3), np.float32)
    dense(2).fit(data, np.ones((4, 2)), verbose=0, callbacks=[Backup(tmp_path)])
    assert Backup(tmp_path).restore(dense(2)) == 1
    with pytest.raises(ModelError, match="restart"):
        Backup(tmp_path).restore(dense(5))
    (tmp_path / FILE_NAME).write_bytes(b"half a file")
    with pytest.raises(ModelError, match="not the state of this training"):
        Backup(tmp_path).restore(dense(2))
