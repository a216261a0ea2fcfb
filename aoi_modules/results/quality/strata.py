"""A stratum: inspections with one verdict, which came to be judged with one chance."""

import msgspec

from aoi_modules.verdict import Verdict


class Stratum(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parts with one verdict, of which each had the same chance to come into the queue of what people judge.

    What the queue gave out in random order is a random sample, though perhaps not all of the queue is judged yet. What
    somebody asked about, such as a part that a customer sent back, is none: it stands for itself only, and the sample
    speaks for the rest of the stratum. So each part is counted in one place: one that the queue gave out *and* that
    somebody asked about, whatever came first, counts as asked. A part that the sample kept from being asked about, as
    it was found defective and never sold, stays in the sample; where customers send back most of what escapes, this
    counts some escapes twice, and the rate errs to the bad side.

    Raises:
        ValueError: numbers that cannot be.
    """

    verdict: Verdict
    chance: float
    """With which a part came into the queue, in [0, 1]: 1 for REVIEW and FAIL, for PASS the audit rate of that time."""
    population: int
    """All parts of the stratum, judged or not."""
    sampled_good: int = 0
    """Judged good, as the queue's random order had it."""
    sampled_defective: int = 0
    asked_good: int = 0
    """Judged good, because somebody asked."""
    asked_defective: int = 0

    def __post_init__(self) -> None:
        if not 0.0 <= self.chance <= 1.0:
            raise ValueError(f"chance: expected a probability in [0, 1]. Received: {self.chance}")
        for name in ("population", "sampled_good", "sampled_defective", "asked_good", "asked_defective"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: expected a number of parts, 0 or more. Received: {getattr(self, name)}")
        if self.sampled + self.asked > self.population:
            raise ValueError(
                f"population: expected at least the {self.sampled + self.asked} parts that were judged. "
                f"Received: {self.population}"
            )
        if self.sampled and not self.chance:
            raise ValueError(f"chance: expected more than 0, as {self.sampled} parts were sampled. Received: 0")

    @property
    def sampled(self) -> int:
        """Parts that were judged at random."""
        return self.sampled_good + self.sampled_defective

    @property
    def asked(self) -> int:
        """Parts that were judged because somebody asked."""
        return self.asked_good + self.asked_defective

    @property
    def rest(self) -> int:
        """Parts for which the sample speaks: all but those that somebody asked about."""
        return self.population - self.asked

    @property
    def unseen(self) -> bool:
        """Whether there are parts of which nothing is known: not one was judged at random."""
        return self.rest > 0 and self.sampled == 0
