"""The same drawn files at all doors: each is read everywhere, with the same pixels, or refused everywhere.

Most doors are functions here, so that hundreds of files cost seconds; a sample goes through real servers.
"""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from aoi_modules.client.picture_search import read_pictures
from aoi_modules.datasets.decoding import gray
from aoi_modules.datasets.picture_files import SMALLEST, PictureFile, look_at
from aoi_modules.datasets.table import Table, Target
from aoi_modules.errors import DataError, NotAPicture, RpcError
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE, IMAGE, PIXELS_SIGNATURE
from aoi_modules.pictures import formats
from aoi_modules.serving.engine import Engine
from aoi_modules.serving.engines import openvino, tensorflow
from aoi_modules.serving.engines.pictures import read
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.tf import tf
from tests.client.servables import write_tile
from tests.pictures import drawn
from tests.pictures.drawn import encoded, soft
from tests.pictures.graph import in_graph

pytestmark = pytest.mark.slow  # a servable is exported, loaded four times and served

FILES = 500
RGB = Image.fromarray(soft(24, 24))
SAMPLE = {
    "PNG": (encoded(RGB), None),
    "gray BMP": (encoded(RGB.convert("L"), "BMP"), None),
    "progressive JPEG": (encoded(RGB, "JPEG", progressive=True), None),
    "16 bits": (drawn.png(bytes(2000), 20, 20, bits=16), formats.SIXTEEN_BITS.sentence),
    "palette BMP": (encoded(RGB.quantize(60), "BMP"), formats.COLOUR_TABLE.sentence),
    "CMYK": (encoded(RGB.convert("CMYK"), "JPEG"), formats.PRINT_COLOURS.sentence),
    "GIF": (encoded(RGB, "GIF"), "Received: a GIF picture"),
    "WebP": (encoded(RGB, "WEBP"), "Received: a WebP picture"),
    "cut off": (encoded(RGB)[:-30], ""),
    "flipped": (encoded(RGB)[:200] + b"!" + encoded(RGB)[201:], ""),
}
"""Files, and what everybody says to them; of a damaged one TensorFlow's decoder speaks for itself."""


@pytest.fixture(scope="module")
def servable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One head on gray levels of 8 x 8."""
    return write_tile(tmp_path_factory.mktemp("doors"))


@pytest.fixture(scope="module")
def bare(servable: Path) -> Any:
    """The SavedModel as whoever has TensorFlow loads it."""
    return tf.saved_model.load(str(servable / "1"))


@pytest.fixture(scope="module")
def engines(servable: Path) -> tuple[Engine, Engine]:
    return openvino.load(servable / "1"), tensorflow.load(servable / "1")


def scores(engine: Engine, content: bytes) -> Any:
    """float32 (1, 1), or None if the engine refuses."""
    signature = engine.signatures[DEFAULT_SIGNATURE]
    try:
        return engine.run(signature, {IMAGE: np.array([content, None], object)[:1]}, ["defect"])["defect"]
    except RpcError as error:
        return None if error.code == "INVALID_ARGUMENT" else error


def bare_scores(bare: Any, content: bytes) -> Any:
    try:
        return bare.signatures[DEFAULT_SIGNATURE](image=tf.constant([content]))["defect"].numpy()
    except tf.errors.InvalidArgumentError:
        return None


def engine_pixels(content: bytes, channels: int) -> Any:
    try:
        return read(content, channels)
    except RpcError:
        return None


def readable_by_client(path: Path) -> bool:
    try:
        return bool(read_pictures([str(path)]))
    except DataError:
        return False


def readable_in_a_table(path: Path) -> bool:
    try:
        Table((path,), (Target("kind", np.zeros(1, np.int64), ("a", "b")),), (path.name,)).picture(0)
    except NotAPicture:
        return False
    return True


@given(seed=st.integers(0, 2**63))
@settings(max_examples=FILES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_verdict_and_the_same_pixels_at_all_doors(
    seed: int, bare: Any, engines: tuple[Engine, Engine], tmp_path: Path
) -> None:
    content, path = drawn.drawn(seed), tmp_path / "drawn.png"
    path.write_bytes(content)
    pixels = in_graph(content)
    readable = pixels is not None
    assert readable_by_client(path) == readable_in_a_table(path) == readable
    found, answers = look_at(path), [bare_scores(bare, content), *(scores(engine, content) for engine in engines)]
    if pixels is None:
        assert isinstance(found, str)
        assert engine_pixels(content, 3) is None
        assert all(answer is None for answer in answers)
        return
    assert isinstance(found, PictureFile) == (min(pixels.shape[:2]) >= SMALLEST)
    assert np.array_equal(engine_pixels(content, 3)[0], pixels)
    levels = gray(tf.constant(pixels[np.newaxis])).numpy().astype(np.uint8)
    assert np.array_equal(engine_pixels(content, 1), levels)
    expected = bare.signatures[PIXELS_SIGNATURE](image=tf.constant(levels))["defect"].numpy()
    for answer in answers:
        np.testing.assert_allclose(answer, expected, atol=1e-5)


@pytest.fixture(scope="module", params=["openvino", "tensorflow"])
def server(request: pytest.FixtureRequest, servable: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer({"tile": servable}, flags=[f"--engine={request.param}"]) as running:
        yield running


@pytest.mark.parametrize("case", SAMPLE)
def test_a_server_refuses_by_the_sentence(server: EmbeddedServer, case: str) -> None:
    content, says = SAMPLE[case]
    body = {"instances": [{"b64": base64.b64encode(content).decode()}]}
    answer = requests.post(f"{server.rest}/v1/models/tile:predict", json=body, timeout=20)
    assert answer.status_code == (200 if says is None else 400)
    assert (says or "") in answer.json().get("error", "")


@pytest.fixture(scope="module")
def gateway(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    routes = tmp_path_factory.mktemp("gateway") / "routes.yaml"
    routes.write_text(f'components: {{tile: {{model: tile, upstream: "{server.grpc}", timeout_ms: 5000}}}}')
    with RunningGateway(routes) as running:
        yield running


@pytest.mark.parametrize("case", SAMPLE)
def test_the_gateway_refuses_before_it_asks(gateway: RunningGateway, case: str) -> None:
    content, says = SAMPLE[case]
    answer = requests.post(f"{gateway.url}/v1/inspect/tile", data=content, timeout=20)
    assert answer.status_code == (200 if says is None else 415)
    assert (says or "") in answer.json().get("detail", "")
