"""What is in a servable, and what differs, as people read it in a terminal."""

import io

import pytest
from rich.console import Console

from aoi_modules.export.inspect.comparison import Line
from aoi_modules.export.inspect.contents import Contents
from aoi_modules.export.inspect.tables import print_contents, print_difference
from tests.export.inspect.merged_graphs import Made
from tests.export.inspect.small_servables import put, put_foreign

MODELS = {"short": Made((1, 2)), "open": Made((1, 3))}


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    return Contents.of(put(tmp_path_factory.mktemp("models"), MODELS))


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    return Contents.of(put_foreign(tmp_path_factory.mktemp("models") / "1"))


def printed(servable: Contents) -> dict[str, str]:
    """The lines by their first column; the first of those that begin alike."""
    text = io.StringIO()
    print_contents(Console(file=text, width=160), servable)
    return {line.split("  ")[0].strip(): line for line in reversed(text.getvalue().splitlines())}


def test_every_part_has_its_line(ours: Contents) -> None:
    lines = printed(ours)
    assert ours.path in lines["pcb, version 1"]
    assert "2 heads, 43% of the work is shared" in lines["heads"]
    assert "24 x 32 x 3" in lines["picture"]
    assert "2 pictures: brightness 0.50 +/- 0.10, sharpness 21.5 +/- 1.5 dB" in lines["learnt from"]
    assert "whole" in lines["checksums"]
    assert "good, short" in lines["short"]
    assert "image uint8 (?, ?, ?, 3) -> open float32 (?, 1), short float32 (?, 1)" in lines["pixels"]
    assert "Conv2D 3" in lines["pixels.pb"]
    assert "Missing" not in lines


def test_of_a_model_of_others_the_missing_parts_are_told(foreign: Contents) -> None:
    lines = printed(foreign)
    assert "no server can prove its scores" in lines["assets.extra/golden.npz"]
    assert "x float32 (?, 4) -> y float32 (?, 2)" in lines["serving_default"]
    assert "heads" not in lines


def test_names_that_look_like_markup_are_shown(ours: Contents, foreign: Contents) -> None:
    text = io.StringIO()
    lines = [Line(field="[bold]", left="[red]a", right="b[/]")]
    print_difference(Console(file=text, width=160), ours, foreign, lines)
    assert "[bold]" in text.getvalue()
    assert "[red]a" in text.getvalue()
    assert "1 difference\n" in text.getvalue()


def test_nothing_that_differs_is_said(ours: Contents) -> None:
    text = io.StringIO()
    print_difference(Console(file=text, width=160), ours, ours, [])
    assert text.getvalue().endswith("no difference\n")
