"""Lesson 8: right answers pass, typical mistakes get the hint that fits them, weird ones a sentence."""

import base64
from collections.abc import Callable
from typing import Any

import grpc
import numpy as np
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests.course.exercises.answers import ANYTHING, gets_a_sentence, gets_hint, passes, weird

CODES = {
    "version 99": ("NOT_FOUND", False),
    "signature heatmap": ("FAILED_PRECONDITION", False),
    "not a picture": ("INVALID_ARGUMENT", False),
    "a deadline of 1 ms": ("DEADLINE_EXCEEDED", False),
    "nobody at the port": ("UNAVAILABLE", True),
}
CURVE = {
    1: {"requests_per_second": 90.0, "p50": 11.0, "p99": 14.0},
    2: {"requests_per_second": 150.0, "p50": 13.0, "p99": 20.0},
    4: {"requests_per_second": 170.0, "p50": 23.0, "p99": 29.0},
    8: {"requests_per_second": 168.0, "p50": 26.0, "p99": 30.0},
    16: {"requests_per_second": 180.0, "p50": 29.0, "p99": 80.0},
    32: {"requests_per_second": 180.0, "p50": 170.0, "p99": 300.0},
}


def clients(number: Any) -> dict[str, Any]:
    return {"curve": CURVE, "limit": 30.0, "clients": number}


def codes(call: str, said: Any) -> dict[str, Any]:
    return {**CODES, call: said}


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("8.5", CODES),
        ("8.5", codes("version 99", ("NOT_FOUND", np.False_))),
        ("8.5", {call: list(said) for call, said in CODES.items()}),
        ("8.5", {call: (grpc.StatusCode[code], again) for call, (code, again) in CODES.items()}),
        ("8.5", codes("version 99", ("StatusCode.NOT_FOUND", False))),
        ("8.5", codes("version 99", ("not_found", False))),
        ("8.6", clients(4)),
        ("8.6", clients(8)),
        ("8.6", clients(np.int64(4))),
        ("8.6", clients(4.0)),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("8.5", codes("version 99", (None, None)), "no answer yet"),
        ("8.5", codes("version 99", "NOT_FOUND"), "the code and True or False"),
        ("8.5", codes("version 99", ("INVALID_ARGUMENT", False)), "not what comes back"),
        ("8.5", codes("version 99", (grpc.StatusCode.INVALID_ARGUMENT, False)), "not what comes back"),
        ("8.5", codes("version 99", (5, False)), "a code such as 'NOT_FOUND'"),
        ("8.5", codes("version 99", ("NOT_FOUND", 0)), "True if it is asked again"),
        ("8.5", codes("not a picture", ("INVALID_ARGUMENT", True)), "no picture the next time"),
        ("8.5", codes("a deadline of 1 ms", ("DEADLINE_EXCEEDED", True)), "doubles the load"),
        ("8.5", codes("nobody at the port", ("UNAVAILABLE", False)), "nobody took the request"),
        ("8.5", {"version 99": ("NOT_FOUND", False)}, "nobody at the port"),
        ("8.6", clients(None), "no answer yet"),
        ("8.6", clients(True), "expected a number"),
        ("8.6", clients(np.int64(3)), "found int64 3, expected one of 1, 2, 4, 8, 16, 32"),
        ("8.6", clients(3), "expected one of 1, 2, 4, 8, 16, 32"),
        ("8.6", clients(2), "fewer than 170"),
        ("8.6", clients(16), "p50 is not the limit"),
        ("8.6", clients(32), "p99 is 300.0 ms, over 30.0 ms"),
        ("8.6", {**clients(4), "limit": 1.0}, "no point of the curve"),
        ("8.6", {**clients(4), "curve": {}}, "leave it as it was"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


PROGRAMS = {"8.1": ("tile", False), "8.2": ("tile", False), "8.3": ("houses", True), "8.4": ("houses", True)}
"""Exercises whose answer is a client -> the model that it asks, and whether it sends features."""


def client_of(check_id: str) -> Callable[..., object]:
    """A right client, in few words: ours."""
    model, _ = PROGRAMS[check_id]
    head = {"tile": "defect", "houses": "price"}[model]

    def by_rest(url: str, pictures: list[bytes], features: Any = None) -> object:
        inputs: dict[str, Any] = {"image": [{"b64": base64.b64encode(one).decode()} for one in pictures]}
        if features is not None:
            inputs["features"] = features.tolist()
        answer = requests.post(f"{url}/v1/models/{model}:predict", json={"inputs": inputs}, timeout=10)
        return answer.json()["outputs"]

    def by_grpc(address: str, pictures: list[bytes], features: Any = None) -> object:
        with GrpcClient(Endpoint(address, model)) as client:
            return client.predict_pictures(pictures, features).scores[head]

    return by_rest if check_id in ("8.1", "8.3") else by_grpc


@pytest.mark.parametrize("check_id", list(PROGRAMS))
def test_a_client_is_run_against_the_lessons_server(
    check_id: str, lesson_server: EmbeddedServer, gray_pictures: list[bytes]
) -> None:
    _, with_features = PROGRAMS[check_id]
    server = lesson_server.rest if check_id in ("8.1", "8.3") else lesson_server.grpc
    task: dict[str, Any] = {"server": server, "pictures": gray_pictures}
    if with_features:
        task["features"] = np.arange(10, dtype=np.float32).reshape(5, 2)
    gets_hint(check_id, {**task, "ask": lambda *arguments: ...}, "nothing arrived")
    passes(check_id, {**task, "ask": client_of(check_id)})
    gets_hint(check_id, {**task, "ask": client_of(check_id)(server, *list(task.values())[1:])}, "the function itself")


KEYS = [("server", "pictures", "ask"), ("server", "pictures", "features", "ask"), tuple(CODES)]
KEYS += [("curve", "limit", "clients")]


@given(st.sampled_from([*PROGRAMS, "8.5", "8.6"]), weird(*KEYS) | ANYTHING.map(clients))
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    if answer in (clients(4), clients(8)):
        return
    gets_a_sentence(check_id, answer)
