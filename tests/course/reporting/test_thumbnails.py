"""Thumbnails: which picture, how large, and none where nothing was drawn."""

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from aoi_modules.course.reporting.thumbnails import (
    HEIGHT,
    WIDTH,
    as_data,
    picture_of,
    small,
    thumbnail_path,
    write_thumbnail,
)


def png(width: int, height: int, colour: str = "red", mode: str = "RGBA") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height), colour).save(file, "PNG")
    return file.getvalue()


def drawing(content: bytes, *tags: str) -> Any:
    cell = new_code_cell("plot()", metadata={"tags": list(tags)})
    cell.outputs = [
        new_output("stream", text="words"),
        new_output("display_data", {"image/png": base64.b64encode(content).decode()}),
    ]
    return cell


def test_the_first_picture_stands_for_a_lesson_unless_a_cell_is_tagged() -> None:
    first, second = png(9, 9), png(5, 5)
    assert picture_of(new_notebook(cells=[new_code_cell("1"), drawing(first), drawing(second)])) == first
    assert picture_of(new_notebook(cells=[drawing(first), drawing(second, "thumbnail")])) == second
    assert picture_of(new_notebook(cells=[new_code_cell("1")])) is None


@pytest.mark.parametrize("size", [(3000, 200), (200, 3000), (352, 224), (20, 10), (1, 1)])
@pytest.mark.parametrize("mode", ["RGBA", "P", "L"])
def test_thumbnails_are_small_whatever_the_picture(size: tuple[int, int], mode: str) -> None:
    with Image.open(io.BytesIO(small(png(*size, colour="red" if mode == "RGBA" else "white", mode=mode)))) as picture:
        assert picture.format == "WEBP"
        assert picture.width <= WIDTH
        assert picture.height <= HEIGHT


def test_a_transparent_ground_is_white() -> None:
    with Image.open(io.BytesIO(small(png(400, 300, colour="#00000000")))) as picture:
        assert picture.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_a_lesson_that_draws_nothing_any_more_loses_its_thumbnail(tmp_path: Path) -> None:
    executed = tmp_path / "x.ipynb"
    write_thumbnail(executed, new_notebook(cells=[drawing(png(9, 9))]))
    assert as_data(thumbnail_path(executed)).startswith("data:image/webp;base64,")
    write_thumbnail(executed, new_notebook(cells=[]))
    assert as_data(thumbnail_path(executed)) == ""
