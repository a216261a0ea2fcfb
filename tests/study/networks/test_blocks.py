"""Blocks as data: they keep the number of channels, and no step takes what is not there yet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import ModelError
from aoi_modules.study.networks.blocks import INPUT, MERGES, blocks

WIDTHS = st.integers(1, 64).map(lambda eighth: 8 * eighth)


@given(WIDTHS)
def test_every_block_gives_as_many_channels_as_it_takes(channels: int) -> None:
    for block in blocks(channels).values():
        assert block.steps[-1].channels == block.channels == channels


@given(WIDTHS)
def test_what_is_merged_fits_together(channels: int) -> None:
    for block in blocks(channels).values():
        given_by = {INPUT: channels} | {step.name: step.channels for step in block.steps}
        for step in block.steps:
            taken = [given_by[name] for name in step.takes]
            assert step.kind != "add" or set(taken) == {step.channels}
            assert step.kind != "concatenate" or sum(taken) == step.channels
            assert step.kind not in ("depthwise", "pool") or taken == [step.channels]


def test_steps_come_after_what_they_take() -> None:
    for block in blocks(128).values():
        seen = {INPUT}
        for step in block.steps:
            assert set(step.takes) <= seen
            seen.add(step.name)
        assert len(seen) == len(block.steps) + 1


def test_no_two_boxes_of_a_diagram_share_a_place() -> None:
    for block in blocks(128).values():
        rows = block.rows()
        cells = [(rows[step.name], lane) for step in block.steps for lane in _lanes(step.kind, step.lane, block.lanes)]
        assert len(cells) == len(set(cells))


def _lanes(kind: str, lane: int, lanes: int) -> range:
    return range(lanes) if kind in MERGES else range(lane, lane + 1)


def test_a_shortcut_runs_on_a_lane_of_its_own() -> None:
    made = blocks(128)
    assert made["bottleneck"].shortcuts() == {"sum": 1}
    assert made["bottleneck"].lanes == 2
    assert made["mixed"].shortcuts() == {}
    assert made["mixed"].lanes == 4


@pytest.mark.parametrize("channels", [0, -8, 4, 100])
def test_channels_that_cannot_be_divided_are_refused(channels: int) -> None:
    with pytest.raises(ModelError, match=f"multiple of 8. Received: {channels}"):
        blocks(channels)
