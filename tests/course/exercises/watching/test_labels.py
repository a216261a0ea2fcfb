"""Few labels pass; one that grows with the work is counted on real lines."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.watching.labels import check_labels
from tests.study.watching.lines import logged


def test_the_three_labels_pass_in_any_order() -> None:
    assert check_labels(("level", "component", "service"), logged()) == "4 streams for 7 lines"


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (None, "expected a list of names"),
        (["service", "request_id"], "request_id has 3 values in this shift alone"),
        (["service", "colour"], "no line has a field colour"),
        (["service", "level"], "component is missing"),
        ([7], "expected a list of names"),
    ],
)
def test_each_mistake_has_its_hint(labels: object, words: str) -> None:
    with pytest.raises(Hint) as caught:
        check_labels(labels, logged())
    assert words in str(caught.value)
