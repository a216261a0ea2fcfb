"""An engine without TensorFlow, for tests of what happens around engines."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from aoi_modules.errors import ModelError, RpcError, UnrunnableModel
from aoi_modules.serving.answering.inference import Inference
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.engine import Arrays
from aoi_modules.serving.job import Outputs, Result, Steps, wait
from aoi_modules.wire.messages import SignatureDef
from aoi_modules.wire.schema import DATA_TYPES

FLOAT = DATA_TYPES.index("FLOAT")


def float_signature(*, inputs: Sequence[str] = ("x",), outputs: Sequence[str] = ("y",)) -> SignatureDef:
    """A signature of floats of any shape."""
    signature = SignatureDef()
    for names, infos in ((inputs, signature.inputs), (outputs, signature.outputs)):
        for name in names:
            infos[name].name = f"{name}:0"
            infos[name].dtype = FLOAT
            infos[name].tensor_shape.unknown_rank = True
    return signature


class DoublingEngine:
    """y = 2 x."""

    name = "doubling"
    batch_rows = 32

    def __init__(self) -> None:
        self.signatures = {"serving_default": float_signature()}
        self.closed = False

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> dict[str, NDArray[Any]]:
        return dict.fromkeys(outputs, 2 * inputs["x"])

    def close(self) -> None:
        self.closed = True


def run(servable: Servable, inputs: Arrays, outputs: Sequence[str] = ()) -> Outputs:
    """The outputs of an inference by a signature of floats."""
    return servable.answer(Inference(float_signature(), inputs, outputs, lambda found: found))


def finish(steps: Steps[Result]) -> Result:
    """Takes all steps of a request in the calling thread."""
    try:
        ask = next(steps)
        while True:
            try:
                outputs = wait(ask)
            except RpcError as error:
                ask = steps.throw(error)
            else:
                ask = steps.send(outputs)
    except StopIteration as end:
        result: Result = end.value
        return result


class Loads:
    """Makes servables of folders, remembers them, and fails where a file `broken` or `unrunnable` lies."""

    def __init__(self) -> None:
        self.engines: dict[int, DoublingEngine] = {}
        self.tried: list[int] = []
        self.go = threading.Event()
        self.go.set()

    def __call__(self, name: str, version: int, path: Path) -> Servable:
        self.tried.append(version)
        if not self.go.wait(30):
            raise ModelError("the test forgot to let the load go on")
        if (path / "broken").exists():
            raise ModelError(f"{path}: broken")
        if (path / "unrunnable").exists():
            raise UnrunnableModel(f"{path}: never answers")
        engine = self.engines[version] = DoublingEngine()
        return Servable(name, version, engine)
