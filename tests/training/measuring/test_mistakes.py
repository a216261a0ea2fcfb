"""The wrong answers, and what is said about each class."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.table import Split, Table, Target
from aoi_modules.modelstore.manifest import Head
from aoi_modules.training.measuring.evaluation import Evaluation
from aoi_modules.training.measuring.mistakes import class_counts, class_results, mistakes
from aoi_modules.verdict import Verdict
from tests.training.small import ORIGIN

DEFECT = Head(name="defect", kind="defect", labels=("ok", "ng"), threshold=0.5)
KIND = Head(name="kind", kind="class", labels=("ok", "crack", "void"), good=("ok",), threshold=0.5)
SIDE = Head(name="side", kind="class", labels=("left", "right"))


def table(target: Target, kinds: tuple[str, ...] = ()) -> Table:
    count = len(target.values)
    names = tuple(f"part {row}.png" for row in range(count))
    return Table(np.zeros((count, 8, 8, 1), np.uint8), (target,), names, kinds)


def answered(head: Head, answers: list[list[float]], labels: list[int], rows: list[int] | None = None) -> Evaluation:
    truth: NDArray[np.int64] = np.array(labels, np.int64)
    places = np.arange(len(labels)) if rows is None else np.array(rows)
    return Evaluation(head, np.array(answers, np.float32), truth, places)


def test_escapes_come_first_then_overkill_the_surest_error_first() -> None:
    labels = [1, 0, 1, 0, 1, 0]
    test = table(Target("defect", np.array(labels), DEFECT.labels))
    result = answered(DEFECT, [[0.4], [0.6], [0.1], [0.9], [0.8], [0.2]], labels)
    found = mistakes([result], test)
    assert [(one.kind, one.picture, one.truth, one.answer) for one in found] == [
        ("escaped", "part 2.png", "ng", "ok"),
        ("escaped", "part 0.png", "ng", "ok"),
        ("overkilled", "part 3.png", "ok", "ng"),
        ("overkilled", "part 1.png", "ok", "ng"),
    ]
    assert [one.verdict for one in found] == [Verdict.PASS, Verdict.PASS, Verdict.FAIL, Verdict.FAIL]
    assert np.allclose([one.score for one in found], [0.1, 0.4, 0.9, 0.6])


def test_a_class_head_that_judges_has_escapes_overkill_and_defects_taken_for_each_other() -> None:
    labels = [0, 1, 2, 1, 0]
    test = table(Target("kind", np.array(labels), KIND.labels))
    answers = [[0.4, 0.5, 0.1], [0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.1, 0.9, 0.0], [0.9, 0.1, 0.0]]
    found = mistakes([answered(KIND, answers, labels)], test)
    assert [(one.kind, one.truth, one.answer, one.verdict) for one in found] == [
        ("escaped", "crack", "ok", Verdict.PASS),
        ("overkilled", "ok", "crack", Verdict.FAIL),
        ("mislabelled", "void", "crack", Verdict.FAIL),
    ]


def test_a_class_head_that_judges_nothing_has_wrong_labels_alone() -> None:
    test = table(Target("side", np.array([0, 1]), SIDE.labels))
    (one,) = mistakes([answered(SIDE, [[0.25, 0.75], [0.25, 0.75]], [0, 1])], test)
    assert (one.kind, one.truth, one.answer, one.score, one.verdict) == ("mislabelled", "left", "right", 0.75, None)


def test_kinds_of_defects_are_told_apart_and_rows_that_do_not_count_are_not_there() -> None:
    test = table(Target("defect", np.array([0, 1, 1, 1]), DEFECT.labels), kinds=("ok", "crack", "void", "void"))
    result = answered(DEFECT, [[0.9], [0.1], [0.8]], [0, 1, 1], rows=[0, 1, 3])
    assert [one.truth for one in mistakes([result], test)] == ["crack", "ok"]
    found = {one.name: one for one in class_results([result], test)}
    assert {name: (one.pictures, one.good, one.passed, one.right) for name, one in found.items()} == {
        "crack": (1, False, 1, None),
        "void": (1, False, 0, None),
        "ok": (1, True, 0, None),
    }
    assert {name: str(one.wrong_verdicts)[:6] for name, one in found.items()} == {
        "crack": "100.0%", "void": "0.0% (", "ok": "100.0%",
    }  # fmt: skip


def test_each_class_has_its_right_labels() -> None:
    test = table(Target("kind", np.array([0, 1, 1]), KIND.labels))
    result = answered(KIND, [[0.9, 0.1, 0.0], [0.6, 0.4, 0.0], [0.0, 1.0, 0.0]], [0, 1, 1])
    found = {one.name: one for one in class_results([result], test)}
    assert {name: (one.right, one.pictures, one.passed) for name, one in found.items()} == {
        "ok": (1, 1, 1), "crack": (1, 2, 1),
    }  # fmt: skip
    assert str(found["crack"].recall).startswith("50.0% (1 of 2; 95%:")


def test_a_value_has_no_mistakes_and_no_classes() -> None:
    price = Head(name="price", kind="value", labels=())
    test = table(Target("price", np.array([1.0, 2.0], np.float32)))
    result = Evaluation(price, np.ones((2, 1), np.float32), np.ones(2, np.float32), np.arange(2))
    assert mistakes([result], test) == ()
    assert class_results([result], test) == ()
    assert class_counts(Split(test, test, test, ORIGIN)) == {}


def test_pictures_are_counted_by_class_and_table() -> None:
    one = table(Target("kind", np.array([0, 1, 1]), KIND.labels))
    fine = replace(one, kinds=("ok", "long crack", "crack"))
    assert class_counts(Split(one, one.take([0]), one.take([1]), ORIGIN)) == {
        "ok": {"train": 1, "validation": 1, "test": 0},
        "crack": {"train": 2, "validation": 0, "test": 1},
    }
    assert set(class_counts(Split(fine, fine, fine, ORIGIN))) == {"ok", "crack", "long crack"}
