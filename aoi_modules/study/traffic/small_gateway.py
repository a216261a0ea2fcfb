"""The small gateway of lesson 9 as a program, for an image of its own; it needs nothing of this package but clients.

    small_gateway.py --model-server=dns:///model-server:8500 --port=8080 tile=tile board=pcb

Each word behind the options is a component and the model that judges it. `/healthz` says that the process lives,
`/readyz` that the model server answers.
"""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.errors import RpcError
from aoi_modules.verdict import judge_part, judge_score

STATUS = {"UNAVAILABLE": 503, "DEADLINE_EXCEEDED": 504, "INVALID_ARGUMENT": 400}
Answer = tuple[int, dict[str, Any]]
"""Status and body."""


class SmallGateway:
    """Routes, calls, judges, and says when the model server is away.

    Args:
        address: of the model server.
        components: model by component.
    """

    def __init__(self, address: str, components: Mapping[str, str]) -> None:
        self._clients = {
            component: GrpcClient(Endpoint(address, model, timeout=2, retries=0))
            for component, model in components.items()
        }

    def reply_to(self, component: str, picture: bytes) -> Answer:
        """The verdict on a picture, or why there is none."""
        if component not in self._clients:
            return 404, {"detail": f"no component {component}; there are {', '.join(self._clients)}"}
        try:
            return 200, self._judged(self._clients[component], picture)
        except RpcError as error:
            return STATUS.get(error.code, 502), {"detail": error.message}

    def ready(self) -> Answer:
        """Whether each model answers."""
        try:
            for client in self._clients.values():
                client.status()
        except RpcError as error:
            return 503, {"detail": error.message}
        return 200, {"status": "ready"}

    def _judged(self, client: GrpcClient, picture: bytes) -> dict[str, Any]:
        found = client.predict_pictures([picture]).scores
        heads = [head for head in client.manifest().heads if head.limits]
        scores = {head.name: float(found[head.name][0, 0]) for head in heads}
        verdict = judge_part(judge_score(scores[head.name], head.limits) for head in heads if head.limits)
        return {"verdict": verdict.value, "scores": scores}


def application_of(gateway: SmallGateway) -> Starlette:
    """The web application before a gateway."""

    async def post(request: Request) -> JSONResponse:
        picture = await request.body()
        return await _said(gateway.reply_to, request.path_params["component"], picture)

    async def healthz(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def readyz(_: Request) -> JSONResponse:
        return await _said(gateway.ready)

    return Starlette(
        routes=[
            Route("/v1/inspect/{component}", post, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
        ]
    )


async def _said(ask: Callable[..., Answer], *given: object) -> JSONResponse:
    status, body = await run_in_threadpool(ask, *given)
    return JSONResponse(body, status)


def main() -> None:
    """Serves until it is stopped."""
    options = argparse.ArgumentParser(description="A small gateway.")
    options.add_argument("--model-server", required=True, help="address of the model server")
    options.add_argument("--port", type=int, default=8080)
    options.add_argument("components", nargs="+", metavar="COMPONENT=MODEL")
    given = options.parse_args()
    components = dict(word.partition("=")[::2] for word in given.components)
    app = application_of(SmallGateway(given.model_server, components))
    uvicorn.run(app, host="0.0.0.0", port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
