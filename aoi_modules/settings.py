"""One frozen Settings object, read once: environment > file > default.

The file is `aoi.toml` in the course folder. Each setting says its variable and its meaning beside its type, and
`rows` gives all of that for README's table. No other module reads the environment or writes to it.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

from aoi_modules.errors import SettingsError

FILE_NAME = "aoi.toml"
COURSE_MARK = "curriculum.yml"
"""A folder that holds this file is a course folder: lessons find their artifacts from it."""
PROGRESS_NAME = "progress.json"
TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
"""The words for a switch, in lower case."""


@dataclass(frozen=True)
class Setting:
    """Where a setting is read, and what it means.

    Args:
        variable: of the environment.
        meaning: in a sentence without its full stop.
        default: in words, where the value in the class does not say it.
        in_file: whether `aoi.toml` may hold it. The course folder is where that file lies, and variables of other
            programs are read by these programs too, which know no `aoi.toml`.
    """

    variable: str
    meaning: str
    default: str = ""
    in_file: bool = True


@dataclass(frozen=True)
class Settings:
    """Where files are, and how commands behave on this machine."""

    course_dir: Annotated[
        Path,
        Setting(
            "AOI_COURSE_DIR",
            "folder of the lessons, of their artifacts, of progress and report",
            default="the nearest folder upwards with a `curriculum.yml`, else the working directory",
            in_file=False,
        ),
    ]
    data_dir: Annotated[
        Path | None, Setting("AOI_DATA_DIR", "a mirror of the data sets and weights, in the layout of their sources")
    ] = None
    cache_dir: Annotated[
        Path, Setting("AOI_CACHE_DIR", "downloads and computed features", default="`~/.cache/aoi`")
    ] = field(default_factory=lambda: Path("~/.cache/aoi").expanduser())
    offline: Annotated[bool, Setting("AOI_OFFLINE", "never try to download")] = False
    plain: Annotated[bool, Setting("CI", "plain lines instead of progress bars")] = False
    strict_checks: Annotated[
        bool,
        Setting("AOI_STRICT_CHECKS", "an exercise that is not right stops the lesson; headless runs set it"),
    ] = False
    run_token: Annotated[
        str,
        Setting("AOI_RUN_TOKEN", "a headless run's own mark, which a lesson copies into its manifest as proof"),
    ] = ""
    progress_file: Annotated[
        Path,
        Setting(
            "AOI_PROGRESS_FILE",
            "which exercises are solved; headless runs set their own",
            default="`progress.json` in the course folder",
        ),
    ] = Path(PROGRESS_NAME)
    onnx2tf_file: Annotated[
        Path | None,
        Setting("AOI_ONNX2TF", "the command that turns ONNX models into SavedModels", default="`onnx2tf` on the path"),
    ] = None
    database_url: Annotated[
        str, Setting("AOI_DATABASE_URL", "the gateway's database of results; `--database` wins", in_file=False)
    ] = field(default="", repr=False)  # it may hold a password
    mqtt_password: Annotated[
        str,
        Setting(
            "AOI_MQTT_PASSWORD", "the gateway's password at MQTT brokers; a sink's `password_file` wins", in_file=False
        ),
    ] = field(default="", repr=False)
    gateway_key: Annotated[
        str,
        Setting(
            "AOI_GATEWAY_KEY",
            "this machine's key at a gateway, for `aoi watch`, `aoi station` and `aoi predict`; `--key-file` wins",
            in_file=False,
        ),
    ] = field(default="", repr=False)
    jupyter_token: Annotated[
        str,
        Setting(
            "AOI_JUPYTER_TOKEN",
            "what opens the Jupyter that `aoi docker jupyter` starts; `--token-file` wins",
            in_file=False,
        ),
    ] = field(default="", repr=False)
    registry: Annotated[
        str,
        Setting("AOI_REGISTRY", "the registry of servables, for `aoi registry`; `--registry` wins", in_file=False),
    ] = ""
    signing_password: Annotated[
        str,
        Setting("AOI_SIGNING_PASSWORD", "opens the private key by which `aoi registry` signs", in_file=False),
    ] = field(default="", repr=False)
    keras_dir: Annotated[
        Path,
        Setting(
            "KERAS_HOME", "Keras' own folder; weights are looked for there too", default="`~/.keras`", in_file=False
        ),
    ] = field(default_factory=lambda: Path("~/.keras").expanduser())
    malloc_arenas: Annotated[
        str,
        Setting("MALLOC_ARENA_MAX", "glibc's own; where it is set, both servers keep to it", in_file=False),
    ] = ""
    glibc_tunables: Annotated[
        str,
        Setting("GLIBC_TUNABLES", "glibc's own; both servers keep to a `glibc.malloc.arena_max` in it", in_file=False),
    ] = ""

    @property
    def arenas_chosen(self) -> bool:
        """Whether the user has chosen how many arenas glibc's allocator may have."""
        return bool(self.malloc_arenas) or "glibc.malloc.arena_max" in self.glibc_tunables

    @property
    def artifacts_dir(self) -> Path:
        """What lessons leave, one folder a profile and lesson."""
        return self.course_dir / "artifacts"

    @property
    def report_dir(self) -> Path:
        """What headless runs leave for readers: index, pages, logs."""
        return self.course_dir / "report"


