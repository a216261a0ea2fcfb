"""A model server asked by both protocols about pictures whose scores are known."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from aoi_modules.client.base import PredictClient
from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.replies import Prediction
from aoi_modules.client.rest.client import HttpClient
from aoi_modules.course.checks import Hint
from aoi_modules.errors import RpcError
from aoi_modules.modelstore.golden import Golden

TOLERANCE = 1e-3
"""By which scores of another engine may differ from the source model's."""
PAUSE = 0.3


def ask_both(
    grpc: str, rest: str, model: str, golden: Golden, *, seconds: float, ended: Callable[[], bool] = lambda: False
) -> str:
    """Asks by gRPC and by HTTP, and holds the scores to those of the source model; says what came.

    Args:
        grpc: `HOST:PORT`.
        rest: `http://HOST:PORT`.
        model: its name on the server.
        golden: pictures and scores of the version that is served.
        seconds: for the server to start.
        ended: whether it is gone, so that nobody waits for it.

    Raises:
        Hint: nobody answers in time, or with other scores.
    """
    until = time.monotonic() + seconds
    pictures = golden.pictures[:2]
    for protocol, client in (("gRPC", GrpcClient(Endpoint(grpc, model))), ("HTTP", HttpClient(Endpoint(rest, model)))):
        with client:
            found = _answer(client, protocol, pictures, lambda: time.monotonic() > until or ended())
        for head, scores in golden.scores.items():
            apart = float(np.abs(found.scores[head] - scores[: len(pictures)]).max())
            if apart > TOLERANCE:
                raise Hint(f"{protocol}: the scores of {head} differ by {apart:.2g} from the model's; which one is it?")
    return "predictions by gRPC and by HTTP have the scores of the model itself"


def golden_of(folder: Path) -> Golden:
    """The samples of the newest version below a base path."""
    versions = [path for path in folder.iterdir() if path.name.isdigit()]
    return Golden.read(max(versions, key=lambda path: int(path.name)))


def _answer(
    client: PredictClient, protocol: str, pictures: tuple[bytes, ...], given_up: Callable[[], bool]
) -> Prediction:
    """The first answer of a server that may be starting."""
    while True:
        try:
            return client.predict_pictures(list(pictures))
        except RpcError as error:
            if given_up():
                raise Hint(f"{protocol}: no prediction came: {error.message}") from None
            time.sleep(PAUSE)
