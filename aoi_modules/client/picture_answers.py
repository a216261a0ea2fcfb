"""A model's answers about picture files, judged as the gateway judges them, without a gateway."""

from dataclasses import dataclass
from pathlib import Path

from aoi_modules.client.base import PredictClient
from aoi_modules.client.feature_table import Features
from aoi_modules.client.manifests import Manifests
from aoi_modules.client.replies import required
from aoi_modules.errors import AoiError, DataError, NotAPicture, Unreachable
from aoi_modules.judging.inspection import HeadResult, Inspection, ModelVersion, judge
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.pictures.decoding import decode
from aoi_modules.verdict import Verdict


@dataclass(frozen=True)
class PictureAnswer:
    """What a model says about one picture file.

    Args:
        picture: the file; bytes of its name that are no UTF-8 as `\\udcff`.
        inspection: what was found; None if there is no answer.
        error: why there is no answer; empty when there is one.
    """

    picture: str
    inspection: Inspection | None = None
    error: str = ""

    @property
    def model(self) -> ModelVersion | None:
        """The model that answered; None if none did."""
        return self.inspection.model if self.inspection else None

    @property
    def verdict(self) -> Verdict | None:
        """The worst of the heads' verdicts.

        None if no head has one: the model only tells values, or carries no manifest and so no limits. A part on the
        line needs a verdict all the same, and the gateway says REVIEW; a file needs none.
        """
        return self.inspection.verdict if self.inspection and self.inspection.is_judged else None

    @property
    def heads(self) -> tuple[HeadResult, ...]:
        """What each head says; empty if there is no answer."""
        return self.inspection.heads if self.inspection else ()


class PictureAsker:
    """Asks a model about one picture at a time, and judges its scores. Safe to share between threads.

    The limits that judge are those of the version that answered.

    Args:
        client: of the model.
        manifests: of the model's versions.
        features: what goes with each picture, for a model that takes more than pictures. The manifest of every version
            that answers has to name the same ones.
    """

    def __init__(self, client: PredictClient, manifests: Manifests, features: Features | None = None) -> None:
        self._client = client
        self._manifests = manifests
        self._features = features

    def ask(self, picture: Path) -> PictureAnswer:
        """Asks about a picture. What is wrong with this picture alone is its answer's error.

        Raises:
            Unreachable: no model server answers any more.
        """
        name = str(picture).encode(errors="backslashreplace").decode()
        try:
            return PictureAnswer(name, self._inspection(picture))
        except Unreachable:
            raise
        except AoiError as error:
            return PictureAnswer(name, error=str(error))

    def _inspection(self, picture: Path) -> Inspection:
        content = _content(picture)
        prediction = self._client.predict_pictures([content], self._features.of(picture) if self._features else None)
        manifest = self._manifests.of(prediction.version)
        if self._features is not None:
            _check_features(self._features, required(manifest, self._client.endpoint), self._client.endpoint.model)
        return judge(
            prediction.scores,
            manifest,
            {},
            component=prediction.model if manifest is None else manifest.component,
            model=ModelVersion(name=prediction.model, version=prediction.version),
        )


def _check_features(sent: Features, manifest: Manifest, model: str) -> None:
    """Makes sure that the model took the numbers for what they are.

    Raises:
        DataError: it takes other features, or the same ones in another order.
    """
    if manifest.features != sent.names:
        raise DataError(
            f"version {manifest.version} of model {model} answered, which takes other features: "
            f"{', '.join(manifest.features) or 'none'}. Sent: {', '.join(sent.names)}",
            hint="ask again, or ask one version",
        )


def _content(picture: Path) -> bytes:
    try:
        content = picture.read_bytes()
    except OSError as error:
        raise NotAPicture(f"cannot be read: {error.strerror}") from None
    decode(content)
    return content
