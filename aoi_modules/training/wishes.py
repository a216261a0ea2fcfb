"""What a caller may wish of a training: the choices that a recipe or a profile would make otherwise. No TensorFlow."""

from typing import Literal, TypedDict

from aoi_modules.training.networks.catalogue import Pooling

Imbalance = Literal["none", "class-weights", "focal-loss", "oversampling"]
IMBALANCES: tuple[Imbalance, ...] = ("none", "class-weights", "focal-loss", "oversampling")
ScheduleShape = Literal["plateau", "cosine"]
Crop = tuple[float, float, float, float]
Tiles = int | tuple[int, int]


class Wishes(TypedDict, total=False):
    """The choices of a training. One that is left out, or None, is made by the recipe and the profile.

    Args:
        backbone: name of the network under the heads.
        pooling: how its maps become features.
        epochs: of the training, or of its first phase.
        fine_tune: epochs of a second phase that trains the backbone's upper part too; 0 for none.
        fine_tune_share: of the backbone's layers, counted from the top, that the second phase trains; in (0, 1].
        batch_size: pictures a step.
        learning_rate: the highest that a step of the first phase takes.
        fine_tune_rate: the highest that a step of the second phase takes.
        schedule: how the learning rate of the first phase changes, see `fit.Schedule`.
        cached: whether a frozen backbone's features are computed once and kept on the disk.
        augment: whether training pictures are changed at random, or, with cached features, mirrored.
        imbalance: what is done about rare labels.
        patience: epochs without a better validation loss after which training stops; 0 never stops early.
        escape_target: share of the defective parts that may pass at the threshold, in [0, 1).
        good_only: whether the model learns from good pictures alone: a part far from all of them is defective.
        overkill_target: share of the good parts that may fail at the threshold of such a model, in [0, 1).
        mixed_precision: whether layers compute in float16 on a GPU; outputs stay float32.
        mirrored: whether all GPUs of the machine share the work.
        picture_size: height and width of what the network looks at, in pixels.
        crop: the part of every picture that the network looks at: top, left, height, width as shares, in [0, 1].
        tiles: rows and columns of tiles, or the side of a tile in pixels; the network looks at each tile alone, and the
            worst one judges the picture. Without a `picture_size` the pictures keep their own.
    """

    backbone: str | None
    pooling: Pooling | None
    epochs: int | None
    fine_tune: int | None
    fine_tune_share: float | None
    batch_size: int | None
    learning_rate: float | None
    fine_tune_rate: float | None
    schedule: ScheduleShape | None
    cached: bool | None
    augment: bool | None
    imbalance: Imbalance | None
    patience: int | None
    escape_target: float | None
    good_only: bool | None
    overkill_target: float | None
    mixed_precision: bool | None
    mirrored: bool | None
    picture_size: tuple[int, int] | None
    crop: Crop | None
    tiles: Tiles | None
