"""Pictures differ from trainee to trainee, and the servable's files are what the registry takes."""

from pathlib import Path
from random import Random

from PIL import Image

from aoi_modules.modelstore.registry import pushing
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.study.buckets.goods import LABELS, SIZE, draw_pictures, write_files_of_servable


def test_pictures_lie_in_the_folders_of_their_labels(tmp_path: Path) -> None:
    paths = draw_pictures(tmp_path, Random(1))
    assert {path.parent.name for path in paths} == set(LABELS)
    for path in paths:
        with Image.open(path) as picture:
            assert picture.size == (SIZE, SIZE)
            dark = min(picture.tobytes()) < 100
        assert dark == (path.parent.name == "scratch")
    assert [one.name for one in paths] != [one.name for one in draw_pictures(tmp_path / "other", Random(2))]


def test_the_registry_takes_the_servable(tmp_path: Path) -> None:
    folder = write_files_of_servable(tmp_path / "models", "tiles")
    registry = open_registry(str(tmp_path / "registry"))
    pushed = pushing.push(registry, folder, who="a test")
    assert (pushed.name, pushed.version) == ("tiles", 1)
    registry.close()
