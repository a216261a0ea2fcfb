"""A model's answers about picture files, judged as the gateway judges them, without a gateway."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from aoi_modules.client.base import PredictClient
from aoi_modules.client.pictures import check_picture
from aoi_modules.errors import AoiError, NotAPicture, Unreachable
from aoi_modules.gateway.inspection import HeadResult, inspect
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
        verdict: None if the model carries no manifest and so no limits.
        heads: what each head says.
        error: why there is no answer; empty when there is one.
    """

    picture: str
    model: Answered | None = None
    verdict: Verdict | None = None
    heads: tuple[HeadResult, ...] = ()
    error: str = ""


def ask_about(client: PredictClient, pictures: Iterable[Path]) -> Iterator[PictureAnswer]:
    """Asks about one picture after the other. What is wrong with a single picture is its own answer's error.

    Raises:
        Unreachable: no model server answers (any more).
        RpcError: the server does not know the model.
        StoreError: the model's manifest cannot be read.
    """
    manifest = client.find_manifest()
    for picture in pictures:
        try:
            prediction = client.predict_pictures([_content(picture)])
            # A new version may have begun to answer meanwhile: its limits judge its scores.
            if manifest is not None and prediction.version not in (None, manifest.version):
                manifest = client.find_manifest()
            inspection = inspect(prediction.scores, manifest, {})
        except Unreachable:
            raise
        except AoiError as error:
            yield PictureAnswer(picture=str(picture), error=str(error))
            continue
        yield PictureAnswer(
            picture=str(picture),
            model=Answered(name=prediction.model, version=prediction.version),
            verdict=inspection.verdict if manifest is not None else None,
            heads=inspection.heads,
        )


def _content(picture: Path) -> bytes:
    try:
        content = picture.read_bytes()
    except OSError as error:
        raise NotAPicture(f"cannot be read: {error.strerror}") from None
    check_picture(content)
    return content
