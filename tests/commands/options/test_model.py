"""What people say about models on the command line, for all heads and for one."""

from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.commands.options.model import _FLAGS, About, Said
from aoi_modules.errors import Argument, ModelError
from aoi_modules.modelstore.manifest import Head

SHORT = Head(name="short", kind="defect", labels=("good", "short"), threshold=0.5)
KIND = Head(name="kind", kind="class", labels=("a", "b"))


def about(**values: tuple[str, ...]) -> About:
    return About.of(no_good=False, allow_lambda=False, samples=(), **(dict.fromkeys(_FLAGS, ()) | values))


def refusal(said: About, head: str | None = None) -> str:
    with pytest.raises(click.UsageError) as caught:
        (said.wish(head, name=head, output=None), said.reading(head))
    return caught.value.message


@given(
    st.dictionaries(st.from_regex(r"[a-z][a-z0-9_.-]{0,5}", fullmatch=True), st.text("0123456789.", min_size=1)),
    st.none() | st.text("0123456789.", min_size=1),
)
def test_a_head_has_its_own_value_or_the_one_for_all(by_head: dict[str, str], general: str | None) -> None:
    said = Said.of("--threshold", [*([] if general is None else [general]), *(f"{h}={v}" for h, v in by_head.items())])
    assert {head: said.about(head) for head in by_head} == by_head
    assert (said.about("another one"), said.about(None)) == (general, general)


def test_two_values_are_one_too_many_but_for_good_labels() -> None:
    with pytest.raises(click.UsageError, match=r"--threshold: twice without a head; say --threshold HEAD=0\.4"):
        Said.of("--threshold", ["0.3", "0.4"])
    with pytest.raises(click.UsageError, match=r"--threshold a=0\.4: twice for one head, it was 0\.3 before"):
        Said.of("--threshold", ["a=0.3", "0.2", "a=0.4"])
    good = Said.of("--good", ["a=x", "y", "z", "a=w"])
    assert (good.all_about("a"), good.all_about("b"), good.all_about(None)) == (("x", "w"), ("y", "z"), ("y", "z"))


def test_what_is_said_about_good_labels_is_wished() -> None:
    said = about(goods=("ok", "kind=a", "kind=b"), thresholds=("kind=0.3",))
    wish = said.wish("kind", name="kind", output=None)
    assert (wish.good.names, wish.good.needed_by) == (("a", "b"), Argument("threshold"))
    wish = said.wish("other", name="other", output=None)
    assert (wish.good.names, wish.good.needed_by) == (("ok",), None)
    none = About.of(no_good=True, allow_lambda=False, samples=(), **dict.fromkeys(_FLAGS, ()))
    assert none.wish(None, name=None, output=None).good.names == ()
    assert About.unsaid().wish(None, name=None, output=None).good.names is None
    with pytest.raises(click.UsageError, match="expected at most one of --good and --no-good"):
        About.of(no_good=True, allow_lambda=False, samples=(), **(dict.fromkeys(_FLAGS, ()) | {"goods": ("a",)}))


def test_everything_that_may_be_said_reaches_the_reading(tmp_path: Path) -> None:
    said = about(
        sizes=("24x32",), scalings=("tf", "kind=caffe"), features=("area, age",), inputs=("x",), outputs=("y,z",),
        signatures=("predict",),
    )  # fmt: skip
    reading = said.reading()
    assert (reading.size, reading.scaling, reading.features) == ((24, 32), "tf", ("area", "age"))
    assert (reading.inputs, reading.outputs, reading.signature) == (("x",), ("y", "z"), "predict")
    assert said.reading("kind").scaling == "caffe"
    assert (
        About.of(no_good=False, allow_lambda=True, samples=(tmp_path,), **dict.fromkeys(_FLAGS, ()))
        .reading()
        .allow_lambda
    )


def test_nothing_said_is_nothing_wished(tmp_path: Path) -> None:
    wish, reading = About.unsaid().wish(None, name=None, output=None), About.unsaid().reading()
    assert (wish.kind, wish.labels, wish.threshold) == (None, (), None)
    assert (reading.size, reading.scaling, reading.samples) == (None, "none", ())


def test_labels_are_the_lines_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "labels.txt"
    file.write_text("good\n\n scratch \n", encoding="utf-8")
    said = about(labels=(f"short={file}",), kinds=("class",), thresholds=("short=0.25",))
    wish = said.wish("short", name="short", output="dense_1")
    assert (wish.head, wish.output, wish.kind) == ("short", "dense_1", "class")
    assert (wish.labels, wish.threshold) == (("good", "scratch"), 0.25)
    with pytest.raises(ModelError, match=r"--labels .*none\.txt: not a readable text file"):
        about(labels=(str(tmp_path / "none.txt"),)).wish(None, name=None, output=None)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("kinds", "bad", "--kind: expected defect, class, value. Received: bad"),
        ("thresholds", "1.4", "--threshold: expected a number from 0 to 1. Received: 1.4"),
        ("thresholds", "much", "--threshold: expected a number from 0 to 1. Received: much"),
        ("sizes", "0x3", "--size: expected HEIGHTxWIDTH, such as 96x128. Received: 0x3"),
        ("scalings", "max", "--scaling: expected none, unit, tf, caffe, torch. Received: max"),
    ],
)
def test_values_that_mean_nothing(option: str, value: str, words: str) -> None:
    assert refusal(about(**{option: (value,)})) == words


def test_options_about_heads_that_are_not_there() -> None:
    about(thresholds=("short=0.3", "0.5")).check([SHORT, KIND])
    with pytest.raises(click.UsageError, match="no head lost; the heads are kind, short"):
        about(labels=("lost=x.txt",)).check([SHORT, KIND])
    with pytest.raises(click.UsageError, match="--threshold kind: only a head that judges has one; kind is a class"):
        about(thresholds=("kind=0.3",)).check([SHORT, KIND])
    with pytest.raises(click.UsageError, match="--good cost: only a head with labels has good ones; cost is a value"):
        about(goods=("cost=ok",)).check([SHORT, Head(name="cost", kind="value", labels=())])
    with pytest.raises(click.UsageError, match=r"--threshold 0\.3: none of the heads judges: kind"):
        about(thresholds=("0.3",)).check([KIND])
