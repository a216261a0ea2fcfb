from pathlib import Path

import pytest

from aoi_modules.export.heads import Wish, default_head
from aoi_modules.export.model_sources import ModelSource, read
from aoi_modules.export.readers.keras_network import network_of
from aoi_modules.export.servable import write_servable
from tests.export.networks import DEFECT, network, on_trunk


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A one-headed model without a report."""
    path = tmp_path_factory.mktemp("model") / "model.keras"
    network({"defect": 1}).save(path)
    return path


@pytest.fixture(scope="session")
def tile_source(model_file: Path) -> ModelSource:
    """What the model file holds, its head `DEFECT`."""
    return read(model_file, [Wish(threshold=DEFECT.threshold)])


@pytest.fixture(scope="session")
def tile(tile_source: ModelSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The version directory of that model. Tests do not change it."""
    return write_servable(tile_source, "tile", tmp_path_factory.mktemp("models")).path


@pytest.fixture(scope="session")
def pcb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A version directory with the head `short`. Tests do not change it."""
    model = ModelSource(network_of(on_trunk("short", 0)), (default_head("short", 1),))
    return write_servable(model, "pcb", tmp_path_factory.mktemp("models")).path
