"""Frozen graphs as OpenVINO runs them."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.modelstore import layout, manifest
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.serving.engines.openvino_graph import ROWS, Compiler, compiler


def test_graphs_for_falling_numbers_of_rows(tile: Path) -> None:
    graphs = compiler().graphs(tile / layout.PIXELS_FILE, manifest.read(tile), threads=1)
    assert [graph.rows for graph in graphs] == [ROWS, 1]
    assert all({"image", "defect"} <= graph.names for graph in graphs)


def test_the_scores_of_each_row_go_to_their_place(tile: Path) -> None:
    many, one = compiler().graphs(tile / layout.PIXELS_FILE, manifest.read(tile), threads=2)
    pixels = np.random.default_rng(0).integers(0, 256, (ROWS, 8, 8, 1), np.uint8)
    together, alone = np.empty((ROWS, 1), np.float32), np.empty((ROWS, 1), np.float32)
    many.run({"image": pixels}, {"defect": together})
    for row in range(ROWS):
        one.run({"image": pixels[row : row + 1]}, {"defect": alone[row : row + 1]})
    np.testing.assert_allclose(together, alone, rtol=1e-5)


def test_large_pictures_are_computed_alone(tile: Path) -> None:
    small = manifest.read(tile)
    large = msgspec.structs.replace(small, picture=PictureInput(height=3000, width=4000, channels=1))
    graphs = compiler().graphs(tile / layout.PIXELS_FILE, large, threads=0)
    assert [graph.rows for graph in graphs] == [1]


def test_the_compiler_of_a_process_is_made_once() -> None:
    assert compiler() is compiler()


def test_a_compiler_that_was_closed_compiles_no_more(tile: Path) -> None:
    own = Compiler()
    own.close()
    with pytest.raises(ModelError, match="after shutdown"):
        own.graphs(tile / layout.PIXELS_FILE, manifest.read(tile), threads=1)


def test_a_file_that_is_no_graph(tile: Path, tmp_path: Path) -> None:
    file = tmp_path / "pixels.pb"
    file.write_bytes(b"\xff no graph")
    with pytest.raises(ModelError, match=r"pixels\.pb: OpenVINO cannot read the graph"):
        compiler().graphs(file, manifest.read(tile), threads=0)
