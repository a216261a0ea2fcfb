"""The classes: built at the first use, once, and the official ones on the wire."""

import importlib.util
import threading
from types import ModuleType

import pytest
import tensorflow_serving.apis.predict_pb2

from aoi_modules.wire import messages
from aoi_modules.wire.descriptors import message_names


def fresh_module() -> ModuleType:
    """The module as it is in a process that has used no message yet."""
    spec = importlib.util.spec_from_file_location("fresh_messages", str(messages.__file__))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_class_is_built_before_one_is_used() -> None:
    module = fresh_module()
    assert not vars(module).keys() & message_names().keys()
    assert module.TensorProto.DESCRIPTOR.full_name == "tensorflow.TensorProto"
    assert vars(module).keys() >= message_names().keys()


def test_a_class_is_the_same_at_each_use() -> None:
    module = fresh_module()
    spec = module.ModelSpec(name="tile")
    assert module.PredictRequest(model_spec=spec).model_spec.name == "tile"
    assert module.ModelSpec is type(module.PredictRequest().model_spec) is type(spec)


def test_threads_that_come_first_at_once_get_the_same_classes() -> None:
    module = fresh_module()
    start = threading.Barrier(4)
    found = []

    def use() -> None:
        start.wait()
        found.append(module.ModelSpec)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len({id(one) for one in found}) == 1


def test_a_name_that_is_no_message_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match=r"'aoi_modules.wire.messages' has no attribute 'NoSuchMessage'"):
        getattr(messages, "NoSuchMessage")  # noqa: B009  # the types of the module forbid to write it plainly


def test_a_message_of_ours_is_the_official_one_on_the_wire() -> None:
    request = messages.PredictRequest()
    request.model_spec.name = "tile"
    request.model_spec.version.value = 3
    request.inputs["image"].string_val.append(b"\x89PNG")
    request.inputs["image"].dtype = 7
    request.output_filter.append("scratch")
    official = tensorflow_serving.apis.predict_pb2.PredictRequest.FromString(request.SerializeToString())
    assert official.model_spec.version.value == 3
    assert official.inputs["image"].string_val == [b"\x89PNG"]
    assert messages.PredictRequest.FromString(official.SerializeToString()) == request
