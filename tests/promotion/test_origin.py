"""Which parts neither version learnt from, and whether what tests was kept apart."""

import pytest

from aoi_modules.promotion.findings import State
from aoi_modules.promotion.origin import origin, tells, unseen_by_both
from aoi_modules.results.evidence.comparing import Contender
from tests.promotion.lines import KEY, contender, group, judged


def numbers(versions: list[Contender]) -> list[int]:
    """Of the units that neither learnt from; the last two were answered by version 4."""
    parts = [judged(number, 4 if number > 3 else 3) for number in range(6)]
    return [int(part.group, 16) for part in unseen_by_both(parts, versions, KEY)]


def test_a_part_that_one_of_them_learnt_from_says_nothing() -> None:
    assert numbers([contender(3, 0, 1), contender(4, 1, 2)]) == [3, 4, 5]
    assert numbers([contender(3), contender(4)]) == [0, 1, 2, 3, 4, 5]


def test_who_does_not_tell_knows_no_part_that_came_while_it_answered() -> None:
    assert numbers([contender(3, key=None), contender(4, 1)]) == [0, 2, 3]
    assert numbers([contender(3, key="another line"), contender(4, 1)]) == [0, 2, 3]
    assert numbers([contender(3, key=None), contender(4, key=None)]) == []


@pytest.mark.parametrize(
    ("incumbent", "candidate", "state", "figure"),
    [
        (contender(3, 1), contender(4, 2), "passed", "none of 2 units"),
        (contender(3, key=None), contender(4, 2), "passed", "none of 2 units"),
        (contender(3), contender(4, 2, 8), "failed", "tile 4 learnt from 1 of them"),
        (contender(3, 8), contender(4, 8, 9), "failed", "tile 3 learnt from 1, tile 4 learnt from 2 of them"),
        (contender(3), contender(4, key=None), "unknown", "unknown"),
        (contender(3), contender(4, key="another line"), "unknown", "unknown"),
    ],
)
def test_what_tests_is_never_learnt_from(incumbent: Contender, candidate: Contender, state: State, figure: str) -> None:
    found = origin([incumbent, candidate], KEY, {group(8), group(9)})
    assert (found.state, found.figure) == (state, figure)


def test_a_version_tells_by_the_key_of_the_line() -> None:
    assert tells(contender(3), KEY)
    assert not tells(contender(3, key="another line"), KEY)
