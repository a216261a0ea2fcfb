"""A reader's client, run against a real server: what it sends and gives back decides."""

import base64
from collections.abc import Callable
from typing import Any

import grpc
import numpy as np
import pytest
import requests

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.programs.client_call import check_grpc, check_rest, read_answer
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.wire.messages import PredictRequest, PredictResponse

FEATURES = np.array([[3, 80], [4, 120], [2, 60], [5, 200], [1, 30]], np.float32)
PREDICT = "/tensorflow.serving.PredictionService/Predict"
Ask = Callable[..., object]


def in_base64(pictures: list[bytes]) -> list[dict[str, str]]:
    return [{"b64": base64.b64encode(one).decode()} for one in pictures]


def by_rest(url: str, pictures: list[bytes]) -> object:
    reply = requests.post(f"{url}/v1/models/tile:predict", json={"instances": in_base64(pictures)}, timeout=10)
    return [row[0] for row in reply.json()["predictions"]]


def message(pictures: list[bytes]) -> PredictRequest:
    request = PredictRequest()
    request.model_spec.name = "tile"
    request.inputs["image"].dtype = 7
    request.inputs["image"].tensor_shape.dim.add(size=len(pictures))
    request.inputs["image"].string_val.extend(pictures)
    return request


def called(address: str, request: PredictRequest, timeout: float | None = 10) -> PredictResponse:
    with grpc.insecure_channel(address) as channel:
        call = channel.unary_unary(PREDICT, PredictRequest.SerializeToString, PredictResponse.FromString)
        answer: PredictResponse = call(request, timeout=timeout)
        return answer


def by_grpc(address: str, pictures: list[bytes]) -> object:
    output = called(address, message(pictures)).outputs["defect"]
    return list(output.float_val) or np.frombuffer(output.tensor_content, np.float32)


def rest(server: EmbeddedServer, pictures: list[bytes], ask: Any) -> int:
    task, found = read_answer(
        {"server": server.rest, "pictures": pictures, "ask": ask}, "tile", "defect", with_features=False
    )
    return check_rest(task, found).status


def by_message(server: EmbeddedServer, pictures: list[bytes], ask: Any) -> int:
    task, found = read_answer(
        {"server": server.grpc, "pictures": pictures, "ask": ask}, "tile", "defect", with_features=False
    )
    return check_grpc(task, found)


def test_right_clients_pass_twice(lesson_server: EmbeddedServer, gray_pictures: list[bytes]) -> None:
    for _ in range(2):
        assert rest(lesson_server, gray_pictures, by_rest) == 200
        assert by_message(lesson_server, gray_pictures, by_grpc) > sum(map(len, gray_pictures[:3]))


def test_features_go_beside_the_pictures(lesson_server: EmbeddedServer, gray_pictures: list[bytes]) -> None:
    def ask(url: str, pictures: list[bytes], features: Any) -> object:
        body = {"inputs": {"image": in_base64(pictures), "features": features.tolist()}}
        return requests.post(f"{url}/v1/models/houses:predict", json=body, timeout=10).json()["outputs"]

    def ask_by_grpc(address: str, pictures: list[bytes], features: Any) -> object:
        with GrpcClient(Endpoint(address, "houses")) as client:
            return client.predict_pictures(pictures, features).scores["price"]

    given = {"pictures": gray_pictures, "features": FEATURES}
    for server, function, run in (
        (lesson_server.rest, ask, check_rest),
        (lesson_server.grpc, ask_by_grpc, check_grpc),
    ):
        task, found = read_answer({**given, "server": server, "ask": function}, "houses", "price", with_features=True)
        assert run(task, found)


def broken(url: str, pictures: list[bytes]) -> object:
    raise ZeroDivisionError("one by zero")


def with_get(url: str, pictures: list[bytes]) -> object:
    return requests.get(f"{url}/v1/models/tile", timeout=10)


def other_path(url: str, pictures: list[bytes]) -> object:
    return requests.post(f"{url}/v1/models/tile", json={"instances": in_base64(pictures)}, timeout=10)


def one_by_one(url: str, pictures: list[bytes]) -> object:
    return [by_rest(url, [one]) for one in pictures]


def raw_bytes(url: str, pictures: list[bytes]) -> object:
    return requests.post(f"{url}/v1/models/tile:predict", json={"instances": pictures}, timeout=10)


def an_array(url: str, pictures: list[bytes]) -> object:
    return requests.post(f"{url}/v1/models/tile:predict", json={"instances": np.zeros(3)}, timeout=10)


