"""Lists the pictures of class folders with their labels. Opens no picture."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from aoi_modules.datasets.bad_rows import BadRow
from aoi_modules.datasets.clutter import MASKS, RESULT, is_picture
from aoi_modules.datasets.file_names import printable
from aoi_modules.datasets.folder.labelled_rows import Listing, Row
from aoi_modules.datasets.folder.layouts import DRAWN, ClassFolder, layout_of
from aoi_modules.datasets.tree import PassedOver, Tree, named, told, walk
from aoi_modules.pictures.formats import CONVERT, ENDINGS

_MASK_ENDINGS = ("_mask", "-mask", "_masks", "_gt", "_label", "_ground_truth")


def from_folder(root: Path) -> Listing:
    """Lists every picture of the class folders below `root`, at any depth, in the order of their names.

    Raises:
        DataError: no class folders, or nobody can tell what the folders are, see `layouts`.
    """
    layout = layout_of(root)
    listing = Listing(said_by=layout.said_by)
    passed, others = list(layout.passed), list(layout.others)
    _put(listing, root, {path: f"stands in no class folder of {printable(root)}" for path in layout.strays})
    _put(listing, root, {lost.path: lost.why for lost in layout.lost})
    for folder in layout.classes:
        found = walk(folder.path)
        passed.extend(found.passed)
        others.extend(path for path in found.files if not is_picture(path))
        if not _list(folder, found, root, listing, passed) and not _of_results_alone(found):
            listing.bad.append(
                BadRow(f"{_name(folder.path, root)}/", "expected pictures of this class. Received: none")
            )
    if others:
        listing.passed.append(f"passed over: no pictures: {named(others, root)}")
    listing.passed.extend(told(passed, root))
    listing.notes.extend(_twice_named(listing.rows))
    return listing


def _twice_named(rows: Sequence[Row]) -> Iterator[str]:
    """Says that `7.jpg` and `7.png` stand in one folder: perhaps a picture and its mask, perhaps a copy."""
    first: dict[Path, Row] = {}
    twins = [(other, row) for row in rows if (other := first.setdefault(row.path.with_suffix(""), row)) is not row]
    if twins:
        one, other = twins[0]
        yield (
            f"{len(twins)} of {len(rows)} pictures have the name of another but for its ending, such as {one.name}"
            f" and {other.name};"
            " if they are masks or copies, take them out"
        )


def _list(folder: ClassFolder, found: Tree, root: Path, listing: Listing, passed: list[PassedOver]) -> int:
    """Puts the pictures of a class folder into the listing; how many entries of any kind it gave."""
    before = len(listing.rows) + len(listing.bad)
    pictures = [path for path in found.files if is_picture(path)]
    masks = _masks(folder.path, pictures)
    passed.extend(PassedOver(path, MASKS) for path in masks)
    unread = {}
    for path in pictures:
        if path.suffix.lower() not in ENDINGS:
            unread[path] = f"expected one of {', '.join(ENDINGS)}. Received: {path.suffix}; {CONVERT}"
        elif path not in masks:
            name = _name(path, root)
            below = path.relative_to(folder.path).parent.parts
            subfolder = printable(below[0]) if below else ""
            listing.rows.append(Row(name, path, folder.label, name, folder.part, subfolder=subfolder))
    _put(listing, root, unread)
    _put(listing, root, {lost.path: lost.why for lost in found.lost})
    return len(listing.rows) + len(listing.bad) - before


def _masks(folder: Path, pictures: Sequence[Path]) -> set[Path]:
    """What was drawn of another picture, as `7_mask.png` or `Label/7.png` of `7.jpg`."""

    def is_drawn(path: Path) -> bool:
        return any(part.casefold() in DRAWN for part in path.relative_to(folder).parts[:-1])

    beside = {path.with_suffix("") for path in pictures}
    stems = {path.stem for path in pictures if not is_drawn(path)}
    masks = set()
    for path in pictures:
        stem = next((path.stem.removesuffix(end) for end in _MASK_ENDINGS if path.stem.endswith(end)), path.stem)
        if (stem != path.stem and path.with_name(stem) in beside) or (is_drawn(path) and stem in stems):
            masks.add(path)
    return masks


def _of_results_alone(found: Tree) -> bool:
    """Whether a folder holds only what trainings and exports wrote: a folder of models is no class."""
    return not found.files and any(one.what == RESULT for one in found.passed)


def _put(listing: Listing, root: Path, bad: dict[Path, str]) -> None:
    listing.bad.extend(BadRow(_name(path, root), why) for path, why in bad.items())


def _name(path: Path, root: Path) -> str:
    return printable(path.relative_to(root))
