"""Plots of pictures, trainings and results. Each function returns a figure; none shows, saves or keeps one.

Figures are made without pyplot, so they work in threads and without a display, and nothing piles up in memory.
"""

import io
import warnings
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from aoi_modules import fonts
from aoi_modules.datasets.table import Pixels, Table
from aoi_modules.judging.inspection import judge_head
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.modelstore.manifest import DataOrigin, Head
from aoi_modules.verdict import Rate

STAND_IN = "stand-in data"
GOOD_COLOUR, BAD_COLOUR = "#2b7a3d", "#b3261e"


class Plot(Figure):
    """A figure that a notebook shows as the value of a cell, with fonts for whatever script its words have."""

    def draw(self, renderer: RendererBase) -> None:
        """Draws the figure. A letter that no font has is said once, in a line of ours, not in warnings."""
        fonts.fit(self)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing")
            super().draw(renderer)

    def _repr_png_(self) -> bytes:
        file = io.BytesIO()
        self.savefig(file, format="png", dpi=80)
        return file.getvalue()


def title_of(text: str, origin: DataOrigin, profile: str = "") -> str:
    """Writes a title with profile and, where data was drawn, with `STAND_IN`: drawn data must never pass for real."""
    remarks = [*([f"profile {profile}"] if profile else []), *([STAND_IN] if origin.stand_in else [])]
    return f"{text} ({', '.join(remarks)})" if remarks else text


def gallery(pictures: Sequence[Pixels], titles: Sequence[str], origin: DataOrigin, *, title: str = "Pictures") -> Plot:
    """Draws pictures in rows of five, each uint8 (h, w, 1) or (h, w, 3), with a line of text over each."""
    columns = min(5, max(1, len(pictures)))
    rows = max(1, -(-len(pictures) // columns))
    plot = Plot(figsize=(2 * columns, 2.2 * rows + 0.5), layout="constrained")
    cells = list(plot.subplots(rows, columns, squeeze=False).flat)
    for cell in cells:
        cell.axis("off")
    for cell, picture, text in zip(cells, pictures, titles, strict=False):
        cell.imshow(picture[..., 0] if picture.shape[-1] == 1 else picture, cmap="gray", vmin=0, vmax=255)
        cell.set_title(text, fontsize=9)
    plot.suptitle(title_of(title, origin))
    return plot


def history(values: Mapping[str, Sequence[float]], origin: DataOrigin, *, profile: str = "") -> Plot:
    """Draws loss and the other measures over the epochs, validation dashed: measure -> its value after each epoch."""
    names = [name for name in values if not name.startswith("validation_")]
    plot = Plot(figsize=(5 * max(1, len(names)), 3.5), layout="constrained")
    for axes, name in zip(plot.subplots(1, max(1, len(names)), squeeze=False).flat, names, strict=False):
        epochs = range(1, len(values[name]) + 1)
        axes.plot(epochs, values[name], label="training")
        if f"validation_{name}" in values:
            axes.plot(epochs, values[f"validation_{name}"], "--", label="validation")
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylabel(name)
        axes.legend()
    plot.suptitle(title_of("Training", origin, profile))
    return plot


def confusion(
    counts: NDArray[np.int64], labels: Sequence[str], origin: DataOrigin, *, profile: str = "", title: str = "Confusion"
) -> Plot:
    """Draws counts int64 (K, K): rows are the truth, columns what the model said."""
    plot = Plot(figsize=(1.5 + 0.6 * len(labels), 1.2 + 0.6 * len(labels)), layout="constrained")
    axes = plot.subplots()
    axes.imshow(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            share = count / counts[row].sum()
            axes.text(column, row, str(count), ha="center", va="center", color="white" if share > 0.5 else "black")
    axes.set_xticks(range(len(labels)), labels, rotation=60, ha="right")
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("model says")
    axes.set_ylabel("truth")
    plot.suptitle(title_of(title, origin, profile))
    return plot


def scores(
    values: NDArray[np.float32],
    labels: NDArray[np.int64],
    threshold: float,
    origin: DataOrigin,
    *,
    profile: str = "",
    escape: Rate | None = None,
    overkill: Rate | None = None,
) -> Plot:
    """Draws how the scores of good and defective parts lie around the threshold.

    Args:
        values: float32 (N,), scores in [0, 1].
        labels: int64 (N,), 1 for defective, 0 for good.
        threshold: a score over it fails the part.
        origin: of the pictures.
        profile: of the training.
        escape: rate at the threshold, for the title; None leaves it out.
        overkill: likewise.
    """
    plot = Plot(figsize=(8, 4), layout="constrained")
    axes = plot.subplots()
    edges = np.linspace(0, 1, 41).tolist()
    axes.hist(values[labels == 0], edges, alpha=0.6, color=GOOD_COLOUR, label="good")
    axes.hist(values[labels == 1], edges, alpha=0.6, color=BAD_COLOUR, label="defective")
    axes.axvline(threshold, color="black", label=f"threshold {threshold:.3f}")
    axes.set_xlabel("defect score")
    axes.set_ylabel("test pictures")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))  # both ends of the scale are full of parts
    lines = [title_of("Scores of the test pictures", origin, profile)]
    lines += [f"escape rate {escape}"] if escape else []
    lines += [f"overkill rate {overkill}"] if overkill else []
    plot.suptitle("\n".join(lines), fontsize=10)
    return plot


def predictions(
    table: Table,
    answers: NDArray[np.float32],
    head: Head,
    origin: DataOrigin,
    *,
    count: int = 10,
    profile: str = "",
    wrong: Collection[int] = (),
) -> Plot:
    """Draws the first pictures of a table with truth and answer.

    Args:
        table: N rows.
        answers: float32 (N, K), as the model gives them.
        head: that answered.
        origin: of the pictures.
        count: pictures to draw at most.
        profile: of the training.
        wrong: rows with a wrong answer, which are marked.
    """
    rows = range(min(count, len(table)))
    texts = [f"{_truth(table, row)}\n-> {_answer(answers[row], head)}" for row in rows]
    title = title_of("Truth -> answer", DataOrigin(name=origin.name, sha256="", stand_in=False), profile)
    plot = gallery([table.picture(row) for row in rows], texts, origin, title=title)
    for row in set(wrong) & set(rows):
        plot.axes[row].title.set(color=BAD_COLOUR, fontweight="bold")
    return plot


def _truth(table: Table, row: int) -> str:
    return table.kinds[row] if table.kinds else table.label_name(row)


def _answer(values: NDArray[np.float32], head: Head) -> str:
    if head.kind == "class" and head.limits is not None:
        said = judge_head(head, values.tolist(), HeadLimits())
        return f"{said.label} {said.score or 0.0:.2f} {said.verdict}"
    if head.kind == "class":
        best = int(values.argmax())
        return f"{head.labels[best]} {values[best]:.0%}"
    if head.kind == "value":
        return f"{values[0]:.3g}"
    verdict = "" if head.threshold is None else (" FAIL" if values[0] > head.threshold else " PASS")
    return f"{values[0]:.2f}{verdict}"
