"""From a version directory to a servable: checksums, engine, warm-up."""

import logging
from pathlib import Path

from aoi_modules.errors import AoiError, ModelError
from aoi_modules.modelstore import manifest, version_dir
from aoi_modules.serving.engine import EngineLoader
from aoi_modules.serving.servable import Servable
from aoi_modules.serving.warmup import warm_up

log = logging.getLogger(__name__)


class Loader:
    """Loads version directories with one engine.

    Args:
        load_engine: the engine's way to load one.
        warm_up: replay the requests that lie in the version directory before anybody else may ask.
        warm_up_rounds: how often each of them is replayed.
    """

    def __init__(self, load_engine: EngineLoader, *, warm_up: bool = True, warm_up_rounds: int = 1) -> None:
        self._load_engine = load_engine
        self._warm_up_rounds = warm_up_rounds if warm_up else 0

    def __call__(self, name: str, version: int, path: Path) -> Servable:
        """Loads one version.

        Raises:
            AoiError: the directory is damaged, is no model, or its warm-up fails.
        """
        if (path / version_dir.SUMS_NAME).is_file():
            version_dir.verify(path)
        servable = Servable(name, version, self._load_engine(path), strict=(path / manifest.FILE_NAME).is_file())
        try:
            count = warm_up(servable, path, rounds=self._warm_up_rounds)
        except AoiError as error:
            servable.retire(lambda: None)
            raise ModelError(f"{path}: warm-up failed: {error.message}") from error
        log.debug("model %s version %d: %d warm-up requests", name, version, count)
        return servable
