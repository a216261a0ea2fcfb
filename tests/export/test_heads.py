"""Heads follow from what the caller says, from the report, or from the width of an output."""

from dataclasses import replace

import pytest

from aoi_modules.datasets.folder import GoodClasses
from aoi_modules.errors import AoiError, Argument, DataError, ModelError
from aoi_modules.export.heads import Wish, choose_heads, default_head
from aoi_modules.export.network import Network
from aoi_modules.modelstore.manifest import Head, PictureInput

TWO = Network(lambda pictures, _: {}, PictureInput(height=8, width=8, channels=3), {"open": 1, "kind": 3}, origin="two")
LIMIT = Argument("threshold")
OPEN = Head(name="open", kind="defect", labels=("fine", "open"), threshold=0.3, metrics={"auroc": 0.9})


@pytest.mark.parametrize(
    ("units", "kind", "labels", "expected"),
    [
        (1, None, (), ("defect", ("good", "scratch"))),
        (3, None, (), ("class", ("0", "1", "2"))),
        (3, "class", ("a", "b", "c"), ("class", ("a", "b", "c"))),
        (1, "value", (), ("value", ())),
    ],
)
def test_heads_follow_from_units(
    units: int, kind: str | None, labels: tuple[str, ...], expected: tuple[str, tuple[str, ...]]
) -> None:
    head = default_head("scratch", units, kind=kind, labels=labels)  # type: ignore[arg-type]
    assert (head.kind, head.labels) == expected


def test_labels_that_do_not_fit_are_counted() -> None:
    with pytest.raises(ModelError, match=r"expected 3 labels for the class head kind\. Received: 2"):
        default_head("kind", 3, kind=None, labels=("a", "b"))


def test_every_output_becomes_a_head() -> None:
    chosen = choose_heads(TWO, (), ())
    assert [(head.name, head.kind, head.threshold) for head in chosen.heads] == [
        ("open", "defect", 0.5),
        ("kind", "class", None),
    ]
    assert chosen.outputs == {"open": "open", "kind": "kind"}


def test_naming_a_head_leaves_the_others_out() -> None:
    chosen = choose_heads(TWO, (), [Wish(head="lead", output="open", threshold=0.2)])
    assert [(head.name, head.labels, head.threshold) for head in chosen.heads] == [("lead", ("good", "lead"), 0.2)]
    assert chosen.outputs == {"lead": "open"}


def test_the_report_is_kept_under_the_wishes() -> None:
    head, _ = choose_heads(TWO, [OPEN], [Wish(output="open", threshold=0.6)]).heads
    assert (head.labels, head.threshold, head.metrics) == (("fine", "open"), 0.6, {"auroc": 0.9})
    (changed,) = choose_heads(TWO, [OPEN], [Wish(head="value", output="open", kind="value")]).heads
    assert (changed.kind, changed.labels) == ("value", ())


@pytest.mark.parametrize(
    ("wishes", "words", "argument"),
    [
        ([Wish(head="lead")], "`head`: two has the outputs open, kind. Received: lead", "head"),
        ([Wish(output="lid")], "`output`: two has the outputs open, kind. Received: lid", "output"),
        ([Wish(threshold=0.1)], "`head`: two has the outputs open, kind. Received: no name", "head"),
        ([Wish("a", "open"), Wish("b", "open")], "`head`: two names for one output of two: open, kind", "head"),
        ([Wish(output="kind", kind="defect")], "`kind`: a defect head has one unit. Received: defect for kind", "kind"),
        ([Wish(output="open", labels=("a",))], "`labels`: expected 2 labels for the defect head open", "labels"),
    ],
)
def test_wishes_that_cannot_be_had(wishes: list[Wish], words: str, argument: str) -> None:
    with pytest.raises(AoiError) as caught:
        choose_heads(TWO, (), wishes)
    assert caught.value.message.startswith(words)
    assert caught.value.arguments[0] == Argument(argument)


