"""Requests with tf.Examples, and an engine that reads them without TensorFlow."""

from typing import Any

import numpy as np

from aoi_modules.wire.messages import ClassificationRequest, Input, RegressionRequest
from tests.serving.calls import example_input
from tests.serving.fake_engine import DoublingEngine, float_signature

SERVICE = "tensorflow.serving.PredictionService"
CLASSIFY, REGRESS = "tensorflow/serving/classify", "tensorflow/serving/regress"


def classification(signature: str = "", examples: Input | None = None) -> ClassificationRequest:
    request = ClassificationRequest(input=examples if examples is not None else example_input(2.5))
    request.model_spec.name = "examples"
    request.model_spec.signature_name = signature
    return request


def regression(signature: str, examples: Input | None = None) -> RegressionRequest:
    request = RegressionRequest(input=examples if examples is not None else example_input(2.5))
    request.model_spec.name = "examples"
    request.model_spec.signature_name = signature
    return request


class ExampleEngine(DoublingEngine):
    """Two signatures on the same input tensor; each answers the length of each serialized example."""

    def __init__(self) -> None:
        super().__init__()
        for name, output, method in [("number", "outputs", REGRESS), ("scores", "scores", CLASSIFY)]:
            self.signatures[name] = float_signature(inputs=["inputs"], outputs=[output])
            self.signatures[name].method_name = method
        self.signatures["unknown"] = float_signature()
        self.signatures["unknown"].method_name = "my/method"

    def run(self, signature: Any, inputs: Any, outputs: Any) -> Any:
        return {name: np.array([[len(text)] for text in inputs["inputs"]], np.float32) for name in outputs}
