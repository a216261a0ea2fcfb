"""A model's answers about picture files, judged as the gateway judges them, without a gateway."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from aoi_modules.client.base import PredictClient
from aoi_modules.client.feature_table import Features
from aoi_modules.client.pictures import check_picture
from aoi_modules.errors import AoiError, DataError, NotAPicture, Unreachable
from aoi_modules.gateway.inspection import HeadResult, Inspection, inspect
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.verdict import Verdict


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """Which model answered; the version is null by REST, whose answers do not tell it."""

    name: str
    version: int | None


class PictureAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a model says about one picture file.

    Args:
        picture: the file.
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


def ask_about(
    client: PredictClient, pictures: Iterable[Path], features: Features | None = None
) -> Iterator[PictureAnswer]:
    """Asks about one picture after the other. What is wrong with a single picture is its own answer's error.

    Args:
        client: of the model.
        pictures: the files.
        features: what goes with each picture, for a model that takes more than pictures. Its manifest has to name the
            same ones, and so has that of every version that answers later; REST does not tell which one answers.

    Raises:
        Unreachable: no model server answers (any more).
        RpcError: the server does not know the model.
        StoreError: the model's manifest cannot be read, or is not there and features are to be sent.
    """
    read_manifest = client.find_manifest if features is None else client.manifest
    manifest = read_manifest()
    for picture in pictures:
        try:
            prediction = client.predict_pictures([_content(picture)], features.of(picture) if features else None)
            # A new version may have begun to answer meanwhile: its limits judge its scores.
            if manifest is not None and prediction.version not in (None, manifest.version):
                manifest = read_manifest()
            if manifest is not None and features is not None:
                _check_features(features, manifest, client.model)
            inspection = inspect(prediction.scores, manifest, {})
        except Unreachable:
            raise
        except AoiError as error:
            yield PictureAnswer(picture=str(picture), error=str(error))
            continue
        yield PictureAnswer(
            picture=str(picture),
            model=Answered(name=prediction.model, version=prediction.version),
            verdict=_verdict(inspection),
            heads=inspection.heads,
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
