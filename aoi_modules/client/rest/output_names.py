"""The names of outputs that REST leaves out, remembered as long as the version that has them is served."""

import time
from collections.abc import Callable, Iterable, Mapping

from aoi_modules.client.replies import Signature, VersionStatus
from aoi_modules.errors import WireError

FRESH_SECONDS = 1.0
"""How long names of the newest version are believed. REST answers do not say which version they come from."""


class OutputNames:
    """What REST answers of signatures with one output leave out: its name.

    The signatures are asked for once, not with each request. A client of one version believes them for ever, because
    versions never change. A client of the newest version, or of a label, asks again with the first answer that comes
    more than FRESH_SECONDS after it asked last, and at once after a status that shows another newest version.

    Args:
        fixed: whether the client asks one version.
        clock: gives seconds.
    """

    def __init__(self, *, fixed: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._fixed = fixed
        self._clock = clock
        self._known: tuple[int | None, Mapping[str, Signature], float] | None = None

    def only_output(self, signature: str, ask: Callable[[], tuple[int | None, Mapping[str, Signature]]]) -> str:
        """Gives the name of a signature's one output.

        Args:
            signature: that answered.
            ask: gives the version that is served, and its signatures.

        Raises:
            WireError: the signature has not one output.
        """
        known = self._known
        if known is None or not (self._fixed or self._clock() - known[2] <= FRESH_SECONDS):
            known = self.learn(*ask())
        outputs = list(known[1][signature].outputs) if signature in known[1] else []
        if len(outputs) != 1:
            self._known = None
            raise WireError(f"one nameless output from signature {signature!r}, which has {outputs}")
        return outputs[0]

    def learn(
        self, version: int | None, signatures: Mapping[str, Signature]
    ) -> tuple[int | None, Mapping[str, Signature], float]:
        """Remembers what the server said about itself."""
        self._known = known = (version, signatures, self._clock())
        return known

    def notice(self, statuses: Iterable[VersionStatus]) -> None:
        """Forgets the names if another version is the newest one now."""
        available = [status.version for status in statuses if status.state == "AVAILABLE"]
        known = self._known
        if known is not None and not self._fixed and max(available, default=None) != known[0]:
            self._known = None
