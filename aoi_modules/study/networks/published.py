"""What is published about famous networks, beside what was measured here: a figure of others is marked as such.

The share of ImageNet's validation pictures whose right one of a thousand labels comes first, by Keras' table of
`keras.applications` (https://keras.io/api/applications) or, for slim MobileNets, by the paper of MobileNet, table 6
(https://arxiv.org/abs/1704.04861). No TensorFlow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aoi_modules.study.networks.baseline import Row
from aoi_modules.study.networks.block_models import Cost

BY_KERAS, BY_PAPER = "Keras", "MobileNet's paper"
HEADER = (
    "network",
    "parameters",
    "multiply-adds",
    "latency here",
    "AUROC of the tiles, **measured here**",
    "ImageNet top-1, **published**",
)


@dataclass(frozen=True)
class Published:
    """A figure that others measured.

    Args:
        top_1: share of ImageNet's validation pictures whose right label comes first, in [0, 1].
        source: who published it.
    """

    top_1: float
    source: str


PUBLISHED: Mapping[str, Published] = {
    "vgg16": Published(0.713, BY_KERAS),
    "resnet50": Published(0.749, BY_KERAS),
    "inception-v3": Published(0.779, BY_KERAS),
    "mobilenet-v2": Published(0.713, BY_KERAS),
    "mobilenet": Published(0.704, BY_KERAS),
    "mobilenet-0.5": Published(0.637, BY_PAPER),
    "mobilenet-0.25": Published(0.506, BY_PAPER),
}
"""Backbone -> what is published about it, with its classifier and at its natural size."""


def beside_measured(costs: Mapping[str, Cost], rows: Mapping[str, Row]) -> str:
    """Writes a Markdown table of networks, the fastest first.

    Args:
        costs: backbone -> what it costs, measured here.
        rows: backbone -> its row with ImageNet weights; one that lacks them has no entry, and no figure is made up.
    """
    lines = [_line(HEADER), _line(["---"] * len(HEADER))]
    for name, cost in sorted(costs.items(), key=lambda item: item[1].latency.median):
        measured = f"{rows[name].auroc:.3f}" if name in rows else "not measured: no weights here"
        said = PUBLISHED.get(name)
        published = f"{said.top_1:.1%} ({said.source})" if said else "-"
        numbers = f"{cost.parameters / 1e6:.2f} M", f"{cost.multiply_adds / 1e6:.0f} M"
        lines.append(_line([name, *numbers, f"{cost.latency.milliseconds:.1f} ms", measured, published]))
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
