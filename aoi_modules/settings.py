"""One frozen Settings object, read once: environment > file > default.

The file is `aoi.toml` in the course folder; every setting has the environment variable named beside it.
No other module reads the environment.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from aoi_modules.errors import SettingsError

FILE_NAME = "aoi.toml"
COURSE_MARK = "curriculum.yml"
"""A folder that holds this file is a course folder: lessons find their artifacts from it."""


@dataclass(frozen=True)
class Settings:
    """Where things lie, and how the machine wants to be spoken to."""

    course_dir: Path
    """AOI_COURSE_DIR: folder of lessons, artifacts, progress and report; default: the nearest folder above the
    working directory that holds a curriculum.yml, else the working directory."""
    data_dir: Path | None = None
    """AOI_DATA_DIR: a mirror of the data sets and weights in their upstreams' layout."""
    cache_dir: Path = field(default_factory=lambda: Path("~/.cache/aoi").expanduser())
    """AOI_CACHE_DIR: downloads."""
    offline: bool = False
    """AOI_OFFLINE: never try to download."""
    plain: bool = False
    """CI: plain lines instead of progress bars."""
    strict_checks: bool = False
    """AOI_STRICT_CHECKS: an exercise that is not right stops the lesson; headless runs set it."""
    run_token: str = ""
    """AOI_RUN_TOKEN: a headless run's own mark, which a lesson copies into its manifest as proof that it finished."""
    progress_file: Path = Path("progress.json")
    """AOI_PROGRESS_FILE: what a trainee has solved; below the course folder. Headless runs set their own."""
    onnx2tf_file: Path | None = None
    """AOI_ONNX2TF: the command that turns ONNX models into SavedModels, of an environment of its own; default: the
    onnx2tf on the path."""

    @property
    def artifacts_dir(self) -> Path:
        return self.course_dir / "artifacts"

    @property
    def report_dir(self) -> Path:
        return self.course_dir / "report"


def load(environment: Mapping[str, str], start: Path) -> Settings:
    """Reads the settings for a process that works in the folder `start`.

    Raises:
        SettingsError: a value is not of its setting's type, or the file has an unknown key.
    """
    course_dir = Path(environment["AOI_COURSE_DIR"]) if environment.get("AOI_COURSE_DIR") else course_root(start)
    course_dir = (start / course_dir.expanduser()).resolve()
    defaults = {"course_dir": course_dir, "progress_file": course_dir / "progress.json"}
    return Settings(**{**defaults, **_from_file(course_dir / FILE_NAME), **_from_environment(environment, start)})


@cache
def settings() -> Settings:
    """The settings of this process, read at the first call."""
    return load(os.environ, Path.cwd())


def child_environment(**values: str) -> dict[str, str]:
    """The environment for a process that this one starts: its own, with `values` over it."""
    return {**os.environ, **values}


def preset(**values: str) -> None:
    """Gives a library its variables before it is imported; what the user has set stays."""
    for variable, value in values.items():
        os.environ.setdefault(variable, value)


def course_root(start: Path) -> Path:
    """The nearest folder at or above `start` that holds a curriculum.yml, else `start`."""
    for folder in (start, *start.parents):
        if (folder / COURSE_MARK).is_file():
            return folder
    return start


VARIABLES = {
    "data_dir": "AOI_DATA_DIR",
    "cache_dir": "AOI_CACHE_DIR",
    "offline": "AOI_OFFLINE",
    "plain": "CI",
    "strict_checks": "AOI_STRICT_CHECKS",
    "run_token": "AOI_RUN_TOKEN",
    "progress_file": "AOI_PROGRESS_FILE",
    "onnx2tf_file": "AOI_ONNX2TF",
}


def _from_environment(environment: Mapping[str, str], start: Path) -> dict[str, Any]:
    given = {name: environment[variable] for name, variable in VARIABLES.items() if environment.get(variable)}
    return {name: _typed(name, text, start) for name, text in given.items()}


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from None
    known = {field.name for field in fields(Settings)} - {"course_dir"}
    unknown = sorted(set(table) - known)
    if unknown:
        raise SettingsError(
            f"{path}: unknown setting {', '.join(unknown)}",
            hint=f"known settings: {', '.join(sorted(known))}",
        )
    return {name: _typed(name, str(value), path.parent) for name, value in table.items()}


def _typed(name: str, text: str, base: Path) -> Any:
    """A setting as its type; paths are absolute, because lessons run in another working directory."""
    if name.endswith(("_dir", "_file")):
        return (base / Path(text).expanduser()).resolve()
    if name.endswith("_token"):
        return text
    truth = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.lower() not in truth:
        variable = VARIABLES[name]
        raise SettingsError(f"{variable}: expected true or false. Received: {text!r}", hint=f"export {variable}=true")
    return truth[text.lower()]
