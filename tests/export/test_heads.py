"""Heads follow from what the caller says, from the report, or from the width of an output."""

import pytest

from aoi_modules.errors import AoiError, Argument, ModelError
from aoi_modules.export.heads import Wish, choose_heads, default_head
from aoi_modules.export.network import Network
from aoi_modules.modelstore.manifest import Head, PictureInput

TWO = Network(lambda pictures, _: {}, PictureInput(height=8, width=8, channels=3), {"open": 1, "kind": 3}, origin="two")
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
    heads, outputs = choose_heads(TWO, (), ())
    assert [(head.name, head.kind, head.threshold) for head in heads] == [
        ("open", "defect", 0.5),
        ("kind", "class", None),
    ]
    assert outputs == {"open": "open", "kind": "kind"}


def test_naming_a_head_leaves_the_others_out() -> None:
    heads, outputs = choose_heads(TWO, (), [Wish(head="lead", output="open", threshold=0.2)])
    assert [(head.name, head.labels, head.threshold) for head in heads] == [("lead", ("good", "lead"), 0.2)]
    assert outputs == {"lead": "open"}


def test_the_report_is_kept_under_the_wishes() -> None:
    (head, _), _ = choose_heads(TWO, [OPEN], [Wish(output="open", threshold=0.6)])
    assert (head.labels, head.threshold, head.metrics) == (("fine", "open"), 0.6, {"auroc": 0.9})
    ((changed,), _) = choose_heads(TWO, [OPEN], [Wish(head="value", output="open", kind="value")])
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
    (head,), _ = choose_heads(
        TWO, (kind,), (Wish(output="kind", head="kind", labels=("fine", "a", "b"), threshold=0.2),)
    )
    assert (head.labels, head.good, head.threshold) == (("fine", "a", "b"), ("fine",), 0.2)
    (as_is,), _ = choose_heads(TWO, (kind,), (Wish(output="kind", head="kind"),))
    assert (as_is.good, as_is.threshold) == (("ok",), 0.3)
