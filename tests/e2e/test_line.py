"""The whole line, every stage for real: data, training, servable, model server, gateway, verdict."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import requests
import yaml

from aoi_modules.datasets import magnetic_tile
from aoi_modules.export.model_sources import read
from aoi_modules.export.servable import write_servable
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.modelstore import version_dir
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.tf import keras, tf
from aoi_modules.training.run import train
from aoi_modules.verdict import Limits, judge_score

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("line") / "tile"
    train("magnetic-tile", "ci", folder, backbone="mobilenet-0.25")
    return folder


@pytest.fixture(scope="module")
def models(trained: Path) -> Path:
    folder = trained.parent / "models"
    version_dir.verify(write_servable(read(trained / "model.keras"), "tile", folder).path)
    return folder


# One picture alone and twelve together are summed in another order on some processors; another engine has its own.
@pytest.fixture(scope="module", params=[("tensorflow", 5e-5), ("auto", 1e-4)], ids=["tensorflow", "auto"])
def line(models: Path, request: pytest.FixtureRequest) -> Iterator[tuple[RunningGateway, float]]:
    """A gateway before a server on an engine, and how far its scores may be from Keras'."""
    engine, tolerance = request.param
    with EmbeddedServer({"tile": models / "tile"}, flags=[f"--engine={engine}"]) as server:
        routes = {"components": {"tile": {"model": "tile", "upstream": server.grpc, "timeout_ms": 20_000}}}
        (models / "routes.yaml").write_text(yaml.safe_dump(routes))
        with RunningGateway(models / "routes.yaml") as running:
            yield running, tolerance


def keras_scores(model_file: Path, pictures: list[bytes]) -> list[float]:
    """What Keras says by its own means: the loaded model, TensorFlow's decoder and resize, no module of ours."""
    model = keras.models.load_model(model_file, compile=False)
    height, width = model.inputs[0].shape[1:3]
    decoded = [tf.io.decode_image(picture, channels=3, expand_animations=False) for picture in pictures]
    batch = tf.stack([tf.image.resize(pixels, (height, width)) for pixels in decoded])
    return [float(score) for score in np.asarray(model(batch, training=False)["defect"])[:, 0]]


def test_a_tile_scores_through_the_gateway_as_in_keras(trained: Path, line: tuple[RunningGateway, float]) -> None:
    gateway, tolerance = line
    test = magnetic_tile.load(test=12).test
    pictures = [test.encoded(number) for number in range(len(test))]
    threshold = read(trained / "model.keras").heads[0].threshold
    assert threshold is not None
    for picture, expected in zip(pictures, keras_scores(trained / "model.keras", pictures), strict=True):
        answer = requests.post(f"{gateway.url}/v1/inspect/tile", data=picture, timeout=30)
        assert answer.status_code == 200, answer.text
        inspection = answer.json()
        assert inspection["heads"][0]["score"] == pytest.approx(expected, abs=tolerance)
        assert inspection["heads"][0]["threshold"] == threshold
        assert inspection["verdict"] == judge_score(inspection["heads"][0]["score"], Limits(threshold))