def no_pictures(url: str, pictures: list[bytes]) -> object:
    reply = requests.post(f"{url}/v1/models/tile:predict", json={"instances": []}, timeout=10)
    reply.raise_for_status()
    return []


def whole_answer(url: str, pictures: list[bytes]) -> object:
    return requests.post(f"{url}/v1/models/tile:predict", json={"instances": in_base64(pictures)}, timeout=10)


def remembered(url: str, pictures: list[bytes]) -> object:
    by_rest(url, pictures)
    return [0.1, 0.2, 0.3]


def reads_wrongly(url: str, pictures: list[bytes]) -> object:
    by_rest(url, pictures)
    answer: dict[str, object] = {}
    return answer["scores"]


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda url, pictures: ..., "nothing arrived at the address"),
        (broken, "ask raised ZeroDivisionError: one by zero"),
        (with_get, "found GET, expected POST"),
        (other_path, "/v1/models/tile:predict"),
        (one_by_one, "found 3 requests, expected one"),
        (raw_bytes, "decode base64 to text"),
        (an_array, ".tolist() makes lists"),
        (no_pictures, "holds 0 pictures, expected 3"),
        (whole_answer, "the whole Response"),
        (remembered, "but the server answered"),
        (reads_wrongly, "ask raised KeyError"),
    ],
)
def test_a_wrong_rest_client_gets_its_hint(
    ask: Ask, words: str, lesson_server: EmbeddedServer, gray_pictures: list[bytes]
) -> None:
    with pytest.raises(Hint) as hint:
        rest(lesson_server, gray_pictures, ask)
    assert words in str(hint.value)


def test_a_client_that_remembers_the_lessons_pictures_is_found_out(
    lesson_server: EmbeddedServer, gray_pictures: list[bytes]
) -> None:
    with pytest.raises(Hint, match=r"another one of the pictures|that your function was given"):
        rest(lesson_server, gray_pictures, lambda url, pictures: by_rest(url, gray_pictures[:3]))


def test_a_client_that_asks_another_address_is_told_so(
    lesson_server: EmbeddedServer, gray_pictures: list[bytes]
) -> None:
    with pytest.raises(Hint, match="send to its argument `url`"):
        rest(lesson_server, gray_pictures, lambda url, pictures: by_rest(lesson_server.rest, pictures))


def without_deadline(address: str, pictures: list[bytes]) -> object:
    return list(called(address, message(pictures), timeout=None).outputs["defect"].float_val)


def without_type(address: str, pictures: list[bytes]) -> object:
    request = message(pictures)
    request.inputs["image"].dtype = 0
    return called(address, request)


def other_method(address: str, pictures: list[bytes]) -> object:
    with grpc.insecure_channel(address) as channel:
        call: Callable[..., bytes] = channel.unary_unary("/tensorflow.serving.PredictionService/Classify")
        return call(b"", timeout=10)


def whole_message(address: str, pictures: list[bytes]) -> object:
    return called(address, message(pictures))


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda address, pictures: None, "send to its argument `address`"),
        (without_deadline, "no deadline"),
        (without_type, "found the dtype 0, none at all"),
        (other_method, "expected /tensorflow.serving.PredictionService/Predict"),
        (whole_message, "the whole message"),
        (lambda address, pictures: called("127.0.0.1:1", message(pictures), timeout=2), "UNAVAILABLE"),
    ],
)
def test_a_wrong_grpc_client_gets_its_hint(
    ask: Ask, words: str, lesson_server: EmbeddedServer, gray_pictures: list[bytes]
) -> None:
    with pytest.raises(Hint) as hint:
        by_message(lesson_server, gray_pictures, ask)
    assert words in str(hint.value)


def test_bytes_that_are_no_pictures_are_refused_in_the_servers_words(lesson_server: EmbeddedServer) -> None:
    with pytest.raises(Hint, match="the server refused with 400"):
        rest(lesson_server, [b"one", b"two", b"three"], by_rest)
    with pytest.raises(Hint, match="the server refused with INVALID_ARGUMENT"):
        by_message(lesson_server, [b"one", b"two", b"three"], by_grpc)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"server": "x", "pictures": [], "ask": 3}, "the function itself"),
        ({"server": "x", "pictures": [b"1"], "ask": by_rest}, "leave them as they are"),
        ({"server": 7, "pictures": [b"1"] * 3, "ask": by_rest}, "leave them as they are"),
        (None, "no answer yet"),
    ],
)
def test_a_task_that_was_changed_is_refused(answer: object, words: str) -> None:
    with pytest.raises(Hint) as hint:
        read_answer(answer, "tile", "defect", with_features=False)
    assert words in str(hint.value)
