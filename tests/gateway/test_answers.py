from pathlib import Path

import pytest

from aoi_modules.client.grpc_client import GrpcClient
from aoi_modules.errors import RpcError, Unreachable
from aoi_modules.gateway.answers import Answered, PictureAnswer, ask_about
from aoi_modules.verdict import Verdict
from tests.client.model_server import ModelServer, manifest, scores_of
from tests.gateway.conftest import picture_bytes


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "part.png"
    path.write_bytes(picture_bytes())
    return path


def answers(server: ModelServer, *pictures: Path, model: str = "tile") -> list[PictureAnswer]:
    with GrpcClient(server.address, model) as client:
        return list(ask_about(client, pictures))


def test_a_picture_is_judged_by_the_models_own_limits(model_server: ModelServer, picture: Path) -> None:
    model_server.outputs = scores_of(0.9)
    (answer,) = answers(model_server, picture)
    assert answer.model == Answered(name="tile", version=1)
    assert answer.verdict is Verdict.FAIL
    assert [(head.name, head.label) for head in answer.heads] == [("defect", "crack"), ("surface", "smooth")]


def test_without_manifest_there_are_scores_but_no_verdict(model_server: ModelServer, picture: Path) -> None:
    model_server.manifests.clear()
    (answer,) = answers(model_server, picture)
    assert answer.verdict is None
    assert answer.heads[0].score == pytest.approx(0.1)


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
    with GrpcClient(model_server.address, "tile") as client:
        asking = ask_about(client, [picture, picture])
        assert next(asking).verdict is Verdict.PASS
        model_server.manifests[2] = manifest(2, threshold=0.2).to_json()
        model_server.states[2], model_server.version = "AVAILABLE", 2
        assert next(asking).verdict is Verdict.FAIL


def test_no_server_and_no_model_end_it(model_server: ModelServer, picture: Path) -> None:
    with pytest.raises(RpcError, match="Servable not found"):
        answers(model_server, picture, model="none")
    model_server.stop()
    with pytest.raises(Unreachable):
        answers(model_server, picture)
