"""Exercise 2.5: a pod, a StorageClass and a Service are edited, refused fields are known, and the file follows."""

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import yaml

from aoi_modules.cluster.deployment import to_yaml
from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.clusters.files import Object, objects_of, part
from aoi_modules.course.exercises.clusters.tasks import Task
from aoi_modules.errors import CourseError
from aoi_modules.study.clusters import edits
from aoi_modules.study.clusters.edits import EDITS, KINDS
from aoi_modules.study.clusters.heard import Heard
from aoi_modules.study.clusters.kubectl import Kubectl, last_line
from aoi_modules.study.clusters.room import Room

OF_THE_SERVER = ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation", "annotations")
"""What a cluster writes into metadata, and no file should say."""
_ADDED = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy", "sessionAffinity")
TAKEN = {"Pod": r"spec\.containers\.0\.image|metadata\.labels\..+", "StorageClass": "allowVolumeExpansion"}


@dataclass(frozen=True)
class EditTask:
    """Three objects as a cluster has them, and what has to become of them.

    Args:
        live: YAML of the cluster by kind.
        image: that the pod has to get.
        port: that the Service has to get.
        tried: names of changes of which the reader says whether they are refused.
        file: the Service's file, as it lies in git.
        room: namespace of the objects.
        on: the cluster that has them; None where they were recorded.
        note: whose objects these are.
    """

    live: Mapping[str, str]
    image: str
    port: int
    tried: Sequence[str]
    file: str
    room: str
    on: Kubectl | None = None
    note: str = "these objects were recorded"

    @property
    def storage_class(self) -> str:
        """The name of the StorageClass."""
        return str(part(yaml.safe_load(self.live["StorageClass"]), "metadata.name"))

    @classmethod
    def prepared(cls, dice: Random, task: Task, kubectl: Kubectl | None, recorded: Mapping[str, str]) -> "EditTask":
        """The same with objects that are made in a cluster, if there is one that allows it.

        Args:
            dice: of the trainee.
            task: of the trainee.
            kubectl: of the cluster.
            recorded: YAML of another cluster, for where there is none.
        """
        if kubectl is None:
            return cls.of(dice, task, recorded)
        room = Room(kubectl, f"{task.namespace}-edits")
        try:
            room.make()
            live = edits.lay(room, class_of(task))
        except CourseError as error:  # who may not make a StorageClass still learns what would be refused
            found = cls.of(dice, task, recorded)
            return replace(found, note=f"{found.note}, since the cluster refuses to make them: {error.message}")
        return replace(cls.of(dice, task, live), on=kubectl, note=f"these objects are yours, in {kubectl.name}")

    @classmethod
    def of(cls, dice: Random, task: Task, live: Mapping[str, str]) -> "EditTask":
        """What the dice choose, for objects of a cluster."""
        room = str(part(yaml.safe_load(live["Service"]), "metadata.namespace"))
        names = [one.name for one in EDITS]
        chosen = dice.sample(names, 8)
        return cls(
            live=live,
            image=f"python:3.{dice.choice((10, 11, 13, 14))}-slim",
            port=task.port,
            tried=tuple(name for name in names if name in chosen),
            file=to_yaml([edits.service(room, 80)]),
            room=room,
        )


def class_of(task: Task) -> str:
    """The name of a trainee's StorageClass, which belongs to no namespace."""
    return f"shelf-{task.namespace}"


def check_edits(
    task: object, texts: Mapping[str, object], refused: object, file: object, said: Mapping[str, Heard]
) -> None:
    """Wants the three objects changed as asked and in nothing else, refusals known, and the file to agree.

    Args:
        task: of the trainee.
        texts: the edited YAML, by kind.
        refused: names of the changes that the cluster refuses.
        file: the Service's file after it.
        said: what a cluster said to each change.

    Raises:
        Hint: something else was found.
    """
    if not isinstance(task, EditTask):
        raise Hint(f"edits: found {kind(task)}, expected the task above; leave it as it is")
    wanted: dict[str, tuple[str, Any]] = {
        "Pod": ("spec.containers.0.image", task.image),
        "StorageClass": ("allowVolumeExpansion", True),
        "Service": ("spec.ports.0.port", task.port),
    }
    for one in KINDS:
        _check_edit(one, task.live[one], texts[one], *wanted[one])
    _check_refused(task, refused, said)
    _check_file(task, file)


