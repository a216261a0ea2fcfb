import sys
from pathlib import Path

import numpy as np
import pytest

from aoi_modules import settings
from aoi_modules.errors import ModelError
from aoi_modules.export.readers.onnx_network import find_converter, read_onnx_network
from aoi_modules.export.reading import Reading
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import tf
from tests.export.readers.onnx_files import logits, write

PICTURES = np.random.default_rng(6).uniform(0, 255, (3, 24, 32, 3)).astype(np.float32)


@pytest.fixture
def converter() -> Path:
    try:
        return find_converter(Path("net.onnx"))
    except ModelError:
        pytest.skip("no command onnx2tf: install it in an environment of its own and set AOI_ONNX2TF")


@pytest.mark.slow
@pytest.mark.parametrize("shape", [["n", 3, 24, 32], ["n", 24, 32, 3]])
def test_a_converted_model_gives_its_scores(tmp_path: Path, converter: Path, shape: list[int | str]) -> None:
    path = write(tmp_path / "net.onnx", shape)
    network = read_onnx_network(path, converter=converter)
    assert (network.origin, network.outputs) == (str(path), {"scores": 2, "logits": 2})
    assert network.picture == PictureInput(height=24, width=32, channels=3)
    found = tf.function(network.run)(tf.constant(PICTURES), None)
    np.testing.assert_allclose(found["logits"], logits(PICTURES), atol=1e-4)
    np.testing.assert_allclose(found["scores"], tf.nn.softmax(logits(PICTURES)), atol=1e-4)


def script(folder: Path, code: str) -> Path:
    """A command in the place of the converter."""
    path = folder / "onnx2tf"
    path.write_text(f"#!{sys.executable}\n{code}\n")
    path.chmod(0o755)
    return path


def test_a_failed_conversion_shows_the_end_of_the_log(tmp_path: Path) -> None:
    command = script(tmp_path, "print('ERROR: no such operation: Frobnicate'); raise SystemExit(3)")
    with pytest.raises(ModelError, match=r"exit code 3\).*\n.*Frobnicate") as caught:
        read_onnx_network(write(tmp_path / "net.onnx", ["n", 3, 24, 32]), converter=command)
    assert caught.value.hint.startswith(f"try it by hand: {command} -i ")


def test_a_conversion_that_writes_nothing_has_failed(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="could not convert it"):
        read_onnx_network(write(tmp_path / "net.onnx", ["n", 3, 24, 32]), converter=script(tmp_path, "pass"))


def test_a_conversion_has_its_time(tmp_path: Path) -> None:
    command = script(tmp_path, "import time; time.sleep(60)")
    with pytest.raises(ModelError, match=r"was not done within 0\.2 s"):
        read_onnx_network(write(tmp_path / "net.onnx", ["n", 3, 24, 32]), converter=command, seconds=0.2)


def test_the_converter_finds_its_sample_pictures_and_the_names_of_inputs_to_keep(tmp_path: Path) -> None:
    code = (
        "import glob, sys, numpy; [file] = glob.glob('calibration*.npy'); print(numpy.load(file).shape, sys.argv[1:]); "
        "raise SystemExit(1)"
    )
    with pytest.raises(ModelError, match=r"\(20, 128, 128, 3\).*'--keep_shape_absolutely_input_names', 'image'"):
        read_onnx_network(write(tmp_path / "net.onnx", ["n", 24, 32, 3]), converter=script(tmp_path, code))


def test_what_the_converted_model_lacks_is_said_of_the_onnx_file(tmp_path: Path) -> None:
    """Its batch is fixed: the message names the file that the user gave, the hint knows PyTorch."""
    function = tf.function(lambda x: {"output_0": tf.reshape(tf.reduce_mean(x, (1, 2)), (1, 3))})
    spec = tf.TensorSpec((1, 24, 32, 3))
    tf.saved_model.save(tf.Module(), str(tmp_path / "made"), signatures=function.get_concrete_function(spec))
    code = f"import shutil; shutil.copytree({str(tmp_path / 'made')!r}, 'saved_model')"
    path = write(tmp_path / "net.onnx", [1, 3, 24, 32])
    with pytest.raises(ModelError, match=r"net\.onnx \(signature serving_default\): is built for batches") as caught:
        read_onnx_network(path, converter=script(tmp_path, code))
    assert "dynamic_axes" in caught.value.hint


def test_an_unknown_output_is_named_before_the_conversion(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"expected `outputs` of scores, logits\. Received: y"):
        read_onnx_network(
            write(tmp_path / "net.onnx", ["n", 3, 24, 32]), Reading(outputs=("y",)), converter=Path("none")
        )


def test_without_the_converter_the_way_to_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "net.onnx", ["n", 3, 24, 32])
    with pytest.raises(ModelError, match="does not start") as caught:
        read_onnx_network(path, converter=tmp_path / "none")
    assert "pip install onnx2tf && export AOI_ONNX2TF=" in caught.value.hint
    settings.settings.cache_clear()
    monkeypatch.setenv("AOI_ONNX2TF", str(tmp_path / "none"))
    try:
        with pytest.raises(ModelError, match=r"AOI_ONNX2TF names .*none, which is not there"):
            find_converter(path)
    finally:
        settings.settings.cache_clear()
