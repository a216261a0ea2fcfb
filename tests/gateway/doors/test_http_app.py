"""The HTTP interface, by a real gateway process in front of a real, controllable model server."""

import threading
from collections.abc import Iterator

import grpc
import msgspec
import numpy as np
import pytest
import requests

from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.wire.tensors import to_array
from tests.client.model_server import ModelServer, manifest, scores_of
from tests.gateway.conftest import StartGateway, picture_bytes

PICTURE = picture_bytes()
MAX_BYTES = 20_000


def routes_to(address: str) -> str:
    return f"""
max_picture_bytes: {MAX_BYTES}
max_picture_pixels: 10000
max_in_flight: 4
upload_timeout_ms: 1000
components:
  tile: {{model: tile, upstream: "{address}", timeout_ms: 2000}}
  strict: {{model: tile, upstream: "{address}", heads: {{defect: {{threshold: 0.2}}}}}}
  surface: {{model: tile, upstream: "{address}", heads: {{surface: {{good: [smooth, rough], threshold: 0.05}}}}}}
  pinned: {{model: tile, upstream: "{address}", version: 3}}
  wrong: {{model: tile, upstream: "{address}", heads: {{crack: {{threshold: 0.2}}}}}}
  nowhere: {{model: nothing, upstream: "{address}"}}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="module")
def gateway(server: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    routes = tmp_path_factory.mktemp("gateway") / "routes.yaml"
    routes.write_text(routes_to(server.address))
    with RunningGateway(routes) as gateway:
        yield gateway


@pytest.fixture(autouse=True)
def fresh(server: ModelServer) -> Iterator[None]:
    """Each test starts with one version that finds a good part."""
    server.version, server.states = 1, {1: "AVAILABLE"}
    server.outputs, server.refusal = scores_of(0.1), None
    yield
    server.gate.set()


def inspect(
    gateway: RunningGateway, component: str = "tile", picture: bytes = PICTURE, query: str = ""
) -> requests.Response:
    return requests.post(f"{gateway.url}/v1/inspect/{component}{query}", data=picture, timeout=10)


def problem(answer: requests.Response, status: int, kind: str) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert body["type"] == f"urn:aoi:problem:{kind}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def test_a_good_part_passes(gateway: RunningGateway, server: ModelServer) -> None:
    answer = inspect(gateway)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body.pop("elapsed_ms") > 0
    assert body.pop("request_id") == answer.headers["X-Request-Id"]
    assert body == {
        "component": "tile",
        "verdict": "PASS",
        "model": {"name": "tile", "version": 1},
        "reason": "",
        "canary": False,
        "check": False,
        "id": "",
        "repeated": False, "limits_seen": None,
        "heads": [
            {
                "name": "defect", "kind": "defect", "label": "crack", "score": pytest.approx(0.1), "scores": None,
                "threshold": 0.5, "review_band": [0.4, 0.5], "verdict": "PASS", "limits_from": "manifest",
                "limits_number": None, "region": None,
            },
            {
                "name": "surface", "kind": "class", "label": "smooth", "score": pytest.approx(0.7),
                "scores": pytest.approx({"smooth": 0.7, "rough": 0.2, "torn": 0.1}),
                "threshold": None, "review_band": None, "verdict": None, "limits_from": None,
                "limits_number": None, "region": None,
            },
        ],
    }  # fmt: skip
    asked = [request for request in server.asked if request.model_spec.signature_name == "serving_default"]
    assert to_array(asked[-1].inputs["image"]).tolist() == [PICTURE]


@pytest.mark.parametrize(("score", "verdict"), [(0.3, "PASS"), (0.45, "REVIEW"), (0.9, "FAIL"), (np.nan, "REVIEW")])
def test_the_manifests_limits_judge(gateway: RunningGateway, server: ModelServer, score: float, verdict: str) -> None:
    server.outputs = scores_of(score)
    assert inspect(gateway).json()["verdict"] == verdict


def test_a_score_that_is_no_number_is_null(gateway: RunningGateway, server: ModelServer) -> None:
    server.outputs = scores_of(np.inf, (np.nan, 0.2, 0.1))
    body = inspect(gateway).json()
    assert body["verdict"] == "REVIEW"
    assert [head["score"] for head in body["heads"]] == [None, pytest.approx(0.2)]
    assert body["heads"][1]["scores"]["smooth"] is None


def test_the_routes_limits_win(gateway: RunningGateway, server: ModelServer) -> None:
    server.outputs = scores_of(0.3)
    assert inspect(gateway, "tile").json()["verdict"] == "PASS"
    assert inspect(gateway, "strict").json()["verdict"] == "FAIL"


def test_a_class_head_judges_by_its_good_labels(gateway: RunningGateway) -> None:
    body = inspect(gateway, "surface").json()
    assert body["verdict"] == "FAIL"
    assert body["heads"][1]["score"] == pytest.approx(0.1)


def test_a_class_head_judges_by_the_good_labels_of_its_manifest(gateway: RunningGateway, server: ModelServer) -> None:
    described = manifest(2)
    judging = {"good": ("smooth", "rough"), "threshold": 0.05}
    heads = [msgspec.structs.replace(head, **(judging if head.name == "surface" else {})) for head in described.heads]
    server.manifests[2] = msgspec.structs.replace(described, heads=tuple(heads)).to_json()
    server.states[2], server.version = "AVAILABLE", 2
    body = inspect(gateway).json()
    surface = body["heads"][1]
    assert (body["verdict"], surface["verdict"], surface["label"], surface["threshold"]) == (
        "FAIL",
        "FAIL",
        "torn",
        0.05,
    )
    listed = requests.get(f"{gateway.url}/v1/components", timeout=10).json()["components"]
    tile = next(one for one in listed if one["component"] == "tile")
    assert [head.get("good") for head in tile["heads"] if head["name"] == "surface"] == [["smooth", "rough"]]


def test_a_new_version_is_judged_by_its_own_limits(gateway: RunningGateway, server: ModelServer) -> None:
    server.outputs = scores_of(0.3)
    assert inspect(gateway).json()["verdict"] == "PASS"
    server.manifests[2] = manifest(2, threshold=0.2).to_json()
    server.states[2], server.version = "AVAILABLE", 2
    body = inspect(gateway).json()
    assert (body["model"]["version"], body["verdict"]) == (2, "FAIL")


def test_a_pinned_route_asks_its_version(gateway: RunningGateway, server: ModelServer) -> None:
    server.manifests[3] = manifest(3, threshold=0.05).to_json()
    server.states[3] = "AVAILABLE"
    body = inspect(gateway, "pinned").json()
    assert (body["model"]["version"], body["verdict"]) == (3, "FAIL")


def test_manifests_are_asked_for_once_a_version(gateway: RunningGateway, server: ModelServer) -> None:
    inspect(gateway)
    before = len(server.asked)
    for _ in range(3):
        inspect(gateway)
    assert [request.model_spec.signature_name for request in server.asked[before:]] == ["serving_default"] * 3


def test_without_any_limits_an_operator_looks(gateway: RunningGateway, server: ModelServer) -> None:
    server.version, server.states[9] = 9, "AVAILABLE"  # a version without manifest
    body = inspect(gateway).json()
    assert body["verdict"] == "REVIEW"
    assert [head["verdict"] for head in body["heads"]] == [None, None]
    assert inspect(gateway, "strict").json()["verdict"] == "PASS", "the route's limits judge it"


def test_unknown_component(gateway: RunningGateway) -> None:
    body = problem(inspect(gateway, "resistor"), 404, "unknown-component")
    assert body["components"] == ["nowhere", "pinned", "strict", "surface", "tile", "wrong"]


def test_no_picture(gateway: RunningGateway) -> None:
    problem(inspect(gateway, picture=b""), 400, "no-picture")


@pytest.mark.parametrize(
    "content",
    [b"hello", b"\x89PNG\r\n\x1a\n", picture_bytes("GIF"), PICTURE[:-20], picture_bytes("JPEG")[:-200], b"BM\0\0"],
    ids=["text", "magic only", "gif", "cut png", "cut jpeg", "bmp magic"],
)
def test_not_a_picture(gateway: RunningGateway, content: bytes) -> None:
    problem(inspect(gateway, picture=content), 415, "not-a-picture")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP"])
def test_pictures_of_the_lines_formats_are_inspected(gateway: RunningGateway, form: str) -> None:
    assert inspect(gateway, picture=picture_bytes(form)).status_code == 200


def test_too_large_by_its_announcement(gateway: RunningGateway) -> None:
    problem(inspect(gateway, picture=bytes(3_000_000)), 413, "too-large")


def test_too_large_while_it_arrives(gateway: RunningGateway) -> None:
    chunks = (bytes(4096) for _ in range(400))
    answer = requests.post(f"{gateway.url}/v1/inspect/tile", data=chunks, timeout=10)
    assert "Content-Length" not in answer.request.headers
    problem(answer, 413, "too-large")


def test_the_limit_itself_is_allowed(gateway: RunningGateway) -> None:
    problem(inspect(gateway, picture=bytes(MAX_BYTES)), 415, "not-a-picture")
    problem(inspect(gateway, picture=bytes(MAX_BYTES + 1)), 413, "too-large")


def test_a_small_file_with_a_huge_picture(gateway: RunningGateway) -> None:
    bomb = picture_bytes("PNG", (200, 200))
    assert len(bomb) < MAX_BYTES
    assert "200 x 200" in str(problem(inspect(gateway, picture=bomb), 413, "too-large")["detail"])


def test_too_slow(gateway: RunningGateway, server: ModelServer) -> None:
    server.gate.clear()
    problem(inspect(gateway, query="?timeout_ms=100"), 504, "model-server-slow")


def test_a_client_cannot_ask_for_more_time_than_the_route_gives(gateway: RunningGateway, server: ModelServer) -> None:
    server.gate.clear()
    body = problem(inspect(gateway, query="?timeout_ms=900000"), 504, "model-server-slow")
    assert "within 2 s" in str(body["detail"])


@pytest.mark.parametrize("text", ["0", "-1", "soon", "1e3", "", "9999999999"])
def test_a_timeout_that_is_none(gateway: RunningGateway, text: str) -> None:
    problem(inspect(gateway, query=f"?timeout_ms={text}"), 400, "bad-parameter")


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (grpc.StatusCode.INVALID_ARGUMENT, 502, "model-disagrees"),
        (grpc.StatusCode.INTERNAL, 502, "model-disagrees"),
        (grpc.StatusCode.UNAVAILABLE, 503, "model-server-away"),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, 503, "model-server-away"),
    ],
)
def test_the_model_servers_words_reach_the_client(
    gateway: RunningGateway, server: ModelServer, code: grpc.StatusCode, status: int, kind: str
) -> None:
    server.refusal = code, "in its own words"
    answer = inspect(gateway)
    body = problem(answer, status, kind)
    assert body["detail"] == "in its own words"
    assert body["code"] == code.name
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_a_model_that_the_server_does_not_have(gateway: RunningGateway) -> None:
    body = problem(inspect(gateway, "nowhere"), 502, "model-disagrees")
    assert body["detail"] == "Servable not found for request: Latest(nothing)"


def test_a_route_that_does_not_fit_its_model_never_passes_parts(gateway: RunningGateway) -> None:
    body = problem(inspect(gateway, "wrong"), 502, "model-disagrees")
    assert "'crack'; the model has: defect, surface" in str(body["detail"])


def test_an_output_of_another_shape(gateway: RunningGateway, server: ModelServer) -> None:
    server.outputs = lambda count: {"defect": np.zeros((count, 2), np.float32)}
    assert "expected 1 values" in str(problem(inspect(gateway), 502, "model-disagrees")["detail"])


def test_more_than_may_be_in_flight_are_turned_away(gateway: RunningGateway, server: ModelServer) -> None:
    server.gate.clear()
    answers: list[requests.Response] = []
    threads = [threading.Thread(target=lambda: answers.append(inspect(gateway))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads[4:]:
        thread.join(1)
        if any(answer.status_code == 503 for answer in answers):
            break
    server.gate.set()
    for thread in threads:
        thread.join(20)
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[:4] == [200] * 4
    turned_away = [answer for answer in answers if answer.status_code == 503]
    assert len(statuses) == 12
    assert turned_away
    for answer in turned_away:
        problem(answer, 503, "busy")
        assert answer.headers["Retry-After"] == "1"
    assert inspect(gateway).status_code == 200, "places are given back"


def test_wrong_method_and_unknown_path(gateway: RunningGateway) -> None:
    answer = requests.get(f"{gateway.url}/v1/inspect/tile", timeout=10)
    problem(answer, 405, "wrong-method")
    assert answer.headers["Allow"] == "POST"
    problem(requests.get(f"{gateway.url}/v2", timeout=10), 404, "unknown-path")


def test_request_ids(gateway: RunningGateway) -> None:
    url = f"{gateway.url}/v1/inspect/tile"
    answer = requests.post(url, data=PICTURE, headers={"X-Request-Id": "line-7.part-42"}, timeout=10)
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"] == "line-7.part-42"
    hostile = requests.post(url, data=b"", headers={"X-Request-Id": 'a"b c'}, timeout=10)
    assert hostile.headers["X-Request-Id"].isalnum()


def test_components_tells_models_and_limits(gateway: RunningGateway) -> None:
    listed = requests.get(f"{gateway.url}/v1/components", timeout=10).json()["components"]
    by_name = {entry["component"]: entry for entry in listed}
    assert by_name["tile"]["model"] == {"name": "tile", "version": 1}
    assert [(head["name"], head["threshold"]) for head in by_name["tile"]["heads"]] == [
        ("defect", 0.5),
        ("surface", None),
    ]
    assert by_name["strict"]["heads"][0]["threshold"] == 0.2
    assert by_name["nowhere"]["available"] is False
    assert "crack" in by_name["wrong"]["detail"]
    assert by_name["nowhere"]["pictures"] == {"present": None, "reference": None, "drift": None}


def test_health_and_readiness(gateway: RunningGateway) -> None:
    assert requests.get(f"{gateway.url}/healthz", timeout=10).json() == {"status": "ok"}
    body = problem(requests.get(f"{gateway.url}/readyz", timeout=10), 503, "not-ready")
    away = body["away"]
    assert isinstance(away, dict)
    assert sorted(away) == ["nowhere", "pinned", "wrong"]


def test_ready_when_every_model_is(start_gateway: StartGateway, server: ModelServer) -> None:
    gateway = start_gateway(f'components: {{tile: {{model: tile, upstream: "{server.address}"}}}}')
    url = f"{gateway.url}/readyz"
    assert requests.get(url, timeout=10).json() == {"status": "ready", "components": ["tile"]}
    server.states[1] = "UNLOADING"
    body = problem(requests.get(url, timeout=10), 503, "not-ready")
    assert body["away"] == {"tile": f"model tile at {server.address}: version 1 UNLOADING"}


def test_the_door_opens_when_every_model_has_answered_and_stays_open(
    start_gateway: StartGateway, server: ModelServer
) -> None:
    server.states[1] = "LOADING"
    gateway = start_gateway(f'components: {{tile: {{model: tile, upstream: "{server.address}"}}}}')
    url = f"{gateway.url}/openz"
    problem(requests.get(url, timeout=10), 503, "not-ready")
    server.states[1] = "AVAILABLE"
    assert requests.get(url, timeout=10).json() == {"status": "ok"}
    server.states[1] = "UNLOADING"
    assert requests.get(url, timeout=10).status_code == 200
    problem(requests.get(f"{gateway.url}/readyz", timeout=10), 503, "not-ready")


def test_metrics(start_gateway: StartGateway, server: ModelServer) -> None:
    gateway = start_gateway(f'components: {{tile: {{model: tile, upstream: "{server.address}"}}}}')
    inspect(gateway)
    inspect(gateway, picture=b"x")
    inspect(gateway, "../../etc")
    inspect(gateway, "resistor")
    text = requests.get(f"{gateway.url}/metrics", timeout=10).text
    assert 'aoi_gateway_requests_total{component="tile",status="200"} 1.0' in text
    assert 'aoi_gateway_requests_total{component="tile",status="415"} 1.0' in text
    assert 'aoi_gateway_requests_total{component="unknown",status="404"} 1.0' in text
    assert 'aoi_gateway_verdicts_total{component="tile",verdict="PASS"} 1.0' in text
    assert 'aoi_gateway_upstream_seconds_count{component="tile"} 1.0' in text
    assert 'aoi_gateway_in_flight{component="tile"} 0.0' in text
    assert "resistor" not in text
