"""TensorFlow comes without Keras, in a Python of its own each."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def said_by(program: str) -> list[str]:
    """The lines that a program prints."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout.splitlines()


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


def test_a_keras_that_is_there_already_stays() -> None:
    program = "import keras; from aoi_modules import tf; print(tf.keras is keras, tf.tf.keras.Model is keras.Model)"
    assert said_by(program) == ["True True"]
