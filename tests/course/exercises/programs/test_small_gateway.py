"""A reader's gateway, run for real: a right one passes, and each typical mistake gets its hint."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.programs import small_gateway
from aoi_modules.course.exercises.programs.small_gateway import check_gateway
from aoi_modules.errors import RpcError
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.verdict import judge_part, judge_score

MODELS = {"tile": "tile", "board": "pcb"}
STATUS = {"UNAVAILABLE": 503, "DEADLINE_EXCEEDED": 504, "INVALID_ARGUMENT": 400}
Reply = tuple[int, dict[str, Any]]


def door(reply_to: Callable[[str, bytes], Reply]) -> Starlette:
    async def post(request: Request) -> Response:
        picture = await request.body()
        status, body = await run_in_threadpool(reply_to, request.path_params["component"], picture)
        return JSONResponse(body, status)

    return Starlette(routes=[Route("/v1/inspect/{component}", post, methods=["POST"])])


class Gateway:
    """Does everything right; each wrong one below differs in one thing."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.clients = {name: self.client(model) for name, model in MODELS.items()}

    def client(self, model: str) -> GrpcClient:
        return GrpcClient(Endpoint(self.address, model, timeout=2, retries=0))

    def reply_to(self, component: str, picture: bytes) -> Reply:
        if component not in self.clients:
            return 404, {"detail": f"no component {component}"}
        try:
            return 200, self.body_for(self.clients[component], picture)
        except RpcError as error:
            return self.status(error), {"detail": error.message}

    def status(self, error: RpcError) -> int:
        return STATUS.get(error.code, 502)

    def body_for(self, client: GrpcClient, picture: bytes) -> dict[str, Any]:
        found = client.predict_pictures([picture]).scores
        return {"verdict": self.verdict(client, {head: float(values[0, 0]) for head, values in found.items()})}

    def verdict(self, client: GrpcClient, scores: dict[str, float]) -> str:
        heads = client.manifest().heads
        return judge_part(judge_score(scores[head.name], head.limits) for head in heads if head.limits)


class Half(Gateway):
    """Judges by 0.5."""

    def verdict(self, client: GrpcClient, scores: dict[str, float]) -> str:
        return "FAIL" if max(scores.values()) > 0.5 else "PASS"


class FirstHead(Gateway):
    """Looks at one head."""

    def verdict(self, client: GrpcClient, scores: dict[str, float]) -> str:
        head = client.manifest().heads[0]
        return "FAIL" if scores[head.name] > (head.threshold or 0) else "PASS"


class Swapped(Gateway):
    """Judges the wrong way round."""

    def verdict(self, client: GrpcClient, scores: dict[str, float]) -> str:
        return {"PASS": "FAIL", "FAIL": "PASS"}[super().verdict(client, scores)]


class OneModel(Gateway):
    """Asks the model of tiles about every part."""

    def client(self, model: str) -> GrpcClient:
        return GrpcClient(Endpoint(self.address, "tile", timeout=2, retries=0))


class Guessing(Gateway):
    """Asks nobody."""

    def body_for(self, client: GrpcClient, picture: bytes) -> dict[str, Any]:
        return {"verdict": "PASS"}


class OtherPicture(Gateway):
    """Asks about bytes of its own."""

    def body_for(self, client: GrpcClient, picture: bytes) -> dict[str, Any]:
        return super().body_for(client, picture + b"\0")


class NoVerdict(Gateway):
    """Answers without a verdict."""

    def body_for(self, client: GrpcClient, picture: bytes) -> dict[str, Any]:
        return {"score": super().body_for(client, picture)}


class UnknownIsFault(Gateway):
    """Does not look whether it knows the component."""

    def reply_to(self, component: str, picture: bytes) -> Reply:
        return (200, {}) if self.clients[component] is None else super().reply_to(component, picture)


class BlamesItself(Gateway):
    """Answers 500 to bytes that are no picture."""

    def status(self, error: RpcError) -> int:
        return 500 if error.code == "INVALID_ARGUMENT" else super().status(error)


