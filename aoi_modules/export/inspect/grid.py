"""The places of a drawing: a row for each head, columns for inputs, sizes, layers and heads. Pure; in inches."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from aoi_modules.export.inspect.anatomy import Anatomy

ROW, BETWEEN_ROWS = 0.64, 0.14
"""Inches. A row is higher when there are few."""
LOWEST = 1.7
"""Of all rows together."""
GAP = 0.5
"""Between columns."""
PICTURE, RESIZE, CARD = 1.15, 0.9, 1.95
"""Widths of the columns other than layers."""
NARROW, SPARE = 1.8, 2.6
"""Width of layers at least, and what all columns of layers share by their work."""
LANE, NUMBERS = 0.5, 0.36
"""Between inputs other than the picture, below the rows; their height."""


@dataclass(frozen=True)
class Box:
    """A rectangle; inches from the lower left corner of the rows."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.bottom + self.height

    @property
    def centre(self) -> float:
        """Half way from left to right."""
        return self.left + self.width / 2

    @property
    def middle(self) -> float:
        """Half way from bottom to top."""
        return self.bottom + self.height / 2

    def holds(self, height: float) -> bool:
        """Whether an arrow may begin or end there, away from the corners."""
        return self.bottom + 0.1 < height < self.top - 0.1

    def overlaps(self, other: "Box") -> bool:
        """Whether both cover the same place; boxes that touch do not."""
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )


Point = tuple[float, float]


class Grid:
    """The rows of the heads, the first at the top."""

    def __init__(self, heads: Sequence[str]) -> None:
        self.heads = heads
        self.row = max(ROW, (LOWEST + BETWEEN_ROWS) / len(heads) - BETWEEN_ROWS)
        self.height = len(heads) * (self.row + BETWEEN_ROWS) - BETWEEN_ROWS

    def span(self, heads: Iterable[str], width: float) -> tuple[float, float, float]:
        """Bottom, width and height of a box over the rows of `heads`."""
        numbers = [self.heads.index(head) for head in heads]
        bottom = self.height - self.row - max(numbers) * (self.row + BETWEEN_ROWS)
        return bottom, width, self.row + (max(numbers) - min(numbers)) * (self.row + BETWEEN_ROWS)

    def middle(self, heads: Sequence[str]) -> float:
        """The mean height of their rows."""
        middles = [bottom + height / 2 for bottom, _, height in (self.span([head], 0) for head in heads)]
        return sum(middles) / len(middles)


class Columns:
    """Where the columns begin and end, and which columns of layers a block takes.

    Args:
        anatomy: of the graph.
        drawn: places of the blocks that are drawn.

    Attributes:
        first, last: {block of layers: its columns, from and to}.
        edges: left and right of each column of layers.
        resize, card: left edges of the columns of sizes and of heads.
    """

    def __init__(self, anatomy: Anatomy, drawn: Sequence[int]) -> None:
        layers = [number for number in drawn if anatomy.blocks[number].kind == "layers"]
        self.first: dict[int, int] = {}
        for number in layers:
            before = [self.first[start] for start, end in anatomy.edges if end == number and start in self.first]
            self.first[number] = max(before, default=-1) + 1
        count = max(self.first.values(), default=-1) + 1
        self.last = {
            number: min((self.first[end] for start, end in anatomy.edges if start == number), default=count) - 1
            for number in layers
        }
        resized = any(block.kind == "resize" for block in anatomy.blocks)
        self.resize = PICTURE + GAP
        left = self.resize + (RESIZE + GAP if resized else 0)
        self.edges: list[tuple[float, float]] = []
        for width in self._widths(anatomy, count):
            self.edges.append((left, left + width))
            left += width + GAP
        self.card = left

    def span(self, number: int) -> tuple[float, float]:
        """Left edge and width of a block that may take all columns up to those that follow it."""
        left, right = self.edges[self.first[number]][0], self.edges[self.last[number]][1]
        return left, right - left

    def _widths(self, anatomy: Anatomy, count: int) -> list[float]:
        works = [0.0] * count
        for number, first in self.first.items():
            taken = range(first, self.last[number] + 1)
            for column in taken:
                works[column] = max(works[column], anatomy.blocks[number].multiply_adds / len(taken))
        total = sum(works) or 1.0
        return [NARROW + SPARE * work / total for work in works]


def apart(heights: dict[int, float], wanted: Callable[[int], float], centre: float) -> dict[int, float]:
    """Bottoms of boxes that stand over each other, each as near to its wanted middle as the others let it."""
    order = sorted(heights, key=wanted, reverse=True)
    if not order:
        return {}
    tops: dict[int, float] = {}
    free = float("inf")
    for number in order:
        tops[number] = min(free, wanted(number) + heights[number] / 2)
        free = tops[number] - heights[number] - BETWEEN_ROWS
    pushed = tops[order[-1]] - heights[order[-1]] / 2 < wanted(order[-1]) - 1e-9
    middle = (tops[order[0]] + tops[order[-1]] - heights[order[-1]]) / 2
    shift = centre - middle if pushed else 0.0
    return {number: top - heights[number] + shift for number, top in tops.items()}
