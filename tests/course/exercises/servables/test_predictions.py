"""A real server is asked by both protocols; one that is not there, or another model, gets a hint."""

import time
from pathlib import Path

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.servables.predictions import ask_both, golden_of
from aoi_modules.modelstore.golden import Golden
from aoi_modules.serving.launchers.embedded import EmbeddedServer


def test_both_protocols_give_the_scores_of_the_model(lesson_server: EmbeddedServer, lesson_models: Path) -> None:
    told = ask_both(lesson_server.grpc, lesson_server.rest, "tile", golden_of(lesson_models / "tile"), seconds=20)
    assert told == "predictions by gRPC and by HTTP have the scores of the model itself"


def test_another_model_is_noticed(lesson_server: EmbeddedServer, lesson_models: Path) -> None:
    golden = golden_of(lesson_models / "tile")
    other = Golden(golden.pictures, {head: scores + 0.5 for head, scores in golden.scores.items()})
    with pytest.raises(Hint, match="gRPC: the scores of defect differ"):
        ask_both(lesson_server.grpc, lesson_server.rest, "tile", other, seconds=20)


def test_nobody_waits_for_a_server_that_ended(lesson_models: Path) -> None:
    began, golden = time.monotonic(), golden_of(lesson_models / "tile")
    with pytest.raises(Hint, match="gRPC: no prediction came"):
        ask_both("127.0.0.1:9", "http://127.0.0.1:9", "tile", golden, seconds=600, ended=lambda: True)
    assert time.monotonic() - began < 60
