"""What a real engine did and said once, for readers who have none: two builds, refusals, what outlives what, devices.

`python -m aoi_modules.study.containers.recorded` records it anew on this machine's engine, into `recorded.json`; the
devices only where this project's Jupyter image was built.
"""

import os
import platform
import sys
import tempfile
from pathlib import Path

import msgspec

from aoi_modules.errors import CourseError
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.study.containers import device_lists, lifetimes, refusals, two_builds
from aoi_modules.study.containers.device_lists import DeviceList
from aoi_modules.study.containers.engine import Engine
from aoi_modules.study.containers.lifetimes import Moment
from aoi_modules.study.containers.refusals import Refusal
from aoi_modules.study.containers.two_builds import TwoBuilds

FILE = Path(__file__).with_name("recorded.json")
BASE = "python:3.12-slim"
PROGRAM = "count.py"
REQUIREMENTS = "numpy==2.4.6\n"
ORDERS = {
    "everything first": f"""FROM {BASE}
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
CMD ["python", "{PROGRAM}"]
""",
    "what changes seldom first": f"""FROM {BASE}
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
CMD ["python", "{PROGRAM}"]
""",
}
"""Two Dockerfiles of the same program, by what they copy first."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What was recorded."""

    builds: tuple[TwoBuilds, ...]
    refusals: tuple[Refusal, ...]
    moments: tuple[Moment, ...]
    devices: tuple[DeviceList, ...]


def read(path: Path = FILE) -> Recorded:
    """The recording that the package carries."""
    return msgspec.json.decode(path.read_bytes(), type=Recorded)


def observe(engine: Engine, folder: Path) -> Recorded:
    """Does all of it on an engine; without this project's Jupyter image the devices are those that were recorded.

    Args:
        engine: that has the base image.
        folder: empty; the projects are written there.

    Raises:
        CourseError: the engine refuses something that it should do.
    """
    image = device_lists.find_image(engine)
    project, work = folder / "station", folder / "work"
    for one in (project, work):
        one.mkdir(parents=True, exist_ok=True)
    work.chmod(0o777)  # whoever the container runs as, it may write here
    (project / "requirements.txt").write_text(REQUIREMENTS)
    (project / PROGRAM).write_text("import numpy\n\nprint(numpy.__version__)\n")
    return Recorded(
        builds=tuple(two_builds.measure(engine, project, ORDERS, PROGRAM)),
        refusals=tuple(refusals.ask(engine, BASE)),
        moments=tuple(lifetimes.watch(engine, BASE, work)),
        devices=tuple(device_lists.ask(engine, image)) if image else read().devices,
    )


def main() -> int:
    """Records on this machine's engine; gives the exit code."""
    try:
        engine = Engine.find("recorded", BASE)
        with tempfile.TemporaryDirectory() as folder:
            found = observe(engine, Path(folder))
    except CourseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    python = engine.ask("run", "--rm", BASE, "python", "--version").stdout.strip()
    machine = f"{platform.machine()} with {os.cpu_count()} cores"
    where = f"recorded with {engine.name} and a base image with {python}, on another machine: {machine}"
    write_whole(FILE, msgspec.json.format(msgspec.json.encode(_elsewhere(found, where)), indent=2) + b"\n")
    return 0


def _elsewhere(found: Recorded, where: str) -> Recorded:
    """The same, as a reader elsewhere has to be told of it."""
    return Recorded(
        builds=tuple(msgspec.structs.replace(one, seen=where) for one in found.builds),
        refusals=tuple(msgspec.structs.replace(one, seen=where) for one in found.refusals),
        moments=tuple(msgspec.structs.replace(one, seen=where) for one in found.moments),
        devices=tuple(_moved(one, where) for one in found.devices),
    )


def _moved(one: DeviceList, where: str) -> DeviceList:
    """What was recorded before keeps its place."""
    return one if one.seen.startswith("recorded") else msgspec.structs.replace(one, seen=where)


if __name__ == "__main__":
    sys.exit(main())
