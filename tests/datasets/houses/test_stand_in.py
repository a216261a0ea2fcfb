"""Drawn houses."""

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.houses import stand_in
from aoi_modules.datasets.houses.montage import ROOMS


def test_the_same_seed_draws_the_same() -> None:
    first, again, other = (stand_in.draw(5, seed) for seed in (1, 1, 2))
    assert [house.price for house in first] == [house.price for house in again]
    assert all(
        np.array_equal(*pair) for a, b in zip(first, again, strict=True) for pair in zip(a.rooms, b.rooms, strict=True)
    )
    assert [house.price for house in first] != [house.price for house in other]
    assert {room.shape for house in first for room in house.rooms} == {(64, 64, 3)}
    assert {len(house.rooms) for house in first} == {len(ROOMS)}


def test_pictures_tell_what_numbers_do_not() -> None:
    """A straight line through the logarithms: with two means of pixels it misses by half as much."""
    drawn = stand_in.draw(150, 3)
    price = np.log([house.price for house in drawn])
    worth = [stand_in.ZIPCODES[house.zipcode] for house in drawn]
    numbers = np.column_stack([np.log([house.area for house in drawn]), np.log(worth), np.ones(len(drawn))])
    light = [np.mean(house.rooms[0]) for house in drawn]
    green = [np.mean(house.rooms[2][44:, :, 1].astype(np.float64) - house.rooms[2][44:, :, 0]) for house in drawn]

    def miss(matrix: NDArray[np.float64]) -> float:
        return float(np.std(price - matrix @ np.linalg.lstsq(matrix, price)[0]))

    assert miss(np.column_stack([numbers, light, green])) < 0.6 * miss(numbers) < 0.2
