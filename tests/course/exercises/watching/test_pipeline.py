"""A pipeline's run is read right, and its program is mended so that its tests pass."""

from typing import Any

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.watching.pipeline import JOBS, check_pipeline
from aoi_modules.study.watching import pipeline_run

RUN = pipeline_run.read()
RIGHT: dict[str, Any] = {
    "failed": "test", "never": ["deploy", "package"], "program": RUN.program.replace(">=", ">"),
}  # fmt: skip


def test_the_right_answer_passes_and_its_jobs_are_those_of_the_file() -> None:
    assert "before an image was built" in check_pipeline(RIGHT)
    assert all(f"\n{job}:\n" in RUN.pipeline for job in JOBS)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"failed": "lint"}, "failed: found"),
        ({"never": "deploy"}, "expected a list"),
        ({"never": ["deploy"]}, "no line of package: it needs the job that failed"),
        ({"never": ["package"]}, "somebody has to start it by hand"),
        ({"never": ["package", "deploy", "lint"]}, "so it started"),
        ({"never": ["image"]}, "there is no job image"),
        ({"program": RUN.program}, "it is as it was"),
        ({"program": "def verdict(score, threshold):\n    return 'PASS'\n"}, "the tests say: FAILED (failures=1)"),
        ({"program": "def verdict("}, "the tests say: FAILED (errors=1)"),
        ({"program": None}, "expected the text of line/verdict.py"),
    ],
)
def test_each_mistake_has_its_hint(changed: dict[str, object], words: str) -> None:
    with pytest.raises(Hint) as caught:
        check_pipeline(RIGHT | changed)
    assert words in str(caught.value)
