"""Strata for tests: any that can be, and those of lines with known rates, drawn and judged as a station does it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from aoi_modules.results.quality.figures import Figure
from aoi_modules.results.quality.intervals import exact_interval
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.verdict import Verdict

VERDICTS = (Verdict.PASS, Verdict.REVIEW, Verdict.FAIL)


@st.composite
def any_stratum(draw: st.DrawFn) -> Stratum:
    """A stratum of which something is known."""
    sampled_good, sampled_defective = draw(st.integers(0, 60)), draw(st.integers(0, 60))
    sampled = sampled_good + sampled_defective
    asked_good, asked_defective = draw(st.integers(0, 20)), draw(st.integers(0, 20))
    return Stratum(
        verdict=draw(st.sampled_from(VERDICTS)),
        chance=draw(st.floats(0.01, 1.0)),
        population=asked_good + asked_defective + sampled + (draw(st.integers(0, 5000)) if sampled else 0),
        sampled_good=sampled_good, sampled_defective=sampled_defective, asked_good=asked_good,
        asked_defective=asked_defective,
    )  # fmt: skip


SOME_STRATA = st.lists(any_stratum(), min_size=1, max_size=6)


@dataclass(frozen=True)
class Line:
    """What is true of a line, and how much of it people see.

    Args:
        periods: parts and audit rate of each time.
        escape: of each time; one for all.
        overkill: share of good parts that fail.
        defective: share of all parts.
        judged: share of PASS, REVIEW and FAIL in the queue that is judged by now.
        returned: share of escaped parts about which a customer asks; of good ones, a hundredth of that.
    """

    name: str
    periods: tuple[tuple[int, float], ...] = ((50_000, 0.05),)
    escape: tuple[float, ...] = (0.1,)
    overkill: float = 0.01
    defective: float = 0.02
    judged: tuple[float, float, float] = (1.0, 1.0, 1.0)
    returned: float = 0.0

    @property
    def true_escape(self) -> float:
        parts = [parts for parts, _ in self.periods]
        return float(np.average(np.broadcast_to(self.escape, len(parts)), weights=parts))


PROOF = (
    Line("one audit rate"),
    Line("two audit rates, 10% and 2%", periods=((25_000, 0.1), (25_000, 0.02))),
    Line("FAIL and REVIEW judged in part", judged=(0.8, 0.5, 0.1)),
    Line("half of the escapes asked about", returned=0.5),
    Line("no escapes", escape=(0.0,)),
)
HARD = (
    Line("20% and 1%", periods=((25_000, 0.2), (25_000, 0.01))),
    Line("escapes where few are audited", periods=((25_000, 0.1), (25_000, 0.02)), escape=(0.02, 0.18)),
    Line("few parts, all judged", periods=((300, 1.0),), defective=0.1),
    Line(
        "few of FAIL judged, nearly all defective",
        periods=((20_000, 1.0),),
        escape=(0.5,),
        overkill=0.002,
        defective=0.05,
        judged=(1.0, 1.0, 0.015),
    ),
    Line("few judged of a good line", periods=((5_000, 0.2),), overkill=0.0005, judged=(1.0, 0.1, 0.05)),
)
"""Where few finds of the heaviest weight are seen, the effective sample is guessed too high: no width is asked for."""


def strata(line: Line, random: np.random.Generator) -> list[Stratum]:
    """Draws the parts of a line, and of these the ones that are judged."""
    made = []
    for (parts, rate), escape in zip(line.periods, np.broadcast_to(line.escape, len(line.periods)), strict=True):
        defective = random.binomial(parts, line.defective)
        bad = random.multinomial(defective, [escape, 0.2, 0.8 - escape])
        good = random.multinomial(parts - defective, [0.98 - line.overkill, 0.02, line.overkill])
        asked = (random.binomial(bad[0], line.returned), random.binomial(good[0], line.returned / 100))
        for verdict, chance, judged, n_bad, n_good, (asked_bad, asked_good) in zip(
            VERDICTS, (rate, 1.0, 1.0), line.judged, bad, good, (asked, (0, 0), (0, 0)), strict=True
        ):
            rest_bad, rest_good = n_bad - asked_bad, n_good - asked_good
            queued = random.binomial(rest_bad + rest_good, chance)
            sampled = min(queued, max(1, round(queued * judged)))
            found = random.hypergeometric(rest_bad, rest_good, sampled) if sampled else 0
            made.append(
                Stratum(
                    verdict=verdict, chance=chance, population=int(n_bad + n_good), sampled_defective=int(found),
                    sampled_good=int(sampled - found), asked_defective=int(asked_bad), asked_good=int(asked_good),
                )
            )  # fmt: skip
    return made


@dataclass(frozen=True)
class Held:
    """What became of many figures of one line."""

    name: str
    known: int
    coverage: float
    """Share of the intervals that hold the truth."""
    width: float
    """Median."""
    against_binomial: float
    """The median width, in those of Clopper and Pearson for the effective sample."""

    def __str__(self) -> str:
        return (
            f"{self.name:34} {self.known:6} figures  held {self.coverage:6.1%}  width {self.width:.4f}  "
            f"{self.against_binomial:.2f} times the binomial's"
        )


def prove(
    line: Line, estimator: Callable[[Sequence[Stratum]], Figure], truth: float, *, repetitions: int, seed: int = 0
) -> Held:
    """Draws a line again and again, and compares each figure with the truth."""
    random = np.random.default_rng(seed)
    figures = [estimator(strata(line, random)) for _ in range(repetitions)]
    rows = np.array([row for figure in figures for row in _limits(figure)])  # (figures, low high binomial)
    width, binomial = rows[:, 1] - rows[:, 0], rows[:, 2]
    return Held(
        name=line.name,
        known=len(rows),
        coverage=float(np.mean((rows[:, 0] <= truth) & (truth <= rows[:, 1]))),
        width=float(np.median(width)),
        against_binomial=float(np.median(width) / np.median(binomial)),
    )


def _limits(figure: Figure) -> Iterator[tuple[float, float, float]]:
    if figure.value is not None and figure.interval is not None and figure.effective is not None:
        low, high = exact_interval(figure.value * figure.effective, figure.effective)
        yield (*figure.interval, high - low)
