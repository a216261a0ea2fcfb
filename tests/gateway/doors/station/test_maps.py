"""Where the defect is: the version that judged is asked anew, and what cannot be shown is said in a sentence."""

import io
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import requests
from PIL import Image

from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.modelstore.manifest import Head, Manifest, PictureInput, ScoreMap
from aoi_modules.wire.tensors import Array
from tests.client.model_server import ModelServer
from tests.client.model_server import manifest as plain
from tests.gateway.doors.station.conftest import ROUTES, Station


def manifest(version: int, features: tuple[str, ...] = ()) -> bytes:
    """Of a head with a map and one without."""
    heads = (
        Head(name="crack", kind="defect", labels=("crack",), threshold=0.5, map=ScoreMap(rows=2, columns=2)),
        Head(name="stain", kind="defect", labels=("stain",), threshold=0.5),
    )
    picture = PictureInput(height=8, width=8, channels=1)
    return Manifest(component="tile", version=version, heads=heads, picture=picture, features=features).to_json()


def outputs(score: float) -> Callable[[int], dict[str, Array]]:
    """The lower right quarter is what is wrong."""

    def answer(count: int) -> dict[str, Array]:
        cells = np.zeros((count, 2, 2), np.float32)
        cells[:, 1, 1] = score
        scores = np.full((count, 1), score, np.float32)
        return {"crack": scores, "crack_map": cells, "stain": np.zeros((count, 1), np.float32)}

    return answer


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """One for all tests here: each has a version of its own where it changes something."""
    folder = tmp_path_factory.mktemp("station")
    with ModelServer() as server:
        (folder / "routes.yaml").write_text(ROUTES.format(address=server.address))
        with RunningGateway(folder / "routes.yaml", results=folder / "results") as gateway:
            yield Station(gateway, server)


def failed(station: Station, version: int, content: bytes | None = None) -> str:
    """The inspection of a part that a version failed."""
    station.server.version, station.server.states[version] = version, "AVAILABLE"
    station.server.manifests[version] = manifest(version) if content is None else content
    station.server.outputs = outputs(0.9)
    picture = io.BytesIO()
    Image.new("L", (40, 20), 90).save(picture, "PNG")
    answer = requests.post(f"{station.url}/v1/inspect/tile", data=picture.getvalue(), timeout=10).json()
    assert answer["verdict"] == "FAIL", answer
    inspection: str = answer["id"]
    return inspection


def refusal(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["detail"]


def test_the_map_is_drawn_over_the_picture_and_nothing_of_it_is_counted(station: Station) -> None:
    inspection = failed(station, 1)
    before = station.get("/v1/inspections").json(), station.get("/v1/quality").json()
    answer = station.get(f"/v1/inspections/{inspection}/map", head="crack")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    drawn = np.array(Image.open(io.BytesIO(answer.content)))
    red = drawn[..., 0].astype(int) - drawn[..., 2] > 30
    assert red[10:, 20:].all()
    assert red.sum() == 200
    assert station.get(f"/v1/inspections/{inspection}/map").content == answer.content, "the head that failed the part"
    assert (station.get("/v1/inspections").json(), station.get("/v1/quality").json()) == before


def test_a_newer_version_does_not_answer_for_the_one_that_judged(station: Station) -> None:
    inspection = failed(station, 2)
    later = failed(station, 3)
    assert station.get(f"/v1/inspections/{inspection}/map").status_code == 200
    assert station.server.asked[-1].model_spec.version.value == 2
    station.server.states[2] = "END"
    said = (404, "tile 2 is not served any more, so nobody can ask it about this picture")
    assert refusal(station.get(f"/v1/inspections/{inspection}/map")) == said
    station.server.states.pop(2)
    assert refusal(station.get(f"/v1/inspections/{inspection}/map")) == said
    assert station.get(f"/v1/inspections/{later}/map").status_code == 200, "and the line goes on"
    assert station.get("/readyz").status_code == 200


def test_a_head_without_a_map_says_so(station: Station) -> None:
    inspection = failed(station, 4)
    for head, words in (
        ("stain", "head stain of tile 4 has no map: its model does not say where it looks"),
        ("dent", "tile 4 has no head 'dent'; heads that judged this picture: crack, stain"),
    ):
        assert refusal(station.get(f"/v1/inspections/{inspection}/map", head=head)) == (404, words)


def test_a_model_without_maps_says_so(station: Station) -> None:
    station.server.version, station.server.states[5] = 5, "AVAILABLE"
    station.server.manifests[5] = plain(5).to_json()
    sent = station.inspect(0.9)
    said = (404, "tile 5 has no map: its model does not say where it looks")
    assert refusal(station.get(f"/v1/inspections/{sent['id']}/map")) == said
    assert station.get(f"/v1/inspections/{'0' * 32}/map").status_code == 404


def test_a_good_part_to_compare_with(station: Station) -> None:
    none = station.get("/v1/components/tile/golden")
    assert refusal(none) == (404, "no part of tile was judged good whose picture is still there")
    station.server.version, station.server.states[6] = 6, "AVAILABLE"
    station.server.manifests[6] = plain(6).to_json()
    sent = station.inspect(0.1, position="left")
    assert station.judge(sent["id"], verdict="good").status_code == 200
    golden = station.get("/v1/components/tile/golden")
    assert (golden.status_code, golden.headers["x-aoi-inspection"]) == (200, sent["id"])
    assert golden.content == station.get(f"/v1/inspections/{sent['id']}/picture").content
    assert station.get("/v1/components/tile/golden", position="left").status_code == 200
    assert station.get("/v1/components/tile/golden", position="right").status_code == 404
