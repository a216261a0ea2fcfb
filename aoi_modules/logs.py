"""How both servers of the line log: lines for people, or one JSON object a line for machines, on standard error.

A JSON line holds `event` (the text), `level`, `timestamp` (ISO, UTC) and perhaps `exception` (the traceback). A request
has one id in the logs of both: the gateway passes it on to the model server.
"""

import json
import logging
import re
import sys
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

if TYPE_CHECKING:
    import structlog

FORMATS = ("text", "json")
REQUEST_ID = "x-request-id"
"""The HTTP header and gRPC metadata that carries the id of a request."""
ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
"""An id that cannot disturb a log."""
_PLAIN = re.compile(r"[A-Za-z0-9._:/+-]+")


def set_up(log_format: str, stream: TextIO | None = None) -> None:
    """Sends the log of this process to a stream. Other libraries tell their errors only.

    Args:
        log_format: one of FORMATS; JSON lines hold the `logger`, too.
        stream: standard error by default.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        _json_formatter() if log_format == "json" else _TextFormatter("%(asctime)s %(levelname)s %(message)s")
    )
    logging.basicConfig(handlers=[handler], level=logging.ERROR, force=True)
    logging.getLogger("aoi_modules").setLevel(logging.INFO)


def event(log: logging.Logger, name: str, **values: object) -> None:
    """Warns of an event with named values: keys of the line of JSON, or ` name=value` behind the text for people."""
    log.warning(name, extra={"values": values})


def note(log: logging.Logger, name: str, **values: object) -> None:
    """Tells of an event that is as it should be, in the same way."""
    log.info(name, extra={"values": values})


def checked_id(given: str) -> str:
    """Gives the id of a request as its sender wrote it; empty for one that could disturb a log."""
    return given if ID.fullmatch(given) else ""


def event_log(stream: TextIO | None = None) -> "structlog.stdlib.BoundLogger":
    """Makes a log of JSON lines, each an event with named values.

    It is independent of the process's log, so that a program which embeds the gateway keeps its logging as it is.
    """
    import structlog

    log: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(stream or sys.stderr),
        processors=[*_stamps(), *_rendered()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    return log


class _TextFormatter(logging.Formatter):
    """Lines for people, with the named values of an event at their end."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name is logging's
        """Writes the line; values that somebody sent can neither end it nor begin another."""
        values: dict[str, object] = getattr(record, "values", {})
        return super().formatMessage(record) + "".join(f" {name}={_shown(value)}" for name, value in values.items())


def _shown(value: object) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _json_formatter() -> logging.Formatter:
    import structlog  # a tenth of the time that the server takes to start, so only for those who ask for it

    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendered()],
        foreign_pre_chain=[structlog.stdlib.add_logger_name, _add_values, *_stamps()],
    )


def _add_values(_logger: object, _method: str, line: "structlog.typing.EventDict") -> "structlog.typing.EventDict":
    """The named values of an event; see structlog's processors."""
    line.update(getattr(line["_record"], "values", {}))
    return line


def _stamps() -> list[Any]:
    """Level and time."""
    import structlog

    return [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]


def _rendered() -> list[Any]:
    """Traceback, and all of it as JSON."""
    import structlog

    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_json)]


def _json(line: dict[str, Any], **_: object) -> str:
    """A line of JSON. msgspec's takes a quarter of the time of Python's; there is one for each picture of the line."""
    try:
        return msgspec.json.encode(line, enc_hook=repr).decode()
    except (TypeError, UnicodeEncodeError, RecursionError):  # keys that are no text, halves of characters
        return json.dumps(line, default=repr, skipkeys=True)
