"""Takes metrics and log lines from a gateway or model server of this process, for `benchmarks/watching.py` alone."""

import logging
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import prometheus_client
import structlog

from aoi_modules import logs
from aoi_modules.gateway.watching.histogram import Series
from aoi_modules.serving.doors.call_log import CallLog
from aoi_modules.serving.monitoring import Monitor


def stop() -> None:
    """Lets both count nothing and write nothing from now on."""
    for kind, name in (
        (prometheus_client.Counter, "inc"), (prometheus_client.Gauge, "inc"), (prometheus_client.Gauge, "dec"),
        (prometheus_client.Gauge, "set"), (Series, "observe"), (Monitor, "examples"), (CallLog, "answered"),
    ):  # fmt: skip
        setattr(kind, name, _nothing)
    for kind, name in ((Series, "time"), (Monitor, "request"), (Monitor, "runtime")):
        setattr(kind, name, _no_block)
    vars(logs)["event_log"] = _quiet


def _nothing(*_: Any, **__: Any) -> None:
    """In place of what counts or writes."""


def _no_block(*_: Any, **__: Any) -> AbstractContextManager[None]:
    return nullcontext()


def _quiet(_: Any = None) -> Any:
    return structlog.wrap_logger(
        structlog.PrintLogger(), processors=[], wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL)
    )
