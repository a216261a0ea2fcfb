"""Predict as gRPC and warm-up files write it: PredictRequest -> arrays, outputs -> PredictResponse."""

from collections.abc import Iterator
from functools import partial

from aoi_modules.errors import RpcError, WireError
from aoi_modules.serving.answering import signature_check
from aoi_modules.serving.answering.inference import Inference
from aoi_modules.serving.answering.predict import PredictForm
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.job import Outputs
from aoi_modules.wire import tensors
from aoi_modules.wire.messages import PredictRequest, PredictResponse, SignatureDef, TensorProto
from aoi_modules.wire.status import invalid


def form(request: PredictRequest, *, as_content: bool = False) -> PredictForm[PredictResponse]:
    """Gives a Predict in the form of messages.

    Args:
        request: inputs by name, and the names of the outputs to compute.
        as_content: answer numbers as raw `tensor_content` instead of one field a value.
    """
    return PredictForm(partial(_read, request, as_content), _no_signature)


def _read(
    request: PredictRequest, as_content: bool, servable: Servable, signature: SignatureDef
) -> Inference[PredictResponse]:
    signature_check.check_names(signature, request.inputs.keys())
    try:
        inputs = {key: tensors.to_array(tensor, key) for key, tensor in _tensors(signature, request)}
    except WireError as error:
        raise invalid(error.message) from None
    write = partial(_answer, request, as_content, servable)
    return Inference(signature, inputs, request.output_filter, write)


def _tensors(signature: SignatureDef, request: PredictRequest) -> Iterator[tuple[str, TensorProto]]:
    """The inputs of a request by name; where one was left out, the signature's default for it."""
    yield from request.inputs.items()
    for name in signature.inputs:
        if name not in request.inputs:
            yield name, signature.defaults[name]


def _answer(request: PredictRequest, as_content: bool, servable: Servable, outputs: Outputs) -> PredictResponse:
    answer = PredictResponse()
    for key, array in outputs.items():
        try:
            tensors.pack(array, answer.outputs[key], content=as_content)
        except WireError as error:
            raise RpcError("UNIMPLEMENTED", f"output {key}: {error.message}") from None
    servable.fill_spec(answer.model_spec, request.model_spec.signature_name)
    return answer


def _no_signature(name: str) -> RpcError:
    return RpcError("FAILED_PRECONDITION", f'Serving signature key "{name}" not found.')
