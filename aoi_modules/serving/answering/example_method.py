"""What Classify and Regress have in common: tf.Examples go into the one input of a signature."""

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from aoi_modules.errors import RpcError
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE
from aoi_modules.serving.answering import examples
from aoi_modules.serving.answering.inference import Inference
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.job import Outputs
from aoi_modules.wire import tensors
from aoi_modules.wire.messages import Input, SignatureDef
from aoi_modules.wire.status import invalid
from aoi_modules.wire.tensors import Array

INPUT = "inputs"
"""The name of the one input."""

Result = TypeVar("Result")


class ExampleMethod(ABC, Generic[Result]):
    """One way to answer tf.Examples.

    Attributes:
        name: the method name of signatures that are made for it.
        what: what it does, in TensorFlow Serving's words.
    """

    name: ClassVar[str]
    what: ClassVar[str]

    @abstractmethod
    def check_output_count(self, signature: SignatureDef) -> None:
        """Refuses a signature that has too few or too many outputs.

        Raises:
            RpcError: INVALID_ARGUMENT.
        """

    @abstractmethod
    def output_names(self, signature: SignatureDef) -> list[str]:
        """Gives the names of the outputs that it reads.

        Raises:
            RpcError: FAILED_PRECONDITION, the signature has none of them.
        """

    @abstractmethod
    def result(self, outputs: Outputs, count: int) -> Result:
        """Makes the result for so many examples; each output has a row for each of them.

        Raises:
            RpcError: INVALID_ARGUMENT, an output is of another shape or dtype.
        """

    def inference(
        self, servable: Servable, signature_name: str, asked: Input, *, check_method: bool = False
    ) -> Inference[Result]:
        """Reads what a request asks of a model.

        Args:
            servable: the model version.
            signature_name: "" for the default one.
            asked: the examples.
            check_method: refuse signatures of another method.

        Raises:
            RpcError: signature or examples do not fit.
        """
        signature = servable.signature(signature_name)
        if signature is None:
            raise invalid(f"No signature was found with the name: {signature_name or DEFAULT_SIGNATURE}")
        names = self.checked_outputs(signature, check_method=check_method)
        return self.of_batch(signature, names, examples.batch(asked))

    def checked_outputs(self, signature: SignatureDef, *, check_method: bool) -> list[str]:
        """Gives the names of the outputs that it reads, of a signature that it can use.

        Raises:
            RpcError: it cannot; the text says why.
        """
        if check_method and signature.method_name != self.name:
            raise invalid(f"Expected {self.what} signature method_name to be {self.name}. Was: {signature.method_name}")
        if len(signature.inputs) != 1:
            raise invalid("Expected one input Tensor.")
        self.check_output_count(signature)
        if INPUT not in signature.inputs:
            raise RpcError("FAILED_PRECONDITION", f"No {self.what} inputs found in SignatureDef: {signature}")
        return self.output_names(signature)

    def of_batch(self, signature: SignatureDef, names: list[str], batch: Array) -> Inference[Result]:
        """Gives the inference of serialized examples, an object array of bytes (N,)."""
        return Inference(signature, {INPUT: batch}, names, lambda outputs: self.result(outputs, len(batch)))


def type_name(array: Array) -> str:
    """Names an array's data type as TensorFlow's enumeration does: `DT_FLOAT`."""
    return f"DT_{tensors.type_name(tensors.data_type(array)).upper()}"


def shape_text(array: Array) -> str:
    """Writes an array's shape as TensorFlow does: `[2,3]`."""
    return "[" + ",".join(map(str, array.shape)) + "]"
