"""How long lessons take: measured runs on one machine, scaled to the speed of this one."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from aoi_modules.course import speed
from aoi_modules.course.speed import Speed
from aoi_modules.machine.whole_file import write_whole

FILE = Path(__file__).with_name("durations.json")
"""Measured by `aoi course times --measured`."""


class Durations(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds that lessons took: profile -> lesson -> seconds, and the speed of the machine on which they ran."""

    reference: Speed
    seconds: dict[str, dict[str, float]]

    def here(self, profile: str, machine: Speed) -> dict[str, float]:
        """Lesson -> the seconds that it will take about on a machine; lessons that were never measured are missing."""
        factor = speed.slowness(machine, self.reference)
        return {lesson: factor * seconds for lesson, seconds in self.seconds.get(profile, {}).items()}

    def with_measured(self, profile: str, seconds: Mapping[str, float], machine: Speed) -> "Durations":
        """These durations with a machine's measured lessons in place of older ones.

        What other profiles and lessons took is scaled to the new reference.
        """
        scaled = {name: self.here(name, machine) for name in self.seconds}
        scaled[profile] = {**scaled.get(profile, {}), **seconds}
        rounded = {
            name: {lesson: round(taken, 1) for lesson, taken in lessons.items()} for name, lessons in scaled.items()
        }
        return Durations(reference=machine, seconds=rounded)


def read(path: Path = FILE) -> Durations:
    """The durations that the package carries."""
    return msgspec.json.decode(path.read_bytes(), type=Durations)


def write(durations: Durations, path: Path = FILE) -> None:
    """Writes durations for people to read, too."""
    write_whole(path, msgspec.json.format(msgspec.json.encode(durations, order="sorted"), indent=2) + b"\n")


def expected(profile: str, cache_dir: Path) -> dict[str, float]:
    """Lesson -> the seconds that it will take about on this machine, for lessons that were measured."""
    known = read()
    if not known.seconds.get(profile):
        return {}
    return known.here(profile, speed.of_this_machine(cache_dir))


def in_words(seconds: float) -> str:
    """A time as it is said before it has passed: no more exactly than it is known."""
    if seconds < 20:
        return "less than half a minute"
    if seconds < 45:
        return "about half a minute"
    minutes = max(1, round(seconds / 60))
    return "about a minute" if minutes == 1 else f"about {minutes} minutes"
