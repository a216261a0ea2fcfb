"""What comes out of a network: which outputs are scores, what they are called, how many numbers each has.

The same for every kind of file. Scores leave a network as float32 (N, K), whatever type of number it computes them in.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aoi_modules.errors import AoiError, Argument, ModelError
from aoi_modules.export.determinism import deterministic
from aoi_modules.export.graph import unfused
from aoi_modules.export.network import Network, Run
from aoi_modules.export.readers.inputs import Inputs, Shape
from aoi_modules.first_line import first_line
from aoi_modules.modelstore.layout import map_name
from aoi_modules.tf import tf

_KINDS: dict[str, Callable[[Any], bool]] = {
    "ragged": lambda values: isinstance(values, tf.RaggedTensor) or bool(getattr(values, "ragged", False)),
    "sparse": lambda values: isinstance(values, tf.SparseTensor) or bool(getattr(values, "sparse", False)),
}
"""How a tensor can hold rows otherwise than as an array; Keras' tensors say it of themselves."""


def safe_names(names: Sequence[str]) -> dict[str, str]:
    """{name that an output of a servable may have: the network's own name}, in the same order.

    Characters other than letters, digits, `_`, `.` and `-` become `_`; names that fall together get a number.
    """
    chosen: dict[str, str] = {}
    for name in names:
        safe = first = re.sub(r"[^A-Za-z0-9_.-]", "_", name) or "score"
        number = 2
        while safe in chosen:
            safe, number = f"{first}_{number}", number + 1
        chosen[safe] = name
    return chosen


def wanted_names(argument: str, wanted: Sequence[str], available: Sequence[str], origin: str) -> list[str]:
    """The inputs or outputs asked for; all of them when nothing was asked for.

    Args:
        argument: `inputs` or `outputs`, for messages.
        wanted: names that were asked for.
        available: all names.
        origin: for messages.

    Raises:
        ModelError: there is no such input or output.
    """
    unknown = [name for name in wanted if name not in available]
    if unknown:
        wrong = Argument(argument)
        raise ModelError(
            f"{origin}: expected {wrong} of {', '.join(available)}. Received: {', '.join(unknown)}", arguments=[wrong]
        )
    return list(wanted or available)


def score_names(types: Mapping[str, tf.DType], wanted: Sequence[str], origin: str) -> list[str]:
    """The outputs asked for, or all with floating numbers: labels and classes beside them are no scores.

    Args:
        types: {output: its type of number}.
        wanted: names that were asked for.
        origin: for messages.

    Raises:
        ModelError: there is no such output, or none with floating numbers.
    """
    if wanted:
        return wanted_names("outputs", wanted, list(types), origin)
    names = [name for name, dtype in types.items() if dtype.is_floating]
    if not names:
        chosen = Argument("outputs", ...)
        raise ModelError(
            f"{origin}: expected an output of floating numbers. Received: "
            f"{', '.join(f'{name} {dtype.name}' for name, dtype in types.items()) or 'none'}",
            hint=f"choose the output before it became a class or a text; or say that it is the score: {chosen}",
            arguments=[chosen],
        )
    return names


def check_scores(name: str, values: Any, origin: str) -> None:
    """Refuses an output that is not one tensor of real numbers.

    Args:
        name: of the output.
        values: a tensor of any kind, of TensorFlow or of Keras.
        origin: for messages.

    Raises:
        ModelError: it is ragged, sparse, a text or the like.
    """
    dtype = tf.as_dtype(values.dtype)
    kind = next((kind for kind, is_kind in _KINDS.items() if is_kind(values)), "")
    if kind or not (dtype.is_floating or dtype.is_integer or dtype.is_bool):
        raise not_scores(name, f"a {kind} tensor of {dtype.name}" if kind else dtype.name, origin)


def not_scores(name: str, found: str, origin: str) -> ModelError:
    """The refusal of an output that is something else than scores; `found` says what."""
    others = Argument("outputs", ...)
    return ModelError(
        f"{origin}: expected scores, one row of numbers a picture. Received: the output {name}, {found}",
        hint=f"make it a dense tensor of floating numbers, or name the outputs that are: {others}",
        arguments=[others],
    )


