"""The registry gets each servable once; labels that people moved stay until the servable changes."""

import shutil
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from aoi_modules.line.home import Home
from aoi_modules.line.servables import Servable
from aoi_modules.line.shelf import fill
from aoi_modules.modelstore import layout, version_dir
from aoi_modules.modelstore.registry import catalogue
from aoi_modules.modelstore.registry.labelling import label
from aoi_modules.modelstore.registry.opening import open_registry

pytestmark = pytest.mark.slow


def labels(home: Home) -> dict[str, dict[str, int]]:
    with closing(open_registry(str(home.registry))) as objects:
        return catalogue.labels(objects, catalogue.models(objects))


def test_each_is_pushed_once(tmp_path: Path, by_name: Mapping[str, Servable]) -> None:
    home = Home(tmp_path)
    assert fill(home, list(by_name.values())) == ["lamp:1", "tile:1"]
    assert fill(home, list(by_name.values())) == []
    assert labels(home) == {"lamp": {"stable": 1}, "tile": {"stable": 1}}


def test_what_people_did_stays_until_the_course_leaves_something_new(
    tmp_path: Path, by_name: Mapping[str, Servable]
) -> None:
    home, tile = Home(tmp_path / "home"), by_name["tile"]
    fill(home, [tile])
    with closing(open_registry(str(home.registry))) as objects:
        label(objects, "tile", "stable", None, who="Ada")
    fill(home, [tile])
    assert labels(home)["tile"] == {}
    folder = tmp_path / "tile" / "1"
    shutil.copytree(tile.folder, folder)
    (folder / "assets.extra" / "note.txt").write_text("new")
    (folder / layout.SUMS_FILE).unlink()
    version_dir.write_sums(folder)
    assert fill(home, [Servable(folder, tile.manifest)]) == ["tile:2"]
    assert labels(home)["tile"] == {"stable": 2}
