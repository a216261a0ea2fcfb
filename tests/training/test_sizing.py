"""What shrinking pictures to the model's input loses, and when that is said."""

from dataclasses import replace
from pathlib import Path
from typing import Unpack

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets.picture_sizes import PictureSize
from aoi_modules.datasets.table import Pixels, Split, Table, Target, encode_png
from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import PictureInput, ScoreMap
from aoi_modules.training import profiles, recipes
from aoi_modules.training.plan import Plan, plan
from aoi_modules.training.sizing import fitted, shrinking, size_note, with_maps
from aoi_modules.training.wishes import Wishes
from tests.training.small import DEFECT, split

PICTURE = PictureInput(height=224, width=224, channels=3)


def table_of(pictures: Pixels | tuple[Path, ...]) -> Table:
    target = Target("defect", np.zeros(len(pictures), np.int64), ("good", "defect"))
    return Table(pictures, (target,), tuple(map(str, range(len(pictures)))))


def of_size(height: int, width: int) -> Split:
    return replace(split(), train=table_of(np.zeros((2, height, width, 3), np.uint8)))


def test_the_side_that_loses_more_counts() -> None:
    assert shrinking(PictureSize(3000, 4000), PICTURE) == pytest.approx(17.857, abs=1e-3)
    assert shrinking(PictureSize(112, 56), PICTURE) == 0.5


def test_warns_of_large_pictures_with_what_becomes_of_a_small_defect() -> None:
    note = size_note(planned(of_size(300, 900)))
    assert "pictures of 900 x 300 are shrunk 4.0 times to 224 x 224" in note
    assert "a defect of 7 pixels becomes 1.7" in note
    assert "--picture-size" in note
    assert "--tiles" in note


@pytest.mark.parametrize("size", [(32, 32), (224, 224), (448, 448)])
def test_is_silent_where_every_pixel_is_looked_at(size: tuple[int, int]) -> None:
    for data in (of_size(*size), replace(of_size(*size), train=of_size(*size).train.take([]))):
        assert size_note(planned(data)) == ""


def test_pictures_are_looked_at_once(tmp_path: Path) -> None:
    file = tmp_path / "0.png"
    file.write_bytes(encode_png(np.zeros((300, 900, 3), np.uint8)))
    data = replace(split(), train=table_of((file,)))
    found = planned(data, tiles=100)
    file.unlink()
    assert found.own_size == PictureSize(300, 900)
    assert "900 x 300" in size_note(replace(found, recipe=recipes.by_name("magnetic-tile")))
    assert "own_size" not in found.options()


def planned(split_: Split, **wishes: Unpack[Wishes]) -> Plan:
    recipe = replace(recipes.by_name("magnetic-tile"), heads=(DEFECT,))
    return fitted(plan(recipe, profiles.by_name("ci"), **wishes), split_)


def test_without_wishes_the_model_looks_as_the_recipe_says() -> None:
    assert planned(of_size(300, 900)).recipe.picture_input == PICTURE


def test_tiles_keep_the_pictures_own_size() -> None:
    found = planned(of_size(300, 900), tiles=100)
    assert found.tiles == (3, 9)
    assert found.recipe.picture_input == PictureInput(height=300, width=900, channels=3)
    assert found.box is None
    assert found.options()["tiles"] == "3 x 9"
    assert found.options()["picture_size"] == "300 x 900"


@pytest.mark.parametrize(
    ("tiles", "grid", "size"),
    [(224, (1, 4), (224, 896)), ((2, 7), (2, 7), (300, 903)), (1000, (1, 1), (1000, 1000))],
)
def test_the_size_becomes_whole_tiles(
    tiles: int | tuple[int, int], grid: tuple[int, int], size: tuple[int, int]
) -> None:
    found = planned(of_size(300, 900), tiles=tiles)
    assert found.tiles == grid
    assert (found.recipe.picture_input.height, found.recipe.picture_input.width) == size


def test_tiles_of_a_given_size() -> None:
    found = planned(of_size(300, 900), tiles=(2, 3), picture_size=(200, 600))
    assert found.recipe.picture_input == PictureInput(height=200, width=600, channels=3)


def test_gray_pictures_in_tiles_take_a_third_of_the_memory() -> None:
    gray = replace(split(), train=table_of(np.zeros((2, 300, 900, 1), np.uint8)))
    assert planned(gray, tiles=100).recipe.picture_input.channels == 1


def test_a_part_is_seen_as_large_as_the_whole_would_be() -> None:
    found = planned(of_size(300, 900), crop=(0.5, 0.25, 0.5, 0.5))
    assert found.recipe.picture_input == PictureInput(height=448, width=448, channels=3)
    assert found.box == (224, 112, 224, 224)


def test_tiles_of_a_part_know_where_they_are() -> None:
    found = planned(of_size(400, 800), tiles=50, crop=(0.5, 0.25, 0.5, 0.5))
    assert found.recipe.picture_input == PictureInput(height=400, width=800, channels=3)
    assert found.box == (200, 200, 200, 400)
    assert found.tiles == (4, 8)
    (head,) = with_maps(found, {"defect": (None, 1), "defect_map": (None, 4, 8)})
    assert head.map == ScoreMap(rows=4, columns=8, area=(0.5, 0.25, 0.5, 0.5))
    assert with_maps(found, {"defect": (None, 1)}) == found.recipe.heads


def test_refuses_more_pixels_than_a_decoder_reads() -> None:
    with pytest.raises(ModelError, match="expected at most 134,217,728 pixels"):
        planned(of_size(300, 900), tiles=1000, picture_size=(20_000, 20_000))


def test_refuses_numbers_beside_tiles() -> None:
    numbers = replace(of_size(300, 900).train, features=np.zeros((2, 1), np.float32), feature_names=("height_mm",))
    with pytest.raises(ModelError, match="numbers beside them: height_mm"):
        planned(replace(split(), train=numbers), tiles=100)


@given(
    st.tuples(st.integers(8, 3000), st.integers(8, 3000)),
    st.one_of(st.integers(32, 600), st.tuples(st.integers(1, 9), st.integers(1, 9))),
    st.sampled_from([None, (0.0, 0.0, 1.0, 1.0), (0.3, 0.1, 0.7, 0.33), (0.99, 0.0, 0.01, 1.0)]),
)
def test_a_part_of_whole_tiles_lies_in_the_picture(
    size: tuple[int, int], tiles: int | tuple[int, int], crop: tuple[float, float, float, float] | None
) -> None:
    found = planned(replace(split(), train=table_of(np.zeros((1, *size, 1), np.uint8))), tiles=tiles, crop=crop)
    picture = found.recipe.picture_input
    top, left, height, width = found.box or (0, 0, picture.height, picture.width)
    rows, columns = found.tiles  # type: ignore[misc]
    assert (height % rows, width % columns) == (0, 0)
    assert min(top, left, picture.height - top - height, picture.width - left - width) >= 0
