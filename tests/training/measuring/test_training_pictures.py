from pathlib import Path

import numpy as np
import pytest

from aoi_modules.datasets.table import Table, Target, encode_png
from aoi_modules.errors import NotAPicture
from aoi_modules.modelstore.manifest import Head
from aoi_modules.training.measuring.training_pictures import MOST, reference_of

DEFECT = Head(name="defect", kind="defect", labels=("good", "defect"))
VOID = Head(name="void", kind="defect", labels=("good", "void"))
KIND = Head(name="kind", kind="class", labels=("crack", "ok", "fine"), good=("ok", "fine"))


def table(levels: list[int], *targets: Target) -> Table:
    """Flat gray pictures, each of one level."""
    pictures = np.array(levels, np.uint8).reshape(-1, 1, 1, 1) * np.ones((1, 8, 8, 1), np.uint8)
    return Table(pictures, targets, tuple(map(str, range(len(levels)))))


def target(head: Head, *values: int, weights: list[float] | None = None) -> Target:
    counted = None if weights is None else np.array(weights, np.float32)
    return Target(head.name, np.array(values, np.int64), head.labels, counted)


def brightness(found: Table, *heads: Head) -> tuple[int, float]:
    """How many pictures were measured, and their mean level."""
    reference = reference_of(found, heads)
    assert reference is not None
    return reference.pictures, round(reference.brightness.mean * 255, 2)


def test_good_parts_stand_for_what_comes_on_a_line() -> None:
    assert brightness(table([100, 200, 110], target(DEFECT, 0, 1, 0)), DEFECT) == (2, 105)
    assert brightness(table([100, 200, 110], target(KIND, 1, 0, 2)), KIND) == (2, 105)


def test_a_part_is_good_if_no_head_fails_it() -> None:
    both = table([100, 150, 200], target(DEFECT, 0, 1, 0), target(VOID, 0, 0, 1))
    assert brightness(both, DEFECT, VOID) == (1, 100)
    left_out = table([100, 150, 200], target(DEFECT, 0, 1, 0), target(VOID, 0, 0, 1, weights=[1, 1, 0]))
    assert brightness(left_out, DEFECT, VOID) == (2, 150)


def test_all_pictures_stand_where_nothing_judges_or_nothing_is_good() -> None:
    named = Head(name="kind", kind="class", labels=("left", "right"))
    assert brightness(table([100, 200], target(named, 0, 1)), named) == (2, 150)
    assert brightness(table([100, 200], target(DEFECT, 1, 1)), DEFECT) == (2, 150)
    price = Head(name="price", kind="value", labels=())
    prices = Target("price", np.array([1.0, 2.0], np.float32))
    assert brightness(table([100, 200], prices), price) == (2, 150)


def test_of_many_pictures_some_are_measured_always_the_same() -> None:
    many = table([at % 250 for at in range(3 * MOST)], target(DEFECT, *[0] * (3 * MOST)))
    assert brightness(many, DEFECT)[0] == MOST
    assert reference_of(many, [DEFECT]) == reference_of(many, [DEFECT])
    assert reference_of(many.take([]), [DEFECT]) is None


def test_files_and_encoded_pictures_are_measured_as_pixels_are(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 20, 30, 3), np.uint8)
    values, names = (target(DEFECT, 0, 0, 0, 0),), ("a", "b", "c", "d")
    content = tuple(encode_png(picture) for picture in pixels)
    paths = tuple(tmp_path / name for name in names)
    for path, encoded in zip(paths, content, strict=True):
        path.write_bytes(encoded)
    expected = reference_of(Table(pixels, values, names), [DEFECT])
    assert reference_of(Table(content, values, names), [DEFECT]) == expected
    assert reference_of(Table(paths, values, names), [DEFECT]) == expected
    paths[2].unlink()
    with pytest.raises(NotAPicture, match="c: "):
        reference_of(Table(paths, values, names), [DEFECT])
