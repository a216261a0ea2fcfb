"""Which exercises are solved: `progress.json`, safe when several lessons write it at the same time."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from aoi_modules.errors import CourseError
from aoi_modules.lock import alone
from aoi_modules.machine import disk
from aoi_modules.machine.whole_file import write_whole

LOCK_TIMEOUT = 10.0
"""Seconds to wait for another lesson that writes the file; a write takes milliseconds."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one exercise: `time` is when it was solved, or last tried (ISO, UTC)."""

    passed: bool
    time: str
    attempts: int


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """All exercises tried so far, by id."""

    checks: dict[str, Attempt] = {}

    def passed(self, check_id: str) -> bool:
        """Whether the exercise was solved once; what was tried afterwards does not matter."""
        return check_id in self.checks and self.checks[check_id].passed


def read(path: Path) -> Progress:
    """The progress so far; nothing is solved where there is no file.

    Raises:
        CourseError: the file is not ours or is damaged.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Progress)
    except FileNotFoundError:
        return Progress()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CourseError(
            f"{path}: not a progress file: {error}", hint=f"move it away: mv {path} {path}.damaged"
        ) from None


def record(path: Path, check_id: str, *, passed: bool, now: datetime | None = None) -> Attempt:
    """Notes one try. A solved exercise stays solved: trying it again loses nothing.

    Raises:
        CourseError: the file is damaged, cannot be written, or another process holds it too long.
    """
    moment = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    taken = CourseError(f"{path}: another process holds it for over {LOCK_TIMEOUT:.0f} s")
    # The lock lies beside the file, because the file itself is replaced at every write.
    with alone(path.with_name(f".{path.name}.lock"), LOCK_TIMEOUT, taken):
        checks = read(path).checks
        after = _after(checks.get(check_id), passed, moment)
        try:
            write_whole(path, msgspec.json.format(_encoded({**checks, check_id: after}), indent=2))
        except OSError as error:
            raise CourseError(disk.trouble(error, path, "cannot be written"), hint=disk.way_out(error)) from None
        return after


def _after(before: Attempt | None, passed: bool, moment: str) -> Attempt:
    attempts = (before.attempts if before else 0) + 1
    if before is not None and before.passed:
        return Attempt(passed=True, time=before.time, attempts=attempts)
    return Attempt(passed=passed, time=moment, attempts=attempts)


def _encoded(checks: dict[str, Attempt]) -> bytes:
    return msgspec.json.encode(Progress(checks=checks), order="sorted")
