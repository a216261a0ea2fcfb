import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from aoi_modules.client.base import PredictClient
from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.feature_table import Features
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.manifests import Manifests
from aoi_modules.client.picture_answers import PictureAnswer, PictureAsker
from aoi_modules.errors import RpcError, Unreachable
from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.modelstore.manifest import Head
from aoi_modules.verdict import Verdict
from aoi_modules.wire.tensors import to_array
from tests.client.model_server import ModelServer, manifest, scores_of
from tests.gateway.conftest import picture_bytes

NAMES = ("rooms", "area")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "part.png"
    path.write_bytes(picture_bytes())
    return path


def asker_of(client: PredictClient, features: Features | None = None) -> PictureAsker:
    return PictureAsker(client, Manifests(client, client.find_manifest()), features)


def answers(server: ModelServer, *pictures: Path, model: str = "tile") -> list[PictureAnswer]:
    with GrpcClient(Endpoint(server.address, model)) as client:
        return list(map(asker_of(client).ask, pictures))


def test_a_picture_is_judged_by_the_models_own_limits(model_server: ModelServer, picture: Path) -> None:
    model_server.outputs = scores_of(0.9)
    (answer,) = answers(model_server, picture)
    assert answer.model == ModelVersion(name="tile", version=1)
    assert answer.verdict is Verdict.FAIL
    assert [(head.name, head.label) for head in answer.heads] == [("defect", "crack"), ("surface", "smooth")]


def test_without_manifest_there_are_scores_but_no_verdict(model_server: ModelServer, picture: Path) -> None:
    model_server.manifests.clear()
    (answer,) = answers(model_server, picture)
    assert answer.verdict is None
    assert answer.heads[0].score == pytest.approx(0.1)


def test_a_model_that_only_tells_values_gives_no_verdict(model_server: ModelServer, picture: Path) -> None:
    price = Head(name="price", kind="value", labels=())
    model_server.manifests[1] = msgspec.structs.replace(manifest(), heads=(price,)).to_json()
    model_server.outputs = lambda count: {"price": np.full((count, 1), 3.5, np.float32)}
    (answer,) = answers(model_server, picture)
    assert (answer.verdict, answer.heads[0].verdict, answer.heads[0].score) == (None, None, 3.5)


@pytest.mark.parametrize("manifests", [{}, {1: manifest(threshold=None).to_json()}])
def test_a_score_that_is_no_number_is_looked_at_even_where_nothing_is_judged(
    model_server: ModelServer, picture: Path, manifests: dict[int, bytes]
) -> None:
    model_server.manifests = manifests
    (answer,) = answers(model_server, picture)
    assert answer.verdict is None
    model_server.outputs = scores_of(np.nan)
    (answer,) = answers(model_server, picture)
    assert answer.verdict is Verdict.REVIEW


