"""TensorFlow's list of devices in a container."""

from pathlib import Path

import pytest

from aoi_modules.study.containers import recorded
from aoi_modules.study.containers.device_lists import ask, find_image, here, told
from aoi_modules.study.containers.engine import Engine

ERRORS = (
    "I0000 00:00:1 1 cudart_stub.cc:31] Could not find cuda drivers on your machine, GPU will not be used.\nI0000 x\n"
)
LIST = "[PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]\n"


def test_of_all_that_tensorflow_prints_the_remark_and_the_list_are_kept() -> None:
    assert told(LIST, ERRORS) == (
        "Could not find cuda drivers on your machine, GPU will not be used.\n"
        "[PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]"
    )
    assert told(LIST, "") == LIST.strip()


def test_a_python_that_does_not_answer_or_does_not_start_is_said(tmp_path: Path) -> None:
    program = tmp_path / "python"
    for script, words in (
        ("sleep 60", "TensorFlow did not answer within 0.2 s"),
        ("echo no module >&2; exit 1", "TensorFlow does not start: no module"),
        ("exit 1", "TensorFlow does not start: it gave no reason"),
        ("echo the list", "the list"),
    ):
        program.write_text(f"#!/bin/sh\n{'exec ' if 'sleep' in script else ''}{script}\n")
        program.chmod(0o755)
        assert here(str(program), seconds=0.2 if "sleep" in script else 30) == words


def test_the_recording_has_the_cpu_alone_and_a_refusal() -> None:
    without, with_flag = recorded.read().devices
    assert without.said == told(LIST, ERRORS)
    assert "--gpus all" in with_flag.line
    assert "could not select device driver" in with_flag.said


def test_an_engine_with_the_projects_image_is_asked(engine: Engine) -> None:
    image = find_image(engine)
    if image is None:
        pytest.skip("the image aoi/jupyter was not built on this engine")
    without, with_flag = ask(engine, image)
    assert "physical_device:CPU:0" in without.said
    assert "GPU:0" not in without.said
    assert "GPU:0" in with_flag.said or "device driver" in with_flag.said
