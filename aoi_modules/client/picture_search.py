"""Files, folders and patterns -> picture files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path

from aoi_modules.datasets.clutter import is_picture
from aoi_modules.datasets.tree import named, told, walk
from aoi_modules.errors import DataError
from aoi_modules.pictures.decoding import decode
from aoi_modules.progress import say


@dataclass(frozen=True)
class NothingFound:
    """A place that was named, or lies in one that was, and whose pictures cannot be had."""

    place: str
    reason: str


@dataclass(frozen=True)
class Note:
    """What a folder holds beside pictures of parts, such as a system's thumbnails: one sentence."""

    sentence: str


def find_pictures(places: Iterable[str]) -> Iterator[Path | NothingFound | Note]:
    """Finds the picture files of each place, in order.

    Args:
        places: files, which are taken as they are; folders, whose pictures at any depth are taken, by their suffix, and
            through links; patterns (`parts/**/*.png`), for shells that leave them as they are. What exists is never a
            pattern. Folders are read as training reads them: what is no picture of a part is passed over and told.
    """
    for place in places:
        path = Path(place)
        if path.is_dir():
            yield from _inside(path)
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
        if isinstance(found, Note):
            say(f"note: {found.sentence}")
            continue
        try:
            contents.append(found.read_bytes())
            decode(contents[-1])
        except OSError as error:
            raise DataError(f"{found}: cannot be read: {error.strerror}") from None
        except DataError as error:
            raise DataError(f"{found}: {error.message}", hint=error.hint) from None
    return contents


def _inside(folder: Path) -> Iterator[Path | NothingFound | Note]:
    found = walk(folder)
    pictures = [path for path in found.files if is_picture(path)]
    others = [path for path in found.files if not is_picture(path)]
    yield from _or_nothing(pictures, str(folder), "no picture in this folder (.png, .jpg, .jpeg or .bmp)")
    yield from (NothingFound(str(lost.path), lost.why) for lost in found.lost)
    sentences = told(found.passed, folder) + ([f"passed over: no pictures: {named(others, folder)}"] if others else [])
    yield from (Note(f"{folder}: {sentence}") for sentence in sentences)


def _or_nothing(files: list[Path], place: str, reason: str) -> Iterator[Path | NothingFound]:
    yield from files
    if not files:
        yield NothingFound(place, reason)
