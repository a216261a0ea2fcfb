"""What each chart has to keep, whatever its figures are."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from aoi_modules.gateway.doors.pages.charts.frame import LETTER, SIZES, Chart

SVG_PATH = re.compile(r"(?:M?-?[\d.]+ -?[\d.]+L?|Z|M|L)*")
ROOM = 0.2
"""Pixels for rounding."""


def check(chart: Chart) -> None:
    """Each drawing is XML with a text for who cannot see it, all of it lies within, and so does the table's shape."""
    assert chart.about
    assert [drawing.count("viewBox") for drawing in chart.drawings] == [1] * len(SIZES)
    for drawing in chart.drawings:
        root = ElementTree.fromstring(drawing)
        assert root.get("role") == "img"
        assert root[0].tag == "title"
        _, _, width, height = map(float, root.attrib["viewBox"].split())
        for x, y in points(root):
            assert -ROOM <= x <= width + ROOM, (x, y)
            assert -ROOM <= y <= height + ROOM, (x, y)
        for x, y in labels(root):
            assert -12 <= x <= width + 12, (x, y)
            assert 0 <= y <= height
    assert {len(row) for row in chart.rows} <= {len(chart.head)}


def points(root: ElementTree.Element) -> Iterator[tuple[float, float]]:
    """All places that are drawn; `float` refuses what is none."""
    for element in root.iter():
        given = {name: element.get(name, "0") for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy")}
        at = {name: finite(value) for name, value in given.items()}
        match element.tag:
            case "line":
                yield from ((at["x1"], at["y1"]), (at["x2"], at["y2"]))
            case "circle":
                yield at["cx"], at["cy"]
            case "rect":
                wide, high = finite(element.attrib["width"]), finite(element.attrib["height"])
                assert wide >= 0
                assert high >= 0
                yield from ((at["x"], at["y"]), (at["x"] + wide, at["y"] + high))
            case "path":
                assert SVG_PATH.fullmatch(element.attrib["d"]), element.attrib["d"]
                for x, y in re.findall(r"(-?[\d.e+-]+) (-?[\d.e+-]+)", element.attrib["d"]):
                    yield finite(x), finite(y)


def labels(root: ElementTree.Element) -> Iterator[tuple[float, float]]:
    """Both ends of each label, about."""
    for element in root.iter("text"):
        x, y, wide = finite(element.attrib["x"]), finite(element.attrib["y"]), LETTER * len(element.text or "")
        start = {"end": x - wide, "middle": x - wide / 2}.get(element.get("text-anchor", "start"), x)
        yield from ((start, y), (start + wide, y))


def finite(said: str) -> float:
    assert re.fullmatch(r"-?\d+(\.\d+)?", said), said
    return float(said)


def signs(chart: Chart, name: str) -> int:
    """How many elements of the first drawing have a class."""
    return sum(name == element.get("class") for element in ElementTree.fromstring(chart.drawings[0]).iter())
