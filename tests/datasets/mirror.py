"""Real data for tests that have it: the mirror that AOI_DATA_DIR names."""

import os
from pathlib import Path

import pytest

from aoi_modules.datasets.sources.finding import Found
from aoi_modules.modelstore.manifest import DataOrigin


def real(name: str) -> Found:
    """The set in the mirror, unverified; without one the test is skipped."""
    root = Path(os.environ.get("AOI_DATA_DIR", "no-mirror")) / name
    if not root.is_dir():
        pytest.skip(f"needs a mirror with {name}: set AOI_DATA_DIR")
    return Found(name, root, "mirror", DataOrigin(name=name, sha256="", stand_in=False))
