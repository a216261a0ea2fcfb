"""Exercise 2.7: pictures in one bucket and a servable in another; a training reads the one, a server the other."""

import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.clusters.files import BLANK
from aoi_modules.course.exercises.clusters.tasks import Task
from aoi_modules.errors import CourseError
from aoi_modules.study.buckets import goods
from aoi_modules.study.buckets.store import Store
from aoi_modules.study.clusters.shell import SECONDS, Shell

CONFIG = "models.config"
"""Written by a sync; a model server reads it."""
MODEL = "model.keras"
"""Written by a training."""
TRAINING = 600.0
"""Seconds for a training on a handful of pictures, TensorFlow's start included."""


@dataclass(frozen=True)
class Goods:
    """What one trainee has to bring into a store.

    Args:
        folder: of all of it, absolute.
        parts: what is on the pictures, and the name of the component.
        owner: behind the names of the buckets, so that two trainees do not meet in one store.
        files: the pictures.
        trains: whether the line of the training is really run, which takes half a minute.
    """

    folder: Path
    parts: str
    owner: str
    files: tuple[Path, ...]
    trains: bool = False

    @classmethod
    def lay(cls, task: Task, dice: Random, *, trains: bool = False) -> "Goods":
        """Draws the pictures and writes the servable."""
        folder = task.folder / "goods"
        shutil.rmtree(folder / "pictures", ignore_errors=True)  # those of another draw, where the cell runs twice
        files = goods.draw_pictures(folder / "pictures", dice)
        found = cls(folder, task.parts, f"{task.user}-{task.number}", tuple(files), trains)
        if not found.servable.is_dir():
            goods.write_files_of_servable(folder / "models", task.parts)
        return found

    @property
    def pictures(self) -> Path:
        """The folder with the pictures, a folder for each label below it."""
        return self.folder / "pictures"

    @property
    def servable(self) -> Path:
        """The version folder of the servable."""
        return self.folder / "models" / self.parts / "1"

    @property
    def served(self) -> Path:
        """The folder that a model server reads."""
        return self.folder / "served"

    @property
    def sources(self) -> str:
        """The bucket of the pictures."""
        return f"sources-{self.owner}"

    @property
    def models(self) -> str:
        """The bucket of the servables."""
        return f"models-{self.owner}"

    @property
    def wanted(self) -> dict[str, Path]:
        """The pictures by the keys that they have to get."""
        return {path.relative_to(self.pictures).as_posix(): path for path in self.files}


def check_buckets(found: object, store: object, lines: dict[str, object]) -> str:
    """Looks into both buckets, runs `push` and `sync`, and reads the line of the training.

    Raises:
        Hint: something is missing, or lies elsewhere.
    """
    if not isinstance(found, Goods):
        raise Hint(f"goods: found {kind(found)}, expected the task above; leave it as it is")
    if not isinstance(store, Store):
        raise Hint(f"store: found {kind(store)}, expected the store above; leave it as it is")
    _check_pictures(found, store)
    place = store.place(found.models)
    push = _words("push", lines["push"], ["aoi", "registry", "push"])
    _expect(push, "push", str(found.servable), "the servable's version folder")
    _expect_registry(push, "push", found, store)
    sync = _words("sync", lines["sync"], ["aoi", "registry", "sync"])
    _expect_registry(sync, "sync", found, store)
    _expect(sync, "sync", str(found.served), "behind --models, the folder that the server reads")
    if "--once" not in sync:
        raise Hint("sync: found no --once; without it the line never ends, as beside a server")
    training = _check_training(lines["train"], found, store)
    _push(found, store, push)
    _sync(found, store, sync)
    kept = "a real S3 server" if store.real else "a folder that stands in for the store"
    learned = "its line was read and not run, in this size of the work"
    if found.trains:
        _train(store, found, training)
        learned = f"a training read the pictures there and left its {MODEL}"
    return f"{len(found.files)} pictures and version 1 of {found.parts} lie in {kept} ({place}); {learned}"


