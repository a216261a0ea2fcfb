"""Features, computed once and kept."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from aoi_modules.errors import DataError, ModelError, NotAPicture
from aoi_modules.settings import Settings
from aoi_modules.training.features import cache
from aoi_modules.training.features.lookup import features
from aoi_modules.training.features.views import copies
from tests.training.small import DEFECT, PICTURE, SIDES, table


def corners() -> keras.Model:
    """A backbone that answers the red values of the four corners, so that mirrored pictures can be recognised."""
    image = keras.Input((32, 32, 3))
    values = keras.layers.Flatten()(image[:, ::31, ::31, :1])
    return keras.Model(image, values)


def weighing() -> keras.Model:
    image = keras.Input((32, 32, 3))
    values = keras.layers.Dense(3)(keras.layers.GlobalAveragePooling2D()(image))
    return keras.Model(image, values)


@pytest.fixture
def machine(tmp_path: Path) -> Settings:
    return Settings(course_dir=tmp_path, cache_dir=tmp_path / "cache")


class Told:
    """Runs `features` and remembers what was said."""

    def __init__(self, given: Settings) -> None:
        self.given = given
        self.lines: list[str] = []

    def __call__(self, backbone: keras.Model, *arguments: object, **options: object) -> NDArray[np.float32]:
        self.lines = []
        found: NDArray[np.float32] = features(backbone, *arguments, given=self.given, log=self.lines.append, **options)  # type: ignore[arg-type,assignment]
        return found

    def cached(self) -> bool:
        return any(line.startswith("features from the cache") for line in self.lines)


@pytest.fixture
def ask(machine: Settings) -> Told:
    return Told(machine)


def test_one_row_a_picture(ask: Told) -> None:
    rows = table(70, 1)
    values = ask(corners(), rows, PICTURE)
    expected = np.asarray(rows.pictures)[:, ::31, ::31, 0].reshape(1, 70, 4)
    assert np.array_equal(values, expected)
    assert values.dtype == np.float32
    assert any("only 70 rows" in line for line in ask.lines)


def test_mirror_images_come_after_the_pictures_in_the_same_order(ask: Told) -> None:
    rows = table(70, 1)
    values = ask(corners(), rows, PICTURE, mirrored=True)
    plain = ask(corners(), rows, PICTURE)[0]
    assert values.shape == (4, 70, 4)
    for view, turned in enumerate(([0, 1, 2, 3], [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0])):
        assert np.array_equal(values[view], plain[:, turned])


def test_the_second_time_they_come_from_the_disk_for_any_target(ask: Told) -> None:
    first = ask(corners(), table(5, 1, DEFECT), PICTURE)
    assert not ask.cached()
    again = ask(corners(), table(5, 1, SIDES), PICTURE)  # another model object, other names of layers, other targets
    assert ask.cached()
    assert np.array_equal(first, again)
    assert not again.flags.writeable
    assert not again.flags.owndata  # mapped from the disk


def test_whatever_they_depend_on_makes_new_ones(ask: Told) -> None:
    backbone, rows = weighing(), table(5, 1)
    ask(backbone, rows, PICTURE)
    pictures = np.array(rows.pictures)
    pictures[4, 31, 31, 2] ^= 1
    one_pixel = replace(rows, pictures=pictures)
    other_weights = keras.models.clone_model(backbone)
    image = keras.Input((32, 32, 3))
    maximum = keras.Model(image, keras.layers.Dense(3)(keras.layers.GlobalMaxPooling2D()(image)))
    maximum.set_weights(backbone.get_weights())
    for arguments in (
        (backbone, one_pixel),
        (backbone, rows.take([1, 0, 2, 3, 4])),
        (other_weights, rows),
        (maximum, rows),
    ):
        ask(*arguments, PICTURE)
        assert not ask.cached()
    for options in ({"mirrored": True}, {"dtype": "float16"}):
        ask(backbone, rows, PICTURE, **options)
        assert not ask.cached()
    ask(backbone, rows, PICTURE)
    assert ask.cached()


def test_float16_is_kept_as_such_and_refused_where_it_is_too_small(ask: Told) -> None:
    rows = table(5, 1)
    exact = ask(weighing(), rows, PICTURE)
    assert ask(weighing(), rows, PICTURE, dtype="float16").dtype == np.float16
    backbone = weighing()
    np.testing.assert_allclose(ask(backbone, rows, PICTURE, dtype="float16"), ask(backbone, rows, PICTURE), rtol=2e-3)
    backbone.set_weights([1e6 * weight for weight in backbone.get_weights()])
    with pytest.raises(DataError, match=r"numbers that float16 holds"):
        ask(backbone, rows, PICTURE, dtype="float16")
    assert not list(cache.folder(ask.given).glob(".new-*"))
    assert exact.shape == (1, 5, 3)


@pytest.mark.parametrize("harm", ["values", "half", "entry", "gone"])
def test_a_damaged_entry_is_said_and_made_anew(ask: Told, harm: str) -> None:
    rows = table(5, 1)
    whole = np.array(ask(corners(), rows, PICTURE))
    (place,) = cache.folder(ask.given).iterdir()
    values, entry = place / "values.npy", place / "entry.json"
    if harm == "values":
        values.write_bytes(values.read_bytes()[:-1] + b"!")
    elif harm == "half":
        values.write_bytes(values.read_bytes()[:-8])
    elif harm == "entry":
        entry.write_text("{")
    else:
        values.unlink()
    assert np.array_equal(ask(corners(), rows, PICTURE), whole)
    assert any(str(place) in line and "damaged" in line and "computed anew" in line for line in ask.lines)
    ask(corners(), rows, PICTURE)
    assert ask.cached()


def test_copies_are_the_same_every_time_and_differ_from_each_other(machine: Settings, tmp_path: Path) -> None:
    rows = table(70, 1)
    layers = [keras.layers.RandomBrightness(0.3, value_range=(0, 255)), keras.layers.RandomFlip()]
    found = []
    for part in ("one", "two"):  # two caches, so that both are computed
        ask = Told(replace(machine, cache_dir=tmp_path / part))
        found.append(ask(corners(), rows, PICTURE, views=copies(2, layers, seed=3)))
    assert found[0].shape == (3, 70, 4)
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0][0], np.asarray(rows.pictures)[:, ::31, ::31, 0].reshape(70, 4))
    assert not np.array_equal(found[0][1], found[0][2])
    ask = Told(machine)
    other = ask(corners(), rows, PICTURE, views=copies(2, layers, seed=4))
    assert not np.array_equal(other[1], found[0][1])


def test_a_bad_picture_is_named_and_nothing_is_kept(ask: Told) -> None:
    rows = table(3, 1)
    encoded = [rows.encoded(index) for index in range(3)]
    broken = replace(rows, pictures=(encoded[0], encoded[1][:40], encoded[2]))
    with pytest.raises(NotAPicture, match="1/1"):
        ask(corners(), broken, PICTURE)
    missing = replace(rows, pictures=(ask.given.course_dir / "absent.png",) * 3)
    with pytest.raises(NotAPicture, match=r"absent.png: cannot be read"):
        ask(corners(), missing, PICTURE)
    assert not list(cache.folder(ask.given).glob("*"))


def test_pictures_in_files_count_by_their_content(ask: Told) -> None:
    rows = table(3, 1)
    paths = tuple(ask.given.course_dir / f"{index}.png" for index in range(3))
    for index, path in enumerate(paths):
        path.write_bytes(rows.encoded(index))
    in_files = replace(rows, pictures=paths)
    assert np.array_equal(ask(corners(), in_files, PICTURE), ask(corners(), rows, PICTURE))
    paths[0].write_bytes(rows.encoded(1))
    ask(corners(), in_files, PICTURE)
    assert not ask.cached()


def test_an_empty_table_and_a_backbone_without_vectors(ask: Told) -> None:
    assert ask(corners(), table(2, 1).take([]), PICTURE).shape == (1, 0, 4)
    image = keras.Input((32, 32, 3))
    with pytest.raises(ModelError, match=r"expected features \(N, F\)"):
        ask(keras.Model(image, image[:, ::2]), table(2, 1), PICTURE)
