"""A drawing says what a line asks for, and what it leaves out."""

import pytest

from aoi_modules.errors import SettingsError
from aoi_modules.plots import Plot
from aoi_modules.study.containers.run_drawing import containers


def texts(plot: Plot) -> set[str]:
    return {text.get_text() for axes in plot.axes for text in axes.texts}


def test_a_bare_line_lacks_everything() -> None:
    found = texts(containers(["docker run jupyter:1"], ["bare"]))
    assert {
        "no way in",
        "your folder: not seen",
        "saved files: gone with it",
        "GPU: not seen",
        "a name made up by Docker",
        "ends with your terminal",
        "when it ends: stays ended",
    } <= found


@pytest.mark.parametrize("gpu", ["--gpus all", "--runtime=nvidia"])
def test_a_whole_line_lacks_nothing(gpu: str) -> None:
    line = (
        f"docker run -p 9000:8888 {gpu} -v /a/very/long/way/to/the/work:/home/ada/work --name j -d --restart=always i:1"
    )
    found = texts(containers([line], ["whole"]))
    assert {
        "port 9000",
        "8888",
        "…/work",
        "sees /home/ada/work",
        "GPU",
        "container j",
        "in the background",
        "when it ends: starts again (always)",
    } <= found
    assert not any("not seen" in text for text in found)


def test_a_name_in_place_of_a_folder_is_a_volume_and_rm_removes() -> None:
    found = texts(containers(["docker run --rm -v work:/w i:1"], ["other"]))
    assert {"volume work", "when it ends: is removed"} <= found


def test_lines_stand_side_by_side_and_a_wrong_one_is_refused() -> None:
    assert len(containers(["docker run a:1"] * 3, ["1", "2", "3"]).axes) == 4
    with pytest.raises(SettingsError):
        containers(["docker build ."], ["no run"])
