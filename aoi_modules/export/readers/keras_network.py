"""Keras models -> networks.

Nothing is compiled: the losses and metrics that a model was trained with, often the author's own, are not needed to
run it. Python code inside a file (Lambda layers) is not run, unless the caller says that it may.
"""

from pathlib import Path
from typing import Any

from aoi_modules.errors import AoiError, ModelError
from aoi_modules.export.network import Network
from aoi_modules.export.readers.inputs import InputTensor, Shape, find_inputs
from aoi_modules.export.readers.keras_files.classes import SAVED_MODEL
from aoi_modules.export.readers.keras_files.model import load_model
from aoi_modules.export.readers.outputs import build_network, check_scores, safe_names, score_names
from aoi_modules.export.reading import AS_WRITTEN, Reading
from aoi_modules.first_line import first_line
from aoi_modules.tf import keras, tf

ONLY_OUTPUT = "score"
"""What the output of a network with one unnamed output is called."""


def read_keras_network(path: Path, reading: Reading = AS_WRITTEN) -> Network:
    """Reads a `.keras` file or a legacy `.h5` file.

    The outputs are called as the keys of the model's dict of outputs, or as its output layers; the only output of a
    model without a dict is called `score`.

    Args:
        path: the file.
        reading: says the size, for a model that takes any; which outputs to keep, default all; and whether the Python
            code that Lambda layers carry may run.

    Raises:
        ModelError: it cannot be read, holds Python code, or does not map pictures to (N, K).
    """
    return network_of(load_model(path, allow_lambda=reading.allow_lambda), str(path), reading)


def network_of(model: Any, origin: str = "the model", reading: Reading = AS_WRITTEN) -> Network:
    """Makes a network of a Keras model in memory.

    Args:
        model: a Keras model on a known input.
        origin: for messages.
        reading: see `read_keras_network`.

    Raises:
        ModelError: it does not map pictures to (N, K).
    """
    structure = _structure(model, "input")
    tensors = keras.tree.flatten(structure)
    entries = [
        InputTensor(str(number), tuple(tensor.shape), tf.as_dtype(tensor.dtype), label)
        for number, (tensor, label) in enumerate(zip(tensors, _input_labels(structure, tensors), strict=True))
    ]
    inputs = find_inputs(entries, reading.size, origin)
    outputs = _outputs(model, origin)
    types = {name: tf.as_dtype(tensor.dtype) for name, tensor in outputs.items()}
    safe = safe_names(score_names(types, reading.outputs, origin))
    for name, own in safe.items():
        check_scores(name, outputs[own], origin)

    def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        fed = inputs.feed(pictures, features)
        packed = keras.tree.pack_sequence_as(structure, [fed[entry.name] for entry in entries])
        try:
            answers = model(packed, training=False)
        except AoiError:
            raise
        except Exception as error:  # whatever its layers raise
            if inputs.batch is not None:  # whoever tries another number of pictures knows better what is wrong
                raise
            raise ModelError(f"{origin}: Keras cannot run it: {first_line(error)}", hint=SAVED_MODEL) from error
        by_name = answers if isinstance(answers, dict) else dict(zip(outputs, keras.tree.flatten(answers), strict=True))
        return {name: by_name[own] for name, own in safe.items()}

    units: dict[str, Shape] = {name: tuple(outputs[own].shape) for name, own in safe.items()}
    known = all(shape is not None and None not in shape[1:] for shape in units.values())
    return build_network(run, inputs, origin, units=units if known else None)


def _structure(model: Any, name: str) -> Any:
    """A model's input or output as it was built: a tensor, list or dict."""
    tensors = getattr(model, f"{name}s")
    if isinstance(model, keras.Sequential):
        return tensors[0]
    return getattr(model, name, tensors)


def _input_labels(structure: Any, tensors: list[Any]) -> list[str]:
    """What a model's inputs are called: by the keys of a dict, else by the names of its input layers."""
    if isinstance(structure, dict) and len(structure) == len(tensors):
        return list(keras.tree.flatten({key: key for key in structure}))
    return [str(getattr(tensor, "name", "")) for tensor in tensors]


def _outputs(model: Any, origin: str) -> dict[str, Any]:
    """{output: its tensor} in the model's own order."""
    structure = _structure(model, "output")
    tensors = keras.tree.flatten(structure)
    if isinstance(structure, dict):
        if not all(hasattr(tensor, "shape") for tensor in structure.values()):
            raise ModelError(f"{origin}: expected a dict of tensors. Received: outputs in a dict of {structure}")
        return structure
    if len(tensors) == 1:
        return {ONLY_OUTPUT: tensors[0]}
    names = list(getattr(model, "output_names", ()))
    if len(set(names)) != len(tensors):
        names = [f"{ONLY_OUTPUT}_{number}" for number in range(len(tensors))]
    return dict(zip(names, tensors, strict=True))