def _check_edit(name: str, live: str, text: object, path: str, value: object) -> None:
    before, after = yaml.safe_load(live), _object(name, text)
    changed = dict(_differences(before, after))
    status = [where for where in changed if where.startswith("status")]
    if status:
        raise Hint(f"{name}: {status[0]} tells what is, not what shall be; the cluster writes it")
    for where in changed:
        if where != path:
            why = "is not what the task asks for" if _taken(name, where) else "is a field that the cluster refuses"
            raise Hint(f"{name}: {where} changed, which {why}; leave it as it was")
    if path not in changed:
        raise Hint(f"{name}: {path}: found {part(before, path)} still, expected {value}")
    if changed[path] != value or isinstance(changed[path], bool) != isinstance(value, bool):
        raise Hint(f"{name}: {path}: found {changed[path]!r}, expected {value!r}")


def _object(name: str, text: object) -> Object:
    if not isinstance(text, str):
        raise Hint(f"{name}: found {kind(text)}, expected its YAML as text")
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Hint(f"{name}: this is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(found, dict) or found.get("kind") != name:
        raise Hint(f"{name}: found {kind(found)}, expected the whole object, as `kubectl edit` shows it")
    return found


def _differences(before: object, after: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Paths at which two objects differ, with the new value; None for what is gone."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from _differences(before.get(key), after.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(one, other, f"{path}.{number}")
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        yield path, after


def _taken(name: str, path: str) -> bool:
    """Whether a cluster would take a change there, as far as the lesson tells."""
    if name == "Service":
        return not path.startswith(("spec.clusterIP", "metadata.name", "metadata.uid"))
    return re.fullmatch(TAKEN[name], path) is not None


def _check_refused(task: EditTask, refused: object, said: Mapping[str, Heard]) -> None:
    if not isinstance(refused, list | tuple | set | frozenset) or not all(isinstance(one, str) for one in refused):
        raise Hint(f"refused: found {kind(refused)}, expected a list of names of changes")
    unknown = sorted(set(refused) - set(task.tried))
    if unknown:
        raise Hint(f"refused: {unknown[0]!r} is none of the changes; expected names such as {task.tried[0]!r}")
    for name in task.tried:
        if said[name].refused and name not in refused:
            raise Hint(f"refused: {name!r} is missing; say what would have to happen to what runs already")
        if not said[name].refused and name in refused:
            raise Hint(f"refused: the cluster takes {name!r}; nothing that runs has to begin anew for it, or it can")


def _check_file(task: EditTask, file: object) -> None:
    service = objects_of(file, ["Service"])["Service"]
    if service.get("status"):
        raise Hint("file: status is the cluster's; a file says what shall be, not what is")
    written = [name for name in OF_THE_SERVER if part(service, f"metadata.{name}")]
    if written:
        raise Hint(f"file: metadata.{written[0]} is the cluster's; carry back your change, not all that you see")
    added = [name for name in _ADDED if part(service, f"spec.{name}")]
    if added:
        raise Hint(f"file: spec.{added[0]} was chosen by the cluster; in a file it would tie you to this one cluster")
    port = part(service, "spec.ports.0.port")
    if port != task.port:
        raise Hint(f"file: port: found {port}, expected {task.port}; the next apply would take your change back")
    for where, _ in _differences(edits.service(task.room, task.port), service):
        raise Hint(f"file: {where} differs from what is in git; change the port alone")


def tried_on(kubectl: Kubectl, task: EditTask, texts: Mapping[str, object], file: str) -> str:
    """Lets `kubectl edit` take the three texts, and `kubectl diff` hold the file to what came of it.

    Raises:
        Hint: the cluster refuses, or the file differs from the cluster.
    """
    room = Room(kubectl, task.room)
    with tempfile.TemporaryDirectory() as folder:
        for one in KINDS:
            path = Path(folder, f"{one}.yaml")
            path.write_text(_renewed(str(texts[one]), edits.read(room, task.storage_class)[one]))
            done = kubectl.ask("edit", *edits.words_of(one, task.room, task.storage_class), editor=f"cp {path}")
            if done.returncode != 0:
                raise Hint(f"{one}: the cluster refuses: {last_line(done)}")
    try:
        done = room.ask("diff", "--filename=-", given=file)
    except CourseError as error:
        raise Hint(error.message) from None
    if done.returncode != 0:
        raise Hint(f"kubectl diff: your file and the cluster differ: {last_line(done)}")
    return "kubectl edit took all three, and kubectl diff finds no difference to your file"


def _renewed(text: str, now: str) -> str:
    """The reader's text with the number of the object as it is now; a try before may have raised it."""
    number = part(yaml.safe_load(now), "metadata.resourceVersion")
    return re.sub(r'resourceVersion: ".*"', f'resourceVersion: "{number}"', text)
