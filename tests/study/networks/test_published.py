"""Figures of others beside our own, and never mixed up."""

from aoi_modules.study.networks.block_models import Cost
from aoi_modules.study.networks.latency import Latency
from aoi_modules.study.networks.published import PUBLISHED, beside_measured
from aoi_modules.training.networks.catalogue import BACKBONES
from tests.study.networks.test_baseline import row


def cost(milliseconds: float) -> Cost:
    return Cost(14_714_688, 15_346_630_656, Latency(milliseconds / 1000, 0, 0, 9))


def test_a_network_without_weights_has_only_the_published_figure() -> None:
    text = beside_measured({"vgg16": cost(90), "mobilenet-0.25": cost(2)}, {"mobilenet-0.25": row("x", 2, 0.876)})
    _, _, quick, slow = text.splitlines()
    assert quick == "| mobilenet-0.25 | 14.71 M | 15347 M | 2.0 ms | 0.876 | 50.6% (MobileNet's paper) |"
    assert slow == "| vgg16 | 14.71 M | 15347 M | 90.0 ms | not measured: no weights here | 71.3% (Keras) |"


def test_nothing_is_made_up_where_nothing_is_published() -> None:
    assert beside_measured({"xception": cost(9)}, {}).endswith("| not measured: no weights here | - |")


def test_published_figures_are_shares_of_backbones_that_we_have() -> None:
    assert set(PUBLISHED) <= set(BACKBONES)
    assert all(0.5 < one.top_1 < 1 for one in PUBLISHED.values())
