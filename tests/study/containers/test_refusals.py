"""What an engine refuses, and in which words."""

import os

from aoi_modules.study.containers import recorded
from aoi_modules.study.containers.engine import Engine
from aoi_modules.study.containers.refusals import ask, lines_about
from tests.container_engine import BASE

WORDS = {
    "a long dash": "unknown shorthand flag",
    "a flag behind the image": '"--gpus"',
    "two promises": "--restart and --rm",
    "a name that is taken": "already in use",
    "a port that is taken": "address already in use",
}
"""What stands in each answer of Docker, in whatever version."""


def test_the_recording_has_an_answer_to_each_line() -> None:
    found = {one.about: one for one in recorded.read().refusals}
    assert list(found) == [about for about, _ in lines_about(BASE, 0, "one")]
    for about, words in WORDS.items():
        assert words in found[about].said
    assert "device driver" in found["a GPU, new flag, no GPU runtime"].said
    assert "runtime" in found["a GPU, old flag, no GPU runtime"].said


def test_an_engine_says_the_same_and_nothing_is_left_behind(engine: Engine) -> None:
    found = {one.about: one.said for one in ask(engine, BASE)}
    for about, words in WORDS.items():
        assert words in found[about], about
    assert engine.look(f"aoi-lesson-{os.getpid()}") is None
