"""A data plane with one model, whose engine needs no TensorFlow and remembers what it was asked."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.dataplane import DataPlane
from aoi_modules.serving.engine import Arrays
from aoi_modules.serving.job import Outputs
from aoi_modules.serving.lifecycle.stream import Retries
from aoi_modules.serving.lifecycle.versions import StartUp, Versions
from aoi_modules.serving.model_config import ServedModel
from aoi_modules.serving.monitoring import DEFAULT_PATH, Monitor
from aoi_modules.wire.messages import SignatureDef
from tests.serving.answering.example_requests import ExampleEngine
from tests.serving.calls import wait_for


class Recorder(ExampleEngine):
    """y = 2 x, and what `ExampleEngine` answers. Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[list[Any], list[str]]] = []

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> Outputs:
        self.asked.append(([(name, array.tolist()) for name, array in inputs.items()], list(outputs)))
        if "x" in inputs and inputs["x"].size > 3:
            raise RpcError("RESOURCE_EXHAUSTED", "more than three")
        return {"y": 2 * inputs["x"]} if "x" in inputs else super().run(signature, inputs, outputs)


class Bench:
    """A data plane with one loaded model, `m`."""

    def __init__(self, base: Path, *, check_methods: bool = False, engine: Recorder | None = None) -> None:
        (base / "1").mkdir()
        self.engine = engine or Recorder()
        self.monitor = Monitor(DEFAULT_PATH)
        self.versions = Versions(
            [ServedModel("m", base)],
            lambda name, version, path: Servable(name, version, self.engine),
            poll_seconds=0,
            retries=Retries(0, seconds=60),
            load_threads=1,
        )
        self.versions.start()
        wait_for(self.versions.start_up, lambda state: state is StartUp.READY)
        self.plane = DataPlane(self.versions, check_methods=check_methods, monitor=self.monitor)
