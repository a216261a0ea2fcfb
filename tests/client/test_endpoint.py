"""What configures a client is checked once, and cannot change afterwards."""

from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.client.endpoint import Endpoint


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"timeout": 0.0}, "timeout: expected seconds over 0, and an end. Received: 0.0"),
        ({"timeout": float("inf")}, "timeout: expected seconds over 0, and an end. Received: inf"),
        ({"timeout": float("nan")}, "timeout: expected seconds over 0, and an end. Received: nan"),
        ({"retries": -1}, "retries: expected 0 or more. Received: -1"),
        ({"version": 1, "label": "a"}, "version, label: expected one of them. Received: 1, 'a'"),
    ],
)
def test_what_makes_no_sense_is_refused_and_named(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r"expected") as caught:
        Endpoint("127.0.0.1:1", "tile", **wrong)
    assert str(caught.value) == message


def test_a_version_is_an_integer() -> None:
    with pytest.raises(TypeError, match="integer"):
        Endpoint("127.0.0.1:1", "tile", version="1")  # type: ignore[arg-type]
    asked = Endpoint("127.0.0.1:1", "tile", version=np.int64(3))  # type: ignore[arg-type]
    assert type(asked.version) is int


def test_one_address_has_one_spelling() -> None:
    assert Endpoint("http://127.0.0.1:8501/", "tile") == Endpoint("http://127.0.0.1:8501", "tile")


def test_it_cannot_change() -> None:
    endpoint = Endpoint("127.0.0.1:1", "tile")
    with pytest.raises(FrozenInstanceError):
        endpoint.timeout = 3.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "model tile at 127.0.0.1:1"),
        ({"version": 3}, "model tile version 3 at 127.0.0.1:1"),
        ({"label": "stable"}, "model tile label stable at 127.0.0.1:1"),
    ],
)
def test_messages_name_model_and_address(asked: dict[str, Any], said: str) -> None:
    assert str(Endpoint("127.0.0.1:1", "tile", **asked)) == said


@given(st.floats(0.001, 3600), st.integers(0, 5))
def test_each_call_gets_its_time_and_its_retries(timeout: float, retries: int) -> None:
    attempts = Endpoint("127.0.0.1:1", "tile", timeout=timeout, retries=retries).attempts()
    assert attempts.timeout == timeout
    assert 0 < attempts.seconds_left() <= timeout
    pauses = 0
    while attempts.pause() is not None:
        pauses += 1
    assert pauses <= retries
