"""Where overlays are: in the course folder, or in the checkout."""

from pathlib import Path

from aoi_modules.cluster.kustomize import FILE
from aoi_modules.errors import SettingsError
from aoi_modules.settings import settings

FOLDER = "k8s"
PACKAGE = Path(__file__).parents[1]
"""The folder of aoi_modules."""


def manifests() -> Path:
    """The folder `k8s`: the course folder's, or the checkout's.

    Raises:
        SettingsError: there is none.
    """
    places = (settings().course_dir / FOLDER, PACKAGE.parent / FOLDER)
    for folder in places:
        if (folder / "overlays").is_dir():
            return folder
    raise SettingsError(
        "there is no folder k8s with overlays",
        hint="work in a clone of the repository, or name a folder as the overlay",
    )


def find_overlay(name: str) -> Path:
    """The folder of an overlay.

    Args:
        name: of one that comes with the line, such as `local`; or a folder with a kustomization.yaml.

    Raises:
        SettingsError: there is none.
    """
    if (Path(name) / FILE).is_file():
        return Path(name)
    folder = manifests() / "overlays"
    if (folder / name / FILE).is_file() and "/" not in name:
        return folder / name
    known = ", ".join(sorted(path.parent.name for path in folder.glob(f"*/{FILE}")))
    raise SettingsError(f"expected an overlay, {known}, or a folder with a {FILE}. Received: {name!r}")
