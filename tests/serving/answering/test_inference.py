"""What an inference asks, and what becomes of its outputs."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from aoi_modules.serving.answering.inference import Inference
from aoi_modules.serving.answering.servable import Servable
from tests.serving.fake_engine import DoublingEngine, float_signature

X = np.array([1.0], np.float32)


def test_its_answer_is_made_of_the_outputs_it_names() -> None:
    signature = float_signature(outputs=("y", "z"))
    servable = Servable("m", 1, DoublingEngine())
    for wanted, computed in [((), ["y", "z"]), (("z",), ["z"])]:
        assert servable.answer(Inference(signature, {"x": X}, wanted, sorted)) == computed


def test_threads_that_share_it_cannot_change_it() -> None:
    inference = Inference(float_signature(), {"x": X}, (), sorted)
    with pytest.raises(FrozenInstanceError):
        inference.outputs = ("z",)  # type: ignore[misc]
