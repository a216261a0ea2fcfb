"""Lists the pictures of class folders with their labels. Opens no picture."""

from pathlib import Path

from aoi_modules.datasets.bad_rows import BadRow
from aoi_modules.datasets.clutter import MASKS, RESULT, is_picture
from aoi_modules.datasets.file_names import printable
from aoi_modules.datasets.folder.labelled_rows import Listing, Row
from aoi_modules.datasets.folder.layouts import ClassFolder, layout_of
from aoi_modules.datasets.picture_files import ENDINGS
from aoi_modules.datasets.tree import PassedOver, Tree, named, told, walk

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
    return listing


def _list(folder: ClassFolder, found: Tree, root: Path, listing: Listing, passed: list[PassedOver]) -> int:
    """Puts the pictures of a class folder into the listing; how many entries of any kind it gave."""
    before = len(listing.rows) + len(listing.bad)
    stems = {path.with_suffix("") for path in found.files if is_picture(path)}
    unread = {}
    for path in found.files:
        if not is_picture(path):
            continue
        if any(
            path.stem.endswith(end) and path.with_name(path.stem.removesuffix(end)) in stems for end in _MASK_ENDINGS
        ):
            passed.append(PassedOver(path, MASKS))
        elif path.suffix.lower() in ENDINGS:
            name = _name(path, root)
            below = path.relative_to(folder.path).parent.parts
            listing.rows.append(
                Row(name, path, folder.label, name, folder.part, subfolder=printable(below[0]) if below else "")
            )
        else:
            unread[path] = f"expected one of {', '.join(ENDINGS)}. Received: {path.suffix}"
    _put(listing, root, unread)
    _put(listing, root, {lost.path: lost.why for lost in found.lost})
    return len(listing.rows) + len(listing.bad) - before


def _of_results_alone(found: Tree) -> bool:
    """Whether a folder holds only what trainings and exports wrote: a folder of models is no class."""
    return not found.files and any(one.what == RESULT for one in found.passed)


def _put(listing: Listing, root: Path, bad: dict[Path, str]) -> None:
    listing.bad.extend(BadRow(_name(path, root), why) for path, why in bad.items())


def _name(path: Path, root: Path) -> str:
    return printable(path.relative_to(root))
