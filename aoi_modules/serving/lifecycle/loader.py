"""From a version directory to a servable: checksums, engine, warm-up."""

import logging
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from aoi_modules.errors import AoiError, ModelError
from aoi_modules.machine import allocator
from aoi_modules.machine.processors import processors
from aoi_modules.modelstore import layout, version_dir
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.answering.signature_check import InputCheck
from aoi_modules.serving.batching import parameters
from aoi_modules.serving.batching.parameters import Batching
from aoi_modules.serving.batching.policy import UNMERGED, Policy
from aoi_modules.serving.engine import Engine, EngineLoader
from aoi_modules.serving.lifecycle.engine_metrics import EngineMetrics
from aoi_modules.serving.lifecycle.warmup import warm_up

log = logging.getLogger(__name__)


class Loader:
    """Loads version directories with one engine.

    Args:
        load_engine: the engine's way to load one.
        warm_up: replay the requests that lie in the version directory before anybody else may ask.
        warm_up_rounds: how often each of them is replayed.
        batching: how requests to models of others are merged; those to our own servables always are.
        per_model: with `batching`, a file in the version directory says how its requests are merged, also those to our
            own servables. Requests to models of others are not merged without the file.
        threads: requests of a model of others that run at once when they are not merged; 0: twice the processors, at
            least 4, because nobody knows what they wait for.
        checks: how inputs are compared with signatures, by model; "*" is for all others. Without: fully for our own
            servables, by rank for others.
        metrics: learns what is loaded.
    """

    def __init__(
        self,
        load_engine: EngineLoader,
        *,
        warm_up: bool = True,
        warm_up_rounds: int = 1,
        batching: Batching | None = None,
        per_model: bool = False,
        threads: int = 0,
        checks: Mapping[str, InputCheck] | None = None,
        metrics: EngineMetrics | None = None,
    ) -> None:
        self._load_engine = load_engine
        self._batching = batching
        self._per_model = per_model
        self._checks = checks or {}
        self._metrics = metrics or EngineMetrics()
        self._threads = threads or max(4, 2 * processors())
        self._warm_up_rounds = warm_up_rounds if warm_up else 0

    def __call__(self, name: str, version: int, path: Path) -> Servable:
        """Loads one version.

        Raises:
            AoiError: the directory is damaged, is no model, or its warm-up fails.
        """
        try:
            return self._loaded(name, version, path)
        except OSError as error:  # a file that may not be read, or that is gone meanwhile
            file = error.filename or path
            raise ModelError(f"{path}: cannot be loaded: {file}: {error.strerror or error}") from error

    def _loaded(self, name: str, version: int, path: Path) -> Servable:
        if (path / layout.SUMS_FILE).is_file():
            version_dir.verify(path)
        ours = (path / layout.MANIFEST_FILE).is_file()
        batching = self._parameters(path, ours=ours)
        ran = partial(self._metrics.batch_ran, batching.thread_pool_name) if batching else None
        check = self._checks.get(name) or self._checks.get("*") or (InputCheck.FULL if ours else InputCheck.RANK)
        engine = self._load_engine(path)
        policy, slots = self._policy(batching, engine, ours=ours)
        servable = Servable(name, version, engine, check=check, batching=policy, slots=slots, ran=ran)
        began = time.perf_counter()
        try:
            count = warm_up(servable, path, rounds=self._warm_up_rounds)
        except AoiError as error:
            servable.retire(lambda: None)
            raise ModelError(f"{path}: warm-up failed: {error.message}") from error
        log.info("model %s version %d: engine %s, %d warm-up requests", name, version, servable.engine_name, count)
        if count:
            self._metrics.warmed_up(path, count, time.perf_counter() - began)
        self._metrics.add(servable)
        allocator.give_back()
        return servable

    def _parameters(self, path: Path, *, ours: bool) -> Batching | None:
        """How the user wants requests to be merged; None without such a wish.

        Raises:
            SettingsError: the file in the version directory cannot be used.
        """
        if self._per_model and self._batching is not None:
            return parameters.of_version(path, self._batching)
        return None if ours else self._batching

    def _policy(self, batching: Batching | None, engine: Engine, *, ours: bool) -> tuple[Policy, int]:
        """How requests are merged, and how many batches run at once."""
        if batching is not None:
            return Policy.of(batching), batching.num_batch_threads or processors()
        return (Policy.worth(engine.batch_rows), processors()) if ours else (UNMERGED, self._threads)
