"""Both versions on a model server of this machine, asked about the same pictures."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.measuring import parity
from aoi_modules.closing import Closing
from aoi_modules.errors import PromotionError
from aoi_modules.judging.inspection import ModelVersion, judge
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.modelstore.golden import Golden
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.promotion import timing
from aoi_modules.promotion.timing import Ratio
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.serving.model_config import VersionPolicy
from aoi_modules.verdict import Verdict
from aoi_modules.wire.tensors import Array

START_SECONDS, CALL_SECONDS = 180.0, 60.0
"""For both versions to load, and for a call: nobody waits at the line, and the machine may be busy."""


class Trial(Closing):
    """Runs `aoi serve` with both versions; a context manager that stops it.

    Args:
        model: its name.
        base_path: folder of its versions.
        versions: the two.

    Raises:
        AoiError: the server did not start; the message holds the end of its log.
    """

    def __init__(self, model: str, base_path: Path, versions: tuple[int, int]) -> None:
        self._model, self._base_path = model, base_path
        policy = VersionPolicy(specific=versions)
        self._server = EmbeddedServer({model: base_path}, versions=policy, start_timeout=START_SECONDS)

    def close(self) -> None:
        """Stops the server."""
        self._server.close()

    def verdicts(self, manifest: Manifest, files: Sequence[Path], limits: Mapping[str, HeadLimits]) -> list[Verdict]:
        """Judges N pictures, as the gateway would.

        Args:
            manifest: of the version that is asked.
            files: of the pictures.
            limits: by head, over those of the manifest.

        Raises:
            PromotionError: the version takes numbers beside a picture, which nobody keeps.
            AoiError: it does not answer.
        """
        if manifest.features:
            raise PromotionError(
                f"{self._model} {manifest.version} takes numbers beside each picture ({', '.join(manifest.features)}),"
                " which are not kept with inspections",
                hint="compare it at the line, as a shadow: aoi results compare",
            )
        model = ModelVersion(name=self._model, version=manifest.version)
        with self._client(manifest.version) as client:
            return [
                judge(row, manifest, limits, component=manifest.component, model=model).verdict
                for start in range(0, len(files), parity.PICTURES_A_CALL)
                for row in _rows(client, files[start : start + parity.PICTURES_A_CALL])
            ]

    def parity(self, manifest: Manifest, tolerance: float) -> parity.Parity:
        """Compares a version's served scores with those that its source gave to its golden pictures."""
        golden = Golden.read(self._base_path / str(manifest.version))
        with self._client(manifest.version) as client:
            return parity.compare(manifest, golden, {"gRPC": parity.model_way(client)}, tolerance)

    def latency(self, incumbent: int, candidate: int, picture: bytes, *, rounds: int, calls: int) -> Ratio:
        """Measures how long both take for a picture, by turns."""
        with self._client(incumbent) as first, self._client(candidate) as second:
            return timing.measure(
                lambda: first.predict_pictures([picture]),
                lambda: second.predict_pictures([picture]),
                rounds=rounds,
                calls=calls,
            )

    @contextmanager
    def _client(self, version: int) -> Iterator[GrpcClient]:
        with GrpcClient(Endpoint(self._server.grpc, self._model, version=version, timeout=CALL_SECONDS)) as client:
            yield client


def _rows(client: GrpcClient, files: Sequence[Path]) -> Iterator[dict[str, Array]]:
    """The scores of each picture alone."""
    scores = client.predict_pictures([file.read_bytes() for file in files]).scores
    for number in range(len(files)):
        yield {head: values[number : number + 1] for head, values in scores.items()}
