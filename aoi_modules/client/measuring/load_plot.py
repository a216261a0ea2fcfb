"""A plot of a load: how long calls took, and when."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from aoi_modules.client.measuring.load import Load
from aoi_modules.client.measuring.load_report import LoadReport
from aoi_modules.errors import DataError

MAX_POINTS = 20_000
"""Points that a plot shows; of more calls every n-th."""


def save_plot(load: Load, report: LoadReport, file: Path) -> None:
    """Draws latencies as a histogram, and over the time of the run with every error marked.

    Raises:
        DataError: the file cannot be written, or its suffix names no format of pictures.
    """
    figure = _draw(load, report)
    try:
        figure.savefig(file, dpi=120)
    except (OSError, ValueError) as error:
        raise DataError(f"{file} cannot be written: {error}", hint="for example load.png or load.svg") from None


def _draw(load: Load, report: LoadReport) -> Figure:
    calls = list(load.calls)
    good = np.array([(call.began, 1000 * call.seconds) for call in calls if not call.error]).reshape(-1, 2)
    bad = np.array([(call.began, 1000 * call.seconds) for call in calls if call.error]).reshape(-1, 2)
    figure = Figure(figsize=(10, 4), layout="constrained")
    spread, course = figure.subplots(1, 2)
    shown = good[:: max(1, len(good) // MAX_POINTS)]
    course.plot(shown[:, 0], shown[:, 1], ".", markersize=3, label="answered")
    if len(bad):
        course.plot(bad[:, 0], bad[:, 1], "x", color="tab:red", label="error")
        course.legend()
    course.set(xlabel="seconds since the beginning", ylabel="ms a call", title="When", ylim=(0, None))
    if report.milliseconds is not None:
        spread.hist(good[:, 1], bins=60)
        for name, style in (("p50", "-"), ("p90", "--"), ("p99", ":")):
            value = getattr(report.milliseconds, name)
            spread.axvline(value, linestyle=style, color="black", label=f"{name} {value:.1f} ms")
        spread.legend()
    spread.set(xlabel="ms a call", ylabel="calls", title="How long")
    figure.suptitle(
        f"{report.clients} clients, {report.requests_per_second:.0f} requests/s, "
        f"{report.requests - report.answered} errors of {report.requests}"
    )
    return figure
