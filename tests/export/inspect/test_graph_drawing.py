"""The drawn graph says what it shows."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from aoi_modules.errors import StoreError
from aoi_modules.export.inspect.anatomy import Anatomy
from aoi_modules.export.inspect.graph_drawing import ALONE, colour, draw, summary, write
from aoi_modules.modelstore.manifest import Head
from tests.export.inspect.merged_graphs import Made, merged
from tests.test_plots import texts

HEADS = (
    Head(name="short", kind="defect", labels=("good", "short"), threshold=0.425),
    Head(name="side", kind="class", labels=("top", "bottom", "edge")),
    Head(name="size", kind="value", labels=("mm",)),
)


@pytest.fixture(scope="module")
def anatomy() -> Anatomy:
    models = {"short": Made((1, 2, 3)), "side": Made((1, 2, 4)), "size": Made((1, 2, 3), features=2)}
    return Anatomy.of(merged(models), list(models))


def test_every_part_and_every_head_is_named(anatomy: Anatomy) -> None:
    shown = texts(draw(anatomy, title="pcb, version 3", heads=HEADS))
    assert f"pcb, version 3: {summary(anatomy)}" in shown
    assert "3 heads · 2 convolutions" in shown
    assert "2 heads · 1 convolution" in shown
    for text in ("image", "features", "resize", "24 x 32 x 3", "shared trunk"):
        assert text in shown.splitlines()
    for text in ("short", "defect · fails over 0.425", "class · 3 labels", "value"):
        assert text in shown.splitlines()
    assert "needed by one head alone" in shown
    assert "shared by 3 heads" in shown


def test_a_graph_without_manifest_has_the_names_alone(anatomy: Anatomy) -> None:
    shown = texts(draw(anatomy, title="unknown")).splitlines()
    assert "size" in shown
    assert "value" not in shown


def test_work_that_was_not_counted_is_said(anatomy: Anatomy) -> None:
    shown = texts(draw(msgspec.structs.replace(anatomy, uncounted=("attention",)), title="unknown"))
    assert "(1 operation not counted)" in shown


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_it_is_written_by_its_suffix_and_always_the_same(
    anatomy: Anatomy, tmp_path: Path, suffix: str, channels: int
) -> None:
    picture = np.full((30, 50, channels), 90, np.uint8)
    for name in ("one", "two"):
        write(draw(anatomy, title="pcb", heads=HEADS, picture=picture), tmp_path / f"{name}{suffix}")
    one, two = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("one", "two"))
    assert one == two
    if suffix == ".png":
        with Image.open(tmp_path / "one.png") as written:
            assert written.width > 1000
    else:
        assert b"<svg" in one


def test_what_cannot_be_written_is_an_error(anatomy: Anatomy, tmp_path: Path) -> None:
    plot = draw(anatomy, title="pcb")
    with pytest.raises(StoreError, match=r"ends in \.png or \.svg"):
        write(plot, tmp_path / "graph.bmp")
    with pytest.raises(StoreError, match="cannot be written"):
        write(plot, tmp_path / "nowhere" / "graph.png")


def test_the_more_heads_share_the_darker() -> None:
    def light(code: str) -> int:
        return sum(int(code[place : place + 2], 16) for place in (1, 3, 5))

    assert colour(1, 8) == ALONE
    shades = [light(colour(count, 8)) for count in range(2, 9)]
    assert shades == sorted(shades, reverse=True)
    assert colour(2, 2) != ALONE
