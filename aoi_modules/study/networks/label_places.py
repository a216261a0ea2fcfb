"""Places labels of points so that they cover neither each other nor what is drawn. Pure; lengths in any one unit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

DIRECTIONS = 16
DISTANCES = (4.0, 14.0, 28.0, 46.0, 70.0, 100.0, 140.0)
"""How far a label's nearest edge may be from its point, tried from near to far."""


@dataclass(frozen=True)
class Rectangle:
    """A rectangle with edges along the axes."""

    left: float
    bottom: float
    right: float
    top: float

    def overlap(self, other: "Rectangle") -> float:
        """Computes the area that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(0.0, width) * max(0.0, height)

    def outside(self, frame: "Rectangle") -> float:
        """Computes the area of it that is not within the frame."""
        return (self.right - self.left) * (self.top - self.bottom) - self.overlap(frame)


def places(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    frame: Rectangle,
    obstacles: Sequence[Rectangle] = (),
) -> list[Rectangle]:
    """Places each label near its point, within the frame, free of the others and of the obstacles.

    Labels are placed one after the other, each at the nearest free place; where none is free, at the least covered.

    Args:
        points: N points, (x, y).
        sizes: N labels, (width, height).
        frame: labels should stay within it.
        obstacles: labels should not cover them.
    """
    taken = list(obstacles)
    found: list[Rectangle] = []
    for point, size in zip(points, sizes, strict=True):
        best = min(_candidates(point, size), key=lambda place: _covered(place, taken, frame))
        found.append(best)
        taken.append(best)
    return found


def _covered(place: Rectangle, taken: Sequence[Rectangle], frame: Rectangle) -> float:
    """`min` takes the first of equals, so the nearest free place wins."""
    return sum(place.overlap(other) for other in taken) + place.outside(frame)


def _candidates(point: tuple[float, float], size: tuple[float, float]) -> Iterator[Rectangle]:
    """Places around a point, from near to far, the right one first."""
    (x, y), (width, height) = point, size
    for distance in DISTANCES:
        for turn in range(DIRECTIONS):
            angle = 2 * pi * turn / DIRECTIONS
            along, up = cos(angle), sin(angle)
            left = x + along * (distance + width / 2) - width / 2
            bottom = y + up * (distance + height / 2) - height / 2
            yield Rectangle(left, bottom, left + width, bottom + height)
