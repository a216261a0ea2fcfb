"""`aoi predict --features` against the real embedded server."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.export.model_sources import read
from aoi_modules.export.servable import write_servable
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.tf import keras
from tests.client.servables import write_house, write_tile
from tests.commands.asking.test_predict import predict
from tests.gateway.conftest import picture_bytes

pytestmark = pytest.mark.slow  # servables are exported and served
NUMBERS = {"a": (3.0, 210.5), "b": (2.0, 90.0), "c": (5.0, 400.0)}


def measured() -> keras.Model:
    """A model with two inputs of numbers: a picture (N, 8, 8), weight_g (N, 1), sizes_mm (N, 2) -> score (N, 1)."""
    keras.utils.set_random_seed(3)
    image, weight = keras.Input((8, 8), name="image"), keras.Input((1,), name="weight_g")
    sizes = keras.Input((2,), name="sizes_mm")
    seen = keras.layers.Rescaling(1 / 255)(keras.layers.Flatten()(image))
    score = keras.layers.Dense(1, "sigmoid")(keras.layers.Concatenate()([seen, weight, sizes]))
    return keras.Model([weight, image, sizes], score)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    models = tmp_path_factory.mktemp("models")
    measured().save(models / "part.keras")
    write_servable(read(models / "part.keras"), "part", models)
    served = {"house": write_house(models), "tile": write_tile(models), "part": models / "part"}
    with EmbeddedServer(served) as server:
        yield server


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    folder = tmp_path / "houses"
    folder.mkdir()
    for name in NUMBERS:
        (folder / f"{name}.png").write_bytes(picture_bytes())
    return folder


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """The columns stand in another order than the model takes them, and there is one more."""
    path = tmp_path / "houses.csv"
    lines = [f"{area},{name}.png,{rooms},Main Street" for name, (rooms, area) in NUMBERS.items()]
    path.write_text("\n".join(["area,picture,rooms,street", *lines, ""]))
    return path


def prices(server: EmbeddedServer, houses: Path) -> list[float]:
    pictures = [(houses / f"{name}.png").read_bytes() for name in NUMBERS]
    with GrpcClient(Endpoint(server.grpc, "house", timeout=60)) as client:
        answer = client.predict_pictures(pictures, np.array(list(NUMBERS.values()), np.float32))
    return [float(price) for price in answer.scores["price"][:, 0]]


def test_columns_go_to_the_inputs_of_their_names(server: EmbeddedServer, tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(2, 3)).astype(np.float32)  # weight_g, sizes_mm_0, sizes_mm_1
    pixels = np.random.default_rng(1).integers(0, 256, (2, 8, 8), np.uint8)
    folder = tmp_path / "parts"
    folder.mkdir()
    lines = ["sizes_mm_1,picture,weight_g,sizes_mm_0"]
    for number, (weight, height, width) in enumerate(rows):
        Image.fromarray(pixels[number]).save(folder / f"{number}.png")
        lines.append(f"{width},{number}.png,{weight},{height}")
    (tmp_path / "parts.csv").write_text("\n".join([*lines, ""]))
    asked = ("--model", "part", "--features", str(tmp_path / "parts.csv"), "--csv", str(folder))
    run = predict("--grpc", server.grpc, *asked)
    assert (run.returncode, run.stderr) == (0, "")
    found = [float(row["score"]) for row in csv.DictReader(run.stdout.splitlines())]
    expected = measured()([rows[:, :1], pixels.astype(np.float32), rows[:, 1:]])
    np.testing.assert_allclose(found, np.asarray(expected)[:, 0], atol=1e-4)


@pytest.mark.parametrize("way", ["--grpc", "--http"])
def test_every_house_goes_with_its_own_numbers(server: EmbeddedServer, houses: Path, table: Path, way: str) -> None:
    address = server.grpc if way == "--grpc" else server.rest
    run = predict(way, address, "--model", "house", "--features", str(table), "--csv", "--jobs", "2", str(houses))
    assert (run.returncode, run.stderr) == (0, "")
    rows = list(csv.DictReader(run.stdout.splitlines()))
    assert [Path(row["picture"]).stem for row in rows] == list(NUMBERS)
    assert [float(row["score"]) for row in rows] == pytest.approx(prices(server, houses), rel=1e-4)
    assert {row["verdict"] for row in rows} == {""}, "a price is told, not judged"


def test_a_picture_that_cannot_be_used_does_not_shift_the_numbers(
    server: EmbeddedServer, houses: Path, table: Path
) -> None:
    expected = prices(server, houses)
    (houses / "b.png").write_bytes(b"no picture")
    run = predict(
        "--grpc", server.grpc, "--model", "house", "--features", str(table), "--json", "--jobs", "1", str(houses)
    )
    assert run.returncode == 1
    assert run.stderr.startswith(f"error: {houses / 'b.png'}: expected a PNG")
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert [bool(answer["error"]) for answer in answers] == [False, True, False]
    assert [answer["verdict"] for answer in answers] == [None, None, None]
    scores = [head["score"] for answer in answers for head in answer["heads"]]
    assert scores == pytest.approx([expected[0], expected[2]], rel=1e-4)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("picture,rooms\na.png,1\n", "houses.csv, line 1: no column area. Received: picture, rooms"),
        ("picture,rooms,area\na.png,1,1\nb.png,1,1\n", "houses.csv: no line for the picture"),
        (
            "picture,rooms,area\na.png,1,1\nb.png,1,big\nc.png,1,1\n",
            "houses.csv, line 3, column area: expected a number",
        ),
    ],
)
def test_a_wrong_table_is_told_before_anything_is_asked(
    server: EmbeddedServer, houses: Path, table: Path, text: str, words: str
) -> None:
    table.write_text(text)
    run = predict("--grpc", server.grpc, "--model", "house", "--features", str(table), "--csv", str(houses))
    assert (run.returncode, run.stdout) == (1, "")
    assert words in run.stderr
    assert "Traceback" not in run.stderr


def test_a_model_that_takes_features_names_them(server: EmbeddedServer, houses: Path) -> None:
    run = predict("--grpc", server.grpc, "--model", "house", str(houses))
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("error: model house takes more than a picture: rooms, area\n")
    assert "--features FILE, a CSV file with the columns picture, rooms, area" in run.stderr


def test_a_model_that_takes_none_says_so(server: EmbeddedServer, houses: Path, table: Path) -> None:
    run = predict("--grpc", server.grpc, "--model", "tile", "--features", str(table), str(houses))
    assert (run.returncode, run.stdout) == (1, "")
    assert "takes pictures alone" in run.stderr