def load(environment: Mapping[str, str], start: Path) -> Settings:
    """Reads the settings for a process that works in the folder `start`.

    Raises:
        SettingsError: a value is not of its setting's type, or the file has an unknown key.
    """
    given = environment.get("AOI_COURSE_DIR")
    course_dir = _absolute(given, start) if given else course_root(start).resolve()
    defaults = {"course_dir": course_dir, "progress_file": course_dir / PROGRESS_NAME}
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


@dataclass(frozen=True)
class Row:
    """A setting in words; `key` is its name in `aoi.toml`, "" where that file cannot hold it."""

    variable: str
    key: str
    kind: str
    default: str
    meaning: str


def rows() -> list[Row]:
    """All settings in words, in the order of the class, for a table."""
    return [
        Row(
            variable=one.setting.variable,
            key=one.name if one.setting.in_file else "",
            kind=_KINDS[one.kind],
            default=one.setting.default or _in_words(one.default),
            meaning=one.setting.meaning,
        )
        for one in _declared()
    ]


@dataclass(frozen=True)
class _Declared:
    """A field of Settings, read back from its annotation."""

    name: str
    kind: type
    default: object
    setting: Setting


_KINDS: dict[type, str] = {Path: "path", bool: "true or false", str: "text"}


@cache
def _declared() -> tuple[_Declared, ...]:
    hints = get_type_hints(Settings, include_extras=True)
    defaults = {one.name: one.default for one in fields(Settings)}
    found = []
    for name, hint in hints.items():
        annotation, setting = get_args(hint)
        kind = next(kind for kind in (get_args(annotation) or (annotation,)) if kind in _KINDS)
        found.append(_Declared(name, kind, defaults[name], setting))
    return tuple(found)


def _in_words(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return str(default or "none")


def _from_environment(environment: Mapping[str, str], start: Path) -> dict[str, Any]:
    given = {one: environment.get(one.setting.variable) for one in _declared() if one.name != "course_dir"}
    return {one.name: _typed(one, text, start) for one, text in given.items() if text}


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from None
    known = {one.name: one for one in _declared() if one.setting.in_file}
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise SettingsError(
            f"{path}: unknown setting {', '.join(unknown)}",
            hint=f"known settings: {', '.join(sorted(known))}",
        )
    return {name: _typed(known[name], str(value), path.parent) for name, value in table.items()}


def _typed(one: _Declared, text: str, base: Path) -> Path | bool | str:
    """A setting as its type."""
    if one.kind is Path:
        return _absolute(text, base)
    if one.kind is str:
        return text
    if text.lower() not in TRUTH:
        variable = one.setting.variable
        raise SettingsError(f"{variable}: expected true or false. Received: {text!r}", hint=f"export {variable}=true")
    return TRUTH[text.lower()]


def _absolute(text: str, base: Path) -> Path:
    """A path that holds in every working directory, because lessons run in another one."""
    return (base / Path(text).expanduser()).resolve()
