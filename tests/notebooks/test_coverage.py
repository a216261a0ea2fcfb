"""The lessons hold every word and every deed of the team's study checklist, or say that it is open.

The words are kept here a second time, so that none can get lost from notebooks/coverage.yml.
"""

import ast
import builtins
from collections.abc import Iterator
from typing import Any

import pytest

from aoi_modules.course import checks, material
from aoi_modules.course.checklist import coverage, reading
from aoi_modules.course.checklist.coverage import Deed
from aoi_modules.course.notebook.file import read_notebook, sources_of
from aoi_modules.course.notebook.forms import exercises, proving_form

FOLDER = material.official_dir()
CURRICULUM = reading.load(FOLDER / reading.FILE_NAME)
COVERAGE = coverage.load(FOLDER / material.NOTEBOOKS / coverage.FILE_NAME)
ROWS = {row.item: row for row in COVERAGE.rows}
WORDS = {
    "1": "-p HOST:8888, --runtime=nvidia, --gpus all, -v LOCAL:CONTAINER, --name NAME, -d, --restart=always, IMAGE, "
    "image, layer, container, cache, volume, Docker's run reference",
    "2": "Pod, Deployment, Service, Namespace, externalIPs, ports, selector, type, source <(kubectl completion bash), "
    "alias k=kubectl, complete -F __start_kubectl k, kubectl version, kubectl edit, kubectl logs, "
    "the Kubernetes API reference, bash-completion first, MinIO as S3 store",
    "3": "VGG, ResNet, Inception, MobileNet, strides, depth, Keras Applications, preprocess_input",
    "4": "Conv2D, MaxPooling, BatchNormalization, GlobalAveragePooling2D, Dense, compile, fit, augmentation, "
    "callbacks, ModelCheckpoint, categorical cross-entropy, sparse categorical cross-entropy, mean squared error, "
    "mean absolute percentage error, Adam, SGD, learning rate, momentum, weight decay, loss, validation loss, "
    "accuracy, validation accuracy, precision, recall, ROC curve, AUC, keras.ops, compile=False",
    "5": "CSV, several inputs, several outputs, one linear output",
    "6": "TensorFlow Serving, .pb",
    "7": "microservice, HTTP, gRPC",
    "8": "a template for the company, own TensorFlow Serving performs consistently",
    "9": "why a gateway is needed",
}
DEEDS = {"1": 2, "2": 5, "3": 1, "4": 1, "5": 3, "6": 2, "7": 2, "8": 4, "9": 2, "10": 5, "11": 0}
"""How many things the checklist wants done in each item, at least; here or open."""
MAY_WAIT: dict[str, set[str]] = {}
"""What is open although its lesson is written."""


def test_the_lessons_hold_what_the_coverage_says() -> None:
    kept = coverage.problems(COVERAGE, CURRICULUM, lambda plan: sources_of(material.notebook_path(plan, FOLDER)))
    assert list(kept) == []


def test_every_item_of_the_checklist_has_its_row() -> None:
    assert list(ROWS) == [str(number) for number in range(1, 12)]


@pytest.mark.parametrize("item", WORDS)
def test_no_word_of_the_checklist_is_lost(item: str) -> None:
    listed = {word.word for word in ROWS[item].words}
    assert set(WORDS[item].split(", ")) - listed == set()


@pytest.mark.parametrize("item", ROWS)
def test_no_deed_of_the_checklist_is_lost(item: str) -> None:
    assert len(ROWS[item].deeds) + len(ROWS[item].open) >= DEEDS[item]
    exercise_ids = [deed.exercise for deed in ROWS[item].deeds]
    assert len(exercise_ids) == len(set(exercise_ids)), "an exercise proves one deed"


@pytest.mark.parametrize("item", ROWS)
def test_what_waits_is_known(item: str) -> None:
    assert {one.what for one in ROWS[item].open if one.waits_for} == MAY_WAIT.get(item, set())


class Anything:
    """Stands for whatever the cells above a stub have made."""

    def __getattr__(self, name: str) -> "Anything":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: object, **__: object) -> "Anything":
        return self

    def __getitem__(self, key: object) -> "Anything":
        return self

    def __truediv__(self, other: object) -> "Anything":
        return self

    def __iter__(self) -> Iterator[object]:
        return iter(())

    def keys(self) -> tuple[str, ...]:
        return ()


class Names(dict[str, Any]):
    """Every name has a value."""

    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name) if hasattr(builtins, name) else Anything()


def answer_of_stub(stub: str, check: str) -> object:
    """What the check of an exercise gets when nobody has done anything, as far as that is known without the lesson."""
    names = Names()
    body = [node for node in ast.parse(stub).body if not isinstance(node, ast.Import | ast.ImportFrom)]
    exec(compile(ast.Module(body, []), "stub", "exec"), names)
    calls = (node for node in ast.walk(ast.parse(check)) if isinstance(node, ast.Call) and len(node.args) == 2)
    call = next(call for call in calls if ast.unparse(call.func).endswith("check"))
    return eval(compile(ast.Expression(call.args[1]), "check", "eval"), names)


@pytest.mark.parametrize("deed", [deed for row in COVERAGE.rows for deed in row.deeds], ids=lambda deed: deed.exercise)
def test_the_check_of_a_deed_fails_on_its_stub(deed: Deed) -> None:
    """Here without the lesson's data; `aoi course run --prove` runs the same stub in its lesson, and wants a hint."""
    plan = CURRICULUM.lesson(deed.exercise.partition(".")[0])
    notebook = read_notebook(material.notebook_path(plan, FOLDER))
    (exercise,) = (one for one in exercises(notebook) if one.id == deed.exercise)
    passed, message = checks.judge(deed.exercise, answer_of_stub(exercise.stub.source, exercise.check.source))
    assert not passed, message
    assert message
    trial = f'hint_came("{deed.exercise}")'
    assert any(trial in cell.source for cell in proving_form(notebook).cells)
