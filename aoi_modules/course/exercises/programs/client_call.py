"""A reader's client, run against a real server: it gets the address of a relay, which keeps what the client sends."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
import numpy as np

from aoi_modules.client.base import PredictClient
from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.calls import PREDICT
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.rest.client import HttpClient
from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.programs.predict_message import check_message
from aoi_modules.course.exercises.programs.rest_body import check_body
from aoi_modules.course.exercises.programs.scores import refuse_other_scores
from aoi_modules.course.fields import fields
from aoi_modules.first_line import first_line
from aoi_modules.study.traffic.grpc_relay import GrpcCall, GrpcRelay
from aoi_modules.study.traffic.http_relay import HttpCall, HttpRelay
from aoi_modules.wire.tensors import Array

Call = TypeVar("Call", HttpCall, GrpcCall)
PICTURES = 3
"""So many the function is given."""


@dataclass(frozen=True)
class Task:
    """What a reader's client has to ask.

    Args:
        model: on the lesson's server.
        head: whose scores are wanted.
        server: of the lesson: `http://HOST:PORT` or `HOST:PORT`.
        pictures: encoded.
        features: float32 (N, F); None for a model that takes none.
    """

    model: str
    head: str
    server: str
    pictures: list[bytes]
    features: Array | None

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What the function gets after the address."""
        return (self.pictures,) if self.features is None else (self.pictures, self.features)

    @property
    def numbers(self) -> list[list[float]] | None:
        """The features as plain numbers."""
        return None if self.features is None else self.features.tolist()

    def expected(self, client: PredictClient) -> Array:
        """The model's own scores, float (N,)."""
        with client:
            return client.predict_pictures(self.pictures, self.features).scores[self.head][:, 0]


def read_answer(answer: object, model: str, head: str, *, with_features: bool) -> tuple[Task, Callable[..., object]]:
    """Takes a reader's answer apart: the lesson's server and samples, and the function.

    The pictures are given to the function from the last to the first, so that one that remembers those of the lesson is
    found out.

    Raises:
        Hint: there is no function, or the lesson's own values were changed.
    """
    names = ("server", "pictures", "features", "ask") if with_features else ("server", "pictures", "ask")
    found = fields(answer, names)
    ask, server = found["ask"], found["server"]
    if not callable(ask):
        raise Hint(f"ask: found {kind(ask)}, expected the function itself, without brackets behind its name")
    pictures = list(found["pictures"]) if isinstance(found["pictures"], list | tuple) else []
    features = np.asarray(found["features"], np.float32) if with_features else None
    if (
        not isinstance(server, str)
        or len(pictures) < PICTURES
        or (features is not None and len(features) != len(pictures))
    ):
        raise Hint("server, pictures, features: these belong to the task; leave them as they are")
    chosen = slice(None, -PICTURES - 1, -1)
    return Task(model, head, server, pictures[chosen], None if features is None else features[chosen]), ask


def check_rest(task: Task, ask: Callable[..., object]) -> HttpCall:
    """Runs a client by REST, and looks at its one request and at what it gave back.

    Raises:
        Hint: something is wrong; names the mistake.
    """
    with HttpRelay(task.server) as relay:
        given, fault = _run(ask, relay.url, task)
    call = _only(relay.calls, fault, "url")
    _refuse_other_path(call, task.model)
    check_body(call.body, task.pictures, task.numbers)
    if call.status != 200:
        raise Hint(f"the server refused with {call.status}: {call.answer.decode(errors='replace')[:200]}")
    _refuse_fault(fault)
    refuse_other_scores(given, task.expected(HttpClient(Endpoint(task.server, task.model))))
    return call


def check_grpc(task: Task, ask: Callable[..., object]) -> int:
    """Runs a client by gRPC, and looks at its one call and at what it gave back; gives the bytes of the request.

    Raises:
        Hint: something is wrong; names the mistake.
    """
    with GrpcRelay(task.server) as relay:
        given, fault = _run(ask, relay.address, task)
    call = _only(relay.calls, fault, "address")
    if call.method != PREDICT.name:
        raise Hint(f"found a call of {call.method}, expected {PREDICT.name}")
    check_message(call.body, task.model, task.pictures, task.numbers)
    if call.code != "OK":
        raise Hint(f"the server refused with {call.code}: {call.details[:200]}")
    if call.seconds_left is None:
        raise Hint("the call has no deadline, so it would wait for ever for a server that hangs; give it timeout=10")
    _refuse_fault(fault)
    refuse_other_scores(given, task.expected(GrpcClient(Endpoint(task.server, task.model))))
    return len(call.body)


def _run(ask: Callable[..., object], address: str, task: Task) -> tuple[object, Exception | None]:
    """What the function gives back, or what it raises."""
    try:
        return ask(address, *task.arguments), None
    except Exception as fault:  # a reader's code can break in any way; the hint says which
        return None, fault


def _only(calls: Sequence[Call], fault: Exception | None, argument: str) -> Call:
    """The one call that was made."""
    if not calls:
        _refuse_fault(fault)
        raise Hint(f"nothing arrived at the address that `ask` was given; send to its argument `{argument}`")
    if len(calls) > 1:
        raise Hint(f"found {len(calls)} requests, expected one that carries all pictures")
    return calls[0]


def _refuse_other_path(call: HttpCall, model: str) -> None:
    if call.method != "POST":
        raise Hint(f"found {call.method}, expected POST: a prediction sends a body")
    if not re.fullmatch(rf"/v1/models/{model}(/versions/\d+|/labels/\w+)?:predict", call.path):
        raise Hint(f"found the path {call.path}, expected /v1/models/{model}:predict")


def _refuse_fault(fault: Exception | None) -> None:
    """The hint for a function that broke."""
    if fault is None:
        return
    if isinstance(fault, TypeError) and "JSON serializable" in str(fault):
        advice = "JSON has no bytes, so decode base64 to text" if "bytes" in str(fault) else ".tolist() makes lists"
        raise Hint(f"{fault}; {advice}")
    if isinstance(fault, grpc.RpcError):
        raise Hint(f"the call failed with {fault.code().name}: {fault.details()}")
    raise Hint(f"ask raised {type(fault).__name__}: {first_line(fault)}")
