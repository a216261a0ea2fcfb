"""Diagrams show every layer of a block, and boxes do not cover each other."""

from itertools import combinations
from pathlib import Path

import pytest
from matplotlib.patches import FancyBboxPatch

from aoi_modules.study.networks.block_diagrams import diagrams, text_of
from aoi_modules.study.networks.blocks import INPUT, blocks
from tests.test_plots import texts

MADE = blocks(128)


@pytest.mark.parametrize("name", MADE)
def test_every_step_has_its_box_and_its_text(name: str) -> None:
    block = MADE[name]
    plot = diagrams([block])
    shown = texts(plot)
    assert f"{name}\n({block.family})" in shown
    for step in block.steps:
        assert text_of(step) in shown
    assert len(plot.findobj(FancyBboxPatch)) == len(block.steps) + 1


@pytest.mark.parametrize("name", MADE)
def test_boxes_do_not_overlap(name: str) -> None:
    boxes = [patch.get_bbox() for patch in diagrams([MADE[name]]).axes[0].patches if isinstance(patch, FancyBboxPatch)]
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other)


def test_only_a_shortcut_is_called_one() -> None:
    for name, block in MADE.items():
        takes_input = any(INPUT in step.takes and step.kind == "add" for step in block.steps)
        assert ("shortcut" in texts(diagrams([block]))) == takes_input, name


def test_blocks_stand_side_by_side(tmp_path: Path) -> None:
    plot = diagrams(list(MADE.values()), title="Five blocks")
    assert len(plot.axes) == 5
    assert "Five blocks" in texts(plot)
    plot.savefig(tmp_path / "blocks.png")
