"""Where crops lie and what is asked about them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets.deeppcb.crops import CLEAN, DEFECTS, JITTER, SIDE, Boxes, Crop, answers, plan

WIDTH, HEIGHT = 200, 150


@st.composite
def box(draw: st.DrawFn) -> tuple[int, int, int, int, int]:
    x, y = draw(st.integers(0, WIDTH - 5)), draw(st.integers(0, HEIGHT - 5))
    return x, y, draw(st.integers(x + 1, WIDTH)), draw(st.integers(y + 1, HEIGHT)), draw(st.integers(1, 6))


BOXES = st.lists(box(), max_size=6).map(lambda rows: np.array(rows, np.int64).reshape(-1, 5))


def planned(boxes: Boxes, seed: int = 0) -> list[Crop]:
    return plan(boxes, HEIGHT, WIDTH, np.random.default_rng(seed))


def touches(crop: Crop, box: list[int]) -> bool:
    """Pixel by pixel: slow and plain."""
    return bool(set(range(crop.x, crop.x + SIDE)) & set(range(box[0], box[2]))) and bool(
        set(range(crop.y, crop.y + SIDE)) & set(range(box[1], box[3]))
    )


@given(BOXES, st.integers(0, 3))
def test_every_crop_lies_in_the_picture_and_every_box_has_its_twins(boxes: Boxes, seed: int) -> None:
    crops = planned(boxes, seed)
    assert all(0 <= crop.x <= WIDTH - SIDE and 0 <= crop.y <= HEIGHT - SIDE for crop in crops)
    by_name = {crop.name: crop for crop in crops}
    assert len(by_name) == len(crops)
    for number, row in enumerate(boxes.tolist()):
        own, twin = by_name[f"test/{number}"], by_name[f"template/{number}"]
        assert (own.x, own.y) == (twin.x, twin.y)
        assert own.kind == DEFECTS[row[4] - 1]
        assert (own.from_template, twin.from_template) == (False, True)
        assert touches(own, row)
    assert crops == planned(boxes, seed)


@given(BOXES)
def test_clean_crops_touch_no_box(boxes: Boxes) -> None:
    clean = [crop for crop in planned(boxes) if crop.kind == "clean"]
    assert len(clean) <= CLEAN
    assert not any(touches(crop, row) for crop in clean for row in boxes.tolist())


def test_without_boxes_there_are_clean_crops() -> None:
    assert [crop.kind for crop in planned(np.zeros((0, 5), np.int64))] == ["clean"] * CLEAN


@given(BOXES)
def test_a_head_is_not_asked_where_another_box_of_its_defect_reaches_in(boxes: Boxes) -> None:
    crops = planned(boxes)
    for defect in range(1, 7):
        values, weights = answers(crops, defect)
        for crop, value, weight in zip(crops, values.tolist(), weights.tolist(), strict=True):
            assert value == (crop.kind == DEFECTS[defect - 1])
            reached = [row for row in boxes.tolist() if row[4] == defect and touches(crop, row)]
            asked = value == 1 or not reached or crop.from_template
            assert weight == float(asked)


def test_the_defect_is_not_always_in_the_middle() -> None:
    boxes = np.array([[90, 60, 100, 70, 1]], np.int64)
    corners = {(crop.x, crop.y) for seed in range(200) for crop in planned(boxes, seed) if crop.name == "test/0"}
    for axis, centre in ((0, 95), (1, 65)):
        moved = {corner[axis] - (centre - SIDE // 2) for corner in corners}
        assert (min(moved), max(moved)) == (-JITTER, JITTER)
