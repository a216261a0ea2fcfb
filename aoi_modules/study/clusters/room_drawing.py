"""Draws a room with its quota as bars: what each pod asks for, how far the quota goes, and which pods are refused."""

from collections.abc import Mapping

from matplotlib.axes import Axes

from aoi_modules.plots import BAD_COLOUR, Plot

IN, OUT, INK = "#c9e7cf", "#f6c9c4", "#374151"


def wanted_pods(
    hard: Mapping[str, int], each: Mapping[str, int], wanted: int, *, title: str, judged: bool = True
) -> Plot:
    """Draws a bar for each amount of a quota, with a block for each pod that is wanted.

    Args:
        hard: the most that all pods may ask for together, by the name of the amount.
        each: what one pod asks for, likewise.
        wanted: how many pods are wanted.
        title: of the drawing.
        judged: whether to show which pods are refused, or to leave it to the reader.
    """
    fits = min(hard[name] // each[name] for name in hard) if judged else wanted
    plot = Plot(figsize=(11, 1.2 + 0.9 * len(hard)), layout="constrained")
    axes = plot.subplots()
    for place, name in enumerate(hard):
        _bar(axes, -place, hard[name], each[name], fits, wanted)
    axes.set_yticks([-place for place in range(len(hard))], list(hard))
    axes.set_xlabel("share of the quota")
    axes.axvline(1, color=BAD_COLOUR, linewidth=2)
    axes.text(1, 0.6, " quota", color=BAD_COLOUR, ha="left", va="center", fontsize=9)
    axes.set_ylim(-len(hard) + 0.4, 0.9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, loc="left", fontsize=11)
    return plot


def _bar(axes: Axes, height: int, hard: int, each: int, fits: int, wanted: int) -> None:
    share = each / hard
    for number in range(wanted):
        colour = IN if number < fits else OUT
        axes.barh(height, share, left=number * share, height=0.6, color=colour, edgecolor=INK)
        axes.text((number + 0.5) * share, height, str(number + 1), ha="center", va="center", fontsize=8, color=INK)
