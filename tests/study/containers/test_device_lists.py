"""TensorFlow's list of devices in a container."""

import pytest

from aoi_modules.study.containers import recorded
from aoi_modules.study.containers.device_lists import ask, find_image, told
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
