"""Which classes teach something, and which of them is good."""

from pathlib import Path

import numpy as np
import pytest

from aoi_modules.datasets import folder
from aoi_modules.datasets.folder.labelled_checks import Checked
from aoi_modules.datasets.folder.labelled_rows import Row
from aoi_modules.datasets.folder.target import GoodClasses, in_words, target_of
from aoi_modules.datasets.picture_files import COLOUR, PictureFile
from aoi_modules.datasets.table import Target
from aoi_modules.errors import Argument, DataError
from tests.datasets.small_parts import picture, put_parts

PARTS = Path("parts")
ESCAPES = Argument("escape_target")


def rows(*classes: str) -> list[Checked]:
    """Three different pictures of each class, which nobody has to open."""
    return [
        (Row(f"{name}/{i}.png", PARTS / f"{name}/{i}.png", name, f"{name}/{i}.png"), PictureFile(f"{name}{i}", COLOUR))
        for name in classes
        for i in range(3)
    ]


def target(*classes: str, good: GoodClasses | None = None) -> Target:
    return target_of(PARTS, rows(*classes), good or GoodClasses())


@pytest.mark.parametrize(
    ("classes", "good"),
    [
        (("def_front", "ok_front"), ("ok_front",)),
        (("anomaly", "normal"), ("normal",)),
        (("NG", "OK"), ("OK",)),
        (("NG件", "OK件"), ("OK件",)),
        (("io", "nio"), ("io",)),
        (("normal mode", "ng"), ("normal mode",)),
        (("crack", "good", "void"), ("good",)),
        (("crack", "ok_back", "ok_front", "void"), ("ok_back", "ok_front")),
        (("良品", "划痕", "不良"), ("良品",)),
    ],
)
def test_good_classes_are_known_by_their_names_and_come_first(classes: tuple[str, ...], good: tuple[str, ...]) -> None:
    for needed in (None, ESCAPES):
        found = target(*classes, good=GoodClasses(needed_by=needed))
        assert (found.good, found.labels[: len(good)], set(found.labels)) == (good, good, set(classes))
        assert found.name == ("defect" if len(classes) == 2 else "kind")
        assert found.values.tolist() == [found.labels.index(name) for name in classes for _ in range(3)]


@pytest.mark.parametrize("classes", [("left", "right", "top"), ("0", "1"), ("defect a", "defect b"), ("crack", "void")])
def test_classes_without_a_word_of_quality_are_only_named_unless_a_verdict_is_wanted(classes: tuple[str, ...]) -> None:
    found = target(*classes)
    assert (found.name, found.labels, found.good) == ("kind", classes, ())
    with pytest.raises(DataError, match=f"which class is good.*{', '.join(classes)}") as caught:
        target(*classes, good=GoodClasses(needed_by=ESCAPES))
    assert "`good=...` names a class of good parts" in caught.value.hint
    assert "`good=()` says that no class is good" in caught.value.hint


@pytest.mark.parametrize(
    "classes", [("board", "defect"), ("normal mode", "eco mode"), ("good a", "good b"), ("almost ok", "ng")]
)
def test_where_names_speak_of_quality_and_do_not_tell_which_is_good_nothing_is_guessed(
    classes: tuple[str, ...],
) -> None:
    with pytest.raises(DataError, match="which class is good"):
        target(*classes)
    assert target(*classes, good=GoodClasses(())).name == "kind"
    found = target(*classes, good=GoodClasses((classes[0].upper(),)))
    assert (found.name, found.good, found.labels) == ("defect", (classes[0],), classes)


def test_a_person_is_asked_only_where_the_names_do_not_tell() -> None:
    asked: list[tuple[str, ...]] = []

    def ask(classes: tuple[str, ...]) -> list[str]:
        asked.append(classes)
        return ["a"]

    assert target("a", "b", good=GoodClasses(needed_by=ESCAPES, ask=ask)).good == ("a",)
    assert target("ok", "b", good=GoodClasses(needed_by=ESCAPES, ask=ask)).good == ("ok",)
    assert target("a", "b", good=GoodClasses(ask=ask)).good == ()
    assert asked == [("a", "b")]


