"""What the size of the data's pictures means for a training: what the model looks at, and what shrinking loses.

Imports no TensorFlow.
"""

from collections.abc import Mapping
from dataclasses import replace

import msgspec

from aoi_modules.datasets.picture_sizes import PictureSize, typical_size
from aoi_modules.datasets.table import Split
from aoi_modules.errors import Argument, ModelError
from aoi_modules.modelstore.layout import map_name
from aoi_modules.modelstore.manifest import Head, PictureInput, ScoreMap
from aoi_modules.pictures.formats import MAX_PIXELS
from aoi_modules.training.plan import Plan

MOST_SHRINKING = 2.0
"""Pictures that are shrunk more often than this are warned about: the resize looks at four neighbours of each place, so
beyond it there are pixels that nobody looks at."""
SMALL_DEFECT = 7
"""Pixels of the defect that the warning speaks of."""


def fitted(plan: Plan, split: Split) -> Plan:
    """Makes the choices that depend on the pictures: how many tiles there are, and which part of a picture is seen.

    The recipe's picture becomes the whole picture as the model takes it. A network that looks at a part of it (`crop`)
    looks at that part as large as it would at all.

    Raises:
        ModelError: tiles are wanted of what has none, or the picture would be too large.
    """
    plan = replace(plan, own_size=typical_size(split.train))
    if plan.tiles is None and plan.crop is None and not plan.good_only:
        return plan
    size = _looked_at(plan)
    grid = None
    if plan.tiles is not None:
        _check_tiles(plan, split)
        grid, size = _tiles(plan.tiles, size)
    picture, box = _whole(size, plan.crop or (0.0, 0.0, 1.0, 1.0), plan.recipe.picture_input.channels)
    if picture.height * picture.width > MAX_PIXELS:
        wrong = Argument("picture_size", ...)
        raise ModelError(
            f"picture: expected at most {MAX_PIXELS:,} pixels. Received: {picture.width} x {picture.height}",
            hint=f"let the model look at smaller pictures: {wrong}",
            arguments=[wrong],
        )
    if grid is not None and size.gray:  # a third of the memory; the network gets the same numbers
        picture = msgspec.structs.replace(picture, channels=1)
    recipe = replace(plan.recipe, picture_input=picture)
    whole = box == (0, 0, picture.height, picture.width)
    return replace(plan, recipe=recipe, tiles=grid, picture_size=(size.height, size.width), box=None if whole else box)


def with_maps(plan: Plan, shapes: Mapping[str, tuple[int | None, ...]]) -> tuple[Head, ...]:
    """Gives the plan's heads with the maps that the model has.

    Args:
        plan: `fitted`.
        shapes: of the model's outputs by name.
    """
    picture = plan.recipe.picture_input
    top, left, height, width = plan.box or (0, 0, picture.height, picture.width)
    area = (top / picture.height, left / picture.width, height / picture.height, width / picture.width)
    heads = []
    for head in plan.recipe.heads:
        match shapes.get(map_name(head.name)):
            case (_, int(rows), int(columns)):
                heads.append(msgspec.structs.replace(head, map=ScoreMap(rows=rows, columns=columns, area=area)))
            case _:
                heads.append(head)
    return tuple(heads)


def work_in_words(plan: Plan) -> str:
    """Says how large the work is: the pictures, what is seen of them at once, how many at a time, the network.

    Args:
        plan: `fitted`.
    """
    picture, seen = plan.recipe.picture_input, plan.seen
    parts = f", in {plan.grid[0]} x {plan.grid[1]} tiles" if plan.grid != (1, 1) else ""
    parts = f", {seen.width} x {seen.height} of it" if plan.grid == (1, 1) and plan.box else parts
    return f"pictures of {picture.width} x {picture.height}{parts}, {plan.batch_size} in a batch, by {plan.backbone}"


def smaller_work(plan: Plan) -> tuple[str, tuple[Argument, ...]]:
    """Says what would take less memory, and the arguments that this names."""
    ways = (
        Argument("batch_size", max(1, plan.batch_size // 2)),
        Argument("picture_size", ...),
        Argument("backbone", ...),
    )
    return f"fewer pictures at a time, {ways[0]}; smaller ones, {ways[1]}; or a smaller network, {ways[2]}", ways


def shrinking(size: PictureSize, picture: PictureInput) -> float:
    """Computes how many times the pictures are shrunk, by the side that loses more; under 1 they are enlarged."""
    return max(size.height / picture.height, size.width / picture.width)


def size_note(plan: Plan) -> str:
    """Warns of pictures that are shrunk so much that small defects vanish; empty where they are not.

    Args:
        plan: `fitted`, so it knows the size of the data's pictures.
    """
    picture, size = plan.recipe.picture_input, plan.own_size
    if size is None or (times := shrinking(size, picture)) <= MOST_SHRINKING:
        return ""
    left = SMALL_DEFECT / times
    return (
        f"pictures of {size} are shrunk {times:.1f} times to {picture.width} x {picture.height}: a defect of "
        f"{SMALL_DEFECT} pixels becomes {left:.1f} and may not be seen at all; let the model look at more pixels, by "
        "--picture-size or --tiles"
    )


def _looked_at(plan: Plan) -> PictureSize:
    """The size of what the network sees: as asked for, else with tiles the pictures' own, else the recipe's."""
    own = plan.own_size
    gray = own is not None and own.gray
    if plan.picture_size is not None:
        return PictureSize(*plan.picture_size, gray=gray)
    if plan.tiles is None or own is None:
        return PictureSize(plan.recipe.picture_input.height, plan.recipe.picture_input.width, gray=gray)
    _, _, height, width = plan.crop or (0.0, 0.0, 1.0, 1.0)
    return PictureSize(round(own.height * height), round(own.width * width), gray=gray)


def _tiles(tiles: int | tuple[int, int], size: PictureSize) -> tuple[tuple[int, int], PictureSize]:
    """The grid, and the size as whole tiles of it: the nearest one."""
    if isinstance(tiles, int):
        grid = max(1, round(size.height / tiles)), max(1, round(size.width / tiles))
        return grid, replace(size, height=grid[0] * tiles, width=grid[1] * tiles)
    high, wide = max(1, round(size.height / tiles[0])), max(1, round(size.width / tiles[1]))
    return tiles, replace(size, height=tiles[0] * high, width=tiles[1] * wide)


def _whole(
    size: PictureSize, crop: tuple[float, float, float, float], channels: int
) -> tuple[PictureInput, tuple[int, int, int, int]]:
    """The whole picture of which a part has that size, and the part in it: top, left, height, width in pixels."""
    top, left, height, width = crop
    picture = PictureInput(
        height=max(size.height, round(size.height / height)),
        width=max(size.width, round(size.width / width)),
        channels=channels,
    )
    first = min(round(top * picture.height), picture.height - size.height)
    second = min(round(left * picture.width), picture.width - size.width)
    return picture, (first, second, size.height, size.width)


def _check_tiles(plan: Plan, split: Split) -> None:
    if split.train.features is not None:
        tiles = Argument("tiles")
        raise ModelError(
            f"{tiles}: expected pictures alone. Received: numbers beside them: {', '.join(split.train.feature_names)}",
            hint="leave the columns of numbers out",
            arguments=[tiles],
        )
