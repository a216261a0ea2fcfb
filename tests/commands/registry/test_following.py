"""A model server's folder that follows a registry, as a user says it."""

import json
from pathlib import Path

from aoi_modules.modelstore import version_dir
from aoi_modules.sync import config_file
from aoi_modules.sync.plan import Serving
from tests.commands.registry.test_versions import Team
from tests.modelstore.registry.servables import write_version


def test_once_before_a_start(place: str, tmp_path: Path) -> None:
    team, models = Team(place), tmp_path / "models"
    team.said("push", write_version(tmp_path, "tile", 3))
    team.said("label", "tile", "stable", 3)
    words = ["--models", models, "--once", "--root", "/models", "--health-file", tmp_path / "health.json"]
    done = team.aoi("sync", *words)
    assert (done.returncode, done.stdout) == (0, "")
    assert "brought model=tile version=3" in done.stderr
    version_dir.verify(models / "tile" / "3")
    assert config_file.read(models / "models.config") == {"tile": Serving((3,), {"stable": 3})}
    assert 'base_path: "/models/tile"' in (models / "models.config").read_text()
    assert json.loads((tmp_path / "health.json").read_text())["served"] == {"tile": [3]}
    again = team.aoi("sync", *words)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    team.said("push", write_version(tmp_path, "tile", 4))
    team.said("label", "tile", "stable", 4)
    assert "waits until a server has loaded a version" in team.aoi("sync", *words).stderr


def test_what_fails_is_an_error_unless_there_is_something_to_serve_by(tmp_path: Path) -> None:
    team, models = Team(str(tmp_path / "registry")), tmp_path / "models"
    words = ["--models", models, "--once", "--config", tmp_path / "m.config"]
    empty = team.aoi("sync", *words, "--or-keep")
    assert empty.returncode == 1
    assert "has no models" in empty.stderr
    team.said("push", write_version(tmp_path, "tile", 3))
    assert team.aoi("sync", *words).returncode == 0
    (tmp_path / "registry").rename(tmp_path / "elsewhere")
    failed = team.aoi("sync", *words)
    assert failed.returncode == 1
    assert "lists no models any more; what is served stays" in failed.stderr
    kept = team.aoi("sync", *words, "--or-keep")
    assert kept.returncode == 0
    assert "m.config stays as it is: the registry " in kept.stderr


def test_keeping_goes_with_once_alone(tmp_path: Path) -> None:
    done = Team(str(tmp_path)).aoi("sync", "--models", tmp_path, "--or-keep")
    assert done.returncode == 2
    assert "--or-keep goes with --once alone" in done.stderr
