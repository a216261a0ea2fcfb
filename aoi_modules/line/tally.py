"""What became of the camera's pictures, counted against what is true about each."""

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock

from aoi_modules.line.faults.kinds import Fault
from aoi_modules.line.pictures import KnownPicture
from aoi_modules.verdict import Rate, Verdict


@dataclass
class Tally:
    """Counts, which several cameras share.

    Attributes:
        verdicts: of all pictures that were inspected.
        refused: pictures that are none, as they should be.
        failed: pictures without an answer.
    """

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    refused: int = 0
    failed: int = 0
    _known: Counter[tuple[bool, Verdict]] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def judged(self, picture: KnownPicture, fault: Fault | None, verdict: Verdict) -> None:
        """Counts a verdict. What is true about a picture holds only as long as nothing spoiled it."""
        with self._lock:
            self.verdicts[verdict] += 1
            if fault is None:
                self._known[bool(picture.defect), verdict] += 1

    def refuse(self) -> None:
        """Counts a picture that the gateway did not take for one."""
        with self._lock:
            self.refused += 1

    def fail(self) -> None:
        """Counts a picture without an answer."""
        with self._lock:
            self.failed += 1

    @property
    def inspected(self) -> int:
        """Pictures with a verdict."""
        return self.verdicts.total()

    @property
    def escaped(self) -> Rate:
        """Defective parts that passed."""
        return self._rate(defective=True, wrong=Verdict.PASS)

    @property
    def overkilled(self) -> Rate:
        """Good parts that failed."""
        return self._rate(defective=False, wrong=Verdict.FAIL)

    def in_words(self) -> str:
        """A line for people."""
        verdicts = ", ".join(f"{self.verdicts[one]:,} {one.value}" for one in Verdict)
        parts = [f"{self.inspected:,} pictures: {verdicts}"]
        if (escaped := self.escaped).total:
            parts.append(f"{escaped.count:,} of {escaped.total:,} defective ones passed")
        if (overkilled := self.overkilled).total:
            parts.append(f"{overkilled.count:,} of {overkilled.total:,} good ones failed")
        if self.refused:
            parts.append(f"{self.refused:,} broken ones were refused")
        if self.failed:
            parts.append(f"{self.failed:,} got no answer")
        return "; ".join(parts)

    def _rate(self, *, defective: bool, wrong: Verdict) -> Rate:
        with self._lock:
            of = sum(count for (one, _), count in self._known.items() if one == defective)
            return Rate(self._known[defective, wrong], of)
