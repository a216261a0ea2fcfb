"""A SavedModel as an answer: what it takes and gives, and what it says about pictures. Refusals are hints."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.course.checks import Hint, kind
from aoi_modules.first_line import first_line
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE, SAVED_MODEL
from aoi_modules.tf import tf

Arrays = Mapping[str, NDArray[np.float32]]


class SavedAnswer:
    """A SavedModel that a trainee wrote, loaded as a server loads it.

    Args:
        answer: the folder with `saved_model.pb`, as a path or as text.

    Raises:
        Hint: it is none, it does not load, or it has no `serving_default`.
    """

    def __init__(self, answer: object) -> None:
        if not isinstance(answer, str | Path):
            raise Hint(f"found {kind(answer)}, expected the folder that you wrote, as a path")
        self.folder = Path(answer)
        if not (self.folder / SAVED_MODEL).is_file():
            below = sorted(path.parent for path in self.folder.glob(f"*/{SAVED_MODEL}"))
            more = f"; it lies in {below[0]}" if below else ""
            raise Hint(f"found no {SAVED_MODEL} in {self.folder}{more}")
        try:
            self._loaded: Any = tf.saved_model.load(str(self.folder))
        except Exception as error:  # TensorFlow raises whatever its restoring meets
            raise Hint(f"{self.folder}: does not load: {first_line(error)}") from None
        names = sorted(self._loaded.signatures)
        if DEFAULT_SIGNATURE not in names:
            raise Hint(
                f"found the signatures {', '.join(names) or 'none'}, expected {DEFAULT_SIGNATURE}: the one that a "
                "server runs when a request names none"
            )
        self._signature: Any = self._loaded.signatures[DEFAULT_SIGNATURE]

    @property
    def inputs(self) -> dict[str, Any]:
        """Each input's dtype and shape, as a `tf.TensorSpec`, by name."""
        return dict(self._signature.structured_input_signature[1])

    @property
    def outputs(self) -> list[str]:
        """The names of the outputs."""
        return sorted(self._signature.structured_outputs)

    def check_outputs(self, wanted: list[str]) -> None:
        """Wants outputs of these names.

        Raises:
            Hint: they have other names, or some are missing.
        """
        if any(name.startswith("output_") for name in self.outputs):
            raise Hint(
                f"outputs: found {', '.join(self.outputs)}; what is not named gets a number. Return a dict: name -> "
                "scores"
            )
        if self.outputs != sorted(wanted):
            raise Hint(f"outputs: found {', '.join(self.outputs)}, expected {' and '.join(sorted(wanted))}")

    def scores(self, image: Any, what: str) -> dict[str, NDArray[np.float32]]:
        """Asks about pictures: {output: float32 (N, K)}.

        Args:
            image: the input, a tensor.
            what: it is, for the hint.

        Raises:
            Hint: the graph fails.
        """
        (name,) = self.inputs
        try:
            return {key: np.asarray(value) for key, value in self._signature(**{name: image}).items()}
        except Exception as error:  # a trainee's graph fails in any way
            raise Hint(f"{what}: the graph fails: {first_line(error)}") from None

    def count_weights(self) -> int:
        """How many numbers the variables hold that the graph reads; constants in the graph are not counted."""
        return sum(int(np.prod(variable.shape.as_list(), dtype=np.int64)) for variable in self._signature.variables)


def agree(found: Arrays, wanted: Arrays) -> bool:
    """Whether all outputs are those wanted, but for rounding."""
    return all(
        found[name].shape == values.shape and np.allclose(found[name], values, rtol=1e-3, atol=1e-4)
        for name, values in wanted.items()
    )
