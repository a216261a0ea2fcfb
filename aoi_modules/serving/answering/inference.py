"""What one loaded model version answers: Predict, Classify, Regress, MultiInference.

Classify and Regress feed serialized tf.Examples to the one input of a signature. A context, if the request has one,
stands before each example: the bytes of two protobuf messages one after the other are their merge.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import RpcError, WireError
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE
from aoi_modules.serving.answering import signature_check
from aoi_modules.serving.answering.servable import Call, Servable
from aoi_modules.wire import tensors
from aoi_modules.wire.messages import (
    ClassificationResult,
    InferenceTask,
    Input,
    MultiInferenceRequest,
    MultiInferenceResponse,
    PredictRequest,
    PredictResponse,
    RegressionResult,
    SignatureDef,
    TensorProto,
)
from aoi_modules.wire.status import invalid

PREDICT_METHOD = "tensorflow/serving/predict"
CLASSIFY_METHOD = "tensorflow/serving/classify"
REGRESS_METHOD = "tensorflow/serving/regress"
INPUT, CLASSES, SCORES, REGRESSION = "inputs", "classes", "scores", "outputs"

Array = NDArray[Any]


Run: TypeAlias = Callable[[SignatureDef, Mapping[str, Array], Sequence[str]], dict[str, Array]]
"""`Servable.run`, or something around it."""


def predict(
    servable: Servable, request: PredictRequest, *, as_content: bool = False, check_method: bool = False
) -> PredictResponse:
    """Runs the signature that a request names; see `predict_call` and `predict_answer`.

    Raises:
        RpcError: the request does not fit, or the model refuses it.
    """
    return predict_answer(predict_call(servable, request, check_method=check_method).run(), as_content=as_content)


def predict_call(servable: Servable, request: PredictRequest, *, check_method: bool = False) -> Call:
    """What a request asks of a model.

    Args:
        servable: the model version.
        request: its inputs and output filter.
        check_method: refuse signatures whose method name is none of the three.

    Raises:
        RpcError: the request does not fit.
    """
    name = request.model_spec.signature_name or DEFAULT_SIGNATURE
    signature = servable.signature(name)
    if signature is None:
        raise RpcError("FAILED_PRECONDITION", f'Serving signature key "{name}" not found.')
    if check_method:
        check_predict_method(signature)
    signature_check.check_names(signature, request.inputs.keys())
    try:
        inputs = {key: tensors.to_array(tensor, key) for key, tensor in _tensors(signature, request)}
    except WireError as error:
        raise invalid(error.message) from None
    return servable.call(signature, inputs, list(request.output_filter))


def _tensors(signature: SignatureDef, request: PredictRequest) -> Iterator[tuple[str, TensorProto]]:
    """The inputs of a request by name; where one was left out, the signature's default for it."""
    yield from request.inputs.items()
    for name in signature.inputs:
        if name not in request.inputs:
            yield name, signature.defaults[name]


def predict_answer(outputs: Mapping[str, Array], *, as_content: bool = False) -> PredictResponse:
    """Outputs as an answer.

    Args:
        outputs: by name.
        as_content: numbers as raw `tensor_content` instead of one field a value.

    Raises:
        RpcError: UNIMPLEMENTED, a dtype has no message form.
    """
    answer = PredictResponse()
    for key, array in outputs.items():
        try:
            answer.outputs[key].CopyFrom(tensors.to_tensor(array, content=as_content))
        except WireError as error:
            raise RpcError("UNIMPLEMENTED", f"output {key}: {error.message}") from None
    return answer


def check_predict_method(signature: SignatureDef) -> None:
    """Refuses a signature of an unknown method, as --enable_signature_method_name_check asks.

    Raises:
        RpcError: INTERNAL; names the method.
    """
    methods = (PREDICT_METHOD, CLASSIFY_METHOD, REGRESS_METHOD)
    if signature.method_name not in methods:
        raise RpcError(
            "INTERNAL",
            f"Expected prediction signature method_name to be one of {{{', '.join(methods)}}}. "
            f"Was: {signature.method_name}",
        )


def classify(
    servable: Servable, signature_name: str, examples: Input, *, check_method: bool = False, run: Run | None = None
) -> ClassificationResult:
    """Labels, scores or both for each example.

    Raises:
        RpcError: signature or input do not fit, or the model refuses the input.
    """
    signature = _named(servable, signature_name)
    outputs = _classify_outputs(signature, check_method=check_method)
    batch = example_batch(examples)
    return _classifications((run or servable.run)(signature, {INPUT: batch}, outputs), len(batch))


