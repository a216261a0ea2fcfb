"""95% intervals: of a share of counted parts, and of a share between two estimated totals.

Sources:

- C. J. Clopper, E. S. Pearson: The use of confidence or fiducial limits illustrated in the case of the binomial.
  Biometrika 26 (1934) 404-413.
- M. P. Fay, E. J. Feuer: Confidence intervals for directly standardized rates: a method based on the gamma
  distribution. Statistics in Medicine 16 (1997) 791-801.
- M. P. Fay, M. A. Proschan, E. Brittain: Combining one-sample confidence procedures for inference in the two-sample
  case. Biometrics 71 (2015) 146-156.
- NIST Digital Library of Mathematical Functions: the continued fraction of the incomplete beta function (8.17.22), and
  Stirling's series (5.11.1).
- G. W. Cran, K. J. Martin, G. E. Thomas: Algorithm AS 109, inverse of the incomplete beta function ratio. Applied
  Statistics 26 (1977) 111-114: where the search for a quantile begins.
"""

import math
from functools import lru_cache
from statistics import NormalDist

from aoi_modules.results.quality.totals import Gamma, Total

TAIL = 0.025
"""Chance with which a parameter lies beyond each end of an interval."""
Interval = tuple[float, float]
_KEPT = 5000
"""Intervals that are kept: of days and lots that are over, nothing changes from one question to the next."""


def exact_interval(count: float, number: float) -> Interval:
    """Finds Clopper's and Pearson's exact limits of a share, which hold it in at least 95% whatever it is.

    Args:
        count: parts with the property; a fraction where evidence is shared out.
        number: parts looked at, more than 0.
    """
    lower = beta_quantile(count, number - count + 1, TAIL) if count > 0 else 0.0
    upper = beta_quantile(count + 1, number - count, 1 - TAIL) if count < number else 1.0
    return lower, upper


@lru_cache(_KEPT)
def share_interval(first: Total, second: Total) -> Interval:
    """Finds limits of the share that the first total has in both.

    Fay and Feuer give a gamma distribution for either end of each total. Fay, Proschan and Brittain meld them: the
    upper limit of first / second is a quantile of a raised first over a lowered second, the lower limit of a lowered
    first over a raised second. A ratio of gammas is a beta prime, so nothing has to be drawn. Where all parts were
    judged, this is the exact interval of a binomial (`exact_interval`). Without a find in the first total the lower
    limit is 0, and the upper one is that of a find which did not come.

    Wherever it was tried (tests/results/quality/test_figures.py) the interval holds the truth as often as it says. The
    price is paid where few finds have weights far apart, such as audit rates of 20% and 1% in one figure: one find of
    the heaviest weight may always have been missed, so the interval is long, at those rates about four times the exact
    one of the effective sample. A shorter one would be wrong: of 369 escapes audited at 1%, none is found with a chance
    of 2.5%, so whatever ends below 369 where none was found holds such a line too seldom. And nobody knows that escapes
    are as frequent where few parts are audited as elsewhere.
    """
    lower = _share_quantile(first.lowered, second.raised, TAIL) if first.estimate else 0.0
    upper = _share_quantile(first.raised, second.lowered, 1 - TAIL) if second.estimate else 1.0
    return lower, upper


def _share_quantile(first: Gamma, second: Gamma, probability: float) -> float:
    """Of X / (X + Y) for X and Y of these distributions: with equal scales a beta, else a beta that is stretched."""
    quantile = beta_quantile(first.shape, second.shape, probability)
    return first.scale * quantile / (first.scale * quantile + second.scale * (1 - quantile))


def beta_quantile(a: float, b: float, probability: float) -> float:
    """Finds a quantile of Beta(a, b), to nine digits.

    Args:
        a: more than 0; so is b.
        probability: within (0, 1).
    """
    if a / (a + b) > 0.5:  # near 1 floats are coarse, near 0 they are not
        return 1 - _quantile(b, a, 1 - probability)
    return _quantile(a, b, probability)


