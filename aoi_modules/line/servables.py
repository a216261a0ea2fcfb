"""The servables of the line: those that lesson 6 of the course left, or else the tile, trained small."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aoi_modules.child_process import Child, aoi_command
from aoi_modules.course import artifacts
from aoi_modules.errors import AoiError, CourseError, ModelError
from aoi_modules.line.home import Home
from aoi_modules.modelstore import manifest, version_dir
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.progress import Say

LESSON, MODELS = "6", "models"
"""Which lesson leaves servables, and in which folder of its own."""
SIZES = ("gpu", "cpu", "ci")
"""Profiles of the course, the largest first."""
RECIPE, TILE, SMALL = "magnetic-tile", "tile", "ci"


@dataclass(frozen=True)
class Servable:
    """A version folder, and what it says about itself."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """Of the component."""
        return self.manifest.component


def of_course(artifacts_dir: Path) -> list[Servable]:
    """Lists what the course left, of its largest size that ran; nothing where lesson 6 has not finished.

    Raises:
        StoreError: one of them is none of our servables.
    """
    for size in SIZES:
        lesson = artifacts.lesson_dir(artifacts_dir, size, LESSON)
        if _finished(lesson):
            return _newest(lesson / MODELS)
    return []


def trained(home: Home, say: Say) -> list[Servable]:
    """Trains the tile at the smallest size and exports it, unless an earlier start did.

    Raises:
        ModelError: training or export failed; the message holds the end of its log.
    """
    models = home.training / MODELS
    if not version_dir.versions(models / TILE):
        say(f"the course has not left its servables here, so the tile is trained first, at the size {SMALL}")
        out = home.training / TILE
        _done(home, "train", ["train", RECIPE, "--profile", SMALL, "--out", str(out)])
        model = str(out / "model.keras")
        _done(home, "export", ["export", model, "--name", TILE, "--base-path", str(models)])
    return _newest(models)


def _finished(lesson: Path) -> bool:
    try:
        artifacts.read(lesson)
    except (FileNotFoundError, CourseError):  # a lesson that did not finish, which the next `make course` runs again
        return False
    return True


def _newest(models: Path) -> list[Servable]:
    """The newest version of each model of a folder, by name."""
    found = []
    for base in sorted(path for path in models.iterdir() if path.is_dir()):
        if numbers := version_dir.versions(base):
            folder = base / str(max(numbers))
            found.append(Servable(folder, manifest.read(folder)))
    return found


def _done(home: Home, name: str, arguments: Sequence[str]) -> None:
    """Runs a command of ours to its end."""
    with Child(aoi_command(arguments), home.fresh_log(name)) as child:
        code = child.wait()
        if code:
            raise _failure(name, code, child)


def _failure(name: str, code: int, child: Child) -> AoiError:
    said = child.log_tail()
    return ModelError(f"aoi {name} ended with exit code {code}. The end of {child.log_file}:\n{said}")
