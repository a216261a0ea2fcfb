import numpy as np
import pytest

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.answering.signature_check import InputCheck
from tests.serving.fake_engine import DoublingEngine, run


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
    assert run(model, {"x": x})["y"].tolist() == [3.0]
    with pytest.raises(RpcError, match="input size does not match"):
        run(model, {})
    with pytest.raises(RpcError, match="output tensor alias not found"):
        run(model, {"x": x}, ["z"])


def test_only_a_full_check_compares_dtypes() -> None:
    x = np.array([1], np.int32)
    assert run(servable()[0], {"x": x})["y"].tolist() == [2]
    with pytest.raises(RpcError, match=r"input x: expected float any shape\. Received: int32"):
        run(servable(InputCheck.FULL)[0], {"x": x})


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
