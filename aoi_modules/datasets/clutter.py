"""What lies among people's pictures and is none of them: bins, thumbnails, masks, results of ours. The one list.

Training and `aoi predict FOLDER` pass over the same things, and say so. Names are those that systems give, whatever
their capitals.
"""

from collections.abc import Callable
from pathlib import Path

from aoi_modules.pictures.formats import ENDINGS, OTHER_ENDINGS

RESULT = "results of a training or an export"
MASKS = "masks of a ground truth"

_THUMBNAILS, _BIN, _SYSTEM, _CHECKPOINTS = "thumbnails", "a bin", "a system's own files", "checkpoints"
_FOLDERS = {
    "@eadir": _THUMBNAILS,
    ".@__thumb": _THUMBNAILS,
    "thumbs": _THUMBNAILS,
    "_thumbs": _THUMBNAILS,
    "thumbnail": _THUMBNAILS,
    "thumbnails": _THUMBNAILS,
    "$recycle.bin": _BIN,
    "#recycle": _BIN,
    "@recycle": _BIN,
    "recycled": _BIN,
    "recycler": _BIN,
    ".trash": _BIN,
    "#snapshot": _SYSTEM,
    "@recently-snapshot": _SYSTEM,
    "__macosx": _SYSTEM,
    "__pycache__": _SYSTEM,
    "found.000": _SYSTEM,
    "lost+found": _SYSTEM,
    "system volume information": _SYSTEM,
    "checkpoints": _CHECKPOINTS,
    ".ipynb_checkpoints": _CHECKPOINTS,
    "ground_truth": MASKS,
    "ground-truth": MASKS,
    "ground truth": MASKS,
    "groundtruth": MASKS,
}
_FILES = {
    "desktop.ini": _SYSTEM,
    "ehthumbs.db": _THUMBNAILS,
    "thumbs.db": _THUMBNAILS,
    "zbthumbnail.info": _THUMBNAILS,
}
_BEGINNINGS = {"._": _SYSTEM, ".ds_store": _SYSTEM, ".trash": _BIN}
_HIDDEN = "hidden"
_MODELS = ("model.keras", "saved_model.pb")
_REPORT, _BESIDE_A_REPORT = "report.json", ("report.html", "plots", "samples")


def clutter(path: Path, *, is_folder: bool) -> str:
    """Says what a file or folder is that holds no picture of the user; empty for everything else."""
    name = path.name.lower()
    known = (_FOLDERS if is_folder else _FILES).get(name)
    if known is None and name.startswith("."):
        known = next((what for start, what in _BEGINNINGS.items() if name.startswith(start)), _HIDDEN)
    if known is None and is_folder and _is_result(path):
        known = RESULT
    return known or ""


def is_picture(path: Path) -> bool:
    """Whether the name is that of a picture, readable for models or not."""
    return path.suffix.lower() in (*ENDINGS, *OTHER_ENDINGS)


def _is_result(folder: Path) -> bool:
    """Whether a training or an export wrote the folder, whatever it is called; pictures right in it are a user's."""
    has: Callable[[str], bool] = lambda name: (folder / name).exists()  # noqa: E731
    try:
        if not any(map(has, _MODELS)) and not (has(_REPORT) and any(map(has, _BESIDE_A_REPORT))):
            return False
        return not any(is_picture(path) for path in folder.iterdir())
    except OSError:
        return False  # it cannot be looked into, which is said where it is listed