class AwayIsFault(Gateway):
    """Answers 502 while the model server is away."""

    def status(self, error: RpcError) -> int:
        return 502 if error.code == "UNAVAILABLE" else super().status(error)


class Uncaught(Gateway):
    """Catches a mistake of the sender, and nothing else."""

    def status(self, error: RpcError) -> int:
        if error.code != "INVALID_ARGUMENT":
            raise error
        return 400


class StaysAway(Gateway):
    """Never asks again after the model server was away once."""

    away = False

    def reply_to(self, component: str, picture: bytes) -> Reply:
        if self.away and component == "tile":
            return 503, {"detail": "it was away"}
        reply = super().reply_to(component, picture)
        self.away = reply[0] == 503
        return reply


class Waiting(Gateway):
    """Hangs."""

    def reply_to(self, component: str, picture: bytes) -> Reply:
        time.sleep(2)
        return super().reply_to(component, picture)


class NotBuilt(Gateway):
    """The stub."""

    def reply_to(self, component: str, picture: bytes) -> Reply:
        return 501, {"detail": "nobody has built this yet"}


def broken(address: str) -> Gateway:
    raise KeyError(address)


def text_door(reply_to: Callable[[str, bytes], Reply]) -> Starlette:
    async def post(request: Request) -> Response:
        status, body = await run_in_threadpool(reply_to, request.path_params["component"], await request.body())
        return PlainTextResponse(str(body), status)

    return Starlette(routes=[Route("/v1/inspect/{component}", post, methods=["POST"])])


@pytest.fixture
def task(lesson_server: EmbeddedServer, gray_pictures: list[bytes]) -> dict[str, Any]:
    pictures = {"tile": gray_pictures, "board": gray_pictures}
    return {"server": lesson_server.grpc, "routes": MODELS, "pictures": pictures, "door": door}


def test_a_right_gateway_passes_twice(task: dict[str, Any]) -> None:
    for _ in range(2):
        assert "503 while the model server was away" in check_gateway({**task, "gateway": Gateway})


@pytest.mark.parametrize(
    ("gateway", "words"),
    [
        (NotBuilt, "found 501"),
        (Half, "judged by 0.5"),
        (FirstHead, "by the first head alone"),
        (Swapped, "the wrong way round"),
        (OneModel, "the gateway asked tile, but the route says pcb"),
        (Guessing, "no model was asked"),
        (OtherPicture, "other bytes than the picture's"),
        (NoVerdict, 'an object with the key "verdict"'),
        (UnknownIsFault, "because nobody caught KeyError"),
        (BlamesItself, "the sender has to act"),
        (AwayIsFault, "expected 503"),
        (Uncaught, "because nobody caught Unreachable"),
        (StaysAway, "still says 503"),
        (Waiting, "no answer within"),
        (broken, "gateway(address) raised KeyError"),
        (lambda address: object(), "raised AttributeError"),
        (None, "the class itself"),
    ],
)
def test_a_wrong_gateway_gets_its_hint(
    gateway: Any, words: str, task: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_gateway, "PATIENCE", 1.0)
    with pytest.raises(Hint) as hint:
        check_gateway({**task, "gateway": gateway})
    assert words in str(hint.value)


def test_a_body_that_is_no_json_is_refused(task: dict[str, Any]) -> None:
    with pytest.raises(Hint, match="expected JSON"):
        check_gateway({**task, "door": text_door, "gateway": Gateway})


@pytest.mark.parametrize(
    "changes",
    [{"routes": {}}, {"routes": {"tile": "tile"}}, {"server": 3}, {"pictures": None}, {"door": None}],
)
def test_a_task_that_was_changed_is_refused(changes: dict[str, Any], task: dict[str, Any]) -> None:
    with pytest.raises(Hint, match=r"leave (them|it)"):
        check_gateway({**task, "gateway": Gateway, **changes})
