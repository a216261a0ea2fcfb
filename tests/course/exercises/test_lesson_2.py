"""Lesson 2: right answers pass, what is not theirs to change is refused, and anything at all gets a sentence."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course.exercises.clusters.edited import EditTask
from aoi_modules.course.exercises.clusters.faults import broken_files
from aoi_modules.course.exercises.clusters.quota import QuotaTask
from aoi_modules.course.exercises.clusters.tasks import Task
from aoi_modules.study.clusters import release
from aoi_modules.study.clusters.recorded import read
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird
from tests.course.exercises.clusters.answers import bashrc, edited, jupyter_file, mended, script

TASK = Task.of(Random(7), Path("/nowhere"))
OWN: dict[str, Any] = {"task": TASK, "cluster": None}
ROOM = QuotaTask.of(Random(7))
EDITS = EditTask.of(Random(7), TASK, read().live)
BROKEN = broken_files(TASK, Random(7))
QUOTA = {**OWN, "room": ROOM, "fits": ROOM.fits, "refused_by": ROOM.tight, "most": ROOM.most}


def test_right_answers_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "here", lambda: (None, release.STAND_IN))
    passes("2.1", {**OWN, "file": jupyter_file(TASK)})
    passes("2.2", QUOTA)
    passes("2.3", {"task": TASK, "script": script(TASK)})
    passes("2.4", {"task": TASK, "bashrc": bashrc(TASK)})
    passes("2.5", {"edits": EDITS, **edited(EDITS)})
    passes("2.6", {"broken": BROKEN, "cluster": None, "files": mended(BROKEN)})


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("2.1", None, "expected a dict"),
        ("2.1", {**OWN, "file": ...}, "expected the file as text"),
        ("2.1", {"task": "ada", "cluster": None, "file": "a"}, "expected the task above"),
        ("2.2", {**QUOTA, "cluster": "kind"}, "expected what the lesson found"),
        ("2.2", {**QUOTA, "fits": ...}, "fits: found ..."),
        ("2.3", {"task": TASK, "script": "FILL_IN"}, "still open"),
        ("2.4", {"task": TASK, "bashrc": "alias k=kubectl"}, "nothing asks kubectl"),
        ("2.5", {"edits": None, **edited(EDITS)}, "expected the task above"),
        ("2.7", {"goods": None, "store": None, "push": "", "sync": "", "train": ""}, "expected the task above"),
        ("2.6", {"broken": BROKEN, "cluster": None, "files": [one.text for one in BROKEN]}, "file 1: "),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


FORMS = (
    ("task", "cluster", "file"),
    ("task", "cluster", "room", "fits", "refused_by", "most"),
    ("task", "script"),
    ("task", "bashrc"),
    ("broken", "cluster", "files"),
    ("goods", "store", "push", "sync", "train"),
)


@given(st.sampled_from(["2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7"]), weird(*FORMS))
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)


@given(st.text())
def test_any_text_gets_a_sentence(text: str) -> None:
    gets_a_sentence("2.1", {**OWN, "file": text})
    gets_a_sentence("2.6", {"broken": BROKEN, "cluster": None, "files": [text, text, text]})
