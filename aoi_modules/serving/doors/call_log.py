"""A line in the server's log for each call that was refused or slow; what is answered in time leaves one if wanted."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from aoi_modules import logs
from aoi_modules.wire.messages import ModelSpec

log = logging.getLogger(__name__)

MOST_LINES = 10
"""A second: a flood of refused calls must not fill the disk."""
MAX_TEXT = 200
"""Characters of a name or reason in the log; clients choose them."""
PROBES = ("GetModelStatus", "status")
"""What probes ask all the time, of models that are not there yet, too. Without an id nobody looks for their lines."""


@dataclass(slots=True)
class Call:
    """One call while it is under way.

    Args:
        by: its protocol, gRPC or REST.
        method: that is called, as the protocol names it.

    Attributes:
        spec: which model and signature it asks, as soon as that is known; later also which version answers.
        began: when all of it was there, by `time.perf_counter`.
    """

    by: str
    method: str
    spec: ModelSpec | None = None
    began: float = field(default_factory=time.perf_counter)

    def begin(self) -> None:
        """Starts its clock again, once all of it is there: a slow sender makes no slow call."""
        self.began = time.perf_counter()

    def milliseconds(self) -> float:
        """Gives how long it took so far."""
        return (time.perf_counter() - self.began) * 1000


class Quota:
    """So many lines a second, and a count of those beyond.

    Args:
        lines: a second.
        clock: gives seconds.
    """

    def __init__(self, lines: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._lines = lines
        self._clock = clock
        self._second = clock()
        self._written = self._left_out = 0

    def take(self) -> int | None:
        """Takes a line: gives how many were left out since the last one, or None if this one is left out, too."""
        now = self._clock()
        if now >= self._second + 1:
            self._second, self._written = now, 0
        if self._written == self._lines:
            self._left_out += 1
            return None
        self._written += 1
        left_out, self._left_out = self._left_out, 0
        return left_out


class CallLog:
    """Writes the lines, at most MOST_LINES a second; the next one says how many were left out.

    Args:
        slow_ms: a call that takes longer is slow; 0 calls none slow.
        quota: of lines.
        every: an answered call that has an id leaves a line in any case, whatever the quota.
    """

    def __init__(self, slow_ms: int, quota: Quota | None = None, *, every: bool = False) -> None:
        self._slow_ms = slow_ms or float("inf")
        self._every = every
        self._quota = quota or Quota(MOST_LINES)

    def answered(self, call: Call, status: int | str, request_id: Callable[[], str]) -> None:
        """Takes note of a call that was answered; writes its line if it was slow, or if each one has a line.

        Args:
            call: that ended.
            status: of HTTP, or the code of gRPC.
            request_id: finds the id that its sender gave it, whatever that is; is asked for a line alone.
        """
        slow = call.milliseconds() > self._slow_ms
        if self._every and (given_id := logs.checked_id(request_id())):
            tell, name = (logs.event, "slow") if slow else (logs.note, "answered")
            tell(log, name, **_told(call, status, given_id))
        elif slow:
            self._write("slow", call, status, request_id())

    def refused(self, call: Call, status: int | str, reason: str, request_id: Callable[[], str]) -> None:
        """Writes the line of a call that was refused, or that nobody waits for any more; see `answered`."""
        self._write("refused", call, status, request_id(), reason=reason[:MAX_TEXT])

    def _write(self, event: str, call: Call, status: int | str, given_id: str, **more: str) -> None:
        request_id = logs.checked_id(given_id)
        if call.method in PROBES and not request_id:
            return
        left_out = self._quota.take()
        if left_out is None:
            return
        logs.event(
            log,
            event,
            **_told(call, status, request_id),
            **more,
            **({"left_out": left_out} if left_out else {}),
        )


def _told(call: Call, status: int | str, request_id: str) -> dict[str, object]:
    return {
        "request_id": request_id or None,
        **_asked(call.spec or ModelSpec()),
        "method": call.method,
        "by": call.by,
        "status": status,
        "ms": round(call.milliseconds(), 2),
    }


def _asked(spec: ModelSpec) -> dict[str, str | int | None]:
    return {
        "model": spec.name[:MAX_TEXT],
        "version": spec.version.value if spec.HasField("version") else None,
        **({"label": spec.version_label[:MAX_TEXT]} if spec.version_label else {}),
        "signature": spec.signature_name[:MAX_TEXT],
    }
