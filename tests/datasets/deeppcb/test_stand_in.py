"""Drawn boards."""

import numpy as np

from aoi_modules.datasets.deeppcb import stand_in
from aoi_modules.datasets.deeppcb.crops import DEFECTS


def test_every_box_holds_a_difference_and_nothing_else_differs() -> None:
    learning, testing = stand_in.draw()
    for pair in learning + testing:
        differs = pair.tested != pair.template
        covered = np.zeros_like(differs)
        for x1, y1, x2, y2, _ in pair.boxes.tolist():
            assert differs[y1:y2, x1:x2].any()
            covered[y1:y2, x1:x2] = True
        assert not (differs & ~covered).any()


def test_all_defects_on_all_boards_and_one_board_for_tests_only() -> None:
    learning, testing = stand_in.draw()
    kinds = np.concatenate([pair.boxes[:, 4] for pair in learning])
    assert np.bincount(kinds, minlength=len(DEFECTS) + 1)[1:].min() > 40
    boards = [{pair.name.partition("/")[0] for pair in pairs} for pairs in (learning, testing)]
    assert boards[1] - boards[0] == {"drawn5"}
    assert len({pair.name for pair in learning + testing}) == len(learning) + len(testing)


def test_the_same_every_time() -> None:
    first, again = stand_in.draw()[1][3], stand_in.draw()[1][3]
    assert np.array_equal(first.tested, again.tested)
    assert np.array_equal(first.boxes, again.boxes)
