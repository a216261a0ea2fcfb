"""A model's base path: how it is written, and what lies below it: versions, and what is taken for one but is none."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from aoi_modules.errors import RpcError
from aoi_modules.modelstore import layout
from aoi_modules.wire.status import invalid

log = logging.getLogger(__name__)

MAX_VERSION = (1 << 63) - 1
MOST_NAMED = 5
"""So many folders that are no versions are named."""
NO_NUMBER = "a version is named by a whole number, such as 1"
_SCHEME = "://"


def read(model: str, text: str) -> Path:
    """Reads a base path: a path, or the URI of one. Links stay links, because they are swapped for new releases.

    Args:
        model: whose it is, for messages.
        text: `/models/tile` or `file:///models/tile`; a relative path is below the working directory.

    Raises:
        RpcError: UNIMPLEMENTED, it is on other storage than a file system; INVALID_ARGUMENT, a URI without a path.
    """
    scheme, separator, rest = text.partition(_SCHEME)
    if not separator:
        return Path(text).absolute()
    if scheme != "file":
        raise RpcError(
            "UNIMPLEMENTED",
            f"model {model}: File system scheme '{scheme}' not implemented. Received: base_path {text}",
            hint="copy the versions to a folder, and serve the folder",
        )
    if not rest.startswith("/"):
        raise not_absolute(model, text)
    return Path(rest)


def is_absolute(text: str) -> bool:
    """Whether a base path does not depend on the working directory; a URI is judged by `read`."""
    return _SCHEME in text or Path(text).is_absolute()


def not_absolute(model: str, text: str) -> RpcError:
    """Gives the error for a base path that has to be absolute, in TensorFlow Serving's words."""
    return invalid(f"Expected model {model} to have an absolute path or URI; got base_path()={text}")


@dataclass(frozen=True)
class Found:
    """What lies below a base path.

    Args:
        folder: device and number of the folder itself, which tell whether it was replaced.
        versions: the version directories by number.
        others: why other entries are no versions, by name; hidden ones and ordinary files do not count.
        models: those of the others that hold a SavedModel, so somebody expects them to be served.
    """

    folder: tuple[int, int]
    versions: Mapping[int, Path]
    others: Mapping[str, str]
    models: tuple[str, ...] = ()

    def reasons(self) -> str:
        """Writes which entries are no versions, and why: `v1: a version is ...; 7: a file`. "" without any."""
        return _reasons(self.others)

    def unserved(self) -> str:
        """The same, of those only that hold a SavedModel."""
        return _reasons({name: self.others[name] for name in self.models})


def look(base_path: Path) -> Found:
    """Finds the versions below a base path. Of two names of one number, like 7 and 007, the last one counts.

    Raises:
        OSError: there is no such folder, or it may not be read.
    """
    status = base_path.stat()
    versions: dict[int, Path] = {}
    others: dict[str, str] = {}
    for path in sorted(base_path.iterdir()):
        reason = _why_none(path)
        if reason:
            others[path.name] = reason
        elif reason is None:
            other = versions.get(int(path.name))
            if other is not None:
                _warn_of_two(other, path)
            versions[int(path.name)] = path
    models = tuple(name for name in others if _holds_model(base_path / name))
    return Found((status.st_dev, status.st_ino), versions, others, models)


def absence(base_path: Path, found: Found) -> str:
    """Writes that there is no version below a base path, and what may be the matter.

    Args:
        base_path: of a model.
        found: below it: no versions.
    """
    text = f"no versions of it below {base_path}"
    if _holds_model(base_path):
        if _is_number(base_path.name):
            return f"{text}, which is a version itself, of the base path {base_path.parent}"
        return f"{text}, which holds a {layout.SAVED_MODEL} itself: put it into a folder below, named by its number"
    return f"{text} ({found.reasons()})" if found.others else text


def _why_none(path: Path) -> str | None:
    """None for a version directory; why it is none; "" for what nobody takes for one."""
    try:
        is_folder = path.is_dir()
        dangles = not is_folder and path.is_symlink()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if not _is_number(path.name):
        return NO_NUMBER if (is_folder or dangles) and not path.name.startswith(".") else ""
    if int(path.name) > MAX_VERSION:
        return f"greater than {MAX_VERSION}"
    if is_folder:
        return None
    return "a link that leads nowhere" if dangles else "a file, no folder"


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit()


def _holds_model(folder: Path) -> bool:
    try:
        return (folder / layout.SAVED_MODEL).is_file()
    except OSError:  # whoever loads it says why
        return False


def _reasons(others: Mapping[str, str]) -> str:
    return "; ".join(_grouped(others))


def _grouped(others: Mapping[str, str]) -> Iterator[str]:
    for reason, names in groupby(sorted(others, key=lambda name: (others[name], name)), key=others.__getitem__):
        listed = list(names)
        more = f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
        yield f"{', '.join(listed[:MOST_NAMED])}{more}: {reason}"


@lru_cache(maxsize=100)  # every poll of the base path would say it again
def _warn_of_two(unused: Path, used: Path) -> None:
    log.warning("%s is not served: %s is the same version", unused, used)
