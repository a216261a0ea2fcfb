"""Magnetic tiles: pictures of one tile stay together; masks and kinds."""

from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets import magnetic_tile
from aoi_modules.datasets.magnetic_tile import fold_by_id, tiles
from aoi_modules.datasets.sources.catalogue import small_tile_sums
from aoi_modules.datasets.sources.finding import Found
from aoi_modules.datasets.table import Table, Target, encode_png
from aoi_modules.errors import DataError, NotAPicture
from aoi_modules.modelstore.manifest import DataOrigin
from tests.datasets.mirror import real
from tests.datasets.small_tiles import put_tiles, small_tiles

DRAWN = Found("magnetic-tile", None, "stand-in", DataOrigin(name="magnetic-tile", sha256="", stand_in=True))
UPSTREAM = sorted(name for name in small_tile_sums() if name.endswith(".jpg"))


def shot(kind: str, exposure: int, number: int) -> str:
    return f"MT_{kind}/Imgs/exp{exposure}_num_{number}.jpg"


def series(kind: str, start: int, step: int = 20) -> list[str]:
    return [shot(kind, exposure, start + exposure * step) for exposure in range(1, 7)]


def test_six_exposures_of_a_tile_are_one_group() -> None:
    first, second = series("Free", 1000), series("Crack", 2000)
    assert tiles(second + first) == [first, second]


def test_a_late_exposure_still_belongs_to_its_tile() -> None:
    names = [*series("Crack", 1000)[:5], shot("Crack", 6, 2500)]
    assert tiles(names) == [names]


def test_trial_shots_do_not_count_as_exposures() -> None:
    first = [shot("Uneven", 0, 990), *series("Uneven", 1000)]
    assert tiles(first + series("Free", 2000)) == [first, series("Free", 2000)]


@pytest.mark.parametrize("name", ["tile.jpg", "MT_Free/Imgs/exp_num_3.jpg", "MT_Free/exp1_num_3.jpg"])
def test_foreign_names_are_refused(name: str) -> None:
    with pytest.raises(DataError, match="picture name"):
        tiles([name])


def test_upstreams_neighbours_never_part() -> None:
    """Checked without the grouping rule: the six exposures of a tile follow each other within some 150 numbers."""
    fold_of = fold_by_id(UPSTREAM)
    ordered = sorted((int(name.rpartition("_")[2][:-4]), name) for name in UPSTREAM)
    near = [(a, b) for (i, a), (j, b) in pairwise(ordered) if j - i <= 150]
    assert len(near) > 1000
    assert all(fold_of[a] == fold_of[b] for a, b in near)


def test_every_fold_of_upstream_has_every_kind() -> None:
    kinds: dict[int, Counter[str]] = defaultdict(Counter)
    for name, fold in fold_by_id(UPSTREAM).items():
        kinds[fold][name.split("/")[0]] += 1
    assert sorted(kinds) == [0, 1, 2, 3, 4]
    assert all(len(counts) == 6 for counts in kinds.values())
    sizes = [sum(counts.values()) for counts in kinds.values()]
    assert max(sizes) < 1.4 * min(sizes)


@given(st.permutations(UPSTREAM[:60]))
def test_the_deal_does_not_depend_on_the_order(names: list[str]) -> None:
    assert fold_by_id(names) == fold_by_id(UPSTREAM[:60])


def test_the_stand_in_has_good_and_every_defect_in_every_table() -> None:
    origin = DataOrigin(name="magnetic-tile", sha256="", stand_in=True)
    split = magnetic_tile.load(found=Found("magnetic-tile", None, "stand-in", origin))
    for table in (split.train, split.validation, split.test):
        assert set(table.kinds) == {"Free", "Blowhole", "Break", "Crack", "Fray", "Uneven"}
        assert table.labels.tolist() == [int(kind != "Free") for kind in table.kinds]
        assert max(table.picture(0).shape) == 160
    assert split.origin.stand_in
    small = magnetic_tile.load(train=50, test=20, found=Found("magnetic-tile", None, "stand-in", origin))
    assert (len(small.train), len(small.test)) == (50, 20)
    assert set(small.train.ids) <= set(split.train.ids)


def test_a_drawn_defect_has_a_mask_of_its_size_and_a_good_tile_an_empty_one() -> None:
    table = magnetic_tile.load(found=DRAWN).test
    for row, marked in enumerate(magnetic_tile.masks(table, DRAWN)):
        assert marked.dtype == np.bool_
        assert marked.shape == table.picture(row).shape[:2]
        assert marked.any() == (table.kinds[row] != "Free")
        assert marked.mean() < 0.9
    with pytest.raises(DataError, match="drawn tile"):
        magnetic_tile.mask("MT_Free/Imgs/exp1_num_1.jpg", DRAWN)


def test_masks_of_files_lie_beside_the_pictures(tmp_path: Path) -> None:
    found = Found("magnetic-tile", put_tiles(tmp_path), "mirror", DRAWN.origin)
    name = next(name for name in small_tiles() if name.endswith(".jpg"))
    path = (tmp_path / name).with_suffix(".png")
    marked = np.zeros((20, 16, 1), np.uint8)
    marked[3, 4] = 255
    path.write_bytes(encode_png(marked))
    assert np.argwhere(magnetic_tile.mask(name, found)).tolist() == [[3, 4]]
    path.write_bytes(b"no picture")
    with pytest.raises(NotAPicture, match=path.name):
        magnetic_tile.mask(name, found)
    path.unlink()
    with pytest.raises(DataError, match="expected the mask of"):
        magnetic_tile.mask(name, found)


@pytest.mark.parametrize("k", [2, 4])
def test_folds_by_tile_and_by_picture(k: int) -> None:
    labels = np.array(["Free" not in name for name in UPSTREAM], np.int64)
    kinds = tuple(name.split("/")[0][3:] for name in UPSTREAM)
    target = Target("defect", labels, ("good", "defect"))
    table = Table((b"",) * len(UPSTREAM), (target,), tuple(UPSTREAM), kinds)
    by_tile, by_picture = magnetic_tile.folds(table, k), magnetic_tile.folds(table, k, by="picture")
    for fold in (by_tile, by_picture):
        assert all(set(np.array(kinds)[fold == i]) == set(kinds) for i in range(k))
    fold_of = dict(zip(UPSTREAM, by_tile.tolist(), strict=True))
    assert all(len({fold_of[name] for name in members}) == 1 for members in tiles(UPSTREAM))
    sizes = [Counter(kind for kind, i in zip(kinds, by_picture, strict=True) if i == fold) for fold in range(k)]
    assert all(max(size[kind] for size in sizes) - min(size[kind] for size in sizes) <= 1 for kind in set(kinds))


def test_upstreams_masks_fit_their_pictures() -> None:
    found = real("magnetic-tile")
    table = magnetic_tile.load(train=10, validation=10, test=60, found=found).test
    for row, marked in enumerate(magnetic_tile.masks(table, found)):
        assert marked.shape == table.picture(row).shape[:2]
        assert not (table.kinds[row] == "Free" and marked.any())
        assert marked.any() or table.kinds[row] in ("Free", "Uneven")
