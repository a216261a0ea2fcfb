"""Requests that run together, and which of them gets which rows of the outputs."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from aoi_modules.serving.batching.merging import filled_up, merged
from aoi_modules.serving.batching.policy import Policy
from aoi_modules.serving.batching.row_checks import check_outputs
from aoi_modules.serving.engine import Arrays, Engine
from aoi_modules.serving.job import Done, Job, Outputs
from aoi_modules.wire.messages import SignatureDef

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Call:
    """One request that waits; `rows` is 0 when it cannot be merged with others.

    Its inputs are arrays (rows, ...), or of any shape where it cannot be merged.
    """

    inputs: Arrays
    rows: int
    job: Job
    done: Done
    arrived: float = field(default_factory=time.monotonic)


Ended = tuple[Call, Outputs | None, BaseException | None]
"""A request with its outputs, or else its error."""


@dataclass(frozen=True)
class Batch:
    """Requests with the same signature and outputs, whose inputs fit together."""

    signature: SignatureDef
    outputs: Sequence[str]
    calls: Sequence[Call]

    @property
    def rows(self) -> int:
        """How many rows its requests have in all."""
        return sum(call.rows for call in self.calls)

    def run(self, engine: Engine, policy: Policy) -> list[Ended]:
        """Runs the engine, and gives every request with its outputs (rows, ...) or its error.

        A batch that fails runs again one request after the other, so that only those get the error that cause it.
        """
        if len(self.calls) > 1:
            try:
                return self._together(engine, policy)
            except Exception:  # logged; each request meets its own error when it runs alone
                log.debug("a batch of %d requests failed; they run one by one", len(self.calls), exc_info=True)
        ended: list[Ended] = []
        for call in self.calls:
            try:
                ended += Batch(self.signature, self.outputs, [call])._together(engine, policy)
            except BaseException as error:  # whoever asked gets it
                ended.append((call, None, error))
        return ended

    def _together(self, engine: Engine, policy: Policy) -> list[Ended]:
        rows = self.rows
        filled_rows = policy.filled_rows(rows)
        inputs = filled_up(merged([call.inputs for call in self.calls]), filled_rows - rows)
        outputs = engine.run(self.signature, inputs, self.outputs)
        if len(self.calls) == 1 and filled_rows == rows and not (rows and policy.strict):
            return [(self.calls[0], outputs, None)]
        check_outputs(outputs, filled_rows)
        ended: list[Ended] = []
        first = 0
        for call in self.calls:
            ended.append((call, {name: array[first : first + call.rows] for name, array in outputs.items()}, None))
            first += call.rows
        return ended
