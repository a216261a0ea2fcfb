"""The message of a gRPC prediction: read, and each known mistake named."""

import base64
from collections.abc import Sequence

from google.protobuf.message import DecodeError

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.programs.rest_body import refuse_other_numbers
from aoi_modules.errors import WireError
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE, FEATURES, IMAGE
from aoi_modules.wire.messages import PredictRequest, TensorProto
from aoi_modules.wire.schema import DATA_TYPES
from aoi_modules.wire.tensors import Array, to_array, type_name

STRING, FLOAT = DATA_TYPES.index("STRING"), DATA_TYPES.index("FLOAT")


def check_message(
    content: bytes, model: str, pictures: Sequence[bytes], features: Sequence[Sequence[float]] | None = None
) -> None:
    """Makes sure that a message asks a model about these pictures, and about the numbers beside them.

    Args:
        content: the PredictRequest as it was sent.
        model: that it has to name.
        pictures: encoded, in order.
        features: a row of numbers for each picture; None for a model that takes none.

    Raises:
        Hint: it does not; names the mistake.
    """
    request = PredictRequest()
    try:
        request.ParseFromString(content)
    except DecodeError:
        raise Hint("what arrived is no PredictRequest; its SerializeToString writes the message") from None
    _refuse_other_spec(request, model)
    names = (IMAGE,) if features is None else (IMAGE, FEATURES)
    _refuse_other_inputs(request, names)
    _refuse_other_pictures(request.inputs[IMAGE], pictures)
    if features is not None:
        _refuse_other_features(request.inputs[FEATURES], features)


def _refuse_other_spec(request: PredictRequest, model: str) -> None:
    name, signature = request.model_spec.name, request.model_spec.signature_name
    if not name:
        raise Hint("model_spec.name is empty; it says which model is asked")
    if name != model:
        raise Hint(f"model_spec.name: found {name!r}, expected {model!r}")
    if signature not in ("", DEFAULT_SIGNATURE):
        raise Hint(f"signature_name: found {signature!r}; encoded pictures go to {DEFAULT_SIGNATURE!r}")


def _refuse_other_inputs(request: PredictRequest, names: Sequence[str]) -> None:
    others = [name for name in request.inputs if name not in names]
    if others:
        raise Hint(f"inputs: {others[0]!r} is no input of this model, which takes {' and '.join(names)}")
    missing = [name for name in names if name not in request.inputs]
    if missing:
        raise Hint(f"inputs: {missing[0]} is missing; the model takes {' and '.join(names)}")


def _refuse_other_pictures(tensor: TensorProto, pictures: Sequence[bytes]) -> None:
    _refuse_other_type(IMAGE, tensor, STRING, "a string of bytes")
    _refuse_other_shape(IMAGE, tensor, (len(pictures),))
    found = list(_values(IMAGE, tensor))
    if found == list(pictures):
        return
    if found == [base64.b64encode(picture) for picture in pictures]:
        raise Hint(f"{IMAGE}: found base64, which is for JSON; by gRPC bytes go as they are")
    if sorted(found) == sorted(pictures):
        raise Hint(f"{IMAGE}: found the right pictures in another order")
    raise Hint(
        f"{IMAGE}: found bytes that begin with {found[0][:4]!r}, expected the pictures that your function was given, "
        "as they are"
    )


def _refuse_other_features(tensor: TensorProto, features: Sequence[Sequence[float]]) -> None:
    _refuse_other_type(FEATURES, tensor, FLOAT, "float32")
    _refuse_other_shape(FEATURES, tensor, (len(features), len(features[0])))
    for place, (numbers, expected) in enumerate(zip(_values(FEATURES, tensor).tolist(), features, strict=True)):
        refuse_other_numbers(f"{FEATURES} {place}", numbers, expected)


def _refuse_other_type(name: str, tensor: TensorProto, expected: int, words: str) -> None:
    if tensor.dtype != expected:
        found = f"{tensor.dtype} ({type_name(tensor.dtype)})" if tensor.dtype else "0, none at all"
        raise Hint(f"{name}: found the dtype {found}, expected {expected}, {words}")


def _refuse_other_shape(name: str, tensor: TensorProto, expected: tuple[int, ...]) -> None:
    found = tuple(dim.size for dim in tensor.tensor_shape.dim)
    if found != expected:
        raise Hint(f"{name}: found the shape {found}, expected {expected}; tensor_shape.dim has one entry a dimension")


def _values(name: str, tensor: TensorProto) -> Array:
    try:
        return to_array(tensor, name)
    except WireError as error:
        raise Hint(error.message) from None
