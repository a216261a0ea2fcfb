"""The steps of a build, read from what the engine prints: which were taken from the cache, and how long others took.

Three ways of printing are known: BuildKit's plain one, that of Docker's older builder, and Podman's. Pure.
"""

import re
from dataclasses import dataclass, replace

_NEW = re.compile(r"#(\d+) \[(?:[^\]]*\s)?(\d+)/(\d+)\] (.+)")
_NEW_END = re.compile(r"#(\d+) (CACHED|DONE|ERROR)(?: ([\d.]+)s)?")
_FAILED = re.compile(r"#(\d+) ERROR: (.+)")
_ENDED = re.compile(r"executor failed running|did not complete successfully|returned a non-zero code")
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_OLD = re.compile(r"step (\d+)/(\d+)\s?: (.+)", re.IGNORECASE)
_OLD_CACHED = re.compile(r"\s*-+> using cache", re.IGNORECASE)


@dataclass(frozen=True)
class Step:
    """One step of a build.

    Args:
        number: from 1, as the engine counts.
        text: its instruction.
        cached: whether it was taken from the cache.
        seconds: that it ran; None where the engine does not say.
    """

    number: int
    text: str
    cached: bool = False
    seconds: float | None = None


def steps(log: str) -> list[Step]:
    """The steps in their order; none where the build ended before the first."""
    by_vertex: dict[str, Step] = {}
    plain: list[Step] = []
    for line in log.splitlines():
        if found := _NEW.match(line):
            by_vertex.setdefault(found[1], Step(int(found[2]), found[4].strip()))
        elif (end := _NEW_END.match(line)) and end[1] in by_vertex:
            before = by_vertex[end[1]]
            seconds = float(end[3]) if end[3] else None
            by_vertex[end[1]] = replace(before, cached=before.cached or end[2] == "CACHED", seconds=seconds)
        elif found := _OLD.match(line):
            plain.append(Step(int(found[1]), found[3].strip()))
        elif plain and _OLD_CACHED.match(line):
            plain[-1] = replace(plain[-1], cached=True)
    return sorted(by_vertex.values() or plain, key=lambda step: step.number)


def reason(log: str) -> str:
    """Why a build failed, in one line: what the failed step printed last, else what the engine says."""
    lines = [line.strip() for line in _COLOUR.sub("", log).splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("Removing intermediate container")]
    failed = next((found for line in lines if (found := _FAILED.match(line))), None)
    if failed and _ENDED.search(failed[2]):
        printed = re.compile(rf"#{failed[1]} [\d.]+ (.+)")
        return next((found[1] for line in reversed(lines) if (found := printed.match(line))), failed[2])
    if failed:
        return failed[2]
    if len(lines) > 1 and _ENDED.search(lines[-1]):
        return lines[-2]
    return lines[-1] if lines else "the engine gave no reason"
