"""Regress: one number for each tf.Example."""

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering.example_method import ExampleMethod, shape_text, type_name
from aoi_modules.serving.job import Outputs
from aoi_modules.wire.messages import RegressionResult, SignatureDef
from aoi_modules.wire.status import invalid

NUMBERS = "outputs"


class Regress(ExampleMethod[RegressionResult]):
    """Answers with the one output of the signature, float32 (N,) or (N, 1)."""

    name = "tensorflow/serving/regress"
    what = "regression"

    def check_output_count(self, signature: SignatureDef) -> None:
        """Wants one output."""
        if len(signature.outputs) != 1:
            raise invalid("Expected one output Tensor.")

    def output_names(self, signature: SignatureDef) -> list[str]:
        """Takes the output that TensorFlow Serving names `outputs`."""
        if NUMBERS not in signature.outputs:
            raise RpcError("FAILED_PRECONDITION", f"No regression outputs found in SignatureDef: {signature}")
        return [NUMBERS]

    def result(self, outputs: Outputs, count: int) -> RegressionResult:
        """Gives each example its number.

        Args:
            outputs: `outputs`, float32 (count,) or (count, 1).
            count: of the examples.
        """
        values = outputs[NUMBERS]
        if values.ndim != 1 and not (values.ndim == 2 and values.shape[1] == 1):
            raise invalid(
                "Expected output Tensor shape to be either [batch_size] or [batch_size, 1] but got "
                f"{shape_text(values)}"
            )
        if len(values) != count:
            raise invalid(f"Input batch size did not match output batch size: {count} vs. {len(values)}")
        if type_name(values) != "DT_FLOAT":
            raise invalid(f"Expected output Tensor of DT_FLOAT.  Got: {type_name(values)}")
        result = RegressionResult()
        for value in values.ravel().tolist():
            result.regressions.add(value=value)
        return result


REGRESS = Regress()
