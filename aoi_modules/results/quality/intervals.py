"""95% intervals: of a share of counted parts, and of a share between two estimated totals.

Sources:

- C. J. Clopper, E. S. Pearson: The use of confidence or fiducial limits illustrated in the case of the binomial.
  Biometrika 26 (1934) 404-413.
- M. P. Fay, E. J. Feuer: Confidence intervals for directly standardized rates: a method based on the gamma
  distribution. Statistics in Medicine 16 (1997) 791-801.
- M. P. Fay, M. A. Proschan, E. Brittain: Combining one-sample confidence procedures for inference in the two-sample
  case. Biometrics 71 (2015) 146-156.
"""

from aoi_modules.errors import MissingExtra
from aoi_modules.results.quality.totals import Gamma, Total

TAIL = 0.025
"""Chance with which a parameter lies beyond each end of an interval."""
Interval = tuple[float, float]


def exact_interval(count: float, number: float) -> Interval:
    """Finds Clopper's and Pearson's exact limits of a share, which hold it in at least 95% whatever it is.

    Args:
        count: parts with the property; a fraction where evidence is shared out.
        number: parts looked at, more than 0.

    Raises:
        MissingExtra: scipy is not installed.
    """
    lower = beta_quantile(count, number - count + 1, TAIL) if count > 0 else 0.0
    upper = beta_quantile(count + 1, number - count, 1 - TAIL) if count < number else 1.0
    return lower, upper


def share_interval(first: Total, second: Total) -> Interval:
    """Finds limits of the share that the first total has in both.

    Fay and Feuer give a gamma distribution for either end of each total. Fay, Proschan and Brittain meld them: the
    upper limit of first / second is a quantile of a raised first over a lowered second, the lower limit of a lowered
    first over a raised second. A ratio of gammas is a beta prime, so nothing has to be drawn. Where all parts were
    judged, this is the exact interval of a binomial (`exact_interval`). Without a find in the first total the lower
    limit is 0, and the upper one is that of a find which did not come.

    Wherever it was tried (tests/results/quality/test_figures.py) the interval holds the truth as often as it says. The
    price is paid where few finds have weights far apart, such as audit rates of 20% and 1% in one figure: one find of
    the heaviest weight may always have been missed, so the interval is long.

    Raises:
        MissingExtra: scipy is not installed.
    """
    lower = _share_quantile(first.lowered, second.raised, TAIL) if first.estimate else 0.0
    upper = _share_quantile(first.raised, second.lowered, 1 - TAIL) if second.estimate else 1.0
    return lower, upper


def _share_quantile(first: Gamma, second: Gamma, probability: float) -> float:
    """Of X / (X + Y) for X and Y of these distributions: with equal scales a beta, else a beta that is stretched."""
    quantile = beta_quantile(first.shape, second.shape, probability)
    return first.scale * quantile / (first.scale * quantile + second.scale * (1 - quantile))


def beta_quantile(a: float, b: float, probability: float) -> float:
    """Finds a quantile of Beta(a, b).

    Raises:
        MissingExtra: scipy is not installed.
    """
    try:
        from scipy.special import betaincinv
    except ModuleNotFoundError:
        raise MissingExtra("an exact interval", package="scipy", extra="station") from None
    return float(betaincinv(a, b, probability))
