"""TensorFlow Serving's messages as the line reads and writes them: requests -> pictures, outputs -> an answer. Pure."""

from collections.abc import Sequence

import numpy as np

from aoi_modules.client.replies import Prediction
from aoi_modules.errors import BadParameter, RpcError, WireError
from aoi_modules.gateway.routes import Route
from aoi_modules.gateway.shots import Features, FrameSize, Shot, checked_features
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE, FEATURES, IMAGE, MANIFEST_SIGNATURE, PIXELS_SIGNATURE
from aoi_modules.wire.messages import ModelSpec, PredictRequest, PredictResponse
from aoi_modules.wire.tensors import Array, pack, to_array

MOST_PICTURES = 128
"""Of one call, whatever the routes say: their ids and verdicts have to fit into the trailing metadata."""


def asks_manifest(request: PredictRequest) -> bool:
    """Whether a Predict is no inspection, but asks what the model is."""
    return request.model_spec.signature_name == MANIFEST_SIGNATURE


def check_version(spec: ModelSpec, route: Route) -> None:
    """Makes sure that a caller asks for no other version than the routes.

    Raises:
        BadParameter: it does.
    """
    asked = spec.version.value if spec.HasField("version") else spec.version_label or None
    chosen = route.version or route.label
    if asked is not None and asked != chosen:
        expected = "none, as the routes choose it" if chosen is None else f"none, or {chosen} as in the routes"
        raise BadParameter("model_spec.version", expected=expected, found=str(asked)[:40])


def spec_for(route: Route, asked: ModelSpec) -> ModelSpec:
    """Makes what the model server is asked for in place of a component: the route's model, and the route's version.

    Where the route leaves the version open, it is the one that was asked for.
    """
    spec = ModelSpec()
    spec.CopyFrom(asked)
    spec.name = route.model
    if route.version is not None:
        spec.version.value = route.version
    elif route.label is not None:
        spec.version_label = route.label
    return spec


def shots_of(request: PredictRequest, most: int) -> list[Shot]:
    """Reads the pictures of a Predict: `image` string (N,), or uint8 (N, h, w, C) of the signature `pixels`.

    Args:
        request: with `features` float (N, F) beside them, perhaps.
        most: pictures that one call may bring.

    Raises:
        BadParameter: the inputs are others.
        RpcError: a tensor contradicts itself.
    """
    signature = request.model_spec.signature_name or DEFAULT_SIGNATURE
    if signature not in (DEFAULT_SIGNATURE, PIXELS_SIGNATURE):
        expected = f"{DEFAULT_SIGNATURE}, {PIXELS_SIGNATURE} or {MANIFEST_SIGNATURE}"
        raise BadParameter("signature_name", expected=expected, found=signature[:40])
    for name in request.inputs.keys() - {IMAGE, FEATURES}:
        raise BadParameter(name[:40], expected=f"the inputs {IMAGE} and {FEATURES}", found="another input")
    pictures = _array(request, IMAGE)
    if pictures is None or not pictures.ndim or not len(pictures):
        raise BadParameter(IMAGE, expected="one picture or more", found="none")
    if len(pictures) > min(most, MOST_PICTURES):
        raise BadParameter(IMAGE, expected=f"at most {min(most, MOST_PICTURES)} pictures", found=str(len(pictures)))
    beside = _features(request, len(pictures))
    if signature == PIXELS_SIGNATURE:
        return [_frame(*pair) for pair in zip(_frames(pictures), beside, strict=True)]
    if pictures.ndim != 1 or pictures.dtype.kind != "O":
        raise BadParameter(IMAGE, expected="encoded pictures, string (N,)", found=_told(pictures))
    if not all(pictures):
        raise BadParameter(IMAGE, expected="encoded pictures", found="an empty string")
    return [Shot(content, None, features) for content, features in zip(pictures, beside, strict=True)]


def response_of(request: PredictRequest, predictions: Sequence[Prediction]) -> PredictResponse:
    """Writes the answer: all outputs that the model gave, a row a picture, in fields as TensorFlow Serving writes them.

    While a new version comes, two may answer about the pictures of one call. Their rows stand together where they have
    the same outputs, and the answer names no version: the trailing metadata has that of each picture.

    Args:
        request: whose component is named, and whose filter holds.
        predictions: of each picture, in their order; one or more.

    Raises:
        RpcError: two versions answered, and their outputs have other names; or an output has no row of the same form
            for each picture.
        BadParameter: the filter names an output that the model has not.
    """
    versions = {prediction.version for prediction in predictions}
    outputs = [prediction.outputs or prediction.scores for prediction in predictions]
    if len({tuple(sorted(one)) for one in outputs}) > 1:
        raise RpcError(
            "ABORTED",
            f"versions {', '.join(sorted(map(str, versions)))} answered about these pictures, and their outputs "
            "differ; ask again",
        )
    spec = ModelSpec(name=request.model_spec.name, signature_name=request.model_spec.signature_name)
    spec.signature_name = spec.signature_name or DEFAULT_SIGNATURE
    if len(versions) == 1 and (version := predictions[0].version) is not None:
        spec.version.value = version
    response = PredictResponse(model_spec=spec)
    for name in _wanted(request, sorted(outputs[0])):
        array = _joined(name, [one[name] for one in outputs])
        pack(array, response.outputs[name], content=False)
    return response


def _wanted(request: PredictRequest, names: Sequence[str]) -> Sequence[str]:
    for name in request.output_filter:
        if name not in names:
            raise BadParameter("output_filter", expected=f"outputs of: {', '.join(names)}", found=name[:40])
    return list(request.output_filter) or names


def _joined(name: str, arrays: Sequence[Array]) -> Array:
    """The rows of all pictures; each was asked alone."""
    if len(arrays) == 1:
        return arrays[0]
    if any(array.ndim == 0 or len(array) != 1 for array in arrays) or len({_form(array) for array in arrays}) > 1:
        raise RpcError("INTERNAL", f"output {name} has no row for each picture; ask about one picture at a time")
    return np.concatenate(arrays)


def _form(array: Array) -> tuple[str, tuple[int, ...]]:
    """What rows that stand together have in common."""
    return array.dtype.kind, array.shape


def _array(request: PredictRequest, name: str) -> Array | None:
    if name not in request.inputs:
        return None
    try:
        return to_array(request.inputs[name], name)
    except WireError as error:
        raise RpcError("INVALID_ARGUMENT", error.message) from None


def _frames(pixels: Array) -> Array:
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[3] not in (1, 3) or not pixels.size:
        raise BadParameter(IMAGE, expected="uint8 (N, h, w, C), 1 or 3 channels", found=_told(pixels))
    return pixels


def _frame(pixels: Array, features: Features | None) -> Shot:
    height, width, channels = pixels.shape
    return Shot(pixels.tobytes(), FrameSize(width, height, channels), features)


def _features(request: PredictRequest, count: int) -> Sequence[Features | None]:
    """What goes beside each picture."""
    numbers = _array(request, FEATURES)
    if numbers is None:
        return [None] * count
    if numbers.dtype.kind not in "fiu" or numbers.ndim != 2 or len(numbers) != count:
        raise BadParameter(FEATURES, expected=f"numbers ({count}, F), a row a picture", found=_told(numbers))
    return [checked_features(tuple(map(float, row))) for row in numbers]


def _told(array: Array) -> str:
    kind = "string" if array.dtype.kind == "O" else str(array.dtype)
    return f"{kind} {array.shape}"
