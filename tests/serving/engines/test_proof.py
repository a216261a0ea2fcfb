"""An engine whose scores are not those of the source models does not serve."""

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from aoi_modules.errors import ModelError, StoreError
from aoi_modules.modelstore import layout, manifest
from aoi_modules.modelstore.golden import Golden
from aoi_modules.serving.engine import Engine
from aoi_modules.serving.engines import openvino, tensorflow
from aoi_modules.serving.engines.proof import prove


@pytest.fixture
def copy(tile: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tile, tmp_path / "1"))


def apart(folder: Path, by: float) -> None:
    """Moves the golden scores away from what the graph says."""
    truth = Golden.read(folder)
    Golden(truth.pictures, {"defect": truth.scores["defect"] + np.float32(by)}).write(folder)


@pytest.fixture(scope="module", params=[openvino, tensorflow], ids=["openvino", "tensorflow"])
def engine(request: pytest.FixtureRequest, tile: Path) -> Engine:
    loaded: Engine = request.param.load(tile)
    return loaded


def test_golden_samples_agree(engine: Engine, tile: Path) -> None:
    assert prove(engine, tile) < 1e-4


def test_scores_that_are_not_the_sources(engine: Engine, copy: Path) -> None:
    apart(copy, 2e-4)
    with pytest.raises(ModelError, match=r"head defect differs by 0\.0002, expected at most 0\.0001"):
        prove(engine, copy)


def test_the_manifest_may_allow_more(engine: Engine, copy: Path) -> None:
    apart(copy, 2e-4)
    msgspec.structs.replace(manifest.read(copy), tolerance=1e-3).write(copy)
    assert 1e-4 < prove(engine, copy) < 1e-3


def test_a_score_that_is_no_number_is_refused(engine: Engine, copy: Path) -> None:
    apart(copy, float("nan"))
    with pytest.raises(ModelError, match="head defect differs by inf"):
        prove(engine, copy)


def test_without_samples_nothing_is_proved(engine: Engine, copy: Path) -> None:
    (copy / layout.GOLDEN_FILE).unlink()
    with pytest.raises(StoreError, match="no golden samples there"):
        prove(engine, copy)
