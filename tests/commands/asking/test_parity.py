"""`aoi parity` against the real embedded server and a real gateway."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.commands.asking.parity import _source_way
from aoi_modules.errors import ModelError
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.modelstore.golden import Golden
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests.client.servables import write_house, write_tile
from tests.gateway.conftest import picture_bytes
from tests.in_process import Ended, aoi

pytestmark = pytest.mark.slow  # servables are exported and served
TOLERANCE = ("--tolerance", "1e-4")  # as far as either engine may be from the source


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_tile(folder)
    write_house(folder)
    return folder


@pytest.fixture(scope="module")
def server(models: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer({"tile": models / "tile", "house": models / "house"}) as server:
        yield server


@pytest.fixture(scope="module")
def gateway(models: Path, server: EmbeddedServer) -> Iterator[str]:
    routes = models / "routes.yaml"
    routes.write_text(f'components:\n  tile: {{model: tile, upstream: "{server.grpc}", timeout_ms: 10000}}\n')
    with RunningGateway(routes) as running:
        yield running.url


def parity(*arguments: str | Path) -> Ended:
    return aoi("parity", *arguments)


def test_all_ways_agree(models: Path, server: EmbeddedServer, gateway: str, tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_bytes(picture_bytes())
    run = parity(
        "--servable", models / "tile", "--grpc", server.grpc, "--http", server.rest, "--gateway", gateway, *TOLERANCE,
        "--source", models / "tile" / "1", "--json", tmp_path,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, f"reading {models / 'tile' / '1'} ...\n")
    answer = json.loads(run.stdout)
    assert answer["agrees"]
    assert [(row["way"], row["against"]) for row in answer["comparisons"]] == [
        ("source", "source model"), ("SavedModel", "source model"), ("gRPC", "source model"),
        ("REST", "source model"), ("gateway", "source model"),
        ("SavedModel", "source"), ("gRPC", "source"), ("REST", "source"), ("gateway", "source"),
    ]  # fmt: skip


def test_a_table_for_people(models: Path, server: EmbeddedServer) -> None:
    run = parity("--servable", models / "tile" / "1", "--grpc", server.grpc, "--no-saved-model", *TOLERANCE)
    assert run.returncode == 0
    assert "agrees" in run.stdout
    assert "SavedModel" not in run.stdout
    assert "tile version 1: all agree, tolerance 0.0001" in run.stdout


def test_features_go_with_their_pictures(models: Path, server: EmbeddedServer, gateway: str) -> None:
    run = parity("--servable", models / "house", "--grpc", server.grpc, "--http", server.rest, *TOLERANCE)
    assert run.returncode == 0, run.stdout
    run = parity("--servable", models / "house", "--gateway", gateway, *TOLERANCE)
    assert run.returncode == 1
    assert "the gateway takes pictures alone" in run.stdout


def test_a_servable_whose_scores_are_others(models: Path, server: EmbeddedServer, tmp_path: Path) -> None:
    shutil.copytree(models / "tile" / "1", tmp_path / "1")
    golden = Golden.read(tmp_path / "1")
    Golden(golden.pictures, {"defect": golden.scores["defect"] + np.float32(0.1)}).write(tmp_path / "1")
    run = parity("--servable", tmp_path / "1", "--grpc", server.grpc, *TOLERANCE)
    assert run.returncode == 1
    assert "1.0e-01" in run.stdout
    assert "DIFFERS" in run.stdout


def test_a_server_that_is_away_is_told_beside_the_others(models: Path, server: EmbeddedServer) -> None:
    run = parity("--servable", models / "tile", "--grpc", "127.0.0.1:1", "--http", server.rest, *TOLERANCE)
    assert run.returncode == 1
    assert "no model server answers at 127.0.0.1:1" in run.stdout
    assert "agrees" in run.stdout


def test_words_that_look_like_markup_are_shown(models: Path, server: EmbeddedServer) -> None:
    arguments = ("--servable", models / "tile", "--grpc", server.grpc, "--no-saved-model", "--model", "[bold]nix[/x]")
    run = parity(*arguments)
    assert run.returncode == 1
    assert "Servable not found for request: Specific([bold]nix[/x], 1)" in run.stdout


def test_a_picture_needs_two_ways(models: Path, server: EmbeddedServer, tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_bytes(picture_bytes())
    run = parity("--servable", models / "tile", "--grpc", server.grpc, "--no-saved-model", *TOLERANCE, tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert "a PICTURE needs two ways to compare" in run.stderr


def test_a_source_that_takes_more_than_the_servable(models: Path) -> None:
    from aoi_modules.export.model_sources import read
    from aoi_modules.export.reading import Reading

    source = read(models / "house" / "1", (), Reading(features=("rooms", "area")))
    with pytest.raises(ModelError, match=r"--source: .* takes more than the servable: rooms, area"):
        _source_way([source])([picture_bytes()], None)
    with pytest.raises(ModelError, match="--source: "):
        _source_way([source])([picture_bytes()], np.zeros((1, 3), np.float32))


@pytest.mark.parametrize("way", [("--grpc", "http://127.0.0.1:1"), ("--http", "h:1"), ("--gateway", "h:1")])
def test_an_address_is_looked_at_first(models: Path, way: tuple[str, str]) -> None:
    run = parity("--servable", models / "tile", *way)
    assert run.returncode == 2
    assert f"Invalid value for '{way[0]}'" in run.stderr


def test_wrong_usage_and_wrong_folders(models: Path, tmp_path: Path) -> None:
    assert parity("--servable", models / "tile").returncode == 2
    run = parity("--servable", tmp_path, "--grpc", "127.0.0.1:1")
    assert run.returncode == 1
    assert "no version directory" in run.stderr
    run = parity("--servable", models / "tile", "--grpc", "127.0.0.1:1", tmp_path / "none.png")
    assert run.returncode == 1
    assert "none.png" in run.stderr
