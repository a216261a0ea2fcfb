"""Files, folders and patterns -> picture files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path

from aoi_modules.errors import DataError
from aoi_modules.pictures.decoding import decode
from aoi_modules.pictures.formats import ENDINGS


@dataclass(frozen=True)
class NothingFound:
    """A place that was named and holds no picture."""

    place: str
    reason: str


def find_pictures(places: Iterable[str]) -> Iterator[Path | NothingFound]:
    """Finds the picture files of each place, in order.

    Args:
        places: files, which are taken as they are; folders, whose pictures at any depth are taken, by their suffix;
            patterns (`parts/**/*.png`), for shells that leave them as they are. What exists is never a pattern.
    """
    for place in places:
        path = Path(place)
        if path.is_dir():
            yield from _or_nothing(_inside(path), place, f"no picture in this folder ({', '.join(ENDINGS)})")
        elif has_magic(place) and not path.exists():
            names = glob(place, recursive=True)  # noqa: PTH207  (Path.glob takes no absolute pattern)
            files = sorted(path for path in map(Path, names) if path.is_file())
            yield from _or_nothing(files, place, "no file has such a name")
        else:
            yield path


def read_pictures(places: Iterable[str]) -> list[bytes]:
    """Reads the content of all pictures of all places, for work that needs each of them.

    Raises:
        DataError: a place holds none, or one cannot be used; names it.
    """
    contents = []
    for found in find_pictures(places):
        if isinstance(found, NothingFound):
            raise DataError(f"{found.place}: {found.reason}")
        try:
            contents.append(found.read_bytes())
            decode(contents[-1])
        except OSError as error:
            raise DataError(f"{found}: cannot be read: {error.strerror}") from None
        except DataError as error:
            raise DataError(f"{found}: {error.message}", hint=error.hint) from None
    return contents


def _inside(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.suffix.lower() in ENDINGS and file.is_file())


def _or_nothing(files: list[Path], place: str, reason: str) -> Iterator[Path | NothingFound]:
    yield from files
    if not files:
        yield NothingFound(place, reason)