def _quantile(a: float, b: float, probability: float) -> float:
    """Halley's steps within a bracket that each one narrows; one that leaves it is replaced by the bracket's middle."""
    low, high, x = 0.0, 1.0, _begin(a, b, probability)
    for _ in range(_STEPS):
        beyond = beta_share(a, b, x) - probability
        low, high = (low, x) if beyond > 0 else (x, high)
        density = math.exp(_log_power(a, b, x)) / (x * (1 - x))
        newton = beyond / density if density else math.nan  # nothing to go by, so far out
        curved = min(1.0, newton * ((a - 1) / x - (b - 1) / (1 - x)))
        wanted = x - newton / (1 - curved / 2)
        if abs(wanted - x) <= _CLOSE * min(x, 1 - x):  # of a step so small, the next one would be the cube
            return wanted
        after = wanted if low < wanted < high else (low + high) / 2
        if not low < after < high:
            break
        x = after
    return x


_STEPS = 1100
"""As often a half of the range of floats can be halved."""
_CLOSE = 1e-5


def _begin(a: float, b: float, probability: float) -> float:
    """Where the search begins: by the normal distribution, or for small shapes by one of the two powers."""
    if min(a, b) >= 1:
        z = -NormalDist().inv_cdf(probability)
        first, second = 1 / (2 * a - 1), 1 / (2 * b - 1)
        mean, bend = 2 / (first + second), (z * z - 3) / 6
        if mean + bend > 0:
            way = z * math.sqrt(mean + bend) / mean - (second - first) * (bend + 5 / 6 - 2 / (3 * mean))
            return _inside(a / (a + b * math.exp(min(2 * way, 500.0))))
    mean = a / (a + b)
    left, right = math.exp(a * math.log(mean)) / a, math.exp(b * math.log1p(-mean)) / b
    if probability < left / (left + right):
        return _inside((a * (left + right) * probability) ** (1 / a))
    return _inside(1 - (b * (left + right) * (1 - probability)) ** (1 / b))


def _inside(x: float) -> float:
    return min(max(x, 1e-300), 1 - 1e-16)


def beta_share(a: float, b: float, x: float) -> float:
    """Computes how much of Beta(a, b) lies up to x, within (0, 1): the regularized incomplete beta function."""
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on the other side
        return 1 - beta_share(b, a, 1 - x) if x < 1 else 1.0
    return math.exp(_log_power(a, b, x)) * _fraction(a, b, x) / a


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction, from its front on (Lentz's way), two terms at a time."""
    ratio, inverse = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    value, count = inverse, 0
    while True:
        count += 1
        place = a + 2 * count
        term = count * (b - count) * x / ((place - 1) * place)
        inverse, ratio = 1 / (1 + term * inverse), 1 + term / ratio
        value *= inverse * ratio
        term = -(a + count) * (a + b + count) * x / (place * (place + 1))
        inverse, ratio = 1 / (1 + term * inverse), 1 + term / ratio
        value *= inverse * ratio
        if not abs(inverse * ratio - 1) > 1e-15:
            return value


def _log_power(a: float, b: float, x: float) -> float:
    """The logarithm of x^a (1-x)^b / B(a, b), of which large terms are taken together before they are subtracted."""
    log_x, log_rest, mean = math.log(x), math.log1p(-x), a / (a + b)
    if a >= _LARGE and b >= _LARGE:
        powers = a * math.log1p((x - mean) / mean) + b * math.log1p((mean - x) / (1 - mean))
        return powers + 0.5 * math.log(b * mean / (2 * math.pi)) + _stirling(a + b) - _stirling(a) - _stirling(b)
    small, large = min(a, b), max(a, b)
    if large < _LARGE:
        log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    else:  # gamma(large) / gamma(large + small) by Stirling's series
        log_beta = math.lgamma(small) - (large - 0.5) * math.log1p(small / large) - small * math.log(a + b) + small
        log_beta += _stirling(large) - _stirling(a + b)
    return a * log_x + b * log_rest - log_beta


_LARGE = 10.0


def _stirling(z: float) -> float:
    """What Stirling's formula for the logarithm of gamma(z) lacks, for z from _LARGE on: to 1e-13."""
    square = z * z
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / z
