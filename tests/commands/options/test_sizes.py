"""Options that say sizes."""

from typing import Any

import click
import pytest

from aoi_modules.commands.options.sizes import Part, PixelSize, TileGrid


@pytest.mark.parametrize(("text", "size"), [("300x400", (300, 400)), ("224", (224, 224)), ("3X4", (3, 4))])
def test_a_size_in_pixels(text: str, size: tuple[int, int]) -> None:
    assert PixelSize().convert(text, None, None) == size
    assert PixelSize().convert(size, None, None) == size


@pytest.mark.parametrize(("text", "tiles"), [("3x4", (3, 4)), ("224", 224)])
def test_a_grid_or_the_side_of_a_tile(text: str, tiles: int | tuple[int, int]) -> None:
    assert TileGrid().convert(text, None, None) == tiles
    assert TileGrid().convert(tiles, None, None) == tiles


def test_a_part_of_the_picture() -> None:
    assert Part().convert("0.25, 0,.5,1", None, None) == (0.25, 0.0, 0.5, 1.0)
    assert Part().convert((0.0, 0.0, 1.0, 1.0), None, None) == (0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (PixelSize(), "300x", "HEIGHTxWIDTH or one number"),
        (PixelSize(), "1x2x3", "HEIGHTxWIDTH or one number"),
        (PixelSize(), "-5", "HEIGHTxWIDTH or one number"),
        (TileGrid(), "many", "ROWSxCOLUMNS, such as 3x4, or the side"),
        (TileGrid(), "1x2x3", "ROWSxCOLUMNS, such as 3x4, or the side"),
        (Part(), "0,0,1", "TOP,LEFT,HEIGHT,WIDTH as shares"),
        (Part(), "a,b,c,d", "TOP,LEFT,HEIGHT,WIDTH as shares"),
    ],
)
def test_what_is_no_size_is_refused(kind: click.ParamType[Any], text: str, expected: str) -> None:
    with pytest.raises(click.BadParameter, match=expected) as refused:
        kind.convert(text, None, None)
    assert text in str(refused.value)
