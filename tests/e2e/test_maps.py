"""A head with a map, from the Keras file to the region of an inspection: tiles and worst tile are in the graph."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import requests
import yaml
from click.testing import CliRunner
from PIL import Image

from aoi_modules.commands.asking import predict
from aoi_modules.errors import ModelError
from aoi_modules.export.component import Component
from aoi_modules.export.model_sources import ModelSource, read
from aoi_modules.export.readers.saved_model_network import read_servable
from aoi_modules.export.servable import write_servable
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore.manifest import Head, PictureInput, ScoreMap
from aoi_modules.serving.engines import openvino, tensorflow
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.tf import keras
from aoi_modules.training.networks.tiling import tiled_model

pytestmark = pytest.mark.slow  # a servable is exported and served

PICTURE = PictureInput(height=64, width=96, channels=3)
GRID = (4, 6)
SPOT = (37, 70)
"""Row and column of the upper left corner of a bright spot of 3 x 3 pixels: in the tile (2, 4)."""


def model() -> keras.Model:
    """Looks for something bright in tiles of 16 x 16 pixels."""
    image = keras.Input((16, 16, 3), name="image")
    mean = keras.layers.AveragePooling2D(3, 1)(keras.layers.Rescaling(1 / 255)(image))
    network = keras.Model(image, keras.layers.GlobalMaxPooling2D()(mean))
    features = keras.Input((3,), name="picture_features")
    constant = keras.initializers.Constant
    weights = {"kernel_initializer": constant(10.0), "bias_initializer": constant(-20.0)}
    score = keras.layers.Dense(1, "sigmoid", name="spot", **weights)(features)
    heads = keras.Model({"picture_features": features}, {"spot": score}, name="heads")
    return tiled_model(network, heads, PICTURE, GRID)


def picture(*, spot: bool, scale: int = 1) -> bytes:
    """A gray picture with noise as PNG, of the model's size or larger."""
    pixels = np.random.default_rng(1).integers(60, 90, (64, 96, 3), np.uint8)
    if spot:
        pixels[SPOT[0] : SPOT[0] + 3, SPOT[1] : SPOT[1] + 3] = 255
    file = io.BytesIO()
    Image.fromarray(np.kron(pixels, np.ones((scale, scale, 1), np.uint8))).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("maps")


@pytest.fixture(scope="module")
def source(folder: Path) -> ModelSource:
    model().save(folder / "model.keras")
    for number, spot in enumerate((True, False)):
        (folder / f"{number}.png").write_bytes(picture(spot=spot))
    return read(folder / "model.keras")


@pytest.fixture(scope="module")
def version(source: ModelSource, folder: Path) -> Path:
    return write_servable(source, "part", folder / "models").path


@pytest.fixture(scope="module")
def server(version: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer({"part": version.parent}) as running:
        yield running


def test_the_map_belongs_to_the_head(version: Path) -> None:
    (head,) = manifests.read(version).heads
    assert head.name == "spot"
    assert head.map == ScoreMap(rows=4, columns=6)


def test_both_engines_give_the_map_of_the_source(version: Path, source: ModelSource) -> None:
    shown = [picture(spot=True), picture(spot=False), picture(spot=True)]
    expected = source.scores(shown)
    assert expected["spot_map"].shape == (3, 4, 6)
    assert np.unravel_index(expected["spot_map"][0].argmax(), GRID) == (2, 4)
    for engine in (openvino.load(version), tensorflow.load(version)):
        signature = engine.signatures["serving_default"]
        found = engine.run(signature, {"image": np.array(shown, object)}, ["spot", "spot_map"])
        for name, values in found.items():
            np.testing.assert_allclose(values, expected[name], atol=1e-5, err_msg=engine.name)


def test_the_gateway_says_where_the_spot_is(server: EmbeddedServer, folder: Path) -> None:
    routes = {"components": {"part": {"model": "part", "upstream": server.grpc, "timeout_ms": 20_000}}}
    (folder / "routes.yaml").write_text(yaml.safe_dump(routes))
    with RunningGateway(folder / "routes.yaml", results=folder / "results") as gateway:
        url = f"{gateway.url}/v1/inspect/part"
        bad = requests.post(url, data=picture(spot=True, scale=2), timeout=30).json()
        good = requests.post(url, data=picture(spot=False), timeout=30).json()
        shown = requests.get(f"{gateway.url}/v1/inspections/{bad['id']}/map", params={"head": "spot"}, timeout=30)
    assert (bad["verdict"], good["verdict"]) == ("FAIL", "PASS")
    region = bad["heads"][0]["region"]
    assert region["top"] <= SPOT[0] / 64 < region["top"] + region["height"]
    assert region["left"] <= SPOT[1] / 96 < region["left"] + region["width"]
    assert region["height"] * region["width"] == pytest.approx(1 / 24, abs=1e-4)
    assert good["heads"][0]["region"] is None
    drawn = np.array(Image.open(io.BytesIO(shown.content))).astype(int)
    assert drawn.shape == (128, 192, 3)
    red = drawn[..., 0] - drawn[..., 1] > 60
    assert red[64:96, 128:160].mean() > 0.9, "the tile with the spot"
    assert red.sum() < 1.1 * 32 * 32


def test_the_command_prints_the_region(server: EmbeddedServer, folder: Path) -> None:
    asked = ["--grpc", server.grpc, "--model", "part", str(folder / "0.png"), str(folder / "1.png")]
    table = CliRunner().invoke(predict.command, asked)
    assert "0.500 0.667 0.250 0.167" in " ".join(table.output.split())
    rows = list(csv.DictReader(io.StringIO(CliRunner().invoke(predict.command, ["--csv", *asked]).stdout)))
    assert [row["region"] for row in rows] == ["0.500 0.667 0.250 0.167", ""]


def test_a_model_with_a_map_shares_a_component_with_others(source: ModelSource, folder: Path, version: Path) -> None:
    layers = keras.layers
    plain = keras.Sequential([keras.Input((8, 8, 1)), layers.GlobalAveragePooling2D(), layers.Dense(1, "sigmoid")])
    plain.save(folder / "plain.keras")
    merged = write_servable([source, read(folder / "plain.keras")], "both", folder / "models")
    assert [head.map for head in merged.manifest.heads] == [ScoreMap(rows=4, columns=6), None]
    again = read_servable(version)
    assert again.maps == {"spot": GRID}


def test_a_head_of_the_maps_name_is_refused(source: ModelSource) -> None:
    other = Head(name="spot_map", kind="defect", labels=("good", "bad"), threshold=0.5)
    clashing = ModelSource(source.network.renamed({"spot_map": "spot"}), (other,))
    with pytest.raises(ModelError, match="head spot_map: expected a name for each head"):
        Component.of([source, clashing])
