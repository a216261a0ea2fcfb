"""One loaded model version, lent to requests; it is closed after the last of them."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE
from aoi_modules.serving.answering import signature_check
from aoi_modules.serving.answering.inference import Answer, Inference
from aoi_modules.serving.answering.signature_check import InputCheck
from aoi_modules.serving.batching.batcher import Batcher, BatchRan
from aoi_modules.serving.batching.policy import UNMERGED, Policy
from aoi_modules.serving.engine import Engine
from aoi_modules.serving.job import Ask, wait
from aoi_modules.wire.messages import ModelSpec, SignatureDef


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

    Attributes:
        retired: it is about to be closed, and nobody new may have it.
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
        """Gives the signature of that name, "" being the default one; None when there is none."""
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
        """How often the engine ran, each time for one request or several."""
        return self._batcher.batches

    @property
    def rows(self) -> int:
        """How many rows the engine ran in all; a request without rows counts as one."""
        return self._batcher.rows

    @property
    def signatures(self) -> dict[str, SignatureDef]:
        """The signatures by name, as the SavedModel states them."""
        return dict(self._engine.signatures)

    def ask(self, inference: Inference[Any]) -> Ask:
        """Compares an inference with its signature, and gives the way to ask the model for its outputs.

        Raises:
            RpcError: inputs or outputs do not fit the signature.
        """
        signature, inputs = inference.signature, inference.inputs
        signature_check.check_inputs(signature, inputs, self._check)
        outputs = signature_check.chosen_outputs(signature, inference.outputs)
        return partial(self._batcher.submit, signature, inputs, outputs)

    def answer(self, inference: Inference[Answer]) -> Answer:
        """Runs an inference, and waits for its answer. For warm-ups; requests go in steps.

        Raises:
            RpcError: it does not fit the signature, or the model refuses it.
        """
        return inference.write(wait(self.ask(inference)))

    def fill_spec(self, spec: ModelSpec, signature_name: str) -> None:
        """Says in an answer which model, version and signature gave it; "" is the default signature."""
        spec.name = self.name
        spec.version.value = self.version
        spec.signature_name = signature_name or DEFAULT_SIGNATURE

    def take(self) -> None:
        """Keeps the servable loaded until `give_back`. Not for a servable that was retired."""
        with self._lock:
            self._lent += 1

    def give_back(self) -> None:
        """Ends one `take`; the last one closes a servable that was retired."""
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
