"""A network on the tiles of a picture."""

from pathlib import Path

import numpy as np
import pytest

from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import keras
from aoi_modules.training.networks.tiling import AT_ONCE, TileByTile, at_once, tiled_features, tiled_model

PICTURE = PictureInput(height=24, width=64, channels=3)
GRID = (3, 4)


def network() -> keras.Model:
    """(N, 8, 16, 3) -> (N, 5)."""
    keras.utils.set_random_seed(5)
    image = keras.Input((8, 16, 3), name="image")
    return keras.Model(image, keras.layers.GlobalMaxPooling2D()(keras.layers.Conv2D(5, 3)(image)), name="small")


def pictures(count: int = 2) -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 1, (count, 24, 64, 3)).astype(np.float32)


def expected(made: keras.Model, shown: np.ndarray) -> np.ndarray:
    """Tile after tile, cut by hand: (N, 12, 5)."""
    tiles = [shown[:, r * 8 : r * 8 + 8, c * 16 : c * 16 + 16] for r in range(3) for c in range(4)]
    return np.stack([np.asarray(made(tile)) for tile in tiles], axis=1)


def test_every_tile_is_seen_as_if_it_were_a_picture_of_its_own() -> None:
    made, shown = network(), pictures()
    found = np.asarray(tiled_features(made, PICTURE, GRID)(shown))
    assert found.shape == (2, 12 * 5)
    np.testing.assert_allclose(found.reshape(2, 12, 5), expected(made, shown), atol=1e-6)


def test_the_worst_tile_judges_the_picture_and_the_map_says_where_it_is(tmp_path: Path) -> None:
    made, shown = network(), pictures()
    features = keras.Input((5,), name="picture_features")
    score = keras.layers.Dense(1, "sigmoid", name="defect")(features)
    model = tiled_model(made, keras.Model({"picture_features": features}, {"defect": score}), PICTURE, GRID)
    model.save(tmp_path / "model.keras")
    answers = keras.models.load_model(tmp_path / "model.keras")(shown)
    cells = np.asarray(answers["defect_map"])
    assert cells.shape == (2, 3, 4)
    np.testing.assert_allclose(np.asarray(answers["defect"])[:, 0], cells.max(axis=(1, 2)), atol=1e-6)
    assert cells.std() > 1e-3


@pytest.mark.parametrize(
    ("columns", "area", "together"),
    [(1, 100, 1), (12, 100, 12), (18, 224 * 224, 3), (109, 224 * 224, 1), (40, 224 * 224, 5), (4, AT_ONCE * 2, 1)],
)
def test_as_many_tiles_at_once_as_memory_is_good_for(columns: int, area: int, together: int) -> None:
    assert at_once(columns, area) == together


def test_the_layer_says_its_shape() -> None:
    layer = TileByTile(network(), *GRID)
    assert layer.compute_output_shape((None, 24, 64, 3)) == (None, 12, 5)
