"""Heads on tiles, learnt from pictures of which nobody says where the defect is."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from aoi_modules.datasets.table import Table, Target
from aoi_modules.training.fitting.fit import Schedule
from aoi_modules.training.fitting.tiles import MOST_TILES, TiledPictures, heads_on_tiles
from aoi_modules.training.networks.heads import Scale
from tests.training.small import DEFECT

TILES, WIDTH = 20, 8
PLACE = 3
"""The tile that shows the defect, in the first picture with one."""


def pictures(count: int, seed: int, *, weights: np.ndarray | None = None) -> TiledPictures:
    """Noise; one tile of every second picture has a defect, each in another place: float32 (count, 20, 8)."""
    random = np.random.default_rng(seed)
    features: NDArray[np.float32] = random.normal(5, 1, (count, TILES, WIDTH)).astype(np.float32)
    labels = np.arange(count, dtype=np.int64) % 2
    for number in np.flatnonzero(labels):
        features[number, place(int(number)), 2:4] += 9
    target = Target("defect", labels, ("good", "defect"), weights)
    table = Table(np.zeros((count, 1, 1, 1), np.uint8), (target,), tuple(map(str, range(count))))
    return TiledPictures(features, table)


def place(number: int) -> int:
    return (PLACE + number - 1) % TILES


def test_the_tile_unlike_all_good_ones_is_the_first_guess() -> None:
    given = pictures(12, 1)
    found = given.unlike(DEFECT, Scale.of(given.of_good(1000)))
    assert found.tolist() == [place(number) if number % 2 else -1 for number in range(12)]


def test_of_a_picture_with_a_defect_only_the_chosen_tile_counts() -> None:
    given = pictures(4, 2)
    examples = given.examples({"defect": np.array([-1, 5, -1, 7])}, weighted=False)
    target = examples.table.target("defect")
    assert target.weights is not None
    assert examples.values.shape == (1, 4 * TILES, WIDTH)
    assert target.weights.sum() == 2 * TILES + 2
    counted = target.weights > 0
    np.testing.assert_array_equal(examples.values[0, counted & (target.values == 1)], given.features[[1, 3], [5, 7]])


def test_good_and_defect_count_alike_where_that_is_wanted() -> None:
    target = pictures(6, 3).examples({"defect": np.array([-1, 1, -1, 2, -1, 3])}, weighted=True).table.main
    assert target.weights is not None
    assert target.weights[target.values == 1].sum() == pytest.approx(target.weights[target.values == 0].sum())


def test_a_picture_that_does_not_count_gives_no_tile_that_does() -> None:
    given = pictures(4, 4, weights=np.array([1, 0, 1, 1], np.float32))
    target = given.examples({"defect": np.array([-1, 5, -1, 7])}, weighted=False).table.main
    assert target.weights is not None
    assert target.weights.sum() == 2 * TILES + 1


def test_of_very_many_tiles_each_picture_gives_some() -> None:
    many = TiledPictures(np.zeros((2, MOST_TILES * 2, 1), np.float32), pictures(2, 5).table)
    examples = many.examples({"defect": np.array([-1, 9])}, weighted=False)
    assert MOST_TILES <= examples.values.shape[1] <= MOST_TILES + 1


def test_the_head_finds_the_defect_of_pictures_that_it_never_saw(tmp_path: Path) -> None:
    lines: list[str] = []
    model, history = heads_on_tiles(
        (DEFECT,),
        pictures(30, 6),
        pictures(12, 7),
        Schedule(epochs=12, batch_size=64, learning_rate=0.02),
        l2=0.01,
        weighted=True,
        work=tmp_path,
        log=lines.append,
    )
    unseen = pictures(20, 8)
    found = unseen.worst(DEFECT, model)
    assert found.tolist() == [place(number) if number % 2 else -1 for number in range(20)]
    scores = np.asarray(model({"picture_features": unseen.features.reshape(-1, WIDTH)})["defect"]).reshape(20, TILES)
    assert scores.max(axis=1)[1::2].min() > scores.max(axis=1)[::2].max()
    assert len(history["loss"]) == 12
    assert lines[0] == "turn 1: 600 of 600 tiles"
    assert (tmp_path / "turn-1").is_dir()
