"""TensorFlow's notes are dropped, what else is written to standard error is kept, and Keras comes when asked for."""

import os
import subprocess
import sys

import pytest

import aoi_modules.tf
from aoi_modules.tf import without_notes

NOTES = (
    b"I0000 00:00:1 cuda.cc:1] Could not find cuda drivers\n",
    b"W0000 00:00:1 something.cc:1] a warning\n",
    b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n",
    b"To enable the following instructions: AVX2 FMA, rebuild TensorFlow\n",
    b"E0000 00:00:1 cuda_executor.cc:1] failed call to cuInit: INTERNAL\n",
)


def test_notes_are_dropped_and_the_rest_is_passed_on(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with without_notes():
        for note in NOTES:
            os.write(2, note)
            os.write(2, b"a line of ours\n")
        os.write(2, b"E0000 00:00:1 other.cc:1] out of memory\n")
    assert (
        capfdbinary.readouterr().err == b"a line of ours\n" * len(NOTES) + b"E0000 00:00:1 other.cc:1] out of memory\n"
    )


def test_what_was_written_is_passed_on_when_the_block_fails(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    def fail() -> None:
        os.write(2, NOTES[0] + b"why it failed\n")
        raise RuntimeError("no disk")

    with pytest.raises(RuntimeError, match="no disk"), without_notes():
        fail()
    os.write(2, b"after\n")
    assert capfdbinary.readouterr().err == b"why it failed\nafter\n"


def test_keras_comes_when_it_is_asked_for_and_nothing_else_does() -> None:
    assert aoi_modules.tf.keras.__name__ == "keras"
    with pytest.raises(AttributeError, match="no attribute 'torch'"):
        _ = aoi_modules.tf.torch


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("{{function_node __wrapped__Decode}} Input is empty. [Op:DecodeImage] name: ", "Input is empty."),
        ("Invalid PNG data, size 60\n\t [[{{node map/while/DecodeImage}}]]", "Invalid PNG data, size 60"),
        ("", "InvalidArgumentError"),
    ],
)
def test_tensorflows_words_come_without_its_names_for_things(message: str, said: str) -> None:
    assert aoi_modules.tf.words(aoi_modules.tf.tf.errors.InvalidArgumentError(None, None, message)) == said


def said_by(program: str) -> list[str]:
    """The lines that a program prints."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout.splitlines()


@pytest.mark.slow
def test_tensorflow_comes_without_keras_and_keras_when_it_is_asked_for() -> None:
    program = """if True:
        import sys
        from aoi_modules.tf import tf
        print({"keras", "sklearn", "scipy.stats", "matplotlib"} & set(sys.modules))
        from aoi_modules.tf import keras
        from tensorflow.keras.layers import Dense
        print(keras.layers.Dense is Dense is tf.keras.layers.Dense)
    """
    assert said_by(program) == ["set()", "True"]


@pytest.mark.slow
def test_a_keras_that_is_there_already_stays() -> None:
    program = "import keras; from aoi_modules import tf; print(tf.keras is keras, tf.tf.keras.Model is keras.Model)"
    assert said_by(program) == ["True True"]
