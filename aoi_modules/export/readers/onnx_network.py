"""ONNX models -> networks, by the command `onnx2tf`, which makes a SavedModel of them.

The converter pins exact versions of many packages, its own TensorFlow among them, so it lives in an environment of
its own and is only called. It turns channels in front (NCHW, as PyTorch writes them) into channels last.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from aoi_modules.errors import ModelError
from aoi_modules.export.network import Network
from aoi_modules.export.readers.interface import safe_names, wanted_names
from aoi_modules.export.readers.onnx_header import OnnxHeader, read_header
from aoi_modules.export.readers.saved_model_network import read_saved_model
from aoi_modules.export.reading import AS_WRITTEN, Reading
from aoi_modules.modelstore import layout
from aoi_modules.settings import settings

COMMAND = "onnx2tf"
_RESULT = "saved_model"
_PYTORCH = "torch.onnx.export(model, example, 'model.onnx', dynamic_axes={'image': {0: 'n'}})"
SECONDS = 900.0
"""How long a conversion may take."""
# To compare its result, the converter feeds these pictures; it would download them if they were not there.
_SAMPLES, _SAMPLES_SHAPE = "calibration_image_sample_data_20x128x128x3_float32.npy", (20, 128, 128, 3)


def read_onnx_network(
    path: Path,
    reading: Reading = AS_WRITTEN,
    *,
    converter: Path | None = None,
    seconds: float = SECONDS,
) -> Network:
    """Reads an ONNX model.

    Args:
        path: the `.onnx` file; its pictures may be NCHW or NHWC.
        reading: says the size, where the model leaves it open, and which outputs to keep, default all.
        converter: the command; default: AOI_ONNX2TF, or `onnx2tf` beside the interpreter or on the path.
        seconds: how long the conversion may take.

    Raises:
        ModelError: there is no such command, the conversion failed or took too long, or its result does not map
            pictures to (N, K).
    """
    header = read_header(path)
    wanted = wanted_names("outputs", reading.outputs, header.outputs, str(path))
    command = converter or find_converter(path)
    with TemporaryDirectory(prefix="aoi-onnx-") as folder:
        _convert(command, path, header, Path(folder), seconds)
        try:
            # Its variables are read here and now, so the folder may go.
            network = read_saved_model(Path(folder) / _RESULT, Reading(size=reading.size))
        except ModelError as error:
            message = error.message.replace(str(Path(folder) / _RESULT), str(path))
            hint = f"{error.hint}; in PyTorch: {_PYTORCH}" if "batches" in error.hint else error.hint
            raise ModelError(message, hint=hint, arguments=error.arguments) from None
    return replace(network.renamed(_names(header.outputs, network, wanted)), origin=str(path))


def find_converter(path: Path) -> Path:
    """The command onnx2tf.

    Raises:
        ModelError: it is not where the setting says, nor beside the interpreter, nor on the path.
    """
    chosen = settings().onnx2tf_file
    if chosen is not None:
        if not chosen.is_file():
            raise _missing(path, f"AOI_ONNX2TF names {chosen}, which is not there")
        return chosen
    beside = Path(sys.executable).with_name(COMMAND)
    found = str(beside) if beside.is_file() else shutil.which(COMMAND)
    if found is None:
        raise _missing(path, "it is not installed")
    return Path(found)


def _names(own: Sequence[str], network: Network, wanted: Sequence[str]) -> dict[str, str]:
    """{output: what the converter calls it}; it numbers them in the order of the file."""
    converted = [f"output_{number}" for number in range(len(own))] if len(own) > 1 else list(network.outputs)
    by_name = dict(zip(own, converted, strict=True))
    return {safe: by_name[name] for safe, name in safe_names(wanted).items()}


def _convert(command: Path, path: Path, header: OnnxHeader, folder: Path, seconds: float) -> None:
    """Writes folder/saved_model."""
    noise = np.random.default_rng(0).uniform(size=_SAMPLES_SHAPE).astype(np.float32)
    np.save(folder / _SAMPLES, noise)
    arguments = ["-i", str(path.resolve()), "-o", _RESULT, "--output_signaturedefs", "--non_verbose"]
    for name in header.channels_last:  # the converter takes every picture for NCHW
        arguments += ["--keep_shape_absolutely_input_names", name]
    try:
        done = subprocess.run(
            [str(command), *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ModelError(f"{path}: {COMMAND} was not done within {seconds:g} s", hint=_by_hand(command, path)) from None
    except OSError as error:
        raise _missing(path, f"{command} does not start: {error.strerror}") from None
    if done.returncode != 0 or not (folder / _RESULT / layout.SAVED_MODEL).is_file():
        tail = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()][-8:]
        raise ModelError(
            f"{path}: {COMMAND} could not convert it (exit code {done.returncode}). The end of what it said:\n"
            + "\n".join(tail),
            hint=_by_hand(command, path),
        )


def _by_hand(command: Path, path: Path) -> str:
    return f"try it by hand: {command} -i {path} -o saved_model -osd, then export the folder saved_model"


def _missing(path: Path, problem: str) -> ModelError:
    """It shares no environment with this project, so it is no optional extra of it."""
    home = f"~/{COMMAND}"
    return ModelError(
        f"{path}: an ONNX model is read by the command {COMMAND}, and {problem}",
        hint=f"python3 -m venv {home} && {home}/bin/pip install {COMMAND} && export AOI_ONNX2TF={home}/bin/{COMMAND}",
    )
