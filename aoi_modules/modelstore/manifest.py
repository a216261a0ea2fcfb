"""What a servable is: component, heads, labels, thresholds, origin. One JSON file inside each version directory.

Labels and thresholds travel inside the servable, so that no gateway or client keeps a copy that grows stale.

Gateways and clients may be older than the release that wrote a manifest. They pass over fields that they do not know.
So a new field needs a default, by which a part is judged as before; a field without which a part would be judged
wrongly needs the next `format`, which older releases refuse.
"""

from pathlib import Path
from typing import Literal

import msgspec

from aoi_modules.errors import StoreError
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.format_number import UPGRADE, UnknownFormat, check_format
from aoi_modules.modelstore.learnt_units import LearntUnits
from aoi_modules.modelstore.reference import Reference
from aoi_modules.verdict import Limits

FORMAT = 1
FLOAT32_TOLERANCE = 5e-5
"""How far scores may be from golden ones by default, on whatever processor.

Each processor adds float32 numbers in the order that its vector units like, and weights that are folded add otherwise
than Keras does. Scores of a MobileNetV2 were up to 2.3e-5 away from those in float64, and either of the two that are
compared may be that far on its side.
"""
HeadKind = Literal["defect", "class", "value"]
GoldenBy = Literal["own reading", "author's scores"]
"""Who says what is right: the model as it was read here, or the framework of its author, by `--expect`."""


class ScoreMap(msgspec.Struct, frozen=True, kw_only=True):
    """A head's map: the scores of the parts of a picture, of which the worst is the picture's score.

    `area` is the rectangle of the picture that the cells share out evenly, as shares of its height and width: top,
    left, height, width.
    """

    rows: int
    columns: int
    area: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """One model of the component, one named output of the servable.

    `defect`: output (N, 1), the score that the part has the defect. `class`: (N, K), one probability per label; with
    `good`, the labels of good parts, it judges by 1 - the sum of theirs, and else nothing. `value`: (N, 1), a measured
    quantity, which judges nothing. A head with a `map` has one more output, `layout.map_name(name)`,
    (N, rows, columns).
    """

    name: str
    kind: HeadKind
    labels: tuple[str, ...]
    good: tuple[str, ...] = ()
    threshold: float | None = None
    review_band: tuple[float, float] | None = None
    metrics: dict[str, float] = {}
    map: ScoreMap | None = None

    @property
    def judges(self) -> bool:
        """Whether it tells good parts from others, so that a threshold makes verdicts of its scores."""
        return self.kind == "defect" or bool(self.good)

    @property
    def limits(self) -> Limits | None:
        """When the head fails a part; None for a head that judges nothing."""
        return None if self.threshold is None else Limits(self.threshold, self.review_band)


class PictureInput(msgspec.Struct, frozen=True, kw_only=True):
    """What the heads look at: the graph resizes every picture to `height` x `width` pixels, `channels` 1 or 3."""

    height: int
    width: int
    channels: int


class DataOrigin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The data set that the source model learnt from; `stand_in` when it was drawn, not photographed.

    Of one that lay in a bucket, its `address` without keys, and how many `objects` it had.
    """

    name: str
    sha256: str
    stand_in: bool
    address: str = ""
    objects: int | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One of the trained models that were merged into a servable."""

    heads: tuple[str, ...]
    picture: PictureInput
    file: str = ""
    sha256: str = ""
    data: DataOrigin | None = None
    profile: str | None = None
    golden: GoldenBy = "own reading"
    reference: Reference | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one servable version that is not in its graph.

    `picture`, `data`, `profile` and `source_sha256` are those of the source model. Of several merged sources `picture`
    is the largest, with as many channels as the signature `pixels` takes, and each of the others stands here only if
    it is the same for all; `sources` has what belongs to each. `tolerance` is how far scores may be from golden ones.
    `golden` is `author's scores` only if all sources have them. `reference` is what the pictures were like that the
    sources learnt from, as far as their trainings tell: None where none does. `units` are those of a line that any of
    the sources learnt from: None where one of them does not tell.
    """

    component: str
    version: int
    heads: tuple[Head, ...]
    picture: PictureInput
    features: tuple[str, ...] = ()
    data: DataOrigin | None = None
    profile: str | None = None
    source_sha256: str = ""
    sources: tuple[Source, ...] = ()
    precision: Literal["float32", "float16"] = "float32"
    tolerance: float = FLOAT32_TOLERANCE
    golden: GoldenBy = "own reading"
    reference: Reference | None = None
    units: LearntUnits | None = None
    tools: dict[str, str] = {}
    format: int = FORMAT

    @property
    def origins(self) -> list[DataOrigin]:
        """From which data sets it and its sources learnt, as far as they tell."""
        told = [self.data, *(source.data for source in self.sources)]
        return [origin for origin in told if origin is not None]

    def head(self, name: str) -> Head:
        """The head of that name.

        Raises:
            StoreError: there is none; the message lists the names there are.
        """
        for head in self.heads:
            if head.name == name:
                return head
        known = ", ".join(head.name for head in self.heads)
        raise StoreError(f"component {self.component} version {self.version} has no head {name!r}; it has: {known}")

    def write(self, version_dir: Path) -> None:
        """Writes the manifest to its place in a version directory."""
        file = version_dir / layout.MANIFEST_FILE
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(self.to_json())

    def to_json(self) -> bytes:
        """The manifest as its file holds it and as the signature `manifest` answers it."""
        return msgspec.json.format(msgspec.json.encode(self, order="sorted"), indent=2)

    @classmethod
    def from_json(cls, text: bytes | str, origin: str) -> "Manifest":
        """Reads a manifest; `origin` names the file or server in the error.

        Raises:
            StoreError: not JSON, or not a manifest, and says which field; or of a format that is not read here.
        """
        try:
            check_format(text, FORMAT)
            return msgspec.json.decode(text, type=cls)
        except UnknownFormat as error:
            raise StoreError(f"{origin}: {error}", hint=UPGRADE) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise StoreError(f"{origin}: not a manifest of format {FORMAT}: {error}") from None


def read(version_dir: Path) -> Manifest:
    """The manifest of a version directory.

    Raises:
        StoreError: there is none, or it is not one.
    """
    path = version_dir / layout.MANIFEST_FILE
    try:
        return Manifest.from_json(path.read_bytes(), str(path))
    except FileNotFoundError:
        raise StoreError(
            f"{path}: no manifest there", hint="aoi export writes servables with a manifest inside"
        ) from None
