"""Signatures without TensorFlow are those that TensorFlow reads."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import WireError
from aoi_modules.serving.engines import tensorflow
from aoi_modules.wire.saved_model import read_signatures
from tests.serving import saved_models


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved_models.echo(tmp_path_factory.mktemp("models") / "1")


def test_they_are_those_that_tensorflow_reads(folder: Path) -> None:
    engine = tensorflow.load(folder)
    assert read_signatures((folder / "saved_model.pb").read_bytes()) == engine.signatures
    engine.close()


@given(content=st.binary(max_size=60))
def test_any_bytes_are_refused_or_read(content: bytes) -> None:
    with contextlib.suppress(WireError):
        assert isinstance(read_signatures(content), dict)


def test_a_file_that_was_cut_off(folder: Path) -> None:
    whole = (folder / "saved_model.pb").read_bytes()
    for part in (2, 3, 5):
        with pytest.raises(WireError, match="damaged"):
            read_signatures(whole[: len(whole) // part])
