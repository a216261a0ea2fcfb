"""Draws houses with a price, for machines that cannot get the photographs.

The price depends on area, zip code and what the pictures show. Nobody can take the pictures for real: walls are flat,
and the zip codes are of a county that does not exist.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from aoi_modules.datasets.houses.montage import CELL, ROOMS
from aoi_modules.datasets.table import Pixels

SEED = 20190726
COUNT = 300
ZIPCODES = {99901: 0.6, 99902: 0.9, 99903: 1.2, 99904: 1.8}
"""Zip code -> price of a square foot there, as a multiple of the average."""
_DOLLARS = 160.0


@dataclass(frozen=True)
class DrawnHouse:
    """One house.

    Args:
        bedrooms, bathrooms, area, zipcode: as in `HousesInfo.txt`; area in square feet.
        price: in dollars.
        rooms: uint8 (64, 64, 3) each, in the order of `ROOMS`.
    """

    bedrooms: int
    bathrooms: float
    area: int
    zipcode: int
    price: int
    rooms: tuple[Pixels, ...]


def draw(count: int = COUNT, seed: int = SEED) -> list[DrawnHouse]:
    """Draws houses. Numbers alone leave some 30% of the price open; light rooms and a green garden explain the rest."""
    random = np.random.default_rng(seed)
    return [_house(random) for _ in range(count)]


def _house(random: np.random.Generator) -> DrawnHouse:
    area = int(np.clip(random.lognormal(7.6, 0.4), 700, 9500))
    zipcode = int(random.choice(list(ZIPCODES)))
    light, green = random.uniform(0, 1, 2)
    worth = (0.55 + 0.5 * light + 0.4 * green) * np.exp(random.normal(0, 0.08))
    return DrawnHouse(
        bedrooms=int(np.clip(round(area / 700 + random.normal(0, 0.7)), 1, 10)),
        bathrooms=float(np.clip(round(area / 450 + random.normal(0, 0.8)) / 2, 1, 7)),
        area=area,
        zipcode=zipcode,
        price=round(area * _DOLLARS * ZIPCODES[zipcode] * worth / 100) * 100,
        rooms=tuple(_front(random, green) if room == "frontal" else _room(random, light) for room in ROOMS),
    )


def _room(random: np.random.Generator, light: float) -> Pixels:
    """Draws an inner room, uint8 (64, 64, 3): wall, floor, window, furniture. A lighter room makes the house dearer."""
    image = Image.new("RGB", (CELL, CELL), _shade(random, (200, 190, 175), 0.35 + 0.75 * light))
    brush = ImageDraw.Draw(image)
    floor = int(random.uniform(0.6, 0.75) * CELL)
    brush.rectangle([0, floor, CELL, CELL], fill=_shade(random, (150, 110, 70), 0.35 + 0.7 * light))
    x = int(random.uniform(0.05, 0.6) * CELL)
    brush.rectangle([x, 8, x + 18, 28], fill=_shade(random, (235, 240, 250), 0.5 + 0.55 * light))
    for _ in range(random.integers(1, 4)):
        x, y = random.uniform(0, 0.8, 2) * CELL
        side = random.uniform(6, 20)
        brush.rectangle([x, max(y, floor - 18), x + side, max(y, floor - 18) + side], fill=_shade(random, (120,) * 3))
    return _grainy(image, random)


def _front(random: np.random.Generator, green: float) -> Pixels:
    """Draws the house from the street, uint8 (64, 64, 3): a greener garden makes the house dearer."""
    image = Image.new("RGB", (CELL, CELL), _shade(random, (170, 195, 225)))
    brush = ImageDraw.Draw(image)
    ground = int(0.68 * CELL)
    grass = tuple(int(dry + green * (wet - dry)) for dry, wet in zip((165, 150, 110), (50, 150, 45), strict=True))
    brush.rectangle([0, ground, CELL, CELL], fill=_shade(random, grass))
    left, right = random.uniform(0.05, 0.3) * CELL, random.uniform(0.65, 0.95) * CELL
    brush.rectangle([left, 0.35 * CELL, right, ground + 4], fill=_shade(random, (190, 170, 150)))
    brush.polygon(
        [(left - 4, 0.36 * CELL), ((left + right) / 2, 0.12 * CELL), (right + 4, 0.36 * CELL)],
        fill=_shade(random, (110, 60, 50)),
    )
    for _ in range(round(6 * green)):
        x, y = random.uniform(0, CELL), random.uniform(ground - 8, CELL - 6)
        brush.ellipse([x - 5, y - 4, x + 5, y + 5], fill=_shade(random, (40, 120, 40)))
    return _grainy(image, random)


def _shade(random: np.random.Generator, rgb: tuple[int, ...], light: float = 1.0) -> tuple[int, int, int]:
    red, green, blue = (int(np.clip(value * light + random.normal(0, 8), 0, 255)) for value in rgb)
    return red, green, blue


def _grainy(image: Image.Image, random: np.random.Generator) -> Pixels:
    """uint8 (64, 64, 3) with a camera's noise."""
    pixels: Pixels = np.clip(np.asarray(image) + random.normal(0, 7, (CELL, CELL, 3)), 0, 255).astype(np.uint8)
    return pixels
