"""The server's log on standard error: lines for people, or one JSON object a line for machines (--log_format)."""

import logging
import sys
from typing import TextIO

FORMATS = ("text", "json")


def set_up(log_format: str, stream: TextIO | None = None) -> None:
    """Sends the log of this process to a stream, standard error by default. Other libraries tell their errors only."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        _json() if log_format == "json" else logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    )
    logging.basicConfig(handlers=[handler], level=logging.ERROR, force=True)
    logging.getLogger("aoi_modules").setLevel(logging.INFO)


def _json() -> logging.Formatter:
    """`{"event": text, "level": "info", "logger": name, "timestamp": ISO, UTC, "exception": traceback}`."""
    import structlog  # a tenth of the time that the server takes to start, so only for those who ask for it

    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
    )
