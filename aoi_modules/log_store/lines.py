"""A line of a log, as a store takes it: when it was written, few labels, and the line as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

LABELS = ("service", "level", "component")
"""What a store keeps an index of. All else stays in the line: each value of a label costs a stream of its own."""
EVENT = "event"
"""The key of a JSON line that holds its text."""
UNKNOWN = "unknown"
"""The level of a line that says none: a traceback, what a library printed."""
_LEVELS = frozenset({"debug", "info", "warning", "error", "critical"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """A line.

    Args:
        text: as it was written, without its end.
        time_ns: when, in nanoseconds of the epoch.
        labels: by name, of `LABELS`.
        instance: which of several processes of the service wrote it.
    """

    text: str
    time_ns: int
    labels: Mapping[str, str]
    instance: str


class _Known(msgspec.Struct):
    """What labels and time are read from; other keys are passed over."""

    timestamp: datetime
    level: str = UNKNOWN
    component: str | None = None


_DECODER = msgspec.json.Decoder(_Known)


def read(text: str, service: str, instance: str, now_ns: int) -> Line:
    """Reads a line of a log, be it one of our JSON lines or not.

    Args:
        text: the line.
        service: that wrote it.
        instance: of the service.
        now_ns: the time of a line that says none.
    """
    try:
        known = _DECODER.decode(text)
        time_ns = (known.timestamp - _EPOCH) // timedelta(microseconds=1) * 1000
    except (msgspec.DecodeError, UnicodeEncodeError, TypeError):  # no line of ours; or a time without its zone
        return Line(text, now_ns, {"service": service, "level": UNKNOWN}, instance)
    level = known.level if known.level in _LEVELS else UNKNOWN
    component = {"component": known.component} if known.component else {}
    return Line(text, time_ns, {"service": service, "level": level, **component}, instance)
