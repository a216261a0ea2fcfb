"""From a folder of kustomize to the objects that it describes."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from aoi_modules.errors import ClusterError, SettingsError

Object = dict[str, Any]
SECONDS = 120
"""How long rendering may take."""
FILE = "kustomization.yaml"


def render(folder: Path) -> list[Object]:
    """Renders a folder by kubectl, in kubectl's own order.

    Args:
        folder: with a kustomization.yaml.

    Raises:
        SettingsError: the folder has none.
        ClusterError: there is no kubectl, or it cannot render the folder.
    """
    if not (folder / FILE).is_file():
        raise SettingsError(f"{folder}: expected a folder with a {FILE}", hint="name an overlay, or a folder like one")
    command = [kubectl(), "kustomize", str(folder)]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise ClusterError(f"{folder}: kubectl was not done with it after {SECONDS} s") from None
    if ended.returncode:
        raise ClusterError(f"{folder}: kubectl cannot render it: {_reason(ended.stderr)}")
    return [one for one in yaml.safe_load_all(ended.stdout) if one]


def kubectl() -> str:
    """Where kubectl is: beside Python, where pip puts it, or on the path.

    Raises:
        ClusterError: it is in neither place.
    """
    beside = Path(sys.executable).with_name("kubectl")
    found = str(beside) if beside.is_file() else shutil.which("kubectl")
    if found is None:
        raise ClusterError(
            "kubectl is missing, which renders overlays",
            hint="pip install 'aoi-academy[cluster]', or put it on the path",
        )
    return found


def _reason(text: str) -> str:
    """What kubectl says, without its mark before it."""
    return " ".join(text.split()).removeprefix("error: ")[:500]
