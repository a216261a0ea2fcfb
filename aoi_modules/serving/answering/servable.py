"""One loaded model version, lent to requests; it is closed after the last of them."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE
from aoi_modules.serving.answering import signature_check
from aoi_modules.serving.answering.signature_check import InputCheck
from aoi_modules.serving.batching.batcher import Batcher, BatchRan
from aoi_modules.serving.batching.policy import UNMERGED, Policy
from aoi_modules.serving.engine import Arrays, Engine
from aoi_modules.serving.workers import Done, Job
from aoi_modules.wire.messages import SignatureDef


class Servable:
    """A model version that answers.

    Args:
        name: of the model.
        version: of the model.
        engine: the loaded graph; the servable closes it.
        check: how inputs are compared with the signature before the engine sees them.
        batching: how requests are merged.
        slots: so many batches, or requests that are not merged, run at once.
        ran: learns of each batch the seconds that its requests waited for it.
    """

    def __init__(
        self,
        name: str,
        version: int,
        engine: Engine,
        *,
        check: InputCheck = InputCheck.RANK,
        batching: Policy = UNMERGED,
        slots: int = 4,
        ran: BatchRan | None = None,
    ) -> None:
        self.name = name
        self.version = version
        self._engine = engine
        self._batcher = Batcher(engine, batching, slots=slots, ran=ran)
        self._check = check
        self._lock = threading.Lock()
        self._lent = 0
        self.retired = False
        self._on_closed: Callable[[], None] | None = None

    def signature(self, name: str) -> SignatureDef | None:
        """The signature of that name, "" being the default one; None when there is none."""
        return self._engine.signatures.get(name or DEFAULT_SIGNATURE)

    @property
    def engine_name(self) -> str:
        """Which engine runs it."""
        return self._engine.name

    @property
    def running(self) -> bool:
        """Whether the engine runs now."""
        return self._batcher.running > 0

    @property
    def batches(self) -> int:
        """How often the engine ran, each time for one request or several, with `rows` rows in all."""
        return self._batcher.batches

    @property
    def rows(self) -> int:
        return self._batcher.rows

    @property
    def signatures(self) -> dict[str, SignatureDef]:
        return dict(self._engine.signatures)

    def run(
        self, signature: SignatureDef, inputs: Arrays, output_filter: Sequence[str] = ()
    ) -> dict[str, NDArray[Any]]:
        """Computes the outputs of the filter, or all outputs without one.

        Raises:
            RpcError: inputs or filter do not fit the signature, or the model refuses the inputs.
        """
        return self.call(signature, inputs, output_filter).run()

    def call(self, signature: SignatureDef, inputs: Arrays, output_filter: Sequence[str] = ()) -> "Call":
        """What `run` would run.

        Raises:
            RpcError: inputs or filter do not fit the signature.
        """
        signature_check.check_inputs(signature, inputs, self._check)
        return Call(self._batcher, signature, inputs, signature_check.chosen_outputs(signature, output_filter))

    def take(self) -> None:
        """Keeps the servable loaded until `give_back`. Not for a servable that was retired."""
        with self._lock:
            self._lent += 1

    def give_back(self) -> None:
        with self._lock:
            self._lent -= 1
        self._close_if_done()

    def retire(self, on_closed: Callable[[], None]) -> None:
        """Closes the engine when nobody runs it any more, then calls `on_closed`."""
        with self._lock:
            self.retired = True
            self._on_closed = on_closed
        self._close_if_done()

    def _close_if_done(self) -> None:
        with self._lock:
            on_closed = self._on_closed if self._lent == 0 else None
            if on_closed is not None:
                self._on_closed = None
        if on_closed is not None:
            self._batcher.close()
            self._engine.close()
            on_closed()


@dataclass(frozen=True)
class Call:
    """Inputs that fit a signature, and the outputs wanted; a `ModelCall`."""

    batcher: Batcher
    signature: SignatureDef
    inputs: Arrays
    outputs: Sequence[str]

    def run(self) -> dict[str, NDArray[Any]]:
        """Waits for the outputs; see `Batcher.run`."""
        return self.batcher.run(self.signature, self.inputs, self.outputs)

    def submit(self, job: Job, done: Done) -> None:
        """Does not wait; see `Batcher.submit`."""
        self.batcher.submit(self.signature, self.inputs, self.outputs, job, done)
