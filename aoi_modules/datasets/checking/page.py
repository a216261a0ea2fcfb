"""The page of a check: counts, and the pictures that a person should look at, in one file that needs no network."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from aoi_modules.datasets.checking.findings import TOGETHER, Entry, Findings, Twins
from aoi_modules.datasets.table import decode
from aoi_modules.errors import Argument, DataError, NotAPicture
from aoi_modules.machine import disk
from aoi_modules.machine.template_file import filled_in

TEMPLATE = Path(__file__).with_name("page.html.j2")
SIDE = 128
"""Pixels of a small picture's longer side."""
MOST_GROUPS, MOST_IN_GROUP, MOST_ODD, MOST_LEFT_OUT = 24, 6, 48, 200
"""So many of each are shown; the rest is counted."""


@dataclass(frozen=True)
class Shown:
    """A picture on the page: PNG in base64, empty where there is none; and what is said below it."""

    png: str
    name: str
    below: str


@dataclass(frozen=True)
class Group:
    """Pictures that are the same."""

    how: str
    pictures: list[Shown]
    more: int


@dataclass(frozen=True)
class Section:
    """Groups of one kind."""

    title: str
    reading: str
    groups: list[Group]
    total: int


def write_page(found: Findings, files: Mapping[str, Path], path: Path) -> None:
    """Writes the page.

    Args:
        found: what the check found.
        files: of the pictures, by their names.
        path: of the page.

    Raises:
        DataError: it cannot be written.
    """
    text = page(found, files)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        wrong = Argument("page", path)
        said = disk.trouble(error, path, "cannot be written")
        raise DataError(said, hint=disk.way_out(error, f"name another file than {wrong}"), arguments=[wrong]) from None


def page(found: Findings, files: Mapping[str, Path]) -> str:
    """Writes the page as text. Arguments as `write_page`."""
    sections = (
        _section("In several classes", "Nobody knows which class is right.", found.contradictions, files),
        _section("In several tables", f"The test would ask what was learnt; {TOGETHER}.", found.leaks, files),
        _section("More than once in a table", "They count double, and teach nothing new.", found.repeats, files),
    )
    return filled_in(
        TEMPLATE,
        "the page about a data set",
        "train",
        found=found,
        name=Path(found.path).name,
        pictures=sum(sum(row.values()) for row in found.counts.values()),
        tables=list(next(iter(found.counts.values()), {})),
        sections=[section for section in sections if section.total],
        odd=[_shown(one.entry, files, one.what) for one in found.odd[:MOST_ODD]],
        more_odd=max(0, len(found.odd) - MOST_ODD),
        left_out=found.left_out[:MOST_LEFT_OUT],
        more_left_out=max(0, len(found.left_out) - MOST_LEFT_OUT),
        sizes=list(found.sizes.items())[:6],
        more_sizes=max(0, len(found.sizes) - 6),
    )


def _section(title: str, reading: str, groups: Sequence[Twins], files: Mapping[str, Path]) -> Section:
    shown = [
        Group(
            "equal" if one.how == "equal" else "nearly equal",
            [_shown(entry, files, f"{entry.label}, {entry.table}") for entry in one.entries[:MOST_IN_GROUP]],
            max(0, len(one.entries) - MOST_IN_GROUP),
        )
        for one in groups[:MOST_GROUPS]
    ]
    return Section(title, reading, shown, len(groups))


def _shown(entry: Entry, files: Mapping[str, Path], below: str) -> Shown:
    return Shown(_thumbnail(files.get(entry.name)), entry.name, below)


def _thumbnail(file: Path | None) -> str:
    try:
        pixels = decode(file.read_bytes(), file.name) if file is not None else None
    except (OSError, NotAPicture):
        pixels = None  # the page names the file all the same
    if pixels is None:
        return ""
    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    image.thumbnail((SIDE, SIDE))
    content = io.BytesIO()
    image.save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode("ascii")
