"""A small overlay of a trainee, as files."""

from pathlib import Path

from aoi_modules.cluster.deployment import to_yaml
from tests.cluster.live.objects import Object, line


def write_overlay(folder: Path, objects: list[Object] | None = None) -> Path:
    """Writes an overlay `mine`, and gives its folder."""
    mine = folder / "mine"
    mine.mkdir(exist_ok=True)
    (mine / "objects.yaml").write_text(to_yaml(objects or line()))
    (mine / "kustomization.yaml").write_text("resources: [objects.yaml]\n")
    return mine
