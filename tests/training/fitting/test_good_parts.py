"""A head that was never shown a defect."""

import numpy as np
import pytest

from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import keras
from aoi_modules.training.fitting import good_parts
from aoi_modules.training.fitting.good_parts import (
    Bank,
    distance_map,
    distances,
    farthest_first,
    picture_model,
    sampled,
    step_of,
    usual_at,
    whitening,
)
from aoi_modules.training.networks.tiling import tiled_features
from tests.training.small import DEFECT

RANDOM = np.random.default_rng(3)
EVEN = np.ones((8, 8))
"""Everywhere the same is usual."""


def network(side: int = 16) -> keras.Model:
    """The pixels of a picture in patches of 2 x 2: (N, side, side, 3) -> (N, side / 2, side / 2, 6)."""
    image = keras.Input((side, side, 3), name="image")
    x = keras.layers.AveragePooling2D(2)(image)
    return keras.Model(image, keras.layers.Concatenate()([x, keras.ops.square(x)]), name="patches")


def pictures(count: int, side: int = 16) -> np.ndarray:
    return RANDOM.uniform(0.3, 0.7, (count, side, side, 3)).astype(np.float32)


def bank_of(shown: np.ndarray) -> Bank:
    made = network(shown.shape[1])
    return Bank.of(np.asarray(made(shown)).reshape(-1, 6))


def test_the_farthest_first_leave_no_point_alone() -> None:
    points = np.repeat(np.array([[0, 0], [5, 0], [0, 7], [5, 7]], np.float32), 50, axis=0)
    chosen = farthest_first(points, 10)
    assert len(chosen) == 4, "all others are equal to one of these"
    assert len(np.unique(points[chosen], axis=0)) == 4


def test_in_each_direction_good_parts_vary_alike() -> None:
    mixed = RANDOM.normal(size=(4000, 3)) * [3, 1, 2] @ RANDOM.normal(size=(3, 3)) + [10, -3, 0]
    mean, kernel = whitening(mixed.astype(np.float32))
    points = (mixed - mean) @ kernel
    np.testing.assert_allclose(np.cov(points, rowvar=False), np.eye(3) / 3, atol=0.05)


def test_a_direction_that_hardly_varied_does_not_decide_alone() -> None:
    features = RANDOM.normal(size=(4000, 3)) * [1, 1, 1e-6]
    _, kernel = whitening(features.astype(np.float32))
    assert np.abs(kernel).max() < 20  # and not a million


def test_patches_that_are_all_equal_are_no_distance_apart() -> None:
    bank = Bank.of(np.full((50, 4), 7, np.float32))
    assert len(bank.patches) == 1
    assert np.isfinite(bank.kernel).all()
    np.testing.assert_allclose(np.full((1, 4), 7, np.float32) @ bank.kernel + bank.bias, bank.patches, atol=1e-5)


@pytest.mark.parametrize(("patches", "kept"), [(1, 1), (400, 40), (12_000, 1_000)])
def test_a_tenth_of_the_patches_is_kept_but_not_too_many(patches: int, kept: int) -> None:
    assert len(Bank.of(RANDOM.normal(size=(patches, 3)).astype(np.float32)).patches) == kept


def test_the_distance_is_that_to_the_nearest_patch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(good_parts, "NEIGHBOURS", 1)
    shown = pictures(6)
    bank, made = bank_of(shown), network()
    found = np.asarray(distances(made, bank)(pictures(2)))
    assert found.shape == (2, 8, 8)
    other = pictures(2)
    points = np.asarray(made(other)) @ bank.kernel + bank.bias
    expected = np.square(points[..., np.newaxis, :] - bank.patches).sum(axis=-1).min(axis=-1)
    np.testing.assert_allclose(np.asarray(distances(made, bank)(other)), expected, atol=1e-3)


def test_the_most_unusual_patch_judges_and_the_map_says_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(good_parts, "NEIGHBOURS", 1)
    bank = bank_of(pictures(40))
    picture, cells = PictureInput(height=16, width=16, channels=3), distances(network(), bank)
    limit = 2 * float(np.asarray(cells(pictures(20))).max())
    model = picture_model(DEFECT, distance_map(cells, picture, (1, 1), None), EVEN, limit)
    shown = pictures(2)
    shown[1, 6:8, 10:12] = 3.0
    answers = {name: np.asarray(values) for name, values in model(shown).items()}
    assert answers["defect"][0, 0] < 0.5 < answers["defect"][1, 0] <= 1
    assert np.unravel_index(answers["defect_map"][1].argmax(), (8, 8)) == (3, 5)
    np.testing.assert_allclose(answers["defect"][:, 0], answers["defect_map"].max(axis=(1, 2)))