def _check_pictures(found: Goods, store: Store) -> None:
    there = store.contents(found.sources)
    if there is None:
        raise Hint(f"there is no bucket {found.sources}: s3.create_bucket(Bucket=...)")
    flat = {path.name for path in found.files} & set(there)
    if flat:
        raise Hint(f"{found.sources}: found {min(flat)}; its label was its folder, so the key has to be LABEL/FILE")
    missing = sorted(set(found.wanted) - set(there))
    if missing:
        other = next(iter(sorted(there)), "nothing")
        many = f"{len(missing)} of {len(found.wanted)} are missing"
        raise Hint(f"{found.sources}: found no {missing[0]}; {many}. It has {other}")
    for key, path in found.wanted.items():
        if there[key] != path.read_bytes():
            raise Hint(f"{found.sources}: {key} is not the picture {path}")
    more = sorted(set(there) - set(found.wanted))
    if more:
        raise Hint(f"{found.sources}: found {more[0]}, which is no picture; a training would stumble over it")


def _words(name: str, line: object, head: list[str]) -> list[str]:
    if not isinstance(line, str):
        raise Hint(f"{name}: found {kind(line)}, expected the line as text")
    if BLANK in line or not line.strip():
        raise Hint(f"{name}: the line is still open; write it")
    try:
        words = shlex.split(line.replace("\\\n", " "))
    except ValueError as error:
        raise Hint(f"{name}: no line that a shell could read: {error}") from None
    if words[: len(head)] != head:
        raise Hint(f"{name}: found {' '.join(words[: len(head)])!r}, expected a line that begins with {' '.join(head)}")
    return [part for word in words[len(head) :] for part in (word.split("=", 1) if word.startswith("--") else [word])]


def _expect(words: list[str], name: str, value: str, what: str) -> None:
    if value not in [word.rstrip("/") for word in words]:
        raise Hint(f"{name}: expected {value}, {what}")


def _expect_registry(words: list[str], name: str, found: Goods, store: Store) -> None:
    if "--registry" not in words:
        raise Hint(f"{name}: found no --registry, so it would take the registry of the settings")
    place = words[words.index("--registry") + 1 : words.index("--registry") + 2]
    if place == [store.place(found.sources)]:
        raise Hint(f"{name}: --registry: this is the bucket of the pictures; servables go to {found.models}")
    if place != [store.place(found.models)]:
        raise Hint(f"{name}: --registry: found {' '.join(place) or 'nothing'}, expected {store.place(found.models)}")


def _check_training(line: object, found: Goods, store: Store) -> list[str]:
    """The words of the training's line behind `aoi train folder`."""
    words = _words("train", line, ["aoi", "train", "folder"])
    place = store.place(found.sources)
    if place not in words:
        wrong = store.place(found.models) in words
        why = "that bucket has the servables" if wrong else f"the pictures are read from {place}"
        raise Hint(f"train: found {' '.join(words)}; {why}")
    if "--out" not in words[:-1]:
        raise Hint("train: found no --out, so nobody knows where the model goes")
    return words


def _push(found: Goods, store: Store, words: list[str]) -> None:
    """Runs the push, unless an earlier try has done so: the same files would become a second version."""
    there = store.contents(found.models)
    if there is None:
        raise Hint(f"there is no bucket {found.models}: s3.create_bucket(Bucket=...)")
    if f"versions/{found.parts}/1.json" not in there:
        _run("push", store, found, ["aoi", "registry", "push", *words])
        there = store.contents(found.models) or {}
    if f"versions/{found.parts}/1.json" not in there:
        raise Hint(f"push: {found.models} has no version 1 of {found.parts} afterwards")


def _sync(found: Goods, store: Store, words: list[str]) -> None:
    _run("sync", store, found, ["aoi", "registry", "sync", *words])
    config = found.served / CONFIG
    if not (found.served / found.parts / "1").is_dir() or not config.is_file():
        raise Hint(f"sync: {found.served} has no version 1 of {found.parts} and no {CONFIG} afterwards")


def _train(store: Store, found: Goods, words: list[str]) -> None:
    _run("train", store, found, ["aoi", "train", "folder", *words], TRAINING)
    out = found.folder / "home" / words[words.index("--out") + 1 :][0]
    if not (out / MODEL).is_file():
        raise Hint(f"train: {out} has no {MODEL} afterwards")


def _run(name: str, store: Store, found: Goods, words: list[str], seconds: float = SECONDS) -> None:
    shell = Shell.at(found.folder / "home", [Path(sys.executable).parent])
    try:
        ran = shell.run(shlex.join(words), store.environment, seconds)
    except CourseError as error:
        raise Hint(f"{name}: {error.message}") from None
    if ran.code != 0:
        said = ran.said.splitlines()
        raise Hint(f"{name}: it ends with {ran.code}: {said[-1] if said else 'it said nothing'}")
