"""The gateway's log: one JSON line an event, on standard error."""

import sys
from typing import TextIO

import structlog


def make_log(stream: TextIO | None = None) -> structlog.stdlib.BoundLogger:
    """A logger of its own, so that a program which embeds the gateway keeps its logging as it is."""
    log: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(stream or sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(20),
    )
    return log
