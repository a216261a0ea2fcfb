"""Frozen graphs as OpenVINO compiles them."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.modelstore import layout, manifest
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.serving.engines.openvino_compiler import ROWS, Compiled, Compiler, compiler
from aoi_modules.serving.engines.openvino_resize import AsTheyAre, Resized


def compiled(folder: Path, *, threads: int = 1) -> Compiled:
    return compiler().compiled(folder / layout.PIXELS_FILE, manifest.read(folder), {"image"}, threads=threads)


def test_graphs_for_falling_numbers_of_rows(tile: Path) -> None:
    made = compiled(tile)
    assert [graph.rows for graph in made.graphs] == [ROWS, 1]
    assert isinstance(made.fit, Resized)


def test_the_scores_of_each_row_go_to_their_place(tile: Path) -> None:
    made = compiled(tile, threads=2)
    many, one = made.graphs
    pictures = list(np.random.default_rng(0).integers(0, 256, (ROWS, 8, 8, 1), np.uint8))
    together, alone = np.empty((ROWS, 1), np.float32), np.empty((ROWS, 1), np.float32)
    many.run(made.fit.batch(pictures), {"defect": together})
    for row, picture in enumerate(pictures):
        one.run(made.fit.batch([picture]), {"defect": alone[row : row + 1]})
    np.testing.assert_allclose(together, alone, rtol=1e-5)


def test_large_pictures_are_computed_alone(tile: Path) -> None:
    small = manifest.read(tile)
    large = msgspec.structs.replace(small, picture=PictureInput(height=3000, width=4000, channels=1))
    made = compiler().compiled(tile / layout.PIXELS_FILE, large, {"image"}, threads=0)
    assert [graph.rows for graph in made.graphs] == [1]
    assert isinstance(made.fit, AsTheyAre)


def test_a_graph_without_an_output_that_it_should_have(tile: Path) -> None:
    with pytest.raises(ModelError, match=r"pixels\.pb: has no input or output other"):
        compiler().compiled(tile / layout.PIXELS_FILE, manifest.read(tile), {"image", "other"}, threads=1)


def test_the_compiler_of_a_process_is_made_once() -> None:
    assert compiler() is compiler()


def test_a_compiler_that_was_closed_compiles_no_more(tile: Path) -> None:
    own = Compiler()
    own.close()
    with pytest.raises(ModelError, match="after shutdown"):
        own.compiled(tile / layout.PIXELS_FILE, manifest.read(tile), {"image"}, threads=1)


def test_a_file_that_is_no_graph(tile: Path, tmp_path: Path) -> None:
    file = tmp_path / "pixels.pb"
    file.write_bytes(b"\xff no graph")
    with pytest.raises(ModelError, match=r"pixels\.pb: OpenVINO cannot read the graph"):
        compiler().compiled(file, manifest.read(tile), {"image"}, threads=0)
