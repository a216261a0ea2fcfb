"""The manifests of the versions that answer, each read once."""

import time
from collections.abc import Callable
from threading import Lock

from aoi_modules.client.base import PredictClient
from aoi_modules.client.grpc.turns import PAUSE_SECONDS, TURNS
from aoi_modules.client.rest.output_names import FRESH_SECONDS
from aoi_modules.errors import StoreError
from aoi_modules.modelstore.manifest import Manifest


class Manifests:
    """Remembers by which manifest a version's scores have to be read. Safe to share between threads.

    REST does not tell which version answered, so there the newest manifest is believed for FRESH_SECONDS.

    Args:
        client: of the model.
        first: the manifest that the client found just now; None if the model carries none.
        clock: gives seconds.
    """

    def __init__(
        self, client: PredictClient, first: Manifest | None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._clock = clock
        self._lock = Lock()
        self._known: dict[int | None, Manifest | None] = {}
        self._remember(client.endpoint.version, first)

    def of(self, version: int | None) -> Manifest | None:
        """Gives the manifest of the version that answered; None as the version where the protocol did not tell it.

        Raises:
            RpcError: no model server answers, or it refuses.
            StoreError: the manifest cannot be read, or only that of another version.
        """
        with self._lock:
            stale = version is None and self._clock() - self._read_at > FRESH_SECONDS
            if stale or version not in self._known:
                return self._remember(version, self._find(version))
            return self._known[version]

    def _find(self, version: int | None) -> Manifest | None:
        """Asks for the manifest until that of the version comes: of a name's servers only some may have it now."""
        others: set[int] = set()
        for _ in range(TURNS):
            found = self._client.find_manifest()
            if version is None or found is None or found.version == version:
                return found
            others.add(found.version)
            time.sleep(PAUSE_SECONDS)
        raise StoreError(
            f"version {version} of model {self._client.endpoint.model} answered, and no server would show its manifest "
            f"afterwards; now version {', '.join(map(str, sorted(others)))} answers",
            hint="ask about this picture again",
        )

    def _remember(self, version: int | None, manifest: Manifest | None) -> Manifest | None:
        self._read_at = self._clock()
        if manifest is not None:
            self._known[manifest.version] = manifest
        if manifest is None or version is None:
            self._known[version] = manifest
        return manifest
