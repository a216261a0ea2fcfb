"""How folders are laid out: `<class>/`, `train/<class>/` or `<class>/train/`. Reads names only, opens no picture."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aoi_modules.datasets.clutter import MASKS, is_picture
from aoi_modules.datasets.file_names import printable
from aoi_modules.datasets.tree import Lost, PassedOver, Tree, level
from aoi_modules.errors import DataError

PARTS = ("train", "validation", "test")
"""Names of the tables, in the order in which pictures are used."""
_TABLES = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
_PICTURES = {"image", "images", "img", "imgs", "jpegimages", "picture", "pictures"}
DRAWN = {"annotation", "annotations", "gt", "label", "labels", "mask", "masks", "segmentation", "segmentations"}
"""What folders of masks and boxes are called; beside folders of pictures or tables they are no classes."""
_WRITE_CSV = "or write a CSV file with the columns path, label and split"


@dataclass(frozen=True)
class ClassFolder:
    """A folder whose pictures are of one class.

    Args:
        path: of the folder.
        label: the class.
        part: the table of its pictures; None when the layout says none.
    """

    path: Path
    label: str
    part: str | None = None


@dataclass(frozen=True)
class Layout:
    """What a folder is made of.

    Args:
        classes: its class folders.
        said_by: what says which table a picture belongs to, such as `the folders test, train`; empty when nothing does.
        strays: pictures that stand in no class folder.
        others: files that are no pictures.
        passed: what was passed over on the way to the class folders.
        lost: what could not be read there.
    """

    classes: list[ClassFolder] = field(default_factory=list)
    said_by: str = ""
    strays: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    passed: list[PassedOver] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)

    def take(self, found: Tree) -> None:
        """Takes over what stands beside the folders of a level."""
        self.strays.extend(path for path in found.files if is_picture(path))
        self.others.extend(path for path in found.files if not is_picture(path))
        self.passed.extend(found.passed)
        self.lost.extend(found.lost)


def table_of(name: str) -> str | None:
    """Gives the table that a folder or a cell names, such as `validation` for `Val`; None when it names none."""
    return _TABLES.get(name.casefold())


def layout_of(root: Path) -> Layout:
    """Finds out how a folder is laid out.

    Raises:
        DataError: it cannot be read, or nobody can tell classes from tables, masks or whole other sets.
    """
    top = level(root)
    unread = [lost for lost in top.lost if lost.path == root]
    if unread:
        raise DataError(f"{root}: {unread[0].why}")
    if not top.folders:
        raise DataError(f"{root}: expected a folder of pictures for each class. Received: no folder in it")
    layout = _tables_of_classes(root, top) or _classes_of_tables(root, top)
    if layout is None:
        _refuse_other_sets(root, top)
        layout = Layout([ClassFolder(path, printable(path.name)) for path in top.folders])
    layout.take(top)
    return layout


def _tables_of_classes(root: Path, top: Tree) -> Layout | None:
    """`train/<class>/`, and `test/<class>/`; None where the folders are classes."""
    tables = [path for path in top.folders if table_of(path.name)]
    inside = {path: level(path) for path in tables}
    others = [path for path in top.folders if path not in inside and path.name.casefold() not in DRAWN]
    with_classes = [path for path in tables if inside[path].folders and not _pictures(inside[path])]
    parts = [table_of(path.name) for path in tables]
    if others and not ("train" in parts and with_classes):
        return None
    if others:
        raise DataError(
            f"{root}: expected folders of classes, or of tables such as train and test."
            f" Received: both, {_names(tables)} and {_names(others)}",
            hint=f"move {_names(others)} elsewhere, {_WRITE_CSV}",
        )
    if not tables:
        return None
    if not with_classes:
        raise DataError(
            f"{root}: expected folders that are named after classes. Received: {_names(tables)}",
            hint=f"put the pictures into a folder for each class, {_WRITE_CSV}",
        )
    if "train" not in parts:
        raise DataError(
            f"{root}: expected a folder train to learn from. Received: {_names(tables)}, and nothing is learnt from"
            " pictures that are there to test with",
            hint=f"name the folder whose folders are the classes, {_WRITE_CSV}",
        )
    if len(set(parts)) != len(parts):
        raise DataError(f"{root}: expected one folder for each table. Received: {_names(tables)}")
    layout = Layout(said_by=f"the folders {_names(tables)}")
    for table, found in inside.items():
        layout.take(found)
        layout.classes.extend(ClassFolder(path, printable(path.name), table_of(table.name)) for path in found.folders)
    layout.passed.extend(PassedOver(path, MASKS) for path in top.folders if path not in inside)
    return layout


def _classes_of_tables(root: Path, top: Tree) -> Layout | None:
    """`<class>/train/`, `<class>/test/`; None where the classes hold no such folders."""
    inside = {path: level(path) for path in top.folders}
    tables = {path: [table_of(below.name) for below in found.folders] for path, found in inside.items()}
    if not any("train" in parts and len(parts) > 1 for parts in tables.values()):
        return None
    if any(level(below).folders and not _pictures(level(below)) for below in _first_tables(inside)):
        raise DataError(
            f"{root}: expected one set of pictures. Received: several, each with tables of its own: {_names(inside)}",
            hint=f"name one of them, such as {printable(top.folders[0])}",
        )
    odd = [path for path, parts in tables.items() if None in parts or len(set(parts)) != len(parts) or not parts]
    if odd:
        raise DataError(
            f"{root}: expected in every class the same folders of tables, such as train and test."
            f" Received: {printable(odd[0].name)} with {_names(inside[odd[0]].folders) or 'none'}",
            hint=f"put the classes below the tables, train/<class>/, {_WRITE_CSV}",
        )
    layout = Layout(said_by=f"the folders {', '.join(sorted({below.name for below in _tables_in(inside)}))}")
    for path, found in inside.items():
        layout.take(found)
        layout.classes.extend(ClassFolder(below, printable(path.name), table_of(below.name)) for below in found.folders)
    return layout


def _tables_in(inside: dict[Path, Tree]) -> Iterator[Path]:
    for found in inside.values():
        yield from found.folders


def _first_tables(inside: dict[Path, Tree]) -> Iterator[Path]:
    return (below for below in _tables_in(inside) if table_of(below.name) == "train")


def _refuse_other_sets(root: Path, top: Tree) -> None:
    """Folders that are surely no classes, and would be learnt to be told apart all the same."""
    folders = top.folders
    pictures = [path for path in folders if path.name.casefold() in _PICTURES]
    drawn = [path for path in folders if path.name.casefold() in DRAWN]
    if pictures and drawn and len(pictures) + len(drawn) == len(folders):
        inside = len(level(pictures[0]).folders) > 1
        raise DataError(
            f"{root}: expected folders that are named after classes. Received: {_names(folders)}, which are pictures"
            " and what was drawn or noted about them",
            hint=f"name {printable(pictures[0])}"
            if inside
            else "put the pictures into a folder for each class, or write a CSV file with the columns path and label",
        )
    if len(folders) == 1:
        tables = [path for path in top.files if path.suffix.casefold() == ".csv"]
        if tables:
            raise DataError(
                f"{root}: expected a folder for each class. Received: only {printable(folders[0].name)}, and the file"
                f" {printable(tables[0].name)}",
                hint=f"name {printable(tables[0])}, if it lists the pictures",
            )
        found = level(folders[0])
        if len(found.folders) > 1 and not _pictures(found):
            raise DataError(
                f"{root}: expected a folder for each class. Received: only {printable(folders[0].name)}, with the"
                f" folders {_names(found.folders)}",
                hint=f"name {printable(folders[0])}",
            )


def _pictures(found: Tree) -> list[Path]:
    return [path for path in found.files if is_picture(path)]


def _names(folders: Sequence[Path] | dict[Path, Tree]) -> str:
    return ", ".join(printable(path.name) for path in folders)
