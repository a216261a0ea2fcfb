"""The line of each picture in the gateway's log, with the same names by both doors."""

import time
from collections.abc import Mapping

import structlog

from aoi_modules.errors import AoiError, RpcError
from aoi_modules.gateway.line import Answer
from aoi_modules.gateway.routes import Routes

Log = structlog.stdlib.BoundLogger


def known(about: Mapping[str, str], routes: Routes) -> dict[str, str]:
    """What a log may be bound to: a component only where the routes have it.

    Log stores keep an index of components, which no sender may let grow. A refusal names another one in its words.
    """
    return {name: text for name, text in about.items() if name != "component" or text in routes.components}


def inspected(log: Log, answer: Answer, status: int | str, started: float) -> None:
    """Writes that a picture has its verdict, by which model, and at which address; none answered about a repeat.

    Args:
        log: bound to the request: its id, component, and perhaps unit and position.
        answer: what was found.
        status: of HTTP, or the code of gRPC.
        started: when the picture came, by `time.perf_counter`.
    """
    found = answer.inspection
    log.info(
        "inspected",
        status=status,
        inspection=found.id or None,
        verdict=found.verdict,
        model=found.model.name,
        version=found.model.version,
        address=answer.address or None,
        ms=since(started),
    )


def refused(log: Log, error: AoiError, status: int | str, started: float, **more: object) -> None:
    """Writes that a picture or a request gets no answer, and why; where a model server was asked, its address.

    Args:
        log: bound to the request.
        error: why.
        status: of HTTP, or the code of gRPC.
        started: when it came, by `time.perf_counter`.
        more: to be said.
    """
    address = {"address": error.address} if isinstance(error, RpcError) and error.address else {}
    log.warning("refused", status=status, **more, **address, detail=error.message, ms=since(started))


def since(started: float) -> float:
    """Gives the milliseconds from a moment, by `time.perf_counter`, until now."""
    return round((time.perf_counter() - started) * 1000, 2)
