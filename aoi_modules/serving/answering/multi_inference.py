"""MultiInference: several Classify and Regress tasks on the same tf.Examples."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from aoi_modules.errors import RpcError
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE
from aoi_modules.serving.answering import examples
from aoi_modules.serving.answering.classify import CLASSIFY
from aoi_modules.serving.answering.example_method import INPUT, ExampleMethod
from aoi_modules.serving.answering.inference import Inference
from aoi_modules.serving.answering.regress import REGRESS
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.job import Outputs
from aoi_modules.wire.messages import (
    ClassificationResult,
    InferenceResult,
    InferenceTask,
    MultiInferenceRequest,
    SignatureDef,
)
from aoi_modules.wire.status import invalid


@dataclass(frozen=True)
class _Task:
    """A task that fits its model."""

    method: ExampleMethod[Any]
    signature: SignatureDef
    signature_name: str
    output_names: list[str]


def inferences(
    servable: Servable, request: MultiInferenceRequest, *, check_method: bool = False
) -> list[Inference[InferenceResult]]:
    """Reads what each task asks of a model.

    Args:
        servable: the model version that answers all of them.
        request: the tasks, and the examples that they share.
        check_method: refuse signatures of another method than their task's.

    Raises:
        RpcError: the tasks do not fit together or to the model, or there are no examples.
    """
    tasks = _checked(servable, request, check_method=check_method)
    batch = examples.batch(request.input)
    found = []
    for task in tasks:
        inference = task.method.of_batch(task.signature, task.output_names, batch)
        write = partial(_result, servable, task.signature_name, inference)
        found.append(Inference(inference.signature, inference.inputs, inference.outputs, write))
    return found


def _checked(servable: Servable, request: MultiInferenceRequest, *, check_method: bool) -> list[_Task]:
    """The tasks: of one model, no signature twice, the same input tensor for all."""
    checked: list[_Task] = []
    input_tensors: set[str] = set()
    for task in request.tasks:
        if not task.model_spec.name:
            raise invalid("Found ModelSpec with an empty model name.")
        if task.model_spec.name != request.tasks[0].model_spec.name:
            raise invalid("All ModelSpecs in a MultiInferenceRequest must access the same model name.")
        name = task.model_spec.signature_name or DEFAULT_SIGNATURE
        if any(name == other.signature_name for other in checked):
            raise invalid(f"Duplicate evaluation of signature: {name}")
        signature = servable.signature(name)
        if signature is None:
            raise invalid(f"Requested signature not found in model graph: {name}")
        method = _method(task)
        checked.append(_Task(method, signature, name, method.checked_outputs(signature, check_method=check_method)))
        input_tensors.add(signature.inputs[INPUT].name)
        if len(input_tensors) > 1:
            raise invalid("Input tensor must be the same for all Signatures.")
    return checked


def _method(task: InferenceTask) -> ExampleMethod[Any]:
    for method in (CLASSIFY, REGRESS):
        if task.method_name == method.name:
            return method
    raise RpcError("UNIMPLEMENTED", f"Unsupported signature method_name: {task.method_name}")


def _result(servable: Servable, signature_name: str, inference: Inference[Any], outputs: Outputs) -> InferenceResult:
    found = inference.write(outputs)
    result = InferenceResult()
    servable.fill_spec(result.model_spec, signature_name)
    if isinstance(found, ClassificationResult):
        result.classification_result.CopyFrom(found)
    else:
        result.regression_result.CopyFrom(found)
    return result
