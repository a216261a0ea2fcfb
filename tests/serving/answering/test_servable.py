import numpy as np
import pytest

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.answering.signature_check import InputCheck
from tests.serving.fake_engine import DoublingEngine, float_signature


def servable(check: InputCheck = InputCheck.RANK) -> tuple[Servable, DoublingEngine]:
    engine = DoublingEngine()
    return Servable("m", 1, engine, check=check), engine


def test_the_default_signature_needs_no_name() -> None:
    model, engine = servable()
    assert model.signature("") is model.signature("serving_default") is engine.signatures["serving_default"]
    assert model.signature("other") is None


def test_run() -> None:
    model, _ = servable()
    x = np.array([1.5], np.float32)
    assert model.run(float_signature(), {"x": x})["y"].tolist() == [3.0]
    with pytest.raises(RpcError, match="input size does not match"):
        model.run(float_signature(), {})
    with pytest.raises(RpcError, match="output tensor alias not found"):
        model.run(float_signature(), {"x": x}, ["z"])


def test_only_a_full_check_compares_dtypes() -> None:
    x = np.array([1], np.int32)
    assert servable()[0].run(float_signature(), {"x": x})["y"].tolist() == [2]
    with pytest.raises(RpcError, match=r"input x: expected float any shape\. Received: int32"):
        servable(InputCheck.FULL)[0].run(float_signature(), {"x": x})


def test_it_is_closed_once_after_the_last_user() -> None:
    model, engine = servable()
    ended: list[bool] = []
    model.take()
    model.take()
    model.retire(lambda: ended.append(engine.closed))
    model.give_back()
    assert not engine.closed
    model.give_back()
    assert ended == [True]
    model.take()
    model.give_back()
    assert ended == [True]
