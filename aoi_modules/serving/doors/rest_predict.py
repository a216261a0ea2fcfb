"""Predict as REST writes it: a JSON document -> arrays, outputs -> JSON in the form of the request."""

from functools import partial
from typing import Any

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering.inference import Inference
from aoi_modules.serving.answering.predict import PredictForm
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.wire import rest_predict as bodies
from aoi_modules.wire.messages import SignatureDef
from aoi_modules.wire.status import invalid


def form(document: dict[str, Any]) -> PredictForm[bytes]:
    """Gives a Predict in the form of JSON; `document` is the parsed body of the request."""
    return PredictForm(partial(_read, document), _no_signature)


def _read(document: dict[str, Any], servable: Servable, signature: SignatureDef) -> Inference[bytes]:
    kind, inputs = bodies.request_arrays(document, signature.inputs)
    return Inference(signature, inputs, (), lambda outputs: bodies.answer_body(outputs, kind))


def _no_signature(name: str) -> RpcError:
    return invalid(f'Serving signature name: "{name}" not found in signature def')
