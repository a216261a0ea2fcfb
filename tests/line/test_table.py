import sys
from pathlib import Path

from aoi_modules.child_process import Child
from aoi_modules.line.part import Part, is_there
from aoi_modules.line.servables import Servable
from aoi_modules.line.table import SOURCES, rows_of
from tests.line.test_routing import PLAIN
from tests.services import VICTORIA_LOGS


def test_a_row_for_each_part_and_for_what_is_no_process(tmp_path: Path) -> None:
    url = "postgresql://aoi:secret@127.0.0.1/line"
    with Child([sys.executable, "-c", "input()"], tmp_path / "sync.log") as child:
        part = Part("model sync", "brings versions", "/models", child, is_there(tmp_path))
        tile = Servable(Path("tile/1"), PLAIN)
        rows = rows_of([part], ["prometheus", "log store"], [tile], registry="/registry", database=url)
        assert [row.cells for row in rows] == [
            ("model registry", "tile", "/registry", ""),
            ("model sync", "brings versions", "/models", str(child.pid)),
            ("database", "inspections, judgements", "postgresql://aoi:***@127.0.0.1/line", ""),
            ("prometheus", "not installed", "Debian's package prometheus", ""),
            ("log store", "not installed", SOURCES["log store"], ""),
        ]
    assert rows[1].log == str(tmp_path / "sync.log")


def test_a_file_is_named_as_it_is(tmp_path: Path) -> None:
    file = str(tmp_path / "results.sqlite")
    assert rows_of([], [], [], registry="/registry", database=file)[-1].where == file


def test_the_log_store_is_the_one_that_tests_run() -> None:
    assert SOURCES["log store"] == VICTORIA_LOGS.built
