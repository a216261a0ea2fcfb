"""Computes what a threshold costs: escapes reach the customer, overkill scraps good parts. No TensorFlow."""

from dataclasses import dataclass

from aoi_modules.errors import ModelError
from aoi_modules.training.measuring.curves import overkill_over_escape
from aoi_modules.training.measuring.metrics import Figures, Labels, Scores, Weights

PARTS = 1000
"""Costs are those of so many parts."""


@dataclass(frozen=True)
class Prices:
    """What goes wrong, in money, and how often parts are defective.

    Args:
        escape: of one defective part that passes, at least 0, in any currency.
        overkill: of one good part that fails, at least 0, in the same currency.
        defect_share: of the parts on the line, in [0, 1]. Not of the pictures: data sets have far more defects.

    Raises:
        ModelError: a number is out of range.
    """

    escape: float
    overkill: float
    defect_share: float

    def __post_init__(self) -> None:
        if not (self.escape >= 0.0 and self.overkill >= 0.0):
            raise ModelError(f"prices: expected no negative price. Received: {self.escape}, {self.overkill}")
        if not 0.0 <= self.defect_share <= 1.0:
            raise ModelError(f"defect_share: expected a share in [0, 1]. Received: {self.defect_share}")

    def per_thousand(self, escape: Figures, overkill: Figures) -> Figures:
        """Computes the expected cost of 1000 parts at escape and overkill rates, float64 (M,) each: float64 (M,)."""
        return PARTS * (self.defect_share * escape * self.escape + (1 - self.defect_share) * overkill * self.overkill)


@dataclass(frozen=True)
class CostCurve:
    """The expected cost of 1000 parts at every threshold.

    Args:
        thresholds: float64 (M,), rising.
        costs: float64 (M,), in the currency of the prices.
        escape: escape rate at each threshold, float64 (M,).
        overkill: overkill rate at each threshold, float64 (M,).
        prices: of the errors.
    """

    thresholds: Figures
    costs: Figures
    escape: Figures
    overkill: Figures
    prices: Prices

    @property
    def cheapest(self) -> int:
        """The position of the lowest cost; of several the lowest threshold, which lets the fewest defects through."""
        return int(self.costs.argmin())

    @property
    def cheapest_threshold(self) -> float:
        """The threshold of the lowest cost."""
        return float(self.thresholds[self.cheapest])


def cost_curve(scores: Scores, labels: Labels, prices: Prices, weights: Weights | None = None) -> CostCurve:
    """Computes the cost of every threshold that tells two scores apart.

    Args:
        scores: float32 (N,), in [0, 1].
        labels: int64 (N,), 1 for defective, 0 for good.
        prices: of errors.
        weights: float32 (N,); rows of weight 0 are left out. None takes all.

    Raises:
        ModelError: no part is defective, or none is good.
    """
    curve = overkill_over_escape(scores, labels, weights)
    costs = prices.per_thousand(curve.escape, curve.overkill)
    return CostCurve(curve.thresholds, costs, curve.escape, curve.overkill, prices)
