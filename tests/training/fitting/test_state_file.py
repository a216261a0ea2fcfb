"""Files of a training's state."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.training.fitting import state_file

ARRAYS: list[state_file.Array] = [
    np.arange(6, dtype=np.float32).reshape(2, 3),
    np.array(7, np.int64),
    np.zeros((0, 4), np.float16),
]
SHAPES = [(2, 3), (), (0, 4)]


def test_arrays_and_note_come_back(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    for note in (b"first", b""):
        state_file.write(path, ARRAYS, note)
        found, told = state_file.read(path, SHAPES)
        assert told == note
        for one, other in zip(found, ARRAYS, strict=True):
            assert one.dtype == other.dtype
            assert np.array_equal(one, other)
    assert [file.name for file in tmp_path.iterdir()] == ["state.npz"]


@pytest.mark.parametrize("content", [b"", b"half a file", b"PK\x03\x04 and no more"])
def test_a_damaged_file_is_named_with_the_way_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"state.npz: not the state of this training") as caught:
        state_file.read(path, SHAPES)
    assert "restart=True" in caught.value.hint


def test_a_file_cut_short_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    state_file.write(path, ARRAYS)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ModelError, match="not the state of this training"):
        state_file.read(path, SHAPES)


def test_arrays_of_another_model_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    state_file.write(path, ARRAYS)
    with pytest.raises(ModelError, match="another model"):
        state_file.read(path, [(3, 2), (), (0, 4)])
    with pytest.raises(ModelError, match="not the state of this training"):
        state_file.read(path, [*SHAPES, (1,)])


def test_what_the_system_refuses_is_not_called_damaged(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot be read: Is a directory"):
        state_file.read(tmp_path, SHAPES)


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    """A limit of the size of files acts like a full disk, and needs no rights."""
    path = tmp_path / "state.npz"
    path.write_bytes(b"the state before")
    program = f"""
import resource
from pathlib import Path
from aoi_modules.errors import ModelError
from aoi_modules.training.fitting import state_file
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    state_file.replace(Path({str(path)!r}), bytes(5000))
except ModelError as error:
    print(error.message)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == f"{path}: cannot be written: File too large (5.0 kB needed)\n"
    assert path.read_bytes() == b"the state before"
    assert [file.name for file in tmp_path.iterdir()] == ["state.npz"]