def regress(
    servable: Servable, signature_name: str, examples: Input, *, check_method: bool = False, run: Run | None = None
) -> RegressionResult:
    """One number for each example.

    Raises:
        RpcError: signature or input do not fit, or the model refuses the input.
    """
    signature = _named(servable, signature_name)
    outputs = _regress_outputs(signature, check_method=check_method)
    batch = example_batch(examples)
    return _regressions((run or servable.run)(signature, {INPUT: batch}, outputs)[REGRESSION], len(batch))


def multi_inference(
    servable: Servable, request: MultiInferenceRequest, *, check_method: bool = False, run: Run | None = None
) -> MultiInferenceResponse:
    """Several Classify and Regress tasks on one input.

    Raises:
        RpcError: the tasks do not fit together or to the model, or the model refuses the input.
    """
    checked = _checked_tasks(servable, request.tasks, check_method=check_method)
    batch = example_batch(request.input)
    answer = MultiInferenceResponse()
    for task, signature, names in checked:
        outputs = (run or servable.run)(signature, {INPUT: batch}, names)
        result = answer.results.add()
        result.model_spec.name = servable.name
        result.model_spec.version.value = servable.version
        result.model_spec.signature_name = task.model_spec.signature_name or DEFAULT_SIGNATURE
        if task.method_name == CLASSIFY_METHOD:
            result.classification_result.CopyFrom(_classifications(outputs, len(batch)))
        else:
            result.regression_result.CopyFrom(_regressions(outputs[REGRESSION], len(batch)))
    return answer


def example_batch(examples: Input) -> Array:
    """The serialized examples as an object array of bytes, (N,); the context stands before each of them.

    Raises:
        RpcError: INVALID_ARGUMENT, there is none.
    """
    context = b""
    items = examples.example_list.examples
    if examples.HasField("example_list_with_context"):
        context = examples.example_list_with_context.context.SerializeToString()
        items = examples.example_list_with_context.examples
    if not items:
        raise invalid("Input is empty.")
    return np.array([*(context + example.SerializeToString() for example in items), None], dtype=object)[:-1]


def example_count(examples: Input) -> int:
    """How many examples an input holds."""
    if examples.HasField("example_list_with_context"):
        return len(examples.example_list_with_context.examples)
    return len(examples.example_list.examples)


def _named(servable: Servable, name: str) -> SignatureDef:
    signature = servable.signature(name)
    if signature is None:
        raise invalid(f"No signature was found with the name: {name or DEFAULT_SIGNATURE}")
    return signature


def _checked_tasks(
    servable: Servable, tasks: Sequence[InferenceTask], *, check_method: bool
) -> list[tuple[InferenceTask, SignatureDef, list[str]]]:
    """Each task with its signature and outputs; one model, no signature twice, the same input for all."""
    checked = []
    seen: set[str] = set()
    input_tensors: set[str] = set()
    for task in tasks:
        if not task.model_spec.name:
            raise invalid("Found ModelSpec with an empty model name.")
        if task.model_spec.name != tasks[0].model_spec.name:
            raise invalid("All ModelSpecs in a MultiInferenceRequest must access the same model name.")
        name = task.model_spec.signature_name or DEFAULT_SIGNATURE
        if name in seen:
            raise invalid(f"Duplicate evaluation of signature: {name}")
        seen.add(name)
        signature = servable.signature(name)
        if signature is None:
            raise invalid(f"Requested signature not found in model graph: {name}")
        outputs = _task_outputs(task.method_name, signature, check_method=check_method)
        input_tensors.add(signature.inputs[INPUT].name)
        if len(input_tensors) > 1:
            raise invalid("Input tensor must be the same for all Signatures.")
        checked.append((task, signature, outputs))
    return checked


def _task_outputs(method: str, signature: SignatureDef, *, check_method: bool) -> list[str]:
    if method == CLASSIFY_METHOD:
        return _classify_outputs(signature, check_method=check_method)
    if method == REGRESS_METHOD:
        return _regress_outputs(signature, check_method=check_method)
    raise RpcError("UNIMPLEMENTED", f"Unsupported signature method_name: {method}")


