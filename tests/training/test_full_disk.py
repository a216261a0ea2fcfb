"""A disk that fills during a training, for real: nothing is lost, and the words are about the disk."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aoi_modules.errors import ModelError
from aoi_modules.settings import settings
from aoi_modules.training import profiles, recipes
from aoi_modules.training.fitting.unfinished import KEPT_MODEL, folder_of
from aoi_modules.training.run import train
from tests.disks import fill, small_disk
from tests.training.small import PICTURE, SIDES, split

TINY = replace(profiles.by_name("ci"), name="tiny", epochs=3, batch_size=32)
SIDES_RECIPE = replace(
    recipes.by_name("fashion-mnist"),
    name="sides",
    load=lambda **limits: split(SIDES),
    picture_input=PICTURE,
    heads=(SIDES,),
)
pytestmark = pytest.mark.slow


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file system of 40 MB."""
    monkeypatch.setitem(profiles.PROFILES, "tiny", TINY)
    monkeypatch.setenv("AOI_CACHE_DIR", str(tmp_path / "cache"))
    settings.cache_clear()
    with small_disk(tmp_path / "disk", "40m") as place:
        yield place
    settings.cache_clear()


class Filling(list[str]):
    """Lines of a training; at the one that begins so, the disk is filled to its last byte."""

    def __init__(self, disk: Path, at: str) -> None:
        super().__init__()
        self.disk, self.at = disk, at

    def __call__(self, line: str) -> None:
        self.append(line)
        if line.startswith(self.at):
            fill(self.disk)


@pytest.mark.parametrize(
    ("at", "what", "goes_on"),
    [
        ("epoch 2/", "cannot be written: No space left on device", "going on after epoch 1 of 3"),
        ("epoch 3/", "cannot be written: No space left on device", "going on after epoch 2 of 3"),
        ("model kept", "out: cannot be written: No space left on device", "the model has learnt already"),
    ],
)
def test_the_next_start_goes_on_when_there_is_room_again(disk: Path, at: str, what: str, goes_on: str) -> None:
    out = disk / "out"
    with pytest.raises(ModelError, match=what) as caught:
        train(SIDES_RECIPE, "tiny", out, draw=False, log=Filling(disk, at))
    assert "make room" in caught.value.hint
    kept = folder_of(out) / KEPT_MODEL
    notes = getattr(caught.value, "__notes__", [])
    assert notes == ([f"the model is kept: {kept}; the same command goes on from it"] if at == "model kept" else [])
    (disk / "filler").unlink()
    lines: list[str] = []
    report = train(SIDES_RECIPE, "tiny", out, draw=False, log=lines.append)
    assert any(line.startswith(goes_on) for line in lines)
    assert report.metrics["accuracy"] > 0.9
    assert [path.name for path in disk.iterdir()] == ["out"]
