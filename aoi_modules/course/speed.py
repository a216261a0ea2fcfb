"""How fast this machine is: two short works of the kinds that lessons consist of, timed once and remembered."""

import contextlib
import platform
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np

from aoi_modules.machine.processors import processors
from aoi_modules.machine.whole_file import write_whole

FILE_NAME = "machine-speed.json"
SECONDS = 0.4
"""How long each of the two works is repeated. The best time counts, because other programs only ever make it longer."""
SIDE = 768
"""Rows and columns of the matrices."""
COUNTED = 200_000
NETWORKS_SHARE = 0.6
"""How much of a lesson's time its networks take, on all cores; in the rest Python works on one core."""


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """A machine's speed: multiply-adds of matrices a second on all its cores, and Python's additions a second on one.

    `machine` says which one, so that a remembered speed is not used on another.
    """

    machine: str
    multiply_adds: float
    additions: float


def of_this_machine(cache_dir: Path) -> Speed:
    """The remembered speed, or one measured now, which takes a second."""
    path = cache_dir / FILE_NAME
    with contextlib.suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):  # then it is measured
        known = msgspec.json.decode(path.read_bytes(), type=Speed)
        if known.machine == this_machine():
            return known
    measured = measure()
    with contextlib.suppress(OSError):  # a cache that cannot be written costs a second each time, and nothing else
        write_whole(path, msgspec.json.encode(measured))
    return measured


def measure() -> Speed:
    """Times both works."""
    matrix = np.full((SIDE, SIDE), 0.5, np.float32)
    return Speed(
        machine=this_machine(),
        multiply_adds=SIDE**3 / _best(lambda: matrix @ matrix),
        additions=COUNTED / _best(lambda: sum(number for number in range(COUNTED))),
    )


def slowness(here: Speed, reference: Speed) -> float:
    """How many times as long a lesson takes here as on the reference machine."""
    networks, python = reference.multiply_adds / here.multiply_adds, reference.additions / here.additions
    return NETWORKS_SHARE * networks + (1 - NETWORKS_SHARE) * python


def this_machine() -> str:
    """The processor, the cores that this process may use, and the versions that the speed depends on."""
    return f"{_processor()}, {processors()} cores, Python {platform.python_version()}, NumPy {np.__version__}"


def _processor() -> str:
    with contextlib.suppress(OSError):  # not Linux
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _best(work: Callable[[], object]) -> float:
    """The shortest of the times in which a work is done, in seconds."""
    work()
    best, end = float("inf"), time.perf_counter() + SECONDS
    while (began := time.perf_counter()) < end:
        work()
        best = min(best, time.perf_counter() - began)
    return best
