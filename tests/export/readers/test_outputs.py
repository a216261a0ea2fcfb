from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.inputs import InputTensor, find_inputs
from aoi_modules.export.readers.outputs import build_network, safe_names, score_names, wanted_names
from aoi_modules.tf import tf

PICTURES = InputTensor("x", (None, 24, 32, 3), tf.float32)


@given(st.lists(st.text(max_size=6), unique=True))
def test_every_output_gets_a_name_of_its_own_that_a_servable_may_use(names: list[str]) -> None:
    safe = safe_names(names)
    assert list(safe.values()) == names
    assert all(name and set(name) <= set("0123456789_.-") | set(map(chr, range(65, 91))) | set(map(chr, range(97, 123)))
               for name in safe)  # fmt: skip


def test_plain_names_stay() -> None:
    assert safe_names(["head/Sigmoid", "a.b-c", "head_Sigmoid"]) == {
        "head_Sigmoid": "head/Sigmoid",
        "a.b-c": "a.b-c",
        "head_Sigmoid_2": "head_Sigmoid",
    }


def test_an_output_that_is_not_there_is_named() -> None:
    assert wanted_names("outputs", [], ["a", "b"], "net") == ["a", "b"]
    with pytest.raises(ModelError, match=r"net: expected `outputs` of a, b\. Received: c"):
        wanted_names("outputs", ["c"], ["a", "b"], "net")


def test_widths_are_seen_by_running_and_rows_of_one_number_become_a_column() -> None:
    def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        mean = tf.reduce_mean(pictures, axis=(1, 2))
        return {"wide": tf.cast(mean, tf.float16), "narrow": mean[:, 0]}

    network = build_network(run, find_inputs([PICTURES], None, "net"), "net")
    assert network.outputs == {"wide": 3, "narrow": 1}
    answers = tf.function(network.run)(tf.ones((4, 24, 32, 3)), None)
    assert [(value.dtype, tuple(value.shape)) for value in answers.values()] == [
        (tf.float32, (4, 3)),
        (tf.float32, (4, 1)),
    ]


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (lambda pictures: pictures, r"expected the output y of shape \(N, K\)"),
        (lambda pictures: tf.reduce_sum(pictures), r"expected the output y of shape \(N, K\)"),
        (lambda pictures: tf.ones((1, 3)), "one row of output y for each of two pictures"),
        (lambda pictures: tf.reshape(pictures, (5, 7)), "does not run on two pictures of 24 x 32 x 3"),
    ],
)
def test_outputs_that_are_no_scores_are_refused(output: object, words: str) -> None:
    inputs = find_inputs([PICTURES], None, "net")
    with pytest.raises(ModelError, match=words):
        build_network(lambda pictures, features: {"y": output(pictures)}, inputs, "net")  # type: ignore[operator]


NUMBER = {"score": tf.bfloat16, "label": tf.int64, "sure": tf.bool}


def test_floating_outputs_are_scores_and_others_when_they_are_asked_for() -> None:
    assert score_names(NUMBER, (), "net") == ["score"]
    assert score_names(NUMBER, ("sure", "score"), "net") == ["sure", "score"]
    with pytest.raises(ModelError, match=r"of floating numbers\. Received: label int64, name string") as caught:
        score_names({"label": tf.int64, "name": tf.string}, (), "net")
    assert "`outputs=...`" in caught.value.hint


@pytest.mark.parametrize(
    ("output", "found"),
    [
        (lambda pictures: tf.RaggedTensor.from_tensor(pictures[:, 0, :, 0]), "a ragged tensor of float32"),
        (lambda pictures: tf.sparse.from_dense(pictures[:, 0, :, 0]), "a sparse tensor of float32"),
        (lambda pictures: tf.strings.as_string(pictures[:, 0, :, 0]), "string"),
        (lambda pictures: tf.cast(pictures[:, 0, :, 0], tf.complex64), "complex64"),
    ],
)
def test_outputs_that_are_no_numbers_are_named_as_what_they_are(output: Any, found: str) -> None:
    inputs = find_inputs([PICTURES], None, "net")
    with pytest.raises(ModelError, match=rf"^net: expected scores, .* Received: the output y, {found}\n"):
        build_network(lambda pictures, features: {"y": output(pictures)}, inputs, "net")


@pytest.mark.parametrize("dtype", [tf.bfloat16, tf.float16, tf.float64, tf.int32, tf.bool])
def test_scores_of_any_type_of_number_become_float32(dtype: tf.DType) -> None:
    def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        return {"y": tf.cast(tf.round(tf.reduce_mean(pictures, axis=(1, 2))), dtype)}

    answer = build_network(run, find_inputs([PICTURES], None, "net"), "net").run(tf.ones((2, 24, 32, 3)), None)["y"]
    assert answer.dtype == tf.float32
    assert answer.numpy().tolist() == [[1, 1, 1]] * 2
