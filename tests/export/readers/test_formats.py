import gzip
import io
import json
import os
import pickle
import re
import shutil
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import h5py
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.formats import Format, read_network, saved_model_versions, sniff
from aoi_modules.export.reading import Reading
from aoi_modules.tf import keras, tf
from tests.export.networks import network
from tests.export.readers import onnx_files
from tests.export.readers.graphs import convolution, v1

MODULE = tf.Module()


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return buffer.getvalue()


def graph() -> tf.Graph:
    with tf.Graph().as_default() as made:
        tf.identity(convolution(v1.placeholder(tf.float32, (None, 8, 12, 3), name="x")), name="y")
    return made


@pytest.fixture(scope="module")
def saved_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "model"
    function = tf.function(lambda x: {"y": convolution(x)}).get_concrete_function(tf.TensorSpec((None, 8, 12, 3)))
    tf.saved_model.save(MODULE, str(folder), signatures=function)
    return folder


SAFETENSORS = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
TORCH_MAGIC = 0x1950A86A20F9469CFC6C
CONTENTS = {
    "tflite": (b"\x1c\0\0\0TFL3" + bytes(40), Format.TFLITE),
    "zip of torch": (zipped("model/data.pkl", "model/version"), Format.TORCH),
    "other zip": (zipped("readme.txt"), Format.UNKNOWN),
    "old torch": (pickle.dumps(TORCH_MAGIC, protocol=2), Format.TORCH),
    "pickle": (pickle.dumps({"weights": [1.0]}), Format.PICKLE),
    "safetensors": (len(SAFETENSORS).to_bytes(8, "little") + SAFETENSORS + bytes(4), Format.SAFETENSORS),
    "json": (json.dumps({"class_name": "Functional", "config": {}}).encode(), Format.KERAS_JSON),
    "openvino": (b"<?xml version='1.0'?>\n<net name='n' version='11'>", Format.OPENVINO),
    "text": (b"epoch,loss\n1,0.5\n", Format.UNKNOWN),
    "nothing": (b"", Format.EMPTY),
    "pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", Format.POINTER),
    "page": (b"\n<!DOCTYPE html><html><body>Sign in</body></html>", Format.PAGE),
    "packed folder": (gzip.compress(b"saved_model.pb"), Format.ARCHIVE),
    "zip of a folder": (zipped("model/saved_model.pb", "model/variables/"), Format.ARCHIVE),
    "checkpoint of tensorflow 1": (bytes(30) + bytes.fromhex("57fb808b247547db"), Format.CHECKPOINT),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(20), Format.UNKNOWN),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_formats_that_are_not_read_are_recognised_and_lead_on(tmp_path: Path, name: str) -> None:
    content, expected = CONTENTS[name]
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    assert sniff(path) is expected
    with pytest.raises(ModelError, match=r"model\.bin: cannot be exported: it looks like") as caught:
        read_network(path)
    assert expected.value in str(caught.value)
    assert caught.value.hint


