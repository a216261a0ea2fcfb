"""Signatures without TensorFlow are those that TensorFlow reads."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import ModelError
from aoi_modules.serving.engines import saved_model, tensorflow
from aoi_modules.serving.engines.saved_model import read_signatures


@pytest.mark.parametrize("model", ["half/00000001", "echo/1", "strict/1"])
def test_they_are_those_that_tensorflow_reads(models: Path, model: str) -> None:
    engine = tensorflow.load(models / model)
    assert read_signatures(models / model) == engine.signatures
    engine.close()


def test_a_folder_without_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"saved_model.pb: cannot be loaded: No such file"):
        read_signatures(tmp_path)


@given(content=st.binary(max_size=60))
def test_any_bytes_are_refused_or_read(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / saved_model.FILE_NAME).write_bytes(content)
    with contextlib.suppress(ModelError):
        assert isinstance(read_signatures(folder), dict)


def test_a_file_that_was_cut_off(models: Path, tmp_path: Path) -> None:
    whole = (models / "echo/1/saved_model.pb").read_bytes()
    (tmp_path / saved_model.FILE_NAME).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="damaged"):
        read_signatures(tmp_path)
