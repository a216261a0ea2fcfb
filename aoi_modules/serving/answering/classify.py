"""Classify: labels, scores or both for each tf.Example."""

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering.example_method import ExampleMethod, shape_text, type_name
from aoi_modules.serving.job import Outputs
from aoi_modules.wire.messages import ClassificationResult, SignatureDef
from aoi_modules.wire.status import invalid
from aoi_modules.wire.tensors import Array

CLASSES, SCORES = "classes", "scores"


class Classify(ExampleMethod[ClassificationResult]):
    """Answers with `classes`, strings (N, K), and `scores`, float32 (N, K); a signature may lack one of the two."""

    name = "tensorflow/serving/classify"
    what = "classification"

    def check_output_count(self, signature: SignatureDef) -> None:
        """Wants one output or two."""
        if len(signature.outputs) not in (1, 2):
            raise invalid(f"Expected one or two output Tensors, found {len(signature.outputs)}")

    def output_names(self, signature: SignatureDef) -> list[str]:
        """Takes those of `classes` and `scores` that are there."""
        names = [name for name in (CLASSES, SCORES) if name in signature.outputs]
        if not names:
            raise RpcError(
                "FAILED_PRECONDITION",
                f'Expected classification signature outputs to contain at least one of "{CLASSES}" or "{SCORES}". '
                f"Signature was: {signature}",
            )
        return names

    def result(self, outputs: Outputs, count: int) -> ClassificationResult:
        """Gives each example its K labels and scores; a missing label is "", a missing score 0.

        Args:
            outputs: `classes`, object array of bytes (count, K); `scores`, float32 (count, K); or one of them.
            count: of the examples.
        """
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


CLASSIFY = Classify()


def _check_matrix(name: str, array: Array, data_type: str, count: int) -> None:
    if array.ndim != 2:
        raise invalid(f"Expected Tensor shape: [batch_size num_classes] but got {shape_text(array)}")
    if type_name(array) != data_type:
        raise invalid(f"Expected {name} Tensor of {data_type}. Got: {type_name(array)}")
    if len(array) != count:
        raise invalid(f"Expected {name} output batch size of {count}. Got: {len(array)}")


def _text(label: bytes) -> str:
    """A label as a protobuf string, which must be UTF-8."""
    return label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label)