def test_a_class_head_keeps_its_good_labels_under_their_new_names_and_takes_another_threshold() -> None:
    kind = Head(name="kind", kind="class", labels=("ok", "crack", "void"), good=("ok",), threshold=0.3)
    wish = Wish(output="kind", head="kind", labels=("fine", "a", "b"), threshold=0.2)
    (head,) = choose_heads(TWO, (kind,), (wish,)).heads
    assert (head.labels, head.good, head.threshold) == (("fine", "a", "b"), ("fine",), 0.2)
    (as_is,) = choose_heads(TWO, (kind,), (Wish(output="kind", head="kind"),)).heads
    assert (as_is.good, as_is.threshold) == (("ok",), 0.3)


def kind_of(wish: Wish, *reported: Head) -> Head:
    (head,) = choose_heads(TWO, reported, (replace(wish, head="kind", output="kind"),)).heads
    return head


@pytest.mark.parametrize(
    ("wish", "good", "threshold"),
    [
        (Wish(labels=("crack", "ok", "void")), ("ok",), 0.5),
        (Wish(labels=("crack", "ok_front", "ok_back"), threshold=0.2), ("ok_front", "ok_back"), 0.2),
        (Wish(labels=("left", "right", "top")), (), None),
        (Wish(labels=("left", "right", "top"), good=GoodClasses(("RIGHT",))), ("right",), 0.5),
        (Wish(labels=("crack", "ok", "void"), good=GoodClasses(())), (), None),
        (Wish(), (), None),
        (Wish(good=GoodClasses(("2", "0"))), ("2", "0"), 0.5),
        (Wish(good=GoodClasses(needed_by=LIMIT, ask=lambda classes: ["1"]), threshold=0.3), ("1",), 0.3),
    ],
)
def test_a_class_head_with_good_labels_judges_and_knows_them_as_training_does(
    wish: Wish, good: tuple[str, ...], threshold: float | None
) -> None:
    head = kind_of(wish)
    assert (head.good, head.threshold, head.judges) == (good, threshold, bool(good))


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (
            Wish(labels=("board", "defect", "other")),
            "two: head kind: which class is good? Their names do not tell: board",
        ),
        (Wish(good=GoodClasses(needed_by=LIMIT)), "which class is good? Their names do not tell: 0, 1, 2"),
        (Wish(good=GoodClasses((), needed_by=LIMIT)), "no class is good, so `threshold` has nothing to judge"),
        (Wish(good=GoodClasses(("ok",))), "`good`: expected a class, one of 0, 1, 2. Received: ok"),
    ],
)
def test_where_nobody_knows_which_labels_are_good_nothing_is_guessed(wish: Wish, words: str) -> None:
    with pytest.raises(DataError) as caught:
        kind_of(wish)
    assert words in caught.value.message


def test_a_threshold_belongs_to_the_good_labels_that_it_was_chosen_for() -> None:
    reported = Head(
        name="kind", kind="class", labels=("ok", "a", "b"), good=("ok",), threshold=0.3, review_band=(0.2, 0.3)
    )
    with pytest.raises(ModelError, match=r"threshold is for ok as good, not for a\n.*`threshold=\.\.\.`"):
        kind_of(Wish(good=GoodClasses(("a",))), reported)
    assert kind_of(Wish(good=GoodClasses(("ok",))), reported) == reported
    told = kind_of(Wish(good=GoodClasses(())), reported)
    assert (told.good, told.limits, told.review_band) == ((), None, None)
    other = kind_of(Wish(good=GoodClasses(("a",)), threshold=0.6), reported)
    assert (other.good, other.threshold, other.review_band) == (("a",), 0.6, None)


def test_a_score_of_good_parts_is_turned_round_only_where_the_caller_says_so() -> None:
    wish = Wish("casting", "open", labels=("def_front", "ok_front"), threshold=0.3)
    with pytest.raises(ModelError, match=r"good and defect, in this order\. Received: def_front, ok_front\n.*ok_front"):
        choose_heads(TWO, (), [wish])
    turned = choose_heads(TWO, (), [replace(wish, good=GoodClasses(("ok_front",)))])
    assert (turned.heads[0].labels, set(turned.of_good)) == (("ok_front", "def_front"), {"casting"})
    for labels, good in ((("ok_front", "def_front"), GoodClasses()), (("a", "b"), GoodClasses(("a",)))):
        as_is = choose_heads(TWO, (), [replace(wish, labels=labels, good=good)])
        assert (as_is.heads[0].labels, as_is.of_good) == (labels, frozenset())
