"""Drawn tiles."""

from collections import Counter

from aoi_modules.datasets.magnetic_tile import stand_in
from aoi_modules.datasets.table import decode


def test_draws_every_kind_the_same_each_time() -> None:
    names, encoded = stand_in.draw()
    assert Counter(name.split("/")[0][3:] for name in names) == stand_in.COUNTS
    assert len(set(names)) == len(names)
    assert len(set(encoded)) == len(encoded)
    assert stand_in.draw() == (names, encoded)
    for name, content in list(zip(names, encoded, strict=True))[::40]:
        picture = decode(content, name)
        assert max(picture.shape) == 160
        assert picture.shape[2] == 1
        assert 10 < picture.mean() < 200
