"""ONNX models -> networks, by the command `onnx2tf`, which makes a SavedModel of them.

The converter pins exact versions of many packages, its own TensorFlow among them, so it lives in an environment of
its own and is only called. It turns channels in front (NCHW, as PyTorch writes them) into channels last.
"""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from aoi_modules.errors import ModelError
from aoi_modules.export.network import Network
from aoi_modules.export.readers.onnx_header import OnnxHeader, read_header
from aoi_modules.export.readers.outputs import safe_names, wanted_names
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
    # The converter numbers the outputs in the order of the file, if there are several.
    converted = {own: f"output_{number}" for number, own in enumerate(header.outputs)} if header.outputs[1:] else {}
    command = converter or find_converter(path)
    with TemporaryDirectory(prefix="aoi-onnx-") as folder:
        _convert(command, path, header, Path(folder), seconds)
        try:
            # Its variables are read here and now, so the folder may go.
            chosen = tuple(converted[own] for own in reading.outputs) if converted else ()
            network = read_saved_model(Path(folder) / _RESULT, Reading(size=reading.size, outputs=chosen))
        except ModelError as error:
            message = error.message.replace(str(Path(folder) / _RESULT), str(path))
            hint = f"{error.hint}; in PyTorch: {_PYTORCH}" if "batches" in error.hint else error.hint
            raise ModelError(message, hint=hint, arguments=error.arguments) from None
    only = next(iter(network.outputs))
    names = {safe: converted.get(own, only) for safe, own in safe_names(wanted).items()}
    given = {safe: output for safe, output in names.items() if output in network.outputs}
    return replace(network.renamed(given), origin=str(path))


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


def _convert(command: Path, path: Path, header: OnnxHeader, folder: Path, seconds: float) -> None:
    """Writes folder/saved_model."""
    noise = np.random.default_rng(0).uniform(size=_SAMPLES_SHAPE).astype(np.float32)
    np.save(folder / _SAMPLES, noise)
    arguments = ["-i", str(path.resolve()), "-o", _RESULT, "--output_signaturedefs", "--non_verbose"]
    for name in header.in_order:  # the converter takes every picture for NCHW
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
