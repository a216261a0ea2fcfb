"""Estimated numbers of parts, against numbers by hand and against what is drawn."""

import numpy as np
import pytest
from hypothesis import given

from aoi_modules.results.quality.strata import Stratum
from aoi_modules.results.quality.totals import Gamma, Total, total
from aoi_modules.verdict import Verdict
from tests.results.quality.lines import SOME_STRATA


def test_a_known_total() -> None:
    stratum = Stratum(
        verdict=Verdict.PASS, chance=0.02, population=1004, sampled_good=19, sampled_defective=1, asked_defective=4
    )
    found = total([stratum], defective=True)
    # rest 1000, sampled 20, weight 50, share 0.05: 50 + 4 parts; 50 + 1000^2 * 0.05 * 0.95 * 0.98 / 20 + 4
    assert found.estimate == pytest.approx(54)
    assert found.variance == pytest.approx(50 + 2327.5 + 4)
    assert found.more == pytest.approx(50 * (1 - 0.05 * 0.98))
    assert found.less == pytest.approx(50 * 0.05 * 0.98)


def test_good_and_defective_parts_are_all_parts() -> None:
    stratum = Stratum(
        verdict=Verdict.PASS, chance=0.1, population=100, sampled_good=7, sampled_defective=3, asked_good=5
    )
    good, defective = (total([stratum], defective=kind).estimate for kind in (False, True))
    assert good + defective == pytest.approx(100)


def test_nothing_is_no_parts() -> None:
    assert total([], defective=True) == Total(0.0, 0.0, 1.0, 0.0)


@given(SOME_STRATA)
def test_the_limits_gammas_lie_around_the_estimate(strata: list[Stratum]) -> None:
    found = total(strata, defective=True)
    assert _mean(found.raised) >= found.estimate + min(found.more, 1) * (1 - 1e-9)
    if found.estimate:
        assert 0 < _mean(found.lowered) <= found.estimate * (1 + 1e-9)


def _mean(gamma: Gamma) -> float:
    return gamma.shape * gamma.scale


@pytest.mark.parametrize(("defective", "sampled"), [(0.01, 200), (0.3, 50), (0.95, 20), (0.2, 4000)])
def test_the_variance_is_that_of_what_is_drawn(defective: float, sampled: int) -> None:
    """Parts come by Poisson's law, about 4000 of them; of these so many are sampled."""
    random = np.random.default_rng(1)
    estimates, variances = [], []
    for parts in random.poisson(4000, size=4000):
        bad = random.binomial(parts, defective)
        number = min(sampled, parts)
        found = int(random.hypergeometric(bad, parts - bad, number))
        stratum = Stratum(
            verdict=Verdict.PASS, chance=1, population=int(parts), sampled_defective=found,
            sampled_good=int(number) - found,
        )  # fmt: skip
        made = total([stratum], defective=True)
        estimates.append(made.estimate)
        variances.append(made.variance)
    assert np.mean(estimates) == pytest.approx(4000 * defective, rel=0.03)
    # the variance of 4000 draws is known to within sqrt(2 / 4000) = 2.2%, rare finds less well
    assert np.mean(variances) == pytest.approx(np.var(estimates), rel=0.1)
