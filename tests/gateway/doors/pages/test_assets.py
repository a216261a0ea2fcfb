"""Files of the pages: kept by browsers for good under an address that changes with their content."""

import re

import pytest

from aoi_modules.errors import NoSuchResult
from aoi_modules.gateway.doors.pages import assets


def test_a_file_is_kept_for_good_by_the_digest_of_now_alone() -> None:
    now, before = assets.file(assets.digest(), "station.css"), assets.file("0" * 12, "station.css")
    assert (now.headers["Cache-Control"], before.headers["Cache-Control"]) == (assets.FOR_GOOD, "no-cache")
    assert now.body == before.body == (assets.FOLDER / "station.css").read_bytes()
    assert now.headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize("name", ["../app.py", "..", "", "station.css/", "/etc/passwd", "icon.svg%00"])
def test_no_other_file_is_given(name: str) -> None:
    with pytest.raises(NoSuchResult):
        assets.file(assets.digest(), name)


def test_a_page_cannot_name_a_file_that_is_not_there() -> None:
    assert assets.address_of("shell.js") == f"/static/{assets.digest()}/shell.js"
    with pytest.raises(KeyError):
        assets.address_of("shel.js")


def test_scripts_and_sheets_load_what_is_beside_them_alone() -> None:
    for path in assets.FOLDER.iterdir():
        text = path.read_text()
        loaded = re.findall(r"""(?:from|import)\s+["']([^"']+)["']|url\(([^)]+)\)""", text)
        for name in (script or address for script, address in loaded):
            assert name.startswith("./"), f"{path.name}: {name}"
            assert (assets.FOLDER / name).is_file(), f"{path.name}: {name}"