def test_a_picture_that_cannot_be_used_does_not_stop_the_others(
    model_server: ModelServer, picture: Path, tmp_path: Path
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no picture")
    missing, broken, good = answers(model_server, tmp_path / "none.png", text, picture)
    assert "cannot be read: No such file" in missing.error
    assert "expected a PNG, JPEG or BMP picture" in broken.error
    assert missing.model is None
    assert good.error == ""


def test_a_new_version_is_judged_by_its_own_limits(model_server: ModelServer, picture: Path) -> None:
    model_server.outputs = scores_of(0.3)
    with GrpcClient(Endpoint(model_server.address, "tile")) as client:
        asker = asker_of(client)
        assert asker.ask(picture).verdict is Verdict.PASS
        publish_strict(model_server)
        assert asker.ask(picture).verdict is Verdict.FAIL


def publish_strict(server: ModelServer) -> None:
    server.manifests[2] = manifest(2, threshold=0.2).to_json()
    server.states[2], server.version = "AVAILABLE", 2


def test_a_name_that_is_no_text_can_be_written(model_server: ModelServer, picture: Path) -> None:
    odd = Path(os.fsdecode(bytes(picture.parent) + b"/\xff.png"))
    picture.rename(odd)
    (answer,) = answers(model_server, odd)
    assert answer.picture == f"{picture.parent}/\\udcff.png"
    assert answer.error == ""


def test_no_server_and_no_model_end_it(model_server: ModelServer, picture: Path) -> None:
    with pytest.raises(RpcError, match="Servable not found"):
        answers(model_server, picture, model="none")
    model_server.stop()
    with pytest.raises(Unreachable):
        answers(model_server, picture)


def publish(server: ModelServer, version: int, *features: str) -> None:
    described = msgspec.structs.replace(manifest(version), features=features)
    server.manifests[version] = described.to_json()
    server.states[version], server.version = "AVAILABLE", version


@pytest.fixture
def houses(tmp_path: Path) -> Features:
    """Four pictures, each with an area of its own."""
    paths = [tmp_path / f"{number}.png" for number in range(4)]
    for path in paths:
        path.write_bytes(picture_bytes())
    rows = {path: np.array([[3.0, 10.0 * number]], np.float32) for number, path in enumerate(paths)}
    return Features(NAMES, rows)


@pytest.fixture
def asking(model_server: ModelServer, houses: Features) -> Iterator[Iterator[PictureAnswer]]:
    """Asks a model that takes the features of the houses."""
    publish(model_server, 1, *NAMES)
    with GrpcClient(Endpoint(model_server.address, "tile", timeout=30)) as client:
        yield map(asker_of(client, houses).ask, houses.rows)


def version_of(answer: PictureAnswer) -> int | None:
    assert answer.model is not None, answer.error
    return answer.model.version


def test_every_picture_goes_with_its_own_features(
    model_server: ModelServer, houses: Features, asking: Iterator[PictureAnswer]
) -> None:
    assert [(answer.picture, answer.error) for answer in asking] == [(str(path), "") for path in houses.rows]
    asked = [request.inputs for request in model_server.asked if "features" in request.inputs]
    assert [to_array(inputs["features"]).tolist() for inputs in asked] == [[[3.0, 10.0 * n]] for n in range(4)]


def test_a_picture_without_features_does_not_stop_the_others(
    model_server: ModelServer, houses: Features, picture: Path
) -> None:
    publish(model_server, 1, *NAMES)
    with GrpcClient(Endpoint(model_server.address, "tile")) as client:
        other, house = map(asker_of(client, houses).ask, [picture, next(iter(houses.rows))])
    assert other.error == "expected features beside the picture: rooms, area. Received: none"
    assert version_of(house) == 1


def test_a_new_version_with_the_same_features_answers(
    model_server: ModelServer, asking: Iterator[PictureAnswer]
) -> None:
    assert version_of(next(asking)) == 1
    publish(model_server, 2, *NAMES)
    assert version_of(next(asking)) == 2


@pytest.mark.parametrize("features", [("area", "rooms"), ("rooms", "area", "age"), ()])
def test_a_new_version_with_other_features_is_not_believed(
    model_server: ModelServer, asking: Iterator[PictureAnswer], features: tuple[str, ...]
) -> None:
    assert version_of(next(asking)) == 1
    publish(model_server, 2, *features)
    for _ in range(2):
        answer = next(asking)
        assert (answer.model, answer.verdict, answer.heads) == (None, None, ())
        assert answer.error == (
            "version 2 of model tile answered, which takes other features: "
            f"{', '.join(features) or 'none'}. Sent: rooms, area\n  ask again, or ask one version"
        )
    publish(model_server, 3, *NAMES)
    assert version_of(next(asking)) == 3, "it takes them again"


def test_other_features_before_the_first_answer_are_not_believed_either(
    model_server: ModelServer, asking: Iterator[PictureAnswer]
) -> None:
    publish(model_server, 2, "area", "rooms")
    assert all("which takes other features: area, rooms" in answer.error for answer in asking)


def test_features_need_a_manifest_that_names_them(
    model_server: ModelServer, asking: Iterator[PictureAnswer], houses: Features
) -> None:
    assert version_of(next(asking)) == 1
    model_server.version, model_server.states[2] = 2, "AVAILABLE"  # a version without manifest
    assert "carries no manifest" in next(asking).error
    publish(model_server, 3, *NAMES)
    assert version_of(next(asking)) == 3
