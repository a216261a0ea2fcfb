"""Labels of points: near, free, within the frame."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.study.networks.label_places import Rectangle, places

FRAME = Rectangle(0, 0, 600, 400)
POINT = st.tuples(st.floats(0, 600), st.floats(0, 400))
SIZE = st.tuples(st.floats(20, 140), st.floats(8, 14))
LABELLED = st.lists(st.tuples(POINT, SIZE), max_size=10)


@given(LABELLED)
def test_labels_never_cover_each_other(labelled: list[tuple[tuple[float, float], tuple[float, float]]]) -> None:
    found = places([point for point, _ in labelled], [size for _, size in labelled], FRAME)
    assert all(one.overlap(other) < 1e-6 for one, other in combinations(found, 2))


@given(LABELLED)
def test_labels_stay_in_the_frame(labelled: list[tuple[tuple[float, float], tuple[float, float]]]) -> None:
    found = places([point for point, _ in labelled], [size for _, size in labelled], FRAME)
    assert all(place.outside(FRAME) < 1e-6 for place in found)


def test_a_lonely_label_stands_beside_its_point() -> None:
    (place,) = places([(100, 100)], [(50, 10)], FRAME)
    assert place == Rectangle(104, 95, 154, 105)


def test_labels_keep_off_obstacles() -> None:
    bar = Rectangle(102, 50, 160, 150)
    (place,) = places([(100, 100)], [(50, 10)], FRAME, [bar])
    assert place.overlap(bar) == 0


def test_a_crowd_is_placed_all_the_same() -> None:
    assert len(places([(5, 5)] * 40, [(90, 9)] * 40, Rectangle(0, 0, 100, 20))) == 40


def test_areas() -> None:
    assert Rectangle(0, 0, 2, 2).overlap(Rectangle(1, 1, 3, 3)) == 1
    assert Rectangle(0, 0, 2, 2).overlap(Rectangle(2, 0, 3, 3)) == 0
    assert Rectangle(0, 0, 2, 2).outside(Rectangle(1, 0, 9, 9)) == 2