def _classify_outputs(signature: SignatureDef, *, check_method: bool) -> list[str]:
    """Which of `classes` and `scores` a signature has."""
    if check_method and signature.method_name != CLASSIFY_METHOD:
        raise invalid(
            f"Expected classification signature method_name to be {CLASSIFY_METHOD}. Was: {signature.method_name}"
        )
    if len(signature.inputs) != 1:
        raise invalid("Expected one input Tensor.")
    if len(signature.outputs) not in (1, 2):
        raise invalid(f"Expected one or two output Tensors, found {len(signature.outputs)}")
    if INPUT not in signature.inputs:
        raise RpcError("FAILED_PRECONDITION", f"No classification inputs found in SignatureDef: {signature}")
    outputs = [name for name in (CLASSES, SCORES) if name in signature.outputs]
    if not outputs:
        raise RpcError(
            "FAILED_PRECONDITION",
            f'Expected classification signature outputs to contain at least one of "{CLASSES}" or "{SCORES}". '
            f"Signature was: {signature}",
        )
    return outputs


def _regress_outputs(signature: SignatureDef, *, check_method: bool) -> list[str]:
    if check_method and signature.method_name != REGRESS_METHOD:
        raise invalid(f"Expected regression signature method_name to be {REGRESS_METHOD}. Was: {signature.method_name}")
    if len(signature.inputs) != 1:
        raise invalid("Expected one input Tensor.")
    if len(signature.outputs) != 1:
        raise invalid("Expected one output Tensor.")
    if INPUT not in signature.inputs:
        raise RpcError("FAILED_PRECONDITION", f"No regression inputs found in SignatureDef: {signature}")
    if REGRESSION not in signature.outputs:
        raise RpcError("FAILED_PRECONDITION", f"No regression outputs found in SignatureDef: {signature}")
    return [REGRESSION]


def _classifications(outputs: dict[str, Array], count: int) -> ClassificationResult:
    classes, scores = outputs.get(CLASSES), outputs.get(SCORES)
    for name, array, data_type in ((CLASSES, classes, "DT_STRING"), (SCORES, scores, "DT_FLOAT")):
        if array is not None:
            _check_matrix(name, array, data_type, count)
    if classes is not None and scores is not None and classes.shape[1] != scores.shape[1]:
        raise invalid(
            "Tensors class and score should match in dim_size(1). "
            f"Got {classes.shape[1]} vs. {scores.shape[1]}"
        )  # fmt: skip
    labels = [] if classes is None else [[_text(label) for label in row] for row in classes.tolist()]
    numbers = [] if scores is None else scores.tolist()
    result = ClassificationResult()
    for index in range(count):
        row = result.classifications.add()
        for label in labels[index] if labels else [""] * len(numbers[index]):
            row.classes.add(label=label)
        for entry, score in zip(row.classes, numbers[index] if numbers else [], strict=False):
            entry.score = score
    return result


def _check_matrix(name: str, array: Array, data_type: str, count: int) -> None:
    if array.ndim != 2:
        raise invalid(f"Expected Tensor shape: [batch_size num_classes] but got {_shape(array)}")
    if _type_name(array) != data_type:
        raise invalid(f"Expected {name} Tensor of {data_type}. Got: {_type_name(array)}")
    if len(array) != count:
        raise invalid(f"Expected {name} output batch size of {count}. Got: {len(array)}")


def _regressions(values: Array, count: int) -> RegressionResult:
    if values.ndim != 1 and not (values.ndim == 2 and values.shape[1] == 1):
        raise invalid(
            f"Expected output Tensor shape to be either [batch_size] or [batch_size, 1] but got {_shape(values)}"
        )
    if len(values) != count:
        raise invalid(f"Input batch size did not match output batch size: {count} vs. {len(values)}")
    if _type_name(values) != "DT_FLOAT":
        raise invalid(f"Expected output Tensor of DT_FLOAT.  Got: {_type_name(values)}")
    result = RegressionResult()
    for value in values.ravel().tolist():
        result.regressions.add(value=value)
    return result


def _type_name(array: Array) -> str:
    return f"DT_{tensors.type_name(tensors.data_type(array)).upper()}"


def _shape(array: Array) -> str:
    return "[" + ",".join(map(str, array.shape)) + "]"


def _text(label: bytes) -> str:
    """A label as a protobuf string, which must be UTF-8."""
    return label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label)
