"""What a real cluster did and said once, for readers who have none: faults, a quota, edits, an older client.

`python -m aoi_modules.study.clusters.recorded CONTEXT OLDER_KUBECTL` records it anew on a cluster, into
`recorded.json`. All that it makes there it takes away again.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from aoi_modules.errors import CourseError
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.study.clusters import edits, scenes
from aoi_modules.study.clusters.heard import Heard
from aoi_modules.study.clusters.kubectl import Kubectl
from aoi_modules.study.clusters.pages import FAULTS
from aoi_modules.study.clusters.room import Room

FILE = Path(__file__).with_name("recorded.json")
ROOM = "lesson2-recorded"
STORAGE_CLASS = "lesson2-shelf"


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What was recorded; `where` says on which cluster."""

    where: str
    right: tuple[Heard, ...]
    faults: Mapping[str, tuple[Heard, ...]]
    quota: tuple[Heard, ...]
    live: Mapping[str, str]
    edits: Mapping[str, Heard]
    older: tuple[Heard, ...]
    external: tuple[Heard, ...]
    one_port: tuple[Heard, ...]


def read(path: Path = FILE) -> Recorded:
    """The recording that the package carries."""
    return msgspec.json.decode(path.read_bytes(), type=Recorded)


def observe(kubectl: Kubectl, older: Path) -> Recorded:
    """Does all of it on a cluster.

    Args:
        kubectl: of the cluster.
        older: a kubectl of an earlier release.

    Raises:
        CourseError: the cluster refuses something that it should do.
    """
    nodes = kubectl.wanted("get", "nodes", "--output=jsonpath={.items[*].metadata.name}").split()
    with_room = _Rooms(kubectl)
    try:
        live, edited = scenes.edited(with_room("edits"), STORAGE_CLASS)
        return Recorded(
            where=f"recorded on a cluster with {kubectl.name} and {len(nodes)} nodes",
            live=live,
            edits=edited,
            older=tuple(scenes.older(with_room("edits"), older)),
            right=tuple(scenes.right(with_room("pages"))),
            faults={name: tuple(scenes.faulty(with_room(name), one)) for name, one in FAULTS.items()},
            quota=tuple(scenes.quota(with_room("quota"))),
            external=tuple(scenes.external(with_room("external"))),
            one_port=tuple(scenes.one_port(with_room("node"), nodes[0])),
        )
    finally:
        with_room.remove()
        edits.remove(kubectl, STORAGE_CLASS)


class _Rooms:
    """A namespace for each scene; taken away at the end."""

    def __init__(self, kubectl: Kubectl) -> None:
        self._kubectl = kubectl
        self._made: dict[str, Room] = {}

    def __call__(self, name: str) -> Room:
        if name not in self._made:
            self._made[name] = Room(self._kubectl, f"{ROOM}-{name}")
            self._made[name].make()
        return self._made[name]

    def remove(self) -> None:
        for one in self._made.values():
            one.remove(wait=False)


def main(arguments: list[str]) -> int:
    """Records on this machine's cluster; gives the exit code."""
    try:
        if len(arguments) != 2 or not Path(arguments[1]).is_file():
            raise CourseError("expected a context and the path of an older kubectl", hint="kubectl config get-contexts")
        found = observe(Kubectl.find(arguments[0]), Path(arguments[1]).absolute())
    except CourseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    write_whole(FILE, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
