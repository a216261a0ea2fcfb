"""Tells by hashes, never by times, whether a lesson would give the same again, so that it need not run."""

import hashlib
import importlib.metadata
import platform
from functools import cache
from pathlib import Path

import msgspec

from aoi_modules.course import artifacts
from aoi_modules.course.artifacts import LessonManifest
from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.running.order import RunOrder
from aoi_modules.course.running.package_code import package_sha256
from aoi_modules.errors import AoiError
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.modelstore.version_dir import file_sha256
from aoi_modules.settings import Settings

LOCK_FILE = "requirements.lock"
FORMAT = 1
"""One more whenever a run comes to mean something else, so that all lessons run again."""


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The note of a run that passed: hashes of everything that the lesson depends on, and what the run took."""

    parts: dict[str, str]
    seconds: float
    cells: int
    notebook_sha256: str


def dependencies(order: RunOrder, plan: LessonPlan) -> dict[str, str]:
    """Everything that a lesson's outcome depends on: what -> hash or version.

    The lessons that it needs have to have run before.

    Raises:
        CourseError: the lesson has no notebook.
        DataError: a data set is damaged.
    """
    notebook = order.notebook(plan)
    return {
        "the runner": f"format {FORMAT}, {order.form} form, profile {order.profile}",
        "its entry in curriculum.yml": _sha256(msgspec.to_builtins(plan)),
        "the notebook": source_sha256(notebook),
        "aoi_modules": package_sha256(),
        "the dependencies": dependencies_sha256(notebook.parents[1] / LOCK_FILE),
        "Python": platform.python_version(),
        "TensorFlow": _version("tensorflow"),
        **{
            f"what lesson {need} left": left_sha256(artifacts.lesson_dir(order.artifacts_dir, order.profile, need))
            for need in plan.needs
        },
        **data_fingerprints(plan, order.given),
    }


def data_fingerprints(plan: LessonPlan, given: Settings) -> dict[str, str]:
    """Data -> hash of what the lesson would use, found as the settings say; nothing is downloaded.

    Raises:
        DataError: there is no such data set.
    """
    return {f"data {name}": _data_sha256(name, given) for name in plan.data}


def look_at_data_again() -> None:
    """Forgets the data that was hashed. A lesson at work may fetch some, so from its start on nothing may be kept."""
    _data_sha256.cache_clear()


def changes(record: RunRecord | None, parts: dict[str, str]) -> list[str]:
    """The names of the dependencies that changed since the record; of all, without one."""
    before = record.parts if record else {}
    return sorted(name for name in {*before, *parts} if before.get(name) != parts.get(name))


def fresh_record(folder: Path, parts: dict[str, str], executed: Path) -> tuple[RunRecord, LessonManifest] | None:
    """The record and manifest of a lesson whose run still stands; None when it has to run.

    Args:
        folder: of the lesson's artifacts.
        parts: what it depends on now.
        executed: the notebook as executed, which the report shows.
    """
    record = read_record(folder)
    if record is None or changes(record, parts) or not executed.is_file():
        return None
    try:
        manifest = artifacts.read(folder)
        artifacts.verify(folder, manifest, repair="aoi course run")
    except (AoiError, OSError):  # what cannot be trusted runs again
        return None
    unlisted = set(artifacts.file_names(folder)) - set(manifest.files)
    return None if unlisted or file_sha256(executed) != record.notebook_sha256 else (record, manifest)


def read_record(folder: Path) -> RunRecord | None:
    """The note of the last run that passed, from the lesson's folder, or None."""
    try:
        return msgspec.json.decode((folder / artifacts.RECORD).read_bytes(), type=RunRecord)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):  # what cannot be trusted runs again
        return None


def write_record(folder: Path, record: RunRecord) -> None:
    """Notes a lesson that passed."""
    write_whole(folder / artifacts.RECORD, msgspec.json.encode(record))


def source_sha256(notebook: Path) -> str:
    """The hash of a notebook's cells without outputs, counts and metadata of runs, so that looking changes nothing."""
    nb = msgspec.json.decode(notebook.read_bytes())
    cells = [
        [cell.get("cell_type"), "".join(cell.get("source", "")), cell.get("metadata", {}).get("tags", [])]
        for cell in nb.get("cells", [])
    ]
    return _sha256(cells)


def left_sha256(folder: Path) -> str:
    """The hash of what a lesson left: its files and data, not the time at which it ran."""
    try:
        manifest = artifacts.read(folder)
    except (AoiError, OSError):  # whoever needs what it left says why
        return "nothing"
    return _sha256([manifest.lesson, manifest.profile, manifest.files, msgspec.to_builtins(manifest.data)])


def dependencies_sha256(lock_file: Path) -> str:
    """The hash of the locked dependencies; of the installed ones where there is no lock file, as with a wheel."""
    if lock_file.is_file():
        return file_sha256(lock_file)
    return _sha256(sorted(f"{found.name}=={found.version}" for found in importlib.metadata.distributions()))


@cache
def _data_sha256(name: str, given: Settings) -> str:
    """The hash of a data set or of the weights: hashed once for all lessons that use it, while no lesson runs."""
    from aoi_modules.datasets.sources import finding, weights

    return _weights(given) if name == weights.FOLDER else finding.fingerprint(name, given=given)


def _weights(given: Settings) -> str:
    """The hash of the pretrained weights that are at hand."""
    from aoi_modules.datasets.sources import weights

    found = [path for folder in weights.places(given).values() for path in sorted(folder.glob("*.h5"))]
    return _sha256([[path.name, file_sha256(path)] for path in found])


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _sha256(parts: object) -> str:
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()
