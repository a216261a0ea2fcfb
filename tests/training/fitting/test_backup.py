"""A training that is killed goes on, and ends at the same place."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.tf import keras
from aoi_modules.training.fitting.backup import FILE_NAME, Backup
from aoi_modules.training.fitting.unfinished import CSV_NAME

SCRIPT = Path(__file__).with_name("killed_training.py")


def started(work: Path, out: Path, shape: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), str(work), str(out), shape]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3])


def kill_after(process: subprocess.Popen[str], line: str) -> None:
    """Waits for the line, then lets the training no time to tidy up."""
    assert process.stdout is not None
    for said in process.stdout:
        if said.startswith(line):
            os.kill(process.pid, signal.SIGKILL)
            break
    assert process.wait(timeout=60) == -signal.SIGKILL
    process.stdout.close()


def ended(work: Path, out: Path, shape: str) -> tuple[list[str], dict[str, list[float]]]:
    process = started(work, out, shape)
    said, _ = process.communicate(timeout=240)
    assert process.returncode == 0
    return said.splitlines(), json.loads(out.with_suffix(".json").read_text())


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["cosine", "plateau"])
def test_a_training_killed_twice_ends_where_it_would_have_ended(tmp_path: Path, shape: str) -> None:
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
