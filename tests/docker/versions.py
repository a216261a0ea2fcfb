"""What docker/versions.env says."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
VERSIONS = dict(
    line.split("=", 1) for line in (ROOT / "docker/versions.env").read_text().splitlines() if line and line[0] != "#"
)
IMAGES = {name: value for name, value in VERSIONS.items() if name.endswith("_IMAGE")}
