"""The how-tos of the line: recipe, data set, backbone, source reader, engine, command."""

import re

import pytest

from aoi_modules.modelstore import manifest, training_report
from tests.howto.copy_of_house import ARCHITECTURE, CopyOfHouse


@pytest.mark.slow
def test_a_recipe(house: CopyOfHouse) -> None:
    house.follow("### A recipe")
    report = training_report.read(house.folder / "build" / "small")
    assert (report.recipe, report.backbone) == ("tile-small", "small-cnn")
    assert [head.name for head in report.heads] == ["defect"]


def test_a_data_set(house: CopyOfHouse) -> None:
    *_, fetched, counts = house.follow("### A data set")
    assert fetched == "connectors: not available, training draws stand-in data\n"
    assert counts == "{'good': 60, 'bent': 60}\n"
    write = (
        "import pathlib; from aoi_modules.datasets.connectors.split import drawn, by_name, NAME;"
        "[(path.parent.mkdir(parents=True, exist_ok=True), path.write_bytes(picture)) for path, picture in"
        " ((pathlib.Path('mirror/connectors', name), drawn((name,))[0]) for name in by_name(NAME).members())]"
    )
    house.run(f'python -c "{write}"')
    found = house.run("AOI_DATA_DIR=mirror aoi data fetch connectors")
    assert found == f"connectors: mirror, {house.folder / 'mirror' / 'connectors'}, every file verified\n"


@pytest.mark.slow
def test_a_backbone(house: CopyOfHouse) -> None:
    computed, listed = house.follow("### A backbone")
    row = next(line for line in listed.splitlines() if line.startswith("efficientnet-v2-b1 "))
    assert row.split()[1:3] == ["240", "1280"]
    assert all(f"{int(number):_}," in ARCHITECTURE for number in computed.split())


@pytest.mark.slow
def test_a_source_reader_and_an_engine_for_its_servable(house: CopyOfHouse) -> None:
    house.follow("### A source reader")
    written = manifest.read(house.folder / "models" / "dark" / "1")
    assert [head.name for head in written.heads] == ["dark"]
    assert (written.picture.height, written.picture.width, written.picture.channels) == (8, 8, 1)
    *_, parity = house.follow("### An engine")
    assert re.search(r"all .*agree", parity), parity


def test_a_command(house: CopyOfHouse) -> None:
    assert house.follow("### A command") == ["escape rate 5.0% (2 of 40; 95%: 1.4% to 16.5%)\n"]
    assert "rates " in house.run("aoi --help")
