"""Which engine runs which model, and why."""

import logging
import shutil
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.modelstore.golden import Golden
from aoi_modules.serving.engine import EngineName
from aoi_modules.serving.engines.choice import engine_loader

AUTO = engine_loader(EngineName.AUTO)


@pytest.fixture(autouse=True)
def _info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def test_ours_run_on_openvino(pcb: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert AUTO(pcb).name == "openvino"
    assert f"{pcb}: OpenVINO runs it; golden samples agree to" in caplog.text


def test_those_of_others_run_on_tensorflow(models: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert AUTO(models / "half/00000001").name == "tensorflow"
    assert "TensorFlow runs it, because OpenVINO does not: " in caplog.text
    assert "no assets.extra/pixels.pb" in caplog.text


def test_what_openvino_computes_differently_runs_on_tensorflow(
    tile: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = Path(shutil.copytree(tile, tmp_path / "1"))
    truth = Golden.read(folder)
    Golden(truth.pictures, {"defect": truth.scores["defect"] + np.float32(2e-4)}).write(folder)
    assert AUTO(folder).name == "tensorflow"
    assert "head defect differs by 0.0002" in caplog.text
    with pytest.raises(ModelError, match="head defect differs by"):
        engine_loader(EngineName.OPENVINO)(folder)


def test_an_engine_that_was_asked_for(tile: Path, models: Path) -> None:
    assert engine_loader(EngineName.TENSORFLOW)(tile).name == "tensorflow"
    assert engine_loader(EngineName.OPENVINO, intra_op_threads=1)(tile).name == "openvino"
    with pytest.raises(ModelError, match="has no assets"):
        engine_loader(EngineName.OPENVINO)(models / "half/00000001")
