"""Lesson 10: right answers pass, wrong ones get their hint, and anything at all gets a sentence."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course.exercises.lesson_10 import LOG_ROOMS, METRICS_ROOMS
from aoi_modules.course.exercises.watching.exporter import NodeFile
from aoi_modules.study.watching import node_files, pipeline_run, questions, recorded
from aoi_modules.study.watching.scene import COMPONENTS
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird
from tests.course.exercises.watching.test_database import GRANT
from tests.course.exercises.watching.test_database import RIGHT as DATABASE
from tests.course.exercises.watching.test_overlay import overlay
from tests.course.exercises.watching.test_panel import panel
from tests.course.exercises.watching.test_runner import GITLAB, PLAIN
from tests.course.exercises.watching.test_trail import RIGHT as TRAIL
from tests.study.watching.lines import logged

WATCH = recorded.read().watch()
ASKED: dict[str, Any] = {
    "watch": WATCH,
    "component": "shirt",
    "speed": questions.speed("shirt", WATCH.window),
    "review": questions.share("REVIEW", WATCH.window),
    "slowest": questions.slowest(WATCH.window),
    "versions": questions.versions(WATCH.window),
}
PROGRAM = pipeline_run.read().program.replace(">=", ">")
LABELS = ["service", "level", "component"]
LOGS: dict[str, Any] = {"cluster": None, "lines": logged(), "file": overlay(*LOG_ROOMS), "labels": LABELS}


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("10.2", ASKED),
        ("10.3", {"watch": WATCH, "panel": panel()}),
        ("10.4", {"watch": WATCH, "found": dict(WATCH.shift.faults)}),
        ("10.5", TRAIL),
        ("10.6", {"cluster": None, "file": overlay(*METRICS_ROOMS)}),
        ("10.7", {"node_file": NodeFile("port"), "file": node_files.RIGHT}),
        ("10.8", {"file": DATABASE, "grant": GRANT}),
        ("10.10", LOGS),
        ("10.11", {"gitlab": GITLAB, "values": PLAIN}),
        ("10.12", {"failed": "test", "never": ["package", "deploy"], "program": PROGRAM}),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("10.1", {"addresses": None, "file": ""}, "leave them as they are"),
        ("10.2", ASKED | {"component": "bolt"}, "leave it as it is"),
        ("10.2", ASKED | {"speed": ASKED["versions"]}, "speed: "),
        ("10.2", ASKED | {"watch": 7}, "leave it as it is"),
        ("10.6", {"cluster": "kind", "file": ""}, "what the lesson found"),
        ("10.9", {"results": None, "backup": "", "restore": ""}, "leave them as they are"),
        ("10.10", LOGS | {"lines": []}, "leave them as they are"),
        ("10.10", LOGS | {"labels": ["verdict"]}, "verdict has 2 values"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


def test_both_components_can_be_asked_about() -> None:
    for component in COMPONENTS:
        passes("10.2", ASKED | {"component": component, "speed": questions.speed(component, WATCH.window)})


FORMS = (
    ("addresses", "file"),
    tuple(ASKED),
    ("watch", "panel"),
    ("watch", "found"),
    tuple(TRAIL),
    ("cluster", "file"),
    ("node_file", "file"),
    ("file", "grant"),
    ("results", "backup", "restore"),
    tuple(LOGS),
    ("gitlab", "values"),
    ("failed", "never", "program"),
)
IDS = [f"10.{number}" for number in range(1, 13)]


@given(st.sampled_from(IDS), weird(*FORMS))
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)


@given(st.text())
def test_any_text_gets_a_sentence(text: str) -> None:
    gets_a_sentence("10.3", {"watch": WATCH, "panel": text})
    gets_a_sentence("10.6", {"cluster": None, "file": text})
    gets_a_sentence("10.7", {"node_file": NodeFile("port"), "file": text})
    gets_a_sentence("10.8", {"file": text, "grant": GRANT})
    gets_a_sentence("10.8", {"file": DATABASE, "grant": text})
    gets_a_sentence("10.11", {"gitlab": GITLAB, "values": text})
