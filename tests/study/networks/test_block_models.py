"""Blocks as models: shapes, and parameters and multiply-adds as one counts them by hand."""

import numpy as np
import pytest

from aoi_modules.study.networks.block_models import Cost, build, costs
from aoi_modules.study.networks.blocks import blocks
from aoi_modules.study.networks.cost import multiply_adds, parameters
from aoi_modules.study.networks.latency import Latency

CHANNELS, SIDE = 16, 6
PLACES = SIDE * SIDE
MADE = blocks(CHANNELS)


@pytest.mark.parametrize("name", MADE)
def test_a_block_keeps_the_shape_of_its_map(name: str) -> None:
    model = build(MADE[name], SIDE)
    pixels = np.random.default_rng(0).uniform(-1, 1, (2, SIDE, SIDE, CHANNELS)).astype(np.float32)
    answer = np.asarray(model(pixels, training=False))
    assert answer.shape == pixels.shape
    assert np.isfinite(answer).all()
    assert np.ptp(answer) > 0


def test_a_plain_pair_costs_what_the_formula_says() -> None:
    model = build(MADE["plain pair"], SIDE)
    assert parameters(model) == 2 * (9 * CHANNELS * CHANNELS + CHANNELS)
    assert multiply_adds(model) == 2 * PLACES * 9 * CHANNELS * CHANNELS


def test_a_separable_block_costs_what_the_formula_says() -> None:
    model = build(MADE["separable"], SIDE)
    norms = 2 * 4 * CHANNELS
    assert parameters(model) == 9 * CHANNELS + CHANNELS * CHANNELS + norms
    assert multiply_adds(model) == PLACES * (9 * CHANNELS + CHANNELS * CHANNELS)


def test_an_inverted_residual_is_wide_inside() -> None:
    model, wide = build(MADE["inverted residual"], SIDE), 6 * CHANNELS
    assert multiply_adds(model) == PLACES * (2 * CHANNELS * wide + 9 * wide)


def test_a_shortcut_brings_the_input_to_the_output() -> None:
    model = build(MADE["inverted residual"], SIDE)
    for weight in model.weights:
        if weight.path.startswith("project_norm/gamma"):
            weight.assign(weight * 0)  # nothing of the long way is left
    pixels = np.random.default_rng(0).normal(size=(1, SIDE, SIDE, CHANNELS)).astype(np.float32)
    assert np.allclose(model(pixels, training=False), pixels, atol=1e-5)


def test_costs_are_counted_and_measured() -> None:
    found = costs({name: MADE[name] for name in ("separable", "plain pair")}, SIDE, repeats=2)
    assert list(found) == ["separable", "plain pair"]
    assert found["separable"].multiply_adds < found["plain pair"].multiply_adds
    assert found["separable"].latency.median > 0
    assert found["separable"].latency.calls == 2


def test_speed_is_multiply_adds_a_second() -> None:
    assert Cost(1, 500, Latency(0.5, 0.5, 0.5, 1)).speed == 1000
