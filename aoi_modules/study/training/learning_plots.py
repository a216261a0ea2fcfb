"""Draws how a training goes, step by step: a sweep of learning rates, schedules, a race of optimizers.

As in `plots`, each function returns a figure and neither shows nor saves it.
"""

from collections.abc import Mapping

import numpy as np

from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.plots import BAD_COLOUR, Plot, title_of
from aoi_modules.study.training.learning_rate_finder import RateSweep
from aoi_modules.study.training.step_losses import Losses, smoothed
from aoi_modules.tf import keras
from aoi_modules.training.reporting.result_plots import COLOURS, QUIET, STYLES


def rate_sweep(sweep: RateSweep, origin: DataOrigin, *, profile: str = "") -> Plot:
    """Draws the loss over the rising learning rate, with the suggestion."""
    plot = Plot(figsize=(7, 4), layout="constrained")
    axes = plot.subplots()
    axes.plot(sweep.rates, sweep.losses, color=QUIET, linewidth=0.8, alpha=0.6, label="loss of each step")
    axes.plot(sweep.rates, sweep.smoothed, color=COLOURS[0], linewidth=2, label="smoothed")
    if len(sweep.rates):
        axes.axvline(sweep.suggestion, color=BAD_COLOUR, linestyle="--", label=f"suggestion {sweep.suggestion:.1e}")
        low, high = _reach([sweep.smoothed])
        axes.set_ylim(low, high)
    axes.set_xscale("log")
    axes.set_xlabel("learning rate" + (" (stopped: the loss exploded)" if sweep.exploded else ""))
    axes.set_ylabel("loss")
    axes.grid(alpha=0.25)
    axes.legend(fontsize=9)
    plot.suptitle(title_of("Loss while the learning rate rises", origin, profile))
    return plot


def optimizer_race(losses: Mapping[str, Losses], origin: DataOrigin, *, profile: str = "") -> Plot:
    """Draws the smoothed losses of several optimizers over the steps; the line of one that exploded ends there.

    Args:
        losses: optimizer -> loss of each step, float64 (S,), NaN where it is no number.
        origin: of the pictures.
        profile: of the lesson.
    """
    plot = Plot(figsize=(7.5, 4.2), layout="constrained")
    axes = plot.subplots()
    shown = {name: smoothed(values[np.isfinite(values)]) for name, values in losses.items()}
    for place, (name, values) in enumerate(shown.items()):
        colour, style = COLOURS[place % len(COLOURS)], STYLES[place % len(STYLES)]
        axes.plot(np.arange(1, len(values) + 1), values, label=name, color=colour, linestyle=style)
    if any(len(values) for values in shown.values()):
        axes.set_ylim(*_reach(list(shown.values())))
    axes.set_xlabel("step")
    axes.set_ylabel("training loss, smoothed")
    axes.grid(alpha=0.25)
    axes.legend(fontsize=9)
    plot.suptitle(title_of("The same network, the same batches", origin, profile))
    return plot


def schedules(rates: Mapping[str, float | keras.optimizers.schedules.LearningRateSchedule], *, steps: int) -> Plot:
    """Draws the learning rate of each step.

    Args:
        rates: name -> a plain number, or a schedule of Keras.
        steps: of the training.
    """
    plot = Plot(figsize=(7.5, 3.6), layout="constrained")
    axes = plot.subplots()
    for place, (name, rate) in enumerate(rates.items()):
        values = [float(rate(step) if callable(rate) else rate) for step in range(steps)]
        colour, style = COLOURS[place % len(COLOURS)], STYLES[place % len(STYLES)]
        axes.plot(range(1, steps + 1), values, label=name, color=colour, linestyle=style)
    axes.set_xlabel("step")
    axes.set_ylabel("learning rate")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.25)
    axes.legend(fontsize=9)
    plot.suptitle("How schedules lower the learning rate")
    return plot


def _reach(lines: list[Losses]) -> tuple[float, float]:
    """What the axis of losses shows: not the cliff, which would flatten all the rest."""
    starts = [float(line[0]) for line in lines if len(line)]
    lowest = min(float(line.min()) for line in lines if len(line))
    margin = max(max(starts) - lowest, 0.1 * abs(max(starts)), 1e-6)
    return max(0.0, lowest - 0.1 * margin), max(starts) + 0.5 * margin
