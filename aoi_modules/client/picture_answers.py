"""A model's answers about picture files, judged as the gateway judges them, without a gateway."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import msgspec

from aoi_modules.client.base import PredictClient, Prediction
from aoi_modules.client.feature_table import Features
from aoi_modules.client.rest.output_names import FRESH_SECONDS
from aoi_modules.errors import AoiError, DataError, NotAPicture, Unreachable
from aoi_modules.judging.inspection import HeadResult, Inspection, inspect
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.pictures import check_picture
from aoi_modules.verdict import Verdict


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """Which model answered; the version is null by REST, whose answers do not tell it."""

    name: str
    version: int | None


class PictureAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a model says about one picture file.

    Args:
        picture: the file; bytes of its name that are no UTF-8 as `\\udcff`.
        model: that answered; None if none did.
        verdict: the worst of the heads' verdicts; None if no head has one, as of a model that only tells values, or
            that carries no manifest and so no limits.
        heads: what each head says.
        error: why there is no answer; empty when there is one.
    """

    picture: str
    model: Answered | None = None
    verdict: Verdict | None = None
    heads: tuple[HeadResult, ...] = ()
    error: str = ""


class PictureAsker:
    """Asks a model about one picture at a time, and judges its scores. Safe to share between threads.

    The limits that judge are those of the version that answered; its manifest is read once. REST does not tell which
    version answered, so there the newest manifest is believed for FRESH_SECONDS.

    Args:
        client: of the model.
        features: what goes with each picture, for a model that takes more than pictures. Its manifest has to name the
            same ones, and so has that of every version that answers later.
        clock: gives seconds.

    Raises:
        Unreachable: no model server answers.
        RpcError: the server does not know the model.
        StoreError: the model's manifest cannot be read, or is not there and features are to be sent.
    """

    def __init__(
        self, client: PredictClient, features: Features | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._features = features
        self._clock = clock
        self._lock = Lock()
        self._manifests: dict[int | None, Manifest | None] = {}
        self._read_manifest(client.version)

    def ask(self, picture: Path) -> PictureAnswer:
        """What the model says about a picture. What is wrong with this picture alone is its answer's error.

        Raises:
            Unreachable: no model server answers any more.
        """
        name = str(picture).encode(errors="backslashreplace").decode()
        try:
            prediction, inspection = self._inspected(picture)
        except Unreachable:
            raise
        except AoiError as error:
            return PictureAnswer(picture=name, error=str(error))
        return PictureAnswer(
            picture=name,
            model=Answered(name=prediction.model, version=prediction.version),
            verdict=_verdict(inspection),
            heads=inspection.heads,
        )

    def _inspected(self, picture: Path) -> tuple[Prediction, Inspection]:
        content = _content(picture)
        prediction = self._client.predict_pictures([content], self._features.of(picture) if self._features else None)
        manifest = self._manifest_of(prediction.version)
        if manifest is not None and self._features is not None:
            _check_features(self._features, manifest, self._client.model)
        return prediction, inspect(prediction.scores, manifest, {})

    def _manifest_of(self, version: int | None) -> Manifest | None:
        with self._lock:
            old = version is None and self._clock() - self._read_at > FRESH_SECONDS
            if old or version not in self._manifests:
                return self._read_manifest(version)
            return self._manifests[version]

    def _read_manifest(self, version: int | None) -> Manifest | None:
        """Reads the manifest of the version that answers now; another one than `version` may have begun to."""
        manifest = self._client.find_manifest() if self._features is None else self._client.manifest()
        self._read_at = self._clock()
        if manifest is not None:
            self._manifests[manifest.version] = manifest
        if manifest is None or version is None:
            self._manifests[version] = manifest
        return manifest


def _check_features(sent: Features, manifest: Manifest, model: str) -> None:
    """Makes sure that the model took the numbers for what they are.

    Raises:
        DataError: it takes other features, or the same ones in another order.
    """
    if manifest.features != sent.names:
        raise DataError(
            f"version {manifest.version} of model {model} answered, which takes other features: "
            f"{', '.join(manifest.features) or 'none'}. Sent: {', '.join(sent.names)}",
            hint="ask again, or ask one --version",
        )


def _verdict(inspection: Inspection) -> Verdict | None:
    """None if no head has one: a part on the line needs its verdict, and the gateway says REVIEW; a file needs none."""
    judged = any(head.verdict is not None for head in inspection.heads)
    return inspection.verdict if judged else None


def _content(picture: Path) -> bytes:
    try:
        content = picture.read_bytes()
    except OSError as error:
        raise NotAPicture(f"cannot be read: {error.strerror}") from None
    check_picture(content)
    return content