def build_network(run: Run, inputs: Inputs, origin: str, *, units: dict[str, Shape] | None = None) -> Network:
    """A network whose outputs were checked.

    Args:
        run: gives the outputs as the file has them: any type of number, (N, K) or (N,).
        inputs: what it takes.
        origin: for messages.
        units: shapes of the outputs where the file declares them; otherwise the network is run on two pictures.

    Raises:
        ModelError: the network does not run on two pictures, or an output is not (N, K).
    """
    if inputs.batch is not None:
        units = None  # for any number of pictures they have to be seen
        _check_own_batch(run, inputs, origin)
    shapes = units or _tried(run, inputs, origin)
    maps = _maps(shapes)
    widths = {name: _width(name, shape, origin) for name, shape in shapes.items() if name not in map(map_name, maps)}

    def checked(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        answers = run(pictures, features)
        scores = {name: _as_scores(answers[name], width) for name, width in widths.items()}
        return {**scores, **{map_name(name): tf.cast(answers[map_name(name)], tf.float32) for name in maps}}

    return Network(
        checked,
        inputs.picture,
        widths,
        features=inputs.features,
        feature_names=inputs.feature_names,
        origin=origin,
        maps=maps,
    )


def _maps(shapes: Mapping[str, Shape]) -> dict[str, tuple[int, int]]:
    """Rows and columns of the outputs that have a map beside them: one more output (N, rows, columns) of that name."""
    found = {}
    for name in shapes:
        match shapes.get(map_name(name)):
            case (_, int(rows), int(columns)):
                found[name] = (rows, columns)
    return found


def _check_own_batch(run: Run, inputs: Inputs, origin: str) -> None:
    """Refuses a network of a fixed batch that keeps a state, before it is tried on another batch."""
    size = inputs.picture
    pictures = tf.TensorSpec((inputs.batch, size.height, size.width, size.channels), tf.float32)
    features = tf.TensorSpec((inputs.batch, inputs.features), tf.float32) if inputs.features else None
    try:
        traced = tf.function(run).get_concrete_function(pictures, features)
    except Exception as error:  # whatever the code of a layer raises
        raise ModelError(
            f"{origin}: does not run on pictures of {_sized(inputs)} in batches of {inputs.batch}: {first_line(error)}"
        ) from error
    deterministic(traced, origin)


def _sized(inputs: Inputs) -> str:
    size = inputs.picture
    return f"{size.height} x {size.width} x {size.channels}"


def _as_scores(values: tf.Tensor, width: int) -> tf.Tensor:
    """float32 (N, width); no operation where it is that already."""
    values = tf.cast(values, tf.float32)
    if values.shape.rank != 2:
        return tf.reshape(values, (-1, width))
    values.set_shape((None, width))  # which a graph may have forgotten
    return values


def _tried(run: Run, inputs: Inputs, origin: str) -> dict[str, Shape]:
    """Shapes of the outputs for N pictures, seen by running on two."""
    size = inputs.picture
    pictures = tf.zeros((2, size.height, size.width, size.channels))
    features = tf.zeros((2, inputs.features)) if inputs.features else None
    built = "" if inputs.batch is None else f" (it is built for batches of {inputs.batch})"
    try:
        with unfused():
            answers = run(pictures, features)
    except AoiError:
        raise
    except Exception as error:  # whatever the kernels and the importer of graphs raise
        raise ModelError(
            f"{origin}: does not run on two pictures of {_sized(inputs)}{built}: {first_line(error)}",
            hint="export it for batches of any size (None), on a CPU",
        ) from error
    for name, values in answers.items():
        check_scores(name, values, origin)
        if len(values.shape) > 0 and values.shape[0] != 2:
            raise ModelError(
                f"{origin}: expected one row of output {name} for each of two pictures{built}. Received: "
                f"{values.shape}",
                hint="export it for batches of any size (None)",
            )
    return {name: (None, *values.shape[1:]) if values.shape.rank else () for name, values in answers.items()}


def _width(name: str, shape: Shape, origin: str) -> int:
    if shape is not None and len(shape) == 1:
        return 1
    if shape is None or len(shape) != 2 or not shape[1]:
        others = Argument("outputs", ...)
        raise ModelError(
            f"{origin}: expected the output {name} of shape (N, K), one row a picture. Received: {shape}",
            hint=f"pool or flatten it, or name the outputs that are so: {others}",
            arguments=[others],
        )
    return shape[1]
