"""The number of a head that is judged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.judging.defect_score import defect_scores
from aoi_modules.judging.inspection import judge_head
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.modelstore.manifest import Head

DEFECT = Head(name="defect", kind="defect", labels=("good", "crack"))
SURFACE = Head(name="surface", kind="class", labels=("smooth", "rough", "torn"), good=("smooth",))


def test_a_defect_head_gives_its_score() -> None:
    assert defect_scores(DEFECT, np.array([[0.25], [0.5]], np.float32)).tolist() == [0.25, 0.5]


def test_a_class_head_gives_what_its_good_labels_leave() -> None:
    answers = np.array([[0.5, 0.25, 0.25], [0.0, 0.75, 0.25]], np.float32)
    assert defect_scores(SURFACE, answers).tolist() == [0.5, 1.0]
    assert defect_scores(SURFACE, answers, ("smooth", "rough")).tolist() == [0.25, 0.25]


@given(st.lists(st.floats(0, 1, width=32), min_size=3, max_size=3))
def test_a_table_is_scored_as_each_picture_is_judged(values: list[float]) -> None:
    judged = judge_head(SURFACE, values, HeadLimits(threshold=0.5))
    assert judged.score == pytest.approx(float(defect_scores(SURFACE, np.array([values], np.float32))[0]), abs=1e-12)
