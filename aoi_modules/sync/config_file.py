"""The `models.config` of a model server: which versions it serves by which labels."""

import logging
from collections.abc import Mapping
from pathlib import Path

from aoi_modules.errors import SettingsError, StoreError
from aoi_modules.machine import disk
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.serving import model_config
from aoi_modules.serving.model_config import ServedModel, VersionPolicy
from aoi_modules.sync.plan import Serving

log = logging.getLogger(__name__)


def read(path: Path) -> dict[str, Serving]:
    """Reads what is served by model; nothing where there is no config, or none that can be read."""
    if not path.exists():
        return {}
    try:
        found = model_config.read(path)
    except SettingsError as error:
        log.warning("%s; it is written anew", error.message)
        return {}
    return {model.name: Serving(model.policy.specific or (), dict(model.labels)) for model in found}


def write(path: Path, served: Mapping[str, Serving], root: Path) -> bool:
    """Writes the config if it changes, whole or not at all.

    Args:
        path: of the config.
        served: by model; one of which nothing is served is left out.
        root: the folder of the models, as the server sees it.

    Returns:
        Whether it changed.

    Raises:
        StoreError: it cannot be written; what was there stays.
    """
    text = text_of(served, root).encode()
    try:
        if path.is_file() and path.read_bytes() == text:
            return False
        write_whole(path, text)
    except OSError as error:
        raise StoreError(disk.trouble(error, path, "cannot be written"), hint=disk.way_out(error)) from None
    return True


def text_of(served: Mapping[str, Serving], root: Path) -> str:
    """Writes the text form: by name, with exactly the versions that are served."""
    return model_config.to_text(
        ServedModel(
            name, root / name, VersionPolicy(latest=None, specific=one.versions), dict(sorted(one.labels.items()))
        )
        for name, one in sorted(served.items())
        if one.versions
    )