def test_the_content_decides_whatever_the_name(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    onnx_files.write(path, ["n", 3, 24, 32])
    assert sniff(path) is Format.ONNX
    path.write_bytes(graph().as_graph_def().SerializeToString())
    assert sniff(path) is Format.FROZEN_GRAPH
    network({"defect": 1}).save(path)
    assert sniff(path.rename(tmp_path / "model.pb")) is Format.KERAS


def test_weights_alone_are_told_from_whole_models(tmp_path: Path) -> None:
    model = network({"defect": 1})
    model.save_weights(tmp_path / "model.weights.h5")
    assert sniff(tmp_path / "model.weights.h5") is Format.KERAS_WEIGHTS
    with h5py.File(tmp_path / "old.h5", "w") as file:  # as Keras 2 wrote save_weights("old.h5")
        file.attrs["layer_names"] = [b"dense"]
        file.create_group("dense")
    assert sniff(tmp_path / "old.h5") is Format.KERAS_WEIGHTS
    with pytest.raises(ModelError, match=r"Keras weights without a model") as caught:
        read_network(tmp_path / "old.h5")
    assert "model.save('model.keras')" in caught.value.hint


def test_damaged_containers_are_named(tmp_path: Path) -> None:
    (tmp_path / "model.keras").write_bytes(zipped("config.json")[:-30])
    with pytest.raises(ModelError, match="a damaged zip file"):
        sniff(tmp_path / "model.keras")
    (tmp_path / "model.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(10))
    with pytest.raises(ModelError, match="a damaged HDF5 file"):
        sniff(tmp_path / "model.h5")


def test_a_checkpoint_goes_by_its_folder_its_files_or_their_stem(tmp_path: Path) -> None:
    tf.train.Checkpoint(v=tf.Variable(1.0)).save(tmp_path / "ckpt")
    for name in (".", "ckpt-1", "ckpt-1.index", "ckpt-1.data-00000-of-00001"):
        assert sniff(tmp_path / name) is Format.CHECKPOINT
    with pytest.raises(ModelError, match="TensorFlow checkpoint") as caught:
        read_network(tmp_path / "ckpt-1")
    assert "weights only" in caught.value.hint


def test_a_graph_of_tensorflow_1_without_weights_is_recognised(tmp_path: Path) -> None:
    made = v1.train.export_meta_graph(graph=graph(), graph_def=graph().as_graph_def())
    for name in ("model.meta", "model.pb"):
        (tmp_path / name).write_bytes(made.SerializeToString())
        assert sniff(tmp_path / name) is Format.META_GRAPH


def test_the_file_inside_a_savedmodel_leads_to_its_folder(saved_model: Path) -> None:
    with pytest.raises(ModelError, match="expected the folder") as caught:
        read_network(saved_model / "saved_model.pb")
    assert caught.value.hint == f"export {saved_model}"


def test_a_folder_of_versions_leads_to_the_newest(tmp_path: Path, saved_model: Path) -> None:
    for version in ("2", "10", "temp"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "saved_model.pb").write_bytes((saved_model / "saved_model.pb").read_bytes())
    assert sniff(tmp_path) is Format.VERSIONS
    assert saved_model_versions(tmp_path) == [2, 10]
    with pytest.raises(ModelError, match=r"expected one version\. Received: .*\(2, 10\)") as caught:
        read_network(tmp_path)
    assert caught.value.hint == f"the newest is {tmp_path / '10'}"


def test_a_missing_file_says_who_makes_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.keras: no such file") as caught:
        read_network(tmp_path / "none.keras")
    assert "aoi train" in caught.value.hint
    with pytest.raises(ModelError, match="looks like a folder that is no SavedModel"):
        read_network(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ModelError, match="expected a file or a folder"):
        read_network(tmp_path / "pipe")


def test_a_folder_that_holds_a_model_leads_to_it(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "best.keras").write_bytes(b"")
    with pytest.raises(ModelError, match=r"no SavedModel; it holds best\.keras") as caught:
        read_network(tmp_path)
    assert caught.value.hint == f"export {tmp_path / 'best.keras'}"


def test_a_damaged_file_is_told_from_one_of_another_kind(tmp_path: Path) -> None:
    for name, words in (("net.onnx", r"a \.onnx file begins otherwise"), ("net.bin", r"readable are \.keras")):
        (tmp_path / name).write_bytes(b"\0" * 100)
        with pytest.raises(ModelError, match="no model format that is known here") as caught:
            read_network(tmp_path / name)
        assert re.match(words, caught.value.hint)


def test_each_format_goes_to_its_reader(tmp_path: Path, saved_model: Path) -> None:
    model = network({"defect": 1})
    model.save(tmp_path / "model.keras")
    model.save(tmp_path / "model.h5")
    (tmp_path / "model.pb").write_bytes(graph().as_graph_def().SerializeToString())
    assert sniff(tmp_path / "model.h5") is Format.KERAS_H5
    assert sniff(saved_model) is Format.SAVED_MODEL
    for name in ("model.keras", "model.h5"):
        assert read_network(tmp_path / name, Reading(outputs=("defect",))).outputs == {"defect": 1}
    assert read_network(saved_model, Reading(signature="serving_default")).outputs == {"y": 2}
    assert read_network(tmp_path / "model.pb", Reading(inputs=("x",), outputs=("y",))).outputs == {"y": 2}
    image = keras.Input((None, None, 3))
    keras.Model(image, keras.layers.GlobalMaxPooling2D()(image)).save(tmp_path / "any.keras")
    assert read_network(tmp_path / "any.keras", Reading(size=(5, 7))).picture.width == 7


DAMAGES: dict[str, Callable[[bytes, Random], bytes]] = {
    "cut": lambda content, random: content[: random.randrange(len(content))],
    "beheaded": lambda content, random: content[random.randrange(1, 64) :],
    "one bit": lambda content, random: flipped(content, random, 1),
    "many bits": lambda content, random: flipped(content, random, 9),
    "a hole": lambda content, random: overwritten(content, random, bytes(64), over=64),
    "a piece too much": lambda content, random: overwritten(content, random, random.randbytes(5), over=0),
}


def flipped(content: bytes, random: Random, bits: int) -> bytes:
    changed = bytearray(content)
    for _ in range(bits):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def overwritten(content: bytes, random: Random, piece: bytes, *, over: int) -> bytes:
    at = random.randrange(len(content))
    return content[:at] + piece + content[at + over :]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One model of each format that is read."""
    folder = tmp_path_factory.mktemp("whole")
    model = network({"defect": 1})
    model.save(folder / "net.keras")
    model.save(folder / "net.h5")
    model.export(folder / "net", verbose=False)
    (folder / "net.pb").write_bytes(graph().as_graph_def().SerializeToString())
    onnx_files.write(folder / "net.onnx", ["n", 3, 24, 32])
    with tf.Graph().as_default(), v1.Session() as session:
        x, kernel = v1.placeholder(tf.float32, (None, 8, 12, 3), name="x"), v1.get_variable("k", (3, 3, 3, 2))
        definition = v1.saved_model.predict_signature_def({"x": x}, {"y": convolution(x, kernel)})
        session.run(v1.global_variables_initializer())
        builder = v1.saved_model.Builder(str(folder / "old"))
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": definition})
        builder.save()
    return folder


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    "file",
    [
        "net.keras",
        "net.h5",
        "net.pb",
        "net.onnx",
        "net/saved_model.pb",
        "net/variables/variables.index",
        "net/variables/variables.data-00000-of-00001",
        "old/saved_model.pb",
        "old/variables/variables.index",
        "old/variables/variables.data-00000-of-00001",
    ],
)
def test_a_damaged_model_is_read_or_refused_by_one_sentence(
    tmp_path: Path, whole: Path, file: str, damage: str
) -> None:
    model = file.partition("/")[0]
    reading = Reading(inputs=("x",), outputs=("y",)) if model == "net.pb" else Reading()
    for seed in range(3):
        folder = tmp_path / str(seed)
        folder.mkdir()
        (shutil.copytree if (whole / model).is_dir() else shutil.copy)(whole / model, folder / model)
        (folder / file).write_bytes(DAMAGES[damage]((whole / file).read_bytes(), Random(f"{seed} {damage} {file}")))
        error = refusal(folder / model, reading)
        if error is not None:
            assert str(folder / model) in error.message
            assert len(error.message.splitlines()) == 1
            assert error.hint


def refusal(path: Path, reading: Reading) -> ModelError | None:
    try:
        read_network(path, reading)
    except ModelError as error:
        return error
    return None


@given(content=st.binary(max_size=200))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_get_a_format(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model"
    path.write_bytes(content)
    with suppress(ModelError):  # a damaged container, said so
        assert sniff(path) is not Format.KERAS
