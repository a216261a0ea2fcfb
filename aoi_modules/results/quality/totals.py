"""How many parts of one kind are in some strata: an estimate, and how sure one may be of it.

In a stratum with N parts beside those that somebody asked about, n of them sampled and the share g of these of the
kind, there are about N g. Parts come as they come, so even a full count is a Poisson number; and a sample adds what it
may have missed (W. G. Cochran, Sampling Techniques, 3rd ed. 1977, section 3.2):

    total     T = sum of N g             + asked
    variance  V = sum of N g + N^2 g (1 - g) (1 - n / N) / n   + asked

With the weight w = N / n of a sampled part that is V = sum of w^2 d for d rare finds, the variance of a weighted sum of
Poisson numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aoi_modules.results.quality.strata import Stratum


@dataclass(frozen=True)
class Gamma:
    """A gamma distribution, by its two parameters."""

    shape: float
    scale: float


@dataclass(frozen=True)
class Total:
    """A number of parts, estimated.

    Args:
        estimate: T.
        variance: V.
        more: parts by which one more find would raise T, in the stratum where that is most.
        less: parts by which one find less would lower it.
    """

    estimate: float
    variance: float
    more: float
    less: float

    @property
    def scale(self) -> float:
        """For how many parts one find stands, V / T. Without a find, for as many as the first one would."""
        return self.variance / self.estimate if self.estimate else self.more

    @property
    def lowered(self) -> Gamma:
        """Of which a low quantile is a lower limit of the number: with one find less."""
        return _of_moments(self.estimate - self.less, self.variance + self.less**2)

    @property
    def raised(self) -> Gamma:
        """Of which a high quantile is an upper limit of the number: with one find more."""
        return _of_moments(self.estimate + self.more, self.variance + self.more**2)


def total(strata: Sequence[Stratum], *, defective: bool) -> Total:
    """Estimates how many parts are defective, or good. Of each stratum something has to be known (`Stratum.unseen`).

    Fay and Feuer (1997, see `intervals`) let one find of the largest weight w come to a weighted Poisson sum, and none
    go. That is right for rare finds. Where nearly all of a sample is of the kind, it is the other way round: Clopper's
    and Pearson's limits are quantiles of Beta(d + 1, n - d) and Beta(d, n - d + 1), whose means are about
    g + (1 - g) / n and g - g / n. So w (1 - u) comes and w u goes, with u = g (1 - n / N): for rare finds, and where
    all was judged, this is Fay's and Feuer's rule.
    """
    estimate = variance = less = 0.0
    more = 1.0  # a part that somebody asks about
    for stratum in strata:
        asked = stratum.asked_defective if defective else stratum.asked_good
        estimate += asked
        variance += asked
        if not (rest := stratum.rest):
            continue
        sampled = stratum.sampled
        weight = rest / sampled
        share = (stratum.sampled_defective if defective else stratum.sampled_good) / sampled
        unsure = share * (1 - 1 / weight)
        estimate += rest * share
        variance += rest * share + rest * weight * unsure * (1 - share)
        more = max(more, weight * (1 - unsure))
        less = max(less, weight * unsure)
    return Total(estimate, variance, more, less)


def _of_moments(mean: float, variance: float) -> Gamma:
    return Gamma(mean**2 / variance, variance / mean)