def test_what_is_judged_is_said_in_words() -> None:
    assert in_words(target("left", "right")) == "no class is good: the model names classes and judges nothing"
    assert in_words(target("crack", "ok", "void")) == "good parts are called ok; defective ones crack, void"


def test_what_is_said_wins_over_the_names() -> None:
    found = target("good", "golden", "crack", good=GoodClasses(("crack", "golden")))
    assert (found.good, found.labels) == (("crack", "golden"), ("crack", "golden", "good"))
    assert np.unique(found.values).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("good", "why"),
    [
        (GoodClasses(("okay",)), "`good`: expected a class, one of a, b. Received: okay"),
        (GoodClasses(("a", "b")), "`good`: expected a class that is not good. Received: all classes"),
        (GoodClasses((), needed_by=ESCAPES), "no class is good, so `escape_target` has nothing to judge: a, b"),
        (
            GoodClasses(needed_by=ESCAPES, ask=lambda classes: []),
            "no class is good, so `escape_target` has nothing to judge",
        ),
    ],
)
def test_what_does_not_fit_the_classes_is_refused(good: GoodClasses, why: str) -> None:
    with pytest.raises(DataError) as caught:
        target("a", "b", good=good)
    assert why in caught.value.message


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ({"good": 9}, "at least two classes. Received: only good"),
        ({"good": 9, "bad": 2}, "3 different pictures of each class. Received: 2 of bad"),
        ({"Bad": 9, "bad": 9, "good": 9}, "more than capitals. Received: Bad, bad"),
    ],
)
def test_sets_that_teach_nothing_are_refused(tmp_path: Path, counts: dict[str, int], why: str) -> None:
    put_parts(tmp_path, counts)
    with pytest.raises(DataError) as caught:
        folder.load(tmp_path)
    assert why in caught.value.message


def test_copies_do_not_make_a_class(tmp_path: Path) -> None:
    put_parts(tmp_path, {"good": 9, "bad": 1})
    for i in range(5):
        (tmp_path / "bad" / f"copy {i}.png").write_bytes((tmp_path / "bad" / "000.png").read_bytes())
    with pytest.raises(DataError, match="Received: 1 of bad"):
        folder.load(tmp_path)


def test_all_defects_are_one_where_that_is_wanted() -> None:
    found = target("crack", "good", "void", good=GoodClasses(one_defect=True))
    assert (found.name, found.labels, found.good) == ("defect", ("good", "defect"), ("good",))
    assert found.values.tolist() == [1, 1, 1, 0, 0, 0, 1, 1, 1]
    assert target("left", "right", good=GoodClasses(one_defect=True)).name == "kind", "nothing is good"


def test_good_parts_alone_are_enough_to_learn_what_is_good() -> None:
    found = target("knobs", good=GoodClasses(one_defect=True, alone=True))
    assert (found.name, found.labels) == ("defect", ("knobs", "defect"))
    assert not found.values.any()


def test_a_folder_of_good_parts_and_defects_for_the_test_alone(tmp_path: Path) -> None:
    put_parts(tmp_path / "train", {"good": 10})
    put_parts(tmp_path / "test", {"crack": 2, "void": 1, "good": 3})
    (tmp_path / "test/crack/000.png").write_bytes(picture(5000))  # all pictures of the set differ
    (tmp_path / "test/crack/line 2/001.png").write_bytes(picture(5001))
    split = folder.load(tmp_path, good=GoodClasses(one_defect=True, alone=True))
    assert not split.train.labels.any()
    assert not split.validation.labels.any()
    assert split.test.labels.sum() == 3
    assert set(split.test.kinds) == {"good", "crack", "void"}
