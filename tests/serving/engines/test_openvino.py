"""The OpenVINO engine on real servables, against the TensorFlow engine."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from aoi_modules.errors import ModelError, RpcError
from aoi_modules.modelstore import layout
from aoi_modules.serving.batching.policy import Policy
from aoi_modules.serving.engine import Engine
from aoi_modules.serving.engines import openvino, tensorflow
from aoi_modules.serving.engines.openvino_compiler import ROWS
from aoi_modules.serving.engines.proof import prove
from aoi_modules.serving.lifecycle.loader import Loader
from tests.serving.engines.encoded import drawn, encode, strings

NAMES = ["pcb", "tile", "houses"]
HEADS = {"pcb": ["kind", "short"], "tile": ["defect"], "houses": ["price"]}
CHANNELS = {"pcb": 3, "tile": 1, "houses": 3}


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    given: str = request.param
    return given


@pytest.fixture(scope="module")
def folder(name: str, request: pytest.FixtureRequest) -> Path:
    path: Path = request.getfixturevalue(name)
    return path


@pytest.fixture(scope="module")
def ours(folder: Path) -> Engine:
    return openvino.load(folder)


@pytest.fixture(scope="module")
def theirs(folder: Path) -> Engine:
    return tensorflow.load(folder)


def ask(engine: Engine, signature: str, outputs: list[str], **inputs: Any) -> dict[str, NDArray[Any]]:
    return engine.run(engine.signatures[signature], inputs, outputs)


def features(name: str, count: int) -> dict[str, NDArray[np.float32]]:
    if name != "houses":
        return {}
    return {"features": np.random.default_rng(1).normal(size=(count, 2)).astype(np.float32)}


def furthest(left: dict[str, NDArray[Any]], right: dict[str, NDArray[Any]]) -> float:
    assert left.keys() == right.keys()
    for head, values in left.items():
        assert values.dtype == right[head].dtype
        assert values.shape == right[head].shape
    return max(float(np.max(np.abs(left[head] / right[head] - 1), initial=0)) for head in left)


def test_metadata_is_that_of_tensorflow(ours: Engine, theirs: Engine) -> None:
    assert ours.signatures == theirs.signatures


def test_the_golden_samples(ours: Engine, folder: Path) -> None:
    assert prove(ours, folder) < 1e-4


@pytest.mark.parametrize("count", [1, 3, 5])
def test_encoded_pictures_of_different_sizes(ours: Engine, theirs: Engine, name: str, count: int) -> None:
    sizes = [(30, 40), (8, 8), (30, 40), (61, 17), (8, 8)][:count]
    encoded = strings(*(encode(drawn(*size, seed=seed)) for seed, size in enumerate(sizes)))
    inputs = {"image": encoded, **features(name, count)}
    left = ask(ours, "serving_default", HEADS[name], **inputs)
    assert furthest(left, ask(theirs, "serving_default", HEADS[name], **inputs)) < 1e-4


@pytest.mark.parametrize("shape", [(3, 24, 32), (1, 50, 9)])
def test_pixels(ours: Engine, theirs: Engine, name: str, shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, CHANNELS[name]), np.uint8)
    inputs = {"image": pixels[:, ::-1], **features(name, len(pixels))}  # not contiguous
    left = ask(ours, "pixels", HEADS[name], **inputs)
    assert furthest(left, ask(theirs, "pixels", HEADS[name], **inputs)) < 1e-4


def test_no_pictures_have_no_scores(ours: Engine, name: str) -> None:
    """TensorFlow is not asked: on some processors its convolutions refuse a batch of none."""
    raw = np.zeros((0, 24, 32, CHANNELS[name]), np.uint8)
    for signature, image in (("serving_default", strings()), ("pixels", raw)):
        answer = ask(ours, signature, HEADS[name], image=image, **features(name, 0))
        one = ask(ours, "pixels", HEADS[name], image=np.zeros((1, *raw.shape[1:]), np.uint8), **features(name, 1))
        assert {head: scores.shape for head, scores in answer.items()} == {
            head: (0, *scores.shape[1:]) for head, scores in one.items()
        }


def test_the_manifest(ours: Engine, theirs: Engine) -> None:
    assert ask(ours, "manifest", ["json"]) == ask(theirs, "manifest", ["json"])
    with pytest.raises(RpcError, match="not a dense tensor"):
        ask(ours, "__saved_model_init_op", ["__saved_model_init_op"])


def test_only_the_outputs_asked_for(pcb: Path) -> None:
    engine = openvino.load(pcb)
    assert ask(engine, "serving_default", ["kind"], image=strings(encode(drawn(9, 9)))).keys() == {"kind"}


def test_one_bad_picture_is_refused(tile: Path) -> None:
    with pytest.raises(RpcError, match="begin like no picture") as caught:
        ask(openvino.load(tile), "serving_default", ["defect"], image=strings(encode(drawn(8, 8)), b"no picture"))
    assert caught.value.code == "INVALID_ARGUMENT"


def test_numbers_that_do_not_fit_the_pictures_are_refused(houses: Path) -> None:
    numbers = np.zeros((3, 2), np.float32)
    with pytest.raises(RpcError, match=r"one row for each picture\. Received: features 3, image 1"):
        ask(openvino.load(houses), "pixels", ["price"], image=np.zeros((1, 9, 9, 3), np.uint8), features=numbers)


def test_many_threads_get_their_own_answers(tile: Path) -> None:
    engine = openvino.load(tile)
    blocks = [np.full((1 + number % 3, 8, 8, 1), number, np.uint8) for number in range(60)]
    alone = [ask(engine, "pixels", ["defect"], image=block)["defect"] for block in blocks]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda block: ask(engine, "pixels", ["defect"], image=block)["defect"], blocks * 4))
    for found, expected in zip(together, alone * 4, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_threads_may_be_given(tile: Path) -> None:
    assert prove(openvino.load(tile, threads=2), tile) < 1e-4


def test_requests_are_merged_by_the_rows_that_its_graphs_compute(tile: Path) -> None:
    servable = Loader(openvino.load)("tile", 1, tile)
    assert servable._batcher._policy == Policy.worth(ROWS)


def test_a_model_of_others_is_refused(models: Path) -> None:
    with pytest.raises(ModelError, match=r"no assets\.extra/pixels\.pb") as caught:
        openvino.load(models / "half/00000001")
    assert "engine tensorflow" in caught.value.hint


@pytest.fixture
def copy(tile: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tile, tmp_path / "1"))


def test_a_graph_that_cannot_be_read(copy: Path) -> None:
    (copy / layout.PIXELS_FILE).write_bytes(b"\xff no graph")
    with pytest.raises(ModelError, match=r"pixels\.pb: OpenVINO cannot read the graph"):
        openvino.load(copy)


def test_a_manifest_of_other_heads_or_channels(copy: Path) -> None:
    file = copy / layout.MANIFEST_FILE
    text = file.read_text()
    file.write_text(text.replace('"name": "defect"', '"name": "other"'))
    with pytest.raises(ModelError, match=r"expected the outputs other float"):
        openvino.load(copy)
    file.write_text(text.replace('"channels": 1', '"channels": 3'))
    with pytest.raises(ModelError, match="signature pixels: expected the inputs"):
        openvino.load(copy)
