"""What was applied, kept in the cluster itself, so that anybody can go back to it.

Each set is a ConfigMap, compressed: rendered objects hold no secrets. The last ones stay.
"""

import base64
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aoi_modules.cluster.live.connection import Cluster, Refused, identity
from aoi_modules.cluster.policies.pods import namespace_of
from aoi_modules.errors import ClusterError

Object = dict[str, Any]
Identity = tuple[str, str, str, str]
"""See `connection.identity`."""
KEPT = 5
"""So many sets stay."""
LABEL = "aoi.dev/overlay"
"""On every object that was applied, and on the sets: whose it is."""
HOME = "aoi"
"""The namespace of the line, in which the sets of an overlay lie that has it."""
NUMBER, STATE, WHEN = "aoi.dev/number", "aoi.dev/state", "aoi.dev/when"
APPLYING, APPLIED = "applying", "applied"
FORBIDDEN = 403


@dataclass(frozen=True)
class Kept:
    """A set that was applied.

    Args:
        number: they count up.
        state: `applied`, or `applying` for one that did not come to its end.
        when: it was begun.
        objects: of it.
        place: the ConfigMap.
    """

    number: int
    state: str
    when: str
    objects: Sequence[Object]
    place: Object


class Records:
    """The sets of one overlay.

    Args:
        cluster: in which they are.
        overlay: its name.
        room: the namespace in which they lie, see `home_of`; None where only the name is known: `aoi` then, and all
            namespaces only if nothing lies there. Who may look into one namespace alone needs no more than that.
    """

    def __init__(self, cluster: Cluster, overlay: str, room: str | None = None) -> None:
        self._cluster = cluster
        self._overlay = overlay
        self._room = room

    def kept(self) -> list[Kept]:
        """All that stay, the newest first.

        Raises:
            ClusterError: the cluster does not answer, or does not allow to look for them.
        """
        found = self._listed(self._room or HOME)
        if not found and self._room is None:
            found = self._listed("")
        return sorted(map(_read, found), key=lambda one: -one.number)

    def _listed(self, room: str) -> list[Object]:
        return self._cluster.listed("v1", "ConfigMap", room, labels=f"{LABEL}={self._overlay},{NUMBER}")

    def newest(self) -> Kept | None:
        """The last one; None if there is none."""
        return next(iter(self.kept()), None)

    def before(self) -> Kept:
        """The last one that was applied wholly, before the newest.

        Raises:
            ClusterError: there is none.
        """
        kept = self.kept()
        for one in kept[1:]:
            if one.state == APPLIED:
                return one
        said = f"{len(kept)} set{'s' if len(kept) != 1 else ''} of it" if kept else "nothing of it"
        raise ClusterError(f"{self._overlay}: there is nothing to go back to: the cluster has {said}")

    def begin(self, objects: Sequence[Object]) -> Kept:
        """Keeps a set that is about to be applied. Its namespace has to be there.

        Raises:
            ClusterError: somebody else begins at the same moment, or the set is too large.
        """
        newest = self.newest()
        number = newest.number + 1 if newest else 1
        place = self._place(objects, number)
        try:
            self._cluster.create(place)
        except Refused as error:
            if error.reason != "AlreadyExists":
                raise
            raise ClusterError(f"{self._overlay}: somebody else applies it at this moment", hint="try again") from None
        return _read(place)

    def end(self, kept: Kept) -> None:
        """Notes that a set is applied wholly, and forgets the oldest."""
        self._cluster.merge(kept.place, {"metadata": {"annotations": {STATE: APPLIED}}})
        for old in self.kept()[KEPT:]:
            self._cluster.delete(old.place)

    def forget(self) -> None:
        """Deletes all sets."""
        for one in self.kept():
            self._cluster.delete(one.place)

    def _place(self, objects: Sequence[Object], number: int) -> Object:
        packed = gzip.compress(json.dumps(list(objects), sort_keys=True).encode(), mtime=0)
        labels = {LABEL: self._overlay, NUMBER: str(number), "app.kubernetes.io/managed-by": "aoi-k8s"}
        annotations = {STATE: APPLYING, WHEN: datetime.now(UTC).isoformat(timespec="seconds")}
        name, room = f"applied.{self._overlay}.{number}", home_of(objects)
        return {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": room, "labels": labels, "annotations": annotations},
            "binaryData": {"objects": base64.b64encode(packed).decode()},
        }


def held_by_others(cluster: Cluster, overlay: str, room: str) -> dict[Identity, str]:
    """What other overlays have in the cluster, such as a namespace in which both have something: object -> overlay.

    Args:
        cluster: to look into.
        overlay: that does not count.
        room: the namespace in which its own sets lie; who may look into that one alone learns what is kept there.
    """
    try:
        found = cluster.listed("v1", "ConfigMap", labels=NUMBER)
    except Refused as error:
        if error.code != FORBIDDEN:
            raise
        found = cluster.listed("v1", "ConfigMap", room, labels=NUMBER)
    newest: dict[str, Kept] = {}
    for kept in sorted(map(_read, found), key=lambda one: one.number):
        newest[kept.place["metadata"]["labels"][LABEL]] = kept
    return {identity(one): name for name, kept in newest.items() if name != overlay for one in kept.objects}


def home_of(objects: Sequence[Object]) -> str:
    """The namespace in which the sets of an overlay are kept: its first one."""
    rooms = [one["metadata"]["name"] for one in objects if one["kind"] == "Namespace"]
    rooms = rooms or [namespace_of(one) for one in objects if namespace_of(one)]
    return HOME if HOME in rooms else next(iter(rooms), "default")


def _read(place: Object) -> Kept:
    meta = place["metadata"]
    objects = json.loads(gzip.decompress(base64.b64decode(place["binaryData"]["objects"])))
    notes = meta.get("annotations", {})
    return Kept(int(meta["labels"][NUMBER]), notes.get(STATE, APPLYING), notes.get(WHEN, ""), objects, place)
