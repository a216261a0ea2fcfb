"""Whether a request fits a signature, in TensorFlow Serving's words. Pure."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from aoi_modules.serving.engine import Arrays
from aoi_modules.wire import tensors
from aoi_modules.wire.messages import SignatureDef, TensorInfo
from aoi_modules.wire.status import invalid
from aoi_modules.wire.tensors import Array


class InputCheck(StrEnum):
    """How the inputs of a model are compared with its signature, beyond their names."""

    FULL = "full"
    """In dtype, rank and fixed dimensions."""
    RANK = "rank"
    """In rank, where more than two dimensions are stated: operations that work on pictures can end the process when
    they are given another number. The signatures of others may be narrower than their graphs in all else."""
    NONE = "none"
    """As the original: not at all."""


SAFE_RANK = 2
"""An input that is stated with more dimensions can be dangerous with fewer."""


def check_names(signature: SignatureDef, names: Collection[str]) -> None:
    """Refuses a request whose inputs are not those of the signature; those that have a default may be left out.

    Raises:
        RpcError: INVALID_ARGUMENT, with what is missing and what is too much.
    """
    if len(names) == len(signature.inputs) and all(name in signature.inputs for name in names):
        return
    sent, wanted = sorted(names), sorted(signature.inputs)
    if len(sent) > len(wanted) or (len(sent) < len(wanted) and not signature.defaults):
        extra = [name for name in sent if name not in signature.inputs]
        missing = [name for name in wanted if name not in names]
        raise invalid(
            f"input size does not match signature: {len(sent)}!={len(wanted)} "
            f"len({_set(sent)}) != len({_set(wanted)}). "
            f"Sent extra: {_set(extra)}. Missing but required: {_set(missing)}."
        )
    for name in wanted:
        if name not in names and name not in signature.defaults:
            raise invalid(
                f"Signature input alias: {name}(feed name: {signature.inputs[name].name}) not found in request and no "
                f"default value provided. Inputs expected to be in the request {_set(sent)}, or default input alias "
                f"set: {','.join(sorted(signature.defaults))}"
            )
    used = [name for name in sent if name in signature.inputs]
    if used != sent:
        raise invalid(
            f"Inputs contains invalid name. Used request inputs: {','.join(used)}, request input: {','.join(sent)}"
        )


def check_inputs(signature: SignatureDef, inputs: Arrays, check: InputCheck) -> None:
    """Refuses inputs that do not fit the signature: of other names always, of another dtype or shape by `check`.

    Args:
        signature: states dtype and shape of each input.
        inputs: arrays by name; strings are object arrays of bytes.
        check: how they are compared.

    Raises:
        RpcError: INVALID_ARGUMENT; says which input, what was expected and what came.
    """
    check_names(signature, inputs.keys())
    for name, array in inputs.items():
        info = signature.inputs[name]
        rank = len(info.tensor_shape.dim)
        dangerous = rank > SAFE_RANK and array.ndim != rank
        if check is InputCheck.FULL or (check is InputCheck.RANK and dangerous):
            _check_array(name, array, info)


def chosen_outputs(signature: SignatureDef, output_filter: Sequence[str]) -> list[str]:
    """Gives the names of the outputs to compute: those of the filter, or all.

    Raises:
        RpcError: INVALID_ARGUMENT, the filter names an output twice or one that is not there.
    """
    if not output_filter:
        return sorted(signature.outputs)
    chosen: list[str] = []
    for name in output_filter:
        if name not in signature.outputs:
            raise invalid(
                f"output tensor alias not found in signature: {name} "
                f"Outputs expected to be in the set {_set(sorted(signature.outputs))}."
            )
        if name in chosen:
            raise invalid(f"duplicate output tensor alias: {name}")
        chosen.append(name)
    return chosen


def _check_array(name: str, array: Array, info: TensorInfo) -> None:
    dims = [dim.size for dim in info.tensor_shape.dim]
    fits_shape = info.tensor_shape.unknown_rank or (
        len(dims) == array.ndim and all(want in (-1, got) for want, got in zip(dims, array.shape, strict=True))
    )
    if fits_shape and tensors.data_type(array) == info.dtype:
        return
    expected = "any shape" if info.tensor_shape.unknown_rank else _shape(dims)
    raise invalid(
        f"input {name}: expected {tensors.type_name(info.dtype)} {expected}. "
        f"Received: {tensors.type_name(tensors.data_type(array))} {_shape(array.shape)}"
    )


def _shape(dims: Sequence[int]) -> str:
    """`(?, 28, 28, 1)`: a question mark where any size goes."""
    return "(" + ", ".join("?" if size == -1 else str(size) for size in dims) + ")"


def _set(names: Sequence[str]) -> str:
    return "{" + ",".join(names) + "}"
