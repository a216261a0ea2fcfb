"""What a lesson leaves: a folder below artifacts/<profile>/, and a manifest that is written last.

A folder without a valid manifest is an unfinished lesson, whatever else lies in it.
"""

from pathlib import Path
from typing import Literal

import msgspec

from aoi_modules.errors import ChecksumError, CourseError
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.modelstore.version_dir import file_sha256

MANIFEST = "manifest.json"
RECORD = "run.json"
"""The run's own note beside the manifest: when the lesson is fresh, and what its run took."""

Figure = float | int | str | bool


class LessonManifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a lesson left, how it was made, and the figures worth a line in the report.

    `made` is an ISO time in UTC; `files` maps paths relative to the folder to their sha256; `backend` says what really
    ran ("embedded server", "tensorflow/serving in Docker"); `run` is the token of the headless run, "" by hand.
    """

    lesson: str
    profile: str
    made: str
    files: dict[str, str]
    figures: dict[str, Figure] = {}
    data: tuple[DataOrigin, ...] = ()
    backend: str = ""
    notes: tuple[str, ...] = ()
    run: str = ""
    format: Literal[1] = 1


def lesson_dir(artifacts_dir: Path, profile: str, lesson_id: str) -> Path:
    """Where a lesson leaves its files."""
    return artifacts_dir / profile / lesson_id


def listed_files(folder: Path) -> dict[str, str]:
    """Relative path -> sha256 of everything in the folder but the manifest and the record of the run."""
    return {name: file_sha256(folder / name) for name in file_names(folder)}


def file_names(folder: Path) -> list[str]:
    """Relative paths of everything in the folder but the manifest and the record of the run, sorted."""
    own = {folder / MANIFEST, folder / RECORD}
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path not in own)
    return [path.relative_to(folder).as_posix() for path in paths]


def write(folder: Path, manifest: LessonManifest) -> None:
    """Puts the manifest into the folder as the last step, whole or not at all."""
    write_whole(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest, order="sorted"), indent=2))


def read(folder: Path) -> LessonManifest:
    """The manifest in a lesson's folder.

    Raises:
        FileNotFoundError: the lesson did not finish.
        CourseError: the file is not a manifest.
    """
    path = folder / MANIFEST
    try:
        return msgspec.json.decode(path.read_bytes(), type=LessonManifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: not a lesson's manifest: {error}") from None


def verify(folder: Path, manifest: LessonManifest, repair: str) -> None:
    """Compares every listed file with its checksum.

    Args:
        folder: of the lesson.
        manifest: of the folder.
        repair: the command that makes the files again.

    Raises:
        ChecksumError: a file is missing or differs.
    """
    for name, expected in manifest.files.items():
        file = folder / name
        found = file_sha256(file) if file.is_file() else "no file"
        if found != expected:
            raise ChecksumError(file, expected=expected, found=found, repair=repair)