def test_a_distance_at_the_limit_scores_a_half() -> None:
    bank = bank_of(pictures(6))
    picture = PictureInput(height=16, width=16, channels=3)
    measured, shown = distance_map(distances(network(), bank), picture, (1, 1), None), pictures(1)
    limit = float(np.asarray(measured(shown)).max())
    assert float(picture_model(DEFECT, measured, EVEN, limit)(shown)["defect"][0, 0]) == pytest.approx(0.5)


def test_what_is_usual_at_its_place_is_not_unusual() -> None:
    bank, picture = bank_of(pictures(6)), PictureInput(height=16, width=16, channels=3)
    measured, shown = distance_map(distances(network(), bank), picture, (1, 1), None), pictures(1)
    shown[0, :4] = 3.0
    usual = np.where(np.arange(8)[:, np.newaxis] < 4, np.asarray(measured(shown))[0].max(), 1.0) * EVEN
    found = np.asarray(picture_model(DEFECT, measured, usual, 4.0)(shown)["defect_map"])[0]
    assert found[:4].max() < 0.1
    every = np.asarray(picture_model(DEFECT, measured, EVEN, 4.0)(shown)["defect_map"])[0]
    assert every[:2].min() > 0.5
    np.testing.assert_allclose(found[4:], every[4:], rtol=1e-5)


def test_usual_is_the_mean_of_good_parts_but_never_nothing() -> None:
    found = np.zeros((10, 20, 20), np.float32)
    found[:, 10:] = RANDOM.uniform(1, 3, (10, 10, 20))
    usual = usual_at(found)
    np.testing.assert_allclose(usual[12:, 2:-2], 2, atol=0.5)
    np.testing.assert_allclose(usual[:8], usual.mean() * 0.1, rtol=0.15)
    assert (usual_at(np.zeros((3, 4, 4), np.float32)) > 0).all()


def test_tiles_give_one_map_of_the_whole_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(good_parts, "NEIGHBOURS", 1)
    bank = bank_of(pictures(6))
    picture = PictureInput(height=40, width=48, channels=3)
    cells = distances(network(), bank, tiles=(2, 3))
    measured = distance_map(cells, picture, (2, 3), (4, 0, 32, 48))
    model = picture_model(DEFECT, measured, np.ones((16, 24)), 4.0)
    shown = RANDOM.uniform(0.3, 0.7, (1, 40, 48, 3)).astype(np.float32)
    shown[0, 4 + 18 : 4 + 20, 40:42] = 3.0
    answers = model(shown)
    cells_found = np.asarray(answers["defect_map"])[0]
    assert cells_found.shape == (16, 24)
    assert np.unravel_index(cells_found.argmax(), (16, 24)) == (9, 20)


def test_large_maps_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(good_parts, "MOST_CELLS", 4)
    assert distances(network(), bank_of(pictures(6))).output_shape == (None, 4, 4)


@pytest.mark.parametrize(("pictures_", "step"), [(10, 1), (2_000, 2), (100_000, 4)])
def test_of_many_pictures_fewer_places_are_taken(pictures_: int, step: int) -> None:
    assert step_of(network(), pictures_) == step
    assert sampled(network(), step).output_shape == (None, (8 // step) ** 2 * 6)


def test_pictures_begin_at_different_places_and_together_show_all() -> None:
    shown = pictures(1, side=20)  # a map of 10 x 10
    made = network(20)
    parts = [np.asarray(sampled(made, 4, divmod(first, 4))(shown)).reshape(-1, 6) for first in range(16)]
    assert {len(part) for part in parts} == {4, 6, 9}
    seen, every = np.concatenate(parts), np.asarray(made(shown)).reshape(-1, 6)
    np.testing.assert_allclose(seen[np.lexsort(seen.T)], every[np.lexsort(every.T)])


def test_tiles_are_sampled_too() -> None:
    tiled = tiled_features(sampled(network(), 1), PictureInput(height=32, width=16, channels=3), (2, 1))
    assert tiled.output_shape == (None, 2 * 64 * 6)
