"""Where the parts of a merged graph stand in its picture: inputs, sizes, layers, heads, from left to right. Pure.

Every head has a row. Layers that several heads need are as tall as the rows of all of them. The more of the work
they do, the wider they are. So the area of a box tells what the heads would cost apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from aoi_modules.export.inspect.anatomy import Anatomy, Block
from aoi_modules.export.inspect.grid import (
    BETWEEN_ROWS,
    CARD,
    GAP,
    LANE,
    NUMBERS,
    PICTURE,
    RESIZE,
    ROW,
    Box,
    Columns,
    Grid,
    Point,
    apart,
)


@dataclass(frozen=True)
class Layout:
    """Boxes of the blocks that are drawn, by their place in the anatomy, and of the heads; arrows as paths. The first
    box is the picture's.

    An arrow of two points is a line, or swings from one height to another; one of more has corners.
    """

    heads: tuple[str, ...]
    blocks: dict[int, Box]
    cards: dict[str, Box]
    arrows: tuple[tuple[Point, ...], ...]
    width: float
    bottom: float
    top: float


def layout(anatomy: Anatomy, picture: tuple[int, int] = (1, 1)) -> Layout:
    """Places all parts that an input reaches; constants that several parts take are not drawn.

    Args:
        anatomy: of a graph.
        picture: height and width of what stands for the input.
    """
    drawn = _drawn(anatomy)
    heads = rows(anatomy, drawn)
    columns = Columns(anatomy, drawn)
    grid = Grid(heads)
    boxes = _layers(anatomy, drawn, columns, grid)
    cards = {head: Box(columns.card, grid.middle([head]) - ROW / 2, CARD, ROW) for head in heads}
    boxes |= _resizes(anatomy, drawn, columns, grid)
    floor = min([0.0, *(box.bottom for box in boxes.values())])
    boxes |= _input_boxes(anatomy, drawn, grid, picture, floor)
    arrows = [_arrow(anatomy.blocks[start], boxes[start], boxes[end]) for start, end in _edges(anatomy, drawn)]
    arrows += [
        _arrow(anatomy.blocks[end], boxes[end], cards[head])
        for head in heads
        for end in anatomy.ends[head]
        if end in boxes
    ]
    lowest = min([floor, *(box.bottom for box in boxes.values())])
    highest = max([grid.height, *(box.top for box in boxes.values())])
    return Layout(heads, boxes, cards, tuple(arrows), columns.card + CARD, lowest, highest)


def rows(anatomy: Anatomy, drawn: Iterable[int]) -> tuple[str, ...]:
    """The heads from top to bottom: those that share layers are neighbours, those that take numbers are low."""
    blocks = [anatomy.blocks[number] for number in drawn]
    shared = [set(block.heads) for block in blocks if block.kind == "layers" and len(block.heads) > 1]
    numbers = {head for block in _inputs(blocks)[1:] for head in block.heads}
    orders = [_sorted(anatomy.heads, shared, numbers, first) for first in (True, False)]
    return max(orders, key=lambda order: sum(order.index(head) for head in numbers))


def _sorted(heads: Sequence[str], shared: Sequence[set[str]], last: set[str], first: bool) -> tuple[str, ...]:
    """Heads that share most are `first`, or below; of those that share the same, `last` are below."""
    return tuple(sorted(heads, key=lambda head: [*((head in some) != first for some in shared), head in last]))


def _inputs(blocks: Iterable[Block]) -> list[Block]:
    """The first is the picture."""
    return [block for block in blocks if block.kind == "input"]


def _drawn(anatomy: Anatomy) -> list[int]:
    """Inputs, and what they reach."""
    found: list[int] = []
    for number, block in enumerate(anatomy.blocks):
        if block.kind == "input" or any(start in found for start, end in anatomy.edges if end == number):
            found.append(number)
    return found


def _edges(anatomy: Anatomy, drawn: Sequence[int]) -> list[tuple[int, int]]:
    """The edges that no other way says already: of a -> b -> c and a -> c the last."""
    edges = [edge for edge in anatomy.edges if edge[0] in drawn]
    beyond: dict[int, set[int]] = {number: set() for number in drawn}  # what lies further on than the next block
    after: dict[int, set[int]] = {number: set() for number in drawn}
    for number in reversed(drawn):
        following = {end for start, end in edges if start == number}
        beyond[number] = set[int]().union(*(after[end] for end in following))
        after[number] = following | beyond[number]
    return [(start, end) for start, end in edges if end not in beyond[start]]


def _layers(anatomy: Anatomy, drawn: Sequence[int], columns: Columns, grid: Grid) -> dict[int, Box]:
    """As tall as the rows of their heads; stacked where the heads of two blocks are not one within the other."""
    boxes = {}
    for number in (number for number in drawn if anatomy.blocks[number].kind == "layers"):
        left, width = columns.span(number)
        boxes[number] = Box(left, *grid.span(anatomy.blocks[number].heads, width))
    if not any(one.overlaps(other) for one, other in combinations(boxes.values(), 2)):
        return boxes
    for column, (left, right) in enumerate(columns.edges):
        stacked = [number for number in boxes if columns.first[number] == column]
        sizes = {number: float(len(anatomy.blocks[number].heads)) for number in stacked}
        scale = (grid.height - BETWEEN_ROWS * (len(stacked) - 1)) / sum(sizes.values())
        heights = {number: max(ROW, size * scale) for number, size in sizes.items()}
        bottoms = apart(heights, lambda number: grid.middle(anatomy.blocks[number].heads), grid.height / 2)
        boxes |= {number: Box(left, bottoms[number], right - left, heights[number]) for number in stacked}
    return boxes


def _resizes(anatomy: Anatomy, drawn: Sequence[int], columns: Columns, grid: Grid) -> dict[int, Box]:
    heights = {number: ROW for number in drawn if anatomy.blocks[number].kind == "resize"}
    bottoms = apart(heights, lambda number: grid.middle(anatomy.blocks[number].heads), grid.height / 2)
    return {number: Box(columns.resize, bottom, RESIZE, ROW) for number, bottom in bottoms.items()}


def _input_boxes(
    anatomy: Anatomy, drawn: Sequence[int], grid: Grid, picture: tuple[int, int], floor: float
) -> dict[int, Box]:
    """The first input, the picture, beside the rows; others below."""
    numbers = [number for number in drawn if anatomy.blocks[number].kind == "input"]
    boxes = {number: Box(0, floor - LANE * place - 0.1, PICTURE, NUMBERS) for place, number in enumerate(numbers)}
    if numbers:
        height, width = (PICTURE * side / max(picture) for side in picture)
        boxes[numbers[0]] = Box((PICTURE - width) / 2, (grid.height - height) / 2, width, height)
    return boxes


def _arrow(block: Block, source: Box, target: Box) -> tuple[Point, ...]:
    """From `block` to what takes from it: straight at a height that both have; numbers come from below, around what
    stands between."""
    if block.kind == "input" and source.height == NUMBERS:
        turn, height = target.left - GAP * 0.62, target.bottom + min(0.16, target.height / 4)
        return (source.right, source.middle), (turn, source.middle), (turn, height), (target.left, height)
    for middle in (target.middle, source.middle):
        if block.kind != "input" and source.holds(middle) and target.holds(middle):
            return (source.right, middle), (target.left, middle)
    return (source.right, source.middle), (target.left, target.middle)
