"""Options that say sizes: pixels as `300x400` or one number, and parts of a picture as four shares."""

from typing import Any

import click


class PixelSize(click.ParamType[Any]):
    """Height and width in pixels, `300x400`; one number means a square. Gives (height, width)."""

    name = "HxW"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Reads what was typed."""
        if isinstance(value, tuple):
            return value
        numbers = _numbers(str(value))
        if numbers is None or len(numbers) > 2:
            self.fail(f"expected HEIGHTxWIDTH or one number of pixels, such as 300x400. Received: {value}", param, ctx)
        return numbers[0], numbers[-1]


class TileGrid(click.ParamType[Any]):
    """Rows and columns of tiles, `3x4`, or the side of a tile in pixels, `224`. Gives (rows, columns) or the side."""

    name = "RxC|PIXELS"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | tuple[int, int]:
        """Reads what was typed."""
        if isinstance(value, int | tuple):
            return value
        numbers = _numbers(str(value))
        if numbers is None or len(numbers) > 2:
            self.fail(
                f"expected ROWSxCOLUMNS, such as 3x4, or the side of a tile in pixels, such as 224. Received: {value}",
                param,
                ctx,
            )
        return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


class Part(click.ParamType[Any]):
    """A part of a picture: top, left, height and width as shares, `0.25,0,0.5,1`."""

    name = "TOP,LEFT,HEIGHT,WIDTH"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float, float, float]:
        """Reads what was typed."""
        if isinstance(value, tuple):
            return value
        try:
            top, left, height, width = map(float, str(value).split(","))
        except ValueError:
            self.fail(f"expected TOP,LEFT,HEIGHT,WIDTH as shares, such as 0.25,0,0.5,1. Received: {value}", param, ctx)
        return top, left, height, width


def _numbers(text: str) -> list[int] | None:
    parts = text.lower().split("x")
    return [int(part) for part in parts] if all(part.isdecimal() for part in parts) else None
