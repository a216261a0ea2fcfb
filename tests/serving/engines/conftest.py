"""Small servables of ours, written once."""

from pathlib import Path

import pytest

from aoi_modules.export.model_sources import ModelSource
from aoi_modules.export.readers.keras_network import network_of
from aoi_modules.export.servable import write_servable
from aoi_modules.modelstore.manifest import Head
from aoi_modules.tf import keras
from tests.client.servables import write_tile
from tests.export.networks import on_trunk, priced, trunk


def source(model: keras.Model, kind: str = "defect", **about: object) -> ModelSource:
    """A trained model with one head, named after its output."""
    (name,) = model.output
    units = model.output[name].shape[-1]
    labels = tuple(f"label {number}" for number in range(max(2, units)))
    judged = {"threshold": 0.5} if kind == "defect" else {}
    head = Head(name=name, kind=kind, labels=labels[: 2 if kind == "defect" else units], **judged)  # type: ignore[arg-type]
    return ModelSource(network_of(model), (head,), **about)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def pcb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two heads: `short` looks at colours of 24 x 32, `kind` with three classes at gray levels of 16 x 16."""
    gray = on_trunk("kind", 2, below=trunk(3, size=(16, 16), channels=1), units=3)
    models = [source(on_trunk("short", 1)), source(gray, "class")]
    return write_servable(models, "pcb", tmp_path_factory.mktemp("ours")).path


@pytest.fixture(scope="session")
def tile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One head on gray levels of 8 x 8."""
    return write_tile(tmp_path_factory.mktemp("ours")) / "1"


@pytest.fixture(scope="session")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A price from colours and two numbers."""
    model = source(priced(), "value", features=("rooms", "year"))
    return write_servable(model, "houses", tmp_path_factory.mktemp("ours")).path
