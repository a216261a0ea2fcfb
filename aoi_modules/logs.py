"""How both servers of the line log: lines for people, or one JSON object a line for machines, on standard error.

A JSON line holds `event` (the text), `level`, `timestamp` (ISO, UTC) and perhaps `exception` (the traceback).
"""

import logging
import sys
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    import structlog

FORMATS = ("text", "json")


def set_up(log_format: str, stream: TextIO | None = None) -> None:
    """Sends the log of this process to a stream. Other libraries tell their errors only.

    Args:
        log_format: one of FORMATS; JSON lines hold the `logger`, too.
        stream: standard error by default.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        _json_formatter() if log_format == "json" else logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    )
    logging.basicConfig(handlers=[handler], level=logging.ERROR, force=True)
    logging.getLogger("aoi_modules").setLevel(logging.INFO)


def event_log(stream: TextIO | None = None) -> "structlog.stdlib.BoundLogger":
    """Makes a log of JSON lines, each an event with named values.

    It is independent of the process's log, so that a program which embeds the gateway keeps its logging as it is.
    """
    import structlog

    log: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(stream or sys.stderr),
        processors=[*_stamps(), *_rendered()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    return log


def _json_formatter() -> logging.Formatter:
    import structlog  # a tenth of the time that the server takes to start, so only for those who ask for it

    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendered()],
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *_stamps()],
    )


def _stamps() -> list[Any]:
    """Level and time."""
    import structlog

    return [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]


def _rendered() -> list[Any]:
    """Traceback, and all of it as JSON."""
    import structlog

    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
