"""Predict: arrays in, arrays out, for whichever protocol asks. A protocol brings its way to read and write them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from aoi_modules.errors import RpcError
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE
from aoi_modules.serving.answering.classify import CLASSIFY
from aoi_modules.serving.answering.inference import Answer, Inference
from aoi_modules.serving.answering.regress import REGRESS
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.wire.messages import SignatureDef

METHODS = ("tensorflow/serving/predict", CLASSIFY.name, REGRESS.name)
"""The method names of signatures that Predict may run."""


@dataclass(frozen=True)
class PredictForm(Generic[Answer]):
    """A Predict as one protocol writes it. TensorFlow Serving's two protocols have words of their own for errors.

    Args:
        read: reads the inputs that a signature asks for, and says how outputs become the answer.
        no_signature: the error for a signature name that the model does not have.
    """

    read: Callable[[Servable, SignatureDef], Inference[Answer]]
    no_signature: Callable[[str], RpcError]


def predict(
    servable: Servable, signature_name: str, form: PredictForm[Answer], *, check_method: bool = False
) -> Inference[Answer]:
    """Reads what a Predict asks of a model.

    Args:
        servable: the model version.
        signature_name: "" for the default one.
        form: the request, as its protocol writes it.
        check_method: refuse signatures whose method name is none of the three.

    Raises:
        RpcError: there is no such signature, or the request does not fit it.
    """
    signature = servable.signature(signature_name)
    if signature is None:
        raise form.no_signature(signature_name or DEFAULT_SIGNATURE)
    if check_method:
        _check_method(signature)
    return form.read(servable, signature)


def _check_method(signature: SignatureDef) -> None:
    """Refuses a signature of an unknown method, as --enable_signature_method_name_check asks."""
    if signature.method_name not in METHODS:
        raise RpcError(
            "INTERNAL",
            f"Expected prediction signature method_name to be one of {{{', '.join(METHODS)}}}. "
            f"Was: {signature.method_name}",
        )
